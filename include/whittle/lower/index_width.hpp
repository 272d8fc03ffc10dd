// Unbounded indices become machine integers, wide enough for their proven bounds.
#pragma once

#include <whittle/ir/interval.hpp>
#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>

namespace whittle {
inline namespace v0 {

/// On the CPU every index is int64, the width of an address; on a grid int32 where all bounds fit.
inline Node assign_index_width(Graph& g, Node sink, PassContext& context) {
  DType width = context.target.grid ? DType::int32 : DType::int64;
  for (Node n : topological_order(g, sink)) {
    if (g.dtype(n) != DType::index) continue;
    const Interval bounds = interval_of(g, n);
    if (bounds.low < -0x7fffffff || bounds.high > 0x7fffffff) width = DType::int64;
  }
  return rebuild(g, sink, [&](Node n, const std::vector<Node>& sources) {
    return g.make(g.op(n), g.dtype(n) == DType::index ? width : g.dtype(n), sources, g.argument(n));
  });
}

}  // namespace v0
}  // namespace whittle
