// Unbounded indices become machine integers, wide enough for their proven bounds.
#pragma once

#include <whittle/ir/interval.hpp>
#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

inline bool fits_int32(Graph& g, Node n) {
  const Interval bounds = interval_of(g, n);
  return bounds.low >= -0x7fffffff && bounds.high <= 0x7fffffff;
}

/// Comparisons of lanes' indices that int32 holds: half as wide as an address, they are as many lanes as floats.
inline std::vector<std::uint8_t> narrow_comparisons(Graph& g, Node sink) {
  const RangeSets sets(g, sink);
  std::vector<std::uint8_t> narrow(g.size());
  for (Node n : sets.order()) {
    if (!is_comparison(g.op(n)) || g.dtype(g.source(n, 0)) != DType::index) continue;
    if (!fits_int32(g, g.source(n, 0)) || !fits_int32(g, g.source(n, 1))) continue;
    for (Node range : sets.of(sets[n])) narrow[number_of(n)] |= kind_of(g, range) == RangeKind::vector;
  }
  return narrow;
}

}  // namespace detail

/// On the CPU indices are int64, the width of an address, but for comparisons of lanes; on a grid int32 where all
/// bounds fit.
inline Node assign_index_width(Graph& g, Node sink, PassContext& context) {
  DType width = context.target.grid ? DType::int32 : DType::int64;
  for (Node n : topological_order(g, sink))
    if (g.dtype(n) == DType::index && !detail::fits_int32(g, n)) width = DType::int64;
  const std::vector<std::uint8_t> narrow = detail::narrow_comparisons(g, sink);
  return rebuild(g, sink, [&](Node n, std::vector<Node> sources) {
    if (narrow[number_of(n)] != 0)
      for (Node& source : sources) source = cast(g, source, DType::int32);
    return g.make(g.op(n), g.dtype(n) == DType::index ? width : g.dtype(n), sources, g.argument(n));
  });
}

}  // namespace v0
}  // namespace whittle
