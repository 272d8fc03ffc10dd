// Replacing by code: a function for each expression rule, in which its guards and the steps of its right side are
// written out. What it makes is what the tables make.
#pragma once

#include <whittle/match/interpret.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The functions of a rule set for one graph type and context.
template <const auto& Set, class G, class Context>
struct ReplacementCode {
  using node = node_of<G>;
  static constexpr TableView table = table_of<Set, constants_last<G>()>;

  /// Null for lambda rules, which are left to the tables.
  template <std::size_t Rule>
  static constexpr ReplaceCall<G, Context> function() {
    if constexpr (table.rules[Rule].is_lambda)
      return nullptr;
    else
      return &replace<Rule>;
  }

 private:
  /// Its replacements from one on: the first whose guard holds and whose right side does not decline.
  template <std::size_t Rule, std::size_t First = 0>
  static constexpr bool replace(G& graph, Context& context, node* values, Normalizer<G>* normalizer, Match<G>& match) {
    constexpr const CompiledRule& rule = table.rules[Rule];
    if constexpr (First == rule.replacement_count) {
      return false;
    } else {
      constexpr const CompiledReplacement& chosen = table.replacements[rule.first_replacement + First];
      if (hold<chosen.first_condition, chosen.condition_count>(Bindings<G>{graph, values})) {
        RightSide<G> side{graph, values, normalizer};
        const node made = build<chosen.first_build, chosen.build_count>(side);
        if (accept(graph, context, values[0], made, side.has_rewritten, Rule, match)) return true;
      }
      return replace<Rule, First + 1>(graph, context, values, normalizer, match);
    }
  }

  // --- guards ---

  template <std::size_t First, std::size_t Count>
  WHITTLE_INLINE static constexpr bool hold(const Bindings<G>& bound) {
    if constexpr (Count == 0)
      return true;
    else
      return holds<First>(bound) && hold<First + 1, Count - 1>(bound);
  }
  template <std::size_t Number>
  WHITTLE_INLINE static constexpr bool holds(const Bindings<G>& bound) {
    constexpr const Condition& condition = table.conditions[Number];
    std::int64_t known = 0;
    if (number<condition.first, condition.size>(bound, known)) return known == 1;
    return bound.holds(table.builds + condition.first, condition);
  }
  /// An expression of so many steps over constants of 64 bits, which most guards are; false if it is none, or has no
  /// value there.
  template <std::size_t First, std::size_t Count>
  WHITTLE_INLINE static constexpr bool number(const Bindings<G>& bound, std::int64_t& known) {
    constexpr const BuildStep& last = table.builds[First + Count - 1];
    if constexpr (last.kind == BuildKind::slot) {
      const node of = bound.slot(last.slot);
      return is_constant_in(bound.graph, of) && integer_of(bound.graph, of, known);
    } else if constexpr (last.kind == BuildKind::integer) {
      known = static_cast<std::int64_t>(last.bits);
      return true;
    } else if constexpr (last.kind == BuildKind::operation && last.arity == 2) {
      constexpr std::size_t right = table.builds[First + Count - 2].size, left = Count - 1 - right;
      std::int64_t a = 0, b = 0;
      if (!number<First, left>(bound, a) || !number<First + left, right>(bound, b)) return false;
      if constexpr (is_comparison(last.op))
        return known = compares(last.op, a, b) ? 1 : 0, true;
      else
        return narrow_points(last.op, a, b, known);
    } else {
      return false;
    }
  }

  // --- right sides ---

  /// As RightSide::build.
  template <std::size_t First, std::size_t Count>
  WHITTLE_INLINE static constexpr node build(RightSide<G>& side) {
    constexpr const BuildStep& step = table.builds[First];
    node made = graph_traits<G>::none();
    if constexpr (step.kind == BuildKind::operation && step.arity == 2) {
      if (!side.folds_to_index(step, made)) made = side.operation_of_two(step);
    } else {
      made = side.take(step);
    }
    if constexpr (Count == 1) {
      return made;
    } else {
      if (!side.keep(step, made)) return made;
      return build<First + 1, Count - 1>(side);
    }
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
