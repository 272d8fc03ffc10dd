// Compiles a right side or a guard into the steps that build or judge it.
#pragma once

#include <whittle/match/compile_rule.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

void ERROR_a_right_side_or_guard_is_nested_more_than_16_deep();

/// Turns a right side or a guard into build steps.
template <std::size_t Room>
class BuildMaker {
 public:
  constexpr BuildMaker(const PatternRecord* records, std::uint32_t count, const Names& names)
      : tree_(records, count),
        names_(names) {
    for (std::uint32_t i = 0; i < count; ++i) own_[i] = own_type(i);
    types_[count - 1] = own_[count - 1];
    for (std::uint32_t i = count; i-- > 0;)
      for (std::uint32_t k = 0; k < records[i].arity; ++k) types_[tree_.child(i, k)] = type_below(i, k);
  }

  constexpr std::uint32_t count() const { return tree_.count; }

  constexpr BuildStep step(std::uint32_t i) const {
    const PatternRecord& record = tree_.records[i];
    BuildStep made;
    made.arity = record.arity;
    made.op = record.op;
    made.bits = record.bits;
    made.has_argument = record.has_argument;
    made.dtype_from = types_[i].from;
    made.dtype_at = types_[i].slot;
    made.dtype = types_[i].dtype;
    switch (record.kind) {
    case RecordKind::integer: made.kind = BuildKind::integer; break;
    case RecordKind::real: made.kind = BuildKind::real; break;
    case RecordKind::truth: made.kind = BuildKind::truth; break;
    case RecordKind::operation: made.kind = BuildKind::operation; break;
    case RecordKind::any_operator: made.kind = BuildKind::any_operator; break;
    default: made.kind = BuildKind::slot;
    }
    if (!record.name.empty()) made.slot = names_.slot_of(record.name);
    return made.kind == BuildKind::operation ? with_result_dtype(made, fixed_dtype(record)) : made;
  }

 private:
  struct TypeOf {
    DTypeFrom from = DTypeFrom::root;
    std::uint8_t slot = 0;
    DType dtype = DType::none;
    bool known = false;
  };

  static constexpr DType fixed_dtype(const PatternRecord& record) {
    if (record.dtypes == any_dtype) return DType::none;
    for (unsigned t = 1; t < dtype_count; ++t)
      if (record.dtypes == only(static_cast<DType>(t))) return static_cast<DType>(t);
    return DType::none;
  }

  /// Where a sub-pattern's dtype can be read off; unknown for bare literals. Its operands' types are known.
  constexpr TypeOf own_type(std::uint32_t i) const {
    const PatternRecord& record = tree_.records[i];
    switch (record.kind) {
    case RecordKind::variable:
    case RecordKind::constant: return {DTypeFrom::slot, names_.slot_of(record.name), DType::none, true};
    case RecordKind::truth: return {DTypeFrom::fixed, 0, DType::boolean, true};
    case RecordKind::operation: break;
    default: return {};
    }
    if (is_comparison(record.op) || record.op == Op::logical_not) return {DTypeFrom::fixed, 0, DType::boolean, true};
    if (const DType fixed = fixed_dtype(record); fixed != DType::none) return {DTypeFrom::fixed, 0, fixed, true};
    if (record.op == Op::cast || record.op == Op::bitcast) return {DTypeFrom::root, 0, DType::none, true};
    for (std::uint32_t k = record.op == Op::where ? 1 : 0; k < record.arity; ++k)
      if (own_[tree_.child(i, k)].known) return own_[tree_.child(i, k)];
    return {};
  }

  /// The type of operand k of record i: its own, else that of a sibling, else that of the parent.
  constexpr TypeOf type_below(std::uint32_t i, std::uint32_t k) const {
    const PatternRecord& record = tree_.records[i];
    const TypeOf own = own_[tree_.child(i, k)];
    if (own.known || record.kind != RecordKind::operation) return own;
    if (record.op == Op::where && k == 0) return {DTypeFrom::fixed, 0, DType::boolean, true};
    for (std::uint32_t sibling = record.op == Op::where ? 1 : 0; sibling < record.arity; ++sibling)
      if (const TypeOf type = own_[tree_.child(i, sibling)]; sibling != k && type.known) return type;
    return is_comparison(record.op) ? TypeOf{} : types_[i];
  }

  static constexpr BuildStep with_result_dtype(BuildStep made, DType fixed) {
    const auto from = [&](DTypeFrom where, DType dtype, std::uint8_t operand) {
      made.dtype_from = where;
      made.dtype = dtype;
      made.dtype_at = operand;
    };
    if (is_comparison(made.op) || made.op == Op::logical_not)
      from(DTypeFrom::fixed, DType::boolean, 0);
    else if (fixed != DType::none)
      from(DTypeFrom::fixed, fixed, 0);
    else if (made.op == Op::cast || made.op == Op::bitcast || made.arity == 0)
      from(DTypeFrom::root, DType::none, 0);
    else if (made.op == Op::store || made.op == Op::end || made.op == Op::sink || made.op == Op::group ||
             made.op == Op::barrier)
      from(DTypeFrom::fixed, DType::none, 0);
    else
      from(DTypeFrom::operand, DType::none, made.op == Op::where ? 1 : 0);
    return made;
  }

  PatternTree<Room> tree_;
  const Names& names_;
  TypeOf own_[Room] = {}, types_[Room] = {};
};

/// Notes how many steps each expression takes, and which are conditions: the operands of the conjunction that a
/// guard is, each of which has to hold.
template <std::size_t Room>
constexpr void finish_steps(BuildStep* steps, std::uint32_t count, bool is_guard) {
  const auto is_condition = [](const BuildStep& step) {
    return step.kind == BuildKind::operation && (is_comparison(step.op) || step.op == Op::logical_not);
  };
  const auto is_conjunction = [](const BuildStep& step) {
    return step.kind == BuildKind::operation && step.op == Op::bit_and && step.arity == 2;
  };
  std::uint32_t depth = 0;
  bool all[Room] = {};  // of the expression that ends here: whether it is a conjunction of conditions
  for (std::uint32_t i = 0; i < count; ++i) {
    depth += 1u - steps[i].arity;
    if (depth > most_operands) ERROR_a_right_side_or_guard_is_nested_more_than_16_deep();
    all[i] = is_condition(steps[i]) || is_conjunction(steps[i]);
    for (std::uint32_t k = 0, at = i; k < steps[i].arity; ++k) {
      at -= k == 0 ? 1 : steps[at].size;
      steps[i].size = static_cast<std::uint16_t>(steps[i].size + steps[at].size);
      all[i] = all[i] && (is_condition(steps[i]) || all[at]);
    }
  }
  if (!is_guard || count == 0 || !all[count - 1]) return;
  // From the end: operands of the topmost conjunctions are conditions, what is below those is skipped.
  for (std::uint32_t i = count; i > 0;) {
    BuildStep& step = steps[i - 1];
    step.must_hold = true;
    i -= is_condition(step) ? step.size : std::uint32_t{1};
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
