// Invalid poisons what uses it: gates go outwards, until they stand around a whole index or value.
#pragma once

#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

inline constexpr OpClass elementwise = OpClass::elementwise;

// These come first of all: a rule such as x * 0 -> 0 must not meet an operand that may be invalid.
// clang-format off
inline constexpr auto invalid_values = rules<structural>("invalid",
    // operators of something that is always invalid
    any_op<elementwise, "f">(invalid)         >>= invalid,
    any_op<elementwise, "f">(invalid, _)      >>= invalid,
    any_op<elementwise, "f">(_, invalid)      >>= invalid,
    where(invalid, _, _)                      >>= invalid,

    // gates have one form: where(valid, value, invalid), and there is one of them
    where(_, invalid, invalid)                >>= invalid,
    where(b, invalid, x)                      >>= where(!b, x, invalid),
    where(a, where(b, x, invalid), invalid)   >>= where(a && b, x, invalid),

    // out of operators
    any_op<elementwise, "f">(where(b, x, invalid))    >>= where(b, any_op<elementwise, "f">(x), invalid),
    any_op<elementwise, "f">(where(b, x, invalid), y) >>= where(b, any_op<elementwise, "f">(x, y), invalid),
    any_op<elementwise, "f">(y, where(b, x, invalid)) >>= where(b, any_op<elementwise, "f">(y, x), invalid),

    // out of where: from the condition, and from a branch, which counts where it is chosen
    where(where(b, a, invalid), x, y)         >>= where(b, where(a, x, y), invalid),
    where(a, where(b, x, invalid), y)         >>= where(!a || b, where(a, x, y), invalid),
    where(a, x, where(b, y, invalid))         >>= where(a || b, where(a, x, y), invalid));
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
