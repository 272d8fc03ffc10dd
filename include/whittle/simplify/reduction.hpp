// Reductions of closed form: what a kernel folds over a range without having to go through it.
#pragma once

#include <optional>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/rewrite/substitute.hpp>
#include <whittle/simplify/min_max.hpp>
#include <whittle/simplify/names.hpp>
#include <whittle/simplify/premises.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Whether `range` occurs in an expression.
template <class G>
constexpr bool depends_on(G& g, Node n, Node range) {
  std::vector<Node> below = first_visited(g, n);
  visit_below(g, below, [](Node) { return true; });
  return g.is_visited(range);
}

/// The reduction over the other ranges, of another value; the value itself where there are none.
template <class G>
constexpr Node reduced_without(G& g, Node reduction, std::uint32_t range, Node value) {
  std::vector<Node> others;
  for (std::uint32_t k = 1; k < g.arity(reduction); ++k)
    if (k != range) others.push_back(g.source(reduction, k));
  const Op op = unpack<ReduceArgument>(g.argument(reduction)).op;
  return others.empty() ? value : reduce(g, value, op, others);
}

/// A range, or a cast of it to an integer dtype that has all its values.
template <class G>
constexpr bool is_value_of_range(G& g, Node n, Node range) {
  if (n == range) return true;
  if (g.op(n) != Op::cast || g.source(n, 0) != range || !is_int(g.dtype(n))) return false;
  const Interval values = dtype_interval(g.dtype(n)), own = interval_of(g, range);
  return g.dtype(n) == DType::index || (values.low <= own.low && own.high <= values.high);
}

/// The sum a - b of a comparison of indices; where one side is the range in another integer dtype, of what they stand
/// for. It does not fit where numbers are not those of an index.
template <class G>
constexpr LinearSum compared_difference(G& g, Node comparison, Node range) {
  Node sides[2] = {g.source(comparison, 0), g.source(comparison, 1)};
  LinearSum difference;
  const DType dtype = g.dtype(sides[0]);
  const bool is_range = is_value_of_range(g, sides[0], range) || is_value_of_range(g, sides[1], range);
  difference.fits = dtype == DType::index || (is_int(dtype) && dtype != DType::uint64 && is_range);
  if (!difference.fits) return difference;
  for (Node& side : sides) side = is_value_of_range(g, side, range) ? range : cast(g, side, DType::index);
  return linear_difference(g, sides[0], sides[1]);
}

/// Takes coefficient * range out of a sum and returns the coefficient; nothing if the rest depends on the range, too.
template <class G>
constexpr std::optional<std::int64_t> take_out(G& g, LinearSum& sum, Node range) {
  if (!sum.fits) return std::nullopt;
  std::int64_t coefficient = 0;
  for (const Term& term : sum.terms)
    if (term.base == range) coefficient = term.coefficient;
  add_term(g, sum, range, -int128{coefficient});
  for (const Term& term : sum.terms)
    if (depends_on(g, term.base, range)) return std::nullopt;
  return sum.fits ? std::optional(coefficient) : std::nullopt;
}

/// The greater or the lesser of two indices; where it is known which, that one.
template <class G>
constexpr Node extreme_of(G& g, Op op, Node a, Node b) {
  const Node made = g.make(op, DType::index, {a, b}), decided = decided_min_max(g, made);
  return decided != Node::none ? decided : made;
}

/// a - b, in order.
template <class G>
constexpr Node difference_of(G& g, Node a, Node b) {
  const LinearSum difference = linear_difference(g, a, b);
  return difference.fits ? expression(g, difference) : sub(g, a, b);
}

/// The part of a range in which a condition holds, low <= range < high, and clauses that do not depend on the range.
struct RangePart {
  Node low = Node::none, high = Node::none, gate = Node::none;
};

template <class G>
constexpr Node conjoined(G& g, Node a, Node b) {
  return a == Node::none ? b : bit_and(g, a, b);
}

/// Splits a condition so; false if some clause says anything else.
template <class G>
constexpr bool split_condition(G& g, Node condition, Node range, RangePart& part) {
  const Clauses clauses = clauses_of(g, condition);
  if (clauses.size() == most_clauses) return false;  // there may be more
  for (Node clause : clauses) {
    if (!depends_on(g, clause, range)) {
      part.gate = conjoined(g, part.gate, clause);
      continue;
    }
    if (g.op(clause) != Op::less) return false;
    LinearSum rest = compared_difference(g, clause, range);
    const std::optional<std::int64_t> sign = take_out(g, rest, range);
    if (sign == 1) {  // range + rest < 0
      LinearSum end;
      add_scaled(g, end, rest, -1);
      if (!end.fits) return false;
      part.high = extreme_of(g, Op::min, part.high, expression(g, end));
    } else if (sign == -1) {  // rest < range
      rest.set_constant(int128{rest.constant} + 1);
      if (!rest.fits) return false;
      part.low = extreme_of(g, Op::max, part.low, expression(g, rest));
    } else {
      return false;
    }
  }
  return true;
}

/// The sum of low, low + 1, ..., high - 1; `count` is how many these are.
template <class G>
constexpr Node sum_of_places(G& g, const RangePart& part, Node count) {
  if (g.is_constant(part.low) && g.is_constant(count)) {
    const int128 low = g.scalar(part.low).as_int(), terms = g.scalar(count).as_int(),
                 sum = (2 * low + terms - 1) * terms / 2;
    return fits_int64(sum) ? g.constant(DType::index, static_cast<std::int64_t>(sum)) : Node::none;
  }
  return floordiv(g, mul(g, sub(g, add(g, part.low, part.high), 1), count), 2);
}

/// A number of the index dtype `count` times.
template <class G>
constexpr Node times(G& g, const LinearSum& value, Node count) {
  if (!g.is_constant(count)) return mul(g, expression(g, value), count);
  LinearSum sum;
  add_scaled(g, sum, value, g.scalar(count).as_int());
  return expression(g, sum);
}

/// The sum of an integer over a part of a range: times how often it is there, or an arithmetic series.
template <class G>
constexpr Node integer_series(G& g, Node value, Node range, const RangePart& part) {
  const DType dtype = g.dtype(value);
  const Node count = extreme_of(g, Op::max, difference_of(g, part.high, part.low), g.constant(DType::index, 0));
  const Node number = g.op(value) == Op::cast ? g.source(value, 0) : value;
  const bool depends = depends_on(g, value, range);
  if (!depends && dtype != DType::index) return mul(g, value, cast(g, count, dtype));
  if (g.dtype(number) != DType::index) return Node::none;
  LinearSum rest = linear_sum(g, depends ? number : value);
  const std::optional<std::int64_t> coefficient = take_out(g, rest, range);
  if (!coefficient) return Node::none;
  const Node repeated = times(g, rest, count), places = sum_of_places(g, part, count);
  if (repeated == Node::none || places == Node::none) return Node::none;
  return cast(g, coefficient == 0 ? repeated : add(g, repeated, mul(g, places, *coefficient)), dtype);
}

/// The value and the condition of where(condition, value, 0), or of a cast of it; of any other node the node, and no
/// condition.
template <class G>
constexpr Node gated_value(G& g, Node n, Node& condition) {
  condition = Node::none;
  const Node choice = g.op(n) == Op::cast ? g.source(n, 0) : n;
  if (g.op(choice) != Op::where) return n;
  const Node otherwise = g.source(choice, 2);
  if (!g.is_constant(otherwise) || g.argument(otherwise) != 0) return n;
  condition = g.source(choice, 0);
  return cast(g, g.source(choice, 1), g.dtype(n));
}

/// A sum of integers over one range as a formula; none if there is none.
template <class G>
constexpr Node sum_of_integers(G& g, Node value, Node range) {
  if (!is_int(g.dtype(value))) return Node::none;
  Node condition = Node::none;
  const Node inner = gated_value(g, value, condition);
  RangePart part{g.constant(DType::index, 0), g.source(range, 0), Node::none};
  if (condition != Node::none && !split_condition(g, condition, range, part)) return Node::none;
  const Node sum = integer_series(g, inner, range, part);
  return sum == Node::none || part.gate == Node::none ? sum : where(g, part.gate, sum, 0);
}

/// What a clause `range == e` says the range is; none if it says something else.
template <class G>
constexpr Node solved_for(G& g, Node clause, Node range) {
  if (g.op(clause) != Op::equal) return Node::none;
  LinearSum rest = compared_difference(g, clause, range);
  const std::optional<std::int64_t> sign = take_out(g, rest, range);
  if (sign != 1 && sign != -1) return Node::none;
  LinearSum value;
  add_scaled(g, value, rest, -*sign);
  return expression(g, value);  // none if it does not fit
}

/// A sum of which a condition leaves one place of the range: the value there, read at an address in any case. Adding 0
/// makes of -0 the 0 that the sum is.
template <class G>
constexpr Node sum_at_one_place(G& g, Node value, Node range) {
  Node condition = Node::none;
  const Node inner = gated_value(g, value, condition);
  if (condition == Node::none || interval_of(g, g.source(range, 0)).low < 1) return Node::none;
  const Clauses clauses = clauses_of(g, condition);
  if (clauses.size() == most_clauses) return Node::none;  // there may be more
  Node place = Node::none, others = Node::none;
  for (Node clause : clauses) {
    const Node solved = place == Node::none ? solved_for(g, clause, range) : Node::none;
    if (solved != Node::none)
      place = solved;
    else
      others = conjoined(g, others, clause);
  }
  if (place == Node::none) return Node::none;
  const Node size = g.source(range, 0), last = difference_of(g, size, g.constant(DType::index, 1));
  const Node inside = extreme_of(g, Op::min, extreme_of(g, Op::max, place, g.constant(DType::index, 0)), last);
  Node valid = bit_and(g, less(g, g.constant(DType::index, -1), place), less(g, place, size));
  Substitution<G> at_place(g, range, inside);
  if (others != Node::none) valid = bit_and(g, valid, at_place(others));
  const Node found = at_place(inner);
  return where(g, valid, is_float(g.dtype(found)) ? add(g, found, 0) : found, 0);
}

/// A sum without one of its ranges.
template <class G>
constexpr Node close_sum(G& g, Node reduction) {
  const Node value = g.source(reduction, 0);
  for (std::uint32_t k = 1; k < g.arity(reduction); ++k) {
    Node closed = sum_of_integers(g, value, g.source(reduction, k));
    if (closed == Node::none) closed = sum_at_one_place(g, value, g.source(reduction, k));
    if (closed != Node::none) return reduced_without(g, reduction, k, closed);
  }
  return Node::none;
}

/// A greatest or least value without a range that it does not depend on, and that is not empty.
template <class G>
constexpr Node close_extreme(G& g, Node reduction) {
  const Node value = g.source(reduction, 0);
  for (std::uint32_t k = 1; k < g.arity(reduction); ++k) {
    const Node range = g.source(reduction, k);
    if (interval_of(g, g.source(range, 0)).low >= 1 && !depends_on(g, value, range))
      return reduced_without(g, reduction, k, value);
  }
  return Node::none;
}

}  // namespace detail

namespace builtin {

// clang-format off
inline constexpr auto reductions = rules<structural>("reductions",
    named("a sum of closed form", and_more(node<Op::reduce>(_)).as<"n">() >>= with(var<"n">)([](auto& g, auto n) {
      return unpack<ReduceArgument>(g.argument(n)).op == Op::add ? detail::close_sum(g, n) : Node::none; })),
    named("an extreme of one value", and_more(node<Op::reduce>(_)).as<"n">() >>= with(var<"n">)([](auto& g, auto n) {
      const Op op = unpack<ReduceArgument>(g.argument(n)).op;
      return op == Op::max || op == Op::min ? detail::close_extreme(g, n) : Node::none; })));
// clang-format on

}  // namespace builtin

/// Reductions in kernels, `reduce [x, ranges...]`, of closed form: sums of integers that do not depend on a range, or
/// do linearly, where the range is between bounds or anywhere; sums of any dtype of which a condition leaves one place
/// (a gather by one-hot); greatest and least of one value. Sums of floats are not multiplied out: that rounds
/// differently.
inline constexpr auto& reduction_rules = builtin::reductions;

}  // namespace v0
}  // namespace whittle
