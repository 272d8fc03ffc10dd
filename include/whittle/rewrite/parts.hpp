// What lies below a node of many sources, in parts that have little in common.
#pragma once

#include <cstdint>

#include <whittle/core/growing_array.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The sources [begin, end) of a root, and all below them.
struct Part {
  std::uint32_t begin, end;
};

/// What the sources of a root lead to. Only nodes of two and more sources count: what is small is shared by many, and
/// costs little.
struct SourceWeights {
  std::uint32_t sources;
  GrowingArray<std::uint32_t> own;     ///< by source: nodes below it that no earlier source leads to
  GrowingArray<std::uint32_t> shared;  ///< by source: nodes to which it or a later one leads, and an earlier one, too
};

/// In one walk from the root down, by numbers: sources have smaller ones than the nodes that use them. Without a branch
/// on whether a node lies below the root, which no processor could foresee: those that do not, and what is small, are
/// counted at the end of the arrays.
template <HasNodeAt G>
SourceWeights weights_of_sources(const G& g, node_of<G> root) {
  using T = graph_traits<G>;
  struct Reach {  // the first and the last source that lead to a node
    std::uint32_t first = 0xffffffffu, last = 0;
  };
  const std::uint32_t sources = T::arity(g, root), end = T::index(g, root);
  GrowingArray<Reach> reach;
  reach.reserve(end);
  reach.resize_ahead(end);
  const auto lead_to = [&](node_of<G> n, Reach from) {
    Reach& known = reach[T::index(g, n)];
    known = {known.first < from.first ? known.first : from.first, known.last > from.last ? known.last : from.last};
  };
  for (std::uint32_t k = 0; k < sources; ++k) lead_to(T::source(g, root, k), {k, k});

  SourceWeights weights{sources, {}, {}};
  weights.own.resize_ahead(sources + 1);
  weights.shared.resize_ahead(sources + 2);
  for (std::uint32_t i = end; i-- > 0;) {
    const Reach reached = reach[i];
    const node_of<G> n = T::node_at(g, i);
    const bool counts = reached.first <= reached.last && T::arity(g, n) > 1;
    ++weights.own[counts ? reached.first : sources];
    ++weights.shared[counts ? reached.first + 1 : sources + 1];
    --weights.shared[counts ? reached.last + 1 : sources + 1];
    for_each_source<GivesNone<G>>(g, n, [&](node_of<G> source) { lead_to(source, reached); });
  }
  for (std::uint32_t k = 0; k < sources; ++k) weights.shared[k + 1] += weights.shared[k];
  return weights;
}

/// Parts of about so many nodes, cut where few of them lie on both sides; larger ones where more than an eighth of a
/// part would.
inline GrowingArray<Part> parts_of(const SourceWeights& weights, std::uint32_t nodes_a_part) {
  const std::uint32_t least = nodes_a_part - nodes_a_part / 4, most = nodes_a_part + nodes_a_part / 4;
  const std::uint32_t most_shared = nodes_a_part / 8, sources = weights.sources;
  GrowingArray<Part> parts;
  for (std::uint32_t begin = 0; begin < sources; begin = parts.back().end) {
    std::uint32_t end = sources, nodes = 0, least_shared = most_shared + 1;
    for (std::uint32_t k = begin; k < sources; ++k) {
      nodes += weights.own[k];
      const std::uint32_t shared = weights.shared[k + 1];  // 0 after the last
      if (nodes < least || shared > most_shared) continue;
      if (shared < least_shared) end = k + 1, least_shared = shared;
      if (nodes >= most) break;
    }
    parts.append(begin, end);
  }
  return parts;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
