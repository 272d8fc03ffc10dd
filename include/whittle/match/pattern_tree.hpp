// A pattern's records as a tree, and the dtypes that each of them can have.
#pragma once

#include <whittle/match/arithmetic.hpp>
#include <whittle/match/rule_set.hpp>

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

/// The children of each record of a post-order, of at most `Room` records.
template <std::size_t Room>
class PatternTree {
 public:
  constexpr PatternTree(const PatternRecord* all, std::uint32_t size) : records(all), count(size) {
    std::uint8_t open[Room] = {};
    std::uint32_t top = 0, next = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      first_[i] = static_cast<std::uint8_t>(next);
      top -= records[i].arity;
      for (std::uint32_t k = 0; k < records[i].arity; ++k) children_[next++] = open[top + k];
      open[top++] = static_cast<std::uint8_t>(i);
    }
  }
  /// The record of the k-th sub-pattern of record i.
  constexpr std::uint32_t child(std::uint32_t i, std::uint32_t k) const { return children_[first_[i] + k]; }

  const PatternRecord* records;
  std::uint32_t count;

 private:
  std::uint8_t first_[Room] = {}, children_[Room] = {};
};

/// The dtypes each record of a left side may have, from the rule's arithmetic and the operators above it.
template <std::size_t Room>
class DTypeRoles {
 public:
  constexpr DTypeRoles(const PatternTree<Room>& tree, Arithmetic arithmetic) : values_(dtypes_of(arithmetic)) {
    for (std::uint32_t i = tree.count; i-- > 0;) {
      if (i + 1 == tree.count) roles_[i] = {any_dtype, true};
      const Role below = assign(tree.records[i], i);
      for (std::uint32_t k = 0; k < tree.records[i].arity; ++k) {
        const bool condition =
            tree.records[i].kind == RecordKind::operation && tree.records[i].op == Op::where && k == 0;
        roles_[tree.child(i, k)] = condition ? Role{only(DType::boolean), false} : below;
      }
    }
  }
  constexpr DTypes operator[](std::uint32_t i) const { return roles_[i].dtypes; }

 private:
  struct Role {
    DTypes dtypes;
    bool is_value;
  };

  /// Settles record i, whose role its parent has given; returns that of its children.
  constexpr Role assign(const PatternRecord& record, std::uint32_t i) {
    constexpr DTypes boolean_only = only(DType::boolean);
    DTypes& own = roles_[i].dtypes;
    const bool is_value = roles_[i].is_value;
    own = own & record.dtypes;
    if (record.kind == RecordKind::alternatives || record.kind == RecordKind::optional) return {own, is_value};
    if (record.kind == RecordKind::any_operator) {
      const bool compares = record.op == static_cast<Op>(OpClass::comparison);
      own = compares ? boolean_only : own & values_;
      return {compares ? values_ : any_dtype, true};
    }
    if (record.kind != RecordKind::operation) {
      if (is_value) own = own & values_;
      return {any_dtype, true};
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
      own = own & values_;
      return {any_dtype, false};
    }
    if (!is_elementwise(record.op)) return {any_dtype, false};
    if (!(record.dtypes == boolean_only)) own = own & values_;
    return {own, false};  // the operator's own dtype says it all
  }

  DTypes values_;
  Role roles_[Room] = {};
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
