// The matcher: a rule set compiled for a graph type.
#pragma once

#include <whittle/match/emit.hpp>

namespace whittle {
inline namespace v0 {

/// How a matcher finds the rule for a node. All give the same matches.
enum class Strategy : std::uint8_t {
  automatic,  ///< code, or tables for a set of more than `most_rows_as_code` rows
  code,       ///< the decision trees as functions: quick to run, slow to compile
  tables,     ///< the decision trees as data, walked by a small interpreter
  linear,     ///< row after row: the plain meaning of the set
};
inline constexpr std::size_t most_rows_as_code = 160;

/// A rule set compiled for a graph type. `Set` is an inline constexpr object of namespace scope.
template <const auto& Set, RewritableGraph G, class Context = NoContext, Strategy How = Strategy::automatic>
struct matcher {
  using graph_type = G;
  using context_type = Context;
  static constexpr std::size_t rule_count = std::remove_cvref_t<decltype(Set)>::rule_count;
  static constexpr TableView table = table_of<Set, detail::constants_last<G>()>;
  static constexpr Strategy strategy = How != Strategy::automatic             ? How
                                       : table.row_count <= most_rows_as_code ? Strategy::code
                                                                              : Strategy::tables;

  static constexpr auto lambdas =
      detail::lambda_calls<Set, G, Context>(typename std::remove_cvref_t<decltype(Set)>::functions{});

  static constexpr RuleSetView rules() { return RuleSetView(Set); }

  /// What the first matching rule makes of `n`; not found if none does.
  static constexpr Match<G> match(G& graph, node_of<G> n, Context& context) {
    using Code = detail::MatchCode<Set, G, Context>;
    if constexpr (strategy == Strategy::code)
      return Code::match(graph, n, context);
    else if constexpr (strategy == Strategy::tables)
      return match_tree<G, Context>(table, detail::trees_of<Set, Code::kind>.of_group, lambdas.of, graph, n, context);
    else
      return match_linear<G, Context>(table, lambdas.of, graph, n, context);
  }
};

/// True if the set compiles: names bound, variants and lengths within bounds. For use in static_assert.
template <const auto& Set>
constexpr bool well_formed() {
  return table_of<Set, true>.rule_count == RuleSetView(Set).rule_count;
}

}  // namespace v0
}  // namespace whittle
