// expect: ERROR_a_rule_has_more_than_64_variants
#include <whittle/match.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">;

// Seven sums, each in either order: 128 variants.
inline constexpr auto s = (x + y) * (y + z), t = (x + z) * (x + y);
inline constexpr auto set = whittle::rules<whittle::unbounded>("set", s + t >>= x);
static_assert(whittle::well_formed<set>());
