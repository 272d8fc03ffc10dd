// Compiles a right side or a guard into the steps that build or judge it.
#pragma once

#include <whittle/match/compile_rule.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

void ERROR_a_right_side_or_guard_is_nested_more_than_16_deep();

/// Turns a right side or a guard into build steps. `Room`: the records of the largest pattern.
template <std::size_t Room>
struct BuildMaker {
  const PatternRecord* records;
  const Names& names;
  BuildStep* steps;  ///< their dtypes are those of their values, until all are known: then those that they have to ask
  enum class Known : std::uint8_t { no, yes, settled } known[Room] = {};

  constexpr void make(std::uint32_t count) {
    std::uint32_t depth = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      depth += 1u - records[i].arity;
      if (depth > most_operands) ERROR_a_right_side_or_guard_is_nested_more_than_16_deep();
      begin(i);
    }
    for (std::uint32_t i = count; i-- > 0;) {
      if (records[i].kind != RecordKind::operation) continue;
      if (records[i].arity != 0) tell_parts(i);
      if (known[i] != Known::settled) settle(steps[i]);
    }
  }

 private:
  /// A step, with its dtype where it can be read off: not of bare literals.
  constexpr void begin(std::uint32_t i) {
    const PatternRecord& record = records[i];
    const std::uint8_t slot = record.name.empty() ? std::uint8_t{0} : names.slot_of(record.name);
    BuildStep& step = steps[i];
    step = {BuildKind::slot,     record.arity, slot,        DTypeFrom::value, 0, DType::none,
            record.has_argument, false,        record.size, record.op,        0, {},
            record.bits};
    switch (record.kind) {
    case RecordKind::integer: step.kind = BuildKind::integer; break;
    case RecordKind::real: step.kind = BuildKind::real; break;
    case RecordKind::truth:
      step.kind = BuildKind::truth;
      fix(i, DType::boolean, Known::yes);
      break;
    case RecordKind::operation:
      step.kind = BuildKind::operation;
      step.may_fold = is_elementwise(record.op);
      begin_operation(record, i);
      break;
    case RecordKind::any_operator:
      step.kind = BuildKind::any_operator;
      step.may_fold = true;
      break;
    case RecordKind::variable:
    case RecordKind::constant:
      step.dtype_at = value_of_slot(slot);
      known[i] = Known::yes;
      break;
    default: break;
    }
  }
  constexpr void begin_operation(const PatternRecord& record, std::uint32_t i) {
    if (is_comparison(record.op) || record.op == Op::logical_not) return fix(i, DType::boolean, Known::settled);
    if (const DType fixed = one_of(record.dtypes); fixed != DType::none) return fix(i, fixed, Known::settled);
    if (record.op == Op::cast || record.op == Op::bitcast) {
      steps[i].dtype_at = root_value;
      known[i] = Known::settled;
    } else if (const std::uint32_t typed = typed_part(record, i); typed != i) {
      copy_type(i, typed);
    }
  }

  constexpr void fix(std::uint32_t i, DType dtype, Known how) {
    steps[i].dtype_from = DTypeFrom::fixed;
    steps[i].dtype = dtype;
    known[i] = how;
  }
  constexpr void copy_type(std::uint32_t to, std::uint32_t from) {
    steps[to].dtype_from = steps[from].dtype_from;
    steps[to].dtype_at = steps[from].dtype_at;
    steps[to].dtype = steps[from].dtype;
    if (known[from] != Known::no) known[to] = Known::yes;
  }
  /// The only dtype of a class, or none.
  static constexpr DType one_of(DTypes dtypes) {
    if (dtypes.mask == any_dtype.mask) return DType::none;
    return std::has_single_bit(dtypes.mask) ? static_cast<DType>(std::countr_zero(dtypes.mask)) : DType::none;
  }
  /// The first operand of operation i whose dtype is known and that of all; i if there is none.
  constexpr std::uint32_t typed_part(const PatternRecord& record, std::uint32_t i) const {
    std::uint32_t typed = i;
    const std::uint32_t first = record.op == Op::where ? 1 : 0;
    for (std::uint32_t k = record.arity, part = i - 1; k-- > first; part -= records[part].size)
      if (known[part] != Known::no) typed = part;
    return typed;
  }
  /// Operands whose own dtypes are not known are of that of a sibling, else of that of operation i.
  constexpr void tell_parts(std::uint32_t i) {
    const PatternRecord& record = records[i];
    const std::uint32_t typed = typed_part(record, i);
    for (std::uint32_t k = record.arity, part = i - 1; k-- > 0; part -= records[part].size) {
      if (known[part] != Known::no) continue;
      if (k == 0 && record.op == Op::where)
        fix(part, DType::boolean, Known::yes);
      else if (typed != i || !is_comparison(record.op))
        copy_type(part, typed);
    }
  }
  /// The dtype of what an operation makes.
  static constexpr void settle(BuildStep& step) {
    step.dtype_from = DTypeFrom::operand;
    step.dtype = DType::none;
    step.dtype_at = step.op == Op::where ? 1 : 0;
    if (step.arity == 0) {
      step.dtype_from = DTypeFrom::value;
      step.dtype_at = root_value;
    } else if (step.op == Op::store || step.op == Op::end || step.op == Op::sink || step.op == Op::group ||
               step.op == Op::barrier) {
      step.dtype_from = DTypeFrom::fixed;
    }
  }
};

/// Gives the steps of a right side, which are in post-order, their values. Names that are operands of few are values as
/// they are and lose their steps. How many steps are left.
constexpr std::uint32_t place_values(BuildStep* steps, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i)
    if (steps[i].arity > most_few_operands)
      for (std::uint32_t k = steps[i].arity, part = i - 1; k-- > 0; part -= steps[part].size)
        steps[part].target = 1;  // for now: that it is one of many
  std::uint8_t waiting[most_operands + 1] = {};
  std::uint32_t left = 0, waiting_count = 0, built = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    BuildStep& step = steps[i];
    if (step.kind == BuildKind::slot && step.target == 0 && i + 1 < count) {
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
    if (left != i) steps[left] = step;
    ++left;
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
