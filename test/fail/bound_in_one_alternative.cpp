// expect: rule `any_of(x + y, x * z) % c` (bound_in_one_alternative.cpp:10): not every alternative
// expect: alternative of the left side binds what the right side uses: y
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", any_of(x + y, x * z) % c >>= y);
// clang-format on
static_assert(whittle::well_formed<list>());
