// The last rules before machine types: floor division of what is not negative is the machine's own.
#pragma once

#include <whittle/match/language.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::late {

using namespace dsl;
using dsl::var;  // tensors have a function of that name
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">;

// clang-format off
inline constexpr auto list = rules<unbounded>("late index",
    floordiv(x, c)   >>= cdiv(x, c)                        |= when(x >= 0 && c > 0),
    floormod(x, c)   >>= cmod(x, c)                        |= when(x >= 0 && c > 0),
    floordiv(x, y)   >>= cdiv(x, y)                        |= when(x >= 0 && y > 0),
    floormod(x, y)   >>= cmod(x, y)                        |= when(x >= 0 && y > 0),
    floormod(x, c)   >>= x + floordiv(x, c) * (c * -1)     |= when(c > 0));  // one division, not two
// clang-format on

}  // namespace detail::late

inline constexpr auto& late_rules = detail::late::list;

}  // namespace v0
}  // namespace whittle
