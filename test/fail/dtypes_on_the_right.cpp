// expect: on the right side, no dtype fits all of `b + y`
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", where(b, x, y) >>= where(b, x, b + y));
// clang-format on
static_assert(whittle::well_formed<list>());
