// Built-in rules in constant expressions, on every point of small numbers: truth values, casts and floats.
#include <utility>

#include <whittle/prove/exhaustive.hpp>
#include <whittle/simplify.hpp>

namespace static_prove {

namespace {

using namespace whittle;
using namespace dsl;

static_assert(all_hold_on_points<builtin::invalid_values>());
static_assert(all_hold_on_points<builtin::casts>());
static_assert(all_hold_on_points<builtin::floats>());
static_assert(all_hold_on_points<builtin::logic>());
static_assert(all_hold_on_points<builtin::negation>());
static_assert(all_hold_on_points<builtin::select>());

// whole numbers of bits
static_assert(holds_exhaustively<builtin::bitwise, 8>(4));
static_assert(holds_exhaustively<builtin::wrapping_algebra, 0>(4));

// and what must not hold
template <const auto& Set, std::size_t... Rules>
constexpr bool none_holds(std::index_sequence<Rules...>) {
  return (!holds_on_points<Set, Rules>(350) && ...);
}
template <const auto& Set>
constexpr bool none_holds() {
  return none_holds<Set>(std::make_index_sequence<Set.rule_count>{});
}
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">;
// clang-format off
inline constexpr auto wrong_integers = rules<unbounded>("wrong integers",
    (x / c) * c       >>= x,
    (x % c1) % c2     >>= x % c2      |= when(c1 > 0 && c2 > 0),
    x * 0             >>= (x / x) * 0);
inline constexpr auto wrong_widths = rules<wrapping>("wrong for fixed widths",
    x < y             >>= x - y < 0,
    x + 1 < y + 1     >>= x < y,
    cdiv(x * c, c)    >>= x           |= when(c != 0));
inline constexpr auto wrong_floats = rules<floating>("wrong for floats",
    x * 0             >>= 0,
    x + 0             >>= x,
    x == x            >>= true,
    (x + y) - y       >>= x,
    pow(x, y)         >>= x * x);
inline constexpr auto wrong_truths = rules<boolean>("wrong for truth values",
    x && y            >>= x,
    !(x && y)         >>= !x && !y);
// clang-format on
static_assert(none_holds<wrong_integers>());
static_assert(none_holds<wrong_widths>());
static_assert(none_holds<wrong_floats>());
static_assert(none_holds<wrong_truths>());

}  // namespace

}  // namespace static_prove
