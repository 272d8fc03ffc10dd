// expect: rule `mine` (shadowed_and_named.cpp:11) is shadowed by `theirs` (shadowed_and_named.cpp:10)
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list",
    named("theirs", max(x, y) % z >>= x),
    named("mine",   max(x, c) % y >>= y));
// clang-format on
static_assert(whittle::well_formed<list>());
