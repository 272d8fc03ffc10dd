// Users' operators in terms of built-in ones, by their own rules.
#pragma once

#include <string>

#include <whittle/core/status.hpp>
#include <whittle/ir/expression.hpp>
#include <whittle/ir/shape.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/ir/user_operator.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/rewrite/rewrite.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// What an operator's rule made amiss; empty if nothing.
struct LoweringFault {
  std::string sentence;
};

/// A matcher of whatever operators the graph knows; the number of a rule is that of the operator.
struct OperatorMatcher {
  using graph_type = Graph;
  using context_type = LoweringFault;

  static Match<Graph> match(Graph& graph, Node n, LoweringFault& fault) {
    if (!is_user_op(graph.op(n)) || !fault.sentence.empty()) return {};
    const std::size_t at = operator_position(graph, graph.op(n));
    if (at == graph.operators().size() || graph.operators()[at]->lower == nullptr) return {};
    const Node made = graph.operators()[at]->lower(graph, n);
    return {made == Node::none ? made : fitted(graph, made, n, fault), static_cast<std::uint32_t>(at)};
  }

 private:
  /// A result of rank 0 stands for every element.
  static Node fitted(Graph& graph, Node made, Node n, LoweringFault& fault) {
    const Shape from = shape_of(graph, made), to = shape_of(graph, n);
    if (graph.dtype(made) != graph.dtype(n) || (!from.empty() && !(from == to))) {
      fault.sentence = op_text(graph, graph.op(n)) + " is lowered to " + std::string(name(graph.dtype(made))) + " " +
                       shape_text(graph, from) + ", expected " + std::string(name(graph.dtype(n))) + " " +
                       shape_text(graph, to);
      return n;
    }
    if (from.size() == to.size()) return made;
    Shape ones;
    while (ones.size() < to.size()) ones.push_back(graph.constant(DType::index, 1));
    return expand(graph, reshape(graph, made, ones), to);
  }
};

/// Why a user's operator is still there.
inline Status not_lowered(const Graph& graph, Node n) {
  const UserOperator* const known = find_operator(graph, graph.op(n));
  const std::string name = op_text(graph, graph.op(n));
  if (known == nullptr)
    return Status::failure(name + " (node " + number_text(number_of(n)) +
                           ") is a user's operator that the graph does not know: add_operator");
  if (known->lower == nullptr)
    return Status::failure(name +
                           " has no lowering: give its class a rule set `lower`, or add a pass that rewrites it");
  return Status::failure(name + ": no rule of its lowering fits " + expression(graph, n, 200) + " of dtype " +
                         std::string(v0::name(graph.dtype(n))));
}

inline Node first_user_node(const Graph& graph, Node root) {
  for (Node n : topological_order(graph, root))
    if (is_user_op(graph.op(n))) return n;
  return Node::none;
}

inline Status lowering_does_not_end(const Graph& graph, const RewriteResult<Graph>& result) {
  std::string names;
  for (std::uint32_t i = 0; i < result.recent_count; ++i)
    names += (i == 0 ? "" : ", ") + std::string(graph.operators()[result.recent[i]]->name);
  return Status::failure("lowering users' operators does not end; last lowered: " + names);
}

}  // namespace detail

/// Rewrites users' operators below `root` by their lowerings, until none is left. Fails, with `root` as it was, where
/// one is not known to the graph, has no lowering or none that fits, or where lowerings lead to one another for ever.
inline Status lower_operators(Graph& graph, Node& root) {
  if (detail::first_user_node(graph, root) == Node::none) return {};
  detail::LoweringFault fault;
  RewriteOptions options;
  options.budget = 1'000'000;
  const RewriteResult<Graph> result = rewrite<detail::OperatorMatcher>(graph, root, fault, options);
  if (!fault.sentence.empty()) return Status::failure(fault.sentence);
  if (!result.ok()) return detail::lowering_does_not_end(graph, result);
  if (const Node left = detail::first_user_node(graph, result.node); left != Node::none)
    return detail::not_lowered(graph, left);
  root = result.node;
  return {};
}

}  // namespace v0
}  // namespace whittle
