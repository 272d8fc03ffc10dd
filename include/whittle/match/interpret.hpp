// Matching by tables: one row after another, which is the plain meaning of a rule set, and by masks of rows.
#pragma once

#include <whittle/match/bindings.hpp>
#include <whittle/match/lambda.hpp>
#include <whittle/match/right_side.hpp>
#include <whittle/match/row_masks.hpp>
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

/// Replaces what a row of one rule has matched, as `replace` below does.
template <class G, class Context>
using ReplaceCall = bool (*)(G& graph, Context& context, node_of<G>* values, Normalizer<G>* normalizer,
                             Match<G>& match);

/// A row that a node matches, and what the names of its rule stand for; of a row with a default the row alone.
template <class G, class Context>
struct Found {
  static constexpr std::uint32_t no_row = static_cast<std::uint32_t>(-1);
  std::uint32_t row;
  std::uint32_t next;               ///< the next row that the node may match, or no_row
  ReplaceCall<G, Context> replace;  ///< null: by the tables
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
WHITTLE_INLINE constexpr bool replace(const TableView& table, const LambdaCall<G, Context>* lambdas, G& graph,
                                      std::uint32_t number, node_of<G>* values, Context& context,
                                      Normalizer<G>* normalizer, Match<G>& match) {
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

constexpr std::uint64_t all_if(bool condition) { return 0 - std::uint64_t{condition}; }

/// The classes of what is near a node, in the order of near_number; sets its registers.
template <class G>
WHITTLE_INLINE constexpr void look_near(const G& g, const NearClasses& near, node_of<G>* registers,
                                        std::uint8_t* classes) {
  for (std::uint8_t k = 0; k < 2; ++k) classes[k] = look_at(g, near, registers[0], k, registers[near_a + k]);
  for (std::uint8_t k = 0; k < 4; ++k)
    classes[2 + k] = look_at(g, near, registers[near_a + k / 2], k % 2, registers[near_below + k]);
}

/// The rows of a block that what is near the node leaves open.
template <class G>
WHITTLE_INLINE constexpr std::uint64_t open_rows(const auto& block, std::size_t dtype, const std::uint8_t* classes,
                                                 const node_of<G>* registers) {
  const auto is_open_by = [&](std::size_t pair) {
    return block.unless_same[pair] | all_if(registers[near_pairs[pair].first] == registers[near_pairs[pair].second]);
  };
  std::uint64_t rows = block.of_dtype[dtype] & is_open_by(0);
  for (std::size_t near = 0; near < near_count; ++near) rows &= block.of_class[near][classes[near]];
  if ((rows & block.wanting_same) == 0) return rows;
  for (std::size_t pair = 1; pair < near_pair_count; ++pair) rows &= is_open_by(pair);
  return rows;
}

/// Replaces what a row has matched whose rule is no more than a lambda.
template <class G, class Context>
WHITTLE_INLINE constexpr bool replace_by_lambda(const MaskedRow& member, const Row& row, LambdaCall<G, Context> lambda,
                                                G& graph, const node_of<G>* registers, Context& context,
                                                Match<G>& match) {
  node_of<G> arguments[MaskedRow::most_arguments];
  for (std::size_t k = 0; k < MaskedRow::most_arguments; ++k) arguments[k] = registers[member.arguments[k]];
  const node_of<G> made = lambda(graph, context, arguments);
  return accept(graph, context, registers[0], made, false, row.rule, match);
}

/// Tries the rows that masks have left open, a bit each.
template <class G, class Context>
WHITTLE_INLINE constexpr Match<G> match_masked(const TableView& table, const auto& group, const MaskedRow* members,
                                               std::uint64_t rows, const LambdaCall<G, Context>* lambdas, G& graph,
                                               node_of<G>* registers, Context& context, Normalizer<G>* normalizer,
                                               std::uint32_t first_row) {
  Match<G> match;
  if (group.has_third) registers[near_b + 1] = few_source<G>(graph, registers[0], 2);
  for (; rows != 0; rows &= rows - 1) {
    const MaskedRow& member = members[std::countr_zero(rows)];
    const ResidualRow& residual = member.residual;
    if (residual.row < first_row || !take_all(graph, group.steps + residual.first_step, residual.step_count, registers))
      continue;
    const Row& row = table.rows[residual.row];
    if (member.lambda != MaskedRow::no_lambda
            ? replace_by_lambda<G, Context>(member, row, lambdas[member.lambda], graph, registers, context, match)
            : replace_row<G, Context>(table, lambdas, graph, row, registers, context, normalizer, match))
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

/// The same by masks of rows. Rows before `first_row` are passed over.
template <class G, class Context = NoContext, class Masks>
WHITTLE_INLINE constexpr Match<G>
match_masks(const TableView& table, const Masks& masks, const detail::LambdaCall<G, Context>* lambdas, G& graph,
            node_of<G> n, Context& context, detail::Normalizer<G>* normalizer = nullptr, std::uint32_t first_row = 0) {
  using namespace detail;
  using T = graph_traits<G>;
  const auto& group = masks.of_group[table.groups.of(T::op(graph, n))];
  if (group.block_count == 0) return {};
  std::size_t dtype = dtype_count;
  if constexpr (HasDType<G>) dtype = static_cast<std::size_t>(T::dtype(graph, n));
  node_of<G> registers[most_registers];
  registers[0] = n;
  std::uint8_t classes[near_count];
  look_near(graph, *masks.near, registers, classes);
  for (std::size_t k = 0; k < group.block_count; ++k) {
    const std::uint64_t rows = open_rows<G>(group.blocks[k], dtype, classes, registers);
    if (rows == 0) continue;
    const Match<G> match = match_masked<G, Context>(table, group, group.rows + 64 * k, rows, lambdas, graph, registers,
                                                    context, normalizer, first_row);
    if (match.found()) return match;
  }
  return {};
}

namespace detail {

/// The rows from one on, if there is one. Apart, since code seldom needs it.
template <class G, class Context, class Masks>
[[gnu::noinline]] constexpr Match<G> match_from(const TableView& table, const Masks& masks,
                                                const LambdaCall<G, Context>* lambdas, G& graph, node_of<G> n,
                                                Context& context, Normalizer<G>* normalizer, std::uint32_t first_row) {
  if (first_row == Found<G, Context>::no_row) return {};
  return match_masks<G, Context>(table, masks, lambdas, graph, n, context, normalizer, first_row);
}

/// Replaces the row that code has found, or else tries those after it. Apart, so that attempts which find none save no
/// registers.
template <class G, class Context, class Masks>
[[gnu::noinline]] constexpr Match<G>
match_found(const TableView& table, const Masks& masks, const LambdaCall<G, Context>* lambdas, G& graph, node_of<G> n,
            Context& context, Normalizer<G>* normalizer, Found<G, Context>& found) {
  const Row& row = table.rows[found.row];
  if (!row.has_default) {
    Match<G> match;
    found.values[0] = n;
    if (replace<G, Context>(table, lambdas, graph, row.rule, found.values, context, normalizer, match)) return match;
  }
  const std::uint32_t from = row.has_default ? found.row : found.next;
  return match_from<G, Context>(table, masks, lambdas, graph, n, context, normalizer, from);
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
