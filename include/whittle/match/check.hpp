// What the compiler checks of rule sets: each fault is an error whose first line names the rule and the cause.
#pragma once

#include <whittle/match/check_dtypes.hpp>
#include <whittle/match/check_names.hpp>
#include <whittle/match/check_shadowing.hpp>
#include <whittle/match/check_termination.hpp>

namespace whittle {
inline namespace v0 {

/// A piece of what an error says.
template <std::size_t Size>
struct Says {
  char text[Size] = {};
};

/// What is wrong, in the arguments of a type, since compilers print those; nothing if there are none.
template <Says... What>
struct Fault {};

namespace detail::checks {

// clang cuts off texts of more than 36 characters in what it prints.
#if defined(__clang__)
inline constexpr std::size_t longest_piece = 34;
#else
inline constexpr std::size_t longest_piece = TextWriter::most;
#endif

struct Pieces {
  std::size_t begin[64] = {}, size[64] = {};
  std::size_t count = 0;
};
/// A sentence in pieces that compilers print, broken between words where there are any.
constexpr Pieces pieces_of(const TextWriter& text) {
  Pieces pieces;
  for (std::size_t at = 0; at < text.size() && pieces.count < 64;) {
    std::size_t end = at + longest_piece < text.size() ? at + longest_piece : text.size();
    if (end < text.size()) {
      std::size_t space = end;
      while (space > at && text[space] != ' ') --space;
      if (space > at) end = space;
    }
    pieces.begin[pieces.count] = at;
    pieces.size[pieces.count++] = end - at;
    at = end < text.size() && text[end] == ' ' ? end + 1 : end;
  }
  return pieces;
}

template <const auto& Sentence, std::size_t Piece>
constexpr auto piece_of() {
  constexpr Pieces pieces = pieces_of(Sentence);
  Says<pieces.size[Piece] + 1> piece{};
  for (std::size_t i = 0; i < pieces.size[Piece]; ++i) piece.text[i] = Sentence[pieces.begin[Piece] + i];
  piece.text[pieces.size[Piece]] = '\0';  // else clang shows some as lists of numbers
  return piece;
}

template <const auto& Found, const auto& Set, const auto& Earlier>
inline constexpr TextWriter sentence = sentence_of(RuleSetView(Set), Found, RuleSetView(Earlier));

template <const auto& Sentence, std::size_t... I>
constexpr Fault<piece_of<Sentence, I>()...> fault_said(std::index_sequence<I...>) {
  return {};
}
/// A fault as a type that says what it is.
template <const auto& Found, const auto& Set, const auto& Earlier>
constexpr auto fault_type() {
  if constexpr (Found.found())
    return fault_said<sentence<Found, Set, Earlier>>(
        std::make_index_sequence<pieces_of(sentence<Found, Set, Earlier>).count>{});
  else
    return Fault<>{};
}
template <const auto& Found, const auto& Set, const auto& Earlier = Set>
using FaultType = decltype(fault_type<Found, Set, Earlier>());

template <class What>
inline constexpr bool is_none = false;
template <>
inline constexpr bool is_none<Fault<>> = true;

// Faults are looked for in parts, each a constant expression of its own: clang allows about a million steps for one.
inline constexpr std::size_t rules_a_check = 8;
template <const auto& Set>
using CheckParts =
    std::make_index_sequence<(std::remove_cvref_t<decltype(Set)>::rule_count + rules_a_check - 1) / rules_a_check>;

/// The first fault of a part of a set, by a function from rule numbers to faults.
template <const auto& Set, std::size_t Part, class Find>
constexpr RuleFault first_fault(Find find) {
  const std::size_t count = std::remove_cvref_t<decltype(Set)>::rule_count;
  for (std::size_t r = Part * rules_a_check; r < (Part + 1) * rules_a_check && r < count; ++r)
    if (const RuleFault fault = find(static_cast<std::uint32_t>(r)); fault.found()) return fault;
  return {};
}

template <const auto& Set>
inline constexpr std::size_t room_of = v0::detail::largest_pattern_of<Set>;

/// The checks that each matcher makes: names and dtypes.
template <const auto& Set, std::size_t Part>
inline constexpr RuleFault basic_fault_in = first_fault<Set, Part>([](std::uint32_t rule) {
  const RuleSetView set(Set);
  if (const RuleFault fault = names_fault(set, rule); fault.found()) return fault;
  return dtypes_fault<room_of<Set>>(set, rule, false);
});
/// Sides that may differ in dtype, duplicates, shadowed rules, parts that the set itself rewrites.
template <const auto& Set, std::size_t Part>
inline constexpr RuleFault order_fault_in = first_fault<Set, Part>([](std::uint32_t rule) {
  const RuleSetView set(Set);
  const RulesView<room_of<Set>> terms = terms_of_set<Set, room_of<Set>>.view();
  if (const RuleFault fault = dtypes_fault<room_of<Set>>(set, rule, true); fault.found()) return fault;
  if (const RuleFault fault = duplicate_fault(set, terms.rules, rule); fault.found()) return fault;
  if (const RuleFault fault = shadowed_fault(terms, rule); fault.found()) return fault;
  return rewritten_fault(terms.rules[rule], rule, terms, false);
});
template <const auto& Later, const auto& Earlier, std::size_t Part>
inline constexpr RuleFault reach_fault_in = first_fault<Later, Part>([](std::uint32_t rule) {
  constexpr std::size_t room = room_of<Later> > room_of<Earlier> ? room_of<Later> : room_of<Earlier>;
  return rewritten_fault(terms_of_set<Later, room>.rules[rule], rule, terms_of_set<Earlier, room>.view(), true);
});
template <const auto& Set, const auto& By, std::size_t Part>
inline constexpr RuleFault termination_fault_in = first_fault<Set, Part>([](std::uint32_t rule) {
  const RuleSetView set(Set);
  return termination_fault(RuleInSet<room_of<Set>>{set, terms_of_set<Set, room_of<Set>>.view(), rule}, By);
});

constexpr RuleFault first_of_parts(std::initializer_list<RuleFault> faults) {
  for (const RuleFault& fault : faults)
    if (fault.found()) return fault;
  return {};
}
template <const auto& Set, std::size_t... Parts>
constexpr RuleFault find_basic_fault(std::index_sequence<Parts...>) {
  return first_of_parts({basic_fault_in<Set, Parts>...});
}
template <const auto& Set, std::size_t... Parts>
constexpr RuleFault find_order_fault(std::index_sequence<Parts...>) {
  return first_of_parts({order_fault_in<Set, Parts>...});
}
template <const auto& Later, const auto& Earlier, std::size_t... Parts>
constexpr RuleFault find_reach_fault(std::index_sequence<Parts...>) {
  return first_of_parts({reach_fault_in<Later, Earlier, Parts>...});
}
template <const auto& Set, const auto& By, std::size_t... Parts>
constexpr RuleFault find_termination_fault(std::index_sequence<Parts...>) {
  if (!By.is_valid()) return {};  // an error of its own
  return first_of_parts({bounded_fault(RuleSetView(Set)), termination_fault_in<Set, By, Parts>...});
}

}  // namespace detail::checks

/// The first rule that uses a name that is not bound, breaks a limit or whose sides differ in dtype.
template <const auto& Set>
inline constexpr RuleFault basic_fault = detail::checks::find_basic_fault<Set>(detail::checks::CheckParts<Set>{});

/// The first rule that can never fire, or whose sides may differ in dtype.
template <const auto& Set>
inline constexpr RuleFault order_fault = detail::checks::find_order_fault<Set>(detail::checks::CheckParts<Set>{});

/// The first rule of a set with a left side that an earlier set always rewrites, as a whole or in part.
template <const auto& Later, const auto& Earlier>
inline constexpr RuleFault reach_fault =
    detail::checks::find_reach_fault<Later, Earlier>(detail::checks::CheckParts<Later>{});

/// The first rule that does not decrease a measure.
template <const auto& Set, const auto& By>
inline constexpr RuleFault termination_fault =
    detail::checks::find_termination_fault<Set, By>(detail::checks::CheckParts<Set>{});

/// What an error says of a fault: a sentence.
template <const auto& Found, const auto& Set, const auto& Earlier = Set>
constexpr std::string_view fault_text() {
  return detail::checks::sentence<Found, Set, Earlier>.view();
}

/// True if no rule of the later set has a left side that the earlier set always rewrites; else an error that names
/// it. For use in static_assert.
template <const auto& Later, const auto& Earlier,
          class What = detail::checks::FaultType<reach_fault<Later, Earlier>, Later, Earlier>>
constexpr bool reachable_after() {
  static_assert(detail::checks::is_none<What>, "a rule never fires after another set");
  return true;
}

/// True if each rule decreases the measure; else an error that names one that may not. For use in static_assert.
template <const auto& Set, const auto& By, class What = detail::checks::FaultType<termination_fault<Set, By>, Set>>
constexpr bool terminates() {
  static_assert(By.is_valid(), "a measure opens with weights, which are 1 or more, and 1 for constants");
  static_assert(detail::checks::is_none<What>, "a rule set may not terminate");
  return true;
}

}  // namespace v0
}  // namespace whittle
