// The language of patterns: variables, constants, literals, operators and functions, in namespace dsl.
#pragma once

#include <whittle/match/pattern.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {
template <class A>
constexpr auto unary(Op op, const A& a, DTypes dtypes = any_dtype) {
  return compose(operation_record(op, dtypes), to_pattern(a));
}
template <class A, class B>
constexpr auto binary(Op op, const A& a, const B& b, DTypes dtypes = any_dtype) {
  return compose(operation_record(op, dtypes), to_pattern(a), to_pattern(b));
}
}  // namespace detail

// Operators stand beside Pattern, where argument-dependent look-up finds them.
// clang-format off
template <std::size_t N> constexpr auto operator-(const Pattern<N>& a) { return detail::unary(Op::neg, a); }
template <std::size_t N> constexpr auto operator!(const Pattern<N>& a) { return detail::unary(Op::logical_not, a, only(DType::boolean)); }
template <std::size_t N> constexpr auto operator~(const Pattern<N>& a) { return detail::binary(Op::bit_xor, a, -1); }

template <class A, class B> requires PatternOperands<A, B> constexpr auto operator+ (const A& a, const B& b) { return detail::binary(Op::add, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator- (const A& a, const B& b) { return detail::binary(Op::sub, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator* (const A& a, const B& b) { return detail::binary(Op::mul, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator/ (const A& a, const B& b) { return detail::binary(op_divide, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator% (const A& a, const B& b) { return detail::binary(op_remainder, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator& (const A& a, const B& b) { return detail::binary(Op::bit_and, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator| (const A& a, const B& b) { return detail::binary(Op::bit_or, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator^ (const A& a, const B& b) { return detail::binary(Op::bit_xor, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator<<(const A& a, const B& b) { return detail::binary(Op::shl, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator>>(const A& a, const B& b) { return detail::binary(Op::shr, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator< (const A& a, const B& b) { return detail::binary(Op::less, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator> (const A& a, const B& b) { return detail::binary(Op::less, b, a); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator<=(const A& a, const B& b) { return detail::binary(Op::less_equal, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator>=(const A& a, const B& b) { return detail::binary(Op::less_equal, b, a); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator==(const A& a, const B& b) { return detail::binary(Op::equal, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator!=(const A& a, const B& b) { return detail::binary(Op::not_equal, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator&&(const A& a, const B& b) { return detail::binary(Op::bit_and, a, b, only(DType::boolean)); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto operator||(const A& a, const B& b) { return detail::binary(Op::bit_or, a, b, only(DType::boolean)); }
// clang-format on

/// What rules are written with: `using namespace whittle::dsl;`.
namespace dsl {

/// A variable: matches any node; the same name again must be the same node.
template <NameLiteral Name>
inline constexpr Pattern<1> var{
    {{RecordKind::variable, 0, Sources::exact, false, Op::none, any_dtype, Name.packed(), 0, 1}}};

/// A variable that matches any node but a constant.
template <NameLiteral Name>
inline constexpr Pattern<1> nonconstant{
    {{RecordKind::variable, 0, Sources::exact, false, Op::none, any_dtype, Name.packed(), 1, 1}}};

/// A constant: arithmetic on constants folds on the right side and in guards.
template <NameLiteral Name>
inline constexpr Pattern<1> cst{
    {{RecordKind::constant, 0, Sources::exact, false, Op::none, any_dtype, Name.packed(), 0, 1}}};

/// Any node, without a name.
inline constexpr Pattern<1> anything{{{RecordKind::anything, 0, Sources::exact, false, Op::none, any_dtype, {}, 0, 1}}};
inline constexpr Pattern<1> _ = anything;

/// An operand that may be missing: `x + maybe<0>(c)` also matches x alone, with c = 0.
template <auto Default, std::size_t N>
constexpr auto maybe(const Pattern<N>& operand) {
  static_assert(N == 1, "maybe<default>(c) takes a variable or a constant");
  PatternRecord record = detail::literal_record(Default);
  record.kind = RecordKind::optional;
  record.op = std::is_floating_point_v<decltype(Default)> ? Op::fdiv : Op::none;  // tells a real default
  record.name = operand.records[0].name;
  record.dtypes = any_dtype;
  return detail::compose(record, operand);
}

/// One of several patterns, tried in that order.
template <class... Ps>
constexpr auto any_of(const Ps&... patterns) {
  PatternRecord record = detail::operation_record(Op::none);
  record.kind = RecordKind::alternatives;
  return detail::compose(record, detail::to_pattern(patterns)...);
}

/// Any operator of a class; on the right side, the operator that `Name` bound.
template <OpClass Class, NameLiteral Name, class... Ps>
constexpr auto any_op(const Ps&... operands) {
  PatternRecord record = detail::operation_record(static_cast<Op>(Class));
  record.kind = RecordKind::any_operator;
  record.name = Name.packed();
  return detail::compose(record, detail::to_pattern(operands)...);
}

/// Any operator by its number: built-in ones without a function of their own, and users' operators.
template <Op Operator, class... Ps>
constexpr auto node(const Ps&... operands) {
  return detail::compose(detail::operation_record(Operator), detail::to_pattern(operands)...);
}
/// The same, with the argument that the node must have.
template <Op Operator, std::uint64_t Argument, class... Ps>
constexpr auto node_with(const Ps&... operands) {
  PatternRecord record = detail::operation_record(Operator);
  record.has_argument = true;
  record.bits = Argument;
  return detail::compose(record, detail::to_pattern(operands)...);
}

/// The pattern's sources, and any number after them.
template <std::size_t N>
constexpr Pattern<N> and_more(Pattern<N> pattern) {
  pattern.records[N - 1].sources = Sources::prefix;
  return pattern;
}
/// An operator of any number of sources that all match one leaf pattern.
template <Op Operator, std::size_t N>
constexpr auto every(const Pattern<N>& leaf) {
  static_assert(N == 1, "every<op>(p) takes a leaf: var, cst or anything, with or without .is(...)");
  PatternRecord record = detail::operation_record(Operator);
  record.sources = Sources::every;
  return detail::compose(record, leaf);
}

// clang-format off
template <class A> requires PatternLike<A> constexpr auto exp(const A& a)        { return detail::unary(Op::exp, a); }
template <class A> requires PatternLike<A> constexpr auto log(const A& a)        { return detail::unary(Op::log, a); }
template <class A> requires PatternLike<A> constexpr auto exp2(const A& a)       { return detail::unary(Op::exp2, a); }
template <class A> requires PatternLike<A> constexpr auto log2(const A& a)       { return detail::unary(Op::log2, a); }
template <class A> requires PatternLike<A> constexpr auto sin(const A& a)        { return detail::unary(Op::sin, a); }
template <class A> requires PatternLike<A> constexpr auto sqrt(const A& a)       { return detail::unary(Op::sqrt, a); }
template <class A> requires PatternLike<A> constexpr auto reciprocal(const A& a) { return detail::unary(Op::reciprocal, a); }
template <class A> requires PatternLike<A> constexpr auto trunc(const A& a)      { return detail::unary(Op::trunc, a); }
template <class A> requires PatternLike<A> constexpr auto load(const A& a)       { return detail::unary(Op::load, a); }
template <class A> requires PatternLike<A> constexpr auto detach(const A& a)     { return detail::unary(Op::detach, a); }
template <class A> requires PatternLike<A> constexpr auto contiguous(const A& a) { return detail::unary(Op::contiguous, a); }

template <class A, class B> requires PatternOperands<A, B> constexpr auto min(const A& a, const B& b)      { return detail::binary(Op::min, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto max(const A& a, const B& b)      { return detail::binary(Op::max, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto pow(const A& a, const B& b)      { return detail::binary(Op::pow, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto fdiv(const A& a, const B& b)     { return detail::binary(Op::fdiv, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto cdiv(const A& a, const B& b)     { return detail::binary(Op::cdiv, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto cmod(const A& a, const B& b)     { return detail::binary(Op::cmod, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto floordiv(const A& a, const B& b) { return detail::binary(Op::floordiv, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto floormod(const A& a, const B& b) { return detail::binary(Op::floormod, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto index(const A& a, const B& b)    { return detail::binary(Op::index, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto store(const A& a, const B& b)    { return detail::binary(Op::store, a, b); }
template <class A, class B> requires PatternOperands<A, B> constexpr auto pullback(const A& a, const B& b) { return detail::binary(Op::pullback, a, b); }
// Two patterns of one size: more special than std::min and std::max, so that using-directives do no harm.
template <std::size_t N> constexpr auto min(const Pattern<N>& a, const Pattern<N>& b) { return detail::binary(Op::min, a, b); }
template <std::size_t N> constexpr auto max(const Pattern<N>& a, const Pattern<N>& b) { return detail::binary(Op::max, a, b); }
// clang-format on

template <class C, class A, class B>
  requires PatternLike<C> && PatternLike<A> && PatternLike<B>
constexpr auto where(const C& condition, const A& a, const B& b) {
  return detail::compose(detail::operation_record(Op::where), detail::to_pattern(condition), detail::to_pattern(a),
                         detail::to_pattern(b));
}

/// An invalid value.
inline constexpr Pattern<1> invalid{{detail::operation_record(Op::invalid)}};

/// A cast; on the right side, to the dtype of the node replaced.
template <class A>
  requires PatternLike<A>
constexpr auto cast(const A& a) {
  return detail::unary(Op::cast, a);
}
/// A cast to one dtype.
template <DType To, class A>
  requires PatternLike<A>
constexpr auto cast(const A& a) {
  return detail::unary(Op::cast, a, only(To));
}

/// An ordered list of values, or of effects.
template <class... Ps>
constexpr auto group(const Ps&... items) {
  return detail::compose(detail::operation_record(Op::group), detail::to_pattern(items)...);
}

}  // namespace dsl
}  // namespace v0
}  // namespace whittle
