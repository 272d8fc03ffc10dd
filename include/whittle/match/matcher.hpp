// The matcher: a rule set compiled for a graph type.
#pragma once

#include <whittle/match/check.hpp>
#include <whittle/match/emit.hpp>

namespace whittle {
inline namespace v0 {

/// How a matcher finds the rule for a node. All give the same matches.
enum class Strategy : std::uint8_t {
  automatic,  ///< code, or tables for a set of more than `most_rows_as_code` rows and where nothing is optimised
  code,       ///< the decision trees and the rules as functions: quick to run, slow to compile
  tables,     ///< the decision trees as data, walked by a small interpreter
  linear,     ///< row after row: the plain meaning of the set
};
/// Unoptimised, code is a quarter quicker than tables, which does not make up for what it takes the compiler. A program
/// of which only some files are optimised uses one of both, with the same matches.
#ifdef __OPTIMIZE__
constexpr std::size_t most_rows_as_code = 160;
#else
constexpr std::size_t most_rows_as_code = 0;
#endif

namespace detail::checks {
/// Stands apart, so that the first line of an error has what it is about.
template <class What>
constexpr bool expect_none() {
  static_assert(is_none<What>, "a rule set is at fault");
  return is_none<What>;
}

template <const auto& Set>
constexpr auto well_formed_fault() {
  if constexpr (basic_fault<Set>.found())
    return fault_type<basic_fault<Set>, Set, Set>();
  else
    return fault_type<order_fault<Set>, Set, Set>();
}
template <const auto& Set>
using WellFormedFault = decltype(well_formed_fault<Set>());
}  // namespace detail::checks

/// A rule set compiled for a graph type. `Set` is an inline constexpr object of namespace scope. Whether it `IsSound`
/// is asked where the matcher is named, so that an error leads there and not through what uses it.
template <const auto& Set, RewritableGraph G, class Context = NoContext, Strategy How = Strategy::automatic,
          bool IsSound = detail::checks::expect_none<detail::checks::FaultType<basic_fault<Set>, Set>>()>
struct matcher {
  using graph_type = G;
  using context_type = Context;
  static constexpr std::size_t rule_count = std::remove_cvref_t<decltype(Set)>::rule_count;
  static constexpr TableView table = table_of<Set, detail::constants_last<G>()>;
  static constexpr Strategy strategy = How != Strategy::automatic             ? How
                                       : table.row_count <= most_rows_as_code ? Strategy::code
                                                                              : Strategy::tables;

  static constexpr const auto& lambdas = detail::lambdas_of<Set, G, Context>;

  static constexpr RuleSetView rules() { return RuleSetView(Set); }

  /// What the first matching rule makes of `n`; not found if none does. A normalizer is asked for the normal form of
  /// what a right side makes within itself.
  static constexpr Match<G> match(G& graph, node_of<G> n, Context& context,
                                  detail::Normalizer<G>* normalizer = nullptr) {
    using Code = detail::MatchCode<Set, G, Context, How == Strategy::code>;
    if constexpr (strategy == Strategy::code)
      return Code::match(graph, n, context, normalizer);
    else if constexpr (strategy == Strategy::tables)
      return match_masks<G, Context>(table, detail::masks_of<Set, Code::kind>, lambdas.of, graph, n, context,
                                     normalizer);
    else
      return match_linear<G, Context>(table, lambdas.of, graph, n, context, normalizer);
  }
};

/// True if the set compiles, its rules' sides agree in dtype and each of them can fire; else an error that names the
/// rule and the cause. For use in static_assert.
template <const auto& Set, class What = detail::checks::WellFormedFault<Set>>
constexpr bool well_formed() {
  static_assert(detail::checks::is_none<What>, "a rule set is at fault");
  if constexpr (detail::checks::is_none<What>)
    return table_of<Set, true>.rule_count == RuleSetView(Set).rule_count;
  else
    return true;
}

}  // namespace v0
}  // namespace whittle
