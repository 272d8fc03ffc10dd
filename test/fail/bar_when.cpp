// expect: write lhs >>= rhs |= when(...), and not rhs | when(...)
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">;

inline constexpr auto set = whittle::rules<whittle::unbounded>("set", x* c >>= x | when(c > 0));
