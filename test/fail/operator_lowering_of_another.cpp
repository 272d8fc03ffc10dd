// expect: each rule of an operator's `lower` is self(...) >>= ...
#include <whittle/operator.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">;

inline constexpr struct Mine : op<"mine"> {
  static constexpr auto lower = rules<whittle::floating>("mine", self(x) >>= exp(x), -self(x) >>= x);
} mine;
inline constexpr const auto& described = whittle::user_operator<Mine>;
