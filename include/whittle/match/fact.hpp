// Guards: three-valued expressions over what is known of the nodes bound on the left.
#pragma once

#include <limits>

#include <whittle/core/fold.hpp>
#include <whittle/core/inline.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// What is known of a value: integer bounds (a bool is 0 or 1), one float, or nothing.
struct Fact {
  enum class Kind : std::uint8_t { unknown, integer, real } kind = Kind::unknown;
  bool has_low = false, has_high = false;
  int128 low = 0, high = 0;
  double real = 0;

  static constexpr Fact between(int128 low, int128 high) { return {Kind::integer, true, true, low, high, 0}; }
  static constexpr Fact point(int128 value) { return between(value, value); }
  static constexpr Fact truth(bool value) { return point(value ? 1 : 0); }
  static constexpr Fact number(double value) { return {Kind::real, false, false, 0, 0, value}; }
  constexpr bool bounded() const { return kind == Kind::integer && has_low && has_high; }
  constexpr bool is_point() const { return bounded() && low == high; }
  constexpr bool is_true() const { return is_point() && low == 1; }
};

/// Bounds beyond this are dropped, so that products of two fit in 128 bits.
inline constexpr int128 fact_limit = static_cast<int128>(std::numeric_limits<std::int64_t>::max());

constexpr Fact trimmed(Fact fact) {
  if (fact.has_low && (fact.low < -fact_limit || fact.low > fact_limit)) fact.has_low = false;
  if (fact.has_high && (fact.high < -fact_limit || fact.high > fact_limit)) fact.has_high = false;
  return fact;
}

constexpr Fact fact_from_corners(Op op, const Fact& a, const Fact& b) {
  if (!a.bounded() || !b.bounded()) return {};
  const bool divides = op == Op::floordiv || op == Op::cdiv;
  if (divides && b.low <= 0 && b.high >= 0) return {};
  int128 low = 0, high = 0;
  for (int corner = 0; corner < 4; ++corner) {
    int128 value = 0;
    if (!fold_ints(op, (corner & 1) != 0 ? a.high : a.low, (corner & 2) != 0 ? b.high : b.low, 0, value)) return {};
    if (corner == 0 || value < low) low = value;
    if (corner == 0 || value > high) high = value;
  }
  return trimmed(Fact::between(low, high));
}

constexpr Fact fact_less(const Fact& a, const Fact& b, bool or_equal) {
  if (a.has_high && b.has_low && (or_equal ? a.high <= b.low : a.high < b.low)) return Fact::truth(true);
  if (a.has_low && b.has_high && (or_equal ? a.low > b.high : a.low >= b.high)) return Fact::truth(false);
  return Fact::between(0, 1);
}

constexpr Fact fact_equal(const Fact& a, const Fact& b) {
  if (a.is_point() && b.is_point()) return Fact::truth(a.low == b.low);
  if ((a.has_high && b.has_low && a.high < b.low) || (a.has_low && b.has_high && a.low > b.high))
    return Fact::truth(false);
  return Fact::between(0, 1);
}

/// Operators over facts; `is_bool` tells `&&` and `||` from bit operations.
constexpr Fact fact_of(Op op, const Fact& a, const Fact& b, bool is_bool) {
  using Kind = Fact::Kind;
  if (is_bool && op == Op::bit_and) {
    if (a.is_true() && b.is_true()) return Fact::truth(true);
    return (a.is_point() && a.low == 0) || (b.is_point() && b.low == 0) ? Fact::truth(false) : Fact::between(0, 1);
  }
  if (is_bool && op == Op::bit_or) {
    if (a.is_true() || b.is_true()) return Fact::truth(true);
    return a.is_point() && b.is_point() ? Fact::truth(false) : Fact::between(0, 1);
  }
  if (a.kind == Kind::real && b.kind == Kind::real) {
    bool truth = false;
    double value = 0;
    if (compare_floats(op, a.real, b.real, truth)) return Fact::truth(truth);
    return fold_floats(op, a.real, b.real, value) ? Fact::number(value) : Fact{};
  }
  if (a.kind != Kind::integer || b.kind != Kind::integer) return is_comparison(op) ? Fact::between(0, 1) : Fact{};
  switch (op) {
  case Op::less: return fact_less(a, b, false);
  case Op::less_equal: return fact_less(a, b, true);
  case Op::equal: return fact_equal(a, b);
  case Op::not_equal: {
    const Fact same = fact_equal(a, b);
    return same.is_point() ? Fact::truth(same.low == 0) : same;
  }
  case Op::add:
    return trimmed(
        {Kind::integer, a.has_low && b.has_low, a.has_high && b.has_high, a.low + b.low, a.high + b.high, 0});
  case Op::sub:
    return trimmed(
        {Kind::integer, a.has_low && b.has_high, a.has_high && b.has_low, a.low - b.high, a.high - b.low, 0});
  case Op::mul:
  case Op::min:
  case Op::max:
  case Op::floordiv:
  case Op::cdiv: return fact_from_corners(op, a, b);
  default: break;
  }
  int128 value = 0;
  return a.is_point() && b.is_point() && fold_ints(op, a.low, b.low, 0, value) ? trimmed(Fact::point(value)) : Fact{};
}

/// What is known of an integer in 64 bits: the ends of int64 stand for no bound.
struct NarrowFact {
  static constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
  std::int64_t low = least, high = greatest;

  static constexpr NarrowFact point(std::int64_t value) { return {value, value}; }
  static constexpr NarrowFact truth(bool value) { return point(value ? 1 : 0); }
  static constexpr NarrowFact decided(bool yes, bool no) { return {yes ? 1 : 0, no ? 0 : 1}; }
  constexpr bool has_low() const { return low != least; }
  constexpr bool has_high() const { return high != greatest; }
  constexpr bool is_inside() const { return low > least && high < greatest; }
  constexpr bool is_point() const { return low == high; }
  constexpr bool is_true() const { return low == 1 && high == 1; }
  constexpr bool is_truth() const { return low >= 0 && high <= 1; }
};

/// a / b and a % b, floored, for a positive b.
constexpr std::int64_t narrow_floor_quotient(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return a < 0 && quotient * b != a ? quotient - 1 : quotient;
}
constexpr std::int64_t narrow_floor_remainder(std::int64_t a, std::int64_t b) {
  const std::int64_t remainder = a % b;
  return remainder < 0 ? remainder + b : remainder;
}

/// Whether a comparison is known to be true. An end that stands for no bound makes none true: it is the least `low`, or
/// the greatest `high`.
constexpr bool narrow_comparison(Op op, const NarrowFact& a, const NarrowFact& b) {
  switch (op) {
  case Op::less: return a.high < b.low;
  case Op::less_equal: return a.high <= b.low;
  case Op::equal: return a.is_point() && b.is_point() && a.low == b.low;
  case Op::not_equal: return a.high < b.low || b.high < a.low;
  default: return false;
  }
}
constexpr Op opposite_of(Op op) {
  switch (op) {
  case Op::less: return Op::less_equal;
  case Op::less_equal: return Op::less;
  case Op::equal: return Op::not_equal;
  default: return Op::equal;
  }
}

/// An operator on two numbers; false where its result may not fit or it is not at home here.
WHITTLE_INLINE constexpr bool narrow_points(Op op, std::int64_t a, std::int64_t b, std::int64_t& value) {
  switch (op) {
  case Op::add: return !__builtin_add_overflow(a, b, &value);
  case Op::sub: return !__builtin_sub_overflow(a, b, &value);
  case Op::mul: return !__builtin_mul_overflow(a, b, &value);
  case Op::floordiv: return b > 0 && (value = narrow_floor_quotient(a, b), true);
  case Op::floormod: return b > 0 && (value = narrow_floor_remainder(a, b), true);
  case Op::min: return value = a < b ? a : b, true;
  case Op::max: return value = a < b ? b : a, true;
  case Op::bit_and: return value = a & b, true;
  case Op::bit_or: return value = a | b, true;
  default: return false;
  }
}

constexpr bool compares(Op op, std::int64_t a, std::int64_t b) {
  return op == Op::less ? a < b : op == Op::less_equal ? a <= b : op == Op::equal ? a == b : a != b;
}

/// As fact_of, for integers; false where 64 bits are too few or the operator is not at home here.
constexpr bool narrow_fact_of(Op op, const NarrowFact a, const NarrowFact b, NarrowFact& result) {
  if (is_comparison(op)) {
    const bool yes = narrow_comparison(op, a, b);
    const Op opposite = opposite_of(op);
    const bool is_order = op == Op::less || op == Op::less_equal;
    const bool no = is_order ? narrow_comparison(opposite, b, a) : narrow_comparison(opposite, a, b);
    result = NarrowFact::decided(yes, no && !yes);
    return true;
  }
  if (!a.is_inside() || !b.is_inside()) return false;
  NarrowFact made;
  if (a.is_point() && b.is_point()) {
    std::int64_t value = 0;
    if (!narrow_points(op, a.low, b.low, value)) return false;
    made = NarrowFact::point(value);
  } else if (op == Op::add) {
    if (__builtin_add_overflow(a.low, b.low, &made.low) || __builtin_add_overflow(a.high, b.high, &made.high))
      return false;
  } else if (op == Op::sub) {
    if (__builtin_sub_overflow(a.low, b.high, &made.low) || __builtin_sub_overflow(a.high, b.low, &made.high))
      return false;
  } else if ((op == Op::bit_and || op == Op::bit_or) && a.is_truth() && b.is_truth()) {
    made = op == Op::bit_and ? NarrowFact{a.low & b.low, a.high & b.high} : NarrowFact{a.low | b.low, a.high | b.high};
  } else {
    return false;
  }
  if (!made.is_inside()) return false;
  result = made;
  return true;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
