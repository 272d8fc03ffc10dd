// The rules: what LLVM's instcombine does in thousands of lines of C++, a small part of it. Each is tried on all
// numbers of few bits while this file compiles, and the set is shown to end. None uses an operand more often than its
// left side does: what is undefined in LLVM may be another number at each use.
#pragma once

#include <whittle/match.hpp>
#include <whittle/prove/exhaustive.hpp>

namespace peephole {

using namespace whittle::dsl;
using whittle::Op;

inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">, b = var<"b">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">;

// clang-format off
inline constexpr auto rules_of_integers = rules<whittle::wrapping>("integers",
    // sums
    x + 0                      >>= x,
    x - x                      >>= 0,
    x - c                      >>= x + (0 - c),
    (x + c1) + c2              >>= x + (c1 + c2),
    c1 - (x + c2)              >>= (c1 - c2) - x,
    (x - y) + y                >>= x,
    (x + y) - x                >>= y,
    x - (x - y)                >>= y,
    (x + y) - (x + z)          >>= y - z,

    // products and quotients
    x * 0                      >>= 0,
    x * 1                      >>= x,
    (x * c1) * c2              >>= x * (c1 * c2),
    x * c1 + x * c2            >>= x * (c1 + c2),
    x * c + x                  >>= x * (c + 1),
    x / 1                      >>= x,
    x % 1                      >>= 0,
    x << 0                     >>= x,

    // sums and bits
    (x & y) + (x ^ y)          >>= x | y,
    (x & y) + (x | y)          >>= x + y,
    (x | y) - (x & y)          >>= x ^ y);

// No point of few bits: there c1 + c2 wraps, which from 8 bits on it does not.
inline constexpr auto rules_of_shifts = rules<whittle::wrapping>("shifts",
    (x << c1) << c2            >>= x << (c1 + c2)   |= when(c1 >= 0 && c2 >= 0 && c1 + c2 < 8));

inline constexpr auto rules_of_bits = rules<whittle::wrapping | whittle::boolean>("bits",
    x & 0                      >>= 0,
    x & -1                     >>= x,
    x & x                      >>= x,
    x | 0                      >>= x,
    x | -1                     >>= -1,
    x | x                      >>= x,
    x ^ 0                      >>= x,
    x ^ x                      >>= 0,
    (x & c1) & c2              >>= x & (c1 & c2),
    (x | c1) | c2              >>= x | (c1 | c2),
    (x ^ c1) ^ c2              >>= x ^ (c1 ^ c2),
    (x ^ y) ^ y                >>= x,
    x & (x | y)                >>= x,
    x | (x & y)                >>= x,
    (x & y) | (x ^ y)          >>= x | y,
    (x & y) ^ (x | y)          >>= x ^ y);

inline constexpr auto rules_of_conditions = rules<whittle::wrapping | whittle::boolean>("conditions",
    x == x                     >>= true,
    x != x                     >>= false,
    x < x                      >>= false,
    x <= x                     >>= true,
    (x ^ y) == 0               >>= x == y,
    (x ^ y) != 0               >>= x != y,
    (x == y) ^ true            >>= x != y,
    (x != y) ^ true            >>= x == y,
    (x < y) ^ true             >>= y <= x,
    (x <= y) ^ true            >>= y < x,
    where(b, x, x)             >>= x,
    where(b, true, false)      >>= b,
    where(b ^ true, x, y)      >>= where(b, y, x),
    where(x == y, x, y)        >>= y);

inline constexpr auto rules_of_constants = rules<whittle::structural>("constants",
    any_op<whittle::OpClass::elementwise, "f">(c1)      >>= any_op<whittle::OpClass::elementwise, "f">(c1),
    any_op<whittle::OpClass::elementwise, "f">(c1, c2)  >>= any_op<whittle::OpClass::elementwise, "f">(c1, c2),
    where(true, x, y)          >>= x,
    where(false, x, y)         >>= y);
// clang-format on

inline constexpr auto set = whittle::concatenate("peephole", rules_of_constants, rules_of_integers, rules_of_shifts,
                                                 rules_of_bits, rules_of_conditions);
inline constexpr auto sizes = whittle::measure(whittle::by_weight(whittle::weight(Op::sub, 2)));

static_assert(whittle::well_formed<set>());
static_assert(whittle::terminates<set, sizes>());
static_assert(whittle::all_hold_on_points<rules_of_integers>());
static_assert(whittle::all_hold_on_points<rules_of_bits>());
static_assert(whittle::all_hold_on_points<rules_of_conditions>());

}  // namespace peephole
