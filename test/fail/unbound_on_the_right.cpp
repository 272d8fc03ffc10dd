// expect: ERROR_right_hand_side_uses_a_variable_not_bound_on_the_left
// expect: unbound_on_the_right.cpp:
// at most 40 lines
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">;

inline constexpr auto set = whittle::rules<whittle::unbounded>("set", x + 0 >>= x, x* c >>= y * c);
