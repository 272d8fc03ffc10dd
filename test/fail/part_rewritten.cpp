// expect: rule `(y * 1) % c` (part_rewritten.cpp:11): never fires, since its part `y * 1`
// expect: its part `y * 1` is always rewritten by `x * 1` (part_rewritten.cpp:12)
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list",
    (y * 1) % c   >>= y,
    x * 1         >>= x);
// clang-format on
static_assert(whittle::well_formed<list>());
