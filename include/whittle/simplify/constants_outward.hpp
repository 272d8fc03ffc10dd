// Constants in sums and products of integers.
#pragma once

#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

// clang-format off

// Where they meet; of two that do not fit into one, neither moves.
inline constexpr auto constants_outward = rules<unbounded | wrapping>("constants outward",
    x + 0                                         >>= x,
    x * 0                                         >>= 0,

    (x + c1) + c2                                 >>= x + (c1 + c2),
    (x * c1) * c2                                 >>= x * (c1 * c2),
    (x + c1) + nonconstant<"y">                   >>= (x + y) + c1,
    (x * c1) * nonconstant<"y">                   >>= (x * y) * c1);
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
