// Walks over graphs, without recursion.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include <whittle/ir/graph.hpp>

namespace whittle {
inline namespace v0 {

/// Every node below `roots`, sources before the nodes that use them, in an order that depends only on structure.
template <class G>
constexpr std::vector<Node> topological_order(const G& graph, std::span<const Node> roots) {
  std::vector<Node> order, stack;
  std::vector<std::uint8_t> state(graph.size());  // 0 unseen, 1 open, 2 done
  for (std::size_t r = roots.size(); r-- > 0;) stack.push_back(roots[r]);
  while (!stack.empty()) {
    const Node n = stack.back();
    std::uint8_t& mine = state[number_of(n)];
    if (mine == 0) {
      mine = 1;
      const std::span<const Node> sources = graph.sources(n);
      for (std::size_t k = sources.size(); k-- > 0;)
        if (state[number_of(sources[k])] == 0) stack.push_back(sources[k]);
      continue;
    }
    stack.pop_back();
    if (mine == 1) {
      mine = 2;
      order.push_back(n);
    }
  }
  return order;
}

template <class G>
constexpr std::vector<Node> topological_order(const G& graph, Node root) {
  return topological_order(graph, std::span<const Node>(&root, 1));
}

/// Makes everything below `root` anew, sources first: `make(n, sources)` gives what stands in the place of `n`, over
/// what stands in the place of its sources.
template <class G, class Make>
constexpr Node rebuild(G& graph, Node root, Make make) {
  std::vector<Node> made(graph.size(), Node::none), sources;
  for (Node n : topological_order(graph, root)) {
    sources.clear();
    for (Node s : graph.sources(n)) sources.push_back(made[number_of(s)]);
    made[number_of(n)] = make(n, sources);
  }
  return made[number_of(root)];
}

namespace detail {

/// Begins a walk at a node.
template <class G>
constexpr std::vector<Node> first_visited(G& g, Node root) {
  std::vector<Node> found;
  found.reserve(64);
  found.push_back(root);
  g.begin_walk();
  g.visit(root);
  return found;
}

/// Visits what is below the nodes in `found`, which are visited, and adds it to them; sources only of nodes that
/// `enters(node)` allows. False if there are more than `most` nodes: then not all of them are visited.
template <class G, class Enters>
constexpr bool visit_below(G& g, std::vector<Node>& found, Enters enters,
                           std::size_t most = std::numeric_limits<std::size_t>::max()) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found.size() > most) return false;
    if (!enters(found[i])) continue;
    for (Node source : g.sources(found[i]))
      if (g.visit(source)) found.push_back(source);
  }
  return true;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
