// expect: rule `x * c` (rewrite_with_unsound_set.cpp:
// expect: the left side does not bind what the right side uses: y
#include <whittle/ir/traits.hpp>
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">;

// clang-format off
inline constexpr auto list = whittle::rules<whittle::unbounded>("list", x * c >>= y);
// clang-format on
bool rewrites(whittle::Graph& g, whittle::Node n) {
  return whittle::rewrite<whittle::matcher<list, whittle::Graph>>(g, n).rewrites > 0;
}
