// Thirty rules of index arithmetic: the first of the sets that bench/matcher.cpp measures with.
#pragma once

#include <whittle/match.hpp>

namespace matcher_bench {

using namespace whittle::dsl;
using whittle::any_int;
inline constexpr auto x = var<"x">.is(whittle::DType::index), y = var<"y">.is(whittle::DType::index),
                      z = var<"z">.is(whittle::DType::index), w = var<"w">.is(whittle::DType::index);
inline constexpr auto b = var<"b">.is(whittle::DType::boolean);
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">, c3 = cst<"c3">;

// clang-format off
inline constexpr auto rules_30 = rules<whittle::unbounded>("rules_30",
    x + 0                      >>= x,
    x * 1                      >>= x,
    x * 0                      >>= 0,
    x - x                      >>= 0,
    x - 0                      >>= x,
    (x + c1) + c2              >>= x + (c1 + c2),
    (x * c1) * c2              >>= x * (c1 * c2),
    x + x                      >>= x * 2,
    x * c + x                  >>= x * (c + 1),
    x * c1 + x * c2            >>= x * (c1 + c2),
    (x + y) - y                >>= x,
    x / 1                      >>= x,
    x % 1                      >>= 0,
    (x / c1) / c2              >>= x / (c1 * c2)              |= when(c1 > 0 && c2 > 0),
    (x % c1) % c2              >>= x % c2                     |= when(c1 > 0 && c2 > 0 && c1 % c2 == 0),
    (x * c1) / c2              >>= x * (c1 / c2)              |= when(c2 > 0 && c1 % c2 == 0),
    (x * c1) % c2              >>= 0                          |= when(c2 > 0 && c1 % c2 == 0),
    (x * c1 + y) % c2          >>= y % c2                     |= when(c2 > 0 && c1 % c2 == 0),
    (x / c) * c + x % c        >>= x                          |= when(c > 0),
    x < x                      >>= false,
    x + c1 < c2                >>= x < c2 - c1,
    x * c1 < c2                >>= x < (c2 + c1 - 1) / c1     |= when(c1 > 0),
    where(b, x, x)             >>= x,
    where(true, x, y)          >>= x,
    where(false, x, y)         >>= y,
    where(b, where(b, x, y), z) >>= where(b, x, z),
    min(x, x)                  >>= x,
    max(x, x)                  >>= x,
    min(min(x, c1), c2)        >>= min(x, min(c1, c2)),
    max(min(x, y), y)          >>= y
);
// clang-format on
static_assert(rules_30.rule_count == 30);

}  // namespace matcher_bench
