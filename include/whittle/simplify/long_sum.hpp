// Sums of more terms than a LinearSum holds: as trees that a term is added to without being built anew.
#pragma once

#include <algorithm>
#include <bit>

#include <whittle/simplify/linear.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Adds sums without a constant, of any number of terms. A sum of more than `most_terms` is a binary trie: its terms
/// are split at the highest bit in which their keys differ, and what holds no more than `most_terms` is a canonical
/// sum. So the tree follows from the terms alone, and adding one to n costs O(log n) nodes (Morrison, PATRICIA, 1968).
template <class G>
class LongSum {
 public:
  /// Sums that are multiplied are terms, unless `distributes`.
  explicit constexpr LongSum(G& g, bool distributes) : g_(g), distributes_(distributes) {}

  /// a + b, `none` for 0; if not `fits()`, of no use.
  constexpr Node sum(Node a, Node b) { return sum(a, b, key_bits); }
  /// False: what was given is no canonical sum without a constant, or a coefficient is beyond int64.
  constexpr bool fits() const { return fits_; }

 private:
  static constexpr int key_bits = 64;

  /// One of the two sums that are added, and what its place in the tree depends on.
  struct Part {
    Node node;
    bool is_short = true;
    LinearSum sum = {};     ///< of a short one
    std::uint64_t key = 0;  ///< of one of its terms
    int span = -1;          ///< the highest bit in which keys of its terms differ
  };
  struct Halves {
    Node low, high;  ///< whose keys have 0 or 1 at the bit of the split; `none` where there is no such term
  };

  constexpr Node sum(Node a, Node b, int below) {
    if (a == Node::none || b == Node::none || !fits_) return a == Node::none ? b : a;
    const Part x = part(a), y = part(b);
    if (const LinearSum both = short_sum(x, y); both.fits) return expression_of(both);
    const int bit = std::max({x.span, y.span, highest_bit(x.key ^ y.key)});
    fits_ = fits_ && 0 <= bit && bit < below;
    if (!fits_) return Node::none;
    if (x.span < bit && y.span < bit) return g_.make(Op::add, DType::index, {a, b});
    const Halves of_x = split(x, bit), of_y = split(y, bit);
    return joined(sum(of_x.low, of_y.low, bit), sum(of_x.high, of_y.high, bit));
  }
  constexpr Node joined(Node low, Node high) {
    if (low == Node::none || high == Node::none) return low == Node::none ? high : low;
    const LinearSum both = short_sum(part(low), part(high));
    return both.fits ? expression_of(both) : g_.make(Op::add, DType::index, {low, high});
  }
  /// Of two that are short; otherwise it does not fit.
  constexpr LinearSum short_sum(const Part& a, const Part& b) const {
    LinearSum both;
    both.fits = a.is_short && b.is_short;
    if (!both.fits) return both;
    both = a.sum;
    add_scaled(g_, both, b.sum, 1);
    return both;
  }
  constexpr Node expression_of(const LinearSum& terms) {
    return terms.is_constant() ? Node::none : expression(g_, terms);
  }

  constexpr Part part(Node n) {
    Part found{n};
    found.sum.distributes = distributes_;
    found.is_short = is_short_chain(g_, n);
    std::uint64_t different = 0;
    if (!found.is_short) {
      found.key = some_key(g_.source(n, 0));
      different = found.key ^ some_key(g_.source(n, 1));
      fits_ = fits_ && !g_.is_constant(g_.source(n, 1));
    } else if (read_canonical(g_, n, found.sum) && found.sum.constant == 0) {
      found.key = key_of(found.sum.terms[0].base);
      for (const Term& term : found.sum.terms) different |= found.key ^ key_of(term.base);
    } else {
      fits_ = false;
    }
    found.span = highest_bit(different);
    return found;
  }
  constexpr Halves split(const Part& all, int bit) {
    const auto is_high = [bit](std::uint64_t key) { return (key >> bit & 1) != 0; };
    if (all.span != bit) return is_high(all.key) ? Halves{Node::none, all.node} : Halves{all.node, Node::none};
    if (all.is_short) {
      LinearSum low, high;
      low.distributes = high.distributes = distributes_;
      for (const Term& term : all.sum.terms) (is_high(key_of(term.base)) ? high : low).terms.push_back(term);
      return {expression_of(low), expression_of(high)};
    }
    const Node a = g_.source(all.node, 0), b = g_.source(all.node, 1);
    return is_high(all.key) ? Halves{b, a} : Halves{a, b};
  }

  /// Quotients and remainders come after all other terms, those of one value together, so that these can become one.
  /// Few bits for the value: those of several may mix, but of one value there may be many.
  constexpr std::uint64_t key_of(Node base) const {
    if (!is_quotient_or_remainder(g_, base)) return g_.key(base) >> 1;
    Node value = base;
    while (is_quotient_or_remainder(g_, value)) value = g_.source(value, 0);
    constexpr std::uint64_t last = std::uint64_t{1} << (key_bits - 1), own_bits = (std::uint64_t{1} << 43) - 1;
    return last | (g_.key(value) >> 1 & ~own_bits) | (g_.key(base) & own_bits);
  }
  /// Of a chain it is that of the last term: the rest need not be walked through.
  constexpr std::uint64_t some_key(Node n) const {
    while (g_.op(n) == Op::add) n = g_.op(g_.source(n, 0)) == Op::add ? g_.source(n, 1) : g_.source(n, 0);
    return key_of(base_of(g_, n));
  }
  /// -1 for 0.
  static constexpr int highest_bit(std::uint64_t bits) { return static_cast<int>(std::bit_width(bits)) - 1; }

  G& g_;
  bool distributes_;
  bool fits_ = true;
};

/// The canonical form of a sum of two canonical sums that together have more than `most_terms` terms; none if it is
/// canonical.
template <class G>
constexpr Node canonical_long_sum(G& g, Node n, bool distributes = true) {
  LongSum<G> add(g, distributes);
  const Node sum = add.sum(g.source(n, 0), g.source(n, 1));
  if (!add.fits() || sum == n) return Node::none;
  return sum != Node::none ? sum : g.constant(DType::index, 0);
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
