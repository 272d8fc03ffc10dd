// Of equal expressions, one whose distinct nodes cost less. The rules give an expression one form, in which each part
// by itself is simple; where parts have something in common, another form is cheaper.
#pragma once

#include <source_location>
#include <string_view>
#include <vector>

#include <whittle/simplify/change.hpp>
#include <whittle/simplify/cost.hpp>
#include <whittle/simplify/simplify.hpp>

namespace whittle {
inline namespace v0 {

/// A step of economize: what is changed, and the line that proposes it.
struct EconomyStep {
  detail::Change::Kind kind = detail::Change::Kind::share;
  std::source_location where = {};
};

namespace detail {

using Changes = std::vector<Change>;

/// Longer expressions are left as they are.
inline constexpr std::size_t most_entries = 256;

/// Adds to `found` a change, once.
constexpr void propose(Changes& found, const Change& change) {
  for (const Change& other : found)
    if (other.kind == change.kind && other.node == change.node && other.with == change.with &&
        other.part.terms == change.part.terms)
      return;
  found.push_back(change);
}

/// A sum without its common factor and its constant, its first coefficient positive.
constexpr LinearSum primitive(LinearSum sum) {
  std::int64_t d = common_factor(sum);
  if (!sum.terms.empty() && sum.terms[0].coefficient < 0) d = -d;
  for (Term& term : sum.terms) term.coefficient /= d;
  sum.constant = 0;
  return sum;
}

constexpr void propose_part(Changes& found, const LinearSum& part) {
  if (part.terms.size() < 2) return;
  Change change{.part = primitive(part)};
  bool has_negative = false;
  for (const Term& term : change.part.terms) has_negative = has_negative || term.coefficient < 0;
  for (int sign = 0; sign < (has_negative ? 2 : 1); ++sign) {
    for (const Change::Kind kind : {Change::Kind::share, Change::Kind::share_apart}) {
      change.kind = kind;
      propose(found, change);
    }
    for (Term& term : change.part.terms) term.coefficient = -term.coefficient;
  }
}

/// What two sums have in common, by the ratio of their coefficients at each term.
constexpr void propose_common_parts(Changes& found, const LinearSum& a, const LinearSum& b) {
  for (const Term& pivot : a.terms) {
    std::int64_t of_pivot = 0;
    for (const Term& other : b.terms)
      if (other.base == pivot.base) of_pivot = other.coefficient;
    if (of_pivot == 0) continue;
    LinearSum part;
    for (const Term& term : a.terms)
      for (const Term& other : b.terms)
        if (other.base == term.base &&
            int128{term.coefficient} * of_pivot == int128{other.coefficient} * pivot.coefficient)
          part.terms.push_back(term);
    propose_part(found, part);
  }
}

/// The terms of a sum that one of the coefficients divides.
constexpr void propose_factors(Changes& found, const LinearSum& sum) {
  for (const Term& divisor : sum.terms) {
    if (divisor.coefficient == 1 || divisor.coefficient == -1) continue;
    LinearSum part;
    for (const Term& term : sum.terms)
      if (term.coefficient % divisor.coefficient == 0) part.terms.push_back(term);
    propose_part(found, part);
  }
}

template <class G>
constexpr void propose_shared_sums(Changes& found, const Form<G>& form) {
  for (std::size_t i = 0; i < form.sums.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) propose_common_parts(found, form.sums[i], form.sums[k]);
    propose_factors(found, form.sums[i]);
  }
}

/// y % c as y - (y / c) * c, where that quotient is there: into the sums around it, or as one term.
template <class G>
constexpr void propose_remainder(G& g, Simplifier<G>& simplifier, Changes& found, Form<G>& form, Node remainder,
                                 Change::Kind kind) {
  const std::int64_t c = divisor_of(g, Op::floormod, remainder);
  if (c == 0) return;
  const Node y = g.source(remainder, 0);
  const Node quotient = simplifier(g.make(Op::floordiv, DType::index, {y, g.source(remainder, 1)}));
  const LinearSum of_quotient = linear_sum(g, quotient);
  if (!of_quotient.fits) return;
  for (const Term& term : of_quotient.terms)
    if (!form.contains(term.base)) return;
  Change change{.kind = kind, .node = remainder};
  add_expression(g, change.part, y, 1);
  add_scaled(g, change.part, of_quotient, -c);
  if (change.part.fits) propose(found, change);
}

/// Comparisons with sum / c in the place of the sum.
template <class G>
constexpr void propose_quotient(G& g, Changes& found, Node quotient) {
  const std::int64_t c = divisor_of(g, Op::floordiv, quotient);
  if (c == 0) return;
  const Change change{
      .kind = Change::Kind::divide, .part = linear_sum(g, g.source(quotient, 0)), .node = quotient, .divisor = c};
  if (change.part.fits && !change.part.terms.empty()) propose(found, change);
}

/// (y / c) % d < k as y % (c * d) < c * k.
template <class G>
constexpr void propose_product(G& g, Simplifier<G>& simplifier, Changes& found, Node remainder) {
  const std::int64_t d = divisor_of(g, Op::floormod, remainder);
  if (d == 0) return;
  const Node quotient = g.source(remainder, 0);
  const std::int64_t c = divisor_of(g, Op::floordiv, quotient);
  if (c == 0 || !fits_int64(int128{c} * d)) return;
  const Node whole = g.make(Op::floormod, DType::index, {g.source(quotient, 0), g.constant(DType::index, c * d)});
  Change change{.kind = Change::Kind::multiply, .node = remainder, .divisor = c};
  add_term(g, change.part, simplifier(whole), 1);
  propose(found, change);
}

/// 0 < x + y * c as 0 < x + y, where neither is negative.
template <class G>
constexpr void propose_simplex(G& g, Changes& found, Node site) {
  if (g.op(site) != Op::less || !is_site(g, site) || !is_constant_of(g, g.source(site, 0), 0)) return;
  LinearSum sum = linear_sum(g, g.source(site, 1));
  bool is_simplex = sum.fits && sum.terms.size() > 1 && sum.constant == 0;
  for (Term& term : sum.terms) {
    is_simplex = is_simplex && term.coefficient > 0 && interval_of(g, term.base).low >= 0;
    term.coefficient = 1;
  }
  if (!is_simplex) return;
  const Node simpler = compared(g, Op::less, g.source(site, 0), expression(g, sum));
  propose(found, {.kind = Change::Kind::exchange, .node = site, .with = simpler});
}

/// s % c as t % c, where t is a sum that is there and differs from s by a multiple of c, a constant apart.
template <class G>
constexpr void propose_dividend(G& g, Changes& found, Form<G>& form, Node remainder) {
  const std::int64_t c = divisor_of(g, Op::floormod, remainder);
  if (c == 0) return;
  const LinearSum s = linear_sum(g, g.source(remainder, 0));
  for (const typename Form<G>::Entry& entry : form.entries) {
    if (g.op(entry.node) != Op::add || entry.node == g.source(remainder, 0)) continue;
    LinearSum difference = linear_sum(g, entry.node);
    add_scaled(g, difference, s, -1);
    bool is_multiple = difference.fits;
    for (const Term& term : difference.terms) is_multiple = is_multiple && term.coefficient % c == 0;
    if (!is_multiple) continue;
    LinearSum dividend;
    add_term(g, dividend, entry.node, 1);
    dividend.set_constant(split_number(-difference.constant, c, Split::floored).remainder);
    Change change{.kind = Change::Kind::replace, .node = remainder};
    add_term(g, change.part, quotient_node(g, Op::floormod, dividend, c), 1);
    propose(found, change);
  }
}

/// Two bounds that are one number: x < c && y < c is max(x, y) < c.
template <class G>
constexpr void propose_joined_bounds(G& g, Changes& found, const Clauses& clauses) {
  for (std::size_t i = 0; i < clauses.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      for (std::uint32_t side = 0; side < 2; ++side) {
        const Node a = clauses[k], b = clauses[i];
        if (g.op(a) != Op::less || g.op(b) != Op::less || !is_site(g, a) || !is_site(g, b)) continue;
        const Node bound = g.source(a, 1 - side);
        if (!g.is_constant(bound) || g.source(b, 1 - side) != bound) continue;
        const Node both = g.make(side == 0 ? Op::max : Op::min, DType::index, {g.source(a, side), g.source(b, side)});
        const Node joined = side == 0 ? compared(g, Op::less, both, bound) : compared(g, Op::less, bound, both);
        propose(found, {.kind = Change::Kind::exchange, .node = a, .with = joined, .satisfied = b});
      }
}

/// Changes after which the rules make the same expression as before.
template <class G>
constexpr Changes reversible_changes(G& g, Simplifier<G>& simplifier, Form<G>& form) {
  Changes found;
  for (const typename Form<G>::Entry& entry : form.entries) {
    propose_remainder(g, simplifier, found, form, entry.node, Change::Kind::replace);
    propose_dividend(g, found, form, entry.node);
    propose_quotient(g, found, entry.node);
  }
  propose_shared_sums(found, form);
  const Node root = form.entries.back().node;
  const Node condition = g.op(root) == Op::where ? g.source(root, 0) : root;
  if (g.op(condition) == Op::bit_and) propose_joined_bounds(g, found, clauses_of(g, condition));
  return found;
}

/// Changes after which the rules make another expression.
template <class G>
constexpr Changes expansions(G& g, Simplifier<G>& simplifier, Form<G>& form) {
  Changes found;
  for (const typename Form<G>::Entry& entry : form.entries) {
    propose_remainder(g, simplifier, found, form, entry.node, Change::Kind::expand);
    propose_product(g, simplifier, found, entry.node);
  }
  return found;
}

/// What one change makes of an expression, and the cost of that.
struct Changed {
  Node node = Node::none;
  std::uint64_t cost = 0;
  EconomyStep step = {};
};

constexpr bool shares(Change::Kind kind) { return kind == Change::Kind::share || kind == Change::Kind::share_apart; }

/// The cheapest of what one change makes of `n`, if it costs at most `cost`; of equals the first. `propose_changes`
/// gives the changes, `accept` what is made of an expression after a change, or none.
template <class G, class Propose, class Accept>
constexpr Changed cheapest_change(G& g, Simplifier<G>& simplifier, Node n, std::uint64_t cost, Propose propose_changes,
                                  Accept accept) {
  Form<G> form(g, n);
  Changed best{Node::none, cost + 1};
  if (!form.fits || form.entries.size() > most_entries) return best;
  for (const Change& change : propose_changes(g, simplifier, form)) {
    const Node changed = Rebuild<G>(g, form, change).root;
    const Node candidate = changed == Node::none || changed == n ? Node::none : accept(changed, best.cost);
    if (candidate == Node::none || candidate == n) continue;
    const std::uint64_t its_cost = cost_of(g, candidate);
    if (its_cost < best.cost) best = {candidate, its_cost, {change.kind, change.where}};
  }
  return best;
}

/// Steps to expressions of which the rules make others, each cheaper than the one before.
template <class G, class Record>
constexpr Node expand(G& g, Simplifier<G>& simplifier, Node n, Record& record) {
  const auto simplified = [&](Node changed, std::uint64_t) {
    const Node simpler = simplifier(changed);
    return keeps_bounds(g, n, simpler) ? simpler : Node::none;
  };
  std::uint64_t cost = cost_of(g, n);
  for (;;) {
    const Changed next = cheapest_change(g, simplifier, n, cost, expansions<G>, simplified);
    if (next.node == Node::none || next.cost >= cost) return n;
    record(next.step, n, next.node);
    n = next.node;
    cost = next.cost;
  }
}

/// Steps to expressions of which the rules make `n` again, each cheaper than the one before; but what is shared may pay
/// only when more is, so a few steps that share and cost nothing are taken as well.
template <class G, class Record>
constexpr Node share(G& g, Simplifier<G>& simplifier, Node n, Record& record) {
  const auto reversible = [&](Node changed, std::uint64_t limit) {
    return cost_of(g, changed) < limit && simplifier(changed) == n ? changed : Node::none;
  };
  Node best = n, now = n;
  std::uint64_t cost = cost_of(g, n);
  for (int steps_for_nothing = 0; steps_for_nothing < 4;) {
    const Changed next = cheapest_change(g, simplifier, now, cost, reversible_changes<G>, reversible);
    if (next.node == Node::none || (next.cost == cost && !shares(next.step.kind))) return best;
    now = next.node;
    steps_for_nothing = next.cost < cost ? 0 : steps_for_nothing + 1;
    if (next.cost < cost) {
      record(next.step, best, now);
      best = now;
    }
    cost = next.cost;
  }
  return best;
}

/// `n` with simpler conditions where that pays: 0 < x + y * 2 says no more than 0 < x + y, but x + y * 2 may be there.
template <class G, class Record>
constexpr Node economize(G& g, Simplifier<G>& simplifier, Node n, Record& record) {
  n = expand(g, simplifier, n, record);
  Node best = share(g, simplifier, n, record);
  std::uint64_t cost = cost_of(g, best);
  for (bool changed = true; changed;) {
    changed = false;
    Form<G> form(g, n);
    Changes found;
    if (form.entries.size() <= most_entries)
      for (const typename Form<G>::Entry& entry : form.entries) propose_simplex(g, found, entry.node);
    for (const Change& change : found) {
      const auto ignore = [](const EconomyStep&, Node, Node) {};
      const Node rebuilt = Rebuild<G>(g, form, change).root;
      if (rebuilt == Node::none) continue;
      const Node simpler = expand(g, simplifier, simplifier(rebuilt), ignore);
      const Node candidate = share(g, simplifier, simpler, ignore);
      const std::uint64_t its_cost = cost_of(g, candidate);
      if (its_cost >= cost) continue;
      record(EconomyStep{change.kind, change.where}, best, candidate);
      n = simpler;
      best = candidate;
      cost = its_cost;
      changed = true;
      break;
    }
  }
  return best;
}

}  // namespace detail

/// What a step of economize is called.
constexpr std::string_view name_of(const EconomyStep& step) {
  using Kind = detail::Change::Kind;
  switch (step.kind) {
  case Kind::share:
  case Kind::share_apart: return "shared sum";
  case Kind::expand:
  case Kind::replace: return "remainder by a shared quotient";
  case Kind::divide: return "comparison of a shared quotient";
  case Kind::multiply: return "comparison without a quotient";
  default: return "bounds of several terms";
  }
}

/// A cheaper form of `n`, which no rule matches: a sum that occurs in several places is computed once, remainders come
/// from quotients that are there (cost.hpp says what costs what). What the rules make of it has bounds no looser than
/// those of `n`, and this function makes it again of that; its own parts may have looser ones, so ask before for
/// bounds. `record(step, before, after)` is called for each step.
template <class Storage, class Record>
constexpr Node economize(BasicGraph<Storage>& g, Node n, Record record) {
  Simplifier<BasicGraph<Storage>> simplifier(g);
  return detail::economize(g, simplifier, n, record);
}
template <class Storage>
constexpr Node economize(BasicGraph<Storage>& g, Node n) {
  return economize(g, n, [](const EconomyStep&, Node, Node) {});
}

/// The cheapest form known of `given`, of which the rules have made `simple`: the economical one, or `given` itself.
template <class Storage, class Record>
constexpr Node cheapest(BasicGraph<Storage>& g, Node given, Node simple, Record record) {
  const Node found = economize(g, simple, record);
  return cost_of(g, given) < cost_of(g, found) ? given : found;
}
template <class Storage>
constexpr Node cheapest(BasicGraph<Storage>& g, Node given) {
  return cheapest(g, given, simplify(g, given), [](const EconomyStep&, Node, Node) {});
}

}  // namespace v0
}  // namespace whittle
