// What an expression costs to compute.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
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

namespace detail {

template <class G>
constexpr bool is_constant_of(const G& g, Node n, std::int64_t value) {
  return g.is_constant(n) && g.dtype(n) == DType::index && g.scalar(n).as_int() == value;
}
/// -x, which is x * -1 in a sum.
template <class G>
constexpr bool is_negation(const G& g, Node n) {
  return g.op(n) == Op::neg || (g.op(n) == Op::mul && is_constant_of(g, g.source(n, 1), -1));
}
/// What has to be computed for source k of n: a + x * -1 is a - x, and a < x + 1 is a <= x.
template <class G>
constexpr Node computed_source(const G& g, Node n, std::uint32_t k) {
  const Op op = g.op(n);
  const Node source = g.source(n, k);
  if ((op == Op::add || op == Op::sub) && is_negation(g, source)) return g.source(source, 0);
  const bool is_next = op == Op::less && k == 1 && g.op(source) == Op::add && is_constant_of(g, g.source(source, 1), 1);
  return is_next ? g.source(source, 0) : source;
}

/// Whether source k of a comparison is a number that would be greater by 1 in the usual form of a range,
/// 1 <= x && x < 9: as in 0 < x and x <= 8.
template <class G>
constexpr bool is_bound_before(const G& g, Node n, std::uint32_t k) {
  const bool before = (g.op(n) == Op::less && k == 0) || (g.op(n) == Op::less_equal && k == 1);
  const Node source = before ? g.source(n, k) : n;
  return before && g.is_constant(source) && g.dtype(source) == DType::index &&
         g.scalar(source).as_int() != std::numeric_limits<std::int64_t>::max();
}

}  // namespace detail

/// The sum over the distinct nodes of an expression: elementwise operators, and what they start from. What a processor
/// does in passing counts nothing: a sum's terms may be subtracted, and bounds are written as those of ranges are.
template <class G>
constexpr std::uint64_t cost_of(G& g, Node root) {
  std::vector<Node> stack{root};
  std::vector<std::int64_t> bounds;
  std::uint64_t cost = 0;
  g.begin_walk();
  g.visit(root);
  while (!stack.empty()) {
    const Node n = stack.back();
    stack.pop_back();
    const bool negates = detail::is_negation(g, n);
    cost += negates ? 1 : cost_of(g.op(n));
    if (!is_elementwise(g.op(n))) continue;
    for (std::uint32_t k = 0; k < (negates ? 1 : g.arity(n)); ++k)
      if (detail::is_bound_before(g, n, k))
        bounds.push_back(g.scalar(g.source(n, k)).as_int() + 1);
      else if (const Node source = detail::computed_source(g, n, k); g.visit(source))
        stack.push_back(source);
  }
  std::sort(bounds.begin(), bounds.end());
  for (std::size_t k = 0; k < bounds.size(); ++k)
    if ((k == 0 || bounds[k] != bounds[k - 1]) && !g.is_visited(g.constant(DType::index, bounds[k]))) ++cost;
  return cost;
}

}  // namespace v0
}  // namespace whittle
