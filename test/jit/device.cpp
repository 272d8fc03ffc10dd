// Devices by name, their errors, and that a failed one stays failed.
#include <catch2/catch.hpp>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include <whittle/core/error.hpp>

#include "backends/program_cases.hpp"

namespace jit_device {

using namespace test;
using Catch::Matchers::Contains;

namespace {

/// out[i] = in[i + shift] for i < 10, though `in` has 10 elements; `lanes` at a time.
std::unique_ptr<ProgramBuilder> shifted(std::int64_t shift, std::uint32_t lanes) {
  auto made = std::make_unique<ProgramBuilder>("shifted");
  ProgramBuilder& b = *made;
  const Node in = b.parameter(DType::float32, 10), out = b.parameter(DType::float32, 10, true);
  const Node loop = b.range(10 / lanes, RangeKind::parallel), vector = b.range(lanes, RangeKind::vector);
  const Node to = b.make(Op::mul, DType::int32, {loop, b.number(lanes)});
  const Node from = b.make(Op::add, DType::int32, {to, b.number(shift)});
  b.end(b.store(b.run(out, to, vector), b.load(b.run(in, from, vector))), loop);
  b.finish();
  return made;
}

void launch(w::Device& device, const Program& program) {
  std::vector<std::vector<std::byte>> contents{std::vector<std::byte>(40), std::vector<std::byte>(40)};
  run(device, program, contents);
}

}  // namespace

TEST_CASE("device: names that are not there", "[jit]") {
  CHECK_THROWS_WITH(w::make_device("toaster", {}),
                    Contains("no device 'toaster'") && Contains("cpu") && Contains("interp"));
  CHECK_THROWS_WITH(w::make_device("cuda", {}), Contains("NVRTC"));
  CHECK(w::device("interp").name() == "interp");
  CHECK(&w::device("cpu") == &w::device("cpu"));
  CHECK(w::devices().size() >= 2);
}

TEST_CASE("device: copies stay within a buffer", "[jit]") {
  for (const char* name : {"cpu", "interp"}) {
    const auto device = w::make_device(name, {});
    w::Buffer buffer = device->allocate(8);
    std::vector<std::byte> many(9);
    CHECK_THROWS_AS(device->copy_in(buffer, many), w::DeviceError);
    CHECK_THROWS_AS(device->copy_out(many, buffer), w::DeviceError);
    CHECK_THROWS_AS(device->allocate(std::size_t{1} << 62), w::DeviceError);
    const auto numbers = bytes_of(std::vector<int>{5, 6});
    device->copy_in_sync(buffer, numbers);
    std::vector<std::byte> back(8);
    device->copy_out_sync(back, buffer);
    CHECK(back == numbers);
  }
}

TEST_CASE("device: launches are checked", "[jit]") {
  for (const char* name : {"cpu", "interp"}) {
    const auto device = w::make_device(name, {});
    const auto program = shifted(0, 1);
    const auto kernel = device->compile(program->program);
    w::Buffer small = device->allocate(36), right = device->allocate(40);
    w::Buffer* missing[] = {&right, nullptr};
    w::Buffer* too_small[] = {&small, &right};
    w::Buffer* one[] = {&right};
    const std::int64_t variable[] = {1};
    CHECK_THROWS_WITH(device->launch(*kernel, missing, {}), Contains("shifted") && Contains("position 1"));
    CHECK_THROWS_WITH(device->launch(*kernel, too_small, {}), Contains("shifted") && Contains("36 bytes"));
    CHECK_THROWS_AS(device->launch(*kernel, one, {}), w::DeviceError);
    w::Buffer* both[] = {&right, &right};
    CHECK_THROWS_AS(device->launch(*kernel, both, variable), w::DeviceError);
  }
}

TEST_CASE("device: a fault names the kernel, then and later", "[jit]") {
  w::DeviceOptions options;
  options.bounds_checks = true;
  const std::uint32_t lanes = GENERATE(1u, 5u);
  const std::int64_t shift = GENERATE(1, -1, 1000000);
  for (const char* name : {"cpu", "interp"}) {
    const auto device = w::make_device(name, options);
    CHECK_NOTHROW(launch(*device, shifted(0, lanes)->program));
    CHECK_THROWS_WITH(launch(*device, shifted(shift, lanes)->program), Contains("shifted") && Contains("element"));
    CHECK_THROWS_WITH(device->allocate(4), Contains("shifted"));
    CHECK_THROWS_AS(device->synchronize(), w::DeviceError);
    CHECK_THROWS_AS(launch(*device, shifted(0, lanes)->program), w::DeviceError);
  }
}

TEST_CASE("device: what the cpu back end cannot compile is an error, not the end", "[jit]") {
  const auto device = w::make_device("cpu", {});
  ProgramBuilder b("strange");
  const Node out = b.parameter(DType::float32, 1, true), at = b.index(out, b.number(0));
  SECTION("an operator of another stage") { b.store(at, b.make(Op::contiguous, DType::float32, {b.load(at)})); }
  SECTION("an operator on the wrong dtype") { b.store(at, b.make(Op::shl, DType::float32, {b.load(at), b.load(at)})); }
  SECTION("sources of two dtypes") {
    b.store(at, b.make(Op::add, DType::float32, {b.load(at), b.constant(DType::float64, 1)}));
  }
  SECTION("a value from nowhere") {
    const Node stray = b.graph.make(Op::exp2, DType::float32, {b.constant(DType::float32, 3)});
    b.store(at, stray);
  }
  SECTION("a value of a loop after its end") {
    const Node size = b.variable("n", 0, 4), loop = b.range(size);
    const Node inside = b.make(Op::cast, DType::float32, {loop});
    b.end(b.store(at, inside), loop);
    b.store(at, b.make(Op::neg, DType::float32, {inside}));
  }
  CHECK_THROWS_WITH(device->compile(b.finish()), Contains("strange"));
  CHECK_NOTHROW(launch(*device, shifted(0, 1)->program));
}

TEST_CASE("device: with guard pages one element too many ends the process", "[jit]") {
  const pid_t child = ::fork();
  if (child == 0) {
    w::DeviceOptions options;
    options.guard_pages = true;
    options.threads = 1;
    const auto device = w::make_device("cpu", options);
    launch(*device, shifted(0, 5)->program);
    ::alarm(20);
    ::signal(SIGSEGV, SIG_DFL);
    launch(*device, shifted(1, 1)->program);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGSEGV);
}

TEST_CASE("device: extents", "[jit]") {
  Graph g;
  const Node n = g.variable("n", 0, 9), four = g.constant(DType::index, 4);
  const Node size =
      g.make(Op::add, DType::index, {g.make(Op::mul, DType::index, {n, four}), g.constant(DType::index, 3)});
  const Node variables[] = {n};
  const std::int64_t values[] = {5};
  CHECK(w::Extent(g, size, variables).evaluate(values) == 23);
  CHECK(w::greatest(g, size) == 39);
  CHECK(w::Extent(g, four, {}).is_constant());
  CHECK_THROWS_AS(w::Extent(g, n, {}), w::DeviceError);
}

}  // namespace jit_device
