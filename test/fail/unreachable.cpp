// expect: rule `(x - y) * c` (unreachable.cpp:11): never fires, since its part `x - y`
// expect: its part `x - y` is always rewritten by `x - y` (unreachable.cpp:10)
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto earlier = whittle::rules<whittle::wrapping>("earlier", x - y >>= x + (-y));
inline constexpr auto later = whittle::rules<whittle::wrapping>("later", (x - y) * c >>= x);
// clang-format on
static_assert(whittle::reachable_after<later, earlier>());
