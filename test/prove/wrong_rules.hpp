// Rules that do not hold, each with the reason that a proof must give.
#pragma once

#include <whittle/match/rule_set.hpp>

namespace wrong_rules {

using namespace whittle;
using namespace dsl;

inline constexpr auto a = var<"a">, b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">;
inline constexpr OpClass comparison = OpClass::comparison;

// clang-format off
inline constexpr auto for_index = rules<unbounded>("wrong for index",
    (x / c) * c                   >>= x,
    (x % c1) % c2                 >>= x % c2                    |= when(c1 > 0 && c2 > 0),
    x * 0                         >>= 1,
    (x % c1) / c2                 >>= (x / c2) % (c1 / c2)      |= when(c1 > 0 && c2 > 0),
    x < y                         >>= x + 1 < y,
    // a quotient that the left side does not have
    x * 0                         >>= (x / x) * 0,
    (x * c1) / c2                 >>= x / (c2 / c1)             |= when(c1 > 0 && c2 > 0),
    // right for positive divisors only
    x / c                         >>= cdiv(x, c)                |= when(x >= 0),
    // the guard of a replacement that is not the first
    min(x, c1) < c2               >>= first(true |= when(c1 < c2), x < c2 |= when(c1 < c2 + 5)),
    // right where the operand is there, wrong for the default
    x * maybe<1>(c)               >>= x * c + (c - 2) * (c - 3) * (c - 4) * (c + 1) * (c - 5) * (c - 6) * (c + 2) * c,
    // right for one alternative
    any_of(x + 0, x * 0)          >>= x);
inline constexpr auto for_fixed_widths = rules<wrapping>("wrong for fixed widths",
    x < y                         >>= x - y < 0,
    x + 1 < y + 1                 >>= x < y,
    cdiv(x * c, c)                >>= x                         |= when(c != 0),
    // for unsigned integers alone
    x / 2                         >>= x >> 1,
    // for signed integers alone
    x < 0                         >>= (x & 128) != 0,
    (x >> c) << c                 >>= x                         |= when(c >= 0),
    (x << c1) << c2               >>= x << (c1 + c2)            |= when(c1 < 16 && c2 < 16));
inline constexpr auto for_floats = rules<floating>("wrong for floats",
    x * 0                         >>= 0,
    x + 0                         >>= x,
    x - x                         >>= 0,
    x == x                        >>= true,
    fdiv(x, x)                    >>= 1,
    (x + y) - y                   >>= x,
    (x + y) + z                   >>= x + (y + z),
    pow(x, 3)                     >>= x * x * x,                // rounds twice
    pow(x, y)                     >>= x * x,
    min(x, y)                     >>= where(x < y, x, y),
    !(x < y)                      >>= y <= x);
inline constexpr auto for_finite_floats = rules<floating_no_nan>("wrong for finite floats",
    (x + y) - y                   >>= x,
    x * 2                         >>= x);
inline constexpr auto for_truths = rules<boolean>("wrong for truth values",
    x && y                        >>= x,
    !(x && y)                     >>= !x && !y,
    x == y                        >>= x || y);
inline constexpr auto for_any = rules<structural>("wrong for any dtype",
    where(b, x, y)                >>= x,
    // the branch that is not taken may be invalid
    where(b, x, y)                >>= where(!b, y, y),
    where(a, where(b, x, invalid), y) >>= where(b, where(a, x, y), invalid),
    any_op<comparison, "f">(x, y) >>= any_op<comparison, "f">(y, x),
    node<Op::bitcast>(node<Op::bitcast>(x)) >>= node<Op::bitcast>(x));

// What differs from the above by its guard or arithmetic, and holds.
inline constexpr auto right_for_index = rules<unbounded>("right for index",
    (x * c1) / c2                 >>= x / (c2 / c1)             |= when(c1 > 0 && c2 > 0 && c2 % c1 == 0),
    x / c                         >>= cdiv(x, c)                |= when(x >= 0 && c > 0),
    x / x                         >>= 1);  // wherever there is a quotient, it is 1
inline constexpr auto right_for_finite_floats = rules<floating_no_nan>("right for finite floats",
    x * 0                         >>= 0,
    x + 0                         >>= x,
    x - x                         >>= 0,
    x == x                        >>= true,
    !(x < y)                      >>= y <= x);
// clang-format on

}  // namespace wrong_rules
