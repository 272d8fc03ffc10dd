// Powers of small whole numbers are products, with the values that pow has.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include <whittle/whittle.hpp>

#include "recording.hpp"
#include "tensor/evaluator_executor.hpp"

namespace system_powers {

using namespace system_test;

TEST_CASE("powers: what the plain evaluator says, of ordinary and of special numbers") {
  constexpr float infinity = std::numeric_limits<float>::infinity(), none = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> bases{1.5f, -2.25f, 0.f, -0.f, 1.f, -1.f, infinity, -infinity, none, 3e-20f, -7e12f};
  tensor_test::EvaluatorExecutor evaluator;
  w::Context reference(evaluator);
  // As a number and as a tensor: the numbers 2 and 3 make products at once.
  const auto powers = [&](w::Context& context, double exponent, bool as_tensor) {
    const w::Tensor base = w::Tensor::from(bases, {11}, context);
    if (!as_tensor) return w::pow(base, exponent).to_vector<float>();
    return w::pow(base, w::full({11}, exponent, DType::float32, context)).to_vector<float>();
  };
  Recorded on;
  for (bool as_tensor : {false, true})
    for (double exponent : {0.0, -0.0, 1.0, 2.0, 3.0, 4.0, -1.0, 5.0, -2.0, 0.5}) {
      const auto found = powers(on.context, exponent, as_tensor), expected = powers(reference, exponent, as_tensor);
      for (std::size_t i = 0; i < bases.size(); ++i) {
        INFO(bases[i] << " to the power of " << exponent << " is " << found[i] << ", expected " << expected[i]);
        CHECK((found[i] == Approx(expected[i]).epsilon(1e-6) || found[i] == expected[i] ||
               (std::isnan(found[i]) && std::isnan(expected[i]))));
        CHECK((std::isnan(expected[i]) || std::signbit(found[i]) == std::signbit(expected[i])));
      }
    }
}

TEST_CASE("powers: 1 to any power is 1, also where there is none") {
  Recorded on;
  const w::Tensor x = w::Tensor::from({2.f, std::numeric_limits<float>::quiet_NaN()}, {2}, on.context);
  CHECK(w::pow(w::Tensor::from({1.f}, {1}, on.context), x).to_vector<float>() == std::vector<float>{1, 1});
  CHECK(w::pow(w::full({2}, 1.0, DType::float32, on.context), x).to_vector<float>() == std::vector<float>{1, 1});
}

}  // namespace system_powers
