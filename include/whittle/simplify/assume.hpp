// Questions about expressions under a condition: what an index becomes, what a comparison is, which gate is needed.
#pragma once

#include <optional>

#include <whittle/simplify/simplify.hpp>

namespace whittle {
inline namespace v0 {

/// `n` simplified where `condition` holds: equal to `n` at every point at which it is true. `n` is of any dtype,
/// `condition` a bool; where the condition never holds, the result is `n` simplified.
template <class Storage>
constexpr Node simplify_under(BasicGraph<Storage>& g, Node condition, Node n) {
  const Node premise = simplify(g, condition);
  const detail::Premises known = detail::premises_of(g, detail::clauses_of(g, premise));
  Node now = simplify(g, n);
  if (known.contradict || g.is_constant(premise)) return now;
  for (Node before = Node::none; before != now;) {
    before = now;
    now = simplify(g, detail::simplify_under(g, known, before));
  }
  return now;
}

/// Whether a condition is true at every point, false at every point, or, nullopt, neither is known.
template <class Storage>
constexpr std::optional<bool> resolve(BasicGraph<Storage>& g, Node condition) {
  const Node known = simplify(g, condition);
  return g.is_constant(known) ? std::optional(g.scalar(known).as_bool()) : std::nullopt;
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
