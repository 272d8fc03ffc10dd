// Operators as users would write them, for the tests of ir/ and of whole tensors.
#pragma once

#include <bit>
#include <cmath>

#include <whittle/operator.hpp>

namespace own {

using namespace whittle::dsl;
using whittle::DType;
using whittle::Interval;
using whittle::Shape;
using whittle::dsl::var;  // tensors have a function of that name

inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">, g = var<"g">;

// clang-format off
inline constexpr struct Softplus : op<"softplus"> {
  static double evaluate(double value) { return value > 20 ? value : std::log1p(std::exp(value)); }
  static constexpr auto lower = rules<whittle::floating>("softplus",
      self(x) >>= max(x, 0) + log(exp(min(x, -x)) + 1));
  static constexpr auto gradient = rules<whittle::floating>("gradient of softplus",
      pullback(self(x), g) >>= group(g / (exp(-x) + 1)));
} softplus;

/// In terms of another: x - y * softplus(x).
inline constexpr struct Damped : op<"damped", 2> {
  using uses = operators<Softplus>;
  static double evaluate(double value, double factor) { return value - factor * Softplus::evaluate(value); }
  static constexpr auto lower = rules<whittle::floating>("damped", self(x, y) >>= x - y * softplus(x));
  static constexpr auto gradient = rules<whittle::floating>("gradient of damped",
      pullback(self(x, y), g) >>= group(g * (1 - y / (exp(-x) + 1)), -(g * softplus(x))));
} damped;

inline whittle::Node sum_of_bits(whittle::Graph& graph, whittle::Node n, int bits) {
  whittle::Node sum = whittle::bit_and(graph, n, 1);
  for (int k = 1; k < bits; ++k) sum = add(graph, sum, whittle::bit_and(graph, whittle::shr(graph, n, k), 1));
  return sum;
}

/// The number of bits that are set.
inline constexpr struct Popcount : op<"popcount"> {
  static constexpr whittle::DTypes operands = only(DType::uint8) | only(DType::uint32);
  static constexpr Interval interval(Interval bounds) {
    return {bounds.low > 0 ? 1 : 0, std::bit_width(static_cast<std::uint32_t>(bounds.high))};
  }
  static int evaluate(std::int64_t value) { return std::popcount(static_cast<std::uint64_t>(value)); }
  static constexpr auto lower = rules<whittle::wrapping>("popcount",
      self(x.is(only(DType::uint8)))  >>= with(x)([](auto& graph, auto n) { return sum_of_bits(graph, n, 8); }),
      self(x.is(only(DType::uint32))) >>= with(x)([](auto& graph, auto n) { return sum_of_bits(graph, n, 32); }));
} popcount;

/// Of any dtype, with a result of another: whether |x| < |y|.
inline constexpr struct Smaller : op<"smaller", 2> {
  static constexpr whittle::DTypes operands = whittle::any_float | whittle::any_signed;
  static constexpr DType result(DType) { return DType::boolean; }
  static bool evaluate(auto a, auto b) { return (a < 0 ? -a : a) < (b < 0 ? -b : b); }
  static constexpr auto lower = rules<whittle::floating | whittle::wrapping>("smaller",
      self(x, y) >>= max(x, -x) < max(y, -y));
} smaller;

/// With a shape of its own: the sums of products along the last axis, which stays with size 1.
inline constexpr struct Dot : op<"dot", 2> {
  static std::optional<Shape> shape(whittle::Graph& graph, std::span<const Shape> from) {
    if (from[0].empty() || !(from[0] == from[1])) return std::nullopt;
    Shape made = from[0];
    made[made.size() - 1] = graph.constant(DType::index, 1);
    return made;
  }
  static whittle::Array evaluate(std::span<const whittle::Array> from) {
    whittle::Array made{from[0].dtype, from[0].shape, {}};
    const auto length = static_cast<std::size_t>(std::exchange(made.shape.back(), 1));
    for (std::size_t i = 0; i < from[0].elements.size(); i += length) {
      double sum = 0;
      for (std::size_t k = 0; k < length; ++k) sum += from[0].elements[i + k].as_double() * from[1].elements[i + k].as_double();
      made.elements.push_back(whittle::float_scalar(made.dtype, sum));
    }
    return made;
  }
  static constexpr auto lower = rules<whittle::structural>("dot",
      self(x, y) >>= with(x, y)([](auto& graph, auto a, auto b) {
        return reduce(graph, mul(graph, a, b), whittle::Op::add, 1u << (whittle::rank_of(graph, a) - 1));
      }));
  static constexpr auto gradient = rules<whittle::structural>("gradient of dot",
      pullback(self(x, y), g) >>= with(x, y, g)([](auto& graph, auto a, auto b, auto by) {
        const whittle::Node spread = whittle::expand(graph, by, whittle::shape_of(graph, a));
        return whittle::group(graph, {mul(graph, spread, b), mul(graph, spread, a)});
      }));
} dot;

/// Nothing but a name.
inline constexpr struct Bare : op<"bare"> {} bare;

/// Lowered for one dtype alone.
inline constexpr struct Choosy : op<"choosy"> {
  static constexpr auto lower = rules<whittle::floating>("choosy", self(x.is(only(DType::float64))) >>= x + 1);
} choosy;

/// Two that are lowered to one another.
inline constexpr struct Chicken : op<"chicken"> {
  static constexpr auto lower = rules<whittle::floating>("chicken", self(x) >>= op<"egg">::self(x));
} chicken;
inline constexpr struct Egg : op<"egg"> {
  static constexpr auto lower = rules<whittle::floating>("egg", self(x) >>= chicken(x));
} egg;

/// Lowered to another dtype than it has.
inline constexpr struct Widening : op<"widening"> {
  static constexpr auto lower = rules<whittle::structural>("widening",
      self(x) >>= with(x)([](auto& graph, auto n) { return cast(graph, n, DType::float64); }));
} widening;

/// Their names give one number.
inline constexpr struct CubeRoot : op<"cbrt"> {} cube_root;
inline constexpr struct Sawtooth : op<"acos_sawtooth"> {} sawtooth;
static_assert(cube_root.number == sawtooth.number);

/// Another operator of a name that is taken.
namespace other {
inline constexpr struct Softplus : op<"softplus"> {
  static constexpr auto lower = rules<whittle::floating>("softplus", self(x) >>= log2(exp2(x) + 1));
} softplus;
}  // namespace other
// clang-format on

}  // namespace own
