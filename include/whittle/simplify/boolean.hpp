// Logic.
#pragma once

#include <whittle/simplify/linear.hpp>
#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The operands of a chain of `&&` or `||`, each once, in structural order; none if it is so already.
template <class G>
constexpr Node canonical_chain(G& g, Op op, Node n) {
  if (is_chain_in_order(g, op, n)) return Node::none;
  FixedVector<Node, most_terms> pending{n}, operands;
  while (!pending.empty()) {
    const Node top = pending.back();
    pending.pop_back();
    if (g.op(top) == op) {
      if (!pending.push_back(g.source(top, 1)) || !pending.push_back(g.source(top, 0))) return Node::none;
      continue;
    }
    std::size_t at = operands.size();
    while (at > 0 && operands[at - 1] != top && comes_before(g, top, operands[at - 1])) --at;
    if (at > 0 && operands[at - 1] == top) continue;
    if (!operands.push_back(top)) return Node::none;
    for (std::size_t i = operands.size() - 1; i > at; --i) operands[i] = operands[i - 1];
    operands[at] = top;
  }
  Node made = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i) made = g.make(op, DType::boolean, {made, operands[i]});
  return made;
}

}  // namespace detail

namespace builtin {

// clang-format off
inline constexpr auto logic = rules<boolean>("logic",
    x && true                 >>= x,
    x && false                >>= false,
    x && x                    >>= x,
    x && !x                   >>= false,
    x || true                 >>= true,
    x || false                >>= x,
    x || x                    >>= x,
    x || !x                   >>= true,
    x && (x || y)             >>= x,
    x || (x && y)             >>= x,
    x && (!x || y)            >>= x && y,
    x || (!x && y)            >>= x || y,
    !!x                       >>= x,
    x == true                 >>= x,
    x == false                >>= !x,
    x != true                 >>= !x,
    x != false                >>= x,
    x == x                    >>= true,
    x != x                    >>= false,
    // arithmetic on truth values
    x * y                     >>= x && y,
    max(x, y)                 >>= x || y,
    min(x, y)                 >>= x && y,
    x ^ y                     >>= x != y,

    named("canonical &&", (_ && _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::canonical_chain(g, Op::bit_and, n); })),
    named("canonical ||", (_ || _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::canonical_chain(g, Op::bit_or, n); })));

// Of a comparison of any numbers the negation is another: x == y is false for NaN, and x != y is true.
inline constexpr auto negation = rules<structural>("negation",
    !(x == y)                 >>= x != y,
    !(x != y)                 >>= x == y);
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
