// One change of an expression's sums, and the expression that they make with it.
#pragma once

#include <source_location>
#include <vector>

#include <whittle/simplify/sites.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

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
  std::source_location where = std::source_location::current();  ///< what proposes it
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

/// part + rest < 0 becomes quotient + rest / c < 0, where the quotient is part / c and the rest a multiple of c.
template <class G>
constexpr void divide_comparison(const G& g, LinearSum& sum, const Change& change) {
  LinearSum rest;
  for (const Term& term : sum.terms) add_expression(g, rest, term.base, term.coefficient);
  rest.set_constant(int128{rest.constant} + sum.constant);
  const std::int64_t sign = multiple_in(rest, change.part), c = change.divisor;
  if (!rest.fits || (sign != 1 && sign != -1)) return;
  add_scaled(g, rest, change.part, -sign);
  // -part + rest < 0 says that rest + 1 <= part
  const int128 constant = int128{rest.constant} + (sign < 0 ? 1 : 0);
  bool whole = rest.fits && constant % c == 0;
  for (const Term& term : rest.terms) whole = whole && term.coefficient % c == 0;
  if (!whole) return;
  LinearSum result;
  for (const Term& term : rest.terms) add_term(g, result, term.base, term.coefficient / c);
  result.set_constant(constant / c - (sign < 0 ? 1 : 0));
  add_term(g, result, change.node, sign);
  sum = result;
}

/// quotient + rest < 0 becomes part + rest * c < 0, where the quotient is part / c.
template <class G>
constexpr void multiply_comparison(const G& g, LinearSum& sum, const Change& change) {
  LinearSum quotient;
  add_term(g, quotient, change.node, 1);
  const std::int64_t sign = multiple_in(sum, quotient);
  if (sign != 1 && sign != -1) return;
  LinearSum result;
  add_scaled(g, result, sum, change.divisor);
  add_term(g, result, change.node, -int128{sign} * change.divisor);
  add_scaled(g, result, change.part, sign);
  // -(part / c) + rest < 0 says that c * (rest + 1) <= part
  if (sign < 0) result.set_constant(int128{result.constant} + change.divisor - 1);
  if (result.fits) sum = result;
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
    if (shared != 0) {
      const Node part = expression(g_, renewed(change_.part));
      if (part == Node::none) return part;
      add_term(g_, result, part, shared);
    }
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
