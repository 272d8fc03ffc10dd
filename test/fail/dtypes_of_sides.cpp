// expect: rule `x < y` (dtypes_of_sides.cpp:9): the right side is of another dtype than the left side
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", x < y >>= x + y);
// clang-format on
static_assert(whittle::well_formed<list>());
