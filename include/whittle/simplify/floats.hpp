// Floats: only what holds for NaN, infinities and both zeros.
#pragma once

#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

// clang-format off
inline constexpr auto floats = rules<floating>("floats",
    x * 1                     >>= x,
    x * -1                    >>= -x,
    fdiv(x, 1)                >>= x,
    fdiv(x, -1)               >>= -x,
    x + -0.0                  >>= x,              // but x + 0 is 0 for x = -0
    x - 0                     >>= x,
    -(-x)                     >>= x,
    x + (-y)                  >>= x - y,
    x - (-y)                  >>= x + y,
    (-x) * (-y)               >>= x * y,
    (-x) * c                  >>= x * (-c),
    fdiv(-x, -y)              >>= fdiv(x, y),
    min(x, x)                 >>= x,
    max(x, x)                 >>= x,
    min(x, min(x, y))         >>= min(x, y),
    max(x, max(x, y))         >>= max(x, y),
    x < x                     >>= false,
    trunc(trunc(x))           >>= trunc(x),

    // powers that are exact, also of NaN, infinities and zeros; the others are for lowering (lower/decompose_rules.hpp)
    pow(x, 0)                 >>= 1,
    pow(x, 1)                 >>= x,
    pow(x, 2)                 >>= x * x,
    pow(x, -1)                >>= fdiv(1, x),
    pow(1, x)                 >>= 1,

    where(b, c1, c2) + c      >>= where(b, c1 + c, c2 + c),
    where(b, c1, c2) * c      >>= where(b, c1 * c, c2 * c));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
