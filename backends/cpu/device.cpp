// The device "cpu": LLVM IR, compiled in process, run on a few threads. Launches are done when `launch` returns.
#include "jit/device.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <thread>

#include <whittle/core/error.hpp>
#include <whittle/core/hash.hpp>

#include "backends/cpu/compiler.hpp"
#include "backends/cpu/memory.hpp"
#include "backends/cpu/pool.hpp"
#include "backends/cpu/renderer.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

constexpr std::size_t most_buffers = 512;
/// Work, in weighted instructions, below which handing half of it to another thread does not pay.
constexpr double work_for_threads = 60000;

class CpuKernel final : public Kernel {
 public:
  CpuKernel(const Program& program, Code code, std::string source)
      : Kernel(program),
        code_(std::move(code)),
        source_(std::move(source)) {}
  Entry entry() const { return code_.entry; }
  std::string_view source() const override { return source_; }
  std::string_view assembly() const override { return code_.assembly; }

 private:
  Code code_;
  std::string source_;
};

/// Whether nothing in the program is a vector: then LLVM's loop vectoriser may find something.
bool is_scalar(const Program& program) {
  return std::all_of(program.instructions.begin(), program.instructions.end(),
                     [](const Instruction& each) { return each.lanes == 1; });
}

Compiler& compiler() {
  static Compiler& one = *new Compiler;  // outlives every kernel
  return one;
}

unsigned thread_count(const DeviceOptions& options) {
  return options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
}

class CpuDevice final : public Device {
 public:
  explicit CpuDevice(const DeviceOptions& options)
      : options_(options),
        compiler_(compiler()),
        memory_(options.guard_pages),
        pool_(thread_count(options)) {}

  std::string_view name() const override { return "cpu"; }

  Target target() const override {
    Target target;
    target.device = "cpu";
    target.vector_bits = compiler_.vector_bits();
    target.has_fma = compiler_.has("fma");
    target.bounds_checks = options_.bounds_checks;
    return target;
  }

  std::uint64_t fingerprint() const override {
    return combine(hash_text(compiler_.processor()), options_.bounds_checks ? 1 : 0);
  }

 protected:
  std::uintptr_t do_allocate(std::size_t bytes) override {
    return reinterpret_cast<std::uintptr_t>(memory_.allocate(bytes));
  }
  void do_free(std::uintptr_t handle, std::size_t bytes) noexcept override {
    memory_.free(reinterpret_cast<void*>(handle), bytes);
  }
  void do_copy_in(std::uintptr_t to, std::span<const std::byte> from) override {
    std::memcpy(reinterpret_cast<void*>(to), from.data(), from.size());
  }
  void do_copy_out(std::span<std::byte> to, std::uintptr_t from) override {
    std::memcpy(to.data(), reinterpret_cast<const void*>(from), to.size());
  }

  std::shared_ptr<Kernel> do_compile(const Program& program) override {
    if (program.parameters.size() > most_buffers)
      throw DeviceError("cpu: kernel " + program.name + " has more than 512 buffers");
    std::string text =
        render(program, {options_.bounds_checks, compiler_.has("fma"), compiler_.has("f16c"), compiler_.vector_bits()});
    Code code = compiler_.compile(program.name, symbol(program), text, {is_scalar(program), options_.keep_assembly});
    if (!options_.keep_source) text.clear();
    return std::make_shared<CpuKernel>(program, std::move(code), std::move(text));
  }

  void do_launch(Kernel& kernel, std::span<Buffer* const> buffers, std::span<const std::int64_t> variables) override {
    const auto& compiled = static_cast<const CpuKernel&>(kernel);
    std::array<void*, most_buffers + 1> pointers;
    for (std::size_t i = 0; i < buffers.size(); ++i)
      pointers[i] = buffers[i] != nullptr ? reinterpret_cast<void*>(buffers[i]->handle()) : nullptr;
    Fault fault;
    pointers[buffers.size()] = &fault;

    const KernelInterface& about = kernel.interface();
    const std::int64_t count = about.parallel.evaluate(variables);
    const auto begin = profiling() ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
    if (static_cast<double>(count) * about.cost.operations >= work_for_threads && count > 1) {
      pool_.run(compiled.entry(), pointers.data(), variables.data(), count);
    } else if (count > 0) {
      compiled.entry()(pointers.data(), variables.data(), 0, count);
    }
    if (profiling()) elapsed_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (fault.parameter >= 0) report(kernel, fault, variables);
  }

  void do_synchronize() override {}
  double do_elapsed() override { return elapsed_; }

 private:
  void report(const Kernel& kernel, const Fault& fault, std::span<const std::int64_t> variables) {
    const Extent& size = kernel.interface().sizes[static_cast<std::size_t>(fault.parameter)];
    fail(kernel.name(), "element " + std::to_string(fault.offset) + " of buffer " + std::to_string(fault.parameter) +
                            ", which has " + std::to_string(size.evaluate(variables)));
  }

  DeviceOptions options_;
  Compiler& compiler_;
  Memory memory_;
  Pool pool_;
  double elapsed_ = 0;
};

}  // namespace
}  // namespace cpu

std::unique_ptr<Device> make_cpu_device(const DeviceOptions& options);
std::unique_ptr<Device> make_cpu_device(const DeviceOptions& options) {
  return std::make_unique<cpu::CpuDevice>(options);
}

}  // namespace v0
}  // namespace whittle
