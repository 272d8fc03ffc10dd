// expect: rule `where(b, x, x)` (shadowed_by_several.cpp:13) is shadowed by these together:
// expect: `where(false, _, x)` (shadowed_by_several.cpp:12), `where(true, x, _)` (shadowed_by_several.cpp:11)
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::structural>("list",
    where(true, x, _)       >>= x,
    where(false, _, x)      >>= x,
    where(cst<"b">, x, x)   >>= x);
// clang-format on
static_assert(whittle::well_formed<list>());
