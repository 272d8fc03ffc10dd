// Matching by tables: one row after another, which is the plain meaning of a rule set, and by decision trees.
#pragma once

#include <whittle/match/bindings.hpp>
#include <whittle/match/lambda.hpp>
#include <whittle/match/start_table.hpp>
#include <whittle/match/step.hpp>

namespace whittle {
inline namespace v0 {

/// For rule sets whose lambdas take no context.
struct NoContext {};

/// What a node becomes, and the number of the rule that says so; `node` is the graph's none() without a match.
template <class G>
struct Match {
  node_of<G> node = graph_traits<G>::none();
  std::uint32_t rule = 0;
  constexpr bool found() const { return !(node == graph_traits<G>::none()); }
};

namespace detail {

/// Takes what a rule made of a node, if it is another node, to be its match.
template <class G, class Context>
constexpr bool accept(G& graph, Context& context, node_of<G> n, node_of<G> made, std::uint32_t rule, Match<G>& match) {
  if (made == graph_traits<G>::none() || made == n) return false;
  if constexpr (requires { context.conform(graph, made, n); }) {
    made = context.conform(graph, made, n);
    if (made == n) return false;
  }
  match = {made, rule};
  return true;
}

template <class G, class Context>
constexpr node_of<G> call_lambda_rule(const CompiledRule& rule, const Bindings<G>& bound, LambdaCall<G, Context> lambda,
                                      Context& context) {
  node_of<G> arguments[most_slots];
  for (std::uint8_t a = 0; a < rule.argument_count; ++a) arguments[a] = bound.slot(rule.arguments[a]);
  return lambda(bound.graph, context, arguments);
}

/// Replaces what a row has matched; false if every guard or the lambda declines.
template <class G, class Context>
constexpr bool replace_row(const TableView& table, const LambdaCall<G, Context>* lambdas, G& graph, const Row& row,
                           const node_of<G>* registers, Context& context, Match<G>& match) {
  const Bindings<G> bound{graph, registers, row.slots};
  const CompiledRule& rule = table.rules[row.rule];
  for (std::uint32_t i = 0; i < rule.replacement_count; ++i) {
    const CompiledReplacement& replacement = table.replacements[rule.first_replacement + i];
    if (!bound.hold(table, table.conditions + replacement.first_condition, replacement.condition_count)) continue;
    const node_of<G> made = rule.is_lambda
                                ? call_lambda_rule<G, Context>(rule, bound, lambdas[rule.lambda], context)
                                : bound.build(table.builds + replacement.first_build, replacement.build_count);
    if (accept(graph, context, registers[0], made, row.rule, match)) return true;
  }
  return false;
}

/// The node at a position, of which is known that it is there.
template <class G>
constexpr node_of<G> node_at_position(const TableView& table, const G& graph, node_of<G> n, std::uint8_t reg) {
  if (reg == 0) return n;
  const Position& place = table.positions[reg - std::size_t{first_position}];
  const node_of<G> parent = place.parent == 0 ? n : node_at_position(table, graph, n, place.parent);
  return graph_traits<G>::source(graph, parent, place.index);
}

/// Binds the names of a row that is known to match. What stands for a missing operand takes the row's steps.
template <class G>
constexpr bool bind_row(const TableView& table, G& graph, const Row& row, node_of<G>* registers) {
  if (row.has_default) return take_all(graph, table.steps + row.first_step, row.step_count, registers);
  const std::uint8_t* const end = row.slots + table.rules[row.rule].slot_count;
  for (const std::uint8_t* slot = row.slots; slot != end; ++slot)
    if (*slot != unbound) registers[*slot] = node_at_position(table, graph, registers[0], *slot);
  return true;
}

/// Replaces the row of a leaf that code has found, or else tries those after it.
template <class G, class Context>
constexpr Match<G> match_leaf(const TableView& table, const TreeView& tree, const LambdaCall<G, Context>* lambdas,
                              G& graph, node_of<G> n, Context& context, std::uint32_t leaf, std::uint32_t found) {
  Match<G> match;
  const TreeState& state = tree.states[leaf];
  node_of<G> registers[most_registers];
  registers[0] = n;
  for (std::uint32_t i = found; i < state.count; ++i) {
    const Row& row = table.rows[tree.residuals[tree.leaf_rows[state.first + i]].row];
    const bool is_bound = i == found ? bind_row(table, graph, row, registers)
                                     : take_all(graph, table.steps + row.first_step, row.step_count, registers);
    if (is_bound && replace_row<G, Context>(table, lambdas, graph, row, registers, context, match)) return match;
  }
  return match;
}

/// Tries the rows of the group of a node that `is_wanted(row)`, in textual order.
template <class G, class Context>
constexpr Match<G> match_rows(const TableView& table, const LambdaCall<G, Context>* lambdas, G& graph, node_of<G> n,
                              Context& context, const auto& is_wanted) {
  Match<G> match;
  const std::size_t group = table.groups.of(graph_traits<G>::op(graph, n));
  for (std::uint32_t i = table.groups.begin[group]; i < table.groups.begin[group + 1]; ++i) {
    const Row& row = table.rows[table.groups.members[i]];
    node_of<G> registers[most_registers];
    registers[0] = n;
    if (is_wanted(row) && take_all(graph, table.steps + row.first_step, row.step_count, registers) &&
        replace_row<G, Context>(table, lambdas, graph, row, registers, context, match))
      return match;
  }
  return match;
}

}  // namespace detail

/// Tries the rules of a compiled set on one node, in textual order; the first that does not decline wins. The
/// plain meaning of a rule set, without a tree.
template <class G, class Context = NoContext>
constexpr Match<G> match_linear(const TableView& table, const detail::LambdaCall<G, Context>* lambdas, G& graph,
                                node_of<G> n, Context& context) {
  return detail::match_rows<G, Context>(table, lambdas, graph, n, context, [](const Row&) { return true; });
}

/// What one rule alone makes of a node.
template <class G, class Context = NoContext>
constexpr Match<G> match_rule(const TableView& table, const detail::LambdaCall<G, Context>* lambdas, G& graph,
                              node_of<G> n, Context& context, std::size_t rule) {
  return detail::match_rows<G, Context>(table, lambdas, graph, n, context,
                                        [&](const Row& row) { return row.rule == rule; });
}

/// The same by decision trees, one for each group.
template <class G, class Context = NoContext>
constexpr Match<G> match_tree(const TableView& table, const TreeView* trees,
                              const detail::LambdaCall<G, Context>* lambdas, G& graph, node_of<G> n, Context& context) {
  using T = graph_traits<G>;
  Match<G> match;
  const std::size_t group = table.groups.of(T::op(graph, n));
  if (group == 0) return match;
  const TreeView& tree = trees[group];
  std::size_t start = dtype_count;
  if constexpr (detail::HasDType<G>) start = static_cast<std::size_t>(T::dtype(graph, n));
  start = tree.starts.entry[start];
  node_of<G> registers[most_registers];
  registers[0] = n;
  if (tree.loads > 0) {
    const node_of<G> source = registers[first_position] = detail::few_source<G>(graph, n, 0);
    start += tree.starts.row[start_op(detail::asked_op(graph, source))];
  }
  if (tree.loads > 1) {
    const node_of<G> source = registers[first_position + 1] = detail::few_source<G>(graph, n, 1);
    start += tree.starts.column[start_op(detail::asked_op(graph, source))];
  }
  if (tree.loads > 2) registers[first_position + 2] = detail::few_source<G>(graph, n, 2);
  const TreeState* state = tree.states + tree.starts.starts[start];
  while (state->asks != 0) {
    const node_of<G> asked = T::source(graph, registers[state->parent], state->index);
    registers[state->asks] = asked;
    const std::uint32_t edge = state->edge_of(detail::asked_op(graph, asked));
    state = tree.states + (edge != state->count ? tree.edges[state->first + edge].to : state->otherwise);
  }
  for (std::uint32_t i = 0; i < state->count; ++i) {
    const ResidualRow& residual = tree.residuals[tree.leaf_rows[state->first + i]];
    if (detail::take_all(graph, tree.steps + residual.first_step, residual.step_count, registers) &&
        detail::replace_row<G, Context>(table, lambdas, graph, table.rows[residual.row], registers, context, match))
      return match;
  }
  return match;
}

}  // namespace v0
}  // namespace whittle
