// expect: rule `max(x, c) % y` (shadowed.cpp:11) is shadowed by `max(x, y) % z` (shadowed.cpp:10)
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list",
    max(x, y) % z >>= x,
    max(x, c) % y >>= y);
// clang-format on
static_assert(whittle::well_formed<list>());
