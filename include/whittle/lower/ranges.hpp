// Which ranges each node of a kernel depends on.
#pragma once

#include <span>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/rewrite/substitute.hpp>

namespace whittle {
inline namespace v0 {

/// Bit sets of the ranges (at most 64 a kernel) that nodes depend on: inside of which loops they have to be
/// computed. A reduction and an end close their ranges.
class RangeSets {
 public:
  RangeSets(const Graph& graph, Node root) : graph_(graph), order_(topological_order(graph, root)) {
    masks_.resize(graph.size());
    for (Node n : order_) {
      if (graph.op(n) == Op::range && ranges_.size() < 64) {
        masks_[number_of(n)] = std::uint64_t{1} << ranges_.size();
        ranges_.push_back(n);
      }
      std::uint64_t mask = masks_[number_of(n)];
      for (Node s : graph.sources(n)) mask |= masks_[number_of(s)];
      masks_[number_of(n)] = mask & ~closed_by(n);
    }
  }

  std::uint64_t operator[](Node n) const { return number_of(n) < masks_.size() ? masks_[number_of(n)] : 0; }
  const std::vector<Node>& order() const { return order_; }
  const std::vector<Node>& ranges() const { return ranges_; }
  bool depends(Node n, Node range) const { return ((*this)[n] & (*this)[range]) != 0; }

  /// The ranges of a mask, in order of first use.
  std::vector<Node> of(std::uint64_t mask) const {
    std::vector<Node> list;
    for (std::size_t i = 0; i < ranges_.size(); ++i)
      if (((mask >> i) & 1u) != 0) list.push_back(ranges_[i]);
    return list;
  }

 private:
  std::uint64_t closed_by(Node n) const {
    std::uint64_t closed = 0;
    if (graph_.op(n) != Op::reduce && graph_.op(n) != Op::end) return 0;
    for (Node s : graph_.sources(n).subspan(1))
      if (graph_.op(s) == Op::range) closed |= masks_[number_of(s)];
    return closed;
  }

  const Graph& graph_;
  std::vector<Node> order_, ranges_;
  std::vector<std::uint64_t> masks_;
};

inline RangeArgument range_argument(const Graph& g, Node range) { return unpack<RangeArgument>(g.argument(range)); }
inline RangeKind kind_of(const Graph& g, Node range) { return range_argument(g, range).kind; }
/// A range's size where it is a constant, else 0.
inline std::int64_t constant_size(const Graph& g, Node range) {
  const Node size = g.source(range, 0);
  return g.is_constant(size) ? g.scalar(size).as_int() : 0;
}
inline Node with_kind(Graph& g, Node range, RangeKind kind) {
  return g.range(g.source(range, 0), range_argument(g, range).id, kind);
}
/// What takes a range's place: a value for indices, and ranges for the lists of `end` and `reduce`.
struct RangeReplacement {
  Node range = Node::none, value = Node::none;
  std::vector<Node> closes;
};

/// Puts values in the place of ranges, and other ranges into the lists that close them.
inline Node replace_ranges(Graph& g, Node root, const std::vector<RangeReplacement>& replacements) {
  const auto find = [&](Node n) {
    std::size_t k = 0;
    while (k < replacements.size() && replacements[k].range != n) ++k;
    return k;
  };
  std::vector<Node> memo(g.size(), Node::none);
  for (Node n : topological_order(g, root)) {
    std::vector<Node> sources;
    const bool closes = g.op(n) == Op::end || g.op(n) == Op::reduce;
    const std::span<const Node> old = g.sources(n);
    for (std::size_t k = 0; k < old.size(); ++k) {
      const std::size_t which = closes && k > 0 ? find(old[k]) : replacements.size();
      if (which < replacements.size())
        sources.insert(sources.end(), replacements[which].closes.begin(), replacements[which].closes.end());
      else
        sources.push_back(memo[number_of(old[k])]);
    }
    const std::size_t self = find(n);
    if (self < replacements.size())
      memo[number_of(n)] = replacements[self].value;
    else if (closes && sources.size() == 1)
      memo[number_of(n)] = sources[0];
    else
      memo[number_of(n)] = g.with_sources(n, sources);
  }
  return memo[number_of(root)];
}

/// One more than the greatest range number below `root`.
inline std::uint32_t next_range_id(const Graph& g, const RangeSets& sets) {
  std::uint32_t next = 0;
  for (Node r : sets.ranges()) next = std::max(next, range_argument(g, r).id + 1);
  return next;
}

/// The ranges that the kernel's outermost `end` closes, outermost first.
inline std::vector<Node> output_ranges(const Graph& g, Node sink) {
  const Node effect = g.source(sink, 0);
  if (g.op(effect) != Op::end) return {};
  const std::span<const Node> sources = g.sources(effect);
  return {sources.begin() + 1, sources.end()};
}

/// `offset` as a + b * range: b, where that form is plain to see; else no value. Sums and products with
/// constants are looked through.
struct LinearCoefficient {
  bool is_linear = false;
  std::int64_t value = 0;
};
inline LinearCoefficient coefficient(const Graph& g, const RangeSets& sets, Node offset, Node range) {
  if (!sets.depends(offset, range)) return {true, 0};
  if (offset == range) return {true, 1};
  if (g.op(offset) == Op::add) {
    const LinearCoefficient a = coefficient(g, sets, g.source(offset, 0), range);
    const LinearCoefficient b = coefficient(g, sets, g.source(offset, 1), range);
    return {a.is_linear && b.is_linear, a.value + b.value};
  }
  if (g.is_over_constant(offset, Op::mul)) {
    const LinearCoefficient a = coefficient(g, sets, g.source(offset, 0), range);
    return {a.is_linear, a.value * g.scalar(g.source(offset, 1)).as_int()};
  }
  return {};
}

/// The offset of an address, without its gate.
inline Node ungated_offset(const Graph& g, Node address) {
  const Node offset = g.source(address, 1);
  const bool gated = g.op(offset) == Op::where && g.op(g.source(offset, 2)) == Op::invalid;
  return gated ? g.source(offset, 1) : offset;
}

}  // namespace v0
}  // namespace whittle
