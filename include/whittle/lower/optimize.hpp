// Which loops become vector lanes, which are unrolled, and which is shared by threads.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>
#include <whittle/schedule/index_map.hpp>
#include <whittle/simplify/simplify.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// A load or store, and how often it is done.
struct Access {
  Node address;
  double times;
  bool is_store;
};

class OptimizationChoice {
 public:
  OptimizationChoice(Graph& g, Node sink, const Target& target) : g_(g), sink_(sink), target_(target) {}

  Node operator()() {
    split_divided();
    if (target_.vector_bits >= 128) vectorize();
    unroll();
    share();
    return sink_;
  }

 private:
  static constexpr std::int64_t most_lanes = 32;
  static constexpr std::int64_t most_accumulators = 16;  // vector registers that accumulators may take

  std::int64_t register_lanes() const { return std::max<std::int64_t>(1, target_.vector_bits / 32); }

  std::vector<Access> accesses(const RangeSets& sets) const {
    std::vector<Access> list;
    for (Node n : sets.order()) {
      if (g_.op(n) != Op::load && g_.op(n) != Op::store) continue;
      double times = 1;
      for (Node r : sets.of(sets[n])) times *= static_cast<double>(std::max<std::int64_t>(1, constant_size(g_, r)));
      list.push_back({g_.source(n, 0), times, g_.op(n) == Op::store});
    }
    return list;
  }

  /// A range of which most accesses use quotient and remainder, as of strides and groups, becomes two.
  void split_divided() {
    for (Node range : output_ranges(g_, sink_)) {
      const RangeSets sets(g_, sink_);
      const std::int64_t divisor = divisor_of(sets, range);
      if (divisor == 0) continue;
      double divided = 0, plain = 0;
      for (const Access& access : accesses(sets))
        if (sets.depends(access.address, range))
          (coefficient(g_, sets, ungated_offset(g_, access.address), range).is_linear ? plain : divided) +=
              access.times;
      if (divided > plain) sink_ = simplify(g_, split(range, divisor, kind_of(g_, range)));
    }
  }

  /// What a range is divided by without a rest, or 0.
  std::int64_t divisor_of(const RangeSets& sets, Node range) const {
    for (Node n : sets.order()) {
      if ((g_.op(n) != Op::floordiv && g_.op(n) != Op::floormod) || !g_.is_constant(g_.source(n, 1))) continue;
      const std::int64_t divisor = g_.scalar(g_.source(n, 1)).as_int(), size = constant_size(g_, range);
      const LinearCoefficient by = coefficient(g_, sets, g_.source(n, 0), range);
      if (by.is_linear && by.value == 1 && divisor > 1 && divisor < size && size % divisor == 0) return divisor;
    }
    return 0;
  }

  static bool is_power_of_two(std::int64_t n) { return std::has_single_bit(static_cast<std::uint64_t>(n)); }

  /// The best number of lanes that divides a range: full registers first, then many. Accumulators of several
  /// registers are powers of two: LLVM passes others from block to block as scalars.
  std::int64_t lanes_for(std::int64_t size, bool accumulates, double& efficiency) const {
    std::int64_t best = 0;
    efficiency = 0;
    for (std::int64_t lanes = 4; lanes <= std::min(size, most_lanes); ++lanes) {
      if (size % lanes != 0 || (accumulates && lanes > register_lanes() && !is_power_of_two(lanes))) continue;
      const std::int64_t registers = (lanes + register_lanes() - 1) / register_lanes();
      const double use = static_cast<double>(lanes) / static_cast<double>(registers * register_lanes());
      if (use >= efficiency) efficiency = use, best = lanes;
    }
    return best;
  }

  /// How well the accesses go with a range as lanes: 1 if all are runs of memory, below 0 if most are scattered.
  double contiguity(const RangeSets& sets, const std::vector<Access>& list, Node range) const {
    double good = 0, all = 0;
    for (const Access& access : list) {
      const Node offset = ungated_offset(g_, access.address);
      const LinearCoefficient by = coefficient(g_, sets, offset, range);
      const bool touched = sets.depends(access.address, range);
      if (!touched && access.is_store) continue;
      all += access.times;
      good += access.times * (by.is_linear && by.value == 1 ? 1.0 : by.is_linear && by.value == 0 ? 0.4 : -1.0);
    }
    return all > 0 ? good / all : 0;
  }

  void vectorize() {
    const RangeSets sets(g_, sink_);
    const std::vector<Access> list = accesses(sets);
    const bool accumulates = reduces(sets);
    Node best = Node::none;
    double best_score = 0.05;
    std::int64_t best_lanes = 0;
    for (Node range : sets.ranges()) {
      double efficiency = 0;
      const std::int64_t lanes = lanes_for(constant_size(g_, range), accumulates, efficiency);
      if (lanes == 0) continue;
      double score = contiguity(sets, list, range) * efficiency;
      if (kind_of(g_, range) == RangeKind::reduce) score *= 0.9;  // lanes have to be folded at the end
      if (score > best_score) best_score = score, best = range, best_lanes = lanes;
    }
    if (best != Node::none) sink_ = split(best, best_lanes, RangeKind::vector);
  }

  /// The range as outer * count + inner, inner of the given kind.
  Node split(Node range, std::int64_t count, RangeKind kind) {
    const std::int64_t size = constant_size(g_, range);
    const std::uint32_t id = next_range_id(g_, RangeSets(g_, sink_));
    const Node inner = g_.range(g_.constant(DType::index, count), id, kind);
    if (size == count) return replace_ranges(g_, sink_, {{range, inner, {inner}}});
    const Node outer =
        g_.range(g_.constant(DType::index, size / count), range_argument(g_, range).id, kind_of(g_, range));
    return replace_ranges(g_, sink_, {{range, add(g_, mul(g_, outer, count), inner), {outer, inner}}});
  }

  std::int64_t accumulator_registers(const RangeSets& sets) const {
    for (Node r : sets.ranges())
      if (kind_of(g_, r) == RangeKind::vector) return (constant_size(g_, r) + register_lanes() - 1) / register_lanes();
    return 1;
  }

  bool reduces(const RangeSets& sets) const {
    for (Node n : sets.order())
      if (g_.op(n) == Op::reduce) return true;
    return false;
  }

  /// Output ranges that some load inside of a reduction doesn't need: unrolling reuses that load.
  void unroll() {
    std::int64_t registers = accumulator_registers(RangeSets(g_, sink_));
    for (unsigned round = 0; round < 2; ++round) {
      const RangeSets sets(g_, sink_);
      if (!reduces(sets) || target_.vector_bits < 128) return;
      Node best = Node::none;
      double best_saving = 0;
      std::int64_t best_count = 0;
      for (Node range : output_ranges(g_, sink_)) {
        if (kind_of(g_, range) != RangeKind::loop) continue;
        const std::int64_t count = unroll_count(constant_size(g_, range), most_accumulators / registers);
        const double saving = count < 2 ? 0 : saved_loads(sets, range) * (1.0 - 1.0 / static_cast<double>(count));
        if (saving > best_saving) best_saving = saving, best = range, best_count = count;
      }
      if (best == Node::none) return;
      sink_ = split(best, best_count, RangeKind::unroll);
      registers *= best_count;
    }
  }

  static std::int64_t unroll_count(std::int64_t size, std::int64_t most) {
    for (std::int64_t count = std::min<std::int64_t>(8, most); count >= 2; --count)
      if (size % count == 0 && size > 0) return count;
    return 0;
  }

  /// Registers loaded in one turn of the innermost loops that a copy for the range's next value needs no more.
  double saved_loads(const RangeSets& sets, Node range) const {
    double saved = 0;
    for (const Access& access : accesses(sets))
      if (!access.is_store && !sets.depends(access.address, range) && inside_reduction(sets, access.address))
        saved += loaded_registers(sets, access.address);
    return saved;
  }
  /// What does not depend on lanes is an operand of arithmetic in memory, and half a load.
  double loaded_registers(const RangeSets& sets, Node address) const {
    for (Node lanes : sets.ranges()) {
      if (kind_of(g_, lanes) != RangeKind::vector) continue;
      if (!sets.depends(address, lanes)) return 0.5;
      const LinearCoefficient by = coefficient(g_, sets, ungated_offset(g_, address), lanes);
      const auto count = static_cast<double>(constant_size(g_, lanes));
      if (by.is_linear && by.value == 0) return 0.5;
      return by.is_linear && by.value == 1 ? std::ceil(count / static_cast<double>(register_lanes())) : count;
    }
    return 1;
  }
  bool inside_reduction(const RangeSets& sets, Node address) const {
    for (Node r : sets.of(sets[address]))
      if (kind_of(g_, r) == RangeKind::reduce) return true;
    return false;
  }

  /// The range that threads share goes outermost: the first with at least 16 values, else the longest.
  void share() {
    std::vector<Node> ranges = output_ranges(g_, sink_);
    Node chosen = Node::none;
    std::int64_t longest = 1;
    for (Node range : ranges) {
      const std::int64_t size = g_.is_constant(g_.source(range, 0)) ? constant_size(g_, range) : 16;
      if (kind_of(g_, range) != RangeKind::loop || longest >= 16) continue;
      if (size > longest) longest = size, chosen = range;
    }
    if (chosen == Node::none) return;
    const Node shared = with_kind(g_, chosen, RangeKind::parallel);
    sink_ = replace_ranges(g_, sink_, {{chosen, shared, {shared}}});
    ranges = output_ranges(g_, sink_);
    const auto at = std::find(ranges.begin(), ranges.end(), shared);
    if (at != ranges.end()) std::rotate(ranges.begin(), at, at + 1);
    sink_ = sink(g_, {end(g_, g_.source(g_.source(sink_, 0), 0), ranges)});
  }

  Graph& g_;
  Node sink_;
  const Target& target_;
};

/// On a GPU every output range is a part of the number of the thread.
inline Node spread_over_grid(Graph& g, Node sink) {
  const std::vector<Node> ranges = output_ranges(g, sink);
  Node total = g.constant(DType::index, 1);
  for (Node r : ranges) total = dim_mul(g, total, g.source(r, 0));
  const Node thread = special(g, total, "global");
  std::vector<RangeReplacement> replacements;
  Node rest = thread;
  for (std::size_t k = ranges.size(); k-- > 0;) {
    const Node size = g.source(ranges[k], 0);
    replacements.push_back({ranges[k], k == 0 ? rest : floormod(g, rest, size), {}});
    rest = floordiv(g, rest, size);
  }
  return replace_ranges(g, sink, replacements);
}

}  // namespace detail

/// Splits and marks ranges for the target.
inline Node optimize(Graph& g, Node sink, PassContext& context) {
  if (context.target.grid) return detail::spread_over_grid(g, sink);
  return detail::OptimizationChoice(g, sink, context.target)();
}

}  // namespace v0
}  // namespace whittle
