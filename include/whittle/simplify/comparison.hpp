// Comparisons of integers.
#pragma once

#include <whittle/simplify/inequality.hpp>
#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

// clang-format off
inline constexpr auto comparison = rules<unbounded | wrapping>("comparison",
    // decided by bounds
    x < y                     >>= first(true  |= when(x < y),   false |= when(x >= y)),
    x <= y                    >>= first(true  |= when(x <= y),  false |= when(x > y)),
    x == y                    >>= first(true  |= when(x == y),  false |= when(x != y)),
    x != y                    >>= first(true  |= when(x != y),  false |= when(x == y)),
    x < x                     >>= false,
    x <= x                    >>= true,
    x == x                    >>= true,
    x != x                    >>= false,

    !(x < y)                  >>= y <= x,
    !(x <= y)                 >>= y < x,
    (x + c1) == c2            >>= x == c2 - c1,
    (x + c1) != c2            >>= x != c2 - c1,

    // two bounds of one expression
    x < c1 && x < c2          >>= x < min(c1, c2),
    c1 < x && c2 < x          >>= max(c1, c2) < x,
    x < c1 || x < c2          >>= x < max(c1, c2),
    c1 < x || c2 < x          >>= min(c1, c2) < x,
    x < c1 && c2 < x          >>= false               |= when(c1 <= c2 + 1),
    x < c1 || c2 < x          >>= true                |= when(c2 < c1),
    (b && x < c1) && x < c2   >>= b && x < min(c1, c2),
    (b && c1 < x) && c2 < x   >>= b && max(c1, c2) < x,
    x == c1 && x == c2        >>= false               |= when(c1 != c2),
    x != c1 || x != c2        >>= true                |= when(c1 != c2),
    x < y && y < x            >>= false,
    where(b, c1, c2) < c3     >>= where(b, c1 < c3, c2 < c3),
    c3 < where(b, c1, c2)     >>= where(b, c3 < c1, c3 < c2),
    where(b, c1, c2) == c3    >>= where(b, c1 == c3, c2 == c3),
    where(b, c1, c2) != c3    >>= where(b, c1 != c3, c2 != c3));

// For an index, everything is told by `<`: terms on both sides of it, none on both, divided as far as can be.
inline constexpr auto index_comparison = rules<unbounded>("index comparison",
    x <= y                    >>= x < y + 1,
    x + c1 < c2               >>= x < c2 - c1,
    c1 < x + c2               >>= c1 - c2 < x,
    x * c1 < c2               >>= first(x < (c2 + c1 - 1) / c1    |= when(c1 > 0),
                                        (c2 / c1) < x             |= when(c1 < 0)),
    c1 < x * c2               >>= first(c1 / c2 < x               |= when(c2 > 0),
                                        x < (c1 + c2 + 1) / c2    |= when(c2 < 0)),
    x / c < c1                >>= x < c1 * c                      |= when(c > 0),
    c1 < x / c                >>= c1 * c + c - 1 < x              |= when(c > 0),
    x / c == c1               >>= c1 * c - 1 < x && x < c1 * c + c    |= when(c > 0),
    // x that reaches one period of c only
    x % c < c1                >>= -1 < x && x < c1                |= when(c > 0 && c1 > 0 && c1 - c <= x && x < c),
    node<Op::range>(y) < y    >>= true,

    named("canonical <", (_ < _).as<"f">()                      >>= with(f)([](auto& g, auto n) { return detail::canonical_less(g, g.source(n, 0), g.source(n, 1)); })),
    named("canonical equality", any_of(_ == _, _ != _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::canonical_equal(g, n); })));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
