// expect: rule `group(n0, n1
// expect: has more than 16 names
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::structural>("list", group(var<"n0">, var<"n1">, var<"n2">, var<"n3">, var<"n4">, var<"n5">, var<"n6">, var<"n7">, var<"n8">, var<"n9">, var<"n10">, var<"n11">, var<"n12">, var<"n13">, var<"n14">, var<"n15">, var<"n16">) >>= var<"n0">);
// clang-format on
static_assert(whittle::well_formed<list>());
