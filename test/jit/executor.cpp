// The executor with a planner of the test's own: memory, capture and replay, variables.
#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

#include <whittle/core/error.hpp>

#include "backends/program_builder.hpp"
#include "jit/executor.hpp"
#include <whittle/lower/pipeline.hpp>
#include <whittle/lower/statistics.hpp>
#include <whittle/whittle.hpp>

namespace jit_executor {

[[maybe_unused]] static std::atomic<std::size_t> allocations{0};

}  // namespace jit_executor

// Counts what a replay allocates; sanitizers bring operators of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#  if !defined(__has_feature)
#    define __has_feature(x) 0
#  endif
#  if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#    define COUNTS_ALLOCATIONS 1
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++jit_executor::allocations;
  if (void* block = std::malloc(bytes == 0 ? 1 : bytes)) return block;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }
#  endif
#endif

namespace jit_executor {

using namespace test;
using Catch::Matchers::Contains;

namespace {

Node make_buffer(Graph& g, DType type, Node size) {
  return g.make(Op::buffer, type, {size}, w::pack(w::BufferArgument{g.fresh_id(), w::AddressSpace::global, {}}));
}
Node make_buffer(Graph& g, DType type, std::int64_t size) {
  return make_buffer(g, type, g.constant(DType::index, size));
}

/// An effect is store(out, in): two kernels, temporary = in + 1, out = temporary * 2 + n.
class TwoKernels final : public w::Planner {
 public:
  w::Plan plan(Graph& g, std::span<const Node> effects) override {
    w::Plan made;
    for (Node effect : effects) {
      const Node out = g.source(effect, 0), in = g.source(effect, 1);
      const Node temporary = make_buffer(g, DType::int32, g.source(in, 0)), n = g.variable("n", 0, 100);
      made.calls.push_back({g.make(Op::sink, DType::none, {g.source(in, 0)}, 1), "add_one", {temporary, in}, {}});
      made.calls.push_back(
          {g.make(Op::sink, DType::none, {g.source(in, 0), n}, 2), "double_it", {out, temporary}, {n}});
      made.temporaries.push_back({temporary, made.calls.size() - 2, made.calls.size() - 1});
    }
    return made;
  }
  Program lower(Graph& g, const w::PlannedCall& call, const w::Target&) override {
    const bool first = g.argument(call.sink) == 1;
    builder_ = std::make_unique<ProgramBuilder>(call.name);
    ProgramBuilder& b = *builder_;
    const std::int64_t size = g.scalar(g.source(call.sink, 0)).as_int();
    const DType i = DType::int32;
    const Node out = b.parameter(i, size, true), in = b.parameter(i, size);
    const Node n = first ? Node::none : b.variable("n", 0, 100);
    const Node loop = b.range(size, RangeKind::parallel), x = b.load(b.index(in, loop));
    const Node value =
        first ? b.make(Op::add, i, {x, b.number(1)}) : b.make(Op::add, i, {b.make(Op::mul, i, {x, b.number(2)}), n});
    b.end(b.store(b.index(out, loop), value), loop);
    return b.finish();
  }

 private:
  std::unique_ptr<ProgramBuilder> builder_;
};

struct Fixture {
  explicit Fixture(const char* name)
      : device(w::make_device(name, {})),
        executor(*device, std::make_unique<TwoKernels>()) {
    in = make_buffer(g, DType::int32, 4);
    other = make_buffer(g, DType::int32, 4);
    out = make_buffer(g, DType::int32, 4);
    effect = g.make(Op::store, DType::none, {out, in});
  }
  void write(Node buffer, std::vector<int> values) { executor.write(g, buffer, bytes_of(values)); }
  std::vector<int> read(Node buffer) {
    std::vector<int> values(4);
    executor.read(g, buffer, std::as_writable_bytes(std::span(values)));
    return values;
  }
  void run() { executor.run(g, std::span(&effect, 1)); }

  Graph g;
  std::unique_ptr<w::Device> device;
  w::DeviceExecutor executor;
  Node in, other, out, effect;
};

}  // namespace

TEST_CASE("executor: two kernels and a temporary", "[jit]") {
  for (const char* name : {"cpu", "interp"}) {
    Fixture f(name);
    const Node n = f.g.variable("n", 0, 100);
    f.write(f.in, {1, 2, 3, 4});
    CHECK_THROWS_WITH(f.run(), Contains("'n'") && Contains("no value"));
    CHECK_THROWS_WITH(f.executor.set_variable(f.g, n, 101), Contains("bounds"));
    f.executor.set_variable(f.g, n, 10);
    w::reset_statistics();
    f.run();
    CHECK(f.read(f.out) == std::vector<int>{14, 16, 18, 20});
    f.executor.set_variable(f.g, n, 0);
    f.run();
    CHECK(f.read(f.out) == std::vector<int>{4, 6, 8, 10});
    CHECK(f.executor.cache().size() == 2);
    CHECK(w::statistics().launches == 4);
    CHECK(w::statistics().cache_hits == 4);
    f.executor.forget(f.g);
  }
}

TEST_CASE("executor: an equal kernel of another graph is compiled once", "[jit]") {
  const auto device = w::make_device("cpu", {});
  w::DeviceExecutor executor(*device, std::make_unique<TwoKernels>());
  for (int repeat = 0; repeat < 3; ++repeat) {
    Graph g;
    for (int extra = 0; extra < repeat; ++extra) g.constant(DType::int32, extra + 1000);
    const Node in = make_buffer(g, DType::int32, 4), out = make_buffer(g, DType::int32, 4);
    executor.set_variable(g, g.variable("n", 0, 100), repeat);
    executor.write(g, in, bytes_of(std::vector<int>{1, 2, 3, 4}));
    const Node effect = g.make(Op::store, DType::none, {out, in});
    executor.run(g, std::span(&effect, 1));
    std::vector<int> values(4);
    executor.read(g, out, std::as_writable_bytes(std::span(values)));
    CHECK(values == std::vector<int>{4 + repeat, 6 + repeat, 8 + repeat, 10 + repeat});
    executor.forget(g);
  }
  CHECK(executor.cache().size() == 2);
}

TEST_CASE("executor: a replay takes other inputs and the current variables", "[jit]") {
  for (const char* name : {"cpu", "interp"}) {
    Fixture f(name);
    const Node n = f.g.variable("n", 0, 100);
    f.executor.set_variable(f.g, n, 1);
    f.write(f.in, {1, 2, 3, 4});
    f.write(f.other, {10, 20, 30, 40});
    f.executor.begin_capture(f.g, std::span(&f.in, 1));
    CHECK_THROWS_AS(f.executor.begin_capture(f.g, {}), w::DeviceError);
    f.run();
    const w::Owner<w::Replay> replay = f.executor.end_capture();
    CHECK(f.read(f.out) == std::vector<int>{5, 7, 9, 11});
    const std::uint32_t nodes = f.g.size();
    replay->run(std::span(&f.other, 1));
    CHECK(f.read(f.out) == std::vector<int>{23, 43, 63, 83});
    f.executor.set_variable(f.g, n, 2);
    replay->run(std::span(&f.in, 1));
    CHECK(f.read(f.out) == std::vector<int>{6, 8, 10, 12});
    CHECK(f.g.size() == nodes);
    CHECK_THROWS_AS(replay->run({}), w::DeviceError);
    const Node longer = make_buffer(f.g, DType::int32, 5);
    CHECK_THROWS_AS(replay->run(std::span(&longer, 1)), w::DeviceError);
    f.executor.release(f.g, f.in);
    replay->run(std::span(&f.other, 1));
    CHECK(f.read(f.out) == std::vector<int>{24, 44, 64, 84});
  }
}

#if defined(COUNTS_ALLOCATIONS)
TEST_CASE("executor: a replay on the cpu allocates nothing", "[jit]") {
  Fixture f("cpu");
  f.executor.set_variable(f.g, f.g.variable("n", 0, 100), 1);
  f.write(f.in, {1, 2, 3, 4});
  f.write(f.other, {10, 20, 30, 40});
  f.executor.begin_capture(f.g, std::span(&f.in, 1));
  f.run();
  const w::Owner<w::Replay> replay = f.executor.end_capture();
  replay->run(std::span(&f.other, 1));
  const std::size_t before = allocations;
  for (int repeat = 0; repeat < 10; ++repeat) replay->run(std::span(repeat % 2 == 0 ? &f.in : &f.other, 1));
  CHECK(allocations == before);
}

namespace {

std::uint64_t rewrites_so_far() {
  std::uint64_t total = 0;
  for (const w::PassStatistics& each : w::pass_statistics()) total += each.rewrites() + each.runs;
  return total;
}

}  // namespace

TEST_CASE("executor: a captured training step makes no node, no rewrite and no heap allocation", "[jit]") {
  w::Context context("cpu");
  context.seed(3);
  const w::Conv2d conv(1, 4, 3, {.padding = 1}, true, context);
  const w::BatchNorm2d norm(4, context);
  const w::Linear linear(4 * 4 * 4, 3, true, context);
  w::Sgd optimizer(w::parameters_of(conv, norm, linear), 0.1, {.momentum = 0.9, .weight_decay = 1e-3});
  auto step = w::capture([&](const w::Tensor& x, const w::Tensor& y) {
    const w::Tensor loss = w::cross_entropy(linear(w::max_pool2d(w::relu(norm(conv(x))), 2).flatten(1)), y);
    optimizer.step(loss);
    return loss;
  });
  const w::Tensor x = w::zeros({5, 1, 8, 8}, w::DType::float32, context).realize();
  const w::Tensor y = w::zeros({5}, w::DType::uint8, context).realize();
  std::vector<float> pictures(5 * 8 * 8, 0.5f), losses(20);
  std::vector<std::uint8_t> labels{0, 1, 2, 1, 0};
  for (std::size_t i = 0; i < pictures.size(); ++i) pictures[i] = static_cast<float>(i % 7) / 7;
  // Recorded, and replayed once: memory that the first replay may keep.
  for (int i = 0; i < 2; ++i) losses[0] = step(x, y).item<float>();

  const std::uint64_t rewrites = rewrites_so_far(), compiled = w::statistics().kernels_compiled;
  const std::uint32_t nodes = context.graph().size();
  const std::size_t before = allocations;
  std::size_t returned = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    pictures[i] += 1;
    x.write(std::span<const float>(pictures));
    y.write(std::span<const std::uint8_t>(labels));
    optimizer.set_rate(0.1f / static_cast<float>(i + 1));
    const w::Tensor loss = step(x, y);
    loss.read(std::span(losses).subspan(i, 1));
    returned += allocations - before;
  }
  CHECK(returned == 0);
  CHECK(context.graph().size() == nodes);
  CHECK(rewrites_so_far() == rewrites);
  CHECK(w::statistics().kernels_compiled == compiled);
  CHECK(losses.front() != losses.back());
  CHECK(losses.back() < losses.front());
}
#endif

TEST_CASE("executor: errors", "[jit]") {
  Fixture f("cpu");
  CHECK_THROWS_AS(f.executor.end_capture(), w::DeviceError);
  CHECK_THROWS_AS(f.executor.set_variable(f.g, f.in, 1), w::DeviceError);
  CHECK_THROWS_AS(f.write(f.effect, {1}), w::DeviceError);
  CHECK_THROWS_AS(f.write(f.in, {1, 2, 3, 4, 5}), w::DeviceError);
  const Node huge = make_buffer(f.g, DType::int64, std::int64_t{1} << 61);
  CHECK_THROWS_AS(f.write(huge, {1}), w::DeviceError);
}

}  // namespace jit_executor
