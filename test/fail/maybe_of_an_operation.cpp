// expect: maybe<default>(c) takes a variable or a constant
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">;

constexpr auto pattern = x + maybe<0>(y * c);
