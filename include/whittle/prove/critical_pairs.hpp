// Critical pairs: terms that two rules rewrite, at their root and below or both at the root, and what comes of either.
//
// The left sides of two rules are unified, one with a part of the other that is no variable. Instances of the unified
// term, with constants and bounds that satisfy both guards, are rewritten either way and then to the end by the whole
// set. Where the ends differ the set is not confluent: the result depends on the order in which rules are tried.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <whittle/ir/expression.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/match/rule_text.hpp>
#include <whittle/prove/obligation.hpp>
#include <whittle/rewrite/rewrite.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {

struct CriticalPair {
  std::size_t outer = 0, inner = 0;  ///< rules: at the root, and below it or there, too
  DType dtype = DType::none;
  bool over_invalid = false;               ///< Invalid is part of the term
  std::string term, by_outer, by_inner;    ///< an instance, and what the two rules make of it
  std::string end_of_outer, end_of_inner;  ///< their normal forms
};

struct CriticalPairs {
  std::size_t rules = 0;                ///< expression rules whose left side can be stated
  std::size_t not_stated = 0;           ///< the other expression rules
  std::size_t overlaps = 0;             ///< unified terms: rules, position, dtypes, alternatives, order of operands
  std::size_t examined = 0;             ///< of these: with an instance on which both rules fire
  std::size_t pairs = 0;                ///< of rules, with such an overlap
  std::size_t unfinished = 0;           ///< instances whose rewriting did not end
  std::vector<CriticalPair> differing;  ///< one for each pair of rules
};

struct CriticalPairOptions {
  unsigned tries = 150;           ///< instances of an overlap that are looked for
  unsigned enough = 8;            ///< of them on which both rules fire
  std::uint64_t budget = 10'000;  ///< rewrites to a normal form
};

namespace detail {

/// The left sides of two rules in one pool of terms, unified as far as asked.
class Unifier {
 public:
  Unifier(const Obligation& outer, const Obligation& inner) : shift_(outer.guard_begin) {
    terms.assign(outer.terms.begin(), outer.terms.begin() + outer.guard_begin);
    for (std::size_t i = 0; i < inner.guard_begin; ++i) {
      terms.push_back(inner.terms[i]);
      for (std::uint16_t& source : terms.back().sources) source = static_cast<std::uint16_t>(source + shift_);
    }
    for (std::size_t i = 0; i < terms.size(); ++i) to_.push_back(static_cast<std::uint16_t>(i));
  }

  std::vector<Term> terms;
  unsigned swappable = 0;  ///< commutative operators that were met

  std::uint16_t inner(std::uint16_t term) const { return static_cast<std::uint16_t>(term + shift_); }
  std::uint16_t find(std::uint16_t term) const {
    while (to_[term] != term) term = to_[term];
    return term;
  }

  /// Bit k of `swaps`: the k-th commutative operator has its operands the other way round.
  bool unify(std::uint16_t a, std::uint16_t b, unsigned swaps) {
    a = find(a);
    b = find(b);
    if (a == b) return true;
    const Term &x = terms[a], &y = terms[b];
    if (x.dtype != y.dtype) return false;
    if (x.kind == TermKind::variable) return bind(a, b);
    if (y.kind == TermKind::variable) return bind(b, a);
    if (x.kind == TermKind::constant) return is_number(y) && bind(a, b);
    if (y.kind == TermKind::constant) return is_number(x) && bind(b, a);
    if (x.kind != y.kind || x.op != y.op || x.arity != y.arity || x.bits != y.bits) return false;
    bool swaps_here = false;
    if (x.kind == TermKind::operation && x.arity == 2 && is_commutative(x.op))
      swaps_here = ((swaps >> swappable++) & 1u) != 0;
    for (std::size_t k = 0; k < x.arity; ++k)
      if (!unify(terms[a].sources[k], terms[b].sources[swaps_here ? 1 - k : k], swaps)) return false;
    return true;
  }

 private:
  static bool is_number(const Term& term) {
    return term.kind == TermKind::constant || term.kind == TermKind::integer || term.kind == TermKind::real ||
           term.kind == TermKind::truth;
  }
  bool bind(std::uint16_t leaf, std::uint16_t to) {
    if (occurs(leaf, to)) return false;
    to_[leaf] = to;
    return true;
  }
  bool occurs(std::uint16_t leaf, std::uint16_t in) const {
    in = find(in);
    if (in == leaf) return true;
    for (std::size_t k = 0; k < terms[in].arity; ++k)
      if (occurs(leaf, terms[in].sources[k])) return true;
    return false;
  }

  std::uint16_t shift_;
  std::vector<std::uint16_t> to_;
};

/// Makes instances of unified terms: other bounds and constants each time, the same in every process.
class TermBuilder {
 public:
  TermBuilder(Graph& graph, const Unifier& unified) : g_(graph), unified_(unified) {}

  void choose_again(std::uint64_t number) {
    state_ = mix(number + 1);
    named_ = 0;
    leaves_.assign(unified_.terms.size(), Node::none);
  }

  static constexpr std::uint16_t nothing = 0xffffu;
  /// The node of a term, with `replaced` standing at the place of term `at`.
  Node build(std::uint16_t term, std::uint16_t at = nothing, Node replaced = Node::none) {
    if (term == at) return replaced;
    const std::uint16_t found = unified_.find(term);
    const Term& made = unified_.terms[found];
    if (made.kind != TermKind::operation) return leaf(found, made);
    Node sources[3] = {};
    for (std::size_t k = 0; k < made.arity; ++k) sources[k] = build(made.sources[k], at, replaced);
    return g_.make(made.op, made.dtype, std::span<const Node>(sources, made.arity));
  }

 private:
  std::int64_t pick(std::initializer_list<std::int64_t> list) {
    state_ = mix(state_ + 0x9e3779b97f4a7c15u);
    return list.begin()[state_ % list.size()];
  }

  Node leaf(std::uint16_t number, const Term& term) {
    if (leaves_[number] == Node::none) leaves_[number] = new_leaf(number, term);
    return leaves_[number];
  }
  Node new_leaf(std::uint16_t number, const Term& term) {
    switch (term.kind) {
    case TermKind::integer: return g_.constant(term.dtype, static_cast<std::int64_t>(term.bits));
    case TermKind::real: return g_.constant(float_scalar(term.dtype, std::bit_cast<double>(term.bits)));
    case TermKind::truth: return g_.constant(bool_scalar(term.bits != 0));
    case TermKind::invalid: return g_.invalid(term.dtype);
    case TermKind::constant: return constant(term.dtype);
    case TermKind::range: return g_.range(build(term.sources[0]), number + 1u);
    default: return variable(term.dtype);
    }
  }
  Node constant(DType dtype) {
    if (dtype == DType::boolean) return g_.constant(bool_scalar(pick({0, 1}) != 0));
    if (is_float(dtype)) return g_.constant(float_scalar(dtype, static_cast<double>(pick({0, 1, -1, 2, 3, 4})) / 2));
    if (dtype == DType::uint8) return g_.constant(dtype, pick({0, 1, 2, 3, 4, 8, 127, 128, 255}));
    if (dtype == DType::int8) return g_.constant(dtype, pick({0, 1, -1, 2, -2, 3, 4, 8, 127, -128}));
    return g_.constant(dtype, pick({1, 2, 3, 4, 6, 12, 5, 8, 0, -1, -2, -3, -6, 24}));
  }
  Node variable(DType dtype) {
    const unsigned next = named_++;
    const std::string name = next < 26 ? std::string(1, static_cast<char>('a' + next)) : "v" + std::to_string(next);
    if (is_float(dtype)) return g_.variable(name, 0, 0, dtype);
    if (dtype == DType::boolean) return g_.variable(name, 0, 1, dtype);
    const std::int64_t low =
        pick(is_unsigned_int(dtype) ? std::initializer_list<std::int64_t>{0, 0, 1, 5}
                                    : std::initializer_list<std::int64_t>{0, 0, 0, 1, -8, -100, 5});
    return g_.variable(name, low, low + pick({1, 3, 7, 23, 107}), dtype);
  }

  Graph& g_;
  const Unifier& unified_;
  std::uint64_t state_ = 0;
  unsigned named_ = 0;
  std::vector<Node> leaves_;
};

}  // namespace detail

/// Examines the expression rules of a matcher's set in pairs, those for which `wanted(outer, inner)`.
template <class Matcher>
class CriticalPairSearch {
 public:
  explicit CriticalPairSearch(const CriticalPairOptions& options = {}) : options_(options) {
    const RuleSetView set = Matcher::rules();
    for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
      const std::size_t before = cases_.size();
      for (Obligation& made : obligations_of(set, rule))
        if (made.replacement == 0 && made.left < made.guard_begin && made.guard_begin <= made.terms.size())
          cases_.push_back({rule, std::move(made)});
      const bool is_stated = cases_.size() != before;
      found_.rules += is_stated ? 1 : 0;
      found_.not_stated += !is_stated && !set.rules[rule].is_lambda ? 1 : 0;
    }
  }

  template <class Wanted>
  const CriticalPairs& operator()(const Wanted& wanted) {
    for (const Case& outer : cases_)
      for (const Case& inner : cases_)
        if (wanted(outer.rule, inner.rule)) overlap(outer, inner);
    found_.pairs = examined_.size();
    return found_;
  }

 private:
  struct Case {
    std::size_t rule;
    Obligation obligation;
  };

  void overlap(const Case& outer, const Case& inner) {
    const Term& root = inner.obligation.terms[inner.obligation.left];
    for (std::uint16_t at = 0; at < outer.obligation.guard_begin; ++at) {
      const Term& part = outer.obligation.terms[at];
      if (part.kind != TermKind::operation || part.op != root.op || part.dtype != root.dtype) continue;
      if (at == outer.obligation.left && outer.rule >= inner.rule) continue;  // once for both orders
      for (unsigned swaps = 0, orders = 1; swaps < orders; ++swaps) {
        detail::Unifier unified(outer.obligation, inner.obligation);
        if (unified.unify(at, unified.inner(inner.obligation.left), swaps)) examine(outer, inner, unified, at);
        orders = 1u << std::min(unified.swappable, 3u);
      }
    }
  }

  void examine(const Case& outer, const Case& inner, const detail::Unifier& unified, std::uint16_t at) {
    ++found_.overlaps;
    Graph g;
    detail::TermBuilder builder(g, unified);
    unsigned fired = 0;
    for (unsigned number = 0; number < options_.tries && fired < options_.enough; ++number) {
      builder.choose_again(number);
      const Node term = builder.build(outer.obligation.left), part = builder.build(at);
      const Node by_outer = apply(g, term, outer.rule), by_inner = apply(g, part, inner.rule);
      if (by_outer == Node::none || by_inner == Node::none) continue;
      if (fired++ == 0) {
        ++found_.examined;
        examined_.insert({outer.rule, inner.rule});
      }
      if (differing_.contains({outer.rule, inner.rule})) return;
      if (CriticalPair pair = compare(g, term, by_outer, builder.build(outer.obligation.left, at, by_inner));
          !pair.term.empty())
        keep(std::move(pair), outer.rule, inner.rule, unified);
    }
  }

  void keep(CriticalPair pair, std::size_t outer, std::size_t inner, const detail::Unifier& unified) {
    pair.outer = outer;
    pair.inner = inner;
    for (const Term& term : unified.terms) pair.over_invalid = pair.over_invalid || term.kind == TermKind::invalid;
    differing_.insert({outer, inner});
    found_.differing.push_back(std::move(pair));
  }

  /// A pair without a term if the ends are the same.
  CriticalPair compare(Graph& g, Node term, Node by_outer, Node by_inner) {
    const auto end = [&](Node n) {
      RewriteOptions options;
      options.budget = options_.budget;
      return rewrite<Matcher>(g, n, options);
    };
    const auto end_of_outer = end(by_outer), end_of_inner = end(by_inner);
    if (!end_of_outer.ok() || !end_of_inner.ok()) {
      ++found_.unfinished;
      return {};
    }
    CriticalPair pair;
    if (end_of_outer.node == end_of_inner.node) return pair;
    pair.dtype = g.dtype(term);
    pair.term = expression(g, term);
    pair.by_outer = expression(g, by_outer);
    pair.by_inner = expression(g, by_inner);
    pair.end_of_outer = expression(g, end_of_outer.node);
    pair.end_of_inner = expression(g, end_of_inner.node);
    return pair;
  }

  static Node apply(Graph& g, Node n, std::size_t rule) {
    typename Matcher::context_type context{};
    return match_rule<Graph>(Matcher::table, Matcher::lambdas.of, g, n, context, rule).node;
  }

  CriticalPairOptions options_;
  std::vector<Case> cases_;
  CriticalPairs found_;
  std::set<std::pair<std::size_t, std::size_t>> examined_, differing_;
};

}  // namespace prove
}  // namespace v0
}  // namespace whittle
