// Rules that never fire: duplicates, rules that earlier ones shadow, and left sides with a part that is always
// rewritten.
#pragma once

#include <utility>

#include <whittle/core/hash.hpp>
#include <whittle/match/check_always.hpp>
#include <whittle/match/check_names.hpp>
#include <whittle/match/check_terms.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::checks {

/// The terms of one rule.
template <std::size_t Room, std::size_t Count>
struct RuleTerms {
  Term<Room> terms[Count] = {};
  Term<Room> narrowed[Count] = {};  ///< each part with only the dtypes that it can have
  std::size_t count = 0;

  bool always = false;            ///< whatever it matches, it rewrites
  std::uint64_t root_ops = 0;     ///< of all terms
  std::uint64_t replacement = 0;  ///< a hash of its right sides and guards
};

/// Of what a rule does where it matches: duplicates have the same, whatever their names and the order of operands.
constexpr std::uint64_t hash_of_replacements(const RuleSetView& set, std::size_t rule) {
  std::uint64_t sum = 0;
  const auto add = [&](const PatternSpan& span) {
    for (std::uint32_t i = span.begin; i < span.begin + span.size; ++i) {
      const PatternRecord& record = set.records[i];
      const bool is_name = record.arity == 0 && !record.name.empty() && record.kind != RecordKind::operation;
      sum += is_name ? 1 : mix(record.bits ^ static_cast<std::uint64_t>(record.op) << 48);
    }
  };
  const RuleInfo& info = set.rules[rule];
  for (std::uint32_t i = info.replacements; i < info.replacements + info.replacement_count; ++i) {
    add(set.replacements[i].right);
    add(set.replacements[i].guard);
  }
  return sum;
}

constexpr std::size_t term_count(const RuleSetView& set, std::size_t rule) {
  if (!has_choices(set.records, set.rules[rule].left)) return 1;
  const std::size_t variants = variants_of(set.records, set.rules[rule].left);
  return variants < most_variants ? variants : most_variants;
}

template <const auto& Set, std::size_t Room, std::size_t Rule>
constexpr auto make_terms() {
  const RuleSetView set(Set);
  RuleTerms<Room, term_count(RuleSetView(Set), Rule)> made;
  TermMaker<Room> maker(set, Rule);
  do {
    Term<Room> term = maker.make();
    if (made.count < std::size(made.terms)) {
      made.terms[made.count] = made.narrowed[made.count] = term;
      made.narrowed[made.count++].narrow();
    }
    made.root_ops |= root_ops_of(term.root());
  } while (maker.advance());
  made.always = always_rewrites(set, Rule);
  made.replacement = hash_of_replacements(set, Rule);
  return made;
}
template <const auto& Set, std::size_t Room, std::size_t Rule>
inline constexpr auto terms_of_rule = make_terms<Set, Room, Rule>();

/// The terms of a rule, however many these are.
template <std::size_t Room>
struct TermsView {
  const Term<Room>* terms = nullptr;
  const Term<Room>* narrowed = nullptr;
  std::size_t count = 0;
  bool always = false;
  std::uint64_t root_ops = 0, replacement = 0;
};

/// The rules of a set, and those that always rewrite, by number.
template <std::size_t Room>
struct RulesView {
  const TermsView<Room>* rules = nullptr;
  const std::uint16_t* always = nullptr;
  std::size_t rule_count = 0, always_count = 0;
};
template <std::size_t Room, std::size_t Count>
struct SetTerms {
  TermsView<Room> rules[Count + 1] = {};
  std::uint16_t always[Count + 1] = {};
  std::size_t always_count = 0;
  constexpr RulesView<Room> view() const { return {rules, always, Count, always_count}; }
};
template <const auto& Set, std::size_t Room, std::size_t... Rules>
constexpr auto make_set_terms(std::index_sequence<Rules...>) {
  SetTerms<Room, sizeof...(Rules)> made{
      {{terms_of_rule<Set, Room, Rules>.terms, terms_of_rule<Set, Room, Rules>.narrowed,
        terms_of_rule<Set, Room, Rules>.count, terms_of_rule<Set, Room, Rules>.always,
        terms_of_rule<Set, Room, Rules>.root_ops, terms_of_rule<Set, Room, Rules>.replacement}...}};
  for (std::uint16_t r = 0; r < sizeof...(Rules); ++r)
    if (made.rules[r].always) made.always[made.always_count++] = r;
  return made;
}
template <const auto& Set, std::size_t Room>
inline constexpr auto terms_of_set =
    make_set_terms<Set, Room>(std::make_index_sequence<std::remove_cvref_t<decltype(Set)>::rule_count>{});

/// Looks for rules that match all that a part of a term matches: one of them, or several that share the cases.
template <std::size_t Room>
class CoverSearch {
 public:
  static constexpr std::size_t most_candidates = 24;
  static constexpr std::uint32_t most_cases = 64;

  constexpr void add(std::uint32_t rule, const Term<Room>& general, const Term<Room>& special, std::uint32_t at) {
    TermMatch<Room> match(general, special);
    if (count_ == most_candidates || general.binds_default_twice) return;
    const Covers covers = match.run(at);
    if (covers == Covers::no) return;
    fully_ = fully_ || covers == Covers::fully;
    if (covers == Covers::fully) count_ = 0;  // it alone is enough
    if (count_ == 0) split_ = match.split();
    candidates_[count_++] = {rule, &general};
  }
  constexpr bool is_full() const { return fully_; }
  constexpr void clear() {
    count_ = cases_ = 0;
    fully_ = false;
  }

  /// Whether the candidates leave nothing of the part.
  constexpr bool run(const Term<Room>& special, std::uint32_t at) {
    if (count_ == 0) return false;
    if (fully_) {
      blame(candidates_[count_ - 1].rule);
      return true;
    }
    if (count_ == 1) return false;
    bool alive[most_candidates] = {};
    for (std::size_t i = 0; i < count_; ++i) alive[i] = true;
    const std::uint32_t before = blamed_count_;
    const bool covered = covers_halves(special, at, split_, alive);
    if (!covered) blamed_count_ = before;
    return covered;
  }

  constexpr void report(RuleFault& fault) const {
    fault.other_count = blamed_count_;
    for (std::uint32_t i = 0; i < blamed_count_ && i < RuleFault::most_others; ++i) fault.others[i] = blamed_[i];
  }
  constexpr std::uint32_t blamed_count() const { return blamed_count_; }

 private:
  struct Candidate {
    std::uint32_t rule = 0;
    const Term<Room>* term = nullptr;
  };

  constexpr void blame(std::uint32_t rule) {
    for (std::uint32_t i = 0; i < blamed_count_; ++i)
      if (blamed_[i] == rule) return;
    if (blamed_count_ <= RuleFault::most_others) blamed_[blamed_count_++] = rule;
  }

  constexpr bool covers(const Term<Room>& special, std::uint32_t at, const bool (&alive)[most_candidates]) {
    if (++cases_ > most_cases) return false;
    bool still[most_candidates] = {};
    Split split;
    for (std::size_t i = 0; i < count_; ++i) {
      if (!alive[i]) continue;
      TermMatch<Room> match(*candidates_[i].term, special);
      const Covers part = match.run(at);
      if (part == Covers::fully) {
        blame(candidates_[i].rule);
        return true;
      }
      still[i] = part == Covers::partly;
      if (still[i] && split.kind == Split::Kind::none) split = match.split();
    }
    return split.kind != Split::Kind::none && covers_halves(special, at, split, still);
  }

  constexpr bool covers_halves(const Term<Room>& special, std::uint32_t at, const Split& split,
                               const bool (&alive)[most_candidates]) {
    for (int half = 0; half < 2; ++half) {
      Term<Room> part = special;
      take_half(part, split, half == 1);
      if (part.narrow() && !covers(part, at, alive)) return false;
    }
    return true;
  }

  static constexpr void take_half(Term<Room>& term, const Split& split, bool second) {
    TermNode& at = term.nodes[split.at];
    switch (split.kind) {
    case Split::Kind::dtypes:
      at.dtypes = second ? DTypes{at.dtypes.mask & ~split.dtypes.mask} : at.dtypes & split.dtypes;
      break;
    case Split::Kind::op: {
      const std::uint64_t one = std::uint64_t{1} << static_cast<unsigned>(split.op);
      at.ops = second ? at.ops & ~one : one;
      if (std::has_single_bit(at.ops)) {
        at.kind = RecordKind::operation;
        at.op = static_cast<Op>(std::countr_zero(at.ops));
      }
      break;
    }
    default:
      for (std::uint32_t i = 0; i < term.count; ++i)
        if (i == split.at || (!at.name.empty() && term.nodes[i].name == at.name)) settle(term.nodes[i], split, second);
    }
  }
  /// A leaf that is a constant or none, or of two truth values one.
  static constexpr void settle(TermNode& leaf, const Split& split, bool second) {
    if (split.kind == Split::Kind::truth) {
      leaf.kind = RecordKind::truth;
      leaf.bits = second;
    } else {
      leaf.kind = second ? RecordKind::variable : RecordKind::constant;
      leaf.bits = second;
    }
  }

  Candidate candidates_[most_candidates] = {};
  std::size_t count_ = 0, cases_ = 0;
  bool fully_ = false;
  Split split_;
  std::uint32_t blamed_[RuleFault::most_others + 1] = {}, blamed_count_ = 0;
};

/// Whether those of the first `end` rules that always rewrite leave nothing of a part of a term.
template <std::size_t Room>
constexpr bool is_covered(const RulesView<Room>& set, std::size_t end, const Term<Room>& special, std::uint32_t at,
                          CoverSearch<Room>& search) {
  search.clear();
  const std::uint64_t ops = root_ops_of(special.nodes[at]);
  for (std::size_t n = 0; n < set.always_count && set.always[n] < end && !search.is_full(); ++n) {
    const std::uint32_t number = set.always[n];
    const TermsView<Room>& rule = set.rules[number];
    if ((rule.root_ops & ops) == 0) continue;
    for (std::size_t i = 0; i < rule.count && !search.is_full(); ++i)
      if (special.can_have(rule.terms[i])) search.add(number, rule.terms[i], special, at);
  }
  return search.run(special, at);
}

/// Whether earlier rules leave nothing to a rule.
template <std::size_t Room>
constexpr RuleFault shadowed_fault(const RulesView<Room>& set, std::uint32_t rule) {
  CoverSearch<Room> search;
  const TermsView<Room>& terms = set.rules[rule];
  for (std::size_t i = 0; i < terms.count; ++i) {
    const Term<Room>& special = terms.narrowed[i];
    if (!is_covered(set, rule, special, special.count - 1u, search)) return {};
  }
  if (terms.count == 0 || search.blamed_count() == 0) return {};
  RuleFault fault{FaultKind::shadowed, rule};
  search.report(fault);
  if (fault.other_count > 1) fault.kind = FaultKind::shadowed_by_several;
  return fault;
}

/// Whether a set always rewrites a part of a left side, so that it is never there to be matched.
template <std::size_t Room>
constexpr RuleFault rewritten_fault(const TermsView<Room>& terms, std::uint32_t rule, const RulesView<Room>& by,
                                    bool with_root) {
  RuleFault fault;
  CoverSearch<Room> search;
  for (std::size_t i = 0; i < terms.count; ++i) {
    const Term<Room>& special = terms.narrowed[i];
    bool is_gone = false;
    for (std::uint32_t at = 0; at < special.count - (with_root ? 0u : 1u) && !is_gone; ++at) {
      if (root_ops_of(special.nodes[at]) == 0) continue;
      is_gone = is_covered(by, by.rule_count, special, at, search);
      if (!is_gone || fault.found()) continue;
      fault = {FaultKind::part_rewritten, rule, {}, 0, {}, {special.nodes[at].record, 1}};
      search.report(fault);
    }
    if (!is_gone) return {};
  }
  return fault;
}

/// Whether two patterns are the same where the names of the first are those that the second has in their place.
template <std::size_t Room>
struct SamePatterns {
  const TermMatch<Room>& match;
  const Term<Room>& special;
  PatternTree first, second;

  constexpr bool names_agree(const PatternRecord& a, const PatternRecord& b) const {
    if (a.name.empty() || b.name.empty()) return a.name == b.name;
    const std::uint32_t bound = match.bound(a.name);
    return bound < special.count && special.nodes[bound].name == b.name;
  }
  constexpr bool same(std::uint32_t i, std::uint32_t k) const {
    const PatternRecord &a = first.records[i], &b = second.records[k];
    const bool is_leaf = a.arity == 0 && b.arity == 0 && a.kind != RecordKind::operation;
    const bool is_name = is_leaf && !a.name.empty() && !b.name.empty();
    if (is_name) return names_agree(a, b);
    if (a.kind != b.kind || a.arity != b.arity || a.op != b.op || a.bits != b.bits || a.sources != b.sources ||
        a.has_argument != b.has_argument || !(a.dtypes == b.dtypes) || !names_agree(a, b))
      return false;
    if (operands_agree(i, k, false)) return true;
    return a.kind == RecordKind::operation && a.arity == 2 && is_commutative(a.op) && operands_agree(i, k, true);
  }
  constexpr bool operands_agree(std::uint32_t i, std::uint32_t k, bool swapped) const {
    const std::uint32_t arity = first.records[i].arity;
    for (std::uint32_t n = 0; n < arity; ++n)
      if (!same(first.child(i, n), second.child(k, swapped ? arity - 1 - n : n))) return false;
    return true;
  }
};

template <std::size_t Room>
constexpr bool same_spans(const RuleSetView& set, PatternSpan a, PatternSpan b, const TermMatch<Room>& match,
                          const Term<Room>& special) {
  if (a.size != b.size) return false;
  if (a.size == 0) return true;
  const SamePatterns<Room> patterns{match, special, {set.records + a.begin, a.size}, {set.records + b.begin, b.size}};
  return patterns.same(a.size - 1, b.size - 1);
}

/// Whether a rule does what an earlier one does wherever it matches.
template <std::size_t Room>
constexpr bool is_duplicate(const RuleSetView& set, const TermsView<Room>* rules, std::size_t earlier,
                            std::size_t rule) {
  const RuleInfo &a = set.rules[earlier], &b = set.rules[rule];
  if (a.is_lambda || a.replacement_count != b.replacement_count) return false;
  if (rules[earlier].count != 1 || rules[rule].count != 1 || a.left.size != b.left.size) return false;
  const Term<Room>&general = rules[earlier].terms[0], &special = rules[rule].terms[0];
  if (!special.can_have(general)) return false;
  for (std::uint32_t i = 0; i < a.replacement_count; ++i)
    if (set.replacements[a.replacements + i].right.size != set.replacements[b.replacements + i].right.size)
      return false;
  TermMatch<Room> match(general, special);
  do {
    if (!match.matches(special.count - 1u)) continue;
    bool same = true;
    for (std::uint32_t i = 0; i < a.replacement_count && same; ++i) {
      const ReplacementInfo &first = set.replacements[a.replacements + i],
                            &second = set.replacements[b.replacements + i];
      same = same_spans(set, first.right, second.right, match, special) &&
             same_spans(set, first.guard, second.guard, match, special);
    }
    if (same) return true;
  } while (match.advance());
  return false;
}

template <std::size_t Room>
constexpr RuleFault duplicate_fault(const RuleSetView& set, const TermsView<Room>* rules, std::uint32_t rule) {
  if (set.rules[rule].is_lambda) return {};
  const std::uint64_t replacement = rules[rule].replacement, ops = rules[rule].root_ops;
  for (std::uint32_t earlier = 0; earlier < rule; ++earlier)
    if (rules[earlier].replacement == replacement && (rules[earlier].root_ops & ops) != 0 &&
        is_duplicate(set, rules, earlier, rule))
      return {FaultKind::duplicate, rule, {earlier}, 1};
  return {};
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
