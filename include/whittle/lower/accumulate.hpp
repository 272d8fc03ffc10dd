// Reductions become loops over accumulators in registers.
#pragma once

#include <limits>
#include <map>
#include <set>

#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// What a reduction over nothing gives.
inline Node identity_of(Graph& g, Op op, DType dtype) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto limit = [&](bool greatest) {
    if (is_float(dtype)) return g.constant(float_scalar(dtype, greatest ? infinity : -infinity));
    if (dtype == DType::boolean) return g.constant(bool_scalar(greatest));
    const unsigned width = bits(dtype);
    if (is_unsigned_int(dtype)) return greatest ? g.constant(dtype, -1) : g.constant(dtype, 0);
    const std::int64_t most =
        width == 64 || width == 0 ? std::numeric_limits<std::int64_t>::max() : (std::int64_t{1} << (width - 1)) - 1;
    return g.constant(dtype, greatest ? most : -most - 1);
  };
  switch (op) {
  case Op::max: return limit(false);
  case Op::min: return limit(true);
  case Op::mul: return g.constant(dtype, 1);
  case Op::bit_and: return dtype == DType::boolean ? g.constant(bool_scalar(true)) : g.constant(dtype, -1);
  default: return g.constant(dtype, 0);
  }
}

/// Reductions over the same ranges, none of which uses another: they share one loop.
struct ReduceGroup {
  std::vector<Node> reductions, ranges;
};

class Accumulate {
 public:
  Accumulate(Graph& g, Node sink)
      : g_(g),
        sets_(g, sink),
        next_range_(next_range_id(g, sets_)),
        memo_(g.size(), Node::none) {}

  Node operator()(Node sink) {
    find_groups();
    for (Node n : sets_.order()) {
      if (is_loop(n) && memo_[number_of(n)] == Node::none) lower_group(groups_[group_of_[number_of(n)]]);
      if (memo_[number_of(n)] == Node::none) memo_[number_of(n)] = rebuilt(n);
    }
    return memo_[number_of(sink)];
  }

 private:
  /// A reduction over lanes needs no loop.
  bool is_loop(Node n) const { return g_.op(n) == Op::reduce && kind_of(g_, g_.source(n, 1)) != RangeKind::vector; }

  void find_groups() {
    std::map<std::vector<Node>, std::vector<std::size_t>> by_ranges;
    for (Node n : sets_.order()) {
      if (!is_loop(n)) continue;
      const std::span<const Node> sources = g_.sources(n);
      const std::vector<Node> ranges(sources.begin() + 1, sources.end());
      std::size_t chosen = groups_.size();
      for (std::size_t candidate : by_ranges[ranges])
        if (sets_[groups_[candidate].reductions[0]] == sets_[n] && independent(groups_[candidate], n))
          chosen = candidate;
      if (chosen == groups_.size()) {
        groups_.push_back({{}, ranges});
        by_ranges[ranges].push_back(chosen);
      }
      groups_[chosen].reductions.push_back(n);
      group_of_[number_of(n)] = chosen;
    }
  }
  bool independent(const ReduceGroup& group, Node n) const {
    for (Node below : topological_order(g_, n))
      for (Node other : group.reductions)
        if (below == other) return false;
    return true;
  }

  Node rebuilt(Node n) {
    std::vector<Node> sources;
    for (Node s : g_.sources(n)) sources.push_back(memo_[number_of(s)]);
    return g_.with_sources(n, sources);
  }

  /// The new form of a node below a group's values, which may not have been reached yet.
  Node lowered(Node n) {
    for (Node below : topological_order(g_, n)) {
      if (memo_[number_of(below)] != Node::none) continue;
      if (is_loop(below)) lower_group(groups_[group_of_[number_of(below)]]);
      if (memo_[number_of(below)] == Node::none) memo_[number_of(below)] = rebuilt(below);
    }
    return memo_[number_of(n)];
  }

  /// A group that comes second over the same ranges gets ranges of its own: a loop closes its range once.
  void lower_group(ReduceGroup group) {
    std::vector<Replacing<Graph>> renamed;
    for (Node& range : group.ranges)
      if (!closed_.insert(range).second) {
        const Node fresh = g_.range(g_.source(range, 0), next_range_++, kind_of(g_, range));
        renamed.push_back({range, fresh});
        range = fresh;
      }
    Substitution<Graph> rename(g_, renamed);
    const std::vector<Node> outer = sets_.of(sets_[group.reductions[0]]);
    const Node zero = g_.constant(DType::index, 0);
    std::vector<Node> accumulators, updates;
    for (Node n : group.reductions) {
      const Node value = rename(lowered(g_.source(n, 0)));
      const DType dtype = g_.dtype(n);
      const Op op = unpack<ReduceArgument>(g_.argument(n)).op;
      const Node accumulator = g_.make(Op::buffer, dtype, {g_.constant(DType::index, 1)},
                                       pack(BufferArgument{next_accumulator_++, AddressSpace::registers, {}}));
      const Node placed = outer.empty() ? accumulator : after(g_, accumulator, outer);
      const Node start = store(g_, index_of(g_, placed, zero), identity_of(g_, op, dtype));
      std::vector<Node> before = group.ranges;
      before.insert(before.begin(), start);
      const Node address = index_of(g_, after(g_, accumulator, before), zero);
      updates.push_back(store(g_, address, g_.make(op, dtype, {load(g_, address), value})));
      accumulators.push_back(accumulator);
    }
    const Node loop = end(g_, updates.size() == 1 ? updates[0] : whittle::group(g_, updates), group.ranges);
    for (std::size_t i = 0; i < group.reductions.size(); ++i)
      memo_[number_of(group.reductions[i])] = load(g_, index_of(g_, after(g_, accumulators[i], {loop}), zero));
  }

  Graph& g_;
  RangeSets sets_;
  std::uint32_t next_range_;
  std::set<Node> closed_;
  std::vector<Node> memo_;
  std::vector<ReduceGroup> groups_;
  std::map<std::uint32_t, std::size_t> group_of_;
  std::uint32_t next_accumulator_ = 0;
};

}  // namespace detail

inline Node accumulate(Graph& g, Node sink, PassContext&) { return detail::Accumulate(g, sink)(sink); }

}  // namespace v0
}  // namespace whittle
