#include <whittle/match.hpp>

using namespace whittle::dsl;

// clang-format off
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto mine = rules<whittle::floating_no_nan>("mine",
    log(exp(x)) >>= x,
    log(x * y)  >>= log(x) + log(y)   |= when(x > 0 && y > 0));
// clang-format on
static_assert(whittle::well_formed<mine>());

int main() {}
