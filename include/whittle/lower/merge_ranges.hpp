// Adjacent loops that walk memory as one loop become one.
#pragma once

#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>
#include <whittle/simplify/simplify.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Divisions and remainders below a kernel: what merging must not add to.
inline std::size_t divisions(const Graph& g, Node root) {
  std::size_t count = 0;
  for (Node n : topological_order(g, root)) count += g.op(n) == Op::floordiv || g.op(n) == Op::floormod;
  return count;
}

/// Puts one range in the place of `outer` and `inner`, which follow each other in a list of ranges.
inline Node try_merge(Graph& g, Node sink, Node outer, Node inner) {
  const std::int64_t a = constant_size(g, outer), b = constant_size(g, inner);
  if (a <= 0 || b <= 0 || a > (std::int64_t{1} << 40) / b) return Node::none;
  const Node both = g.range(g.constant(DType::index, a * b), range_argument(g, outer).id, kind_of(g, outer));
  return replace_ranges(g, sink, {{outer, floordiv(g, both, b), {both}}, {inner, floormod(g, both, b), {}}});
}

/// The lists of ranges that a node closes.
inline std::vector<std::vector<Node>> closed_lists(const Graph& g, Node sink) {
  std::vector<std::vector<Node>> lists;
  for (Node n : topological_order(g, sink))
    if (g.op(n) == Op::end || g.op(n) == Op::reduce) {
      const std::span<const Node> sources = g.sources(n);
      lists.emplace_back(sources.begin() + 1, sources.end());
    }
  return lists;
}

}  // namespace detail

/// Merges neighbouring ranges of a list as long as no division is added; the fewer loops, the longer the runs.
inline Node merge_ranges(Graph& g, Node sink, PassContext&) {
  for (bool changed = true; changed;) {
    changed = false;
    const std::size_t before = detail::divisions(g, sink);
    for (const std::vector<Node>& list : detail::closed_lists(g, sink)) {
      for (std::size_t k = 0; k + 1 < list.size() && !changed; ++k) {
        const Node merged = detail::try_merge(g, sink, list[k], list[k + 1]);
        if (merged == Node::none) continue;
        const Node simple = simplify(g, merged);
        if (detail::divisions(g, simple) > before) continue;
        sink = simple;
        changed = true;
      }
      if (changed) break;
    }
  }
  return sink;
}

}  // namespace v0
}  // namespace whittle
