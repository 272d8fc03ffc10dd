// Chains of an associative, commutative operator, in structural order.
#pragma once

#include <cstdint>

#include <whittle/core/fixed_vector.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/interval.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Longer chains are left as they are, but for sums of index expressions (long_sum.hpp): a chain of n operands costs
/// O(n) and not O(n^2).
inline constexpr std::size_t most_terms = 32;

template <class G>
constexpr bool is_constant_factor(const G& g, Node n) {
  return g.is_over_constant(n, Op::mul);
}
/// A term without its constant factor.
template <class G>
constexpr Node base_of(const G& g, Node n) {
  return is_constant_factor(g, n) ? g.source_of_few(n, 0) : n;
}

template <class G>
constexpr bool is_quotient_or_remainder(const G& g, Node term) {
  const Op op = g.op(base_of(g, term));
  return op == Op::floordiv || op == Op::floormod;
}

/// Structural order; of equal keys, which are equal expressions or a chance of 2^-57, by number.
template <class G>
constexpr bool comes_before(const G& g, Node a, Node b) {
  return g.key(a) != g.key(b) ? g.key(a) < g.key(b) : a < b;
}

/// What an operand of a chain is ordered by: terms of sums without their factors.
template <class G>
constexpr Node ordered_by(const G& g, Op op, Node operand) {
  return op == Op::add ? base_of(g, operand) : operand;
}

/// The last operand of a canonical chain of `op`, and what it was joined on to: none if there is one operand.
struct ChainParts {
  Node rest, last;
};
template <class G>
constexpr ChainParts parts_of_chain(const G& g, Op op, Node chain) {
  if (g.op(chain) != op) return {Node::none, chain};
  const Node a = g.source_of_few(chain, 0), b = g.source_of_few(chain, 1);
  if (g.op(a) == op) return {a, b};
  if (g.op(b) == op) return {b, a};
  return comes_before(g, ordered_by(g, op, a), ordered_by(g, op, b)) ? ChainParts{a, b} : ChainParts{b, a};
}

/// Whether a node of an associative operator, over canonical sources, is a canonical chain: one operand at a
/// time joined on, in structural order, a constant last.
template <class G>
constexpr bool is_chain_in_order(const G& g, Op op, Node n) {
  const Node a = g.source_of_few(n, 0), b = g.source_of_few(n, 1);
  if (g.is_constant(b)) return true;
  if (g.op(a) != op && g.op(b) != op) return ordered_by(g, op, a) != ordered_by(g, op, b);
  if (g.op(a) == op && g.op(b) == op) return false;
  const Node chain = g.op(a) == op ? a : b, term = g.op(a) == op ? b : a;
  if (g.is_constant(g.source_of_few(chain, 1))) return false;
  const Node last = ordered_by(g, op, parts_of_chain(g, op, chain).last), by = ordered_by(g, op, term);
  return last != by && comes_before(g, last, by);
}

/// Whether `n` is a chain of sums of no more than `most_terms` operands, a constant apart.
template <class G>
constexpr bool is_short_chain(const G& g, Node n) {
  if (g.is_over_constant(n, Op::add)) n = g.source_of_few(n, 0);
  for (std::size_t operands = 1; operands <= most_terms; ++operands) {
    if (g.op(n) != Op::add) return true;
    const Node a = g.source_of_few(n, 0), b = g.source_of_few(n, 1);
    if (g.op(a) == Op::add && g.op(b) == Op::add) return false;
    n = g.op(a) == Op::add ? a : b;
  }
  return false;
}

/// Whether a sum, over canonical sources, is a short chain in order. What a constant is added to is not asked: it is
/// canonical, and stays so.
template <class G>
constexpr bool is_short_chain_in_order(const G& g, Node n) {
  const Node a = g.source_of_few(n, 0), b = g.source_of_few(n, 1);
  const bool is_known_short = g.is_constant(b) || (g.op(a) != Op::add && g.op(b) != Op::add);
  return is_chain_in_order(g, Op::add, n) && (is_known_short || is_short_chain(g, n));
}

/// Whether the bounds of `after` lie within those of `before`: an order in which nothing wraps may have narrower ones.
template <class G>
constexpr bool keeps_bounds(G& g, Node before, Node after) {
  const Interval was = interval_of(g, before), is = interval_of(g, after);
  return was.low <= is.low && is.high <= was.high;
}

constexpr bool is_extreme(Op op) { return op == Op::min || op == Op::max; }
/// x op x is x.
constexpr bool is_idempotent(Op op) { return op == Op::bit_and || op == Op::bit_or || is_extreme(op); }

/// The operands of a chain in structural order, constants last; of an idempotent operator, each once. None if it is so
/// already.
template <class G>
constexpr Node canonical_chain(G& g, Node n) {
  const Op op = g.op(n);
  if (is_chain_in_order(g, op, n)) return Node::none;
  const auto precedes = [&g](Node a, Node b) {
    return g.is_constant(a) == g.is_constant(b) ? comes_before(g, a, b) : g.is_constant(b);
  };
  FixedVector<Node, most_terms> pending{n}, operands;
  while (!pending.empty()) {
    const Node top = pending.back();
    pending.pop_back();
    if (g.op(top) == op) {
      if (!pending.push_back(g.source(top, 1)) || !pending.push_back(g.source(top, 0))) return Node::none;
      continue;
    }
    std::size_t at = operands.size();
    while (at > 0 && operands[at - 1] != top && precedes(top, operands[at - 1])) --at;
    if (at > 0 && operands[at - 1] == top && is_idempotent(op)) continue;
    if (!operands.push_back(top)) return Node::none;
    for (std::size_t i = operands.size() - 1; i > at; --i) operands[i] = operands[i - 1];
    operands[at] = top;
  }
  Node made = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i) made = g.make(op, g.dtype(n), {made, operands[i]});
  // Bounds of extremes do not depend on the order.
  const bool has_its_bounds = is_extreme(op) || keeps_bounds(g, n, made);
  return made == n || !has_its_bounds ? Node::none : made;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
