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

constexpr bool has_alternatives(const PatternRecord* records, PatternSpan left) {
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i)
    if (records[i].kind == RecordKind::alternatives) return true;
  return false;
}

/// Whether a left side binds a name in every alternative.
constexpr Bound bound_by(const PatternRecord* records, PatternSpan left, VariableName name) {
  bool is_there = false;
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i) is_there = is_there || records[i].name == name;
  if (!is_there) return Bound::never;
  if (!has_alternatives(records, left)) return Bound::always;
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

/// The first name in `uses` that the left side does not always bind, as a fault of kind `unbound` or the kind
/// three after it.
constexpr RuleFault unbound_in(const RuleSetView& set, std::uint32_t rule, PatternSpan uses, FaultKind unbound) {
  const PatternSpan left = set.rules[rule].left;
  for (std::uint32_t i = uses.begin; i < uses.begin + uses.size; ++i) {
    const VariableName name = set.records[i].name;
    if (name.empty()) continue;
    const Bound bound = bound_by(set.records, left, name);
    if (bound == Bound::always) continue;
    const auto kind = static_cast<FaultKind>(static_cast<int>(unbound) + (bound == Bound::in_some ? 3 : 0));
    return {kind, rule, {}, 0, name};
  }
  return {};
}

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
  const PatternSpan left = set.rules[rule].left;
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
  RuleFault fault = unbound_in(set, rule, info.arguments, FaultKind::lambda_unbound);
  for (std::uint32_t i = 0; i < info.replacement_count && !fault.found(); ++i) {
    const ReplacementInfo& replacement = set.replacements[info.replacements + i];
    fault = unbound_in(set, rule, replacement.right, FaultKind::right_unbound);
    if (!fault.found()) fault = unbound_in(set, rule, replacement.guard, FaultKind::guard_unbound);
  }
  if (fault.found()) return fault;
  if (has_too_many_names(set, rule)) return {FaultKind::too_many_names, rule};
  if (variants_of(set.records, info.left) > most_variants) return {FaultKind::too_many_variants, rule};
  return {};
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
