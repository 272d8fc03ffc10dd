// expect: an operator's name has letters, digits and _, and is no built-in operator's
#include <whittle/operator.hpp>

using namespace whittle::dsl;

inline constexpr struct Mine : op<"add", 2> {
} mine;
