// expect: ERROR_guard_uses_a_variable_not_bound_on_the_left
// expect: unbound_in_guard.cpp:
// at most 40 lines
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">;

inline constexpr auto set = whittle::rules<whittle::unbounded>("set", x* c >>= x |= when(y > 0));
