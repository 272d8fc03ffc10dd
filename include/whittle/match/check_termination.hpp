// Every rule of a set decreases the set's measure, whatever its names stand for.
#pragma once

#include <bit>

#include <whittle/match/check_fault.hpp>
#include <whittle/match/check_shadowing.hpp>
#include <whittle/match/check_signs.hpp>
#include <whittle/match/measure.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::checks {

/// A sum: a constant, and unknowns times coefficients.
template <std::size_t Count>
struct LinearForm {
  std::int64_t constant = 0;
  std::int64_t coefficients[Count] = {};

  constexpr void add(const LinearForm& other, std::int64_t factor = 1) {
    constant += factor * other.constant;
    for (std::size_t i = 0; i < Count; ++i) coefficients[i] += factor * other.coefficients[i];
  }
  constexpr bool has_unknowns() const {
    for (std::int64_t coefficient : coefficients)
      if (coefficient != 0) return true;
    return false;
  }
  /// The least that this is greater than the other by where no unknown is less than `least`; negative if unbounded.
  constexpr std::int64_t excess_over(const LinearForm& other, std::int64_t least) const {
    std::int64_t excess = constant - other.constant;
    for (std::size_t i = 0; i < Count; ++i) {
      const std::int64_t more = coefficients[i] - other.coefficients[i];
      if (more < 0) return -1;
      excess += more * least;
    }
    return excess < 0 ? -1 : excess;
  }
};

/// What a criterion says of an expression: its weight, or how often it divides; or how much there is that should move
/// outwards, and below how many of the operators that it should get out of it lies. A part of the left side has an
/// unknown for each. Of a name as a divisor, `carriers` says whether it counts as one.
template <std::size_t Room>
struct Size {
  LinearForm<2 * Room> carriers = {}, weight = {};
  bool is_constant = false;
  Sign sign = Sign::unknown;  ///< of a constant
};

/// For which the sides of a rule are compared: which parts of the left side stand for constants, a bit each, the signs
/// of these, and the operator that any_op stands for.
template <std::size_t Room>
struct MeasuredCase {
  std::uint64_t constants = 0;
  Op any_op = Op::none;
  Sign signs[Room] = {};
};

/// Compares the sides of one rule by one criterion, in one case.
template <std::size_t Room>
class SizeOf {
 public:
  const Term<Room>& left;
  const Criterion& criterion;
  const MeasuredCase<Room>& given;
  bool folds = false;  ///< operators over constants are constants: true of right sides
  Size<Room> sizes[Room] = {};

  constexpr void measure_left() {
    for (std::uint32_t i = 0; i < left.count; ++i) {
      const TermNode& node = left.nodes[i];
      if (node.kind == RecordKind::operation || node.kind == RecordKind::any_operator) {
        Size<Room> parts[Room] = {};
        const std::uint32_t count = node.sources == Sources::every ? 0 : node.arity;
        for (std::uint32_t k = 0; k < count; ++k) parts[k] = sizes[left.child(i, k)];
        sizes[i] = operation(op_of(node.kind, node.op), parts, count);
      } else {
        sizes[i] = leaf(i);
      }
    }
  }

  constexpr Size<Room> measure_right(const RuleSetView& set, PatternSpan right) const {
    Size<Room> stack[Room] = {};
    std::uint32_t top = 0;
    for (std::uint32_t i = right.begin; i < right.begin + right.size; ++i) {
      const PatternRecord& record = set.records[i];
      top -= record.arity;
      if (record.kind == RecordKind::operation || record.kind == RecordKind::any_operator)
        stack[top] = operation(op_of(record.kind, record.op), stack + top, record.arity);
      else
        stack[top] = is_on_left(record.name) ? sizes[first_of(record.name)] : number(sign_of_literal(record));
      ++top;
    }
    return stack[0];
  }

  /// 2: the right side is smaller, 1: it is not greater, 0: neither is known.
  constexpr int compare(const Size<Room>& from, const Size<Room>& to) const {
    const bool weighs = criterion.kind == Criterion::Kind::weights;
    const std::int64_t least = weighs ? 1 : 0;
    const bool moves = !weighs && criterion.kind != Criterion::Kind::divisors;
    if (moves && from.carriers.excess_over(to.carriers, least) < 0) return 0;
    const std::int64_t excess = from.weight.excess_over(to.weight, least);
    return excess < 0 ? 0 : excess == 0 ? 1 : 2;
  }

  constexpr bool is_on_left(VariableName name) const { return !name.empty() && first_of(name) < left.count; }
  constexpr std::uint32_t first_of(VariableName name) const {
    std::uint32_t i = 0;
    while (i < left.count && !(left.nodes[i].name == name)) ++i;
    return i;
  }

 private:
  constexpr Op op_of(RecordKind kind, Op op) const { return kind == RecordKind::any_operator ? given.any_op : op; }

  /// Of a number on the right, or the default of what may be missing on the left.
  static constexpr Sign sign_of_literal(const PatternRecord& record) {
    const bool is_number = record.kind == RecordKind::integer;
    return is_number ? sign_of_number(static_cast<std::int64_t>(record.bits)) : Sign::unknown;
  }
  constexpr Size<Room> number(Sign sign) const {
    Size<Room> made;
    made.is_constant = true;
    made.sign = sign;
    made.weight.constant = criterion.kind == Criterion::Kind::weights ? 1 : 0;
    return made;
  }
  constexpr Size<Room> leaf(std::uint32_t i) const {
    const TermNode& node = left.nodes[i];
    const std::uint32_t first = node.name.empty() ? i : first_of(node.name);
    if (first < i) return sizes[first];
    Size<Room> made;
    if (((given.constants >> i) & 1) != 0) {
      made = number(given.signs[i]);
      made.carriers.coefficients[Room + i] = criterion.kind == Criterion::Kind::divisors ? 1 : 0;
      return made;
    }
    made.carriers.coefficients[Room + i] = made.weight.coefficients[i] = 1;
    return made;
  }

  static constexpr bool is_division(Op op) {
    return op == Op::floordiv || op == Op::floormod || op == Op::cdiv || op == Op::cmod;
  }
  /// 1 if a divisor counts, 0 if not; of a name of which neither is known, its unknown.
  static constexpr LinearForm<2 * Room> as_divisor(const Size<Room>& divisor) {
    LinearForm<2 * Room> counted;
    if (divisor.is_constant && divisor.sign != Sign::unknown)
      counted.constant = divisor.sign == Sign::negative ? 1 : 0;
    else if (divisor.carriers.has_unknowns())
      counted = divisor.carriers;
    else
      counted.constant = 1;
    return counted;
  }

  constexpr Size<Room> operation(Op op, const Size<Room>* parts, std::uint32_t count) const {
    const std::size_t number_of_op = static_cast<std::size_t>(op) < op_count ? static_cast<std::size_t>(op) : 0;
    bool all_constant = folds && count > 0 && can_fold(op);
    std::uint32_t constant_count = 0;
    Size<Room> made;
    for (std::uint32_t k = 0; k < count; ++k) {
      made.carriers.add(parts[k].carriers);
      made.weight.add(parts[k].weight);
      all_constant = all_constant && parts[k].is_constant;
      if (parts[k].is_constant) ++constant_count;
    }
    if (all_constant) return number(count == 2 ? sign_of(op, parts[0].sign, parts[1].sign) : Sign::unknown);
    if (criterion.kind == Criterion::Kind::divisors) {
      made.carriers = {};
      if (count == 2 && is_division(op)) made.weight.add(as_divisor(parts[1]));
      return made;
    }
    if (criterion.kind == Criterion::Kind::weights) {
      LinearForm<2 * Room> weight;
      weight.add(made.weight, criterion.factors[number_of_op]);
      weight.constant += criterion.addends[number_of_op];
      made.weight = weight;
      return made;
    }
    const bool outward = criterion.kind == Criterion::Kind::outward;
    if (op == criterion.op && (outward || constant_count == 0)) made.weight.add(made.carriers);
    if (outward ? op == criterion.below : op == criterion.op) made.carriers.constant += outward ? 1 : constant_count;
    return made;
  }
};

/// Whether a right side is its left side again: then the rule only folds.
constexpr bool is_left_again(const RuleSetView& set, PatternSpan left, PatternSpan right) {
  if (left.size != right.size) return false;
  for (std::uint32_t i = 0; i < left.size; ++i) {
    const PatternRecord &a = set.records[left.begin + i], &b = set.records[right.begin + i];
    if (a.kind != b.kind || a.op != b.op || a.bits != b.bits || !(a.name == b.name) || a.arity != b.arity) return false;
  }
  return true;
}

/// Whether a right side is smaller than a left side by a measure, in one case.
template <std::size_t Room>
constexpr bool decreases(const RuleSetView& set, PatternSpan right, const Term<Room>& left, const Measure& measure,
                         const MeasuredCase<Room>& given) {
  for (std::size_t i = 0; i < measure.criterion_count; ++i) {
    SizeOf<Room> size{left, measure.criteria[i], given};
    size.measure_left();
    size.folds = true;
    const int result = size.compare(size.sizes[left.count - 1u], size.measure_right(set, right));
    if (result != 1) return result == 2;
  }
  return false;
}

/// The same for all signs of the constants `fixed` that the guard allows.
template <std::size_t Room>
constexpr bool decreases_by_sign(const RuleSetView& set, const ReplacementInfo& replacement, const Term<Room>& left,
                                 const Measure& measure, MeasuredCase<Room> given, std::uint64_t fixed) {
  std::uint64_t either = 0;
  for (std::uint32_t i = 0; i < left.count && measure.counts_divisors(); ++i) {
    if (((fixed >> i) & 1) == 0) continue;
    given.signs[i] = sign_by_guard<Room>(set, replacement.guard, left.nodes[i].name);
    if (given.signs[i] == Sign::unknown) either |= std::uint64_t{1} << i;
  }
  for (std::uint64_t negative = either;; negative = (negative - 1) & either) {
    for (std::uint32_t i = 0; i < left.count; ++i)
      if (((either >> i) & 1) != 0) given.signs[i] = ((negative >> i) & 1) != 0 ? Sign::negative : Sign::not_negative;
    if (!decreases(set, replacement.right, left, measure, given)) return false;
    if (negative == 0) return true;
  }
}

/// A rule by its number, and the terms of its set.
template <std::size_t Room>
struct RuleInSet {
  const RuleSetView& set;
  RulesView<Room> terms;
  std::uint32_t number;
  constexpr const RuleInfo& info() const { return set.rules[number]; }
};

/// Whether earlier rules take the case that of the names `open` those in `constants` stand for constants.
template <std::size_t Room>
constexpr bool is_taken(const RuleInSet<Room>& rule, const Term<Room>& left, std::uint64_t open,
                        std::uint64_t constants) {
  Term<Room> part = left;
  for (std::uint32_t i = 0; i < part.count; ++i) {
    if (((open >> i) & 1) == 0) continue;
    const bool is_constant = ((constants >> i) & 1) != 0;
    part.nodes[i].kind = is_constant ? RecordKind::constant : RecordKind::variable;
    part.nodes[i].bits = !is_constant;
  }
  CoverSearch<Room> search;
  return part.narrow() && is_covered(rule.terms, rule.number, part, part.count - 1u, search);
}

/// The same in all cases: whichever names stand for constants, where that counts.
template <std::size_t Room>
constexpr bool decreases_always(const RuleInSet<Room>& rule, const ReplacementInfo& replacement, const Term<Room>& left,
                                const Measure& measure, Op any_op) {
  std::uint64_t fixed = 0, open = 0;
  for (std::uint32_t i = 0; i < left.count; ++i) {
    const TermNode& node = left.nodes[i];
    if (node.kind == RecordKind::constant) fixed |= std::uint64_t{1} << i;
    if (node.kind == RecordKind::variable && node.bits == 0) open |= std::uint64_t{1} << i;
  }
  if (measure.criterion_count == 1) open = 0;  // weights do not ask what is a constant
  if (left.count > 64 || std::popcount(open) > 6) return false;
  for (std::uint64_t some = open;; some = (some - 1) & open) {
    if (!decreases_by_sign(rule.set, replacement, left, measure, {some | fixed, any_op, {}}, fixed) &&
        !is_taken(rule, left, open, some))
      return false;
    if (some == 0) return true;
  }
}

template <std::size_t Room>
constexpr bool term_decreases(const RuleInSet<Room>& rule, const Term<Room>& left, const Measure& measure) {
  std::uint64_t ops = 1;
  for (std::uint32_t i = 0; i < left.count; ++i)
    if (left.nodes[i].kind == RecordKind::any_operator) ops = left.nodes[i].ops;
  for (; ops != 0; ops &= ops - 1) {
    const Op any_op = static_cast<Op>(std::countr_zero(ops));
    for (std::uint32_t i = 0; i < rule.info().replacement_count; ++i) {
      const ReplacementInfo& replacement = rule.set.replacements[rule.info().replacements + i];
      if (is_left_again(rule.set, rule.info().left, replacement.right) && !can_fold(any_op)) continue;
      if (!decreases_always(rule, replacement, left, measure, any_op)) return false;
    }
  }
  return true;
}

constexpr bool is_trusted(const RuleSetView& set, std::uint32_t rule, const Measure& measure) {
  const RuleInfo& info = set.rules[rule];
  if (info.name != nullptr) return measure.trusts(info.name);
  TextWriter text;
  PatternWriter{set.records, text}.write(info.left.begin + info.left.size - 1, false);
  return measure.trusts(text.view());
}

/// Whether a rule decreases the measure; a lambda only by its author's word, as does one with a bound of its own.
template <std::size_t Room>
constexpr RuleFault termination_fault(const RuleInSet<Room>& rule, const Measure& measure) {
  const RuleFault fault{FaultKind::not_decreasing, rule.number};
  if (rule.info().bound != 0) return {};
  if (rule.info().is_lambda) return is_trusted(rule.set, rule.number, measure) ? RuleFault{} : fault;
  const TermsView<Room>& terms = rule.terms.rules[rule.number];
  for (std::size_t i = 0; i < terms.count; ++i)
    if (!term_decreases(rule, terms.terms[i], measure)) return fault;
  return {};
}

/// The rule with a bound of its own that is one too many.
constexpr RuleFault bounded_fault(const RuleSetView& set) {
  std::size_t bounded = 0;
  for (std::size_t r = 0; r < set.rule_count; ++r) {
    if (set.rules[r].bound == 0) continue;
    if (++bounded * 20 > set.rule_count) return {FaultKind::too_many_bounded, static_cast<std::uint32_t>(r)};
  }
  return {};
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
