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
    BuildStep made{};
    made.size = 1;
    made.arity = record.arity;
    made.op = record.op;
    made.bits = record.bits;
    made.has_argument = record.has_argument;
    made.dtype_from = types_[i].from;
    made.dtype_at = types_[i].value;
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
    DTypeFrom from;
    std::uint8_t value;
    DType dtype;
    bool known;
  };

  static constexpr TypeOf of_value(std::uint8_t value) { return {DTypeFrom::value, value, DType::none, true}; }

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
    case RecordKind::constant: return of_value(value_of_slot(names_.slot_of(record.name)));
    case RecordKind::truth: return {DTypeFrom::fixed, 0, DType::boolean, true};
    case RecordKind::operation: break;
    default: return {};
    }
    if (is_comparison(record.op) || record.op == Op::logical_not) return {DTypeFrom::fixed, 0, DType::boolean, true};
    if (const DType fixed = fixed_dtype(record); fixed != DType::none) return {DTypeFrom::fixed, 0, fixed, true};
    if (record.op == Op::cast || record.op == Op::bitcast) return of_value(root_value);
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
      from(DTypeFrom::value, DType::none, root_value);
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

/// Notes how many steps each expression takes, and what may fold.
constexpr void finish_steps(BuildStep* steps, std::uint32_t count) {
  std::uint32_t depth = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    BuildStep& step = steps[i];
    depth += 1u - step.arity;
    if (depth > most_operands) ERROR_a_right_side_or_guard_is_nested_more_than_16_deep();
    step.may_fold =
        step.kind == BuildKind::any_operator || (step.kind == BuildKind::operation && is_elementwise(step.op));
    for (std::uint32_t k = 0, at = i; k < step.arity; ++k) {
      at -= k == 0 ? 1 : steps[at].size;
      step.size = static_cast<std::uint16_t>(step.size + steps[at].size);
    }
  }
}

/// Gives the steps of a right side, which are in post-order, their values. Names that are operands of few are values as
/// they are and lose their steps. How many steps are left.
constexpr std::uint32_t place_values(BuildStep* steps, std::uint32_t count) {
  for (std::uint32_t i = count; i-- > 0;)
    for (std::uint32_t k = 0, at = i; k < steps[i].arity; ++k) {
      at -= k == 0 ? 1 : steps[at].size;
      steps[at].target = steps[i].arity <= most_few_operands ? 1 : 0;  // for now: whether it is one of few
    }
  std::uint8_t waiting[most_operands + 1] = {};
  std::uint32_t left = 0, waiting_count = 0, built = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    BuildStep step = steps[i];
    if (step.kind == BuildKind::slot && step.target == 1) {
      waiting[waiting_count++] = value_of_slot(step.slot);
      continue;
    }
    waiting_count -= step.arity;
    for (std::uint32_t k = 0; k < step.arity; ++k) {
      const std::uint8_t operand = waiting[waiting_count + k];
      if (operand >= first_built_value) --built;
      if (k < most_few_operands) step.operands[k] = operand;
      if (step.dtype_from == DTypeFrom::operand && step.dtype_at == k) {
        step.dtype_from = DTypeFrom::value;
        step.dtype_at = operand;
      }
    }
    step.target = static_cast<std::uint8_t>(first_built_value + built++);
    waiting[waiting_count++] = step.target;
    steps[left++] = step;
  }
  return left;
}

constexpr bool is_conjunction(const BuildStep& step) {
  return step.kind == BuildKind::operation && step.op == Op::bit_and && step.arity == 2;
}

/// The condition that ends before `end`, counted from the first of some steps.
constexpr Condition condition_before(const BuildStep* steps, std::uint32_t end) {
  const BuildStep& last = steps[end - 1];
  Condition made{};
  made.size = last.size;
  made.first = end - last.size;
  if (last.kind == BuildKind::operation && is_comparison(last.op) && last.arity == 2) {
    made.comparison = last.op;
    made.right = steps[end - 2].size;
    made.left = static_cast<std::uint16_t>(last.size - 1 - made.right);
  }
  return made;
}

/// Conditions as steps of a row, which fail before anything is bound or built.
class ConditionSteps {
 public:
  /// `slots`: the registers of names; `constants`: a bit for each position that is a constant if the row matches.
  constexpr ConditionSteps(const BuildStep* builds, const std::uint8_t* slots, std::uint64_t constants)
      : builds_(builds),
        slots_(slots),
        constants_(constants) {}

  /// The step of a condition; false if it is of another form.
  constexpr bool step_of(const Condition& condition, Step& made) const {
    if (condition.comparison == Op::none) return false;
    const std::uint32_t left = condition.first, right = condition.first + condition.left;
    made = {};
    made.op = condition.comparison;
    if (condition.left == 3 && is_operator(left + 2, Op::floormod) && condition.right == 1) {
      made.kind = StepKind::compare_remainder;
      return constant(left, made.from) && constant(left + 1, made.target) && number(right, made.bits);
    }
    if (condition.left == 1 && condition.right == 3 && is_operator(right + 2, Op::add)) {
      made.kind = StepKind::compare_sum;
      return constant(left, made.from) && constant(right, made.target) && number(right + 1, made.bits);
    }
    if (condition.left == 1 && condition.right == 3 && is_operator(right + 2, Op::mul)) {
      made.kind = StepKind::compare_product;
      return constant(left, made.from) && constant(right, made.target) && constant(right + 1, made.index);
    }
    if (condition.left != 1 || condition.right != 1) return false;
    made.kind = StepKind::compare_number;
    if (constant(left, made.from) && number(right, made.bits)) return true;
    made.index = 1;
    if (constant(right, made.from) && number(left, made.bits)) return true;
    made.index = 0;
    made.kind = StepKind::compare_sum;
    return constant(left, made.from) && constant(right, made.target);
  }

 private:
  constexpr bool is_operator(std::uint32_t at, Op op) const {
    return builds_[at].kind == BuildKind::operation && builds_[at].arity == 2 && builds_[at].op == op;
  }
  constexpr bool constant(std::uint32_t at, std::uint8_t& reg) const {
    if (builds_[at].kind != BuildKind::slot) return false;
    reg = slots_[builds_[at].slot];
    return reg != unbound && reg >= first_position && (constants_ & position_bit(reg)) != 0;
  }
  constexpr bool number(std::uint32_t at, std::uint64_t& bits) const {
    bits = builds_[at].bits;
    return builds_[at].kind == BuildKind::integer;
  }
  const BuildStep* builds_;
  const std::uint8_t* slots_;
  std::uint64_t constants_;
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
