// A user's operator: x / (1 + e^-(x * slope)), with a slope that can be trained (Ramachandran et al., 2017).
#pragma once

#include <cmath>

#include <whittle/operator.hpp>

namespace mine {

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, slope = var<"slope">, y = var<"y">, g = var<"g">;

// clang-format off
inline constexpr struct Swish : op<"swish", 2> {
  static double evaluate(double value, double steepness) { return value / (1 + std::exp(-value * steepness)); }
  static constexpr auto lower = rules<whittle::floating>("swish",
      self(x, slope) >>= x / (exp(-(x * slope)) + 1));
  static constexpr auto gradient = rules<whittle::floating>("gradient of swish",
      pullback(self(x, slope).as<"y">(), g) >>= group(g * (1 + slope * (x - y)) / (exp(-(x * slope)) + 1),
                                                      g * y * (x - y)));
} swish;
// clang-format on
static_assert(whittle::well_formed<Swish::lower>() && whittle::well_formed<Swish::gradient>());

}  // namespace mine
