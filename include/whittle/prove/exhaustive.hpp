// A rule on every point of small numbers: at run time, and in constant expressions.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <whittle/prove/evaluate_pattern.hpp>
#include <whittle/prove/obligation.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {

/// What trying all points of an obligation says.
struct Verdict {
  bool holds = true;
  std::uint64_t points = 0;                ///< tried
  std::uint64_t decided = 0;               ///< of these, with a true guard and a left side that has a value
  std::vector<Value> counterexample = {};  ///< by term, where it does not hold
};

namespace detail {

/// How many values_of a dtype there are.
constexpr std::uint64_t count_of_values(DType dtype, const Scale& scale) {
  if (dtype == DType::boolean) return 2;
  if (dtype == DType::index) return static_cast<std::uint64_t>(2 * scale.box + 1);
  if (is_float(dtype)) return scale.bits < 8 ? 9 : 244;
  return std::uint64_t{1} << scale.bits;
}

/// All values of a dtype. Of floats with less than 8 bits there are none: then, both zeros, the least number, 1, -1,
/// the greatest, both infinities and NaN.
constexpr std::vector<Value> values_of(DType dtype, const Scale& scale) {
  std::vector<Value> values;
  const auto add_range = [&](std::int64_t low, std::int64_t high) {
    for (std::int64_t n = low; n <= high; ++n) values.push_back(Value::of(n));
  };
  const auto count = static_cast<std::int64_t>(std::uint64_t{1} << scale.bits);
  if (dtype == DType::boolean) add_range(0, 1);
  if (dtype == DType::index) add_range(-scale.box, scale.box);
  if (dtype == DType::int8) add_range(-count / 2, count / 2 - 1);
  if (dtype == DType::uint8) add_range(0, count - 1);
  if (is_float(dtype) && scale.bits < 8)
    for (std::int64_t bits : {0x00, 0x80, 0x01, 0x38, 0xb8, 0x77, 0x78, 0xf8, 0x79})
      values.push_back(Value::of_real(float_of_bits(bits, scale)));
  if (is_float(dtype) && scale.bits >= 8)
    for (std::int64_t bits = 0; bits < 250; ++bits)
      if ((bits & 127) <= 121) values.push_back(Value::of_real(float_of_bits(bits, scale)));  // one NaN of each sign
  return values;
}

constexpr bool is_leaf(const Term& term) { return term.kind <= TermKind::range; }

/// Goes through the points of an obligation.
class Points {
 public:
  constexpr Points(const Obligation& all, const Scale& scale) : all_(all), scale_(scale), values_(all.terms.size()) {
    has_premises_ = all.arithmetic == floating_no_nan;
    for (std::uint16_t t = 0; t < all.terms.size(); ++t) {
      const Term& term = all.terms[t];
      has_premises_ = has_premises_ || term.kind == TermKind::range;
      folds_ = folds_ || (t >= all.right_begin && term.kind == TermKind::operation && term.is_constant);
      if (term.kind == TermKind::operation) continue;
      if (!is_leaf(term)) {
        values_[t] = evaluate_literal(term, scale);
        continue;
      }
      leaves_.push_back({t, values_of(term.dtype, scale), 0});
      if (term.may_be_invalid) leaves_.back().values.push_back(Value::invalid());
      values_[t] = leaves_.back().values[0];
    }
  }

  /// The next point; false after the last.
  constexpr bool advance() {
    for (Leaf& leaf : leaves_) {
      if (++leaf.at < leaf.values.size()) {
        values_[leaf.term] = leaf.values[leaf.at];
        return true;
      }
      leaf.at = 0;
      values_[leaf.term] = leaf.values[0];
    }
    return false;
  }

  enum class Outcome : std::uint8_t { does_not_count, holds, fails };

  constexpr Outcome at_this_point() {
    if (all_.has_guard) {
      evaluate_all(all_.guard_begin, all_.right_begin);
      if (!values_[all_.guard].is_true()) return Outcome::does_not_count;
    }
    evaluate_all(0, all_.guard_begin);
    const Value& left = values_[all_.left];
    if (left.state == Value::State::undefined || (has_premises_ && !premises_hold())) return Outcome::does_not_count;
    evaluate_all(all_.right_begin, all_.terms.size());
    if (folds_ && declines()) return Outcome::does_not_count;
    const bool signs_matter = all_.arithmetic != floating_no_nan;
    return same(all_.terms[all_.left].dtype, left, values_[all_.right], signs_matter) ? Outcome::holds : Outcome::fails;
  }

  constexpr const std::vector<Value>& values() const { return values_; }

 private:
  struct Leaf {
    std::uint16_t term;
    std::vector<Value> values;
    std::size_t at;
  };

  constexpr void evaluate_all(std::size_t begin, std::size_t end) {
    const Term* terms = all_.terms.data();
    Value* values = values_.data();
    for (std::size_t t = begin; t < end; ++t)
      if (terms[t].kind == TermKind::operation) values[t] = evaluate(terms, terms[t], values, scale_);
  }

  constexpr bool premises_hold() const {
    for (std::size_t t = 0; t < all_.guard_begin; ++t) {
      const Term& term = all_.terms[t];
      const Value& value = values_[t];
      if (term.kind == TermKind::range && (value.number < 0 || value.number >= values_[term.sources[0]].number))
        return false;
      if (all_.arithmetic == floating_no_nan && is_float(term.dtype) && !is_finite(value.real)) return false;
    }
    return true;
  }

  /// A right side whose constants do not fold, of integers or truth values, makes the rule decline.
  constexpr bool declines() const {
    for (std::size_t t = all_.right_begin; t < all_.terms.size(); ++t) {
      const Term& term = all_.terms[t];
      if (term.kind == TermKind::operation && term.is_constant && !is_float(term.dtype) && !values_[t].is_defined())
        return true;
    }
    return false;
  }

  const Obligation& all_;
  const Scale& scale_;
  std::vector<Value> values_;
  std::vector<Leaf> leaves_ = {};
  bool has_premises_ = false, folds_ = false;
};

}  // namespace detail

/// How many points there are at this scale.
constexpr std::uint64_t points_of(const Obligation& all, const Scale& scale) {
  std::uint64_t product = 1;
  for (const Term& term : all.terms)
    if (detail::is_leaf(term)) product *= detail::count_of_values(term.dtype, scale) + (term.may_be_invalid ? 1 : 0);
  return product;
}

/// Tries every point, to the first where the sides differ.
constexpr Verdict check_exhaustively(const Obligation& all, const Scale& scale) {
  Verdict verdict;
  if (all.problem != nullptr) {
    verdict.holds = false;
    return verdict;
  }
  using Outcome = detail::Points::Outcome;
  detail::Points points(all, scale);
  do {
    ++verdict.points;
    const Outcome outcome = points.at_this_point();
    if (outcome == Outcome::does_not_count) continue;
    ++verdict.decided;
    if (outcome == Outcome::holds) continue;
    verdict.holds = false;
    verdict.counterexample = points.values();
    return verdict;
  } while (points.advance());
  return verdict;
}

/// The scale at which a rule is tried with numbers of that many bits: an index is as large as they are.
constexpr Scale scale_of_bits(unsigned bits) {
  Scale scale;
  scale.bits = bits;
  scale.box = (std::int64_t{1} << (bits - 1)) - 1;
  return scale;
}

/// The largest numbers, of at most that many bits, of which there are no more than that many points.
constexpr Scale scale_of_points(const Obligation& all, std::uint64_t most_points, unsigned most_bits) {
  Scale scale = scale_of_bits(most_bits);
  while (points_of(all, scale) > most_points && (scale.bits > 2 || scale.box > 1)) {
    if (scale.bits > 2) --scale.bits;
    if (scale.box > 1) scale.box = scale.box * 4 / 5;
  }
  return scale;
}

}  // namespace prove

/// True if an expression rule of a set holds for all numbers of that many bits, signed and unsigned, and for an index
/// of that size. For static_assert: `holds_exhaustively<set, 3>(3)`. Lambda rules don't hold: nothing is known of them.
template <const auto& Set, std::size_t Rule>
constexpr bool holds_exhaustively(unsigned bits) {
  const std::vector<prove::Obligation> all = prove::obligations_of(RuleSetView(Set), Rule);
  const prove::Scale scale = prove::scale_of_bits(bits);
  for (const prove::Obligation& obligation : all)
    if (!prove::check_exhaustively(obligation, scale).holds) return false;
  return !all.empty();
}

/// The same with numbers of up to 4 bits, of so few that each case of the rule has no more than that many points, if
/// that can be.
template <const auto& Set, std::size_t Rule>
constexpr bool holds_on_points(std::uint64_t most_points) {
  const std::vector<prove::Obligation> all = prove::obligations_of(RuleSetView(Set), Rule);
  for (const prove::Obligation& obligation : all)
    if (!prove::check_exhaustively(obligation, prove::scale_of_points(obligation, most_points, 4)).holds) return false;
  return !all.empty();
}

namespace prove::detail {

/// A rule over any operator of a class has a hundred cases: too many for one constant expression.
constexpr bool is_over_any_operator(const RuleSetView& set, std::size_t rule) {
  for (std::uint32_t i = 0; i < set.rules[rule].left.size; ++i)
    if (set.records[set.rules[rule].left.begin + i].kind == RecordKind::any_operator) return true;
  return false;
}

template <const auto& Set, std::size_t Rule, std::uint64_t MostPoints>
constexpr bool rule_holds() {
  if constexpr (Set.rules[Rule].is_lambda || is_over_any_operator(Set, Rule))
    return true;
  else
    return holds_on_points<Set, Rule>(MostPoints);
}
/// A variable, so that each rule is a constant expression of its own.
template <const auto& Set, std::size_t Rule, std::uint64_t MostPoints>
inline constexpr bool rule_does_hold = rule_holds<Set, Rule, MostPoints>();

template <const auto& Set, std::uint64_t MostPoints, std::size_t... Rules>
constexpr bool all_rules_hold(std::index_sequence<Rules...>) {
  return (rule_does_hold<Set, Rules, MostPoints> && ...);
}

}  // namespace prove::detail

/// A whole set in one line: `static_assert(all_hold_on_points<mine>())`. Each expression rule on every point of numbers
/// so small that a case has about 350 of them, which is 3 bits for three names. Lambda rules and rules over any
/// operator of a class are passed over.
template <const auto& Set, std::uint64_t MostPoints = 350>
constexpr bool all_hold_on_points() {
  return prove::detail::all_rules_hold<Set, MostPoints>(
      std::make_index_sequence<std::remove_cvref_t<decltype(Set)>::rule_count>{});
}

}  // namespace v0
}  // namespace whittle
