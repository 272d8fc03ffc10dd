// expect: rule `(x < y) + c` (dtypes_on_the_left.cpp:9): on the left side, no dtype fits all of `(x < y) + c`
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", (x < y) + c >>= c);
// clang-format on
static_assert(whittle::well_formed<list>());
