// Questions about expressions under a condition: what an index becomes, what a comparison is, which gate is needed.
#pragma once

#include <optional>
#include <source_location>

#include <whittle/ir/divisibility.hpp>
#include <whittle/simplify/simplify.hpp>

namespace whittle {
inline namespace v0 {

/// Where `simplify_under` stands, for those who report what it did.
inline constexpr std::source_location simplify_under_place = std::source_location::current();

/// `n` simplified where `condition` holds: equal to `n` at every point at which it is true. `n` is of any dtype,
/// `condition` a bool; where the condition never holds, the result is `n` simplified.
template <class Storage>
constexpr Node simplify_under(BasicGraph<Storage>& g, Node condition, Node n) {
  const Node premise = simplify(g, condition);
  const detail::Premises known = detail::premises_of(g, detail::clauses_of(g, premise));
  Node now = simplify(g, n);
  if (known.contradict || g.is_constant(premise)) return now;
  ConditionBudget budget{.most_nodes = ConditionBudget::unlimited};
  for (Node before = Node::none; before != now;) {
    before = now;
    now = simplify(g, detail::simplify_under(g, known, before, budget));
  }
  return now;
}

namespace detail {

/// Two index expressions that are never equal, since they leave different remainders: 4 x + 1 and 6 y.
template <class G>
constexpr bool are_incongruent(G& g, Node a, Node b) {
  return g.dtype(a) == DType::index && congruence_of(g, g.make(Op::sub, DType::index, {a, b})).residue != 0;
}

}  // namespace detail

/// Whether a condition is true at every point, false at every point, or, nullopt, neither is known.
template <class Storage>
constexpr std::optional<bool> resolve(BasicGraph<Storage>& g, Node condition) {
  const Node known = simplify(g, condition);
  if (g.is_constant(known)) return g.scalar(known).as_bool();
  const Op op = g.op(known);
  const bool compares = op == Op::equal || op == Op::not_equal;
  if (compares && detail::are_incongruent(g, g.source(known, 0), g.source(known, 1))) return op == Op::not_equal;
  return std::nullopt;
}
/// The same at every point at which `premise` holds.
template <class Storage>
constexpr std::optional<bool> resolve(BasicGraph<Storage>& g, Node condition, Node premise) {
  return resolve(g, simplify_under(g, premise, condition));
}

/// Whether an address has to be gated: false if `access`, a where(valid, index, invalid) or an index without a gate,
/// lies in a buffer of `size` elements wherever its variables are, so that at most the value read there is. `size` may
/// be a bounded variable.
template <class Storage>
constexpr bool needs_gate(BasicGraph<Storage>& g, Node access, Node size) {
  const Node simple = simplify(g, access);
  const bool is_gated = g.op(simple) == Op::where && g.op(g.source(simple, 2)) == Op::invalid;
  const Node index = is_gated ? g.source(simple, 1) : simple;
  const Node least = g.constant(DType::index, 0);
  const Node above = g.make(Op::less_equal, DType::boolean, {least, index});
  return resolve(g, above) != true || resolve(g, g.make(Op::less, DType::boolean, {index, size})) != true;
}

/// The same for handles of one graph.
template <class G>
constexpr BasicUOp<G> simplify_under(BasicUOp<G> condition, BasicUOp<G> x) {
  if (x.is_empty() || condition.graph != x.graph) return {};
  return {x.graph, simplify_under(*x.graph, condition.node, x.node)};
}
template <class G>
constexpr std::optional<bool> resolve(BasicUOp<G> condition) {
  return condition.is_empty() ? std::nullopt : resolve(*condition.graph, condition.node);
}

}  // namespace v0
}  // namespace whittle
