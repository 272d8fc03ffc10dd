// The checks of the built-in rule sets: none of their rules is idle, and the measures by which sets come to an end.
#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/ir/verify.hpp>
#include <whittle/lower/decompose_rules.hpp>
#include <whittle/lower/gate_rules.hpp>
#include <whittle/lower/late_rules.hpp>
#include <whittle/lower/sum_rules.hpp>
#include <whittle/match.hpp>
#include <whittle/simplify.hpp>
#include <whittle/simplify/reduction.hpp>
#include <whittle/tensor/gradient_rules.hpp>

namespace static_builtin_checks {

namespace {

using namespace whittle;

static_assert(well_formed<simplify_rules>());
static_assert(well_formed<sum_order_rules>());
static_assert(well_formed<gate_rules>());
static_assert(well_formed<needless_gate_rules>());
static_assert(well_formed<invalid_value_rules>());
static_assert(well_formed<late_rules>());
static_assert(well_formed<decompose_rules>());
static_assert(well_formed<sum_rules>());
static_assert(well_formed<reduction_rules>());
static_assert(well_formed<gated_sum_rules>());
static_assert(well_formed<gradient_rules>());

// Sets of which every rewriting makes something smaller.
namespace measures {

inline constexpr auto sizes = measure(by_weight());

inline constexpr auto algebra =
    measure(by_weight(weight(Op::sub, 2)), by_constants_outward(Op::add), by_constants_outward(Op::mul));
inline constexpr auto index_algebra = measure(by_weight(weight(Op::mul, 1, 2), weight(Op::add, 4)));
inline constexpr auto index_sums =
    measure(by_weight(weight(Op::mul, 1, 2), weight(Op::add, 4), weight(Op::sub, 8, 2), weight(Op::neg, 4, 2)))
        .trusting("canonical sum");
inline constexpr auto sum_order = measure(by_weight(weight(Op::add, 4), weight(Op::sub, 8, 2), weight(Op::neg, 3, 2)),
                                          by_constants_outward(Op::add), by_constants_outward(Op::mul))
                                      .trusting("ordered sum");
inline constexpr auto comparison = sizes;
inline constexpr auto index_comparison =
    measure(by_weight(weight(Op::less_equal, 4), weight(Op::floordiv, 4, 2), weight(Op::floormod, 4, 2)))
        .trusting("canonical <", "canonical equality");
inline constexpr auto divmod = measure(by_divisors(), by_weight(weight(Op::floordiv, 1, 2), weight(Op::floormod, 2, 2)))
                                   .trusting("quotient of a sum", "remainder of a sum");
inline constexpr auto decided_index_min_max = sizes.trusting("decided min", "decided max");
inline constexpr auto min_max = measure(by_weight(), by_constants_outward(Op::min), by_constants_outward(Op::max));
inline constexpr auto index_min_max = measure(by_weight(weight(Op::min, 2, 2), weight(Op::max, 2, 2)));
inline constexpr auto logic =
    measure(by_weight(weight(Op::mul, 2), weight(Op::max, 2), weight(Op::min, 2), weight(Op::bit_xor, 2)));
inline constexpr auto wrapping_algebra = measure(by_weight(), by_outward(Op::add, Op::mul)).trusting("collected sum");
inline constexpr auto reassociation = sizes.trusting("canonical chain");
inline constexpr auto select = measure(by_weight(weight(Op::where, 3)))
                                   .trusting("where(!b, x, y) >>= where(b, y, x)", "where(b, true, x) >>= b || x",
                                             "where(b, false, x) >>= !b && x");
inline constexpr auto validity = sizes.trusting("branch under its condition", "clauses under the others");
inline constexpr auto casts = sizes.trusting("cast to its own dtype", "cast of a cast");
inline constexpr auto single_values = sizes.trusting("one value");
inline constexpr auto gates = measure(by_weight(weight(Op::invalid, 4)));
inline constexpr auto late = measure(by_weight(weight(Op::floordiv, 2), weight(Op::floormod, 16, 2)));
inline constexpr auto floats = measure(by_weight(weight(Op::pow, 8, 4)));
inline constexpr auto decompose = measure(by_weight(weight(Op::exp, 8), weight(Op::log, 8), weight(Op::pow, 8, 4)));
inline constexpr auto gradient = measure(by_weight(weight(Op::pullback, 64, 16)));

}  // namespace measures

static_assert(terminates<builtin::sum_order, measures::sum_order>());
static_assert(terminates<builtin::algebra, measures::algebra>());
static_assert(terminates<builtin::index_algebra, measures::index_algebra>());
static_assert(terminates<builtin::index_sums, measures::index_sums>());
static_assert(terminates<builtin::wrapping_algebra, measures::wrapping_algebra>());
static_assert(terminates<builtin::bitwise, measures::sizes>());
static_assert(terminates<builtin::comparison, measures::comparison>());
static_assert(terminates<builtin::index_comparison, measures::index_comparison>());
static_assert(terminates<builtin::divmod, measures::divmod>());
static_assert(terminates<builtin::decided_index_min_max, measures::decided_index_min_max>());
static_assert(terminates<builtin::decided_min_max, measures::sizes>());
static_assert(terminates<builtin::index_min_max, measures::index_min_max>());
static_assert(terminates<builtin::select_arithmetic, measures::sizes>());
static_assert(terminates<builtin::single_values, measures::single_values>());
static_assert(terminates<builtin::logic, measures::logic>());
static_assert(terminates<builtin::reassociation, measures::reassociation>());
static_assert(terminates<builtin::negation, measures::sizes>());
static_assert(terminates<builtin::select, measures::select>());
static_assert(terminates<builtin::validity, measures::validity>());
static_assert(terminates<builtin::floats, measures::floats>());
static_assert(terminates<builtin::folding, measures::sizes>());
static_assert(terminates<builtin::casts, measures::casts>());
static_assert(terminates<builtin::min_max, measures::min_max>());
static_assert(terminates<gate_rules, measures::gates>());
static_assert(terminates<needless_gate_rules, measures::sizes>());
static_assert(terminates<invalid_value_rules, measures::sizes>());
static_assert(terminates<late_rules, measures::late>());
static_assert(terminates<decompose_rules, measures::decompose>());
static_assert(terminates<gradients::elementwise_rules, measures::gradient>());

}  // namespace

}  // namespace static_builtin_checks
