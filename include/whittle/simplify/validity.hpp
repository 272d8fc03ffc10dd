// Expressions under a condition: a gated index where its gate is open, a clause where the others hold.
#pragma once

#include <algorithm>

#include <whittle/ir/walk.hpp>
#include <whittle/rewrite/substitute.hpp>
#include <whittle/simplify/cost.hpp>
#include <whittle/simplify/names.hpp>
#include <whittle/simplify/premises.hpp>

namespace whittle {
inline namespace v0 {

/// How much may be simplified under conditions: a context, or a base of one, of a pass with the built-in rules. Choices
/// that are nested cost no more than their size because of `most_nodes`, and many choices of one large value because of
/// `left`. Without such a context each branch has one of its own.
struct ConditionBudget {
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max(), few_nodes = 8;
  std::size_t most_nodes = 128;  ///< of an expression; larger ones are left as they are
  std::size_t left = unlimited;  ///< nodes of expressions of more than `few_nodes`, as often as these are tried
  bool is_spent = false;         ///< something was left as it is because of `left`

  /// For one expression: a quarter of a second.
  static constexpr ConditionBudget of_expression() { return {.left = std::size_t{1} << 14}; }
  /// For another try where that was spent: which of many large branches came first must not matter, so none of them is
  /// simplified.
  static constexpr ConditionBudget of_small_branches() { return {.most_nodes = few_nodes}; }

  /// Whether an expression of so many nodes may be simplified once more.
  constexpr bool spend(std::size_t nodes) {
    if (nodes <= few_nodes) return true;
    is_spent = is_spent || nodes > left;
    if (is_spent) return false;
    left -= left == unlimited ? 0 : nodes;
    return true;
  }
};

namespace detail {

/// The context of a simplification within a simplification: there, conditions are not looked at again.
struct NestedSimplification {};

/// Simplifies without validity rules, at a cost that does not depend on the size of the graph. What is `kept` is left
/// as it is: no rule matches it (simplify.hpp).
template <class G>
class NestedSimplifier;

template <class G>
using Substitutes = FixedVector<Replacing<G>, 2 * most_clauses>;

/// Substitutes in what is computed without memory: a load's address must stay what it is, since the load
/// happens whether the condition holds or not. Below nodes that are older than all that is replaced there is nothing.
template <class G>
constexpr Node substitute_elementwise(G& g, Node n, const Substitutes<G>& replacements) {
  std::uint32_t oldest = std::numeric_limits<std::uint32_t>::max();
  for (const Replacing<G>& each : replacements) oldest = std::min(oldest, number_of(each.from));
  return substitute<G>(g, n, replacements, [&](Node m) { return number_of(m) > oldest && is_elementwise(g.op(m)); });
}

inline constexpr std::string_view stand_in_names[most_clauses + 1] = {"#0", "#1", "#2", "#3",  "#4",  "#5", "#6",
                                                                      "#7", "#8", "#9", "#10", "#11", "#12"};

/// Whether tighter bounds of an operator's sources can make it simpler.
constexpr bool depends_on_bounds(Op op) {
  return op == Op::floordiv || op == Op::floormod || is_comparison(op) || is_extreme(op);
}

/// Visits what is computed without memory below the nodes in `found`, and what that starts from; false if there are
/// more than `most`.
template <class G>
constexpr bool visit_elementwise(G& g, std::vector<Node>& found,
                                 std::size_t most = std::numeric_limits<std::size_t>::max()) {
  return visit_below(g, found, [&](Node n) { return is_elementwise(g.op(n)); }, most);
}

/// Begins a walk at the sources of those nodes for which `counts(node)`.
template <class G, class Counts>
constexpr std::vector<Node> visited_sources(G& g, const std::vector<Node>& nodes, Counts counts) {
  std::vector<Node> found;
  found.reserve(64);
  g.begin_walk();
  for (Node n : nodes)
    for (Node source : counts(n) ? g.sources(n) : std::span<const Node>())
      if (g.visit(source)) found.push_back(source);
  return found;
}

/// What the premises can change of an expression.
struct Sensitivity {
  bool is_replaced = false;    ///< a clause, or a term that has bounds of its own, occurs in it
  bool has_condition = false;  ///< then also something that could be one of the clauses
  /// Of each bounded sum: which of its terms, by bits, are below operators that depend on bounds.
  FixedVector<std::uint32_t, most_clauses> below;
};

/// Bit k: term k, of the first 32, is visited.
template <class G>
constexpr std::uint32_t visited_terms(const G& g, const LinearSum& sum) {
  std::uint32_t bits = 0;
  for (std::size_t k = 0; k < sum.terms.size(); ++k)
    if (g.is_visited(sum.terms[k].base)) bits |= std::uint32_t{1} << k;
  return bits;
}

/// What of the premises is visited.
template <class G>
constexpr void note_visited(const G& g, const Premises& known, Sensitivity& sensitive) {
  bool& replaced = sensitive.is_replaced;
  for (Node clause : known.clauses) replaced = replaced || g.is_visited(clause);
  for (std::size_t i = 0; i < known.bounds.size(); ++i) {
    sensitive.below[i] = visited_terms(g, known.bounds[i].sum);
    replaced = replaced || (sensitive.below[i] != 0 && known.bounds[i].sum.terms.size() == 1);
  }
}

/// None of an expression of more than `most` nodes.
template <class G>
constexpr Sensitivity sensitivity_of(G& g, const Premises& known, Node root, std::size_t most) {
  Sensitivity none;
  for (std::size_t i = 0; i < known.bounds.size(); ++i) none.below.push_back(0);
  const auto depends = [&](Node n) { return depends_on_bounds(g.op(n)); };
  std::vector<Node> top = first_visited(g, root), below;  // down to what depends on bounds, and from there on
  if (!visit_below(g, top, [&](Node n) { return is_elementwise(g.op(n)) && !depends(n); }, most)) return none;
  Sensitivity result = none;
  note_visited(g, known, result);
  below = visited_sources(g, top, depends);
  if (!visit_elementwise(g, below, most)) return none;
  note_visited(g, known, result);
  std::size_t count = below.size();
  for (Node n : top) count += g.is_visited(n) ? 0 : 1;
  if (count > most) return none;
  if (!result.is_replaced) return result;
  for (const std::vector<Node>* part : {&top, &below})
    for (Node n : *part) result.has_condition = result.has_condition || g.dtype(n) == DType::boolean;
  return result;
}

/// Stand-ins: variables with the bounds that a condition gives, or the one number that these leave, and what they stand
/// for.
template <class G>
struct StandIns {
  Substitutes<G> forward, back;

  constexpr Node make(G& g, const BoundedSum& bounded) {
    if (bounded.low == bounded.high) return g.constant(DType::index, static_cast<std::int64_t>(bounded.low));
    const Node fresh = g.variable(stand_in_names[back.size()], static_cast<std::int64_t>(bounded.low),
                                  static_cast<std::int64_t>(bounded.high));
    back.push_back({fresh, expression(g, bounded.sum)});
    return fresh;
  }
};

template <class G>
constexpr bool narrows(G& g, const BoundedSum& bounded) {
  const bounds::WideInterval all = bounds_of(g, bounded.sum);
  return (bounded.low > all.low || bounded.high < all.high) && fits_int64(bounded.low) && fits_int64(bounded.high);
}

constexpr bool has_term(const LinearSum& sum, Node base) {
  for (const Term& term : sum.terms)
    if (term.base == base) return true;
  return false;
}

/// Which bounded expressions of one term are replaced.
enum class Replaced : std::uint8_t { all, leaves };

/// Stand-ins for bounded expressions of one term, other than the terms of `except`; clauses stand for true.
template <class G>
constexpr StandIns<G> single_stand_ins(G& g, const Premises& known, const LinearSum& except = {},
                                       Replaced replaced = Replaced::all) {
  StandIns<G> made;
  for (Node clause : known.clauses) made.forward.push_back({clause, truth(g, true)});
  for (const BoundedSum& bounded : known.bounds) {
    const Node base = bounded.sum.terms[0].base;
    if (bounded.sum.terms.size() != 1 || has_term(except, base) || !narrows(g, bounded)) continue;
    if (replaced == Replaced::all || !is_elementwise(g.op(base))) made.forward.push_back({base, made.make(g, bounded)});
  }
  return made;
}

/// Whether of the bounded expressions of one term some are leaves, and may be hidden in others.
template <class G>
constexpr bool hides_leaves(const G& g, const Premises& known) {
  bool leaf = false, other = false;
  for (const BoundedSum& bounded : known.bounds)
    if (bounded.sum.terms.size() == 1) (is_elementwise(g.op(bounded.sum.terms[0].base)) ? other : leaf) = true;
  return leaf && other;
}

/// `n`, which no rule matches, with the stand-ins in it, simplified, and without them again; `n` itself if that costs
/// no less, or more than is left.
template <class G>
constexpr Node simplify_with(G& g, Node n, const StandIns<G>& stand_ins, ConditionBudget& budget) {
  const Node replaced = substitute_elementwise<G>(g, n, stand_ins.forward);
  if (replaced == n) return n;
  std::vector<Node> below = first_visited(g, n);
  visit_elementwise(g, below);
  if (!budget.spend(below.size())) return n;
  NestedSimplifier<G> simplify_nested(g, below);
  const Node simplified = simplify_nested(replaced);
  const Node restored = substitute_elementwise<G>(g, simplified, stand_ins.back);
  if (restored == n) return n;
  const Node back = simplify_nested(restored);
  return back != n && cost_of(g, back) < cost_of(g, n) ? back : n;
}

/// Solves a bounded sum of several terms for the term `at`, whose coefficient is 1 or -1.
template <class G>
constexpr StandIns<G> solved_stand_ins(G& g, const Premises& known, const BoundedSum& bounded, std::size_t at) {
  const Term solved = bounded.sum.terms[at];
  StandIns<G> made = single_stand_ins(g, known, bounded.sum);
  LinearSum value = {};
  add_term(g, value, made.make(g, bounded), solved.coefficient);
  add_scaled(g, value, bounded.sum, -solved.coefficient);
  add_term(g, value, solved.base, 1);
  made.forward.push_back({solved.base, expression(g, value)});
  return made;
}

/// A sum, and what of its bounds decides what rules make of the operator above it.
struct DecidingSum {
  enum class By : std::uint8_t {
    bounds,    ///< anything: an operand
    less,      ///< whether it is less than 0: the difference of two operands that are compared
    equal,     ///< whether it is 0: the same
    sign,      ///< whether it can be on both sides of 0: of two operands of min or max
    quotient,  ///< the bounds of its quotient by `divisor`
    one,       ///< whether it has one quotient by `divisor`
    rest,      ///< whether the terms that `divisor` does not divide have one
    split,     ///< whether what is left when multiples of `divisor`, or of a divisor of that, are split off has one
  };
  By by;
  const LinearSum& sum;
  std::int64_t divisor;
};

/// Whether bounds that are narrower decide more.
constexpr bool decide_more(DecidingSum::By by, std::int64_t divisor, const bounds::WideInterval& was,
                           const bounds::WideInterval& is) {
  using By = DecidingSum::By;
  const auto decided = [&](const auto& holds) { return !holds(was) && holds(is); };
  const auto quotient = [&](int128 x) { return floor_quotient(x, divisor); };
  const bool narrows = is.low > was.low || is.high < was.high;
  switch (by) {
  case By::less: return decided([](const bounds::WideInterval& x) { return x.high < 0 || x.low >= 0; });
  case By::equal: return decided([](const bounds::WideInterval& x) { return x.high < 0 || x.low > 0; });
  case By::sign: return decided([](const bounds::WideInterval& x) { return x.high <= 0 || x.low >= 0; });
  case By::quotient: return quotient(is.low) > quotient(was.low) || quotient(is.high) < quotient(was.high);
  case By::one: return quotient(is.low) == quotient(is.high) && quotient(was.low) != quotient(was.high);
  default: return narrows;
  }
}

/// What tighter bounds may do to be of use: decide about a node, or also give the node itself tighter bounds.
enum class Use : std::uint8_t { decided, tighter };

/// Whether `decides(sum)` for any of the sums that decide about a node.
template <class G, class Decides>
constexpr bool any_deciding_sum(G& g, Node n, Use use, Decides decides) {
  using By = DecidingSum::By;
  const auto is_any = [&](By by, const LinearSum& sum, std::int64_t divisor) {
    return sum.fits && !sum.is_constant() && decides(DecidingSum{by, sum, divisor < 0 ? -divisor : divisor});
  };
  const Op op = g.op(n);
  if (is_linear(g, n)) return false;  // tighter bounds of its sources only make its own tighter
  if ((is_comparison(op) || is_extreme(op)) && g.dtype(g.source(n, 0)) == DType::index) {
    const LinearSum difference = linear_difference(g, g.source(n, 0), g.source(n, 1));
    const By by = op == Op::less         ? By::less
                  : op == Op::less_equal ? By::bounds
                  : is_comparison(op)    ? By::equal
                                         : By::sign;
    if (is_any(by, difference, 1)) return true;
    for (const Term& term : difference.terms)  // comparisons are divided by their coefficients
      if (is_comparison(op) && term.coefficient != 1 && term.coefficient != -1 &&
          is_any(By::rest, difference, term.coefficient))
        return true;
  }
  if (is_comparison(op)) return false;
  const std::int64_t quotient = divisor_of(g, Op::floordiv, n), remainder = divisor_of(g, Op::floormod, n);
  if (quotient != 0 || remainder != 0) {
    const LinearSum dividend = linear_sum(g, g.source(n, 0));
    return is_any(By::rest, dividend, quotient + remainder) ||
           (quotient != 0 && is_any(use == Use::tighter ? By::quotient : By::split, dividend, quotient));
  }
  // of a chain any two operands are compared
  const bool is_pair = is_extreme(op) && g.op(g.source(n, 0)) != op && g.op(g.source(n, 1)) != op;
  const By by = is_pair && use == Use::decided ? By::one : By::bounds;
  for (Node source : g.sources(n))
    if (g.dtype(source) == DType::index && is_any(by, linear_sum(g, source), 1)) return true;
  return false;
}

/// Whether what is known of `bounded` decides more of a sum, once it has taken the place of the term `solved` of its
/// own.
template <class G>
constexpr bool helps(G& g, const DecidingSum& deciding, const BoundedSum& bounded, const Term& solved) {
  std::int64_t scale = 0;
  for (const Term& term : deciding.sum.terms)
    if (term.base == solved.base) scale = term.coefficient * solved.coefficient;
  if (scale == 0) return false;
  LinearSum rest = deciding.sum;
  add_scaled(g, rest, bounded.sum, -scale);
  if (!rest.fits) return false;
  using By = DecidingSum::By;
  const auto more = [&](By by, std::int64_t divisor, auto coefficient_of) {
    const std::int64_t factor = coefficient_of(Term{solved.base, scale});
    const bounds::WideInterval known = bounds::multiply({bounded.low, bounded.high}, {factor, factor});
    const bounds::WideInterval others = bounds_of(g, rest, rest.constant, coefficient_of);
    return decide_more(by, divisor, bounds_of(g, deciding.sum, deciding.sum.constant, coefficient_of),
                       {others.low + known.low, others.high + known.high});
  };
  const std::int64_t c = deciding.divisor;
  if (deciding.by == By::rest)
    return more(By::one, c, [&](const Term& term) { return term.coefficient % c != 0 ? term.coefficient : 0; });
  if (deciding.by != By::split) return more(deciding.by, c, [](const Term& term) { return term.coefficient; });
  const auto splits_off = [&](std::int64_t d) {
    for (const Split split : splits)
      if (d > 1 &&
          more(By::one, d, [&](const Term& term) { return split_number(term.coefficient, d, split).remainder; }))
        return true;
    return false;
  };
  for (const Term& term : rest.terms)
    if (splits_off(greatest_common_divisor(term.coefficient, c))) return true;
  return splits_off(c) || splits_off(greatest_common_divisor(scale, c));
}

/// Whether a bounded sum that is solved for one of its terms can change anything of `n`: of what is older than that
/// term it cannot. That bounds of a node are tighter is of use to nodes above it alone.
template <class G>
constexpr bool helps(G& g, Node n, const Premises& known, const BoundedSum& bounded, const Term& solved) {
  if (bounded.low == bounded.high) return true;
  const auto is_newer = [&](Node m) { return number_of(m) > number_of(solved.base); };
  const auto enters = [&](Node m) { return is_newer(m) && is_elementwise(g.op(m)); };
  std::vector<Node> all = first_visited(g, n);
  visit_below(g, all, enters);
  const auto is_decided = [&](Node m, Use use) {
    return is_newer(m) &&
           any_deciding_sum(g, m, use, [&](const DecidingSum& sum) { return helps(g, sum, bounded, solved); });
  };
  if (std::none_of(all.begin(), all.end(), [&](Node m) { return is_decided(m, Use::tighter); })) return false;
  const bool has_condition = std::any_of(all.begin(), all.end(), [&](Node m) { return g.dtype(m) == DType::boolean; });
  if (has_condition || known.bounds.size() > 1) return true;  // these may decide something together
  std::vector<Node> below = visited_sources(g, all, [&](Node m) { return !is_linear(g, m); });
  visit_below(g, below, enters);
  return std::any_of(all.begin(), all.end(),
                     [&](Node m) { return is_decided(m, g.is_visited(m) ? Use::tighter : Use::decided); });
}

/// `n`, cheaper where the premises hold; `n` itself if they do not help, or if the budget does not allow it.
template <class G>
constexpr Node simplify_under(G& g, const Premises& known, Node n, ConditionBudget& budget) {
  const Sensitivity sensitive = sensitivity_of(g, known, n, budget.most_nodes);
  bool any_single = false;
  for (std::size_t i = 0; i < known.bounds.size(); ++i)
    any_single = any_single || (known.bounds[i].sum.terms.size() == 1 &&
                                (sensitive.below[i] != 0 || known.bounds[i].low == known.bounds[i].high));
  if (sensitive.is_replaced && (any_single || sensitive.has_condition)) {
    const Node given = n;
    n = simplify_with(g, n, single_stand_ins(g, known), budget);
    // c % 131, itself bounded, hides that the bounds of c make it c - 393
    if (n == given && any_single && hides_leaves(g, known))
      n = simplify_with(g, n, single_stand_ins(g, known, {}, Replaced::leaves), budget);
  }
  for (std::size_t i = 0; i < known.bounds.size(); ++i) {
    const BoundedSum& bounded = known.bounds[i];
    if (bounded.sum.terms.size() == 1 || bounded.sum.terms.size() > 4) continue;
    if (sensitive.below[i] == 0 || !narrows(g, bounded)) continue;
    for (std::size_t at = 0; at < bounded.sum.terms.size(); ++at) {
      const Term& solved = bounded.sum.terms[at];
      const bool is_below = (sensitive.below[i] >> at & 1) != 0;
      if (!is_below || (solved.coefficient != 1 && solved.coefficient != -1)) continue;
      if (helps(g, n, known, bounded, solved)) n = simplify_with(g, n, solved_stand_ins(g, known, bounded, at), budget);
    }
  }
  return n;
}

/// where(condition, x, y) with x simplified under the condition; none if that gains nothing.
template <class G>
constexpr Node simplify_where(G& g, Node condition, Node x, Node y, ConditionBudget& budget) {
  if (!is_elementwise(g.op(x))) return Node::none;
  const Premises known = premises_of(g, clauses_of(g, condition));
  if (known.contradict) return y;
  const Node simpler = simplify_under(g, known, x, budget);
  return simpler == x ? Node::none : g.make(Op::where, g.dtype(x), {condition, simpler, y});
}

/// Whether the bounds that others give imply a clause.
template <class G>
constexpr bool is_implied(G& g, const Premises& others, Node clause) {
  if (g.op(clause) != Op::less || g.dtype(g.source(clause, 0)) != DType::index) return false;
  const LinearSum sum = linear_difference(g, g.source(clause, 0), g.source(clause, 1));
  if (!sum.fits || sum.is_constant()) return false;
  Premises all = others;
  note_bounds(g, all, sum, -bounds::infinite * 2, -1);
  return all.bounds == others.bounds;
}

/// A clause where others hold. Of many clauses it is only asked whether their bounds imply it.
template <class G>
constexpr Node simplify_clause(G& g, const Premises& others, Node clause, ConditionBudget& budget) {
  if (others.clauses.size() < most_clauses / 2) return simplify_under(g, others, clause, budget);
  return is_implied(g, others, clause) ? truth(g, true) : clause;
}

/// A conjunction without clauses that follow from the others; none if there are none.
template <class G>
constexpr Node simplify_conjunction(G& g, Node conjunction, ConditionBudget& budget) {
  const Clauses clauses = clauses_of(g, conjunction);
  if (clauses.size() == most_clauses) return Node::none;  // there may be more
  FixedVector<ReadClause, most_clauses> read;
  Premises all;
  for (Node clause : clauses) {
    read.push_back(read_clause(g, clause));
    note_clause(g, all, read.back());
  }
  if (all.contradict) return truth(g, false);
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    Premises others;
    for (std::size_t k = 0; k < clauses.size(); ++k)
      if (k != i) note_clause(g, others, read[k]);
    const Node simpler = simplify_clause(g, others, clauses[i], budget);
    if (simpler == clauses[i]) continue;
    Node made = simpler;
    for (Node other : others.clauses) made = g.make(Op::bit_and, DType::boolean, {made, other});
    return made;
  }
  return Node::none;
}

template <class Context>
inline constexpr bool is_nested = std::same_as<Context, NestedSimplification>;

/// What `act` makes within the budget of a context, if that has one.
template <class Context, class Act>
constexpr Node within_budget(Context& context, Act act) {
  if constexpr (std::derived_from<Context, ConditionBudget>) {
    return act(context);
  } else {
    ConditionBudget own;
    return act(own);
  }
}

}  // namespace detail

namespace builtin {

// clang-format off
inline constexpr auto validity = rules<structural>("validity",
    named("branch under its condition", where(b, x, y) >>= with(b, x, y)([]<class Context>(auto& g, Context& context, auto p, auto q, auto r) {
      if constexpr (detail::is_nested<Context>) return Node::none;
      else return detail::within_budget(context, [&](auto& budget) { return detail::simplify_where(g, p, q, r, budget); });
    })),
    named("clauses under the others", (_ && _).as<"f">() >>= with(f)([]<class Context>(auto& g, Context& context, auto n) {
      if constexpr (detail::is_nested<Context>) return Node::none;
      else return detail::within_budget(context, [&](auto& budget) { return detail::simplify_conjunction(g, n, budget); });
    })));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
