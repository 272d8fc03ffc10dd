// Minimum and maximum of integers.
#pragma once

#include <whittle/simplify/inequality.hpp>
#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// min or max of two index expressions of which one is never less; none if that is not known.
template <class G>
constexpr Node decided_min_max(G& g, Node n) {
  const Node a = g.source(n, 0), b = g.source(n, 1);
  const LinearSum difference = linear_difference(g, a, b);
  if (!difference.fits) return Node::none;
  const bounds::WideInterval all = bounds_of(g, difference);
  if (all.low < 0 && all.high > 0) return Node::none;
  return (all.high <= 0) == (g.op(n) == Op::min) ? a : b;
}

}  // namespace detail

namespace builtin {

// clang-format off
inline constexpr auto min_max = rules<unbounded | wrapping>("min max",
    min(x, x)                             >>= x,
    max(x, x)                             >>= x,
    min(x, y)                             >>= first(x |= when(x <= y), y |= when(y <= x)),
    max(x, y)                             >>= first(x |= when(x >= y), y |= when(y >= x)),
    min(min(x, c1), c2)                   >>= min(x, min(c1, c2)),
    max(max(x, c1), c2)                   >>= max(x, max(c1, c2)),
    min(max(x, c1), c2)                   >>= c2                        |= when(c2 <= c1),
    max(min(x, c1), c2)                   >>= c2                        |= when(c2 >= c1),
    min(x, max(x, y))                     >>= x,
    max(x, min(x, y))                     >>= x,
    min(x, min(x, y))                     >>= min(x, y),
    max(x, max(x, y))                     >>= max(x, y),
    min(min(x, c), y)                     >>= min(min(x, y), c),
    max(max(x, c), y)                     >>= max(max(x, y), c));

inline constexpr auto index_min_max = rules<unbounded>("index min max",
    min(x, y) + max(x, y)                 >>= x + y,
    min(x + c1, y + c1)                   >>= min(x, y) + c1,
    max(x + c1, y + c1)                   >>= max(x, y) + c1,
    min(x + c1, c2)                       >>= min(x, c2 - c1) + c1,
    max(x + c1, c2)                       >>= max(x, c2 - c1) + c1,
    min(x * c1, y * c1)                   >>= first(min(x, y) * c1      |= when(c1 > 0), max(x, y) * c1 |= when(c1 < 0)),
    max(x * c1, y * c1)                   >>= first(max(x, y) * c1      |= when(c1 > 0), min(x, y) * c1 |= when(c1 < 0)),
    min(x, c1) < c2                       >>= first(true                |= when(c1 < c2), x < c2         |= when(c1 >= c2)),
    max(x, c1) < c2                       >>= first(false               |= when(c1 >= c2), x < c2        |= when(c1 < c2)),
    c2 < min(x, c1)                       >>= first(false               |= when(c1 <= c2), c2 < x        |= when(c1 > c2)),
    c2 < max(x, c1)                       >>= first(true                |= when(c1 > c2), c2 < x         |= when(c1 <= c2)),
    named("decided min", min(_, _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::decided_min_max(g, n); })),
    named("decided max", max(_, _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::decided_min_max(g, n); })));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
