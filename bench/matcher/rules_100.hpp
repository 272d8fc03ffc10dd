// A hundred rules: the thirty and seventy more, some of them four operators deep.
#pragma once

#include "rules_30.hpp"

namespace matcher_bench {

// clang-format off
inline constexpr auto rules_70 = rules<whittle::unbounded>("rules_70",
    // sums
    x - c                      >>= x + (0 - c),
    (x + c) + y                >>= (x + y) + c,
    (x - y) + y                >>= x,
    x - (x - y)                >>= y,
    (x + y) - (x + z)          >>= y - z,
    x * c1 - x * c2            >>= x * (c1 - c2),
    x * c - x                  >>= x * (c - 1),
    x - x * c                  >>= x * (1 - c),
    (x + c1) * c2              >>= x * c2 + c1 * c2,
    (x * c) * y                >>= (x * y) * c,
    x * y + x * z              >>= x * (y + z),
    (x + y * c1) + y * c2      >>= x + y * (c1 + c2),
    (x + y) + y                >>= x + y * 2,
    (x + y * c) + y            >>= x + y * (c + 1),
    (x + c) - y                >>= (x - y) + c,
    x - (y + c)                >>= (x - y) - c,
    // quotients and remainders
    (x * c1 + y) / c2          >>= x * (c1 / c2) + y / c2          |= when(c2 > 0 && c1 % c2 == 0),
    (x + c1) / c2              >>= x / c2 + c1 / c2                |= when(c2 > 0 && c1 % c2 == 0),
    (x + c1) % c2              >>= (x + c1 % c2) % c2              |= when(c2 > 0 && (c1 < 0 || c1 >= c2)),
    (x % c1) / c2              >>= 0                               |= when(c1 > 0 && c1 == c2),
    (x * c1) / c2              >>= x / (c2 / c1)                   |= when(c1 > 1 && c2 > 0 && c2 % c1 == 0),
    (x * c1) % c2              >>= (x % (c2 / c1)) * c1            |= when(c1 > 1 && c2 > c1 && c2 % c1 == 0),
    (x % c1) / c2              >>= (x / c2) % (c1 / c2)            |= when(c1 > 0 && c2 > 1 && c1 % c2 == 0),
    (x / c) * c1 + (x % c) * c2 >>= x * c2                         |= when(c > 0 && c1 == c * c2),
    ((x / c) % c1) * c2 + (x % c) * c3 >>= (x % (c * c1)) * c3     |= when(c > 0 && c1 > 0 && c2 == c * c3),
    (y + x % c) + (x / c) * c  >>= y + x                           |= when(c > 0),
    ((x % c1) + y) % c2        >>= (x + y) % c2                    |= when(c1 > 0 && c2 > 0 && c1 % c2 == 0),
    (x - y * c1) % c2          >>= x % c2                          |= when(c2 > 0 && c1 % c2 == 0),
    (x / c1 + c2) / c3         >>= (x + c1 * c2) / (c1 * c3)       |= when(c1 > 0 && c3 > 0),
    (x + c1) / c2              >>= (x + c1 % c2) / c2 + c1 / c2    |= when(c2 > 0 && (c1 < 0 || c1 >= c2)),
    // comparisons
    x <= x                     >>= true,
    x == x                     >>= true,
    x != x                     >>= false,
    x + c1 <= c2               >>= x <= c2 - c1,
    c1 < x + c2                >>= c1 - c2 < x,
    c1 <= x + c2               >>= c1 - c2 <= x,
    x + c1 == c2               >>= x == c2 - c1,
    x + c1 != c2               >>= x != c2 - c1,
    x + y < x + z              >>= y < z,
    x + y <= x + z             >>= y <= z,
    x + y == x + z             >>= y == z,
    x * c1 <= c2               >>= x <= c2 / c1                    |= when(c1 > 0),
    c2 < x * c1                >>= c2 / c1 < x                     |= when(c1 > 0),
    x * c1 == c2               >>= x == c2 / c1                    |= when(c1 > 0 && c2 % c1 == 0),
    x * c1 == c2               >>= false                           |= when(c1 > 0 && c2 % c1 != 0),
    x / c1 < c2                >>= x < c1 * c2                     |= when(c1 > 0),
    x % c1 < c2                >>= true                            |= when(c1 > 0 && c2 >= c1),
    x * c < y * c              >>= x < y                           |= when(c > 0),
    x - y < 0                  >>= x < y,
    0 < x - y                  >>= y < x,
    min(x, y) <= x             >>= true,
    x <= max(x, y)             >>= true,
    x < min(x, y)              >>= false,
    // choices
    where(x < y, x, y)         >>= min(x, y),
    where(x < y, y, x)         >>= max(x, y),
    where(b, x, where(b, y, z)) >>= where(b, x, z),
    where(b, x + y, x + z)     >>= x + where(b, y, z),
    where(b, x * c, y * c)     >>= where(b, x, y) * c,
    where(b, c1, c2) + c       >>= where(b, c1 + c, c2 + c),
    where(b, c1, c2) * c       >>= where(b, c1 * c, c2 * c),
    where(x < c1, where(x < c2, y, z), w) >>= where(x < c1, y, w)  |= when(c1 <= c2),
    where(!b, x, y)            >>= where(b, y, x),
    // minima and maxima
    max(max(x, c1), c2)        >>= max(x, max(c1, c2)),
    min(max(x, c1), c2)        >>= c2                              |= when(c2 <= c1),
    max(min(x, c1), c2)        >>= c2                              |= when(c1 <= c2),
    min(max(x, y), y)          >>= y,
    min(x + c1, c2)            >>= min(x, c2 - c1) + c1,
    max(x + c1, c2)            >>= max(x, c2 - c1) + c1,
    min(x + y, x + z)          >>= x + min(y, z),
    max(x + y, x + z)          >>= x + max(y, z)
);
// clang-format on
static_assert(rules_70.rule_count == 70);

inline constexpr auto rules_100 = whittle::concatenate("rules_100", rules_30, rules_70);

}  // namespace matcher_bench
