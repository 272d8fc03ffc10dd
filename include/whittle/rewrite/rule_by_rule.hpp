// Rewriting by tables, one rule after another: slower than a compiled matcher, with the same results. It knows which
// rule is being tried: for the time that each takes, and to name the one that threw.
#pragma once

#include <chrono>
#include <cstdint>

#include <whittle/rewrite/rewrite.hpp>

namespace whittle {
inline namespace v0 {

/// What a rule cost where its pattern matched: its guards, its lambda and building its right side.
struct RuleCost {
  std::uint64_t attempts = 0;
  double seconds = 0;
};

namespace detail {

inline constexpr std::uint32_t no_rule = 0xffffffffu;

/// The context of a RuleByRuleMatcher: the rules, and the context that their lambdas get.
template <class G, class Context>
struct RuleByRule {
  const TableView& table;
  const LambdaCall<G, Context>* lambdas;
  Context& inner;
  RuleCost* costs = nullptr;  ///< by rule
  bool records = true;
  std::uint32_t current = no_rule;  ///< the rule being tried

  void record(const RewriteStep<G>& step) {
    if constexpr (requires { inner.record(step); })
      if (records) inner.record(step);
  }
};

template <class G, class Context>
struct RuleByRuleMatcher {
  using graph_type = G;
  using context_type = RuleByRule<G, Context>;

  static Match<G> match(G& graph, node_of<G> n, context_type& context) {
    const TableView& table = context.table;
    const std::size_t group = table.groups.of(graph_traits<G>::op(graph, n));
    Match<G> match;
    for (std::uint32_t i = table.groups.begin[group]; i < table.groups.begin[group + 1] && !match.found(); ++i) {
      const Row& row = table.rows[table.groups.members[i]];
      node_of<G> registers[most_registers];
      registers[0] = n;
      if (!take_all(graph, table.steps + row.first_step, row.step_count, registers)) continue;
      context.current = row.rule;
      try_row(graph, row, registers, context, match);
      context.current = no_rule;
    }
    return match;
  }

 private:
  static void try_row(G& graph, const Row& row, const node_of<G>* registers, context_type& context, Match<G>& match) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = context.costs != nullptr ? Clock::now() : Clock::time_point{};
    replace_row<G, Context>(context.table, context.lambdas, graph, row, registers, context.inner, nullptr, match);
    if (context.costs == nullptr) return;
    RuleCost& cost = context.costs[row.rule];
    ++cost.attempts;
    cost.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
