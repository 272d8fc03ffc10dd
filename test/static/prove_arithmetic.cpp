// Built-in rules in constant expressions, on every point of small numbers: sums, products and quotients.
#include <whittle/prove/exhaustive.hpp>
#include <whittle/simplify.hpp>

namespace static_prove_arithmetic {

namespace {

using namespace whittle;

static_assert(all_hold_on_points<builtin::algebra>());
static_assert(all_hold_on_points<builtin::index_algebra>());
static_assert(all_hold_on_points<builtin::index_sums>());
static_assert(all_hold_on_points<builtin::wrapping_algebra>());
static_assert(all_hold_on_points<builtin::bitwise>());
static_assert(all_hold_on_points<builtin::divmod>());

}  // namespace

}  // namespace static_prove_arithmetic
