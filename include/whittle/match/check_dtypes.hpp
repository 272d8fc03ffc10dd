// The two sides of a rule are of one dtype, and each operator's operands can be.
#pragma once

#include <whittle/match/check_fault.hpp>
#include <whittle/match/pattern_tree.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::checks {

/// What is known of a value's dtype: one of `possible`, and the same as that of others of its class.
struct TypeFact {
  static constexpr std::uint16_t no_class = 0xffff;
  DTypes possible;
  std::uint16_t of_class;  ///< of records on the left side whose dtype is one and the same; or no_class
  bool is_known;           ///< false where an operator's dtype is its own affair
};

constexpr bool has_source_dtype(Op op) {
  return is_movement(op) || op == Op::index || op == Op::load || op == Op::after || op == Op::reduce ||
         op == Op::contiguous || op == Op::detach;
}
constexpr bool has_no_value(Op op) {
  return op == Op::store || op == Op::end || op == Op::group || op == Op::sink || op == Op::barrier ||
         op == Op::pullback;
}

/// Finds the dtypes of the patterns of one rule. `Room`: the records of the largest pattern.
template <std::size_t Room>
class TypeChecker {
 public:
  constexpr TypeChecker(const RuleSetView& set, std::uint32_t rule)
      : set_(set),
        rule_(rule),
        left_(set.records + set.rules[rule].left.begin, set.rules[rule].left.size),
        values_(dtypes_of(set.rules[rule].arithmetic)) {
    const DTypeRoles<Room> roles(left_, set.rules[rule].arithmetic);
    for (std::uint32_t i = 0; i < left_.count; ++i) {
      class_of_[i] = static_cast<std::uint16_t>(i);
      possible_[i] = roles[i];
      join_names(i);
    }
    for (std::uint32_t i = 0; i < left_.count && !fault_.found(); ++i) join_parts(i);
  }

  /// `strict`: the left side can match, and the right side is never of another dtype; else: it can be of the same.
  constexpr RuleFault find_fault(bool strict) {
    strict_ = strict;
    if (!strict && fault_.found()) return {};
    const RuleInfo& info = set_.rules[rule_];
    for (std::uint32_t i = 0; i < info.replacement_count && !fault_.found(); ++i) {
      const ReplacementInfo& replacement = set_.replacements[info.replacements + i];
      if (replacement.guard.size != 0) check_guard(replacement.guard);
      if (replacement.right.size != 0 && !fault_.found()) check_right(replacement.right);
    }
    return fault_;
  }

 private:
  constexpr std::uint16_t find(std::uint16_t i) const {
    while (class_of_[i] != i) i = class_of_[i];
    return i;
  }
  constexpr void join(std::uint32_t a, std::uint32_t b, std::uint32_t at) {
    const std::uint16_t first = find(static_cast<std::uint16_t>(a)), second = find(static_cast<std::uint16_t>(b));
    class_of_[second] = first;
    possible_[first].mask &= possible_[second].mask;
    if (possible_[first].mask != 0 || fault_.found()) return;
    const std::uint32_t end = set_.rules[rule_].left.begin + at;
    fault_ = {FaultKind::left_operands_differ, rule_, {}, 0, {}, {end, 1}};
  }
  constexpr void join_names(std::uint32_t i) {
    const VariableName& name = left_.records[i].name;
    if (name.empty() || left_.records[i].kind == RecordKind::any_operator) return;
    for (std::uint32_t k = 0; k < i; ++k)
      if (left_.records[k].name == name) return join(k, i, i);
  }
  /// What a well-typed graph says of a record and its sources.
  constexpr void join_parts(std::uint32_t i) {
    const PatternRecord& record = left_.records[i];
    const bool passes = record.kind == RecordKind::alternatives || record.kind == RecordKind::optional;
    if (passes) {
      for (std::uint32_t k = 0; k < record.arity; ++k) join(i, left_.child(i, k), i);
      return;
    }
    if (record.kind != RecordKind::operation || record.arity == 0) return;
    if (!is_elementwise(record.op)) {
      if (has_source_dtype(record.op)) return join(i, left_.child(i, 0), i);
      if (has_no_value(record.op)) possible_[find(static_cast<std::uint16_t>(i))] = only(DType::none);
      return;
    }
    if (record.op == Op::cast || record.op == Op::bitcast) return;
    const std::uint32_t first = record.op == Op::where ? 1 : 0;
    for (std::uint32_t k = first + 1; k < record.arity; ++k) join(left_.child(i, first), left_.child(i, k), i);
    if (!is_comparison(record.op) && record.arity > first) join(i, left_.child(i, first), i);
  }

  constexpr TypeFact fact_of_left(std::uint32_t i) const {
    const PatternRecord& record = left_.records[i];
    const std::uint16_t of = find(static_cast<std::uint16_t>(i));
    const bool is_foreign = record.kind == RecordKind::operation && static_cast<std::size_t>(record.op) >= op_count;
    return {possible_[of], of, !is_foreign};
  }
  constexpr TypeFact root() const { return fact_of_left(left_.count - 1); }
  constexpr TypeFact fact_of_name(const VariableName& name) const {
    for (std::uint32_t i = left_.count; i-- > 0;)
      if (left_.records[i].name == name) return fact_of_left(i);
    return {any_dtype, TypeFact::no_class, false};
  }

  /// The dtypes of one pattern of a right side or a guard, as far as there is no fault.
  constexpr TypeFact check(const PatternSpan& span, FaultKind kind) {
    const PatternTree tree{set_.records + span.begin, span.size};
    TypeFact facts[Room] = {};
    for (std::uint32_t i = 0; i < span.size; ++i) {
      const PatternRecord& record = tree.records[i];
      switch (record.kind) {
      case RecordKind::operation: facts[i] = fact_of_operation(tree, i, facts); break;
      case RecordKind::any_operator:
      case RecordKind::variable:
      case RecordKind::constant: facts[i] = fact_of_name(record.name); break;
      default: facts[i] = {record.dtypes, TypeFact::no_class, false};
      }
      if (facts[i].possible.mask != 0) continue;
      fault_ = {kind, rule_, {}, 0, {}, {span.begin + i, 1}};
      break;
    }
    return facts[span.size - 1];
  }

  constexpr TypeFact fact_of_operation(const PatternTree& tree, std::uint32_t i, const TypeFact* facts) const {
    const PatternRecord& record = tree.records[i];
    const Op op = record.op;
    if (op == Op::cast || op == Op::bitcast)
      return record.dtypes == any_dtype ? root() : TypeFact{record.dtypes, TypeFact::no_class, true};
    if (!is_elementwise(op)) {
      if (has_no_value(op)) return {only(DType::none), TypeFact::no_class, true};
      if (has_source_dtype(op)) return facts[tree.child(i, 0)];
      return {record.dtypes, TypeFact::no_class, false};
    }
    const std::uint32_t first = op == Op::where ? 1 : 0;
    TypeFact shared = facts[tree.child(i, first)];
    for (std::uint32_t k = first + 1; k < record.arity; ++k) shared = common(shared, facts[tree.child(i, k)]);
    const bool has_condition = op != Op::where || facts[tree.child(i, 0)].possible.contains(DType::boolean);
    if (!has_condition || shared.possible.mask == 0) return {{}, TypeFact::no_class, true};
    if (is_comparison(op) || op == Op::logical_not) return {only(DType::boolean), TypeFact::no_class, true};
    shared.possible.mask &= record.dtypes.mask;
    return shared;
  }
  static constexpr TypeFact common(const TypeFact& a, const TypeFact& b) {
    const bool is_of_first = a.of_class != TypeFact::no_class || (a.is_known && b.of_class == TypeFact::no_class);
    return {{a.possible.mask & b.possible.mask}, is_of_first ? a.of_class : b.of_class, a.is_known || b.is_known};
  }

  constexpr void check_guard(PatternSpan guard) {
    const TypeFact fact = check(guard, FaultKind::guard_operands_differ);
    if (!fault_.found() && !fact.possible.contains(DType::boolean))
      fault_ = {FaultKind::guard_is_no_condition, rule_, {}, 0, {}, guard};
  }
  constexpr void check_right(PatternSpan right) {
    const TypeFact made = check(right, FaultKind::right_operands_differ), replaced = root();
    if (fault_.found()) return;
    if ((made.possible & replaced.possible).mask == 0) fault_ = {FaultKind::sides_differ, rule_};
    if (!strict_ || made.of_class == replaced.of_class || !made.is_known || !replaced.is_known) return;
    const bool is_one = made.possible == replaced.possible && (made.possible.mask & (made.possible.mask - 1)) == 0;
    if (!is_one && !fault_.found()) fault_ = {FaultKind::sides_may_differ, rule_};
  }

  const RuleSetView& set_;
  std::uint32_t rule_;
  PatternTree left_;
  DTypes values_;
  std::uint16_t class_of_[Room] = {};
  DTypes possible_[Room] = {};
  RuleFault fault_;
  bool strict_ = false;
};

template <std::size_t Room>
constexpr RuleFault dtypes_fault(const RuleSetView& set, std::uint32_t rule, bool strict) {
  return TypeChecker<Room>(set, rule).find_fault(strict);
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
