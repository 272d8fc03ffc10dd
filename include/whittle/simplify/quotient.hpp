// Floor quotients and remainders of index sums by positive constants.
#pragma once

#include <whittle/core/fold.hpp>
#include <whittle/ir/divisibility.hpp>
#include <whittle/simplify/sum.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// How a coefficient a is split as q * c + r: r with the sign of a, r in [0, c), the r nearest to 0, or r in (-c, 0].
enum class Split : std::uint8_t { truncated, floored, nearest, negative };
/// In the order in which they are tried.
inline constexpr Split splits[] = {Split::truncated, Split::nearest, Split::floored, Split::negative};

struct SplitNumber {
  std::int64_t quotient, remainder;
};
constexpr SplitNumber split_number(std::int64_t a, std::int64_t c, Split split) {
  const bool is_less = a >= 0 && a < c;
  SplitNumber parts{is_less ? 0 : a / c, is_less ? a : a % c};
  if (split == Split::truncated) return parts;
  if (parts.remainder < 0) parts = {parts.quotient - 1, parts.remainder + c};
  if ((split == Split::nearest && c - parts.remainder < parts.remainder) ||
      (split == Split::negative && parts.remainder > 0))
    parts = {parts.quotient + 1, parts.remainder - c};
  return parts;
}

/// sum = c * quotient + remainder, coefficient by coefficient.
struct Division {
  LinearSum quotient, remainder;
};

constexpr void divide(const LinearSum& sum, std::int64_t c, Split split, Division& result) {
  result.quotient.terms.clear();
  result.remainder.terms.clear();
  for (const Term& term : sum.terms) {
    const SplitNumber parts = split_number(term.coefficient, c, split);
    if (parts.remainder != 0) result.remainder.terms.push_back({term.base, parts.remainder});
    if (parts.quotient != 0) result.quotient.terms.push_back({term.base, parts.quotient});
  }
  const SplitNumber constant = split_number(sum.constant, c, Split::floored);
  result.quotient.constant = constant.quotient;
  result.remainder.constant = constant.remainder;
  result.quotient.fits = result.remainder.fits = sum.fits;
}

/// True if what has these bounds, divided by c, is one number: that number.
constexpr bool has_one_quotient(const bounds::WideInterval& all, std::int64_t c, std::int64_t& quotient) {
  if (!is_bounded(all) || all.high - all.low >= c) return false;
  const int128 least = floor_quotient(all.low, c);
  quotient = static_cast<std::int64_t>(least);
  return least == floor_quotient(all.high, c) && fits_int64(least);
}

/// True if constant + the sum of coefficient_of(term) * base, divided by c, is one number: that number.
template <class G, class F>
constexpr bool has_one_quotient(G& g, const LinearSum& sum, std::int64_t constant, F coefficient_of, std::int64_t c,
                                std::int64_t& quotient) {
  Interval all{constant, constant};
  for (const Term& term : sum.terms) {
    const std::int64_t coefficient = coefficient_of(term);
    if (coefficient == 0) continue;
    std::int64_t size = 0;
    if (!add_small_bounds(g, all, term.base, coefficient) || __builtin_sub_overflow(all.high, all.low, &size))
      return has_one_quotient(bounds_of(g, sum, constant, coefficient_of), c, quotient);
    if (size >= c) return false;
  }
  quotient = split_number(all.low, c, Split::floored).quotient;
  return quotient == split_number(all.high, c, Split::floored).quotient;
}

/// Takes `carry` multiples of c from the remainder to the quotient; false if these do not fit.
constexpr bool carry_over(Division& division, std::int64_t c, std::int64_t carry) {
  division.quotient.set_constant(int128{division.quotient.constant} + carry);
  division.remainder.set_constant(division.remainder.constant - int128{carry} * c);
  return division.quotient.fits && division.remainder.fits;
}

/// Whether a split leaves what the truncated one leaves, and so is not worth a second look. Negative remainders are for
/// a single term, such as (x + 1) % 2 with x < 2, which is 1 - x.
constexpr bool is_as_truncated(const LinearSum& sum, std::int64_t c, Split split) {
  if (split == Split::negative) return sum.terms.size() != 1;
  for (const Term& term : sum.terms)
    if (term.coefficient < 0 || (split == Split::nearest && term.coefficient > c / 2)) return false;
  return true;
}

/// A split of the sum by c whose remainder has one quotient, moved so that this quotient is 0.
template <class G>
constexpr bool divide_exactly(G& g, const LinearSum& sum, std::int64_t c, Division& result) {
  for (const Split split : splits) {
    if (split != Split::truncated && is_as_truncated(sum, c, split)) continue;
    const std::int64_t constant = split_number(sum.constant, c, Split::floored).remainder;
    const auto rest = [&](const Term& term) { return split_number(term.coefficient, c, split).remainder; };
    std::int64_t carry = 0;
    if (!sum.fits || !has_one_quotient(g, sum, constant, rest, c, carry)) continue;
    divide(sum, c, split, result);
    return carry_over(result, c, carry);
  }
  return false;
}

/// The greatest divisor d > 1 of c that divides some coefficients, while the terms it does not divide have one
/// quotient by d: sum = d * quotient + remainder with the remainder in [0, d).
template <class G>
constexpr std::int64_t common_divisor(G& g, const LinearSum& sum, std::int64_t c, Division& result) {
  std::int64_t best = 1;
  for (const Term& candidate : sum.terms) {
    if (candidate.coefficient == 1) continue;
    const std::int64_t d = greatest_common_divisor(candidate.coefficient, c);
    if (d <= best || d == c) continue;
    const SplitNumber constant = split_number(sum.constant, d, Split::floored);
    const auto rest = [&](const Term& term) { return term.coefficient % d == 0 ? 0 : term.coefficient; };
    std::int64_t carry = 0;
    if (!has_one_quotient(g, sum, constant.remainder, rest, d, carry)) continue;
    Division division;
    for (const Term& term : sum.terms)
      if (term.coefficient % d == 0)
        division.quotient.terms.push_back({term.base, term.coefficient / d});
      else
        division.remainder.terms.push_back(term);
    division.quotient.constant = constant.quotient;
    division.remainder.constant = constant.remainder;
    if (!carry_over(division, d, carry)) continue;
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
  if (c <= 0) return Node::none;
  const LinearSum sum = linear_sum(g, x);
  Division division;
  if (!sum.fits) return Node::none;
  if (divide_exactly(g, sum, c, division)) return expression(g, division.quotient);
  if (const std::int64_t d = common_divisor(g, sum, c, division); d > 1)
    return quotient_node(g, Op::floordiv, division.quotient, c / d);
  if (const Node joined = join_quotients(g, sum, c); joined != Node::none) return joined;
  divide(sum, c, Split::truncated, division);
  const bool whole_constant = division.remainder.constant == 0;
  if (!whole_constant) {  // a part of the constant would not come for free
    division.remainder.constant = sum.constant;
    division.quotient.constant = 0;
  }
  const bool pays = split_pays(sum, division);
  if (!pays && !(whole_constant && sum.constant != 0)) return Node::none;
  if (!pays) {
    division.remainder = sum;
    division.remainder.constant = 0;
    division.quotient.terms = {};
  }
  return plus(g, division.quotient, quotient_node(g, Op::floordiv, division.remainder, c));
}

/// Whether c divides a * b.
constexpr bool divides_product(std::int64_t c, std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? int128{a} * b % c == 0 : product % c == 0;
}

/// (y % d) * k in a sum modulo c is y * k where c divides d * k.
template <class G>
constexpr bool drop_inner_remainders(const G& g, LinearSum& sum, std::int64_t c) {
  for (const Term term : sum.terms) {
    const std::int64_t d = divisor_of(g, Op::floormod, term.base);
    if (d == 0 || !divides_product(c, d, term.coefficient)) continue;
    add_term(g, sum, term.base, -int128{term.coefficient});
    add_expression(g, sum, g.source(term.base, 0), term.coefficient);
    return sum.fits;
  }
  return false;
}

/// (y / d) * k in a sum modulo c, without the terms of y that are whole periods: multiples of d * c / gcd(k, c).
template <class G>
constexpr bool drop_whole_periods(G& g, LinearSum& sum, std::int64_t c) {
  for (const Term term : sum.terms) {
    const std::int64_t d = divisor_of(g, Op::floordiv, term.base);
    if (d == 0) continue;
    const int128 period = int128{d} * (c / greatest_common_divisor(term.coefficient, c));
    if (!fits_int64(period)) continue;
    const LinearSum y = linear_sum(g, g.source(term.base, 0));
    LinearSum rest;
    for (const Term& part : y.terms)
      if (part.coefficient % static_cast<std::int64_t>(period) != 0) rest.terms.push_back(part);
    if (!y.fits || rest.terms.size() == y.terms.size()) continue;
    rest.set_constant(y.constant);
    add_term(g, sum, term.base, -int128{term.coefficient});
    add_expression(g, sum, quotient_node(g, Op::floordiv, rest, d), term.coefficient);
    return sum.fits;
  }
  return false;
}

/// Takes terms out of a sum modulo c whose remainder is one number, whatever is chosen: where(b, x * 4, y * 8 + 4) is 0
/// modulo 4. False if there are none.
template <class G>
constexpr bool settle_choices(G& g, LinearSum& sum, std::int64_t c) {
  LinearSum rest;
  rest.set_constant(sum.constant);
  for (const Term& term : sum.terms) {
    const Op op = g.op(term.base);
    const bool is_choice = op == Op::where || is_extreme(op);
    const Congruence known = is_choice ? congruence_of(g, term.base) : Congruence{};
    if (is_choice && divides_product(c, term.coefficient, known.modulus))
      rest.set_constant(rest.constant + int128{term.coefficient} * known.residue);
    else
      rest.terms.push_back(term);
  }
  const bool changes = rest.fits && rest.terms.size() != sum.terms.size();
  if (changes) sum = rest;
  return changes;
}

/// sum % c, simpler than that; none if nothing is known.
template <class G>
constexpr Node remainder_of(G& g, Node x, std::int64_t c) {
  if (c <= 0) return Node::none;
  LinearSum sum = linear_sum(g, x);
  Division division;
  if (!sum.fits) return Node::none;
  if (divide_exactly(g, sum, c, division)) return expression(g, division.remainder);
  if (drop_inner_remainders(g, sum, c) || drop_whole_periods(g, sum, c) || settle_choices(g, sum, c))
    return quotient_node(g, Op::floormod, sum, c);
  if (const std::int64_t d = common_divisor(g, sum, c, division); d > 1)
    return plus(g, division.remainder, quotient_node(g, Op::floormod, division.quotient, c / d), d);
  divide(sum, c, Split::truncated, division);
  const bool changes = !division.quotient.is_constant() || division.quotient.constant != 0;
  return changes ? quotient_node(g, Op::floormod, division.remainder, c) : Node::none;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
