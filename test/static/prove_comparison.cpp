// Built-in rules in constant expressions, on every point of small numbers: comparisons of integers.
#include <whittle/prove/exhaustive.hpp>
#include <whittle/simplify.hpp>

namespace static_prove_comparison {

namespace {

using namespace whittle;

static_assert(all_hold_on_points<builtin::comparison>());
static_assert(all_hold_on_points<builtin::index_comparison>());

}  // namespace

}  // namespace static_prove_comparison
