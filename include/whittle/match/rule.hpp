// A rule: left side >>= right side |= when(guard). Rules live inside the full expression of their rule set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <source_location>

#include <whittle/match/language.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// A view of records that live at least as long as the expression that makes the rule set.
struct PatternView {
  const PatternRecord* records = nullptr;
  std::size_t size = 0;
  constexpr PatternView() = default;
  template <std::size_t N>
  constexpr PatternView(const Pattern<N>& pattern) : records(pattern.records),
                                                     size(N) {}
};

/// A replacement with or without a guard; a replacement that is a literal keeps it inside.
struct Replacement {
  PatternView right = {}, guard = {};
  PatternRecord literal = {};
  bool is_literal = false;
};

}  // namespace detail

/// The condition of a replacement, written after `|=`.
struct Guard {
  detail::PatternView condition;
};

/// The replacements of one left side, tried in order.
template <std::size_t Count>
struct First {
  detail::Replacement replacements[Count];
};

/// A captureless lambda and the names of the variables that it takes.
template <class Function, std::size_t Count>
struct Lambda {
  VariableName names[Count == 0 ? 1 : Count] = {};
  detail::PatternView guard = {};
  std::source_location location = {};
};

/// What stands right of `>>=`; being built from an expression, it knows the line of the rule.
struct RightSide {
  static constexpr std::size_t most_replacements = 8;
  detail::Replacement only = {};
  const detail::Replacement* several = nullptr;
  bool is_several = false;  // g++ 12 can't compare the address of a temporary with null in a constant expression
  std::size_t count = 1;
  std::source_location location = {};

  template <std::size_t N>
  constexpr RightSide(const Pattern<N>& right, std::source_location line = std::source_location::current())
      : location(line) {
    only.right = right;
  }
  template <class T>
    requires std::is_arithmetic_v<T>
  constexpr RightSide(T right, std::source_location line = std::source_location::current()) : location(line) {
    only.literal = detail::literal_record(right);
    only.is_literal = true;
  }
  constexpr RightSide(const detail::Replacement& right, std::source_location line = std::source_location::current())
      : only(right),
        location(line) {}
  template <std::size_t Count>
  constexpr RightSide(const First<Count>& right, std::source_location line = std::source_location::current())
      : several(right.replacements),
        is_several(true),
        count(Count),
        location(line) {}
};

/// One rule of a set. `Function` is the closure type of a lambda rule, or void.
template <std::size_t LeftSize, class Function = void, std::size_t Arguments = 0>
struct Rule {
  Pattern<LeftSize> left;
  detail::Replacement only = {};
  const detail::Replacement* several = nullptr;
  bool is_several = false;
  std::size_t count = 1;
  VariableName arguments[Arguments == 0 ? 1 : Arguments] = {};
  const char* name = nullptr;
  std::source_location location = {};
  std::uint32_t bound = 0;  ///< stated by at_most, or 0
};

template <std::size_t N>
constexpr detail::Replacement operator|=(const Pattern<N>& right, const Guard& guard) {
  return {right, guard.condition, {}, false};
}
template <class T>
  requires std::is_arithmetic_v<T>
constexpr detail::Replacement operator|=(T right, const Guard& guard) {
  return {{}, guard.condition, detail::literal_record(right), true};
}
template <class Function, std::size_t Count>
constexpr auto operator|=(Lambda<Function, Count> lambda, const Guard& guard) {
  lambda.guard = guard.condition;
  return lambda;
}
/// `|` binds tighter than the operators of the right side.
template <class T>
constexpr const T& operator|(const T& right, const Guard&) {
  static_assert(!std::same_as<T, T>, "write lhs >>= rhs |= when(...), and not rhs | when(...)");
  return right;
}

template <std::size_t N>
constexpr Rule<N> operator>>=(const Pattern<N>& left, const RightSide& right) {
  return {left, right.only, right.several, right.is_several, right.count, {}, nullptr, right.location};
}
template <std::size_t N, class Function, std::size_t Count>
constexpr Rule<N, Function, Count> operator>>=(const Pattern<N>& left, const Lambda<Function, Count>& right) {
  Rule<N, Function, Count> rule{left, {}, nullptr, false, 0, {}, nullptr, right.location};
  rule.only.guard = right.guard;
  for (std::size_t i = 0; i < Count; ++i) rule.arguments[i] = right.names[i];
  return rule;
}

namespace dsl {

/// The rule fires only where the condition is known to be true.
template <std::size_t N>
constexpr Guard when(const Pattern<N>& condition) {
  return {condition};
}

template <std::size_t Count>
struct WithArguments {
  VariableName names[Count == 0 ? 1 : Count] = {};
  /// `function(graph, nodes...)` or `function(graph, context, nodes...)` gives the replacement, or
  /// the graph's `none()` to decline.
  template <class Function>
  constexpr Lambda<Function, Count> operator()(Function,
                                               std::source_location line = std::source_location::current()) const {
    Lambda<Function, Count> lambda{{}, {}, line};
    for (std::size_t i = 0; i < Count; ++i) lambda.names[i] = names[i];
    return lambda;
  }
};

/// `with(x, c1)([](auto& graph, auto x, auto c1) { ... })`: a right side that is computed.
template <class... Ps>
constexpr WithArguments<sizeof...(Ps)> with(const Ps&... variables) {
  return {{variables.records[0].name...}};
}

namespace detail_dsl {
constexpr detail::Replacement to_replacement(const detail::Replacement& replacement) { return replacement; }
template <std::size_t N>
constexpr detail::Replacement to_replacement(const Pattern<N>& right) {
  return {right, {}, {}, false};
}
template <class T>
  requires std::is_arithmetic_v<T>
constexpr detail::Replacement to_replacement(T right) {
  return {{}, {}, detail::literal_record(right), true};
}
}  // namespace detail_dsl

/// Several replacements of one left side: the first whose guard is true.
template <class... Rs>
constexpr First<sizeof...(Rs)> first(const Rs&... replacements) {
  static_assert(sizeof...(Rs) <= RightSide::most_replacements, "first(...) takes at most 8 replacements");
  return {{detail_dsl::to_replacement(replacements)...}};
}

/// A rule with a name of its own.
template <std::size_t N, class Function, std::size_t Arguments>
constexpr Rule<N, Function, Arguments> named(const char* name, Rule<N, Function, Arguments> rule) {
  rule.name = name;
  return rule;
}

/// A rule with a bound of its own: its author states that no node is rewritten by it more often, though the measure
/// of its set does not show it. At most one rule in twenty of a set that `terminates` may have one.
template <std::size_t N, class Function, std::size_t Arguments>
constexpr Rule<N, Function, Arguments> at_most(std::uint32_t bound, Rule<N, Function, Arguments> rule) {
  rule.bound = bound;
  return rule;
}

}  // namespace dsl
}  // namespace v0
}  // namespace whittle
