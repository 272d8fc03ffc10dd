// expect: rule `x * c` (matcher_of_unsound_set.cpp:
// expect: the left side does not bind what the right side uses: y
#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", x * c >>= y);
// clang-format on
using Matcher = whittle::matcher<list, whittle::Graph>;
static_assert(Matcher::rule_count == 1);
