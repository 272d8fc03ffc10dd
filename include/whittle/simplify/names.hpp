// The variables that the built-in rules are written with.
#pragma once

#include <whittle/match/language.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {

/// The built-in rule sets, one by one.
namespace builtin {

using namespace dsl;
using dsl::var;  // tensors have a function of that name

inline constexpr auto a = var<"a">, b = var<"b">, f = var<"f">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">, c3 = cst<"c3">, c4 = cst<"c4">;

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
