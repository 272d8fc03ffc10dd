// Sums and products of integers.
#pragma once

#include <whittle/simplify/names.hpp>
#include <whittle/simplify/sum.hpp>
#include <whittle/simplify/wrapping_sum.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

// clang-format off

// What holds modulo 2^n holds for all integers.
inline constexpr auto algebra = rules<unbounded | wrapping>("algebra",
    x * 1                                         >>= x,
    x - c                                         >>= x + c * -1);

// Index expressions are linear sums: no products of sums by constants, quotients put together with their remainders.
inline constexpr auto index_algebra = rules<unbounded>("index algebra",
    (x + y) * c                                   >>= x * c + y * c,

    (x / c) * c + x % c                           >>= x                         |= when(c > 0),
    (x / c) * c1 + (x % c) * c2                   >>= x * c2                    |= when(c > 0 && c1 == c * c2),
    ((x / c) % c1) * c + x % c                    >>= x % (c * c1)              |= when(c > 0 && c1 > 0),
    ((x / c) % c1) * c2 + (x % c) * c3            >>= (x % (c * c1)) * c3       |= when(c > 0 && c1 > 0 && c2 == c * c3),
    (x / c1) * c2 + (x / c3) % c2                 >>= x / c3                    |= when(c2 > 0 && c3 > 0 && c1 == c2 * c3),
    x + (x / c) * c1                              >>= x % c                     |= when(c > 0 && c1 == -c));

// No differences, and terms in structural order.
inline constexpr auto index_sums = rules<unbounded>("index sums",
    x - y                                         >>= x + y * -1,
    -x                                            >>= x * -1,
    named("canonical sum", (_ + _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::canonical_sum(g, n); })));

// Fixed-width integers keep their differences: an addition and a product would be no simpler.
inline constexpr auto wrapping_algebra = rules<wrapping>("wrapping algebra",
    x - x                                         >>= 0,
    (x + y) - y                                   >>= x,
    (x - y) + y                                   >>= x,
    x - (x - y)                                   >>= y,
    0 - x                                         >>= -x,
    -(-x)                                         >>= x,
    -(x - y)                                      >>= y - x,
    x + (-y)                                      >>= x - y,
    x - (-y)                                      >>= x + y,
    (-x) * c                                      >>= x * (c * -1),
    (x + c1) * c2                                 >>= x * c2 + c1 * c2,
    x * y + x * z                                 >>= x * (y + z),

    // like terms
    x * c1 + x * maybe<1>(c2)                     >>= x * (c1 + c2),
    (y + x * c1) + x * maybe<1>(c2)               >>= y + x * (c1 + c2),
    (y + x) + x * c2                              >>= y + x * (c2 + 1),
    named("collected sum", any_of(_ + _, _ - _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::collected_sum(g, n); })),

    // C's quotients; by zero there is no telling
    cdiv(x, 1)                                    >>= x,
    cmod(x, 1)                                    >>= 0,
    cdiv(x, x)                                    >>= 1                         |= when(x != 0),
    cmod(x, x)                                    >>= 0                         |= when(x != 0),
    cdiv(x, c)                                    >>= 0                         |= when(x > -c && x < c),
    cmod(x, c)                                    >>= x                         |= when(x > -c && x < c));

inline constexpr auto bitwise = rules<unbounded | wrapping>("bitwise",
    x & x                                         >>= x,
    x & 0                                         >>= 0,
    x & -1                                        >>= x,
    x | x                                         >>= x,
    x | 0                                         >>= x,
    x | -1                                        >>= -1,
    x ^ x                                         >>= 0,
    x ^ 0                                         >>= x,
    (x ^ y) ^ y                                   >>= x,
    x & (x | y)                                   >>= x,
    x | (x & y)                                   >>= x,
    (x & c1) & c2                                 >>= x & (c1 & c2),
    (x | c1) | c2                                 >>= x | (c1 | c2),
    (x ^ c1) ^ c2                                 >>= x ^ (c1 ^ c2),
    x << 0                                        >>= x,
    x >> 0                                        >>= x,
    // a mask of low bits that the value already keeps to: c + 1 is a power of two
    x & c                                         >>= x                         |= when(x >= 0 && x <= c && (c & (c + 1)) == 0));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
