// A pattern's records as a tree, and the dtypes that each of them can have.
#pragma once

#include <whittle/match/arithmetic.hpp>
#include <whittle/match/rule_set.hpp>
#include <whittle/match/table.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

void ERROR_a_pattern_has_more_than_250_parts();

constexpr bool is_constant_record(const PatternRecord& record) {
  return record.kind == RecordKind::constant || record.kind == RecordKind::integer || record.kind == RecordKind::real ||
         record.kind == RecordKind::truth;
}

/// Whether two operands of a commutative operator can stand in both orders.
constexpr bool has_two_orders(const PatternRecord& a, const PatternRecord& b, bool constants_last) {
  if (constants_last && is_constant_record(a) != is_constant_record(b)) {
    const RecordKind other = is_constant_record(a) ? b.kind : a.kind;
    return other == RecordKind::alternatives || other == RecordKind::optional;
  }
  if (a.kind == RecordKind::anything && b.kind == RecordKind::anything) return false;
  return !(a.kind == RecordKind::variable && b.kind == RecordKind::variable && a.name == b.name);
}

/// The rows that a left side comes to, nearly; without `constants_last` no fewer. Beyond the limit, that.
constexpr std::size_t expected_rows(const PatternRecord* records, std::uint32_t count, bool constants_last) {
  std::size_t rows = 1;
  for (std::uint32_t i = 0; i < count; ++i) {
    const PatternRecord& record = records[i];
    const bool is_commutative_one =
        record.kind == RecordKind::operation && record.arity == 2 && is_commutative(record.op);
    const bool has_constant = constants_last && i > 0 && is_constant_record(records[i - 1]);
    if ((is_commutative_one && !has_constant) || record.kind == RecordKind::optional) rows *= 2;
    if (record.kind == RecordKind::alternatives) rows *= record.arity;
    if (rows >= most_variants) return most_variants;
  }
  return rows;
}

/// The records of the largest pattern of a set.
constexpr std::size_t largest_pattern(const RuleSetView& set) {
  std::uint32_t most = 1;
  const auto note = [&](PatternSpan span) { most = span.size > most ? span.size : most; };
  for (std::size_t r = 0; r < set.rule_count; ++r) {
    note(set.rules[r].left);
    for (std::uint32_t i = 0; i < set.rules[r].replacement_count; ++i) {
      note(set.replacements[set.rules[r].replacements + i].right);
      note(set.replacements[set.rules[r].replacements + i].guard);
    }
  }
  return most;
}
template <const auto& Set>
inline constexpr std::size_t largest_pattern_of = largest_pattern(RuleSetView(Set));

/// A pattern in post-order: what lies below a record comes before it.
struct PatternTree {
  const PatternRecord* records;
  std::uint32_t count;

  /// The record of the k-th sub-pattern of record i.
  constexpr std::uint32_t child(std::uint32_t i, std::uint32_t k) const {
    std::uint32_t part = i - 1;
    for (std::uint32_t last = records[i].arity; --last > k;) part -= records[part].size;
    return part;
  }
};

/// The dtypes each record of a left side may have, from the rule's arithmetic and the operators above it.
template <std::size_t Room>
class DTypeRoles {
 public:
  constexpr DTypeRoles(const PatternTree& tree, Arithmetic arithmetic) : values_(dtypes_of(arithmetic)) {
    roles_[tree.count - 1] = {any_dtype, true};
    for (std::uint32_t i = tree.count; i-- > 0;) {
      const PatternRecord& record = tree.records[i];
      const Role below = assign(record, roles_[i]);
      for (std::uint32_t k = record.arity, part = i - 1; k-- > 0; part -= tree.records[part].size) {
        const bool condition = k == 0 && record.op == Op::where && record.kind == RecordKind::operation;
        roles_[part] = condition ? Role{only(DType::boolean), false} : below;
      }
    }
  }
  constexpr const DTypes& operator[](std::uint32_t i) const { return roles_[i].dtypes; }

 private:
  struct Role {
    DTypes dtypes;
    bool is_value;
  };

  /// Settles a record, whose role its parent has given; returns that of its children.
  constexpr Role assign(const PatternRecord& record, Role& role) const {
    constexpr DTypes boolean_only = only(DType::boolean);
    DTypes& own = role.dtypes;
    own.mask &= record.dtypes.mask;
    switch (record.kind) {
    case RecordKind::operation: break;
    case RecordKind::alternatives:
    case RecordKind::optional: return role;
    case RecordKind::any_operator: {
      const bool compares = record.op == static_cast<Op>(OpClass::comparison);
      own = compares ? boolean_only : own & values_;
      return {compares ? values_ : any_dtype, true};
    }
    default:
      if (role.is_value) own.mask &= values_.mask;
      return {};
    }
    if (is_comparison(record.op)) {
      own = boolean_only;
      return {values_, true};
    }
    if (record.op == Op::logical_not) {
      own = boolean_only;
      return {boolean_only, false};
    }
    if (record.op == Op::cast || record.op == Op::bitcast) {
      own.mask &= values_.mask;
      return {any_dtype, false};
    }
    if (!is_elementwise(record.op)) return {any_dtype, false};
    if (record.dtypes.mask != boolean_only.mask) own.mask &= values_.mask;
    return {own, false};  // the operator's own dtype says it all
  }

  DTypes values_;
  Role roles_[Room] = {};
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
