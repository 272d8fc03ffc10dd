// Comparisons of index expressions, through the linear sum of their difference.
#pragma once

#include <whittle/simplify/quotient_sum.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

template <class G>
constexpr Node truth(G& g, bool value) {
  return g.constant(bool_scalar(value));
}
template <class G>
constexpr Node compared(G& g, Op op, Node a, Node b) {
  return g.make(op, DType::boolean, {a, b});
}

/// `sum op 0` as a comparison: positive terms on the left, negative ones on the right, and the constant where
/// it is positive or alone.
template <class G>
constexpr Node comparison(G& g, Op op, const LinearSum& sum) {
  LinearSum left = part_of_sign(sum, 1), right = part_of_sign(sum, -1);
  const bool to_left = right.terms.empty() ? false : left.terms.empty() || sum.constant > 0;
  if (to_left)
    left.set_constant(sum.constant);
  else
    right.set_constant(-int128{sum.constant});
  if (!sum.fits || !left.fits || !right.fits) return Node::none;
  return compared(g, op, expression(g, left), expression(g, right));
}

/// floor(sum / d) < 0 is sum < 0: terms that d does not divide go into the constant where they have one
/// quotient by d. Tries the coefficients as d, the greatest first.
template <class G>
constexpr bool divide_inequality(G& g, LinearSum& sum) {
  std::int64_t best = 1;
  LinearSum quotient;
  for (const Term& candidate : sum.terms) {
    const std::int64_t d = candidate.coefficient < 0 ? -candidate.coefficient : candidate.coefficient;
    if (d <= best) continue;
    const auto rest = [&](const Term& term) { return term.coefficient % d == 0 ? 0 : term.coefficient; };
    std::int64_t carry = 0;
    if (!has_one_quotient(g, sum, sum.constant, rest, d, carry)) continue;
    quotient.terms.clear();
    for (const Term& term : sum.terms)
      if (term.coefficient % d == 0) quotient.terms.push_back({term.base, term.coefficient / d});
    quotient.fits = true;
    quotient.set_constant(carry);
    best = d;
  }
  const std::int64_t common = common_factor(sum);  // may be less than every coefficient
  if (common > best) {
    best = common;
    quotient = sum;
    for (Term& term : quotient.terms) term.coefficient /= common;
    quotient.set_constant(floor_quotient(sum.constant, common));
  }
  if (best == 1) return false;
  sum = quotient;
  return true;
}

/// x / c + rest < 0 is x + c * rest < 0, and rest - x / c < 0 is c * rest + c - 1 - x < 0.
template <class G>
constexpr bool multiply_inequality(const G& g, LinearSum& sum) {
  if (sum.terms.size() > 3) return false;  // each other term would have to be multiplied
  for (const Term& term : sum.terms) {
    const std::int64_t c = divisor_of(g, Op::floordiv, term.base);
    if (c == 0 || (term.coefficient != 1 && term.coefficient != -1)) continue;
    LinearSum result;
    add_scaled(g, result, sum, c);
    add_term(g, result, term.base, int128{term.coefficient} * -c);
    add_expression(g, result, g.source(term.base, 0), term.coefficient);
    if (term.coefficient < 0) result.set_constant(int128{result.constant} + c - 1);
    if (!result.fits) continue;
    sum = result;
    return true;
  }
  return false;
}

/// x - moved to where its values touch one period of c only, those that `x % c` takes in [first, first + count).
struct Period {
  LinearSum x;
  bool found = false;
};
template <class G>
constexpr Period one_period(G& g, Node x, std::int64_t c, std::int64_t first, std::int64_t count) {
  for (const Split split : {Split::truncated, Split::nearest, Split::floored}) {
    Division division;
    divide(linear_sum(g, x), c, split, division);
    Period period{division.remainder, false};
    const bounds::WideInterval all = bounds_of(g, period.x);
    if (!period.x.fits || !is_bounded(all)) continue;
    const int128 shift = floor_quotient(all.high - first, c) * c;  // the last period that x reaches
    period.x.set_constant(int128{period.x.constant} - shift);
    period.found = period.x.fits && all.low - shift >= int128{first} + count - c;
    if (period.found) return period;
  }
  return {};
}

/// (x % c) < k and k < (x % c), where x touches one period only.
template <class G>
constexpr Node compare_remainder(G& g, const LinearSum& sum) {
  if (sum.terms.size() != 1 || (sum.terms[0].coefficient != 1 && sum.terms[0].coefficient != -1)) return Node::none;
  const Node remainder = sum.terms[0].base;
  const std::int64_t c = divisor_of(g, Op::floormod, remainder);
  const bool is_below = sum.terms[0].coefficient == 1;
  if (c == 0 || sum.constant >= c || sum.constant <= -c) return Node::none;
  const std::int64_t first = is_below ? 0 : sum.constant + 1, end = is_below ? -sum.constant : c;
  if (end <= first || first < 0) return Node::none;
  const Period period = one_period(g, g.source(remainder, 0), c, first, end - first);
  if (!period.found) return Node::none;
  LinearSum low, high = period.x;  // first - x - 1 < 0 and x - end < 0
  add_scaled(g, low, period.x, -1);
  low.set_constant(int128{low.constant} + first - 1);
  high.set_constant(int128{high.constant} - end);
  const Node a = comparison(g, Op::less, low), b = comparison(g, Op::less, high);
  return a == Node::none || b == Node::none ? Node::none : g.make(Op::bit_and, DType::boolean, {a, b});
}

/// Whether `left < right`, of canonical sums, is what comparison() makes of the difference.
constexpr bool is_comparison_form(const LinearSum& left, const LinearSum& right, const LinearSum& difference) {
  if (left.terms.size() + right.terms.size() != difference.terms.size()) return false;
  for (const Term& term : left.terms)
    if (term.coefficient < 0) return false;
  for (const Term& term : right.terms)
    if (term.coefficient < 0) return false;
  const bool to_left = !right.terms.empty() && (left.terms.empty() || difference.constant > 0);
  return to_left ? right.constant == 0 : left.constant == 0;
}

/// a < b in its canonical form; none if it has it.
template <class G>
constexpr Node canonical_less(G& g, Node a, Node b) {
  LinearSum left, right;
  bool is_canonical = read_sum(g, a, left) && read_sum(g, b, right);
  LinearSum sum = left;
  if (is_canonical)
    add_scaled(g, sum, right, -1);
  else
    add_expression(g, sum, b, -1);
  is_canonical = is_canonical && is_comparison_form(left, right, sum);
  if (std::int64_t number = 0; is_one_number(g, sum, number)) return truth(g, number < 0);
  for (bool changed = true; changed && sum.fits;) {
    const bounds::WideInterval all = bounds_of(g, sum);
    if (all.high < 0 || all.low >= 0) return truth(g, all.high < 0);
    changed = divide_inequality(g, sum) || multiply_inequality(g, sum);
    is_canonical = is_canonical && !changed;
  }
  if (!sum.fits) return Node::none;
  const Node split = compare_remainder(g, sum);
  if (split != Node::none || is_canonical) return split;
  return comparison(g, Op::less, sum);
}

/// x % c == k as x == k + c * j, where x touches one such number only.
template <class G>
constexpr Node equal_remainder(G& g, Op op, const LinearSum& sum) {
  if (sum.terms.size() != 1 || sum.terms[0].coefficient != 1) return Node::none;
  const std::int64_t c = divisor_of(g, Op::floormod, sum.terms[0].base), k = -sum.constant;
  if (c == 0 || k < 0 || k >= c) return Node::none;
  Period period = one_period(g, g.source(sum.terms[0].base, 0), c, k, 1);
  if (!period.found) return Node::none;
  period.x.set_constant(int128{period.x.constant} - k);
  return comparison(g, op, period.x);
}

/// a == b or a != b in its canonical form; none if it has it.
template <class G>
constexpr Node canonical_equal(G& g, Node n) {
  const Op op = g.op(n);
  const LinearSum sum = linear_difference(g, g.source(n, 0), g.source(n, 1));
  if (!sum.fits) return Node::none;
  const bounds::WideInterval all = bounds_of(g, sum);
  if (all.is_point() || !all.contains(0)) return truth(g, all.contains(0) == (op == Op::equal));
  if (std::int64_t number = 0; is_one_number(g, sum, number)) return truth(g, (number == 0) == (op == Op::equal));
  std::int64_t d = common_factor(sum);
  if (sum.constant % d != 0) return truth(g, op == Op::not_equal);
  if (sum.terms[0].coefficient < 0) d = -d;
  LinearSum divided;
  add_scaled(g, divided, sum, 1);
  for (Term& term : divided.terms) term.coefficient /= d;
  divided.constant /= d;
  if (const Node found = equal_remainder(g, op, divided); found != Node::none) return found;
  return comparison(g, op, divided);
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
