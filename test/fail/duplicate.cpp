// expect: rule `(c1 * z) + y` (duplicate.cpp:11) repeats `(x * c) + y` (duplicate.cpp:10)
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list",
    x * c + y  >>= y + c   |= when(c > 0),
    c1 * z + y >>= c1 + y  |= when(c1 > 0));
// clang-format on
static_assert(whittle::well_formed<list>());
