#include "jit/device.hpp"

#include <cstdlib>
#include <stdexcept>

#include <whittle/core/error.hpp>

namespace whittle {
inline namespace v0 {

KernelInterface::KernelInterface(const Program& program) : name(program.name), cost(whittle::cost(program)) {
  const Graph& graph = *program.graph;
  for (Node variable : program.variables) variables.emplace_back(graph.text_at(graph.argument(variable)));
  for (const Parameter& parameter : program.parameters) {
    const bool used = parameter.node != Node::none;
    parameters.push_back(used ? graph.dtype(parameter.node) : DType::none);
    sizes.push_back(used ? Extent(graph, graph.source(parameter.node, 0), program.variables) : Extent());
  }
  const Node divided = program.grid != Node::none ? program.grid : program.parallel;
  if (divided != Node::none) parallel = Extent(graph, graph.source(divided, 0), program.variables);
}

void Device::check() const {
  const std::lock_guard lock(failure_lock_);
  if (!failure_.empty()) throw DeviceError(failure_);
}

void Device::fail(std::string_view kernel, std::string_view why) {
  const std::lock_guard lock(failure_lock_);
  if (failure_.empty())
    failure_ = std::string(name()) + ": kernel " + std::string(kernel) + " failed: " + std::string(why);
}

Buffer Device::allocate(std::size_t bytes) {
  check();
  const std::size_t wanted = bytes == 0 ? 1 : bytes;
  constexpr std::size_t most = std::size_t{1} << 40;  // no machine has it, and some allocators abort on more
  const std::uintptr_t handle = wanted < most ? do_allocate(wanted) : 0;
  if (handle == 0)
    throw DeviceError(std::string(name()) + ": no memory for a buffer of " + std::to_string(bytes) + " bytes");
  return Buffer(*this, handle, wanted);
}

void Device::copy_in(Buffer& to, std::span<const std::byte> from) {
  check();
  if (from.size() > to.bytes())
    throw DeviceError(std::string(name()) + ": " + std::to_string(from.size()) + " bytes do not fit in a buffer of " +
                      std::to_string(to.bytes()));
  if (!from.empty()) do_copy_in(to.handle(), from);
}

void Device::copy_out(std::span<std::byte> to, const Buffer& from) {
  check();
  if (to.size() > from.bytes())
    throw DeviceError(std::string(name()) + ": " + std::to_string(to.size()) + " bytes wanted from a buffer of " +
                      std::to_string(from.bytes()));
  if (!to.empty()) do_copy_out(to, from.handle());
}

void Device::copy_in_sync(Buffer& to, std::span<const std::byte> from) {
  copy_in(to, from);
  synchronize();
}

void Device::copy_out_sync(std::span<std::byte> to, const Buffer& from) {
  copy_out(to, from);
  synchronize();
}

std::shared_ptr<Kernel> Device::compile(const Program& program) {
  check();
  return do_compile(program);
}

void Device::check_launch(const Kernel& kernel, std::span<Buffer* const> buffers,
                          std::span<const std::int64_t> variables) const {
  const KernelInterface& expected = kernel.interface();
  const auto refuse = [&](const std::string& why) {
    throw DeviceError(std::string(name()) + ": kernel " + kernel.name() + ": " + why);
  };
  if (buffers.size() != expected.parameters.size())
    refuse(std::to_string(buffers.size()) + " buffers given, " + std::to_string(expected.parameters.size()) +
           " expected");
  if (variables.size() != expected.variables.size())
    refuse(std::to_string(variables.size()) + " variables given, " + std::to_string(expected.variables.size()) +
           " expected");
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    if (expected.parameters[i] == DType::none) continue;
    if (buffers[i] == nullptr || !*buffers[i]) refuse("no buffer at position " + std::to_string(i));
    const std::int64_t size = expected.sizes[i].evaluate(variables);
    if (size > 0 && buffers[i]->bytes() / size_of(expected.parameters[i]) < static_cast<std::size_t>(size))
      refuse("the buffer at position " + std::to_string(i) + " has " + std::to_string(buffers[i]->bytes()) +
             " bytes, too few for " + std::to_string(size) + " elements");
  }
}

void Device::launch(Kernel& kernel, std::span<Buffer* const> buffers, std::span<const std::int64_t> variables) {
  check();
  check_launch(kernel, buffers, variables);
  do_launch(kernel, buffers, variables);
}

void Device::synchronize() {
  do_synchronize();
  check();
}

double Device::elapsed() {
  synchronize();
  return do_elapsed();
}

namespace {

long environment_number(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
}

}  // namespace

DeviceOptions DeviceOptions::from_environment() {
  DeviceOptions options;
  options.bounds_checks = environment_number("WHITTLE_BOUNDS") > 0;
  options.guard_pages = environment_number("WHITTLE_GUARD") > 0;
  const long threads = environment_number("WHITTLE_THREADS");
  options.threads = threads > 0 && threads < 1024 ? static_cast<unsigned>(threads) : 0;
  options.keep_source = environment_number("WHITTLE_DEBUG") >= 4;
  options.keep_assembly = environment_number("WHITTLE_DEBUG") >= 6;
  return options;
}

}  // namespace v0
}  // namespace whittle
