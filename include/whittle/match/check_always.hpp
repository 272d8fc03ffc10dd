// Whether a rule rewrites whatever its left side matches.
#pragma once

#include <whittle/match/pattern_tree.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::checks {

constexpr bool has_choices(const PatternRecord* records, PatternSpan left) {
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i)
    if (records[i].kind == RecordKind::alternatives || records[i].kind == RecordKind::optional) return true;
  return false;
}

/// Whether an operator over constants is computed, if it has a value.
constexpr bool can_fold(Op op) {
  switch (op) {
  case Op::exp:
  case Op::log:
  case Op::exp2:
  case Op::log2:
  case Op::sin:
  case Op::sqrt:
  case Op::pow:
  case Op::bitcast: return false;
  default: return is_elementwise(op);
  }
}

/// Whether a name of the left side can stand for a constant.
constexpr bool can_be_constant(const PatternRecord* records, PatternSpan left, VariableName name) {
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i) {
    const PatternRecord& record = records[i];
    if (!(record.name == name)) continue;
    if (record.kind == RecordKind::operation && record.op != Op::constant) return false;
    if (record.kind == RecordKind::variable && record.bits != 0) return false;
  }
  return true;
}

/// Whether an operator over constants can have no result, so that the rule declines.
constexpr bool can_decline(const PatternRecord& record, Arithmetic arithmetic) {
  if (record.kind == RecordKind::any_operator) return true;
  if (record.kind != RecordKind::operation || !is_elementwise(record.op)) return false;
  switch (record.op) {
  case Op::add:
  case Op::sub:
  case Op::mul:
  case Op::neg: return dtypes_of(arithmetic).contains(DType::index);  // the others wrap around or round
  case Op::max:
  case Op::min:
  case Op::bit_and:
  case Op::bit_or:
  case Op::bit_xor:
  case Op::where:
  case Op::logical_not: return false;
  default: return !is_comparison(record.op) && (dtypes_of(arithmetic).mask & ~any_float.mask) != 0;
  }
}

/// Whether a right side can be built whatever the names are bound to.
constexpr bool always_builds(const RuleSetView& set, const RuleInfo& rule, PatternSpan right) {
  bool constant[64] = {};
  std::uint32_t top = 0;
  for (std::uint32_t i = right.begin; i < right.begin + right.size; ++i) {
    const PatternRecord& record = set.records[i];
    bool folds = record.arity > 0 && (record.kind == RecordKind::any_operator || is_elementwise(record.op));
    for (std::uint32_t k = top - record.arity; k < top; ++k) folds = folds && constant[k];
    top -= record.arity;
    if (top == 64 || (folds && can_decline(record, rule.arithmetic))) return false;
    const bool is_leaf = record.arity == 0 && record.kind != RecordKind::operation;
    constant[top++] = is_leaf ? record.name.empty() || can_be_constant(set.records, rule.left, record.name) : folds;
  }
  return true;
}

/// Whether a name stands for constants only.
constexpr bool is_constant_name(const PatternRecord* records, PatternSpan left, VariableName name) {
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i)
    if (records[i].name == name && records[i].kind == RecordKind::constant) return true;
  return false;
}

/// The operators of a right side and its leaves, where operators over constants are constants.
constexpr std::uint32_t folded_size(const RuleSetView& set, const RuleInfo& rule, PatternSpan right) {
  bool constant[64] = {};
  std::uint32_t sizes[64] = {}, top = 0;
  for (std::uint32_t i = right.begin; i < right.begin + right.size; ++i) {
    const PatternRecord& record = set.records[i];
    bool folds = record.arity > 0 && record.kind == RecordKind::operation && can_fold(record.op);
    std::uint32_t size = 1;
    for (std::uint32_t k = top - record.arity; k < top; ++k) {
      folds = folds && constant[k];
      size += sizes[k];
    }
    top -= record.arity;
    if (top == 64) return right.size;
    const bool is_leaf = record.arity == 0 && record.kind != RecordKind::operation;
    constant[top] = is_leaf ? record.name.empty() || is_constant_name(set.records, rule.left, record.name) : folds;
    sizes[top] = constant[top] ? 1 : size;
    ++top;
  }
  return sizes[0];
}

constexpr std::uint32_t uses_of(const RuleSetView& set, PatternSpan span, VariableName name) {
  std::uint32_t count = 0;
  for (std::uint32_t i = span.begin; i < span.begin + span.size; ++i)
    if (set.records[i].name == name) ++count;
  return count;
}

/// Each part of the left side is written out, and only leaves have names.
constexpr bool is_plain(const PatternRecord* records, PatternSpan left) {
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i) {
    const bool names_node = records[i].kind == RecordKind::operation && !records[i].name.empty();
    if (names_node || records[i].sources != Sources::exact) return false;
  }
  return !has_choices(records, left);
}

/// Whether what is built is never the node itself, which would be no rewriting.
constexpr bool always_differs(const RuleSetView& set, const RuleInfo& rule, PatternSpan right) {
  const PatternRecord& from = set.records[rule.left.begin + rule.left.size - 1];
  const PatternRecord& to = set.records[right.begin + right.size - 1];
  if (from.kind != RecordKind::operation && from.kind != RecordKind::any_operator) return false;
  if (to.kind == RecordKind::operation && from.kind == RecordKind::operation && to.op != from.op) return true;
  if (to.kind != RecordKind::operation && to.kind != RecordKind::any_operator)
    return to.name.empty() || !(to.name == from.name);
  // A smaller expression over the same parts is another one.
  if (!is_plain(set.records, rule.left) || folded_size(set, rule, right) >= rule.left.size) return false;
  for (std::uint32_t i = right.begin; i < right.begin + right.size; ++i) {
    const VariableName name = set.records[i].name;
    if (is_constant_name(set.records, rule.left, name)) continue;
    if (!name.empty() && uses_of(set, right, name) > uses_of(set, rule.left, name)) return false;
  }
  return true;
}

constexpr bool always_rewrites(const RuleSetView& set, std::size_t number) {
  const RuleInfo& rule = set.rules[number];
  if (rule.is_lambda) return false;
  for (std::uint32_t i = 0; i < rule.replacement_count; ++i) {
    const ReplacementInfo& replacement = set.replacements[rule.replacements + i];
    if (replacement.guard.size == 0 && always_builds(set, rule, replacement.right) &&
        always_differs(set, rule, replacement.right))
      return true;
  }
  return false;
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
