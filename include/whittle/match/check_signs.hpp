// Signs of a rule's constants: what its guard says of them, and those of what is computed from them.
#pragma once

#include <whittle/match/pattern_tree.hpp>

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
constexpr Sign sign_by_comparison(Op op, const PatternRecord& a, const PatternRecord& b, VariableName name) {
  const std::int64_t closed = op == Op::less_equal ? 1 : 0;
  if (a.kind == RecordKind::integer && b.name == name && b.arity == 0) {
    const std::int64_t least = static_cast<std::int64_t>(a.bits) + 1 - closed;
    return least > 0 ? Sign::positive : least == 0 ? Sign::not_negative : Sign::unknown;
  }
  if (b.kind == RecordKind::integer && a.name == name && a.arity == 0)
    return static_cast<std::int64_t>(b.bits) - 1 + closed < 0 ? Sign::negative : Sign::unknown;
  return Sign::unknown;
}

/// What part i of a guard, if it holds, says of the sign of a name: a comparison, or either side of a conjunction.
constexpr Sign sign_by_condition(const PatternTree& guard, std::uint32_t i, VariableName name) {
  const Op op = guard.records[i].op;
  if (guard.records[i].kind != RecordKind::operation || guard.records[i].arity != 2) return Sign::unknown;
  const std::uint32_t a = guard.child(i, 0), b = guard.child(i, 1);
  if (op == Op::less || op == Op::less_equal) return sign_by_comparison(op, guard.records[a], guard.records[b], name);
  if (op != Op::bit_and) return Sign::unknown;
  const Sign first = sign_by_condition(guard, a, name), second = sign_by_condition(guard, b, name);
  return first == Sign::unknown || second == Sign::positive ? second : first;
}
template <std::size_t Room>
constexpr Sign sign_by_guard(const RuleSetView& set, PatternSpan guard, VariableName name) {
  if (guard.size == 0) return Sign::unknown;
  return sign_by_condition({set.records + guard.begin, guard.size}, guard.size - 1, name);
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
