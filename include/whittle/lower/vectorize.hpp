// Addresses that are a scalar plus the lane become runs of memory.
#pragma once

#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>

namespace whittle {
inline namespace v0 {

/// index [buffer, base + lane] becomes index [buffer, base, lanes].
inline Node find_runs(Graph& g, Node sink, PassContext&) {
  const RangeSets sets(g, sink);
  return rebuild(g, sink, [&](Node n, const std::vector<Node>& sources) {
    if (g.op(n) == Op::index && g.arity(n) == 2)
      for (Node range : sets.ranges()) {
        if (kind_of(g, range) != RangeKind::vector) continue;
        const LinearCoefficient by = coefficient(g, sets, g.source(n, 1), range);
        if (!by.is_linear || by.value != 1) continue;
        const Node base = Substitution<Graph>(g, range, g.constant(DType::index, 0))(sources[1]);
        return g.make(Op::index, g.dtype(n), {sources[0], base, range});
      }
    return g.with_sources(n, sources);
  });
}

}  // namespace v0
}  // namespace whittle
