// Index expressions as linear sums: coefficients times terms, and a constant.
#pragma once

#include <cstdint>

#include <whittle/core/fixed_vector.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/interval.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Both the number and its negative fit.
constexpr bool fits_with_sign(int128 value) { return fits_int64(value) && fits_int64(-value); }

/// An addend of a sum, its constant factor apart.
struct Term {
  Node base;
  std::int64_t coefficient;
  friend constexpr bool operator==(const Term&, const Term&) = default;
};

/// Longer sums are left as they are, so that a sum of n terms costs O(n) and not O(n^2).
inline constexpr std::size_t most_terms = 32;

/// Sum of coefficient * base over `terms`, plus `constant`. Terms are in structural order, each base once.
struct LinearSum {
  FixedVector<Term, most_terms> terms;
  std::int64_t constant = 0;
  bool fits = true;  ///< false: too many terms, or a coefficient beyond int64

  constexpr bool is_constant() const { return terms.empty(); }
  constexpr void set_constant(int128 value) {
    fits = fits && fits_with_sign(value);
    constant = static_cast<std::int64_t>(value);
  }
};

template <class G>
constexpr bool is_constant_factor(const G& g, Node n) {
  return g.op(n) == Op::mul && g.is_constant(g.source(n, 1));
}
/// A term without its constant factor.
template <class G>
constexpr Node base_of(const G& g, Node n) {
  return is_constant_factor(g, n) ? g.source(n, 0) : n;
}

/// Structural order; of equal keys, which are equal expressions or a chance of 2^-64, by number.
template <class G>
constexpr bool comes_before(const G& g, Node a, Node b) {
  return g.key(a) != g.key(b) ? g.key(a) < g.key(b) : a < b;
}

/// Adds coefficient * base.
template <class G>
constexpr void add_term(const G& g, LinearSum& sum, Node base, int128 coefficient) {
  std::size_t at = sum.terms.size();
  while (at > 0 && sum.terms[at - 1].base != base && comes_before(g, base, sum.terms[at - 1].base)) --at;
  const bool is_there = at > 0 && sum.terms[at - 1].base == base;
  if (is_there) coefficient += sum.terms[--at].coefficient;
  sum.fits = sum.fits && fits_with_sign(coefficient);
  const Term term{base, static_cast<std::int64_t>(coefficient)};
  if (is_there && coefficient != 0) {
    sum.terms[at] = term;
  } else if (is_there) {
    for (; at + 1 < sum.terms.size(); ++at) sum.terms[at] = sum.terms[at + 1];
    sum.terms.pop_back();
  } else if (coefficient != 0) {
    sum.fits = sum.fits && sum.terms.push_back(term);
    for (std::size_t i = sum.terms.size(); i-- > at + 1 && sum.fits;) sum.terms[i] = sum.terms[i - 1];
    if (sum.fits) sum.terms[at] = term;
  }
}

/// Adds scale * n, taking sums, differences and constant factors apart.
template <class G>
constexpr void add_expression(const G& g, LinearSum& sum, Node n, std::int64_t scale) {
  FixedVector<Term, 2 * most_terms> pending{{n, scale}};
  while (!pending.empty() && sum.fits) {
    const auto [node, factor] = pending.back();
    pending.pop_back();
    const Op op = g.op(node);
    int128 product = factor;
    if (op == Op::add || op == Op::sub) {
      const Term second{g.source(node, 1), op == Op::add ? factor : -factor};
      sum.fits = pending.push_back(second) && pending.push_back({g.source(node, 0), factor});
    } else if (op == Op::neg || is_constant_factor(g, node)) {
      product *= op == Op::neg ? -1 : g.scalar(g.source(node, 1)).as_int();
      sum.fits = fits_with_sign(product) && pending.push_back({g.source(node, 0), static_cast<std::int64_t>(product)});
    } else if (op == Op::constant) {
      sum.set_constant(sum.constant + product * g.scalar(node).as_int());
    } else {
      add_term(g, sum, node, product);
    }
  }
}

/// The linear sum that an index expression is.
template <class G>
constexpr LinearSum linear_sum(const G& g, Node n) {
  LinearSum sum;
  add_expression(g, sum, n, 1);
  return sum;
}

/// a - b.
template <class G>
constexpr LinearSum linear_difference(const G& g, Node a, Node b) {
  LinearSum sum = linear_sum(g, a);
  add_expression(g, sum, b, -1);
  return sum;
}

/// sum += scale * other.
template <class G>
constexpr void add_scaled(const G& g, LinearSum& sum, const LinearSum& other, std::int64_t scale) {
  sum.fits = sum.fits && other.fits;
  for (const Term& term : other.terms)
    if (sum.fits) add_term(g, sum, term.base, int128{term.coefficient} * scale);
  if (sum.fits) sum.set_constant(sum.constant + int128{other.constant} * scale);
}

/// Bounds of a sum, from those of its terms.
template <class G>
constexpr bounds::WideInterval bounds_of(G& g, const LinearSum& sum) {
  bounds::WideInterval all{sum.constant, sum.constant};
  for (const Term& term : sum.terms) {
    const Interval known = interval_of(g, term.base);
    if (const Interval factor{term.coefficient, term.coefficient};
        bounds::is_small(known) && bounds::is_small(factor)) {
      const std::int64_t x = known.low * factor.low, y = known.high * factor.low;
      all = {bounds::clamp(all.low + (x < y ? x : y)), bounds::clamp(all.high + (x < y ? y : x))};
      continue;
    }
    const bounds::WideInterval base = bounds::widen(DType::index, known);
    const bounds::WideInterval part = bounds::multiply(base, {term.coefficient, term.coefficient});
    all = {bounds::clamp(all.low + part.low), bounds::clamp(all.high + part.high)};
  }
  return all;
}
constexpr bool is_bounded(const bounds::WideInterval& interval) {
  return interval.low > -bounds::infinite && interval.high < bounds::infinite;
}

template <class G>
constexpr Node scaled(G& g, Node base, std::int64_t coefficient) {
  return coefficient == 1 ? base : g.make(Op::mul, DType::index, {base, g.constant(DType::index, coefficient)});
}

/// The sum as an expression: terms in structural order, the constant last; none if it does not fit.
template <class G>
constexpr Node expression(G& g, const LinearSum& sum) {
  if (!sum.fits) return Node::none;
  Node made = Node::none;
  const auto append = [&](Node part) {
    made = made == Node::none ? part : g.make(Op::add, DType::index, {made, part});
  };
  for (const Term& term : sum.terms) append(scaled(g, term.base, term.coefficient));
  if (sum.constant != 0 || made == Node::none) append(g.constant(DType::index, sum.constant));
  return made;
}

/// The greatest common divisor, not negative.
constexpr std::int64_t greatest_common_divisor(std::int64_t a, std::int64_t b) {
  int128 x = a < 0 ? -int128{a} : int128{a}, y = b < 0 ? -int128{b} : int128{b};
  while (y != 0) {
    const int128 rest = x % y;
    x = y;
    y = rest;
  }
  return fits_int64(x) ? static_cast<std::int64_t>(x) : 1;
}

/// The last term of a canonical chain of `op`.
template <class G>
constexpr Node last_of_chain(const G& g, Op op, Node chain) {
  const Node a = g.source(chain, 0), b = g.source(chain, 1);
  if (g.op(a) == op) return b;
  if (g.op(b) == op) return a;
  return comes_before(g, base_of(g, a), base_of(g, b)) ? b : a;
}

/// Whether a node of an associative operator, over canonical sources, is a canonical chain: one operand at a
/// time joined on, in structural order, a constant last.
template <class G>
constexpr bool is_chain_in_order(const G& g, Op op, Node n) {
  const Node a = g.source(n, 0), b = g.source(n, 1);
  if (g.is_constant(b)) return true;
  if (g.op(a) != op && g.op(b) != op) return base_of(g, a) != base_of(g, b);
  if (g.op(a) == op && g.op(b) == op) return false;
  const Node chain = g.op(a) == op ? a : b, term = g.op(a) == op ? b : a;
  if (g.is_constant(g.source(chain, 1))) return false;
  const Node last = base_of(g, last_of_chain(g, op, chain)), base = base_of(g, term);
  return last != base && comes_before(g, last, base);
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
