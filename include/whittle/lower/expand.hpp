// Unrolled ranges become copies; reductions over lanes fold at the end.
#pragma once

#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// `n` with the range's values 0, 1, ... put in.
inline std::vector<Node> copies(Graph& g, const std::vector<Node>& nodes, Node range) {
  std::vector<Node> all;
  for (std::int64_t value = 0; value < constant_size(g, range); ++value) {
    Substitution<Graph> substitute(g, range, g.constant(DType::index, value));
    for (Node n : nodes) all.push_back(substitute(n));
  }
  return all;
}

inline Node expanded(Graph& g, Node n, const std::vector<Node>& sources) {
  std::vector<Node> loops, values{sources[0]};
  Node lanes = Node::none;
  for (std::size_t k = 1; k < sources.size(); ++k) {
    if (kind_of(g, sources[k]) == RangeKind::unroll)
      values = copies(g, values, sources[k]);
    else if (kind_of(g, sources[k]) == RangeKind::vector)
      lanes = sources[k];
    else
      loops.push_back(sources[k]);
  }
  if (g.op(n) == Op::end) {
    const Node effect = values.size() == 1 ? values[0] : group(g, values);
    return loops.empty() ? effect : end(g, effect, loops);
  }
  const Op op = unpack<ReduceArgument>(g.argument(n)).op;
  Node value = values[0];
  for (std::size_t k = 1; k < values.size(); ++k) value = g.make(op, g.dtype(n), {value, values[k]});
  if (!loops.empty()) value = reduce(g, value, op, loops);
  return lanes == Node::none ? value : reduce(g, value, op, {lanes});
}

}  // namespace detail

/// Copies what lies under unrolled ranges, takes lanes out of the loops that close, and splits reductions over
/// loops and lanes into one over loops, of vectors, and one over lanes.
inline Node expand_ranges(Graph& g, Node sink, PassContext&) {
  return rebuild(g, sink, [&](Node n, const std::vector<Node>& sources) {
    const bool closes = g.op(n) == Op::end || g.op(n) == Op::reduce;
    return closes ? detail::expanded(g, n, sources) : g.with_sources(n, sources);
  });
}

}  // namespace v0
}  // namespace whittle
