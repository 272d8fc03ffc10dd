// An expression as its linear sums: where they are used, and the expression that they make again once they are changed.
#pragma once

#include <vector>

#include <whittle/rewrite/numbering.hpp>
#include <whittle/simplify/inequality.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// A place where a sum stands: the sum itself (`add`), or a comparison of two, whose difference it is.
template <class G>
constexpr bool is_site(const G& g, Node n) {
  const Op op = g.op(n);
  if (op == Op::add) return g.dtype(n) == DType::index;
  return (op == Op::less || op == Op::equal || op == Op::not_equal) && g.dtype(g.source(n, 0)) == DType::index;
}

/// The elementwise nodes of an expression, sources first. Of a site the sources are the terms of its sum. A sum that is
/// used more than once, or multiplied, is a term: it is not taken apart.
template <class G>
class Form {
 public:
  struct Entry {
    Node node;
    std::uint32_t sum;  ///< its number in `sums`, or `no_sum`
  };
  static constexpr std::uint32_t no_sum = ~std::uint32_t{0};

  std::vector<Entry> entries;
  std::vector<LinearSum> sums;
  bool fits = true;  ///< false: a sum is too long

  constexpr Form(G& g, Node root) : g_(g) {
    count_users(root);
    std::vector<Node> stack{root};
    while (!stack.empty() && fits) {
      const Node n = stack.back();
      std::uint8_t& state = states_[number_(g_, n)];
      if (state == 0) {
        state = 1;
        push_sources(n, stack);
      } else {
        stack.pop_back();
        if (state == 1) entries.push_back({n, number_of_sum(n)});
        state = 2;
      }
    }
  }

  constexpr bool contains(Node n) { return number_(g_, n) < users_.size(); }

 private:
  constexpr void count_users(Node root) {
    std::vector<Node> stack{root};
    users_.push_back(number_(g_, root));
    while (!stack.empty()) {
      const Node n = stack.back();
      stack.pop_back();
      if (!is_elementwise(g_.op(n))) continue;
      for (Node source : g_.sources(n)) {
        const std::uint32_t i = number_(g_, source);
        if (i == users_.size()) {
          users_.push_back(0);
          stack.push_back(source);
        }
        ++users_[i];
      }
    }
    states_.resize(users_.size(), 0);
    sum_numbers_.resize(users_.size(), no_sum);
  }

  constexpr void push_sources(Node n, std::vector<Node>& stack) {
    const auto push = [&](Node source) {
      if (states_[number_(g_, source)] == 0) stack.push_back(source);
    };
    if (!is_elementwise(g_.op(n))) return;
    if (is_site(g_, n)) {
      sum_numbers_[number_(g_, n)] = static_cast<std::uint32_t>(sums.size());
      sums.push_back(sum_of(n));
      fits = fits && sums.back().fits;
      for (const Term& term : sums.back().terms) push(term.base);
    } else {
      for (Node source : g_.sources(n)) push(source);
    }
  }
  constexpr std::uint32_t number_of_sum(Node n) { return sum_numbers_[number_(g_, n)]; }

  constexpr LinearSum sum_of(Node site) {
    LinearSum sum;
    add_part(sum, g_.source(site, 0), 1);
    add_part(sum, g_.source(site, 1), g_.op(site) == Op::add ? 1 : -1);
    return sum;
  }

  /// Adds scale * n, where n is a source of a site.
  constexpr void add_part(LinearSum& sum, Node n, std::int64_t scale) {
    FixedVector<Node, 2 * most_terms> pending{n};
    while (!pending.empty() && sum.fits) {
      const Node part = pending.back();
      pending.pop_back();
      if (g_.op(part) == Op::add && users_[number_(g_, part)] == 1)
        sum.fits = pending.push_back(g_.source(part, 1)) && pending.push_back(g_.source(part, 0));
      else if (g_.op(part) == Op::constant)
        sum.set_constant(sum.constant + int128{scale} * g_.scalar(part).as_int());
      else
        add_term(g_, sum, base_of(g_, part), int128{scale} * factor_of(part));
    }
  }
  constexpr std::int64_t factor_of(Node n) const {
    return is_constant_factor(g_, n) ? g_.scalar(g_.source(n, 1)).as_int() : 1;
  }

  G& g_;
  Numbering<G, false> number_;
  std::vector<std::uint32_t> users_, sum_numbers_;
  std::vector<std::uint8_t> states_;  ///< 1: its sources are on the way, 2: done
};

/// One change of an expression's sums.
struct Change {
  enum class Kind : std::uint8_t {
    share,        ///< the sum `part` is computed once, and used wherever a multiple of it is in a sum
    share_apart,  ///< the same, but in no comparison
    expand,       ///< `node` becomes the sum `part`, of which the sums that it is a term of get the terms
    replace,      ///< the same, but it stays one term
    divide,       ///< part < divisor * k, in comparisons, becomes node < k, where node = part / divisor
    multiply,     ///< node < k, in comparisons, becomes part < divisor * k
    exchange,     ///< `node` becomes `with`, and `satisfied` true
  };
  Kind kind = Kind::share;
  LinearSum part = {};
  Node node = Node::none, with = Node::none, satisfied = Node::none;
  std::int64_t divisor = 0;
};

/// k where `sum` contains k * part; 0 where it does not.
constexpr std::int64_t multiple_in(const LinearSum& sum, const LinearSum& part) {
  std::int64_t k = 0;
  for (const Term& term : part.terms) {
    const Term* found = nullptr;
    for (const Term& other : sum.terms)
      if (other.base == term.base) found = &other;
    if (found == nullptr || found->coefficient % term.coefficient != 0) return 0;
    const std::int64_t ratio = found->coefficient / term.coefficient;
    if (k != 0 && ratio != k) return 0;
    k = ratio;
  }
  return k;
}

/// part + rest < 0 as quotient + rest / c < 0, where the quotient is part / c; false if the rest is no multiple of c.
template <class G>
constexpr bool divide_comparison(const G& g, LinearSum& sum, const Change& change) {
  LinearSum rest;
  for (const Term& term : sum.terms) add_expression(g, rest, term.base, term.coefficient);
  rest.set_constant(int128{rest.constant} + sum.constant);
  const std::int64_t sign = multiple_in(rest, change.part), c = change.divisor;
  if (!rest.fits || (sign != 1 && sign != -1)) return false;
  add_scaled(g, rest, change.part, -sign);
  // -part + rest < 0 says that rest + 1 <= part
  const int128 constant = int128{rest.constant} + (sign < 0 ? 1 : 0);
  bool whole = rest.fits && constant % c == 0;
  for (const Term& term : rest.terms) whole = whole && term.coefficient % c == 0;
  if (!whole) return false;
  LinearSum result;
  for (const Term& term : rest.terms) add_term(g, result, term.base, term.coefficient / c);
  result.set_constant(constant / c - (sign < 0 ? 1 : 0));
  add_term(g, result, change.node, sign);
  sum = result;
  return sum.fits;
}

/// quotient + rest < 0 as part + rest * c < 0, where the quotient is part / c; false if it is no term.
template <class G>
constexpr bool multiply_comparison(const G& g, LinearSum& sum, const Change& change) {
  LinearSum quotient;
  add_term(g, quotient, change.node, 1);
  const std::int64_t sign = multiple_in(sum, quotient);
  if (sign != 1 && sign != -1) return false;
  LinearSum result;
  add_scaled(g, result, sum, change.divisor);
  add_term(g, result, change.node, -int128{sign} * change.divisor);
  add_scaled(g, result, change.part, sign);
  // -(part / c) + rest < 0 says that c * (rest + 1) <= part
  if (sign < 0) result.set_constant(int128{result.constant} + change.divisor - 1);
  if (result.fits) sum = result;
  return result.fits;
}

/// The expression that a form makes with a change.
template <class G>
class Rebuild {
 public:
  constexpr Rebuild(G& g, const Form<G>& form, const Change& change) : g_(g), change_(change) {
    for (const typename Form<G>::Entry& entry : form.entries) {
      const std::uint32_t i = number_(g_, entry.node);
      if (i >= made_.size()) made_.resize(i + 1, Node::none);
      made_[i] = entry.sum == Form<G>::no_sum ? plain(entry.node) : site(entry.node, form.sums[entry.sum]);
      if (made_[i] == Node::none) return;
    }
    root = made_[number_(g_, form.entries.back().node)];
  }

  Node root = Node::none;  ///< none if something did not fit

 private:
  using Kind = Change::Kind;

  constexpr Node made(Node n) {
    const std::uint32_t i = number_(g_, n);
    return i < made_.size() && made_[i] != Node::none ? made_[i] : n;
  }

  /// A sum over what its terms have become.
  constexpr LinearSum renewed(const LinearSum& sum) {
    LinearSum result;
    for (const Term& term : sum.terms)
      if (change_.kind == Kind::expand && term.base == change_.node)
        add_scaled(g_, result, renewed(change_.part), term.coefficient);
      else
        add_term(g_, result, made(term.base), term.coefficient);
    result.fits = result.fits && sum.fits;
    if (result.fits) result.set_constant(int128{result.constant} + sum.constant);
    return result;
  }

  constexpr Node site(Node n, LinearSum sum) {
    if (n == change_.node && change_.kind == Kind::exchange) return made(change_.with);
    if (n == change_.satisfied) return truth(g_, true);
    const Op op = g_.op(n);
    const bool shares = change_.kind == Kind::share || (change_.kind == Kind::share_apart && op == Op::add);
    const std::int64_t shared = shares ? multiple_in(sum, change_.part) : 0;
    if (shared != 0) add_scaled(g_, sum, change_.part, -shared);
    if (change_.kind == Kind::divide && op == Op::less) divide_comparison(g_, sum, change_);
    if (change_.kind == Kind::multiply && op == Op::less) multiply_comparison(g_, sum, change_);
    LinearSum result = renewed(sum);
    if (shared != 0) add_term(g_, result, expression(g_, renewed(change_.part)), shared);
    return op == Op::add ? expression(g_, result) : comparison(g_, op, result);
  }

  constexpr Node plain(Node n) {
    if (n == change_.node && (change_.kind == Kind::expand || change_.kind == Kind::replace))
      return expression(g_, renewed(change_.part));
    if (!is_elementwise(g_.op(n))) return n;
    sources_.clear();
    bool same = true;
    for (Node source : g_.sources(n)) {
      sources_.push_back(made(source));
      same = same && sources_.back() == source;
    }
    if (same) return n;
    const Op op = g_.op(n);
    if (op == Op::bit_and && g_.dtype(n) == DType::boolean)
      for (std::size_t k = 0; k < 2; ++k)
        if (sources_[k] == truth(g_, true)) return sources_[1 - k];
    return g_.make(op, g_.dtype(n), std::span<const Node>(sources_), g_.argument(n));
  }

  G& g_;
  const Change& change_;
  Numbering<G, false> number_;
  std::vector<Node> made_, sources_;
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
