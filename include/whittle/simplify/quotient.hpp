// Floor quotients and remainders of index sums by positive constants.
#pragma once

#include <whittle/core/fold.hpp>
#include <whittle/simplify/sum.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// How a coefficient a is split as q * c + r: r with the sign of a, r in [0, c), or the r nearest to 0.
enum class Split : std::uint8_t { truncated, floored, nearest };

constexpr std::int64_t coefficient_remainder(std::int64_t a, std::int64_t c, Split split) {
  if (split == Split::truncated) return a % c;
  const auto floored = static_cast<std::int64_t>(floor_remainder(a, c));
  return split == Split::nearest && c - floored < floored ? floored - c : floored;
}

/// sum = c * quotient + remainder, coefficient by coefficient.
struct Division {
  LinearSum quotient, remainder;
};

template <class G>
constexpr Division divide(const G& g, const LinearSum& sum, std::int64_t c, Split split) {
  Division result;
  for (const Term& term : sum.terms) {
    const std::int64_t r = coefficient_remainder(term.coefficient, c, split);
    add_term(g, result.remainder, term.base, r);
    add_term(g, result.quotient, term.base, (int128{term.coefficient} - r) / c);
  }
  result.remainder.constant = static_cast<std::int64_t>(floor_remainder(sum.constant, c));
  result.quotient.constant = static_cast<std::int64_t>(floor_quotient(sum.constant, c));
  result.quotient.fits = result.remainder.fits = sum.fits && result.quotient.fits && result.remainder.fits;
  return result;
}

/// True if the sum divided by c is one number whatever its terms are: that number.
template <class G>
constexpr bool has_one_quotient(G& g, const LinearSum& sum, std::int64_t c, std::int64_t& quotient) {
  const bounds::WideInterval all = bounds_of(g, sum);
  if (!is_bounded(all) || all.high - all.low >= c) return false;
  const int128 least = floor_quotient(all.low, c);
  quotient = static_cast<std::int64_t>(least);
  return least == floor_quotient(all.high, c) && fits_int64(least);
}

/// A split of the sum by c whose remainder has one quotient, moved so that this quotient is 0.
template <class G>
constexpr bool divide_exactly(G& g, const LinearSum& sum, std::int64_t c, Division& result) {
  for (const Split split : {Split::truncated, Split::nearest, Split::floored}) {
    result = divide(g, sum, c, split);
    std::int64_t carry = 0;
    if (!result.remainder.fits || !has_one_quotient(g, result.remainder, c, carry)) continue;
    result.quotient.set_constant(int128{result.quotient.constant} + carry);
    result.remainder.set_constant(result.remainder.constant - int128{carry} * c);
    return result.quotient.fits && result.remainder.fits;
  }
  return false;
}

/// The greatest divisor d > 1 of c that divides some coefficients, while the terms it does not divide have one
/// quotient by d: sum = d * quotient + remainder with the remainder in [0, d).
template <class G>
constexpr std::int64_t common_divisor(G& g, const LinearSum& sum, std::int64_t c, Division& result) {
  std::int64_t best = 1;
  for (const Term& candidate : sum.terms) {
    const std::int64_t d = greatest_common_divisor(candidate.coefficient, c);
    if (d <= best || d == c) continue;
    Division division;
    for (const Term& term : sum.terms)
      if (term.coefficient % d == 0)
        add_term(g, division.quotient, term.base, term.coefficient / d);
      else
        add_term(g, division.remainder, term.base, term.coefficient);
    division.remainder.constant = static_cast<std::int64_t>(floor_remainder(sum.constant, d));
    division.quotient.constant = static_cast<std::int64_t>(floor_quotient(sum.constant, d));
    std::int64_t carry = 0;
    if (!has_one_quotient(g, division.remainder, d, carry)) continue;
    division.quotient.set_constant(int128{division.quotient.constant} + carry);
    division.remainder.set_constant(division.remainder.constant - int128{carry} * d);
    if (!division.quotient.fits || !division.remainder.fits) continue;
    best = d;
    result = division;
  }
  return best;
}

template <class G>
constexpr Node quotient_node(G& g, Op op, const LinearSum& sum, int128 divisor) {
  const Node x = expression(g, sum);
  if (x == Node::none || !fits_int64(divisor)) return Node::none;
  const auto c = static_cast<std::int64_t>(divisor);
  return c == 1 ? (op == Op::floordiv ? x : g.constant(DType::index, 0))
                : g.make(op, DType::index, {x, g.constant(DType::index, c)});
}

/// scale * n + sum as an expression.
template <class G>
constexpr Node plus(G& g, const LinearSum& sum, Node n, std::int64_t scale = 1) {
  if (n == Node::none) return n;
  LinearSum whole = sum;
  add_expression(g, whole, n, scale);
  return expression(g, whole);
}

/// (y / d + rest) / c = (y + d * rest) / (c * d).
template <class G>
constexpr Node join_quotients(G& g, const LinearSum& sum, std::int64_t c) {
  for (const Term& term : sum.terms) {
    const std::int64_t d = divisor_of(g, Op::floordiv, term.base);
    if (d == 0 || term.coefficient != 1) continue;
    LinearSum inside = linear_sum(g, g.source(term.base, 0));
    add_scaled(g, inside, sum, d);
    add_term(g, inside, term.base, -d);
    return inside.fits ? quotient_node(g, Op::floordiv, inside, int128{c} * d) : Node::none;
  }
  return Node::none;
}

/// What splitting off whole multiples of c costs, in operations: never more than it saves.
constexpr bool split_pays(const LinearSum& sum, const Division& division) {
  int cost = 0;
  for (const Term& term : division.quotient.terms) cost += term.coefficient == 1 ? 1 : 4;
  for (const Term& term : division.remainder.terms) cost += term.coefficient == 1 ? 1 : 4;
  for (const Term& term : sum.terms) cost -= term.coefficient == 1 ? 1 : 4;
  return cost <= 0 && !division.quotient.is_constant();
}

/// x / c for a sum x.
template <class G>
constexpr Node quotient_of(G& g, Node x, std::int64_t c) {
  const LinearSum sum = linear_sum(g, x);
  Division division;
  if (!sum.fits || c <= 0) return Node::none;
  if (divide_exactly(g, sum, c, division)) return expression(g, division.quotient);
  if (const std::int64_t d = common_divisor(g, sum, c, division); d > 1)
    return quotient_node(g, Op::floordiv, division.quotient, c / d);
  if (const Node joined = join_quotients(g, sum, c); joined != Node::none) return joined;
  division = divide(g, sum, c, Split::truncated);
  if (!division.remainder.fits) return Node::none;
  const bool whole_constant = division.remainder.constant == 0;
  if (!whole_constant) {  // a part of the constant would not come for free
    division.remainder.constant = sum.constant;
    division.quotient.constant = 0;
  }
  if (!split_pays(sum, division) && !(whole_constant && sum.constant != 0)) return Node::none;
  if (!split_pays(sum, division)) {
    division.remainder = sum;
    division.remainder.constant = 0;
    division.quotient.terms = {};
  }
  return plus(g, division.quotient, quotient_node(g, Op::floordiv, division.remainder, c));
}

/// (y % d) * k in a sum modulo c is y * k where c divides d * k.
template <class G>
constexpr bool drop_inner_remainders(const G& g, LinearSum& sum, std::int64_t c) {
  for (const Term term : sum.terms) {
    const std::int64_t d = divisor_of(g, Op::floormod, term.base);
    if (d == 0 || int128{d} * term.coefficient % c != 0) continue;
    add_term(g, sum, term.base, -int128{term.coefficient});
    add_expression(g, sum, g.source(term.base, 0), term.coefficient);
    return sum.fits;
  }
  return false;
}

/// sum % c, simpler than that; none if nothing is known.
template <class G>
constexpr Node remainder_of(G& g, Node x, std::int64_t c) {
  LinearSum sum = linear_sum(g, x);
  Division division;
  if (!sum.fits || c <= 0) return Node::none;
  if (divide_exactly(g, sum, c, division)) return expression(g, division.remainder);
  if (drop_inner_remainders(g, sum, c)) return quotient_node(g, Op::floormod, sum, c);
  if (const std::int64_t d = common_divisor(g, sum, c, division); d > 1)
    return plus(g, division.remainder, quotient_node(g, Op::floormod, division.quotient, c / d), d);
  division = divide(g, sum, c, Split::truncated);
  const bool changes = !division.quotient.is_constant() || division.quotient.constant != 0;
  return changes ? quotient_node(g, Op::floormod, division.remainder, c) : Node::none;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
