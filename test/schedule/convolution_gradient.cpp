// The gradient of a convolution by its input is one sum of products: no buffer of windows lies in memory.
#include <catch2/catch.hpp>

#include <whittle/whittle.hpp>

#include "sanitized.hpp"
#include "system/recording.hpp"
#include "tensor/evaluator_executor.hpp"

namespace schedule_convolution_gradient {

namespace {

namespace w = whittle;
using system_test::elements_of;
using system_test::Recorded;
using w::DType;

struct Case {
  w::Dims picture, weight;
  w::Conv2dOptions options;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (std::int64_t stride : {1, 2})
    for (std::int64_t padding : {0, 1})
      for (std::int64_t groups : {1, 2})
        for (std::int64_t kernel : {3, 5}) {
          const std::int64_t size = kernel == 3 && groups == 1 ? 28 : 14;  // small ones are quicker to evaluate
          all.push_back({{1, 4, size, size}, {6, 4 / groups, kernel, kernel}, {stride, padding, 1, groups}});
          all.push_back({{2, 2, size - 1, size + 3}, {4, 2 / groups, kernel, kernel}, {stride, padding, 1, groups}});
        }
  all.push_back({{2, 3, 12, 12}, {4, 3, 3, 3}, {.padding = 2, .dilation = 2}});
  all.push_back({{2, 3, 13, 13}, {4, 3, 4, 4}, {.stride = 3, .padding = 1}});
  all.push_back({{2, 3, 13, 12}, {4, 3, 2, 2}, {.stride = 3}});
  all.push_back({{2, 3, 12, 12}, {4, 3, 1, 1}, {.stride = 2}});
  all.push_back({{2, 3, 12, 12}, {4, 3, 2, 2}, {.stride = 2}});
  if (!is_sanitized) return all;
  std::vector<Case> some;  // one of each kind
  for (std::size_t i = 0; i < all.size(); i += 5) some.push_back(all[i]);
  return some;
}

std::string text_of(const Case& each) {
  const auto number = [](std::int64_t n) { return std::to_string(n); };
  return "picture of height " + number(each.picture[2].value()) + ", kernel " + number(each.weight[2].value()) +
         ", stride " + number(each.options.stride.height) + ", padding " + number(each.options.padding.height) +
         ", groups " + number(each.options.groups);
}

w::Tensor random_tensor(w::Context& context, const w::Dims& dims, DType dtype = DType::float32) {
  return (w::rand(dims, DType::float32, context) - 0.5).cast(dtype).realize();
}

std::int64_t elements(const w::Tensor& x) {
  std::int64_t count = 1;
  for (unsigned k = 0; k < x.rank(); ++k) count *= x.shape()[k].value();
  return count;
}

void check_temporaries(const Recorded& on, std::int64_t most) {
  for (const w::PlannedTemporary& temporary : on.log.temporaries)
    CHECK(elements_of(on.context.graph(), temporary.buffer) <= most);
}

/// The gradient of sum(conv2d(x, k) * v) by x, and by k; v is realised before.
std::vector<w::Tensor> gradients(w::Context& context, const Case& each, bool by_weight) {
  context.seed(3);
  const w::Tensor x = random_tensor(context, each.picture), k = random_tensor(context, each.weight);
  const w::Tensor y = w::conv2d(x, k, each.options), v = random_tensor(context, y.shape());
  return w::gradient((y * v).sum(), {by_weight ? k : x});
}

}  // namespace

TEST_CASE("schedule: the gradient of conv2d by its input is one kernel") {
  for (const Case& each : cases()) {
    INFO(text_of(each));
    Recorded on;
    on.context.seed(3);
    const w::Tensor x = random_tensor(on.context, each.picture), k = random_tensor(on.context, each.weight);
    const w::Tensor v = random_tensor(on.context, w::conv2d(x, k, each.options).shape());
    on.log.clear();
    const w::Tensor gradient = w::gradient((w::conv2d(x, k, each.options) * v).sum(), {x})[0];
    gradient.realize();
    CHECK(on.log.calls.size() == 1);
    CHECK(on.log.temporaries.empty());
    on.log.clear();
    (gradient.square().sum(1) + gradient.sum(1)).realize();
    on.log.clear();
    w::Tensor again = w::gradient((w::conv2d(x, k, each.options) * (v * 2)).sum(), {x})[0];
    w::realize({again.square().sum(1), again.sum({2, 3})});
    CHECK(on.log.calls.size() <= 3);
    check_temporaries(on, std::max(elements(x), elements(v)));
  }
}

TEST_CASE("schedule: the gradient of conv2d by its weights is one kernel") {
  for (const Case& each : cases()) {
    INFO(text_of(each));
    Recorded on;
    const std::vector<w::Tensor> made = gradients(on.context, each, true);
    on.log.clear();
    w::realize(made);
    CHECK(on.log.calls.size() == 1);
  }
}

TEST_CASE("schedule: gradients of conv2d are what the evaluator says") {
  for (const Case& each : cases())
    for (const bool by_weight : {false, true}) {
      INFO(text_of(each) << (by_weight ? ", by the weights" : ", by the input"));
      tensor_test::EvaluatorExecutor evaluator;
      w::Context reference(evaluator);
      const std::vector<float> expected = gradients(reference, each, by_weight)[0].to_vector<float>();
      for (const char* device : {"cpu", "interp"}) {
        INFO(device);
        w::Context context(device);
        const std::vector<float> found = gradients(context, each, by_weight)[0].to_vector<float>();
        REQUIRE(found.size() == expected.size());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < found.size(); ++i) wrong += found[i] != Approx(expected[i]).margin(1e-4);
        CHECK(wrong == 0);
      }
    }
}

TEST_CASE("schedule: the gradient of conv2d by its input against differences") {
  for (const Case& each : cases()) {
    INFO(text_of(each));
    w::Context context("cpu");
    const w::Tensor x = random_tensor(context, each.picture, DType::float64);
    const w::Tensor k = random_tensor(context, each.weight, DType::float64);
    const w::Tensor step = random_tensor(context, each.picture, DType::float64);
    const auto loss = [&](const w::Tensor& at) { return w::conv2d(at, k, each.options).square().sum(); };
    const double h = 1e-4, along = (w::gradient(loss(x), {x})[0] * step).sum().item<double>();
    const double difference = loss(x + step * h).item<double>() - loss(x - step * h).item<double>();
    CHECK(along == Approx(difference / (2 * h)).margin(1e-6).epsilon(1e-6));
  }
}

TEST_CASE("schedule: the gradient of two convolutions keeps nothing larger than its pictures") {
  for (std::int64_t stride : {1, 2}) {
    INFO("stride " << stride);
    Recorded on;
    const w::Tensor x = random_tensor(on.context, {2, 3, 14, 14}), k = random_tensor(on.context, {8, 3, 3, 3});
    const w::Tensor k2 = random_tensor(on.context, {4, 8, 5, 5});
    const auto network = [&] {
      return w::conv2d(w::relu(w::conv2d(x, k, {.padding = 1})), k2, {.stride = stride, .padding = 2});
    };
    const w::Tensor v = random_tensor(on.context, network().shape());
    on.log.clear();
    w::realize(w::gradient((network() * v).sum(), {x, k, k2}));
    CHECK(on.log.calls.size() <= 5);
    check_temporaries(on, 2 * 8 * 14 * 14);
  }
}

TEST_CASE("schedule: gradients of overlapping pooling are one kernel of each") {
  Recorded on;
  const w::Tensor x = random_tensor(on.context, {2, 3, 9, 9});
  const w::Tensor v = random_tensor(on.context, w::avg_pool2d(x, 3, {.stride = 2, .padding = 1}).shape());
  on.log.clear();
  w::gradient((w::avg_pool2d(x, 3, {.stride = 2, .padding = 1}) * v).sum(), {x})[0].realize();
  CHECK(on.log.calls.size() == 1);
}

TEST_CASE("schedule: what a closed gate keeps out of a sum is not added, infinite or not") {
  for (const char* device : {"cpu", "interp"}) {
    w::Context context(device);
    const double infinity = std::numeric_limits<double>::infinity();
    std::vector<float> weights(9, 1);
    weights[0] = static_cast<float>(infinity);
    const w::Tensor x = w::zeros({1, 1, 16, 16}, DType::float32, context).realize();
    const w::Tensor k = w::Tensor::from(weights, {1, 1, 3, 3}, context).realize();
    const std::vector<float> found = w::gradient(w::conv2d(x, k).sum(), {x})[0].to_vector<float>();
    CHECK(found[15] == 1);  // only the last weight of the first row reaches the corner
    CHECK(found[255] == 1);
    CHECK(found[0] == infinity);
    for (float number : found) CHECK_FALSE(std::isnan(number));
  }
}

}  // namespace schedule_convolution_gradient
