// How many kernels a computation takes, and what it keeps in memory between them.
#include "recording.hpp"

#include <cstdio>
#include <functional>

#include <whittle/lower/statistics.hpp>
#include <whittle/whittle.hpp>

#include "fashion_network.hpp"

namespace system_kernel_counts {

using namespace system_test;

namespace {

using Tensors = std::vector<w::Tensor>;
/// Makes inputs, which are realised on the way, and results, which are not.
using Body = std::function<Tensors(w::Context&)>;

w::Tensor input(w::Context& context, const w::Dims& dims) { return w::rand(dims, DType::float32, context).realize(); }

struct Count {
  const char* name;
  std::size_t most;
  Body body;
};

std::vector<Count> counts() {
  return {
      {"a + b", 1, [](w::Context& c) -> Tensors { return {input(c, {4, 5}) + input(c, {4, 5})}; }},
      {"sum of squares", 1, [](w::Context& c) -> Tensors { return {input(c, {32, 16}).square().sum()}; }},
      {"mean of a row", 1, [](w::Context& c) -> Tensors { return {input(c, {32, 16}).mean(-1)}; }},
      {"matmul + bias", 1,
       [](w::Context& c) -> Tensors { return {w::matmul(input(c, {8, 12}), input(c, {12, 16})) + input(c, {16})}; }},
      {"matmul + bias + relu", 1,
       [](w::Context& c) -> Tensors {
         return {w::relu(w::matmul(input(c, {8, 12}), input(c, {12, 16})) + input(c, {16}))};
       }},
      {"conv2d + bias", 1,
       [](w::Context& c) -> Tensors {
         return {w::conv2d(input(c, {2, 3, 8, 8}), input(c, {4, 3, 3, 3}), input(c, {4}))};
       }},
      {"conv2d + bias + relu", 1,
       [](w::Context& c) -> Tensors {
         return {w::relu(w::conv2d(input(c, {2, 3, 8, 8}), input(c, {4, 3, 3, 3}), input(c, {4}), {.padding = 1}))};
       }},
      {"conv2d, stride 2, dilation 2, groups 2", 1,
       [](w::Context& c) -> Tensors {
         return {w::conv2d(input(c, {2, 4, 9, 9}), input(c, {4, 2, 3, 3}),
                           {.stride = 2, .padding = 1, .dilation = 2, .groups = 2})};
       }},
      {"max_pool2d", 1, [](w::Context& c) -> Tensors { return {w::max_pool2d(input(c, {2, 3, 8, 8}), 2)}; }},
      {"max_pool2d, overlapping, padded", 1,
       [](w::Context& c) -> Tensors {
         return {w::max_pool2d(input(c, {2, 3, 9, 9}), 3, {.stride = 2, .padding = 1})};
       }},
      {"avg_pool2d", 1, [](w::Context& c) -> Tensors { return {w::avg_pool2d(input(c, {2, 3, 8, 8}), 2)}; }},
      {"variance", 2, [](w::Context& c) -> Tensors { return {input(c, {8, 16}).var(-1)}; }},
      {"softmax", 3, [](w::Context& c) -> Tensors { return {w::softmax(input(c, {8, 10}))}; }},
      {"log_softmax", 3, [](w::Context& c) -> Tensors { return {w::log_softmax(input(c, {8, 10}))}; }},
      {"argmax", 2, [](w::Context& c) -> Tensors { return {input(c, {8, 10}).argmax()}; }},
      {"cross_entropy", 4,
       [](w::Context& c) -> Tensors {
         const w::Tensor labels = (w::arange(8, DType::int32, c) % 10).realize();
         return {w::cross_entropy(input(c, {8, 10}), labels)};
       }},
      {"batch norm of a batch", 3,
       [](w::Context& c) -> Tensors {
         const w::Tensor x = input(c, {4, 3, 6, 6}), mean = x.mean({0, 2, 3}), variance = x.var({0, 2, 3}, 0);
         return {w::batch_norm(x, mean, variance, input(c, {3}), input(c, {3}), 1e-5)};
       }},
      {"gradient of conv2d by both", 2,
       [](w::Context& c) -> Tensors {
         const w::Tensor x = input(c, {2, 3, 8, 8}), k = input(c, {4, 3, 3, 3}), v = input(c, {2, 4, 8, 8});
         return w::gradient((w::conv2d(x, k, {.padding = 1}) * v).sum(), {x, k});
       }},
      {"gradient of max_pool2d", 3,
       [](w::Context& c) -> Tensors {
         const w::Tensor x = input(c, {2, 3, 8, 8});
         return w::gradient(w::max_pool2d(x, 2).sum(), {x});
       }},
  };
}

/// Without those that fill the inputs.
std::size_t kernels_of(Recorded& on, const Body& body) {
  const Tensors results = body(on.context);
  on.log.clear();
  w::realize(results);
  return on.log.calls.size();
}

void print_plan(const Graph& graph, const RecordingPlanner::Log& log) {
  for (const w::PlannedCall& call : log.calls)
    std::printf("%s\n%s\n", call.name.c_str(), print(graph, call.sink).c_str());
}

/// No kernel writes a buffer of the schedule's own with elements that are only moved: no pad, expand or window.
void check_nothing_only_moved(const Graph& graph, const RecordingPlanner::Log& log, std::int64_t largest) {
  for (const w::PlannedTemporary& temporary : log.temporaries) {
    INFO("a temporary of " << elements_of(graph, temporary.buffer) << " elements");
    CHECK(elements_of(graph, temporary.buffer) <= largest);
  }
  for (const w::PlannedCall& call : log.calls) {
    INFO(call.name << "\n" << print(graph, call.sink));
    CHECK_FALSE(only_moves(graph, call.sink));
  }
}

}  // namespace

TEST_CASE("system: kernels per operation") {
  std::printf("%-42s kernels\n", "computation");
  for (const Count& each : counts()) {
    INFO(each.name);
    Recorded on;
    const std::size_t kernels = kernels_of(on, each.body);
    std::printf("%-42s %zu\n", each.name, kernels);
    CHECK(kernels <= each.most);
    CHECK(kernels >= 1);
    if (kernels > each.most) print_plan(on.context.graph(), on.log);
  }
}

TEST_CASE("system: a convolution keeps no pad, expand or window in memory") {
  Recorded on;
  const w::Tensor x = input(on.context, {4, 3, 12, 12}), k = input(on.context, {8, 3, 3, 3}),
                  b = input(on.context, {8});
  on.log.clear();
  const w::Tensor y = w::relu(w::conv2d(x, k, b, {.padding = 1}));
  y.realize();
  CHECK(on.log.calls.size() == 1);
  CHECK(on.log.temporaries.empty());

  on.log.clear();
  const w::Tensor loss = w::max_pool2d(w::relu(w::conv2d(x, k, b, {.padding = 1})), 2).square().sum();
  w::realize(w::gradient(loss, {x, k, b}));
  // The largest is the result of the convolution, and the gradient by it.
  check_nothing_only_moved(on.context.graph(), on.log, 4 * 8 * 12 * 12);
}

TEST_CASE("system: a pad, an expand and a window that are asked for in memory are found") {
  Recorded on;
  const w::Tensor x = input(on.context, {1, 1, 6, 6});
  const w::Tensor windows = w::detail::windows_2d(x, {3, 1, 1}, {3, 1, 1});
  for (const w::Tensor& moved : {x.pad({{0, 0}, {0, 0}, {1, 1}, {2, 0}}), x.expand({4, 3, 6, 6}), windows}) {
    on.log.clear();
    (moved.contiguous() * 2).realize();
    CHECK(std::any_of(on.log.calls.begin(), on.log.calls.end(),
                      [&](const w::PlannedCall& call) { return only_moves(on.context.graph(), call.sink); }));
  }
}

TEST_CASE("system: a training step of the example's network takes at most 120 kernels") {
  Recorded on;
  const std::int64_t batch = 4;
  FashionTraining training(on.context, batch);
  training.next();
  on.log.clear();
  w::reset_statistics();
  auto step = w::capture([&](const w::Tensor& x, const w::Tensor& y) { return training.loss_and_step(x, y); });
  const double first = step(training.pictures, training.labels).item<double>();
  CHECK(first > 0.5);
  CHECK(first < 10);
  const std::size_t kernels = on.log.calls.size();
  std::printf("training step: %zu kernels, %zu temporaries\n", kernels, on.log.temporaries.size());
  CHECK(kernels <= 120);
  CHECK(kernels >= 10);
  CHECK(w::statistics().launches == kernels);
  CHECK(w::statistics().kernels_compiled <= kernels);
  // The largest is the result of the first convolution.
  check_nothing_only_moved(on.context.graph(), on.log, batch * 16 * 28 * 28);
  for (int i = 0; i < 3; ++i) {
    training.next();
    CHECK(std::isfinite(step(training.pictures, training.labels).item<double>()));
  }
  CHECK(on.log.calls.size() == kernels);
}

// The last of the file: it compiles what the others scheduled.
TEST_CASE("system: each kernel of these computations and of the training step is CUDA text that compiles") {
  CHECK(cuda_test::Collector::instance().check() >= 10);
}

}  // namespace system_kernel_counts
