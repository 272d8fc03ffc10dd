// expect: rule `x + c` (unbound_in_lambda.cpp:9): the left side does not bind what the lambda takes: y
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", x + c >>= with(x, y)([](auto&, auto p, auto) { return p; }));
// clang-format on
static_assert(whittle::well_formed<list>());
