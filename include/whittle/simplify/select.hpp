// where, of any dtype.
#pragma once

#include <whittle/ir/graph.hpp>
#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

// clang-format off
inline constexpr auto select = rules<structural>("select",
    where(_, x, x)                        >>= x,
    where(b, true, false)                 >>= b,
    where(b, false, true)                 >>= !b,
    where(b, x, false)                    >>= b && x,
    where(b, x, true)                     >>= !b || x,

    // what has no gate in its last branch
    named("where(!b, x, y) >>= where(b, y, x)", where(!b, x, y) >>= with(b, x, y)([](auto& g, auto p, auto q, auto r) {
      return g.op(r) == Op::invalid ? Node::none : g.make(Op::where, g.dtype(q), {p, r, q});
    })),
    named("where(b, true, x) >>= b || x", where(b, true, x) >>= with(b, x)([](auto& g, auto p, auto q) {
      return g.op(q) == Op::invalid ? Node::none : g.make(Op::bit_or, DType::boolean, {p, q});
    })),
    named("where(b, false, x) >>= !b && x", where(b, false, x) >>= with(b, x)([](auto& g, auto p, auto q) {
      if (g.op(q) == Op::invalid) return Node::none;
      return g.make(Op::bit_and, DType::boolean, {g.make(Op::logical_not, DType::boolean, {p}), q});
    })),

    // the same condition again
    where(b, where(b, x, _), y)           >>= where(b, x, y),
    where(b, x, where(b, _, y))           >>= where(b, x, y),
    where(b, x, b)                        >>= b && x,

    // two conditions for one branch
    where(a, where(b, x, y), y)           >>= where(a && b, x, y),
    where(a, x, where(b, x, y))           >>= where(a || b, x, y),
    where(a, where(b, y, x), y)           >>= where(a && !b, x, y),
    where(a, x, where(b, y, x))           >>= where(b && !a, y, x));

// What constants are chosen from goes inside; a condition meets itself.
inline constexpr auto select_arithmetic = rules<unbounded | wrapping>("select arithmetic",
    where(b, c1, c2) + c                  >>= where(b, c1 + c, c2 + c),
    where(b, c1, c2) * c                  >>= where(b, c1 * c, c2 * c),
    where(b, x, c1) + where(b, y, c2)     >>= where(b, x + y, c1 + c2),
    where(b, c1, x) + where(b, c2, y)     >>= where(b, c1 + c2, x + y),
    where(x < y, x, y)                    >>= min(x, y),
    where(x < y, y, x)                    >>= max(x, y));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
