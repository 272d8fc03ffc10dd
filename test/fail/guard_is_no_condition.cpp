// expect: rule `x * c` (guard_is_no_condition.cpp:9): the guard is no condition: `c`
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", x * c >>= x |= when(c));
// clang-format on
static_assert(whittle::well_formed<list>());
