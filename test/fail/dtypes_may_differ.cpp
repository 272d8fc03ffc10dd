// expect: rule `cast(x)` (dtypes_may_differ.cpp:9): the right side can be of another dtype than the left side
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::structural>("list", cast(x) >>= x);
// clang-format on
static_assert(whittle::well_formed<list>());
