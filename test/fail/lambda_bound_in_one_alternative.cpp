// expect: not every alternative of the left side binds what the lambda takes: y
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", any_of(x + y, x * z) % c >>= with(y)([](auto&, auto p) { return p; }));
// clang-format on
static_assert(whittle::well_formed<list>());
