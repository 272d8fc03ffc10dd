// Fits a line through noisy points: lazy tensors, gradients, and a step that is compiled once and replayed.
#include <whittle/whittle.hpp>
#include <whittle/xtensor.hpp>

#include <cstdio>
#include <exception>

namespace w = whittle;

int main() try {
  w::manual_seed(1);
  const w::Tensor x = w::rand({1000, 3}), true_slopes = w::from(xt::xarray<float>{2, -1, 0.5f});
  const w::Tensor y = w::matmul(x, true_slopes) + 4 + 0.01 * w::randn({1000});  // nothing has run yet

  const w::Tensor slopes = w::zeros({3}).realize(), offset = w::zeros({1}).realize();
  auto step = w::capture([&](const w::Tensor& inputs, const w::Tensor& targets) {
    const w::Tensor loss = w::square(w::matmul(inputs, slopes) + offset - targets).mean();
    const auto gradients = w::gradient(loss, {slopes, offset});
    slopes.assign(slopes - 0.5 * gradients[0]);
    offset.assign(offset - 0.5 * gradients[1]);
    return loss;
  });

  float loss = 0;
  for (int i = 0; i < 300; ++i) loss = step(x, y).item<float>();  // recorded at first, then replayed

  const xt::xarray<float> found = w::to_xtensor<float>(slopes);
  std::printf("slopes %.3f %.3f %.3f, offset %.3f, loss %.6f\n", found(0), found(1), found(2), offset.item<float>(),
              loss);
  return loss < 0.001f ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "quickstart: %s\n", error.what());
  return 1;
}
