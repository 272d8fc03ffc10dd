// A small convolutional network is trained on every device and on the plain evaluator: they must agree.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_devices {

using namespace tensor_test;
using w::DType;

namespace {

struct Network {
  w::Conv2d conv;
  w::BatchNorm2d norm;
  w::Linear linear;
  explicit Network(w::Context& context)
      : conv(1, 2, 3, {.padding = 1}, true, context),
        norm(2, context),
        linear(2 * 3 * 3, 4, true, context) {}
  w::Tensor operator()(const w::Tensor& x) const { return linear(w::max_pool2d(w::relu(norm(conv(x))), 2).flatten(1)); }
  std::vector<w::Tensor> parameters() const { return w::parameters_of(conv, norm, linear); }
};

/// Losses of a few captured steps, then all parameters and running statistics.
std::vector<double> trained(w::Context& context) {
  context.seed(5);
  Network network(context);
  w::Sgd optimizer(network.parameters(), 0.1, {.momentum = 0.9, .weight_decay = 1e-3, .nesterov = true});
  auto step = w::capture([&](const w::Tensor& x, const w::Tensor& y) {
    const w::Tensor loss = w::cross_entropy(network(x), y);
    optimizer.step(loss);
    return loss;
  });
  std::vector<double> numbers;
  for (int i = 0; i < 4; ++i) {
    const w::Tensor x = w::rand({3, 1, 6, 6}, DType::float32, context);
    const w::Tensor y = w::Tensor::from({i % 4, 1, 3}, {3}, context);
    numbers.push_back(step(x, y).item<double>());
  }
  std::vector<w::Tensor> all = network.parameters();
  all.push_back(network.norm.running_mean);
  all.push_back(network.norm.running_variance);
  for (const w::Tensor& tensor : all)
    for (double number : tensor.to_vector<double>()) numbers.push_back(number);
  return numbers;
}

}  // namespace

TEST_CASE("training gives the same on every device") {
  EvaluatorExecutor evaluator;
  w::Context reference(evaluator);
  const std::vector<double> expected = trained(reference);
  for (const char* device : {"cpu", "interp"}) {
    INFO(device);
    w::Context context(device);
    const std::vector<double> found = trained(context);
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[i]).margin(2e-5).epsilon(1e-4));
  }
}

TEST_CASE("two contexts on one device do not disturb each other") {
  w::Context a("cpu"), b("cpu");
  CHECK(trained(a) == trained(b));
}

TEST_CASE("a device that is not there is an error with the names of those that are") {
  w::Context nowhere("abacus");
  CHECK_THROWS_WITH(w::ones({2}, DType::float32, nowhere).realize(),
                    Catch::Contains("abacus") && Catch::Contains("interp"));
}

}  // namespace tensor_devices
