// The checks of rule sets: each finds its fault, and nothing where there is none.
#include <string_view>

#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/match.hpp>

namespace static_checks {

namespace {

using namespace whittle;

namespace faults {

using namespace whittle::dsl;

inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">;
inline constexpr OpClass elementwise = OpClass::elementwise;
inline constexpr auto lambda = [](auto&, auto p) { return p; };

// clang-format off

// Names
inline constexpr auto right_unbound  = rules<unbounded>("names", x + 0 >>= x, x * c >>= y * c);
inline constexpr auto guard_unbound  = rules<unbounded>("names", x * c >>= x |= when(y > 0));
inline constexpr auto lambda_unbound = rules<unbounded>("names", x + c >>= with(y)(lambda));
inline constexpr auto in_some        = rules<unbounded>("names", any_of(x + y, x * z) % c >>= y);
inline constexpr auto in_some_guard  = rules<unbounded>("names", any_of(x + y, x * z) % c >>= x |= when(y > 0));
inline constexpr auto in_some_lambda = rules<unbounded>("names", any_of(x + y, x * z) % c >>= with(y)(lambda));
inline constexpr auto in_all         = rules<unbounded>("names", any_of(x + y, y * x) % c >>= y, x * maybe<1>(c) + z % c1 >>= z * c);
inline constexpr auto variants       = rules<unbounded>("names", (x + y) * (y + z) + (x + z) * (x + y) >>= x);

// Dtypes
inline constexpr auto sides_differ   = rules<unbounded>("dtypes", x < y >>= x + y);
inline constexpr auto may_differ     = rules<structural>("dtypes", cast(x) >>= x);
inline constexpr auto literal        = rules<unbounded>("dtypes", x - x >>= 0.5);
inline constexpr auto left_operands  = rules<unbounded>("dtypes", (x < y) + c >>= c);
inline constexpr auto right_operands = rules<unbounded>("dtypes", where(b, x, y) >>= where(b, x, b + y));
inline constexpr auto guard_operands = rules<unbounded>("dtypes", where(b, x, y) >>= x |= when(b < x));
inline constexpr auto no_condition   = rules<unbounded>("dtypes", x * c >>= x |= when(c));
inline constexpr auto agree          = rules<structural>("dtypes",
    where(b, true, false) >>= b, cast(x) * y >>= y * cast(x), cast(x.is(DType::boolean)) != 0 >>= x, x == x >>= true,
    cast<DType::boolean>(x) >>= x != 0);

// Duplicates
inline constexpr auto again          = rules<unbounded>("duplicates", x * c + y >>= y + c |= when(c > 0), x - y >>= 0 |= when(x == y), z + y * c1 >>= z + c1 |= when(c1 > 0));
inline constexpr auto other_guard    = rules<unbounded>("duplicates", x * c + y >>= y + c |= when(c > 0), z + y * c1 >>= z + c1 |= when(c1 > 1));
inline constexpr auto other_right    = rules<unbounded>("duplicates", x * c + y >>= y + c |= when(c > 0), z + y * c1 >>= y + c1 |= when(c1 > 0));

// Shadowed by one
inline constexpr auto general_first  = rules<unbounded>("shadowed", max(x, y) - x >>= 0, max(x, y * c) - x >>= y);
inline constexpr auto special_first  = rules<unbounded>("shadowed", max(x, y * c) - x >>= y, max(x, y) - x >>= 0);
inline constexpr auto guarded_first  = rules<unbounded>("shadowed", max(x, y) - x >>= 0 |= when(x > y), max(x, y * c) - x >>= y);
inline constexpr auto other_order    = rules<unbounded>("shadowed", max(x, c) % y >>= x, max(1, z) % y >>= y);
inline constexpr auto same_name      = rules<unbounded>("shadowed", max(x, x) % y >>= x, max(x, z) % y >>= y);
inline constexpr auto same_name_too  = rules<unbounded>("shadowed", max(x, y) % z >>= x, max(x, x) % c >>= c);
inline constexpr auto may_overflow   = rules<unbounded>("shadowed", max(x, y) % z >>= x + y, max(x, x) % c >>= x);
inline constexpr auto by_class       = rules<structural>("shadowed", any_op<elementwise, "f">(invalid, _) >>= invalid, where(b, x, y) >>= y |= when(b), invalid + y >>= y);
inline constexpr auto optional       = rules<unbounded>("shadowed", (x + maybe<0>(c1)) % c >>= x, (y * 2) % c >>= y);
inline constexpr auto lambda_last    = rules<unbounded>("shadowed", max(x, y) - x >>= y, max(x, c) - x >>= with(x)(lambda));
inline constexpr auto lambda_first   = rules<unbounded>("shadowed", max(x, y) - x >>= with(x)(lambda), max(x, c) - x >>= c);
inline constexpr auto fewer_dtypes   = rules<structural>("shadowed", max(x, y).is(any_float) >>= x, max(x, y) >>= y);

// Shadowed by several
inline constexpr auto truths         = rules<structural>("several", where(true, x, _) >>= x, where(false, _, x) >>= x, where(cst<"b">, x, x) >>= x);
inline constexpr auto one_truth      = rules<structural>("several", where(true, x, _) >>= x, where(cst<"b">, x, x) >>= x);
inline constexpr auto constant_or    = rules<unbounded>("several", max(x, c) - x >>= c, max(x, nonconstant<"y">) - x >>= x, max(x, y) - x >>= y);
inline constexpr auto dtypes         = rules<structural>("several", max(x, y).is(any_float) >>= x, max(x, y).is(any_int) >>= y, max(x, y).is(any_int | any_float) >>= x);
inline constexpr auto operators      = rules<structural>("several",
    x < y >>= true, x <= y >>= true, x == y >>= true, x != y >>= true, any_op<OpClass::comparison, "f">(x, y) >>= false);
inline constexpr auto all_but_one    = rules<structural>("several",
    x < y >>= true, x <= y >>= true, x == y >>= true, any_op<OpClass::comparison, "f">(x, y) >>= false);

// A part of a left side
inline constexpr auto part           = rules<unbounded>("part", x * 1 >>= x, (y * 1) % c >>= y);
inline constexpr auto part_later     = rules<unbounded>("part", (y * 1) % c >>= y, x * 1 >>= x);
inline constexpr auto part_stays     = rules<unbounded>("part", x * 1 >>= x, (y * 2) % c >>= y);
inline constexpr auto differences    = rules<wrapping>("earlier", x - y >>= x + (-y));
inline constexpr auto of_difference  = rules<wrapping>("later", x + 0 >>= x, (x - y) * c >>= x);
inline constexpr auto of_sum         = rules<wrapping>("later", (x + y) * c >>= x);

// Termination
inline constexpr auto counts         = measure(by_weight());
inline constexpr auto shrinking      = rules<unbounded>("shrinks", x * 1 >>= x, (x * c) * c1 >>= x * (c * c1), x * c + x * maybe<1>(c1) >>= x * (c + c1));
inline constexpr auto swapping       = rules<unbounded>("swaps", x * 1 >>= x, max(x, y) >>= max(y, x));
inline constexpr auto growing        = rules<unbounded>("grows", x * c >>= x * c + x * 0);
inline constexpr auto distributing   = rules<unbounded>("distributes", (x + y) * z >>= x * z + y * z);
inline constexpr auto by_constant    = rules<unbounded>("distributes", (x + y) * c >>= x * c + y * c);
inline constexpr auto products       = measure(by_weight(weight(Op::mul, 1, 2), weight(Op::add, 4)));
inline constexpr auto outward        = rules<unbounded>("outward", (x + c) + nonconstant<"y"> >>= (x + y) + c);
inline constexpr auto any_outward    = rules<unbounded>("outward", (x + c) + y >>= (x + y) + c);
inline constexpr auto constants_out  = measure(by_weight(), by_constants_outward(Op::add));
inline constexpr auto sums_out       = rules<wrapping>("outward", (x + c) * c1 >>= x * c1 + c * c1);
inline constexpr auto add_above_mul  = measure(by_weight(), by_outward(Op::add, Op::mul));
inline constexpr auto divisors       = measure(by_divisors(), by_weight(weight(Op::floordiv, 1, 2), weight(Op::floormod, 2, 2)));
inline constexpr auto negated        = rules<unbounded>("negated", x % c >>= x |= when(x >= 0 && x < c), x / c >>= (x * -1) / (c * -1) |= when(c < 0));
inline constexpr auto negated_always = rules<unbounded>("negated", x / c >>= (x * -1) / (c * -1));
inline constexpr auto negated_wrong  = rules<unbounded>("negated", x / c >>= (x * -1) / (c * -1) |= when(c > 0));
inline constexpr auto negated_or     = rules<unbounded>("negated", x / c >>= (x * -1) / (c * -1) |= when(c < 0 || x > 0));
inline constexpr auto negated_equal  = rules<unbounded>("negated", x / c >>= (x * -1) / (c * -1) |= when((c < 0) == (x < 0)));
inline constexpr auto divided        = rules<unbounded>("divided", (x * c1) / c >>= x / (c / c1) |= when(c1 > 0 && c % c1 == 0));
inline constexpr auto divided_by_sum = rules<unbounded>("divided", (x * c1) / c >>= x / (c + c1) |= when(c1 > 0));
inline constexpr auto divided_later  = rules<unbounded>("divided", x / y >>= (x * 1) / y);
inline constexpr auto by_lambda      = rules<unbounded>("lambda", named("mine", x * c >>= with(x)(lambda)), x - y >>= with(x)(lambda));
inline constexpr auto one_trusted    = counts.trusting("mine");
inline constexpr auto both_trusted   = counts.trusting("mine", "x - y");
inline constexpr auto half_bounded   = rules<unbounded>("bounded", x * 1 >>= x, at_most(8, max(x, y) >>= max(y, x)));
inline constexpr auto some_bounded   = rules<unbounded>("bounded",
    x * 1 >>= x, x * 2 >>= x, x * 3 >>= x, x * 4 >>= x, x * 5 >>= x, x * 6 >>= x, x * 7 >>= x, x * 8 >>= x, x * 9 >>= x,
    x + 1 >>= x, x + 2 >>= x, x + 3 >>= x, x + 4 >>= x, x + 5 >>= x, x + 6 >>= x, x + 7 >>= x, x + 8 >>= x, x + 9 >>= x,
    x - x >>= 0, at_most(8, max(x, y) >>= max(y, x)));
// clang-format on

}  // namespace faults

template <const auto& Set>
constexpr bool has_basic(FaultKind kind, std::uint32_t rule) {
  return basic_fault<Set>.kind == kind && basic_fault<Set>.rule == rule;
}
template <const auto& Set>
constexpr bool has_order(FaultKind kind, std::uint32_t rule) {
  return !basic_fault<Set>.found() && order_fault<Set>.kind == kind && order_fault<Set>.rule == rule;
}
template <const auto& Set>
constexpr bool is_sound() {
  return !basic_fault<Set>.found() && !order_fault<Set>.found();
}

static_assert(has_basic<faults::right_unbound>(FaultKind::right_unbound, 1));
static_assert(has_basic<faults::guard_unbound>(FaultKind::guard_unbound, 0));
static_assert(has_basic<faults::lambda_unbound>(FaultKind::lambda_unbound, 0));
static_assert(has_basic<faults::in_some>(FaultKind::right_bound_in_some, 0));
static_assert(has_basic<faults::in_some_guard>(FaultKind::guard_bound_in_some, 0));
static_assert(has_basic<faults::in_some_lambda>(FaultKind::lambda_bound_in_some, 0));
static_assert(has_basic<faults::variants>(FaultKind::too_many_variants, 0));
static_assert(is_sound<faults::in_all>());

static_assert(has_basic<faults::sides_differ>(FaultKind::sides_differ, 0));
static_assert(has_order<faults::may_differ>(FaultKind::sides_may_differ, 0));
static_assert(has_basic<faults::literal>(FaultKind::sides_differ, 0));
static_assert(has_order<faults::left_operands>(FaultKind::left_operands_differ, 0));
static_assert(has_basic<faults::right_operands>(FaultKind::right_operands_differ, 0));
static_assert(has_basic<faults::guard_operands>(FaultKind::guard_operands_differ, 0));
static_assert(has_basic<faults::no_condition>(FaultKind::guard_is_no_condition, 0));
static_assert(is_sound<faults::agree>());

static_assert(has_order<faults::again>(FaultKind::duplicate, 2) && order_fault<faults::again>.others[0] == 0);
static_assert(is_sound<faults::other_guard>());
static_assert(is_sound<faults::other_right>());

static_assert(has_order<faults::general_first>(FaultKind::shadowed, 1));
static_assert(is_sound<faults::special_first>());
static_assert(is_sound<faults::guarded_first>());
static_assert(has_order<faults::other_order>(FaultKind::shadowed, 1));
static_assert(is_sound<faults::same_name>());
static_assert(has_order<faults::same_name_too>(FaultKind::shadowed, 1));
static_assert(is_sound<faults::may_overflow>());
static_assert(has_order<faults::by_class>(FaultKind::shadowed, 2));
static_assert(has_order<faults::optional>(FaultKind::shadowed, 1));
static_assert(has_order<faults::lambda_last>(FaultKind::shadowed, 1));
static_assert(is_sound<faults::lambda_first>());
static_assert(is_sound<faults::fewer_dtypes>());

static_assert(has_order<faults::truths>(FaultKind::shadowed_by_several, 2));
static_assert(order_fault<faults::truths>.other_count == 2);
static_assert(is_sound<faults::one_truth>());
static_assert(has_order<faults::constant_or>(FaultKind::shadowed_by_several, 2));
static_assert(has_order<faults::dtypes>(FaultKind::shadowed_by_several, 2));
static_assert(has_order<faults::operators>(FaultKind::shadowed_by_several, 4));
static_assert(is_sound<faults::all_but_one>());

static_assert(has_order<faults::part>(FaultKind::part_rewritten, 1));
static_assert(has_order<faults::part_later>(FaultKind::part_rewritten, 0));
static_assert(is_sound<faults::part_stays>());
static_assert(reach_fault<faults::of_difference, faults::differences>.kind == FaultKind::part_rewritten);
static_assert(reach_fault<faults::of_difference, faults::differences>.rule == 1);
static_assert(reach_fault<faults::differences, faults::differences>.kind == FaultKind::part_rewritten);
static_assert(!reach_fault<faults::of_sum, faults::differences>.found());

static_assert(terminates<faults::negated, faults::divisors>());
static_assert(terminates<faults::divided, faults::divisors>());

template <const auto& Set, const auto& By>
constexpr bool decreases_but(std::uint32_t rule) {
  return termination_fault<Set, By>.kind == FaultKind::not_decreasing && termination_fault<Set, By>.rule == rule;
}
static_assert(terminates<faults::shrinking, faults::counts>());
static_assert(decreases_but<faults::negated, faults::counts>(1));
static_assert(decreases_but<faults::negated_always, faults::divisors>(0));
static_assert(decreases_but<faults::negated_wrong, faults::divisors>(0));
static_assert(decreases_but<faults::negated_or, faults::divisors>(0));
static_assert(decreases_but<faults::negated_equal, faults::divisors>(0));
static_assert(decreases_but<faults::divided_by_sum, faults::divisors>(0));
static_assert(decreases_but<faults::divided_later, faults::divisors>(0));
static_assert(decreases_but<faults::swapping, faults::counts>(1));
static_assert(decreases_but<faults::growing, faults::counts>(0));
static_assert(decreases_but<faults::distributing, faults::products>(0));
static_assert(decreases_but<faults::by_constant, faults::counts>(0));
static_assert(terminates<faults::by_constant, faults::products>());
static_assert(decreases_but<faults::outward, faults::counts>(0));
static_assert(terminates<faults::outward, faults::constants_out>());
static_assert(decreases_but<faults::any_outward, faults::constants_out>(0));
static_assert(decreases_but<faults::sums_out, faults::counts>(0));
static_assert(terminates<faults::sums_out, faults::add_above_mul>());
static_assert(decreases_but<faults::by_lambda, faults::one_trusted>(1));
static_assert(terminates<faults::by_lambda, faults::both_trusted>());
static_assert(termination_fault<faults::half_bounded, faults::counts>.kind == FaultKind::too_many_bounded);
static_assert(terminates<faults::some_bounded, faults::counts>());

}  // namespace

}  // namespace static_checks
