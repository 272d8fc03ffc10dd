// An expression as its linear sums, and where they are used.
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

}  // namespace detail
}  // namespace v0
}  // namespace whittle
