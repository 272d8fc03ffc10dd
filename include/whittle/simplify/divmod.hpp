// Floor division and remainder of index expressions.
#pragma once

#include <whittle/simplify/names.hpp>
#include <whittle/simplify/quotient.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

// clang-format off
inline constexpr auto divmod = rules<unbounded>("divmod",
    x / 1                     >>= x,
    x % 1                     >>= 0,

    // by the bounds of x, what decides most first; at last a negative divisor
    x / c                     >>= first(0                       |= when(x < c && x >= 0),
                                        -1                      |= when(x < 0 && x >= -c),
                                        (x * -1) / (c * -1)     |= when(c < 0)),
    x % c                     >>= first(x                       |= when(x < c && x >= 0),
                                        x + c                   |= when(x < 0 && x >= -c),
                                        ((x * -1) % (c * -1)) * -1  |= when(c < 0)),

    // of products and sums
    (x * c1) / c2             >>= first(x * (c1 / c2)           |= when(c2 > 0 && c1 % c2 == 0),
                                        x / (c2 / c1)           |= when(c1 > 0 && c2 % c1 == 0)),
    (x * c1) % c2             >>= first(0                       |= when(c2 > 0 && c1 % c2 == 0),
                                        x % (c2 / c1) * c1      |= when(c1 > 0 && c2 > 0 && c2 % c1 == 0)),
    (x * c1 + y) / c2         >>= first(x * (c1 / c2) + y / c2  |= when(c2 > 0 && c1 % c2 == 0),
                                        x / (c2 / c1)           |= when(c1 > 0 && c2 > 0 && c2 % c1 == 0 && y >= 0 && y < c1)),
    (x * c1 + y) % c2         >>= first(y % c2                  |= when(c2 > 0 && c1 % c2 == 0),
                                        x % (c2 / c1) * c1 + y  |= when(c1 > 0 && c2 > 0 && c2 % c1 == 0 && y >= 0 && y < c1)),

    // of quotients and remainders
    (x / c1) / c2             >>= x / (c1 * c2)                 |= when(c1 > 0 && c2 > 0),
    (x / c1 + c) / c2         >>= (x + c * c1) / (c1 * c2)      |= when(c1 > 0 && c2 > 0),
    (x % c1) % c2             >>= x % c2                        |= when(c1 > 0 && c2 > 0 && c1 % c2 == 0),
    (x % c1) / c2             >>= (x / c2) % (c1 / c2)          |= when(c1 > 0 && c2 > 0 && c1 % c2 == 0),
    (x % c1 + y) % c2         >>= (x + y) % c2                  |= when(c1 > 0 && c2 > 0 && c1 % c2 == 0),

    // by a divisor that is no constant, such as a bounded dimension
    x / x                                 >>= 1                 |= when(x != 0),
    x % x                                 >>= 0                 |= when(x != 0),
    (x * y) / nonconstant<"y">            >>= x                 |= when(y != 0),
    (x * y) % nonconstant<"y">            >>= 0                 |= when(y != 0),
    (x * y + z) / nonconstant<"y">        >>= x + z / y         |= when(y != 0),
    (x * y + z) % nonconstant<"y">        >>= z % y             |= when(y != 0),
    x / nonconstant<"y">                  >>= 0                 |= when(x >= 0 && x < y),
    x % nonconstant<"y">                  >>= x                 |= when(x >= 0 && x < y),
    node<Op::range>(y) / y                >>= 0,
    node<Op::range>(y).as<"x">() % y      >>= x,

    // sums, term by term
    named("quotient of a sum",  x / c >>= with(x, c)([](auto& g, auto p, auto q) { return detail::quotient_of(g, p, g.scalar(q).as_int()); })),
    named("remainder of a sum", x % c >>= with(x, c)([](auto& g, auto p, auto q) { return detail::remainder_of(g, p, g.scalar(q).as_int()); })));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
