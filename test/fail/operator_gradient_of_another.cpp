// expect: each rule of an operator's `gradient` is pullback(self(...), g) >>= group(...)
#include <whittle/operator.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, g = var<"g">;

inline constexpr struct Mine : op<"mine"> {
  static constexpr auto gradient = rules<whittle::floating>("gradient of mine", pullback(exp(x), g) >>= group(g));
} mine;
inline constexpr const auto& described = whittle::user_operator<Mine>;
