// expect: in the guard, no dtype fits all of `b < x`
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", where(b, x, y) >>= x |= when(b < x));
// clang-format on
static_assert(whittle::well_formed<list>());
