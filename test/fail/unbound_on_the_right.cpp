// expect: rule `x * c` (unbound_on_the_right.cpp:9): the left side does not bind what the right side uses: y
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", x + 0 >>= x, x * c >>= y * c);
// clang-format on
static_assert(whittle::well_formed<list>());
