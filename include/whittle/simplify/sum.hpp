// Canonical sums: like terms collected, quotients and remainders put together again.
#pragma once

#include <whittle/simplify/long_sum.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The constant positive divisor of a floordiv or floormod node; 0 for any other node.
template <class G>
constexpr std::int64_t divisor_of(const G& g, Op op, Node n) {
  if (!g.is_over_constant(n, op)) return 0;
  const std::int64_t divisor = g.scalar(g.source_of_few(n, 1)).as_int();
  return divisor > 0 ? divisor : 0;
}

/// An expression as one quotient: numerator / divisor. z / d + rest is (z + d * rest) / d.
struct Fraction {
  LinearSum numerator;
  std::int64_t divisor = 1;
};
template <class G>
constexpr Fraction fraction_of(const G& g, Node n) {
  const LinearSum sum = linear_sum(g, n);
  for (const Term& term : sum.terms) {
    const std::int64_t d = divisor_of(g, Op::floordiv, term.base);
    if (d == 0 || term.coefficient != 1) continue;
    LinearSum whole = linear_sum(g, g.source(term.base, 0));
    add_scaled(g, whole, sum, d);
    add_term(g, whole, term.base, -d);
    return {whole, d};
  }
  return {sum, 1};
}

/// sum / c, simpler than that; none if nothing is known (quotient.hpp).
template <class G>
constexpr Node quotient_of(G& g, Node x, std::int64_t c);

/// Whether a sum is one number for what its quotients and remainders are: that number (quotient_sum.hpp).
template <class G>
constexpr bool is_one_number(G& g, const LinearSum& sum, std::int64_t& number);

/// Whether `change`, which adds terms to the sum, leaves one that fits; else the sum stays as it was.
template <class F>
constexpr bool changes(LinearSum& sum, F change) {
  const LinearSum before = sum;
  change();
  const bool fits = sum.fits;
  if (!fits) sum = before;
  return fits;
}

/// True if `quotient` is y / c, up to whole numbers: then quotient * c + y % c = y + correction.
template <class G>
constexpr bool is_quotient(G& g, Node quotient, Node y, std::int64_t c, LinearSum& correction) {
  correction = {};
  if (divisor_of(g, Op::floordiv, quotient) == c && g.source(quotient, 0) == y) return true;
  const Fraction of_y = fraction_of(g, y), of_quotient = fraction_of(g, quotient);
  const int128 divisor = int128{of_y.divisor} * c;
  if (of_quotient.divisor == divisor) {
    correction = of_quotient.numerator;
    add_scaled(g, correction, of_y.numerator, -1);
    bool whole = correction.fits && correction.constant % divisor == 0;
    for (Term& term : correction.terms) {
      whole = whole && term.coefficient % divisor == 0;
      term.coefficient /= of_y.divisor;
    }
    correction.constant /= of_y.divisor;
    if (whole) return true;
    correction = {};
  }
  // y / c may have become simpler than that
  const Node numerator = of_quotient.divisor == 1 || !fits_int64(divisor) ? Node::none : expression(g, of_y.numerator);
  return numerator != Node::none && quotient_of(g, numerator, static_cast<std::int64_t>(divisor)) == quotient;
}

/// Replaces (y / c) * (c * k) + (y % c) * k by y * k, and ((y / c) % d) * (c * k) + (y % c) * k by
/// (y % (c * d)) * k, at the remainder that is term `at`, with quotients that are not among the first `tried` terms.
template <class G>
constexpr bool recombine_at(G& g, LinearSum& sum, std::size_t at, std::size_t tried) {
  const Term remainder = sum.terms[at];
  const std::int64_t c = divisor_of(g, Op::floormod, remainder.base), k = remainder.coefficient;
  if (c <= 1) return false;  // by 1 it would be put together with itself
  const int128 of_quotient = int128{k} * c;
  if (!fits_int64(of_quotient)) return false;
  const auto wanted = static_cast<std::int64_t>(of_quotient);
  const Node y = g.source(remainder.base, 0);
  for (std::size_t i = tried; i < sum.terms.size(); ++i) {
    const Term term = sum.terms[i];
    if (term.coefficient != wanted) continue;
    LinearSum correction, whole;
    const std::int64_t d = divisor_of(g, Op::floormod, term.base);
    if (!is_quotient(g, d != 0 ? g.source(term.base, 0) : term.base, y, c, correction)) continue;
    add_expression(g, whole, y, 1);
    add_scaled(g, whole, correction, 1);
    const Node y_moved = d != 0 && fits_int64(int128{c} * d) ? expression(g, whole) : Node::none;
    if (d != 0 && y_moved == Node::none) continue;
    const bool changed = changes(sum, [&] {
      add_term(g, sum, term.base, -int128{term.coefficient});
      add_term(g, sum, remainder.base, -int128{k});
      if (d != 0)
        add_term(g, sum, g.make(Op::floormod, DType::index, {y_moved, g.constant(DType::index, c * d)}), k);
      else
        add_scaled(g, sum, whole, k);
    });
    if (changed) return true;
  }
  return false;
}

/// Replaces x * k - (x / c) * (c * k) by (x % c) * k, at the quotient that is term `at`.
template <class G>
constexpr bool remainder_at(G& g, LinearSum& sum, std::size_t at) {
  const Term quotient = sum.terms[at];
  const std::int64_t c = divisor_of(g, Op::floordiv, quotient.base);
  if (c == 0 || quotient.coefficient % c != 0) return false;
  const std::int64_t k = -(quotient.coefficient / c);
  const LinearSum x = linear_sum(g, g.source(quotient.base, 0));
  for (const Term& term : x.terms) {
    bool is_there = false;
    for (const Term& other : sum.terms)
      is_there = is_there || (other.base == term.base && other.coefficient == int128{term.coefficient} * k);
    if (!is_there) return false;
  }
  if (x.terms.empty() || !x.fits) return false;
  return changes(sum, [&] {
    add_scaled(g, sum, x, -k);
    add_term(g, sum, quotient.base, -int128{quotient.coefficient});
    const Node c_node = g.source(quotient.base, 1);
    add_term(g, sum, g.make(Op::floormod, DType::index, {g.source(quotient.base, 0), c_node}), k);
  });
}

/// Replaces (x / c) * k - (x / (c * d)) * (d * k) by ((x / c) % d) * k, at the quotient by c * d that is term `at`,
/// with quotients that are not among the first `tried` terms.
template <class G>
constexpr bool remainder_of_quotient_at(G& g, LinearSum& sum, std::size_t at, std::size_t tried) {
  const Term whole = sum.terms[at];
  const std::int64_t by = divisor_of(g, Op::floordiv, whole.base);
  if (by == 0) return false;
  for (std::size_t i = tried; i < sum.terms.size(); ++i) {
    const Term term = sum.terms[i];
    if ((term.coefficient < 0) == (whole.coefficient < 0)) continue;
    const std::int64_t c = divisor_of(g, Op::floordiv, term.base);
    if (c == 0 || c == by || by % c != 0 || g.source(term.base, 0) != g.source(whole.base, 0)) continue;
    if (whole.coefficient != int128{term.coefficient} * -(by / c)) continue;
    const bool changed = changes(sum, [&] {
      const Node d = g.constant(DType::index, by / c);
      add_term(g, sum, whole.base, -int128{whole.coefficient});
      add_term(g, sum, term.base, -int128{term.coefficient});
      add_term(g, sum, g.make(Op::floormod, DType::index, {term.base, d}), term.coefficient);
    });
    if (changed) return true;
  }
  return false;
}

/// Replaces ((y + b) / c) * k + a by ((y + b % c) / c) * k + (a + (b / c) * k), at the quotient that is term `at`: in a
/// sum with a constant that costs nothing.
template <class G>
constexpr bool carry_constant_at(G& g, LinearSum& sum, std::size_t at) {
  const Term quotient = sum.terms[at];
  const std::int64_t c = divisor_of(g, Op::floordiv, quotient.base);
  if (c == 0 || sum.constant == 0) return false;
  LinearSum y = linear_sum(g, g.source(quotient.base, 0));
  if (!y.fits || (0 <= y.constant && y.constant < c)) return false;
  const auto carry = static_cast<std::int64_t>(bounds::floor_quotient(y.constant, c));
  y.constant -= carry * c;
  const Node reduced = g.make(Op::floordiv, DType::index, {expression(g, y), g.source(quotient.base, 1)});
  return changes(sum, [&] {
    add_term(g, sum, quotient.base, -int128{quotient.coefficient});
    add_term(g, sum, reduced, quotient.coefficient);
    sum.set_constant(sum.constant + int128{carry} * quotient.coefficient);
  });
}

/// True if that changed the sum. No two of its first `done` terms can be put together.
template <class G>
constexpr bool recombine(G& g, LinearSum& sum, std::size_t done) {
  bool ever = false;
  for (bool changed = true; changed && sum.fits;) {
    changed = false;
    for (std::size_t i = 0; i < sum.terms.size() && !changed && sum.fits; ++i) {
      const Op op = g.op(sum.terms[i].base);
      const std::size_t tried = i < done ? done : 0;
      changed = op == Op::floormod
                    ? recombine_at(g, sum, i, tried)
                    : op == Op::floordiv && (remainder_at(g, sum, i) || remainder_of_quotient_at(g, sum, i, tried) ||
                                             carry_constant_at(g, sum, i));
    }
    if (changed) done = 0;
    ever = ever || changed;
  }
  return ever;
}

/// Whether an index that no rule matches is always 0. Most operators would have become a constant.
template <class G>
constexpr bool is_zero(G& g, Node n) {
  const Op op = g.op(n);
  if (op == Op::constant) return g.argument(n) == 0;
  return (op == Op::where || !is_elementwise(op)) && interval_of(g, n) == Interval{0, 0};
}

/// What a sum is if a source of it is always 0: the other; of two such the first in structural order. Else none.
template <class G>
constexpr Node sum_with_zero(G& g, Node a, Node b) {
  const bool a_is_zero = is_zero(g, a), b_is_zero = is_zero(g, b);
  if (a_is_zero && b_is_zero) return comes_before(g, a, b) ? a : b;
  return a_is_zero ? b : b_is_zero ? a : Node::none;
}

/// The canonical form of an index sum over canonical sources; none if it is canonical, or no sum.
template <class G>
constexpr Node canonical_sum(G& g, Node n) {
  if (g.op(n) != Op::add) return Node::none;
  const Node a = g.source_of_few(n, 0), b = g.source_of_few(n, 1);
  if (const Node other = sum_with_zero(g, a, b); other != Node::none) return other;
  const bool divides = is_quotient_or_remainder(g, a) || is_quotient_or_remainder(g, b);
  const bool is_ordered = is_short_chain_in_order(g, n);
  if (is_ordered && !divides) return Node::none;
  LinearSum sum;
  sum.fits = is_ordered || (is_short_chain(g, a) && is_short_chain(g, b));
  const bool is_canonical = is_ordered && read_sum(g, n, sum);
  if (sum.fits && !is_ordered) read_apart(g, n, sum);
  if (!sum.fits) return canonical_long_sum(g, n);
  // A canonical sum was joined on to one.
  const bool changed = recombine(g, sum, is_canonical ? sum.terms.size() - (sum.constant == 0 ? 1 : 0) : 0);
  if (std::int64_t number = 0; has_both_signs(sum) && is_one_number(g, sum, number))
    return g.constant(DType::index, number);
  return is_canonical && !changed ? Node::none : expression(g, sum);
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
