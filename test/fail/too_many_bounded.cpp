// expect: rule `max(x, y)` (too_many_bounded.cpp:10) is one rule too many
// expect: is one rule too many with a bound of its own: at most 5 % may have one
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", x * 1 >>= x, at_most(8, max(x, y) >>= max(y, x)));
// clang-format on
inline constexpr auto sizes = whittle::measure(whittle::by_weight());
static_assert(whittle::terminates<list, sizes>());
