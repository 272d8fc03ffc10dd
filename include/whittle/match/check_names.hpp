// A rule uses what its left side binds, whichever alternative matches; and it keeps to the limits of compilation.
#pragma once

#include <whittle/match/check_fault.hpp>
#include <whittle/match/pattern_tree.hpp>
#include <whittle/match/table.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::checks {

enum class Bound : std::uint8_t { never, in_some, always };

inline constexpr std::uint32_t most_open_parts = 64;  ///< of a pattern in post-order: its depth

constexpr bool has_alternatives(const PatternRecord* records, const PatternSpan& left) {
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i)
    if (records[i].kind == RecordKind::alternatives) return true;
  return false;
}

/// Whether a left side, with or without alternatives, binds a name in each of them.
constexpr Bound bound_by(const PatternRecord* records, const PatternSpan& left, const VariableName& name,
                         bool has_alternatives) {
  std::uint32_t at = left.begin;
  const std::uint32_t end = left.begin + left.size;
  while (at < end && !(records[at].name == name)) ++at;
  if (at == end) return Bound::never;
  if (!has_alternatives) return Bound::always;
  Bound stack[most_open_parts] = {};
  std::uint32_t top = 0;
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i) {
    const PatternRecord& record = records[i];
    Bound least = record.arity == 0 ? Bound::never : Bound::always, most = Bound::never;
    for (std::uint32_t k = top - record.arity; k < top; ++k) {
      least = stack[k] < least ? stack[k] : least;
      most = stack[k] > most ? stack[k] : most;
    }
    top -= record.arity;
    if (top == most_open_parts) return Bound::always;  // too deep to tell
    const Bound all = record.kind == RecordKind::alternatives && least != most ? Bound::in_some : most;
    stack[top++] = record.name == name ? Bound::always : all;
  }
  return top == 0 ? Bound::never : stack[0];
}

/// Looks for names that the left side of a rule does not always bind.
struct UnboundNames {
  const RuleSetView& set;
  std::uint32_t rule;
  RuleFault& fault;
  bool has_alternatives = checks::has_alternatives(set.records, set.rules[rule].left);

  /// Whether one is used; the first is a fault of kind `unbound` or the kind three after it.
  constexpr bool are_in(const PatternSpan& uses, FaultKind unbound) const {
    for (std::uint32_t i = uses.begin; i < uses.begin + uses.size; ++i) {
      const VariableName& name = set.records[i].name;
      if (name.empty()) continue;
      const Bound bound = bound_by(set.records, set.rules[rule].left, name, has_alternatives);
      if (bound == Bound::always) continue;
      fault.kind = static_cast<FaultKind>(static_cast<int>(unbound) + (bound == Bound::in_some ? 3 : 0));
      fault.rule = rule;
      fault.name = name;
      return true;
    }
    return false;
  }
};

/// The ways that one record of a left side can match, with those of the parts below it.
struct Ways {
  std::size_t count;
  std::uint32_t record;
};
constexpr std::size_t ways_of(const PatternRecord* records, const PatternRecord& record, const Ways* parts,
                              bool is_root) {
  std::size_t sum = 0, product = 1, without = 0;
  for (std::uint32_t k = 0; k < record.arity; ++k) {
    sum += parts[k].count;
    product *= parts[k].count;
    if (!is_root && record.arity == 2 && records[parts[k].record].kind == RecordKind::optional)
      without += parts[1 - k].count;
  }
  if (record.kind == RecordKind::alternatives) return sum;
  if (record.kind == RecordKind::operation && record.arity == 2 && is_commutative(record.op) &&
      has_two_orders(records[parts[0].record], records[parts[1].record], true))
    product *= 2;
  return product + without;
}

/// How many rows a left side takes, or a number beyond the limit.
constexpr std::size_t variants_of(const PatternRecord* records, PatternSpan left) {
  Ways stack[most_open_parts] = {};
  std::uint32_t top = 0;
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i) {
    top -= records[i].arity;
    if (top == most_open_parts) return 1;
    const std::size_t count = ways_of(records, records[i], stack + top, i + 1 == left.begin + left.size);
    if (count > most_variants) return count;
    stack[top++] = {count, i};
  }
  return stack[0].count;
}

constexpr bool has_too_many_names(const RuleSetView& set, std::uint32_t rule) {
  const PatternSpan& left = set.rules[rule].left;
  if (left.size <= most_slots) return false;
  VariableName names[most_slots] = {};
  std::size_t count = 0;
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i) {
    bool is_new = !set.records[i].name.empty();
    for (std::size_t k = 0; k < count; ++k) is_new = is_new && !(names[k] == set.records[i].name);
    if (!is_new) continue;
    if (count == most_slots) return true;
    names[count++] = set.records[i].name;
  }
  return false;
}

constexpr RuleFault names_fault(const RuleSetView& set, std::uint32_t rule) {
  const RuleInfo& info = set.rules[rule];
  RuleFault fault;
  const UnboundNames unbound{set, rule, fault};
  if (unbound.are_in(info.arguments, FaultKind::lambda_unbound)) return fault;
  for (std::uint32_t i = 0; i < info.replacement_count; ++i) {
    const ReplacementInfo& replacement = set.replacements[info.replacements + i];
    if (unbound.are_in(replacement.right, FaultKind::right_unbound)) return fault;
    if (unbound.are_in(replacement.guard, FaultKind::guard_unbound)) return fault;
  }
  if (has_too_many_names(set, rule)) return {FaultKind::too_many_names, rule};
  if (expected_rows(set.records + info.left.begin, info.left.size, false) >= most_variants &&
      variants_of(set.records, info.left) > most_variants)
    return {FaultKind::too_many_variants, rule};
  return fault;
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
