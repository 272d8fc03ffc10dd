// A rule set: one flat constexpr value of rules, with the arithmetic they are written for.
#pragma once

#include <cstddef>
#include <cstdint>

#include <whittle/match/arithmetic.hpp>
#include <whittle/match/rule.hpp>

namespace whittle {
inline namespace v0 {

/// A part of a rule set's pool of records.
struct PatternSpan {
  std::uint32_t begin = 0, size = 0;
};

struct ReplacementInfo {
  PatternSpan right, guard;
};

struct RuleInfo {
  const char* name = nullptr;  ///< given by `named`, or null
  const char* file = "";
  std::uint32_t line = 0;
  Arithmetic arithmetic = {};
  PatternSpan left;
  std::uint32_t replacements = 0, replacement_count = 0;
  PatternSpan arguments;  ///< of a lambda rule: variable records
  bool is_lambda = false;
};

/// The closure types of a set, void for expression rules.
template <class... Functions>
struct FunctionList {};

/// `Capacity` records hold all patterns of `RuleCount` rules.
template <std::size_t Capacity, std::size_t RuleCount, class Functions>
struct RuleSet {
  using functions = Functions;
  static constexpr std::size_t rule_count = RuleCount;
  static constexpr std::size_t replacement_capacity = 2 * RuleCount + 16;

  const char* name = "";
  std::uint32_t record_count = 0, replacement_count = 0;
  PatternRecord records[Capacity] = {};
  RuleInfo rules[RuleCount == 0 ? 1 : RuleCount] = {};
  ReplacementInfo replacements[replacement_capacity] = {};
};

/// A rule set without its capacities: what compilation and reports look at.
struct RuleSetView {
  const char* name = "";
  const PatternRecord* records = nullptr;
  const RuleInfo* rules = nullptr;
  std::size_t rule_count = 0;
  const ReplacementInfo* replacements = nullptr;

  template <std::size_t Capacity, std::size_t Count, class Functions>
  constexpr RuleSetView(const RuleSet<Capacity, Count, Functions>& rules_of)
      : name(rules_of.name),
        records(rules_of.records),
        rules(rules_of.rules),
        rule_count(Count),
        replacements(rules_of.replacements) {}
};

namespace detail {

// The names of these functions are the messages: calling one in a constant expression is an error that shows it.
void ERROR_right_sides_are_too_long_for_one_rule_set();
void ERROR_right_hand_side_uses_a_variable_not_bound_on_the_left();
void ERROR_guard_uses_a_variable_not_bound_on_the_left();
void ERROR_lambda_takes_a_variable_not_bound_on_the_left();
void ERROR_a_name_used_on_the_right_is_not_bound_in_every_alternative_of_the_left();
void ERROR_a_pattern_is_nested_more_than_64_deep();

template <class Set>
struct RuleSetBuilder {
  Set& set;
  std::size_t capacity;
  std::uint32_t next_rule = 0;

  constexpr PatternSpan add(const PatternRecord* records, std::size_t size, Arithmetic arithmetic) {
    if (set.record_count + size > capacity) ERROR_right_sides_are_too_long_for_one_rule_set();
    const PatternSpan span{set.record_count, static_cast<std::uint32_t>(size)};
    for (std::size_t i = 0; i < size; ++i) {
      PatternRecord& record = set.records[set.record_count++];
      record = records[i];
      if (record.op == op_divide) record.op = divide_in(arithmetic);
      if (record.op == op_remainder) record.op = remainder_in(arithmetic);
    }
    return span;
  }

  constexpr bool binds(PatternSpan left, VariableName name) const {
    for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i)
      if (set.records[i].name == name) return true;
    return false;
  }
  /// Bound whichever alternatives match.
  constexpr bool always_binds(PatternSpan left, VariableName name) const {
    bool stack[64] = {};
    std::uint32_t top = 0;
    for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i) {
      const PatternRecord& record = set.records[i];
      bool all = record.arity != 0, any = false;
      for (std::uint32_t k = top - record.arity; k < top; ++k) {
        all = all && stack[k];
        any = any || stack[k];
      }
      top -= record.arity;
      if (top == 64) ERROR_a_pattern_is_nested_more_than_64_deep();
      stack[top++] = record.name == name || (record.kind == RecordKind::alternatives ? all : any);
    }
    return stack[0];
  }
  constexpr void check_alternatives(PatternSpan left, PatternSpan uses) const {
    for (std::uint32_t i = uses.begin; i < uses.begin + uses.size; ++i)
      if (!set.records[i].name.empty() && !always_binds(left, set.records[i].name))
        ERROR_a_name_used_on_the_right_is_not_bound_in_every_alternative_of_the_left();
  }
  constexpr bool all_bound(PatternSpan left, PatternSpan uses) const {
    for (std::uint32_t i = uses.begin; i < uses.begin + uses.size; ++i)
      if (!set.records[i].name.empty() && !binds(left, set.records[i].name)) return false;
    return true;
  }

  constexpr void add(const Replacement& replacement, PatternSpan left, Arithmetic arithmetic) {
    ReplacementInfo& info = set.replacements[set.replacement_count++];
    info.right = replacement.is_literal ? add(&replacement.literal, 1, arithmetic)
                                        : add(replacement.right.records, replacement.right.size, arithmetic);
    info.guard = add(replacement.guard.records, replacement.guard.size, arithmetic);
    if (!all_bound(left, info.right)) ERROR_right_hand_side_uses_a_variable_not_bound_on_the_left();
    if (!all_bound(left, info.guard)) ERROR_guard_uses_a_variable_not_bound_on_the_left();
    check_alternatives(left, info.right);
    check_alternatives(left, info.guard);
  }

  template <std::size_t N, class Function, std::size_t Arguments>
  constexpr void add(const Rule<N, Function, Arguments>& rule, Arithmetic arithmetic) {
    RuleInfo& info = set.rules[next_rule++];
    info = {rule.name, rule.location.file_name(), rule.location.line(), arithmetic, {}, set.replacement_count, 0,
            {},        !std::is_void_v<Function>};
    info.left = add(rule.left.records, N, arithmetic);
    if constexpr (std::is_void_v<Function>) {
      for (std::size_t i = 0; i < rule.count; ++i)
        add(rule.is_several ? rule.several[i] : rule.only, info.left, arithmetic);
    } else {
      add(rule.only, info.left, arithmetic);
      PatternRecord argument{RecordKind::variable};
      info.arguments = {set.record_count, static_cast<std::uint32_t>(Arguments)};
      for (std::size_t i = 0; i < Arguments; ++i) {
        argument.name = rule.arguments[i];
        add(&argument, 1, arithmetic);
      }
      if (!all_bound(info.left, info.arguments)) ERROR_lambda_takes_a_variable_not_bound_on_the_left();
      check_alternatives(info.left, info.arguments);
    }
    info.replacement_count = set.replacement_count - info.replacements;
  }
};

inline constexpr std::size_t records_for_right_side = 24;

// A fold over more than 256 operands is too deep for clang: packs go into arrays.
template <std::size_t... Sizes>
constexpr std::size_t sum_of() {
  std::size_t sum = 0;
  const std::size_t sizes[] = {Sizes..., 0};
  for (std::size_t size : sizes) sum += size;
  return sum;
}

}  // namespace detail

/// The rule set of that name. Keep it as an `inline constexpr` object of namespace scope.
template <Arithmetic In, std::size_t... Ns, class... Functions, std::size_t... Arguments>
constexpr auto rules(const char* name, const Rule<Ns, Functions, Arguments>&... list) {
  constexpr std::size_t capacity = detail::sum_of<Ns...>() + sizeof...(Ns) * detail::records_for_right_side + 32;
  RuleSet<capacity, sizeof...(Ns), FunctionList<Functions...>> set;
  set.name = name;
  detail::RuleSetBuilder<decltype(set)> builder{set, capacity};
  [[maybe_unused]] const bool added[] = {(builder.add(list, In), true)..., true};
  return set;
}

namespace detail {
template <class Set>
constexpr void append_set(Set& whole, std::uint32_t& next_rule, const auto& part) {
  const std::uint32_t record_shift = whole.record_count, replacement_shift = whole.replacement_count;
  for (std::uint32_t i = 0; i < part.record_count; ++i) whole.records[whole.record_count++] = part.records[i];
  for (std::uint32_t i = 0; i < part.replacement_count; ++i) {
    ReplacementInfo info = part.replacements[i];
    info.right.begin += record_shift;
    info.guard.begin += record_shift;
    whole.replacements[whole.replacement_count++] = info;
  }
  for (std::size_t i = 0; i < part.rule_count; ++i) {
    RuleInfo info = part.rules[i];
    info.left.begin += record_shift;
    info.arguments.begin += record_shift;
    info.replacements += replacement_shift;
    whole.rules[next_rule++] = info;
  }
}
template <class... A, class... B>
FunctionList<A..., B...> join(FunctionList<A...>, FunctionList<B...>);
template <class... Lists>
struct Joined {
  using type = FunctionList<>;
};
template <class List, class... Lists>
struct Joined<List, Lists...> {
  using type = decltype(join(List{}, typename Joined<Lists...>::type{}));
};
}  // namespace detail

/// One set of the rules of several, in that order.
template <std::size_t... Capacities, std::size_t... Counts, class... Functions>
constexpr auto concatenate(const char* name, const RuleSet<Capacities, Counts, Functions>&... sets) {
  RuleSet<detail::sum_of<Capacities...>(), detail::sum_of<Counts...>(), typename detail::Joined<Functions...>::type>
      whole;
  whole.name = name;
  std::uint32_t next_rule = 0;
  (detail::append_set(whole, next_rule, sets), ...);
  return whole;
}

namespace dsl {
using v0::rules;
}

}  // namespace v0
}  // namespace whittle
