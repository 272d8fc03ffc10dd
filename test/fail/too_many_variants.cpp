// expect: has more than 64 variants
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
// Seven sums, each in either order: 128 variants.
inline constexpr auto s = (x + y) * (y + z), t = (x + z) * (x + y);
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", s + t >>= x);
// clang-format on
static_assert(whittle::well_formed<list>());
