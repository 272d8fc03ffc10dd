// Layers, optimisers and captured steps.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_training {

using namespace tensor_test;
using w::DType;

namespace {

double get(const w::Tensor& x, std::size_t i = 0) { return x.to_vector<double>()[i]; }

}  // namespace

TEST_CASE("Linear and Conv2d have parameters of the right shapes") {
  Fixture f;
  const w::Linear linear(3, 2, true, f.context), bare(3, 2, false, f.context);
  CHECK(linear.weight.shape() == w::Dims{2, 3});
  CHECK(linear.bias.shape() == w::Dims{2});
  CHECK(bare.parameters().size() == 1);
  const w::Tensor x = w::ones({4, 3}, DType::float32, f.context);
  CHECK(linear(x).shape() == w::Dims{4, 2});
  CHECK(get(linear(x)) == Approx(get(linear.weight.sum(-1)) + get(linear.bias)));
  CHECK(linear.weight.abs().max().item<double>() <= 1 / std::sqrt(3.0));
  const w::Conv2d conv(2, 4, 3, {.padding = 1, .groups = 2}, true, f.context);
  CHECK(conv.weight.shape() == w::Dims{4, 1, 3, 3});
  CHECK(conv(w::ones({1, 2, 5, 5}, DType::float32, f.context)).shape() == w::Dims{1, 4, 5, 5});
  CHECK(w::parameters_of(linear, conv, bare).size() == 5);
}

TEST_CASE("batch norm normalises the batch and keeps running statistics") {
  Fixture f;
  w::BatchNorm2d norm(2, f.context);
  const w::Tensor x = (w::arange(16, DType::int32, f.context).cast(DType::float32) * 3).reshape({2, 2, 2, 2});
  const w::Tensor y = norm(x);
  CHECK(y.mean({0, 2, 3}).abs().max().item<double>() == Approx(0).margin(1e-5));
  CHECK(get(y.var({0, 2, 3}, 0)) == Approx(1).epsilon(1e-3));
  CHECK(get(norm.running_mean) == Approx(0.1 * get(x.mean({0, 2, 3}))));
  CHECK(get(norm.running_variance) == Approx(0.9 + 0.1 * get(x.var({0, 2, 3}, 1))));
  norm.training = false;
  const w::Tensor z = norm(x);
  CHECK(get(z) == Approx((get(x) - get(norm.running_mean)) / std::sqrt(get(norm.running_variance) + 1e-5)));
}

TEST_CASE("running statistics do not pile up when nobody asks for them") {
  Fixture f;
  w::BatchNorm2d norm(1, f.context);
  for (int i = 0; i < 3; ++i) norm(w::ones({2, 1, 2, 2}, DType::float32, f.context) * (i + 1)).realize();
  CHECK(norm.running_mean.is_realized());
  CHECK(get(norm.running_mean) == Approx(((0.1 * 1) * 0.9 + 0.2) * 0.9 + 0.3));
}

TEST_CASE("SGD with momentum, weight decay and Nesterov's form") {
  for (bool nesterov : {false, true}) {
    Fixture f;
    const w::Tensor p = w::Tensor::from({2.f}, {1}, f.context);
    w::Sgd optimizer({p}, 0.1, {.momentum = 0.9, .weight_decay = 0.01, .nesterov = nesterov});
    double value = 2, velocity = 0;
    for (int i = 0; i < 4; ++i) {
      optimizer.step((p * p).sum());
      const double gradient = 2 * value + 0.01 * value;
      velocity = 0.9 * velocity + gradient;
      value -= 0.1 * (nesterov ? gradient + 0.9 * velocity : velocity);
      CHECK(p.item<double>() == Approx(value));
    }
    optimizer.set_rate(0);
    optimizer.step((p * p).sum());
    CHECK(p.item<double>() == Approx(value));
  }
}

TEST_CASE("Adam") {
  Fixture f;
  const w::Tensor p = w::Tensor::from({2.f}, {1}, f.context);
  w::Adam optimizer({p}, 0.1);
  double value = 2, mean = 0, square = 0;
  for (int i = 1; i <= 4; ++i) {
    optimizer.step((p * p).sum());
    const double gradient = 2 * value;
    mean = 0.9 * mean + 0.1 * gradient;
    square = 0.999 * square + 0.001 * gradient * gradient;
    value -= 0.1 * (mean / (1 - std::pow(0.9, i))) / (std::sqrt(square / (1 - std::pow(0.999, i))) + 1e-8);
    CHECK(p.item<double>() == Approx(value).epsilon(1e-5));
  }
}

TEST_CASE("a network learns exclusive or") {
  Fixture f;
  f.context.seed(3);
  const w::Linear first(2, 8, true, f.context), second(8, 2, true, f.context);
  w::Sgd optimizer(w::parameters_of(first, second), 0.3, {.momentum = 0.9});
  const w::Tensor x = w::Tensor::from({0.f, 0.f, 0.f, 1.f, 1.f, 0.f, 1.f, 1.f}, {4, 2}, f.context);
  const w::Tensor y = w::Tensor::from({0, 1, 1, 0}, {4}, f.context);
  auto step = w::capture([&](const w::Tensor& inputs, const w::Tensor& labels) {
    const w::Tensor loss = w::cross_entropy(second(w::tanh(first(inputs))), labels);
    optimizer.step(loss);
    return loss;
  });
  const double at_first = step(x, y).item<double>();
  const std::uint32_t nodes = f.context.graph().size();
  double loss = at_first;
  for (int i = 0; i < 60; ++i) loss = step(x, y).item<double>();
  CHECK(f.context.graph().size() == nodes);
  CHECK(loss < 0.05);
  CHECK(at_first > 0.5);
  CHECK(second(w::tanh(first(x))).argmax().to_vector<std::int32_t>() == std::vector<std::int32_t>{0, 1, 1, 0});
}

TEST_CASE("a captured step takes other inputs, also written in place") {
  Fixture f;
  const w::Tensor total = w::zeros({1}, DType::float32, f.context).realize();
  int calls = 0;
  auto step = w::capture([&](const w::Tensor& x) {
    ++calls;
    total.assign(total + x.sum());
    return x * 2;
  });
  const w::Tensor a = w::Tensor::from({1.f, 2.f}, {2}, f.context), b = w::Tensor::from({10.f, 20.f}, {2}, f.context);
  CHECK(step(a).to_vector<float>() == std::vector<float>{2, 4});
  CHECK(step(b).to_vector<float>() == std::vector<float>{20, 40});
  b.write(std::vector<float>{5, 6});
  CHECK(step(b).to_vector<float>() == std::vector<float>{10, 12});
  CHECK(step(a + 1).to_vector<float>() == std::vector<float>{4, 6});
  CHECK(total.item<float>() == 3 + 30 + 11 + 5);
  CHECK(calls == 1);
  CHECK(a.to_vector<float>() == std::vector<float>{1, 2});
}

TEST_CASE("a captured step refuses other shapes and dtypes, and what would not be repeated") {
  Fixture f;
  auto step = w::capture([](const w::Tensor& x) { return x * 2; });
  step(w::ones({2, 3}, DType::float32, f.context));
  CHECK_THROWS_WITH(step(w::ones({3}, DType::float32, f.context)),
                    Catch::Contains("float32 (3)") && Catch::Contains("expected float32 (2, 3)"));
  CHECK_THROWS_WITH(step(w::ones({2, 3}, DType::int32, f.context)), Catch::Contains("input 0 is int32 (2, 3)"));
  step.reset();
  CHECK(step(w::ones({3}, DType::float32, f.context)).shape() == w::Dims{3});
  const w::Tensor lazy = w::zeros({3}, DType::float32, f.context);
  auto resets = w::capture([&](const w::Tensor& x) { lazy.assign(lazy + x); });
  CHECK_THROWS_WITH(resets(w::ones({3}, DType::float32, f.context)), Catch::Contains("realised before the step"));
  auto random = w::capture([&](const w::Tensor& x) { return x + w::rand({2}, DType::float32, f.context); });
  const w::Tensor x = w::ones({2}, DType::float32, f.context);
  CHECK_THROWS_WITH(random(x), Catch::Contains("give a Generator"));
  CHECK_FALSE(f.context.capturing());
  w::Generator generator(1, f.context);
  auto fresh = w::capture([&](const w::Tensor& y) { return y + w::rand({2}, generator); });
  const auto first = fresh(x).to_vector<float>();
  CHECK(fresh(x).to_vector<float>() != first);
}

TEST_CASE("a captured step keeps its memory, and gives it back") {
  Fixture f;
  const w::Tensor x = w::ones({2}, DType::float32, f.context).realize();
  {
    auto step = w::capture([&](const w::Tensor& y) {
      const w::Tensor middle = (y * 3).realize();
      return middle + 1;
    });
    step(x);
    for (int i = 0; i < 3; ++i) (x * (i + 5)).realize();
    CHECK(step(x).to_vector<float>() == std::vector<float>{4, 4});
  }
  (x * 100).realize();
  CHECK(w::Memory::buffers(f.context) <= 2);
}

}  // namespace tensor_training
