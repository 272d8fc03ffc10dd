// Matching by tables: one row after another, which is the plain meaning of a rule set, and by decision trees.
#pragma once

#include <whittle/match/bindings.hpp>
#include <whittle/match/lambda.hpp>
#include <whittle/match/right_side.hpp>
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

/// Takes what a rule made of a node to be its match, if it is another node or (`leads_back`) was one before what is
/// within it had been rewritten.
template <class G, class Context>
constexpr bool accept(G& graph, Context& context, node_of<G> n, node_of<G> made, bool leads_back, std::uint32_t rule,
                      Match<G>& match) {
  if (made == graph_traits<G>::none() || (made == n && !leads_back)) return false;
  if constexpr (requires { context.conform(graph, made, n); }) {
    made = context.conform(graph, made, n);
    if (made == n && !leads_back) return false;
  }
  match = {made, rule};
  return true;
}

/// A row that a node matches, and what the names of its rule stand for; of a row with a default the row alone.
template <class G>
struct Found {
  std::uint32_t row;
  node_of<G> values[most_values];
};

template <class G, class Context>
constexpr node_of<G> call_lambda_rule(const CompiledRule& rule, const Bindings<G>& bound, LambdaCall<G, Context> lambda,
                                      Context& context) {
  node_of<G> arguments[most_slots];
  for (std::uint8_t a = 0; a < rule.argument_count; ++a) arguments[a] = bound.slot(rule.arguments[a]);
  return lambda(bound.graph, context, arguments);
}

/// The registers that the names of a row are in, as values.
template <class G>
constexpr void bind(const TableView& table, const Row& row, const node_of<G>* registers, node_of<G>* values) {
  values[0] = registers[0];
  const std::uint32_t count = table.rules[row.rule].slot_count;
  for (std::uint32_t k = 0; k < count; ++k)
    if (row.slots[k] != unbound) values[first_slot_value + k] = registers[row.slots[k]];
}

/// Replaces what a row has matched: `values` are the node and what the rule's names stand for, and room for what is
/// built. False if every guard or the lambda declines.
template <class G, class Context>
constexpr bool replace(const TableView& table, const LambdaCall<G, Context>* lambdas, G& graph, std::uint32_t number,
                       node_of<G>* values, Context& context, Normalizer<G>* normalizer, Match<G>& match) {
  const Bindings<G> bound{graph, values};
  const CompiledRule& rule = table.rules[number];
  for (std::uint32_t i = rule.first_replacement; i < rule.first_replacement + rule.replacement_count; ++i) {
    const CompiledReplacement& replacement = table.replacements[i];
    if (replacement.condition_count > 0 && !bound.hold(table, replacement)) continue;
    RightSide<G> side{graph, values, normalizer};
    const node_of<G> made = rule.is_lambda
                                ? call_lambda_rule<G, Context>(rule, bound, lambdas[rule.lambda], context)
                                : side.build(table.builds + replacement.first_build, replacement.build_count);
    if (accept(graph, context, values[0], made, side.has_rewritten, number, match)) return true;
  }
  return false;
}
template <class G, class Context>
constexpr bool replace_row(const TableView& table, const LambdaCall<G, Context>* lambdas, G& graph, const Row& row,
                           const node_of<G>* registers, Context& context, Normalizer<G>* normalizer, Match<G>& match) {
  node_of<G> values[most_values];
  bind<G>(table, row, registers, values);
  return replace<G, Context>(table, lambdas, graph, row.rule, values, context, normalizer, match);
}

/// Tries the rows of the group of a node that `is_wanted(row)`, in textual order.
template <class G, class Context>
constexpr Match<G> match_rows(const TableView& table, const LambdaCall<G, Context>* lambdas, G& graph, node_of<G> n,
                              Context& context, Normalizer<G>* normalizer, const auto& is_wanted) {
  Match<G> match;
  const std::size_t group = table.groups.of(graph_traits<G>::op(graph, n));
  for (std::uint32_t i = table.groups.begin[group]; i < table.groups.begin[group + 1]; ++i) {
    const Row& row = table.rows[table.groups.members[i]];
    node_of<G> registers[most_registers];
    registers[0] = n;
    if (is_wanted(row) && take_all(graph, table.steps + row.first_step, row.step_count, registers) &&
        replace_row<G, Context>(table, lambdas, graph, row, registers, context, normalizer, match))
      return match;
  }
  return match;
}

}  // namespace detail

/// Tries the rules of a compiled set on one node, in textual order; the first that does not decline wins. The
/// plain meaning of a rule set, without a tree.
template <class G, class Context = NoContext>
constexpr Match<G> match_linear(const TableView& table, const detail::LambdaCall<G, Context>* lambdas, G& graph,
                                node_of<G> n, Context& context, detail::Normalizer<G>* normalizer = nullptr) {
  return detail::match_rows<G, Context>(table, lambdas, graph, n, context, normalizer, [](const Row&) { return true; });
}

/// What one rule alone makes of a node.
template <class G, class Context = NoContext>
constexpr Match<G> match_rule(const TableView& table, const detail::LambdaCall<G, Context>* lambdas, G& graph,
                              node_of<G> n, Context& context, std::size_t rule) {
  return detail::match_rows<G, Context>(table, lambdas, graph, n, context, nullptr,
                                        [&](const Row& row) { return row.rule == rule; });
}

/// The same by decision trees, one for each group. Rows before `first_row` are passed over.
template <class G, class Context = NoContext>
constexpr Match<G> match_tree(const TableView& table, const TreeView* trees,
                              const detail::LambdaCall<G, Context>* lambdas, G& graph, node_of<G> n, Context& context,
                              detail::Normalizer<G>* normalizer = nullptr, std::uint32_t first_row = 0) {
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
    if (residual.row >= first_row &&
        detail::take_all(graph, tree.steps + residual.first_step, residual.step_count, registers) &&
        detail::replace_row<G, Context>(table, lambdas, graph, table.rows[residual.row], registers, context, normalizer,
                                        match))
      return match;
  }
  return match;
}

namespace detail {

/// Replaces the row that code has found, or else tries those after it.
template <class G, class Context>
constexpr Match<G> match_found(const TableView& table, const TreeView* trees, const LambdaCall<G, Context>* lambdas,
                               G& graph, node_of<G> n, Context& context, Normalizer<G>* normalizer, Found<G>& found) {
  const Row& row = table.rows[found.row];
  if (!row.has_default) {
    Match<G> match;
    found.values[0] = n;
    if (replace<G, Context>(table, lambdas, graph, row.rule, found.values, context, normalizer, match)) return match;
  }
  const std::uint32_t first = row.has_default ? found.row : found.row + 1;
  return match_tree<G, Context>(table, trees, lambdas, graph, n, context, normalizer, first);
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
