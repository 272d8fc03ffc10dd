// Gradients against finite differences in float64.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_gradient {

using namespace tensor_test;
using w::DType;

namespace {

using Function = std::function<w::Tensor(const std::vector<w::Tensor>&)>;

/// Compares the gradient of sum(f(inputs) * weights), random weights, with central differences by every element.
void check_gradient(const Function& f, const std::vector<Sizes>& shapes, double low = -2, double high = 2) {
  Fixture fixture;
  Random random(11);
  std::vector<Dense> values;
  std::vector<w::Tensor> inputs;
  for (const Sizes& shape : shapes) {
    values.push_back(random.dense(shape, low, high));
    inputs.push_back(tensor_of(values.back(), DType::float64, fixture.context));
  }
  w::Tensor weights;
  const auto loss = [&] {
    const w::Tensor result = f(inputs);
    if (weights.empty()) weights = tensor_of(random.dense(sizes_of(result)), DType::float64, fixture.context);
    return (result * weights).sum();
  };
  const std::vector<w::Tensor> gradients = w::gradient(loss(), inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    REQUIRE(gradients[i].shape() == inputs[i].shape());
    const std::vector<double> found = gradients[i].to_vector<double>();
    for (std::size_t k = 0; k < found.size(); ++k) {
      constexpr double h = 1e-5;
      double ends[2];
      for (int side = 0; side < 2; ++side) {
        std::vector<double> moved = values[i].data;
        moved[k] += side == 0 ? -h : h;
        inputs[i].write(moved);
        ends[side] = loss().item<double>();
      }
      inputs[i].write(values[i].data);
      const double expected = (ends[1] - ends[0]) / (2 * h);
      INFO("input " << i << ", element " << k << ": " << found[k] << ", expected " << expected);
      REQUIRE(std::abs(found[k] - expected) <= 1e-6 * std::max(1.0, std::abs(expected)));
    }
  }
  SUCCEED();
}

void check_unary(w::Tensor (*f)(const w::Tensor&, const w::Place&), double low, double high) {
  check_gradient([&](const auto& x) { return f(x[0], w::Place::current()); }, {{7}}, low, high);
}

}  // namespace

TEST_CASE("gradients of functions of each element") {
  check_unary(w::exp, -2, 2);
  check_unary(w::exp2, -2, 2);
  check_unary(w::log, 0.5, 4);
  check_unary(w::log2, 0.5, 4);
  check_unary(w::sin, -4, 4);
  check_unary(w::cos, -4, 4);
  check_unary(w::sqrt, 0.5, 4);
  check_unary(w::rsqrt, 0.5, 4);
  check_unary(w::reciprocal, 0.5, 4);
  check_unary(w::sigmoid, -4, 4);
  check_unary(w::tanh, -3, 3);
  check_unary(w::abs, -3, 3);
  check_unary(w::square, -3, 3);
  check_unary(w::relu, -3, 3);
  check_unary(w::gelu, -3, 3);
}

TEST_CASE("gradients of operators, with operands that broadcast") {
  const std::vector<Sizes> shapes{{2, 3}, {3}};
  check_gradient([](const auto& x) { return x[0] + x[1]; }, shapes);
  check_gradient([](const auto& x) { return x[0] - x[1]; }, shapes);
  check_gradient([](const auto& x) { return x[0] * x[1]; }, shapes);
  check_gradient([](const auto& x) { return x[0] / x[1]; }, shapes, 0.5, 3);
  check_gradient([](const auto& x) { return w::pow(x[0], x[1]); }, shapes, 0.5, 3);
  check_gradient([](const auto& x) { return x[0].pow(2.5); }, {{4}}, 0.5, 3);
  check_gradient([](const auto& x) { return w::maximum(x[0], x[1]); }, shapes);
  check_gradient([](const auto& x) { return w::minimum(x[0], x[1]); }, shapes);
  check_gradient([](const auto& x) { return w::where(x[0] > x[1], x[0] * 3, x[1] * x[1]); }, shapes);
  check_gradient([](const auto& x) { return -x[0] * 2 + 1 - x[0] * x[0] * x[0]; }, {{4}});
  check_gradient([](const auto& x) { return x[0] * x[1]; }, {{2, 3}, {}});  // rank 0 meets any shape
  check_gradient([](const auto& x) { return x[1] / x[0]; }, {{2, 3}, {}}, 0.5, 3);
}

TEST_CASE("gradients of movement") {
  check_gradient([](const auto& x) { return x[0].reshape({3, 4}); }, {{2, 6}});
  check_gradient([](const auto& x) { return x[0].permute({2, 0, 1}); }, {{2, 3, 4}});
  check_gradient([](const auto& x) { return x[0].unsqueeze(1).expand({2, 3, 4}); }, {{2, 4}});
  check_gradient([](const auto& x) { return x[0].pad({{1, 2}, {0, 1}}); }, {{2, 3}});
  check_gradient([](const auto& x) { return x[0].pad({{1, 2}, {0, 1}}, 7); }, {{2, 3}});
  check_gradient([](const auto& x) { return x[0].shrink({{1, 3}, {0, 2}}); }, {{4, 3}});
  check_gradient([](const auto& x) { return x[0].flip(0); }, {{4, 3}});
  check_gradient([](const auto& x) { return x[0].slice({{1, 6, 2}}); }, {{7}});
  check_gradient([](const auto& x) { return w::cat({x[0], x[1], x[0]}, 1); }, {{2, 3}, {2, 1}});
  check_gradient([](const auto& x) { return w::stack({x[0], x[1]}); }, {{2, 3}, {2, 3}});
  check_gradient([](const auto& x) { return w::triu(x[0]); }, {{3, 3}});
}

TEST_CASE("gradients of reductions") {
  check_gradient([](const auto& x) { return x[0].sum(1); }, {{2, 3, 2}});
  check_gradient([](const auto& x) { return x[0].sum(); }, {{2, 3}});
  check_gradient([](const auto& x) { return x[0].mean({0, 2}); }, {{2, 3, 2}});
  check_gradient([](const auto& x) { return x[0].max(1); }, {{3, 4}});
  check_gradient([](const auto& x) { return x[0].min(0, true); }, {{3, 4}});
  check_gradient([](const auto& x) { return x[0].prod(1); }, {{3, 4}}, 0.5, 2);
  check_gradient([](const auto& x) { return x[0].var(1); }, {{3, 4}});
  check_gradient([](const auto& x) { return x[0].std({}); }, {{3, 4}});
}

TEST_CASE("gradients of matrix products, softmax and cross-entropy") {
  check_gradient([](const auto& x) { return w::matmul(x[0], x[1]); }, {{2, 3}, {3, 4}});
  check_gradient([](const auto& x) { return w::matmul(x[0], x[1]); }, {{2, 2, 3}, {3, 2}});
  check_gradient([](const auto& x) { return w::matmul(x[0], x[1]); }, {{3}, {2, 3, 2}});
  check_gradient([](const auto& x) { return w::softmax(x[0]); }, {{3, 4}});
  check_gradient([](const auto& x) { return w::log_softmax(x[0], 0); }, {{3, 4}});
  check_gradient([](const auto& x) { return w::cross_entropy(x[0], w::Tensor::from({2, 0, 3}, {3}, x[0].context())); },
                 {{3, 4}});
  check_gradient([](const auto& x) { return w::take(x[0], w::Tensor::from({2, 0, 2}, {3}, x[0].context())); },
                 {{3, 4}});
}

TEST_CASE("gradients of convolutions") {
  const auto conv = [](const w::Conv2dOptions& options) {
    return [options](const std::vector<w::Tensor>& x) { return w::conv2d(x[0], x[1], options); };
  };
  check_gradient(conv({}), {{1, 2, 4, 5}, {3, 2, 3, 2}});
  check_gradient(conv({.stride = {2, 1}, .padding = 1}), {{1, 1, 4, 3}, {2, 1, 3, 3}});
  check_gradient(conv({.stride = 3, .padding = {0, 2}}), {{1, 1, 5, 4}, {1, 1, 2, 2}});
  check_gradient(conv({.dilation = 2}), {{1, 1, 5, 5}, {1, 1, 2, 3}});
  check_gradient(conv({.padding = 1, .groups = 2}), {{1, 4, 3, 3}, {2, 2, 2, 2}});
  check_gradient([](const auto& x) { return w::conv2d(x[0], x[1], x[2], {.padding = 1}); },
                 {{2, 1, 3, 3}, {2, 1, 3, 3}, {2}});
}

TEST_CASE("gradients of pooling and normalisation") {
  check_gradient([](const auto& x) { return w::max_pool2d(x[0], 2); }, {{1, 2, 4, 5}});
  check_gradient([](const auto& x) { return w::max_pool2d(x[0], 3, {.stride = 2, .padding = 1}); }, {{1, 1, 5, 4}});
  check_gradient([](const auto& x) { return w::avg_pool2d(x[0], 2); }, {{1, 2, 4, 4}});
  check_gradient([](const auto& x) { return w::avg_pool2d(x[0], {2, 3}, {.stride = 1, .padding = 1}); },
                 {{1, 1, 3, 4}});
  check_gradient(
      [](const auto& x) {
        const w::Tensor mean = x[0].mean({0, 2, 3}), variance = x[0].var({0, 2, 3}, 0);
        return w::batch_norm(x[0], mean, variance, x[1], x[2]);
      },
      {{2, 2, 2, 3}, {2}, {2}});
}

TEST_CASE("equal maxima share a gradient") {
  Fixture f;
  const w::Tensor x = w::Tensor::from({1., 3., 3., 2.}, {4}, f.context);
  CHECK(w::gradient(x.max(), {x})[0].to_vector<double>() == std::vector<double>{0, 0.5, 0.5, 0});
  const w::Tensor zero = w::Tensor::from({0., -1., 2.}, {3}, f.context);
  CHECK(w::gradient(w::relu(zero).sum(), {zero})[0].to_vector<double>() == std::vector<double>{0, 0, 1});
  CHECK(w::gradient(w::abs(zero).sum(), {zero})[0].to_vector<double>() == std::vector<double>{0, -1, 1});
}

TEST_CASE("gradients stay finite where functions saturate") {
  Fixture f;
  const w::Tensor x = w::Tensor::from({-1000.f, 0.f, 1000.f}, {3}, f.context);
  CHECK(w::gradient(w::sigmoid(x).sum(), {x})[0].to_vector<float>() == std::vector<float>{0, 0.25f, 0});
  CHECK(w::gradient(w::softmax(x).max(), {x})[0].to_vector<float>() == std::vector<float>{0, 0, 0});
}

TEST_CASE("what has no gradient") {
  Fixture f;
  const w::Tensor x = w::Tensor::from({1.f, 2.f}, {2}, f.context), y = w::Tensor::from({3.f, 4.f}, {2}, f.context);
  using Numbers = std::vector<float>;
  CHECK(w::gradient((x.detach() * x).sum(), {x})[0].to_vector<float>() == Numbers{1, 2});
  CHECK(w::gradient(x.sum(), {y})[0].to_vector<float>() == Numbers{0, 0});
  CHECK(w::gradient((x.cast(DType::int32).cast(DType::float32) * x).sum(), {x})[0].to_vector<float>() == Numbers{1, 2});
  CHECK(w::gradient((x.cast(DType::float16) * 2).sum(), {x})[0].dtype() == DType::float32);
  // A result on the way can be asked for, too.
  const w::Tensor middle = x * y;
  const std::vector<w::Tensor> both = w::gradient((middle * middle).sum(), {middle, x});
  CHECK(both[0].to_vector<float>() == Numbers{6, 16});
  CHECK(both[1].to_vector<float>() == Numbers{18, 64});
}

TEST_CASE("a graph as deep as a thousand operations") {
  Fixture f;
  const w::Tensor x = w::Tensor::from({1.f}, {1}, f.context);
  w::Tensor y = x;
  for (int i = 0; i < 1000; ++i) y = y + x * 0.001;
  CHECK(w::gradient(y.sum(), {x})[0].item<float>() == Approx(2));
}

}  // namespace tensor_gradient
