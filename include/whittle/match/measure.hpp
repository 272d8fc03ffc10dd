// Measures: what every rewriting by a set makes smaller, so that the set comes to an end.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <whittle/core/op.hpp>

namespace whittle {
inline namespace v0 {

/// The weight of an operator: factor * (sum of its operands' weights) + addend.
struct OpWeight {
  Op op = Op::none;
  std::uint32_t factor = 1, addend = 1;
};
constexpr OpWeight weight(Op op, std::uint32_t addend, std::uint32_t factor = 1) { return {op, factor, addend}; }

/// One part of a measure.
struct Criterion {
  enum class Kind : std::uint8_t { weights, divisors, constants_outward, outward } kind = Kind::weights;
  Op op = Op::none, below = Op::none;
  std::uint32_t factors[op_count] = {}, addends[op_count] = {};
};

/// Expressions by weight: 1 for what is not named. Variables weigh 1 or more, constants 1.
template <class... Weights>
  requires(std::same_as<Weights, OpWeight> && ...)
constexpr Criterion by_weight(const Weights&... weights) {
  Criterion made;
  for (std::size_t op = 0; op < op_count; ++op) made.factors[op] = made.addends[op] = 1;
  const OpWeight list[] = {OpWeight{}, weights...};
  for (const OpWeight& each : list) {
    made.factors[static_cast<std::size_t>(each.op)] = each.factor;
    made.addends[static_cast<std::size_t>(each.op)] = each.addend;
  }
  return made;
}

/// Those are smaller that divide less often by what is no constant of at least 0. May stand before weights: rewriting
/// something below cannot make more of these divisors.
constexpr Criterion by_divisors() {
  Criterion made;
  made.kind = Criterion::Kind::divisors;
  return made;
}

/// Of expressions of one weight those are smaller in which constant operands of an operator lie further out.
constexpr Criterion by_constants_outward(Op op) {
  Criterion made;
  made.kind = Criterion::Kind::constants_outward;
  made.op = op;
  return made;
}

/// Of expressions of one weight those are smaller in which fewer operators `inner` lie below operators `outer`.
constexpr Criterion by_outward(Op inner, Op outer) {
  Criterion made;
  made.kind = Criterion::Kind::outward;
  made.op = outer;
  made.below = inner;
  return made;
}

/// Criteria, the first the most important; and the rules whose lambdas, as their author states, decrease them.
struct Measure {
  static constexpr std::size_t most_criteria = 6, most_trusted = 16;
  Criterion criteria[most_criteria] = {};
  std::size_t criterion_count = 0;
  std::string_view trusted[most_trusted] = {};
  std::size_t trusted_count = 0;

  /// Lambda rules, by name or by the text of their left sides, that are taken to decrease the measure without proof.
  template <class... Names>
  constexpr Measure trusting(const Names&... names) const {
    static_assert(sizeof...(Names) <= most_trusted, "a measure can trust at most 16 rules");
    Measure more = *this;
    ((more.trusted[more.trusted_count++] = names), ...);
    return more;
  }
  /// Weights come first, but for divisors, and are 1 or more: the others need that nothing but a weight changes what is
  /// a constant.
  constexpr bool is_valid() const {
    std::size_t first = 0;
    while (first < criterion_count && criteria[first].kind == Criterion::Kind::divisors) ++first;
    if (first == criterion_count || criteria[first].kind != Criterion::Kind::weights) return false;
    for (std::size_t i = 0; i < criterion_count; ++i)
      for (std::size_t op = 0; op < op_count && criteria[i].kind == Criterion::Kind::weights; ++op)
        if (criteria[i].factors[op] == 0 || criteria[i].addends[op] == 0) return false;
    return criteria[first].addends[static_cast<std::size_t>(Op::constant)] == 1;
  }
  constexpr bool counts_divisors() const {
    for (std::size_t i = 0; i < criterion_count; ++i)
      if (criteria[i].kind == Criterion::Kind::divisors) return true;
    return false;
  }
  constexpr bool trusts(std::string_view rule) const {
    for (std::size_t i = 0; i < trusted_count; ++i)
      if (trusted[i] == rule) return true;
    return false;
  }
};

/// A measure by several criteria. Keep it as an `inline constexpr` object of namespace scope.
template <class... Criteria>
constexpr Measure measure(const Criteria&... criteria) {
  static_assert(sizeof...(Criteria) <= Measure::most_criteria, "a measure has at most 6 criteria");
  Measure made;
  ((made.criteria[made.criterion_count++] = criteria), ...);
  return made;
}

}  // namespace v0
}  // namespace whittle
