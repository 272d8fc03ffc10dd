// Expressions under a condition: a gated index where its gate is open, a clause where the others hold.
#pragma once

#include <whittle/rewrite/substitute.hpp>
#include <whittle/simplify/cost.hpp>
#include <whittle/simplify/names.hpp>
#include <whittle/simplify/premises.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The context of a simplification within a simplification: there, conditions are not looked at again.
struct NestedSimplification {};

/// Simplifies without validity rules, at a cost that does not depend on the size of the graph.
template <class G>
constexpr Node simplify_nested(G& g, Node n);

template <class G>
using Substitutes = FixedVector<Replacing<G>, 2 * most_clauses>;

/// Substitutes in what is computed without memory: a load's address must stay what it is, since the load
/// happens whether the condition holds or not.
template <class G>
constexpr Node substitute_elementwise(G& g, Node n, const Substitutes<G>& replacements) {
  return substitute<G>(g, n, replacements, [&](Node m) { return is_elementwise(g.op(m)); });
}

inline constexpr std::string_view stand_in_names[most_clauses + 1] = {"#0", "#1", "#2", "#3",  "#4",  "#5", "#6",
                                                                      "#7", "#8", "#9", "#10", "#11", "#12"};

/// Whether tighter bounds of an operator's sources can make it simpler.
constexpr bool depends_on_bounds(Op op) {
  return op == Op::floordiv || op == Op::floormod || is_comparison(op) || op == Op::min || op == Op::max;
}

/// The nodes of an expression whose bounds matter to it: those below operators that depend on bounds.
template <class G>
class BoundSensitive {
 public:
  constexpr BoundSensitive(const G& g, Node root) : graph_(g) {
    std::vector<Node> starts;
    visit(all_, root, [&](Node n) {
      has_condition_ = has_condition_ || g.dtype(n) == DType::boolean;
      if (!depends_on_bounds(g.op(n))) return;
      for (Node source : g.sources(n)) starts.push_back(source);
    });
    for (Node start : starts) visit(below_, start, [](Node) {});
  }
  /// There is something that could be one of the clauses.
  constexpr bool has_condition() const { return has_condition_; }
  /// Each term of the sum is among them.
  constexpr bool contains(const LinearSum& sum) {
    for (const Term& term : sum.terms)
      if (below_.number(graph_, term.base) >= below_.count) return false;
    return true;
  }

 private:
  struct Seen {
    Numbering<G, false> number;
    std::uint32_t count = 0;
  };
  template <class F>
  constexpr void visit(Seen& seen, Node root, F each) {
    stack_.push_back(root);
    while (!stack_.empty()) {
      const Node n = stack_.back();
      stack_.pop_back();
      if (seen.number(graph_, n) != seen.count) continue;
      ++seen.count;
      each(n);
      if (!is_elementwise(graph_.op(n))) continue;
      for (Node source : graph_.sources(n)) stack_.push_back(source);
    }
  }
  const G& graph_;
  Seen all_, below_;
  std::vector<Node> stack_;
  bool has_condition_ = false;
};

/// Stand-ins: variables with the bounds that a condition gives, and what they stand for.
template <class G>
struct StandIns {
  Substitutes<G> forward, back;

  constexpr Node make(G& g, const BoundedSum& bounded) {
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

/// Stand-ins for all bounded expressions of one term, other than `except`; clauses stand for true.
template <class G>
constexpr StandIns<G> single_stand_ins(G& g, const Premises& known, Node except = Node::none) {
  StandIns<G> made;
  for (Node clause : known.clauses) made.forward.push_back({clause, truth(g, true)});
  for (const BoundedSum& bounded : known.bounds) {
    const Node base = bounded.sum.terms[0].base;
    if (bounded.sum.terms.size() == 1 && base != except && narrows(g, bounded))
      made.forward.push_back({base, made.make(g, bounded)});
  }
  return made;
}

/// `n` with the stand-ins in it, simplified, and without them again; `n` itself if that costs no less.
template <class G>
constexpr Node simplify_with(G& g, Node n, const StandIns<G>& stand_ins) {
  const Node replaced = substitute_elementwise<G>(g, n, stand_ins.forward);
  if (replaced == n) return n;
  const Node simplified = simplify_nested(g, replaced);
  const Node back = simplify_nested(g, substitute_elementwise<G>(g, simplified, stand_ins.back));
  return cost_of(g, back) < cost_of(g, n) ? back : n;
}

/// Solves a bounded sum of several terms for the term `at`, whose coefficient is 1 or -1.
template <class G>
constexpr StandIns<G> solved_stand_ins(G& g, const Premises& known, const BoundedSum& bounded, std::size_t at) {
  const Term solved = bounded.sum.terms[at];
  StandIns<G> made = single_stand_ins(g, known, solved.base);
  LinearSum value = {};
  add_term(g, value, made.make(g, bounded), solved.coefficient);
  add_scaled(g, value, bounded.sum, -solved.coefficient);
  add_term(g, value, solved.base, 1);
  made.forward.push_back({solved.base, expression(g, value)});
  return made;
}

/// `n`, cheaper where the premises hold; `n` itself if they do not help.
template <class G>
constexpr Node simplify_under(G& g, const Premises& known, Node n) {
  BoundSensitive<G> sensitive(g, n);
  bool any_single = false;
  for (const BoundedSum& bounded : known.bounds)
    any_single = any_single || (bounded.sum.terms.size() == 1 && sensitive.contains(bounded.sum));
  if (any_single || sensitive.has_condition()) n = simplify_with(g, n, single_stand_ins(g, known));
  for (const BoundedSum& bounded : known.bounds) {
    if (bounded.sum.terms.size() == 1 || bounded.sum.terms.size() > 4) continue;
    if (!sensitive.contains(bounded.sum) || !narrows(g, bounded)) continue;
    for (std::size_t at = 0; at < bounded.sum.terms.size(); ++at) {
      const std::int64_t coefficient = bounded.sum.terms[at].coefficient;
      if (coefficient == 1 || coefficient == -1) n = simplify_with(g, n, solved_stand_ins(g, known, bounded, at));
    }
  }
  return n;
}

/// where(condition, x, y) with x simplified under the condition; none if that gains nothing.
template <class G>
constexpr Node simplify_where(G& g, Node condition, Node x, Node y) {
  if (!is_elementwise(g.op(x))) return Node::none;
  const Premises known = premises_of(g, clauses_of(g, condition));
  if (known.contradict) return y;
  const Node simpler = simplify_under(g, known, x);
  return simpler == x ? Node::none : g.make(Op::where, g.dtype(x), {condition, simpler, y});
}

/// A conjunction without clauses that follow from the others; none if there are none.
template <class G>
constexpr Node simplify_conjunction(G& g, Node conjunction) {
  Clauses clauses = clauses_of(g, conjunction);
  if (clauses.size() > most_clauses / 2) return Node::none;
  if (premises_of(g, clauses).contradict) return truth(g, false);
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    Clauses others;
    for (std::size_t k = 0; k < clauses.size(); ++k)
      if (k != i) others.push_back(clauses[k]);
    const Node simpler = simplify_under(g, premises_of(g, others), clauses[i]);
    if (simpler == clauses[i]) continue;
    Node made = simpler;
    for (Node other : others) made = g.make(Op::bit_and, DType::boolean, {made, other});
    return made;
  }
  return Node::none;
}

template <class Context>
inline constexpr bool is_nested = std::same_as<Context, NestedSimplification>;

}  // namespace detail

namespace builtin {

// clang-format off
inline constexpr auto validity = rules<structural>("validity",
    named("branch under its condition", where(b, x, y) >>= with(b, x, y)([]<class Context>(auto& g, Context&, auto p, auto q, auto r) {
      if constexpr (detail::is_nested<Context>) return Node::none;
      else return detail::simplify_where(g, p, q, r);
    })),
    named("clauses under the others", (_ && _).as<"f">() >>= with(f)([]<class Context>(auto& g, Context&, auto n) {
      if constexpr (detail::is_nested<Context>) return Node::none;
      else return detail::simplify_conjunction(g, n);
    })));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
