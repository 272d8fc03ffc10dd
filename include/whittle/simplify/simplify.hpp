// All built-in rules together, and simplify().
#pragma once

#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/rewrite/rewrite.hpp>
#include <whittle/simplify/algebra.hpp>
#include <whittle/simplify/boolean.hpp>
#include <whittle/simplify/casts.hpp>
#include <whittle/simplify/comparison.hpp>
#include <whittle/simplify/constants_outward.hpp>
#include <whittle/simplify/divmod.hpp>
#include <whittle/simplify/floats.hpp>
#include <whittle/simplify/fold.hpp>
#include <whittle/simplify/invalid.hpp>
#include <whittle/simplify/min_max.hpp>
#include <whittle/simplify/select.hpp>
#include <whittle/simplify/sum_order.hpp>
#include <whittle/simplify/validity.hpp>

namespace whittle {
inline namespace v0 {

/// Rules for integers: the index type and fixed widths.
inline constexpr auto integer_rules =
    concatenate("integers", builtin::constants_outward, builtin::algebra, builtin::index_algebra, builtin::index_sums,
                builtin::wrapping_algebra, builtin::bitwise, builtin::divmod, builtin::comparison,
                builtin::index_comparison, builtin::decided_index_min_max, builtin::decided_min_max, builtin::min_max,
                builtin::index_min_max, builtin::select_arithmetic, builtin::single_values);

/// Rules for truth values and for choices between values of any dtype.
inline constexpr auto boolean_rules = concatenate("booleans", builtin::logic, builtin::reassociation, builtin::negation,
                                                  builtin::select, builtin::validity);

/// Rules for floats.
inline constexpr auto float_rules = builtin::floats;

/// All built-in rules. Invalid comes first: what is poisoned must not be simplified away.
inline constexpr auto simplify_rules = concatenate("simplify", builtin::invalid_values, builtin::folding,
                                                   builtin::casts, float_rules, integer_rules, boolean_rules);

/// What is done before all others, by itself: sums of an index in one order, their quotients and remainders left as
/// they are. What two of these become depends on which others they have met, so all sums are put in order first: then
/// how they were written does not matter.
inline constexpr auto sum_order_rules = concatenate("order of sums", builtin::invalid_values, builtin::folding,
                                                    builtin::constants_outward, builtin::sum_order);

/// The built-in sets, one by one: that of the first pass, then those of the second in the order in which they are
/// tried.
inline constexpr RuleSetView simplify_sets[] = {
    builtin::sum_order,
    builtin::invalid_values,
    builtin::folding,
    builtin::casts,
    builtin::floats,
    builtin::constants_outward,
    builtin::algebra,
    builtin::index_algebra,
    builtin::index_sums,
    builtin::wrapping_algebra,
    builtin::bitwise,
    builtin::divmod,
    builtin::comparison,
    builtin::index_comparison,
    builtin::decided_index_min_max,
    builtin::decided_min_max,
    builtin::min_max,
    builtin::index_min_max,
    builtin::select_arithmetic,
    builtin::single_values,
    builtin::logic,
    builtin::reassociation,
    builtin::negation,
    builtin::select,
    builtin::validity,
};

namespace detail {
constexpr std::size_t rules_of_simplify_sets() {
  std::size_t count = 0;
  for (const RuleSetView& set : simplify_sets) count += set.rule_count;
  return count;
}
static_assert(rules_of_simplify_sets() == builtin::sum_order.rule_count + simplify_rules.rule_count,
              "simplify_sets lacks a set, or has one too many");

/// What the passes make of an expression: its sums in order, and then all rules. Where the budget for what stands under
/// conditions is spent, these start `again` with small branches alone, so that it does not matter which were met first.
constexpr Node simplify_in_passes(Node n, ConditionBudget& budget, const auto& order, const auto& simplify,
                                  const auto& again) {
  const Node ordered = order(n);
  budget = ConditionBudget::of_expression();
  const Node simple = simplify(ordered);
  if (!budget.is_spent) return simple;
  budget = ConditionBudget::of_small_branches();
  return again(ordered);
}
}  // namespace detail

/// The built-in rules on one graph, until none matches. It remembers what it has done: expressions that share parts
/// cost what their distinct parts cost.
template <class G>
class Simplifier {
 public:
  explicit constexpr Simplifier(G& g) : g_(g), order_(g, no_context_), rewriter_(g, budget_) {}
  Simplifier(const Simplifier&) = delete;
  Simplifier& operator=(const Simplifier&) = delete;

  constexpr Node operator()(Node n) {
    return detail::simplify_in_passes(
        n, budget_, [this](Node given) { return order_(given).node; },
        [this](Node ordered) { return rewriter_(ordered).node; },
        [this](Node ordered) { return Rules(g_, budget_)(ordered).node; });
  }
  /// Of the empty handle the empty one.
  constexpr BasicUOp<G> operator()(BasicUOp<G> x) { return x.is_empty() ? x : BasicUOp<G>{x.graph, (*this)(x.node)}; }

 private:
  using Rules = Rewriter<matcher<simplify_rules, G, ConditionBudget>>;

  G& g_;
  NoContext no_context_;
  ConditionBudget budget_;
  Rewriter<matcher<sum_order_rules, G>> order_;
  Rules rewriter_;
};

/// `n` rewritten by the built-in rules until none matches. For many expressions of one graph: Simplifier.
template <class Storage>
constexpr Node simplify(BasicGraph<Storage>& g, Node n) {
  return Simplifier<BasicGraph<Storage>>(g)(n);
}
/// The same for a handle, in its own graph; of the empty handle the empty one.
template <class G>
constexpr BasicUOp<G> simplify(BasicUOp<G> x) {
  return x.is_empty() ? x : BasicUOp<G>{x.graph, simplify(*x.graph, x.node)};
}

namespace detail {
template <class G>
class NestedSimplifier {
 public:
  constexpr NestedSimplifier(G& g, std::span<const Node> kept) : rewriter_(g, context_) {
    for (Node known : kept) rewriter_.keep(known);
  }
  constexpr Node operator()(Node n) { return rewriter_(n).node; }

 private:
  NestedSimplification context_;
  Rewriter<matcher<simplify_rules, G, NestedSimplification>, false> rewriter_;
};
}  // namespace detail

}  // namespace v0
}  // namespace whittle
