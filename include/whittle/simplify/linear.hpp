// Index expressions as linear sums: coefficients times terms, and a constant.
#pragma once

#include <whittle/core/divisor.hpp>
#include <whittle/simplify/chain.hpp>
#include <whittle/simplify/cost.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Both the number and its negative fit.
constexpr bool fits_with_sign(int128 value) {
  const auto narrow = static_cast<std::int64_t>(value);
  return narrow == value && narrow != std::numeric_limits<std::int64_t>::min();
}

/// An addend of a sum, its constant factor apart.
struct Term {
  Node base;
  std::int64_t coefficient;
  friend constexpr bool operator==(const Term&, const Term&) = default;
};

/// Sum of coefficient * base over `terms`, plus `constant`. Terms are in structural order, each base once.
struct LinearSum {
  FixedVector<Term, most_terms> terms;
  std::int64_t constant = 0;
  DType dtype = DType::index;
  /// Sums that are multiplied by constants are taken apart.
  bool distributes = true;
  bool fits = true;  ///< false: too many terms, or a coefficient beyond int64

  constexpr LinearSum() = default;
  /// Fixed-width integers taken apart would have more products.
  explicit constexpr LinearSum(DType type) : dtype(type), distributes(type == DType::index) {}

  constexpr bool is_constant() const { return terms.empty(); }
  /// `value`, or of fixed-width integers what it is modulo 2^bits, nearest to 0.
  constexpr int128 reduced(int128 value) const {
    return dtype == DType::index ? value : wrap_to(signed_of_bits(bits(dtype)), value);
  }
  constexpr void set_constant(int128 value) {
    value = reduced(value);
    fits = fits && fits_with_sign(value);
    constant = static_cast<std::int64_t>(value);
  }
};

/// The terms with positive coefficients, or with sign -1 the negatives of the others; without the constant.
constexpr LinearSum part_of_sign(const LinearSum& sum, int sign) {
  LinearSum part(sum.dtype);
  for (const Term& term : sum.terms)
    if ((term.coefficient < 0) == (sign < 0)) part.terms.push_back({term.base, sign * term.coefficient});
  return part;
}

constexpr bool has_both_signs(const LinearSum& sum) {
  for (const Term& term : sum.terms)
    if ((term.coefficient < 0) != (sum.terms[0].coefficient < 0)) return true;
  return false;
}

/// Adds coefficient * base.
template <class G>
constexpr void add_term(const G& g, LinearSum& sum, Node base, int128 coefficient) {
  coefficient = sum.reduced(coefficient);
  if (coefficient == 0) return;
  std::size_t at = sum.terms.size();
  while (at > 0 && comes_before(g, base, sum.terms[at - 1].base)) --at;
  const bool is_there = at > 0 && sum.terms[at - 1].base == base;
  if (is_there) coefficient = sum.reduced(coefficient + sum.terms[--at].coefficient);
  sum.fits = sum.fits && fits_with_sign(coefficient);
  const Term term{base, static_cast<std::int64_t>(coefficient)};
  if (is_there && coefficient != 0) {
    sum.terms[at] = term;
  } else if (is_there) {
    for (; at + 1 < sum.terms.size(); ++at) sum.terms[at] = sum.terms[at + 1];
    sum.terms.pop_back();
  } else {
    sum.fits = sum.fits && sum.terms.push_back(term);
    for (std::size_t i = sum.terms.size(); i-- > at + 1 && sum.fits;) sum.terms[i] = sum.terms[i - 1];
    if (sum.fits) sum.terms[at] = term;
  }
}

/// A sum, a difference or a negative.
constexpr bool is_additive(Op op) { return op == Op::add || op == Op::sub || op == Op::neg; }
/// Whether a node is part of the linear sum above it.
template <class G>
constexpr bool is_linear(const G& g, Node n) {
  return is_additive(g.op(n)) || is_constant_factor(g, n);
}

/// Adds scale * n, taking sums, differences and constant factors apart; a sum that is not distributed is the base of a
/// term. Returns what the addends cost.
template <class G>
constexpr std::uint32_t add_expression(const G& g, LinearSum& sum, Node n, std::int64_t scale) {
  FixedVector<Term, 2 * most_terms> pending{{n, scale}};
  std::uint32_t cost = 0;
  const auto is_taken_apart = [&](Node product) {
    return is_constant_factor(g, product) && (sum.distributes || !is_additive(g.op(g.source(product, 0))));
  };
  while (!pending.empty() && sum.fits) {
    const auto [node, factor] = pending.back();
    pending.pop_back();
    const Op op = g.op(node);
    int128 product = factor;
    if (!is_additive(op)) cost += cost_of(is_taken_apart(node) ? Op::mul : Op::add);
    if (op == Op::add || op == Op::sub) {
      const Term second{g.source(node, 1), op == Op::add ? factor : -factor};
      sum.fits = pending.push_back(second) && pending.push_back({g.source(node, 0), factor});
    } else if (op == Op::neg || is_taken_apart(node)) {
      product *= op == Op::neg ? -1 : g.scalar(g.source(node, 1)).as_int();
      sum.fits = fits_with_sign(product) && pending.push_back({g.source(node, 0), static_cast<std::int64_t>(product)});
    } else if (op == Op::constant) {
      sum.set_constant(sum.constant + product * g.scalar(node).as_int());
    } else if (is_constant_factor(g, node)) {
      cost += cost_of(Op::mul);
      add_term(g, sum, g.source(node, 0), product * g.scalar(g.source(node, 1)).as_int());
    } else {
      add_term(g, sum, node, product);
    }
  }
  return cost;
}

/// The canonical term `n` as an addend; false if it is none. Where sums are not distributed, multiplied ones are terms.
template <class G>
constexpr bool read_term(const G& g, Node n, bool distributes, Term& term) {
  const bool is_multiple = is_constant_factor(g, n);
  term = {n, 1};
  if (is_multiple) term = {g.source_of_few(n, 0), g.scalar(g.source_of_few(n, 1)).as_int()};
  const Op op = g.op(term.base);
  const bool is_apart = !is_additive(op) || (!distributes && is_multiple);
  if (!is_apart || op == Op::constant) return false;
  return !is_multiple ||
         (term.coefficient != 0 && fits_with_sign(term.coefficient) && !is_constant_factor(g, term.base));
}

/// Reads a canonical sum: terms joined on one at a time in structural order, the constant last. For any other
/// expression false, and `sum` is of no use.
template <class G>
constexpr bool read_canonical(const G& g, Node n, LinearSum& sum) {
  Node rest = n;
  if (g.is_over_constant(n, Op::add)) {
    sum.constant = g.scalar(g.source_of_few(n, 1)).as_int();
    if (!fits_with_sign(sum.constant) || sum.constant == 0) return false;
    rest = g.source_of_few(n, 0);
  }
  std::uint64_t least_key = 0;
  while (rest != Node::none) {
    const ChainParts parts = parts_of_chain(g, Op::add, rest);
    rest = parts.rest;
    Term term{};
    if (!read_term(g, parts.last, sum.distributes, term)) return false;
    const std::uint64_t key = g.key(term.base);
    if (!sum.terms.empty() && key >= least_key) return false;
    if (!sum.terms.push_back(term)) return false;
    least_key = key;
  }
  for (std::size_t i = 0, k = sum.terms.size() - 1; i < k; ++i, --k) {
    const Term first = sum.terms[i];
    sum.terms[i] = sum.terms[k];
    sum.terms[k] = first;
  }
  return true;
}

/// sum += scale * other.
template <class G>
constexpr void add_scaled(const G& g, LinearSum& sum, const LinearSum& other, std::int64_t scale) {
  sum.fits = sum.fits && other.fits;
  for (const Term& term : other.terms)
    if (sum.fits) add_term(g, sum, term.base, int128{term.coefficient} * scale);
  if (sum.fits) sum.set_constant(sum.constant + int128{other.constant} * scale);
}

/// Sets `sum` to an index expression that is not canonical.
template <class G>
constexpr void read_apart(const G& g, Node n, LinearSum& sum) {
  sum = {};
  LinearSum second;
  if (g.op(n) == Op::add && read_canonical(g, g.source(n, 0), sum) && read_canonical(g, g.source(n, 1), second)) {
    add_scaled(g, sum, second, 1);
  } else {
    sum = {};
    add_expression(g, sum, n, 1);
  }
}

/// Sets `sum`, which is 0, to an index expression; true if the expression is the canonical one of that sum.
template <class G>
constexpr bool read_sum(const G& g, Node n, LinearSum& sum) {
  const bool is_canonical = read_canonical(g, n, sum);
  if (!is_canonical) read_apart(g, n, sum);
  return is_canonical;
}

/// The linear sum that an index expression is.
template <class G>
constexpr LinearSum linear_sum(const G& g, Node n) {
  LinearSum sum;
  read_sum(g, n, sum);
  return sum;
}

/// a - b.
template <class G>
constexpr LinearSum linear_difference(const G& g, Node a, Node b) {
  LinearSum sum = linear_sum(g, a);
  add_expression(g, sum, b, -1);
  return sum;
}

/// all + coefficient * base, in 64 bits; false where these may be too few.
template <class G>
constexpr bool add_small_bounds(G& g, Interval& all, Node base, std::int64_t coefficient) {
  const Interval known = interval_of(g, base);
  if (!bounds::is_small(known) || !bounds::is_small({coefficient, coefficient})) return false;
  const std::int64_t x = known.low * coefficient, y = known.high * coefficient;
  return !__builtin_add_overflow(all.low, x < y ? x : y, &all.low) &&
         !__builtin_add_overflow(all.high, x < y ? y : x, &all.high);
}

/// Bounds of constant + the sum of coefficient_of(term) * base, from those of the terms.
template <class G, class F>
constexpr bounds::WideInterval bounds_of(G& g, const LinearSum& sum, std::int64_t constant, F coefficient_of) {
  Interval small{constant, constant};
  const Term* term = sum.terms.begin();
  while (term != sum.terms.end() && add_small_bounds(g, small, term->base, coefficient_of(*term))) ++term;
  if (term == sum.terms.end()) return {small.low, small.high};
  bounds::WideInterval all{constant, constant};
  for (const Term& each : sum.terms) {
    const std::int64_t coefficient = coefficient_of(each);
    const bounds::WideInterval base = bounds::widen(DType::index, interval_of(g, each.base));
    const bounds::WideInterval part = bounds::multiply(base, {coefficient, coefficient});
    all = {bounds::clamp(all.low + part.low), bounds::clamp(all.high + part.high)};
  }
  return all;
}
template <class G>
constexpr bounds::WideInterval bounds_of(G& g, const LinearSum& sum) {
  return bounds_of(g, sum, sum.constant, [](const Term& term) { return term.coefficient; });
}
constexpr bool is_bounded(const bounds::WideInterval& interval) {
  return interval.low > -bounds::infinite && interval.high < bounds::infinite;
}

/// A term of a sum as an expression. Where multiples of sums of an index are terms, so is that by 1.
template <class G>
constexpr Node scaled(G& g, const LinearSum& sum, const Term& term) {
  const bool is_multiple = !sum.distributes && sum.dtype == DType::index && is_additive(g.op(term.base));
  if (term.coefficient == 1 && !is_multiple) return term.base;
  if (term.coefficient == -1 && sum.dtype != DType::index) return g.make(Op::neg, sum.dtype, {term.base});
  return g.make(Op::mul, sum.dtype, {term.base, g.constant(sum.dtype, term.coefficient)});
}

/// The sum as an expression: terms in structural order, the constant last; none if it does not fit.
template <class G>
constexpr Node expression(G& g, const LinearSum& sum) {
  if (!sum.fits) return Node::none;
  Node made = Node::none;
  const auto append = [&](Node part) { made = made == Node::none ? part : g.make(Op::add, sum.dtype, {made, part}); };
  for (const Term& term : sum.terms) append(scaled(g, sum, term));
  if (sum.constant != 0 || made == Node::none) append(g.constant(sum.dtype, sum.constant));
  return made;
}

/// The greatest common divisor of the coefficients; 0 where there are none.
constexpr std::int64_t common_factor(const LinearSum& sum) {
  std::int64_t d = 0;
  for (const Term& term : sum.terms)
    if (d != 1) d = greatest_common_divisor(d, term.coefficient);
  return d;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
