// Built-in rules in constant expressions, on every point of small numbers: minimum, maximum and choices of integers.
#include <whittle/prove/exhaustive.hpp>
#include <whittle/simplify.hpp>

namespace static_prove_min_max {

namespace {

using namespace whittle;

static_assert(all_hold_on_points<builtin::min_max>());
static_assert(all_hold_on_points<builtin::index_min_max>());
static_assert(all_hold_on_points<builtin::decided_min_max>());
static_assert(all_hold_on_points<builtin::select_arithmetic>());

}  // namespace

}  // namespace static_prove_min_max
