// Trains through an operator of its own, and checks it: values against its plain evaluation, gradients against finite
// differences, and the loss, which has to fall.
#include "swish.hpp"

#include <whittle/whittle.hpp>

#include <cmath>
#include <cstdio>
#include <exception>
#include <vector>

namespace w = whittle;

namespace {

int faults = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("not so: %s\n", what);
  ++faults;
}
bool close(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance * (1 + std::abs(b)); }

void check_values() {
  std::vector<double> values;
  for (int i = -40; i <= 40; ++i) values.push_back(i * 0.25);
  const std::vector<double> found = w::apply(mine::swish, w::Tensor::from(values), 1.5).to_vector<double>();
  for (std::size_t i = 0; i < values.size(); ++i)
    expect(close(found[i], mine::Swish::evaluate(values[i], 1.5), 1e-12), "a value is that of the plain evaluation");
}

void check_gradients() {
  const std::vector<double> at{-2, -0.5, 0.25, 3};
  const w::Tensor x = w::Tensor::from(at), slope = w::Tensor::from({0.75});
  const auto loss = [&] { return w::square(w::apply(mine::swish, x, slope)).sum(); };
  const std::vector<w::Tensor> gradients = w::gradient(loss(), {x, slope});
  constexpr double h = 1e-5;
  const auto difference = [&](const w::Tensor& of, std::vector<double> numbers, std::size_t k) {
    const std::vector<double> kept = numbers;
    numbers[k] += h, of.write(numbers);
    const double above = loss().item<double>();
    numbers[k] -= 2 * h, of.write(numbers);
    const double below = loss().item<double>();
    of.write(kept);
    return (above - below) / (2 * h);
  };
  const std::vector<double> by_x = gradients[0].to_vector<double>();
  for (std::size_t k = 0; k < at.size(); ++k)
    expect(close(by_x[k], difference(x, at, k), 1e-6), "the gradient by x is the finite difference");
  expect(close(gradients[1].item<double>(), difference(slope, {0.75}, 0), 1e-6),
         "the gradient by the slope is the finite difference");
}

/// Two layers learn max(a, b), with the slope of the operator among what is learnt.
void check_training() {
  w::manual_seed(1);
  const w::Tensor inputs = w::randn({256, 2}).realize(), targets = inputs.max({1}, true).realize();
  const w::Tensor first = (w::randn({2, 16}) * 0.7).realize(), second = (w::randn({16, 1}) * 0.25).realize();
  const w::Tensor slope = w::ones({1}).realize();
  w::Sgd optimizer({first, second, slope}, 0.05);
  auto step = w::capture([&](const w::Tensor& x, const w::Tensor& wanted) {
    const w::Tensor loss =
        w::square(w::matmul(w::apply(mine::swish, w::matmul(x, first), slope), second) - wanted).mean();
    optimizer.step(loss);
    return loss;
  });
  const float before = step(inputs, targets).item<float>();
  float after = before;
  for (int i = 0; i < 300; ++i) after = step(inputs, targets).item<float>();
  std::printf("loss %g, after 300 steps %g; slope %g\n", static_cast<double>(before), static_cast<double>(after),
              static_cast<double>(slope.item<float>()));
  expect(after < before / 20, "the loss has fallen to a twentieth");
  expect(slope.item<float>() != 1, "the slope was trained");
}

}  // namespace

int main() try {
  check_values();
  check_gradients();
  check_training();
  return faults == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::puts(error.what());
  return 1;
}
