// Signs of a rule's constants: what its guard says of them, and those of what is computed from them.
#pragma once

#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::checks {

enum class Sign : std::uint8_t { unknown, negative, not_negative, positive };

constexpr bool is_not_negative(Sign sign) { return sign == Sign::not_negative || sign == Sign::positive; }
constexpr Sign sign_of_number(std::int64_t number) {
  return number < 0 ? Sign::negative : number == 0 ? Sign::not_negative : Sign::positive;
}

/// Of an operator over whole numbers of these signs.
constexpr Sign sign_of(Op op, Sign a, Sign b) {
  const bool both_positive = a == Sign::positive && b == Sign::positive;
  switch (op) {
  case Op::mul:
    if (both_positive || (a == Sign::negative && b == Sign::negative)) return Sign::positive;
    if (is_not_negative(a) && is_not_negative(b)) return Sign::not_negative;
    return (a == Sign::negative && b == Sign::positive) || (a == Sign::positive && b == Sign::negative) ? Sign::negative
                                                                                                        : Sign::unknown;
  case Op::floordiv:
    if (b != Sign::positive) return Sign::unknown;
    return is_not_negative(a) ? Sign::not_negative : a;
  case Op::floormod: return b == Sign::positive ? Sign::not_negative : Sign::unknown;
  default: return Sign::unknown;
  }
}

/// What `low < name` or `name < high` says of a name, where one side of a comparison is a number.
constexpr Sign sign_by_comparison(const PatternRecord* left, VariableName name) {
  const PatternRecord &a = left[0], &b = left[1], &comparison = left[2];
  const std::int64_t closed = comparison.op == Op::less_equal ? 1 : 0;
  if (a.kind == RecordKind::integer && b.name == name && b.arity == 0) {
    const std::int64_t least = static_cast<std::int64_t>(a.bits) + 1 - closed;
    return least > 0 ? Sign::positive : least == 0 ? Sign::not_negative : Sign::unknown;
  }
  if (b.kind == RecordKind::integer && a.name == name && a.arity == 0)
    return static_cast<std::int64_t>(b.bits) - 1 + closed < 0 ? Sign::negative : Sign::unknown;
  return Sign::unknown;
}

/// What a guard says of the sign of a name. Nothing, if it is no conjunction.
constexpr Sign sign_by_guard(const RuleSetView& set, PatternSpan guard, VariableName name) {
  Sign known = Sign::unknown;
  for (std::uint32_t i = guard.begin; i < guard.begin + guard.size; ++i) {
    const PatternRecord& record = set.records[i];
    if (record.op == Op::bit_or || record.op == Op::logical_not) return Sign::unknown;
    const bool compares = record.op == Op::less || record.op == Op::less_equal;
    if (record.kind != RecordKind::operation || !compares || i < guard.begin + 2) continue;
    if (set.records[i - 1].arity != 0 || set.records[i - 2].arity != 0) continue;
    const Sign sign = sign_by_comparison(set.records + i - 2, name);
    if (sign != Sign::unknown && known != Sign::positive) known = sign;
  }
  return known;
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
