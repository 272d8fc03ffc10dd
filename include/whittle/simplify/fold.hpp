// Constant folding.
#pragma once

#include <whittle/ir/interval.hpp>
#include <whittle/simplify/invalid.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The constant that a node always is, by its bounds; none if it can have several values.
template <class G>
constexpr Node only_value(G& g, Node n) {
  const DType dtype = g.dtype(n);
  if ((!is_int(dtype) && dtype != DType::boolean) || g.op(n) == Op::where) return Node::none;
  const Interval bounds = interval_of(g, n);
  return bounds.low == bounds.high ? g.constant(dtype, bounds.low) : Node::none;
}

}  // namespace detail

namespace builtin {

// clang-format off
inline constexpr auto folding = rules<structural>("folding",
    any_op<elementwise, "f">(c1)      >>= any_op<elementwise, "f">(c1),
    any_op<elementwise, "f">(c1, c2)  >>= any_op<elementwise, "f">(c1, c2),
    where(true, x, _)                 >>= x,
    where(false, _, x)                >>= x);

// Integers and truth values whose operands' bounds leave one value. Last, since it looks at every operator.
inline constexpr auto single_values = rules<structural>("single values",
    named("one value", any_op<elementwise, "f">(_, _) >>= with(f)([](auto& g, auto n) { return detail::only_value(g, n); })),
    named("one value", any_op<elementwise, "f">(_)    >>= with(f)([](auto& g, auto n) { return detail::only_value(g, n); })));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
