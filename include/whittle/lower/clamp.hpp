// One address for all lanes, which each lane gates: a load of one element, instead of a gather.
#pragma once

#include <whittle/ir/interval.hpp>
#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

inline bool depends_on_lanes(const Graph& g, const RangeSets& sets, Node n) {
  for (Node range : sets.of(sets[n]))
    if (kind_of(g, range) == RangeKind::vector) return true;
  return false;
}

/// The index into a buffer of constant size, put below its end, or none where it may be negative.
inline Node clamped(Graph& g, Node memory, Node offset) {
  if (g.op(memory) != Op::parameter || !g.is_constant(g.source(memory, 0))) return Node::none;
  const std::int64_t size = g.scalar(g.source(memory, 0)).as_int();
  return size < 1 || interval_of(g, offset).low < 0
             ? Node::none
             : g.make(Op::min, DType::index, {offset, g.constant(DType::index, size - 1)});
}

}  // namespace detail

/// Nobody asks for the value where the gate is closed, so that any element may stand for it.
inline Node clamp_uniform_addresses(Graph& g, Node sink, PassContext&) {
  const RangeSets sets(g, sink);
  return rebuild(g, sink, [&](Node n, const std::vector<Node>& sources) {
    const Node same = g.with_sources(n, sources);
    if (g.op(n) != Op::load || g.op(g.source(n, 0)) != Op::index) return same;
    const Node memory = g.source(sources[0], 0), index = g.source(sources[0], 1);
    if (g.op(index) != Op::where || g.op(g.source(index, 2)) != Op::invalid) return same;
    const Node known = g.source(g.source(n, 0), 1), gate = g.source(known, 0), offset = g.source(known, 1);
    if (!detail::depends_on_lanes(g, sets, gate) || detail::depends_on_lanes(g, sets, offset)) return same;
    const Node inside = detail::clamped(g, memory, g.source(index, 1));
    return inside == Node::none ? same : load(g, index_of(g, memory, inside));
  });
}

}  // namespace v0
}  // namespace whittle
