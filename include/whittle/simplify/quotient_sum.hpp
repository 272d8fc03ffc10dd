// Index sums without remainders: what is equal by y % c = y - y / c * c becomes one sum.
#pragma once

#include <whittle/simplify/quotient.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// dividend / c as a sum, its quotients as simple as they get and their constants in [0, divisor).
template <class G>
constexpr LinearSum quotient_sum(G& g, LinearSum dividend, std::int64_t c) {
  LinearSum sum;
  const int128 carry = floor_quotient(dividend.constant, c);
  dividend.set_constant(dividend.constant - carry * c);
  const Node x = expression(g, dividend), simpler = x == Node::none ? x : quotient_of(g, x, c);
  sum.fits = x != Node::none;
  if (!sum.fits) return sum;
  sum.set_constant(carry);
  if (simpler == Node::none) {
    add_term(g, sum, g.make(Op::floordiv, DType::index, {x, g.constant(DType::index, c)}), 1);
    return sum;
  }
  const LinearSum parts = linear_sum(g, simpler);
  sum.set_constant(sum.constant + int128{parts.constant});
  for (const Term& term : parts.terms)
    if (const std::int64_t d = divisor_of(g, Op::floordiv, term.base); d == 0)
      add_term(g, sum, term.base, term.coefficient);
    else
      add_scaled(g, sum, quotient_sum(g, linear_sum(g, g.source(term.base, 0)), d), term.coefficient);
  sum.fits = sum.fits && parts.fits;
  return sum;
}

/// The sum with y - y / c * c for each remainder y % c.
template <class G>
constexpr LinearSum without_remainders(G& g, LinearSum sum) {
  for (std::size_t i = 0; i < sum.terms.size() && sum.fits;) {
    const Term term = sum.terms[i];
    const std::int64_t modulus = divisor_of(g, Op::floormod, term.base);
    const std::int64_t c = modulus != 0 ? modulus : divisor_of(g, Op::floordiv, term.base);
    const LinearSum dividend = c != 0 ? linear_sum(g, g.source(term.base, 0)) : LinearSum{};
    if (modulus == 0 && (c == 0 || (0 <= dividend.constant && dividend.constant < c))) {
      ++i;
      continue;
    }
    const int128 scale = modulus != 0 ? int128{term.coefficient} * -modulus : int128{term.coefficient};
    sum.fits = dividend.fits && fits_with_sign(scale);
    if (!sum.fits) break;
    add_term(g, sum, term.base, -int128{term.coefficient});
    if (modulus != 0) add_scaled(g, sum, dividend, term.coefficient);
    add_scaled(g, sum, quotient_sum(g, dividend, c), static_cast<std::int64_t>(scale));
    i = 0;
  }
  return sum;
}

/// False: `base` is no term of what `n` becomes where sums, products, quotients and remainders are taken apart. True if
/// that takes many steps to tell.
template <class G>
constexpr bool may_have_term(const G& g, Node n, Node base) {
  FixedVector<Node, most_terms> parts{n};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Op op = g.op(parts[i]);
    if (parts[i] == base) return true;
    if (!is_additive(op) && op != Op::mul && op != Op::floordiv && op != Op::floormod) continue;
    for (Node source : g.sources(parts[i]))
      if (!g.is_constant(source) && !parts.push_back(source)) return true;
  }
  return false;
}

/// Whether `base` is no part of any term of the sum but `own`.
template <class G>
constexpr bool is_apart(const G& g, const LinearSum& sum, Node base, Node own) {
  for (const Term& term : sum.terms)
    if (term.base != own && may_have_term(g, term.base, base)) return false;
  return true;
}

/// Whether a term of the sum, or of the y of a remainder y % c, is left whatever the quotients and remainders become:
/// it is no part of the others. Of a term of y that is at least its coefficient modulo c.
template <class G>
constexpr bool has_lasting_term(const G& g, const LinearSum& sum) {
  for (const Term& term : sum.terms) {
    const std::int64_t c = divisor_of(g, Op::floormod, term.base);
    if (!is_quotient_or_remainder(g, term.base) && is_apart(g, sum, term.base, term.base)) return true;
    const LinearSum y = c != 0 ? linear_sum(g, g.source(term.base, 0)) : LinearSum{};
    for (const Term& part : y.terms)
      if (part.coefficient % c != 0 && !is_quotient_or_remainder(g, part.base) &&
          is_apart(g, y, part.base, part.base) && is_apart(g, sum, part.base, term.base))
        return true;
  }
  return false;
}

// x % 4 + x / 4 * 4 - x is 0, however often each of them occurs.
template <class G>
constexpr bool is_one_number(G& g, const LinearSum& sum, std::int64_t& number) {
  if (!sum.fits || sum.terms.size() < 2 || has_lasting_term(g, sum)) return false;
  const LinearSum plain = without_remainders(g, sum);
  number = plain.constant;
  return plain.fits && plain.is_constant();
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
