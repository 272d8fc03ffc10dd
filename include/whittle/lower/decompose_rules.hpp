// Operators that no target has (is_decomposed), or that cost much, in terms of those that all have.
#pragma once

#include <whittle/match/language.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::decompose {

using namespace dsl;
using dsl::var;  // tensors have a function of that name
inline constexpr auto x = var<"x">;
inline constexpr double log2_of_e = 1.4426950408889634, log_of_2 = 0.6931471805599453;

// clang-format off
inline constexpr auto list = rules<floating>("decompose",
    exp(x)     >>= exp2(x * log2_of_e),
    log(x)     >>= log2(x) * log_of_2,

    // these round as products do, which is as near as pow is; exact powers are simplify's
    pow(x, 3)  >>= x * x * x,
    pow(x, 4)  >>= (x * x) * (x * x));
// clang-format on

}  // namespace detail::decompose

inline constexpr auto& decompose_rules = detail::decompose::list;

}  // namespace v0
}  // namespace whittle
