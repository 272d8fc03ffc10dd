// Bounds of integer nodes, from the bounds of their sources.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include <whittle/core/inline.hpp>
#include <whittle/core/scalar.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/user_operator.hpp>

namespace whittle {
inline namespace v0 {

/// The values of an integer dtype or bool; for index, and where there is no end in int64, the int64 ends.
constexpr Interval dtype_interval(DType dtype) {
  constexpr Interval unknown{};
  if (dtype == DType::boolean) return {0, 1};
  if (!is_fixed_int(dtype) || dtype == DType::int64) return unknown;
  const unsigned width = bits(dtype);
  if (is_unsigned_int(dtype)) return {0, width == 64 ? unknown.high : (std::int64_t{1} << width) - 1};
  return {-(std::int64_t{1} << (width - 1)), (std::int64_t{1} << (width - 1)) - 1};
}

namespace detail::bounds {

/// Bounds in 128 bits while they are computed; `infinite` stands for no bound.
struct WideInterval {
  int128 low = 0, high = 0;
  constexpr bool is_point() const { return low == high; }
  constexpr bool contains(int128 value) const { return low <= value && value <= high; }
};
inline constexpr int128 infinite = int128{1} << 120;
inline constexpr WideInterval everything{-infinite, infinite};

constexpr int128 lesser(int128 a, int128 b) { return a < b ? a : b; }
constexpr int128 greater(int128 a, int128 b) { return a < b ? b : a; }
constexpr int128 clamp(int128 value) { return lesser(greater(value, -infinite), infinite); }
constexpr WideInterval hull(WideInterval a, WideInterval b) { return {lesser(a.low, b.low), greater(a.high, b.high)}; }

constexpr WideInterval dtype_values(DType dtype) {
  if (dtype == DType::uint64) return {0, (int128{1} << 64) - 1};
  if (dtype == DType::boolean || is_fixed_int(dtype)) {
    const Interval bounds = dtype_interval(dtype);
    return {bounds.low, bounds.high};
  }
  return everything;
}

/// An int64 end is no bound of an index; of a fixed width it is the dtype's.
constexpr WideInterval widen(DType dtype, Interval bounds) {
  constexpr Interval unknown{};
  const WideInterval all = dtype_values(dtype);
  return {bounds.low == unknown.low ? all.low : bounds.low, bounds.high == unknown.high ? all.high : bounds.high};
}

/// Bounds as they are kept. A fixed-width result that may have wrapped can be anything; an index beyond
/// int64 on one side must not look like a single number.
constexpr Interval narrow(DType dtype, WideInterval bounds) {
  constexpr Interval unknown{};
  const WideInterval all = dtype_values(dtype);
  if (bounds.low < all.low || bounds.high > all.high) return dtype_interval(dtype);
  const bool low_fits = bounds.low >= unknown.low, high_fits = bounds.high <= unknown.high;
  if (bounds.low >= unknown.high && !high_fits) return dtype_interval(dtype);
  if (bounds.high <= unknown.low && !low_fits) return dtype_interval(dtype);
  return {low_fits ? static_cast<std::int64_t>(bounds.low) : unknown.low,
          high_fits ? static_cast<std::int64_t>(bounds.high) : unknown.high};
}

constexpr int128 product(int128 a, int128 b) {
  if (a == 0 || b == 0) return 0;
  const int128 big = int128{1} << 66;  // finite ends are below 2^64, and 2^64 * 2^63 fits
  if (a >= big || a <= -big || b >= big || b <= -big) return (a < 0) == (b < 0) ? infinite : -infinite;
  if ((a > (int128{1} << 60) || a < -(int128{1} << 60)) && (b > (int128{1} << 60) || b < -(int128{1} << 60)))
    return (a < 0) == (b < 0) ? infinite : -infinite;
  return clamp(a * b);
}

constexpr WideInterval corners(int128 a, int128 b, int128 c, int128 d) {
  return {lesser(lesser(a, b), lesser(c, d)), greater(greater(a, b), greater(c, d))};
}

constexpr WideInterval multiply(WideInterval a, WideInterval b) {
  return corners(product(a.low, b.low), product(a.low, b.high), product(a.high, b.low), product(a.high, b.high));
}

constexpr int128 floor_quotient(int128 a, int128 b) {
  const int128 q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

/// A quotient, floor or truncated, by the positive and the negative divisors; by zero it is 0.
constexpr WideInterval divide(WideInterval a, WideInterval b, bool floors) {
  WideInterval result{0, 0};
  bool any = b.contains(0);
  const auto part = [&](int128 low, int128 high) {
    if (low > high) return;
    const auto quotient = [&](int128 x, int128 y) { return floors ? floor_quotient(x, y) : x / y; };
    const WideInterval now =
        corners(quotient(a.low, low), quotient(a.low, high), quotient(a.high, low), quotient(a.high, high));
    result = any ? hull(result, now) : now;
    any = true;
  };
  part(greater(b.low, 1), b.high);
  part(b.low, lesser(b.high, -1));
  return result;
}

/// a modulo the divisors [low, high], all positive, with the sign of the divisor.
constexpr WideInterval floor_remainder_positive(WideInterval a, int128 low, int128 high) {
  if (low == high && floor_quotient(a.low, low) == floor_quotient(a.high, low)) {
    const int128 period = floor_quotient(a.low, low) * low;
    return {a.low - period, a.high - period};
  }
  if (a.low >= 0 && a.high < low) return a;
  return {0, a.low >= 0 ? lesser(a.high, high - 1) : high - 1};
}

constexpr WideInterval negate(WideInterval a) { return {-a.high, -a.low}; }

constexpr WideInterval floor_remainder(WideInterval a, WideInterval b) {
  if (b.low == 0 && b.high == 0) return {0, 0};
  WideInterval result{0, 0};
  bool any = b.contains(0);
  if (b.high >= 1) {
    const WideInterval part = floor_remainder_positive(a, greater(b.low, 1), b.high);
    result = any ? hull(result, part) : part;
    any = true;
  }
  if (b.low <= -1) {
    const WideInterval part = negate(floor_remainder_positive(negate(a), greater(-b.high, 1), -b.low));
    result = any ? hull(result, part) : part;
  }
  return result;
}

/// The remainder of a truncated quotient has the sign of the dividend and ignores that of the divisor.
constexpr WideInterval truncated_remainder(WideInterval a, WideInterval b) {
  const WideInterval size = b.low >= 0 ? b : b.high <= 0 ? negate(b) : WideInterval{0, greater(-b.low, b.high)};
  if (a.low >= 0) return floor_remainder(a, size);
  if (a.high <= 0) return negate(floor_remainder(negate(a), size));
  return hull(floor_remainder({0, a.high}, size), negate(floor_remainder({0, -a.low}, size)));
}

/// The least 2^k - 1 that is at least `value`.
constexpr int128 all_ones_above(int128 value) {
  int128 ones = 0;
  while (ones < value) ones = 2 * ones + 1;
  return ones;
}

constexpr WideInterval bitwise(Op op, WideInterval a, WideInterval b) {
  if (a.is_point() && b.is_point()) {
    const int128 value = op == Op::bit_and ? a.low & b.low : op == Op::bit_or ? a.low | b.low : a.low ^ b.low;
    return {value, value};
  }
  const bool positive = a.low >= 0 && b.low >= 0;
  const int128 ones = all_ones_above(greater(greater(a.high, b.high), positive ? 0 : -1 - lesser(a.low, b.low)));
  if (op == Op::bit_and) {
    if (positive) return {0, lesser(a.high, b.high)};
    if (a.low >= 0) return {0, a.high};
    if (b.low >= 0) return {0, b.high};
    return {-ones - 1, a.high < 0 && b.high < 0 ? lesser(a.high, b.high) : greater(a.high, b.high)};
  }
  if (op == Op::bit_or) {
    if (positive) return {greater(a.low, b.low), ones};
    return {lesser(a.low, b.low), a.high < 0 || b.high < 0 ? -1 : ones};
  }
  return {positive ? 0 : -ones - 1, ones};
}

constexpr WideInterval shift(Op op, DType dtype, WideInterval a, WideInterval by) {
  const int128 width = dtype == DType::index ? 64 : bits(dtype);
  const int128 low = greater(by.low, 0), high = lesser(by.high, width - 1);
  WideInterval result{0, 0};
  bool any = by.low < 0 || by.high >= width;  // amounts outside [0, width) shift everything out
  if (any && op == Op::shr) result = {a.low < 0 ? -1 : 0, a.high < 0 ? -1 : 0};
  if (low <= high) {
    const WideInterval power{int128{1} << static_cast<int>(low), int128{1} << static_cast<int>(high)};
    const WideInterval part = op == Op::shl ? multiply(a, power) : divide(a, power, true);
    result = any ? hull(result, part) : part;
  }
  return result;
}

constexpr WideInterval decided(bool yes, bool no) { return {yes ? 1 : 0, no ? 0 : 1}; }

constexpr WideInterval compare(Op op, WideInterval a, WideInterval b, bool same) {
  const bool apart = a.high < b.low || b.high < a.low, equal = same || (a.is_point() && b.is_point() && a.low == b.low);
  switch (op) {
  case Op::less: return decided(a.high < b.low, same || a.low >= b.high);
  case Op::less_equal: return decided(same || a.high <= b.low, a.low > b.high);
  case Op::equal: return decided(equal, apart);
  default: return decided(apart, equal);
  }
}

constexpr WideInterval integer_binary(Op op, DType dtype, WideInterval a, WideInterval b) {
  switch (op) {
  case Op::add: return {clamp(a.low + b.low), clamp(a.high + b.high)};
  case Op::sub: return {clamp(a.low - b.high), clamp(a.high - b.low)};
  case Op::mul: return multiply(a, b);
  case Op::floordiv: return divide(a, b, true);
  case Op::cdiv: return divide(a, b, false);
  case Op::floormod: return floor_remainder(a, b);
  case Op::cmod: return truncated_remainder(a, b);
  case Op::max: return {greater(a.low, b.low), greater(a.high, b.high)};
  case Op::min: return {lesser(a.low, b.low), lesser(a.high, b.high)};
  case Op::bit_and:
  case Op::bit_or:
  case Op::bit_xor: return bitwise(op, a, b);
  case Op::shl:
  case Op::shr: return shift(op, dtype, a, b);
  default: return dtype_values(dtype);
  }
}

constexpr WideInterval cast_interval(DType from, DType to, WideInterval a) {
  if (to != DType::boolean) return is_float(from) ? dtype_values(to) : a;
  if (is_float(from)) return {0, 1};
  return decided(!a.contains(0), a.low == 0 && a.high == 0);
}

/// Whether the graph knows what a user's operator says of bounds. g++ with -fsanitize=undefined compares no addresses
/// in constant expressions, so places are compared.
template <class G>
constexpr bool has_user_interval(const G& g, Node n) {
  const std::size_t at = operator_position(g, g.op(n));
  return at < g.operators().size() && g.operators()[at]->arity == g.arity(n);
}
template <class G>
constexpr Interval user_interval(const G& g, Node n) {
  Interval bounds[most_user_operands];
  for (std::uint32_t i = 0; i < g.arity(n); ++i) bounds[i] = g.known_interval(g.source(n, i));
  return g.operators()[operator_position(g, g.op(n))]->interval({bounds, g.arity(n)});
}

/// How many of a node's sources, from the first on, its bounds depend on.
template <class G>
constexpr std::uint32_t interval_sources(const G& g, Node n) {
  const Op op = g.op(n);
  if (is_comparison(op) && is_float(g.dtype(g.source(n, 0)))) return 0;
  if (is_elementwise(op) || op == Op::variable) return g.arity(n);
  switch (op) {
  case Op::range:
  case Op::special:
  case Op::iota:
  case Op::reshape:
  case Op::permute:
  case Op::expand:
  case Op::shrink:
  case Op::flip:
  case Op::pad:
  case Op::contiguous:
  case Op::detach:
  case Op::after: return g.arity(n) == 0 ? 0 : 1;
  default: return is_user_op(op) && has_user_interval(g, n) ? g.arity(n) : 0;
  }
}

template <class G>
constexpr WideInterval known_wide(const G& g, Node n) {
  return widen(g.dtype(n), g.known_interval(n));
}

template <class G>
constexpr WideInterval where_interval(const G& g, Node n) {
  const Node a = g.source(n, 1), b = g.source(n, 2);
  const Interval condition = g.known_interval(g.source(n, 0));
  // An invalid branch has no value: whoever uses the node has made sure of the condition.
  if (condition.low > 0 || g.op(b) == Op::invalid) return known_wide(g, a);
  if (condition.high < 1 || g.op(a) == Op::invalid) return known_wide(g, b);
  return hull(known_wide(g, a), known_wide(g, b));
}

template <class G>
constexpr WideInterval elementwise_interval(const G& g, Node n) {
  const Op op = g.op(n);
  const DType dtype = g.dtype(n);
  if (op == Op::where) return where_interval(g, n);
  const Node first = g.source(n, 0);
  const WideInterval a = known_wide(g, first);
  if (g.arity(n) == 1) {
    if (op == Op::neg) return negate(a);
    if (op == Op::logical_not) return {1 - a.high, 1 - a.low};
    if (op == Op::cast) return cast_interval(g.dtype(first), dtype, a);
    return dtype_values(dtype);
  }
  const WideInterval b = known_wide(g, g.source(n, 1));
  if (is_comparison(op)) return compare(op, a, b, first == g.source(n, 1));
  if (op != Op::fma) return integer_binary(op, dtype, a, b);
  const WideInterval c = known_wide(g, g.source(n, 2)), ab = multiply(a, b);
  return {clamp(ab.low + c.low), clamp(ab.high + c.high)};
}

/// Bounds that 64 bits are enough for: far from the ends of int64, so that sums and products of two fit. `no_interval`
/// is not small.
constexpr bool is_small(Interval a) {
  constexpr std::uint64_t limit = std::uint64_t{1} << 31;
  return ((static_cast<std::uint64_t>(a.low) + limit) | (static_cast<std::uint64_t>(a.high) + limit)) < 2 * limit;
}

constexpr std::int64_t small_quotient(std::int64_t a, std::int64_t b) {
  const std::int64_t q = a / b;
  return a < 0 && q * b != a ? q - 1 : q;
}

constexpr std::int64_t small_lesser(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
constexpr std::int64_t small_greater(std::int64_t a, std::int64_t b) { return a < b ? b : a; }

/// x / b and x % b for one positive divisor b.
constexpr Interval small_quotients(Interval x, std::int64_t b) {
  return {small_quotient(x.low, b), small_quotient(x.high, b)};
}
constexpr Interval small_remainders(Interval x, std::int64_t b) {
  if (x.low >= 0 && x.high < b) return x;
  const std::int64_t period = small_quotient(x.low, b) * b;
  if (x.high - period < b) return {x.low - period, x.high - period};
  return {0, x.low >= 0 ? small_lesser(x.high, b - 1) : b - 1};
}

/// integer_binary or compare of small bounds, for the usual cases; false for the others.
constexpr bool small_binary(Op op, Interval a, Interval b, bool same, Interval& result) {
  const bool by_number = b.low == b.high;
  switch (op) {
  case Op::add: result = {a.low + b.low, a.high + b.high}; return true;
  case Op::sub: result = {a.low - b.high, a.high - b.low}; return true;
  case Op::min: result = {small_lesser(a.low, b.low), small_lesser(a.high, b.high)}; return true;
  case Op::max: result = {small_greater(a.low, b.low), small_greater(a.high, b.high)}; return true;
  case Op::less: result = {a.high < b.low ? 1 : 0, same || a.low >= b.high ? 0 : 1}; return true;
  case Op::less_equal: result = {same || a.high <= b.low ? 1 : 0, a.low > b.high ? 0 : 1}; return true;
  case Op::variable: result = {a.low, b.high}; return true;
  case Op::mul:
    result = b.low >= 0 ? Interval{a.low * b.low, a.high * b.low} : Interval{a.high * b.low, a.low * b.low};
    return by_number;
  case Op::floordiv:
    if (by_number && b.low > 0) result = small_quotients(a, b.low);
    return by_number && b.low > 0;
  case Op::floormod:
    if (by_number && b.low > 0) result = small_remainders(a, b.low);
    return by_number && b.low > 0;
  default: return false;
  }
}

/// The same of truth values.
constexpr bool small_logic(Op op, Interval a, Interval b, Interval& result) {
  if (op == Op::bit_and) result = {a.low & b.low, a.high & b.high};
  if (op == Op::bit_or) result = {a.low | b.low, a.high | b.high};
  return op == Op::bit_and || op == Op::bit_or;
}

/// Bounds that are known, or of a constant, if they are small: those of an index or a truth value. The bounds of either
/// are read without a branch, which could not be foreseen.
template <class G>
WHITTLE_INLINE constexpr bool small_source(const G& g, Node n, DType dtype, Interval& bounds) {
  const auto value = static_cast<std::int64_t>(g.argument(n));
  const Interval known = g.known_interval(n);
  const bool is_constant = g.is_constant(n);
  bounds = {is_constant ? value : known.low, is_constant ? value : known.high};
  return g.dtype(n) == dtype && is_small(bounds);
}

/// where_interval of small bounds.
template <class G>
constexpr bool small_where(const G& g, Node n, Interval& result) {
  const Node a = g.source(n, 1), b = g.source(n, 2);
  Interval condition, other;
  if (!small_source(g, g.source(n, 0), DType::boolean, condition)) return false;
  if (condition.low > 0 || g.op(b) == Op::invalid) return small_source(g, a, DType::index, result);
  if (condition.high < 1 || g.op(a) == Op::invalid) return small_source(g, b, DType::index, result);
  if (!small_source(g, a, DType::index, result) || !small_source(g, b, DType::index, other)) return false;
  result = {small_lesser(result.low, other.low), small_greater(result.high, other.high)};
  return true;
}

/// interval_of an index, a comparison of such or a conjunction, where that is quick; false where it is not.
template <class G>
constexpr bool small_interval(const G& g, Node n, Interval& result) {
  Interval a, b;
  const Op op = g.op(n);
  const std::uint32_t arity = g.arity(n);
  const Node first = g.source_of_few(n, 0), second = g.source_of_few(n, 1);
  if (arity == 2) {
    const DType dtype = g.dtype(first);
    if (dtype != DType::index && dtype != DType::boolean) return false;
    if (!small_source(g, first, dtype, a) || !small_source(g, second, dtype, b)) return false;
    return dtype == DType::index ? small_binary(op, a, b, first == second, result) : small_logic(op, a, b, result);
  }
  if (arity == 3) return op == Op::where && small_where(g, n, result);
  if (arity != 1 || op != Op::range || !small_source(g, first, DType::index, a)) return false;
  result = {0, small_greater(a.high - 1, 0)};
  return true;
}

/// The bounds of a node the bounds of whose sources are known.
template <class G>
constexpr Interval interval_of_sources(const G& g, Node n) {
  const Op op = g.op(n);
  const DType dtype = g.dtype(n);
  if (!is_int(dtype) && dtype != DType::boolean) return {};
  if (op == Op::constant) {
    const int128 value = g.scalar(n).as_wide();
    return narrow(dtype, {value, value});
  }
  const bool has_sources = interval_sources(g, n) != 0;
  if (!has_sources || g.arity(n) == 0) return dtype_interval(dtype);
  switch (op) {
  case Op::variable: return narrow(dtype, {known_wide(g, g.source(n, 0)).low, known_wide(g, g.source(n, 1)).high});
  case Op::range:
  case Op::special:
  case Op::iota: return narrow(dtype, {0, greater(known_wide(g, g.source(n, 0)).high - 1, 0)});
  case Op::pad: return narrow(dtype, hull(known_wide(g, g.source(n, 0)), {0, 0}));
  default: break;
  }
  if (is_user_op(op)) return narrow(dtype, widen(dtype, user_interval(g, n)));
  return is_elementwise(op) ? narrow(dtype, elementwise_interval(g, n)) : g.known_interval(g.source(n, 0));
}

}  // namespace detail::bounds

namespace detail {
/// Puts the sources whose bounds a node's bounds wait for on a stack; true if there are none.
template <class G>
constexpr bool has_interval_sources(G& g, Node n, std::vector<Node>& pending) {
  const std::size_t before = pending.size();
  const std::uint32_t count = bounds::interval_sources(g, n);
  for (std::uint32_t i = 0; i < count; ++i) {
    const Node source = g.source(n, i);
    if (g.knows_interval(source)) continue;
    if (bounds::interval_sources(g, source) == 0)
      g.keep_interval(source, bounds::interval_of_sources(g, source));
    else
      pending.push_back(source);
  }
  return pending.size() == before;
}

/// Keeps the bounds of a node if that is quick.
template <class G>
constexpr bool keep_small_interval(G& g, Node n) {
  Interval made;
  const bool is_quick = bounds::small_interval(g, n, made);
  if (is_quick) g.keep_interval(n, made);
  return is_quick;
}

/// The bounds of a node and of all that they depend on.
template <class G>
constexpr void compute_interval(G& g, Node n) {
  std::vector<Node> pending;
  if (has_interval_sources(g, n, pending)) return g.keep_interval(n, bounds::interval_of_sources(g, n));
  pending.insert(pending.begin(), n);
  while (!pending.empty()) {
    const Node top = pending.back();
    if (g.knows_interval(top)) {
      pending.pop_back();
    } else if (!keep_small_interval(g, top) && has_interval_sources(g, top, pending)) {
      g.keep_interval(top, bounds::interval_of_sources(g, top));
    }
  }
}

template <class G>
[[gnu::noinline]] constexpr void compute_unusual_interval(G& g, Node n) {
  // Most often because of variables and ranges that nobody has asked for yet.
  for (Node source : g.sources(n))
    if (!g.knows_interval(source)) keep_small_interval(g, source);
  if (!keep_small_interval(g, n)) compute_interval(g, n);
}

/// Apart, since most bounds are known.
template <class G>
[[gnu::noinline]] constexpr Interval new_interval(G& g, Node n) {
  g.reserve_intervals();
  if (!keep_small_interval(g, n)) compute_unusual_interval(g, n);
  return g.known_interval(n);
}
}  // namespace detail

/// The bounds of an integer or bool node, computed once and kept in the graph: every value the node can have
/// lies in them, unless it is invalid. The ends of int64 say that nothing is known on that side, and so they
/// do on both sides for floats and for nodes without a value.
template <class G>
constexpr Interval interval_of(G& g, Node n) {
  const Interval* const known = g.find_interval(n);
  return known != nullptr ? *known : detail::new_interval(g, n);
}

}  // namespace v0
}  // namespace whittle
