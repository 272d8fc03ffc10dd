// expect: a measure opens with weights, which are 1 or more, and 1 for constants
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", x * 1 >>= x);
// clang-format on
inline constexpr auto none = whittle::measure(whittle::by_constants_outward(whittle::Op::add));
static_assert(whittle::terminates<list, none>());
