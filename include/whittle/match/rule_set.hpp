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
  std::uint32_t bound = 0;  ///< given by `at_most`, or 0
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

// The name of this function is the message: calling it in a constant expression is an error that shows it.
void ERROR_right_sides_are_too_long_for_one_rule_set();

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

  constexpr void add(const Replacement& replacement, Arithmetic arithmetic) {
    ReplacementInfo& info = set.replacements[set.replacement_count++];
    info.right = replacement.is_literal ? add(&replacement.literal, 1, arithmetic)
                                        : add(replacement.right.records, replacement.right.size, arithmetic);
    info.guard = add(replacement.guard.records, replacement.guard.size, arithmetic);
  }

  template <std::size_t N, class Function, std::size_t Arguments>
  constexpr void add(const Rule<N, Function, Arguments>& rule, Arithmetic arithmetic) {
    RuleInfo& info = set.rules[next_rule++];
    info = {rule.name, rule.location.file_name(), rule.location.line(), arithmetic, {}, set.replacement_count, 0,
            {},        !std::is_void_v<Function>};
    info.left = add(rule.left.records, N, arithmetic);
    if constexpr (std::is_void_v<Function>) {
      for (std::size_t i = 0; i < rule.count; ++i) add(rule.is_several ? rule.several[i] : rule.only, arithmetic);
    } else {
      add(rule.only, arithmetic);
      PatternRecord argument{RecordKind::variable, 0, Sources::exact, false, Op::none, any_dtype, {}, 0, 1};
      info.arguments = {set.record_count, static_cast<std::uint32_t>(Arguments)};
      for (std::size_t i = 0; i < Arguments; ++i) {
        argument.name = rule.arguments[i];
        add(&argument, 1, arithmetic);
      }
    }
    info.replacement_count = set.replacement_count - info.replacements;
    info.bound = rule.bound;
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
