// expect: the operator has another number of operands
#include <whittle/operator.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">;

inline constexpr struct Mine : op<"mine"> {
  static constexpr auto lower = rules<whittle::floating>("mine", self(x, y) >>= x);
} mine;
