// expect: ERROR_a_name_used_on_the_right_is_not_bound_in_every_alternative_of_the_left
// expect: bound_in_one_alternative.cpp:
// at most 40 lines
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">;

inline constexpr auto set = whittle::rules<whittle::unbounded>("set", any_of(x + y, x* z) % c >>= y);
