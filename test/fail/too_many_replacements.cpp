// expect: first(...) takes at most 8 replacements
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">;

inline constexpr auto set = whittle::rules<whittle::unbounded>("set", x* c >>= first(0, 1, 2, 3, 4, 5, 6, 7, 8));
