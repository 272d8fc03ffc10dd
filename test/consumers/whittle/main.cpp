// Each element of relu(a @ b + 1) is at least 1, so a row of four sums to at least 4.
#include <whittle/whittle.hpp>
#include <whittle/xtensor.hpp>

#include <cstdio>
#include <exception>

namespace w = whittle;

int main() try {
  w::Tensor a = w::rand({2, 8}), b = w::from(xt::xarray<float>(xt::ones<float>({8, 4})));
  w::Tensor c = w::relu(w::matmul(a, b) + 1.0f).sum(-1);
  xt::xarray<float> out = w::to_xtensor<float>(c);
  return out.size() == 2 && out(0) >= 4 && out(1) >= 4 ? 0 : 1;
} catch (const std::exception& error) {
  std::puts(error.what());
  return 1;
}
