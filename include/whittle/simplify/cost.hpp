// What an expression costs to compute.
#pragma once

#include <cstdint>
#include <vector>

#include <whittle/ir/graph.hpp>

namespace whittle {
inline namespace v0 {

/// The cost of an operator: 16 for a division or remainder, 3 for a product, 1 for anything else.
constexpr std::uint32_t cost_of(Op op) {
  switch (op) {
  case Op::floordiv:
  case Op::floormod:
  case Op::cdiv:
  case Op::cmod:
  case Op::fdiv: return 16;
  case Op::mul: return 3;
  default: return 1;
  }
}

/// The sum over the distinct nodes of an expression: elementwise operators, and what they start from.
template <class G>
constexpr std::uint64_t cost_of(G& g, Node root) {
  std::vector<Node> stack{root};
  std::uint64_t cost = 0;
  g.begin_walk();
  g.visit(root);
  while (!stack.empty()) {
    const Node n = stack.back();
    stack.pop_back();
    const Op op = g.op(n);
    cost += cost_of(op);
    if (!is_elementwise(op)) continue;
    for (Node source : g.sources(n))
      if (g.visit(source)) stack.push_back(source);
  }
  return cost;
}

}  // namespace v0
}  // namespace whittle
