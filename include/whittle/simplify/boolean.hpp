// Logic.
#pragma once

#include <whittle/simplify/min_max.hpp>
#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

// clang-format off
inline constexpr auto logic = rules<boolean>("logic",
    x && true                 >>= x,
    x && false                >>= false,
    x && x                    >>= x,
    x && !x                   >>= false,
    x || true                 >>= true,
    x || false                >>= x,
    x || x                    >>= x,
    x || !x                   >>= true,
    x && (x || y)             >>= x,
    x || (x && y)             >>= x,
    x && (!x || y)            >>= x && y,
    x || (!x && y)            >>= x || y,
    !!x                       >>= x,
    x == true                 >>= x,
    x == false                >>= !x,
    x != true                 >>= !x,
    x != false                >>= x,
    x == x                    >>= true,
    x != x                    >>= false,
    // arithmetic on truth values
    x * y                     >>= x && y,
    max(x, y)                 >>= x || y,
    min(x, y)                 >>= x && y,
    x ^ y                     >>= x != y);

// What is written in different orders is one expression. Not so fixed-width integers, of which parts of running products
// and extremes are often used by themselves.
inline constexpr auto reassociation = rules<unbounded | boolean>("reassociation",
    named("canonical chain", any_of(_ * _, min(_, _), max(_, _), _ & _, _ | _, _ ^ _).as<"f">()
        >>= with(f)([](auto& g, auto n) {
          const auto in_order = detail::canonical_chain(g, n);
          return in_order != Node::none ? in_order : detail::without_decided(g, n);
        })));

// Of a comparison of any numbers the negation is another: x == y is false for NaN, and x != y is true.
inline constexpr auto negation = rules<structural>("negation",
    !(x == y)                 >>= x != y,
    !(x != y)                 >>= x == y);
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
