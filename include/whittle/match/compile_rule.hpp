// Compiles the left side of a rule: a row for each order of operands and each choice of alternatives.
#pragma once

#include <whittle/core/fixed_vector.hpp>
#include <whittle/match/pattern_tree.hpp>
#include <whittle/match/table.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

void ERROR_a_rule_has_more_than_64_variants();
void ERROR_a_rule_has_more_than_16_names();
void ERROR_a_left_side_has_more_than_7_operands_that_may_be_missing();
void ERROR_a_left_side_takes_more_than_256_steps();
void ERROR_the_left_sides_of_a_set_look_at_more_than_60_places();

/// The names that a left side binds, numbered: their slots.
class Names {
 public:
  constexpr Names(const PatternRecord* records, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      if (records[i].name.empty() || slot_of(records[i].name) < count_) continue;
      if (count_ == most_slots) ERROR_a_rule_has_more_than_16_names();
      names_[count_++] = records[i].name;
    }
  }
  /// The slot of a name, or their number.
  constexpr std::uint8_t slot_of(VariableName name) const {
    std::uint8_t slot = 0;
    while (slot < count_ && !(names_[slot] == name)) ++slot;
    return slot;
  }
  constexpr std::uint8_t size() const { return count_; }

 private:
  VariableName names_[most_slots] = {};
  std::uint8_t count_ = 0;
};

/// The positions that rows look at; a position has one register in all rows. The first are the node's own sources and
/// what else is near it.
struct PositionList {
  FixedVector<Position, most_positions> items{{0, 0, 1},      {0, 1, 1},      {0, 2, 1},     {near_a, 0, 2},
                                              {near_a, 1, 2}, {near_b, 0, 2}, {near_b, 1, 2}};

  constexpr std::uint8_t register_of(std::uint8_t parent, std::uint8_t index) {
    if (parent == 0 && index < root_source_count) return static_cast<std::uint8_t>(first_position + index);
    const Position* const first = items.begin();
    const Position* at = first + (parent == 0 ? 0 : parent - std::size_t{first_position} + 1);
    const std::uint8_t depth = parent == 0 ? std::uint8_t{1} : static_cast<std::uint8_t>(at[-1].depth + 1);
    const Position* const end = items.end();
    while (at != end && !(at->parent == parent && at->index == index)) ++at;
    if (at == end && !items.push_back({parent, index, depth}))
      ERROR_the_left_sides_of_a_set_look_at_more_than_60_places();
    return static_cast<std::uint8_t>(first_position + (at - first));
  }
};

constexpr std::uint64_t position_bit(std::uint8_t reg) { return std::uint64_t{1} << (reg - first_position); }

constexpr bool is_literal(StepKind kind) {
  return kind == StepKind::integer || kind == StepKind::real || kind == StepKind::truth;
}

constexpr bool is_comparison_step(StepKind kind) { return kind >= StepKind::compare_number; }
constexpr bool is_fill(StepKind kind) { return kind == StepKind::fill_integer || kind == StepKind::fill_real; }
/// A register for the default of a missing operand.
constexpr bool is_default(std::uint8_t reg) { return first_default <= reg && reg < first_position; }

/// The operator that a step needs at its position, where a decision tree can ask for it; none if it needs no one.
/// What lies below an operator of any number of sources is not there to be asked.
constexpr Op demanded_op(const Step& step) {
  if (step.kind == StepKind::constant || is_literal(step.kind)) return Op::constant;
  const bool is_fixed = step.kind == StepKind::op && step.sources == Sources::exact && step.op != Op::constant &&
                        static_cast<std::size_t>(step.op) < op_count && info(step.op).arity == step.index;
  return is_fixed ? step.op : Op::none;
}

/// The constants for which a step that demands one holds or may hold.
struct OpenConstants {
  bool zero, one, others;  ///< by their bits
};
constexpr OpenConstants open_constants(const Step& step) {
  if (step.kind == StepKind::truth || (step.kind == StepKind::integer && step.bits == 0))
    return {step.bits == 0, step.bits != 0, false};
  const bool may_be_float = (step.dtypes.mask & ~any_int.mask) != 0;
  if (step.kind == StepKind::integer && step.bits == 1) return {false, true, may_be_float};
  if (step.kind == StepKind::integer && step.bits < 128) return {false, false, true};
  return {true, true, true};  // of other literals the bits depend on the dtype
}

/// Steps of a row that is being made. Not a FixedVector: that sets all of its elements in constant expressions.
template <std::size_t Room>
struct StepList {
  Step items[Room] = {};
  std::size_t count = 0;

  constexpr void push_back(const Step& step) { items[count++] = step; }
  constexpr const Step* begin() const { return items; }
  constexpr const Step* end() const { return items + count; }
};

/// Makes the rows of one rule: a walk over the left side for each combination of choices.
template <std::size_t Room>
struct RowMaker {
  const PatternTree<Room>& left;
  const DTypeRoles<Room>& roles;
  const std::uint8_t (&slots)[Room];  ///< of each record's name, or unbound
  PositionList& positions;
  bool constants_last;

  StepList<2 * Room> structure = {};
  StepList<4 * Room> rest = {};
  Row row = {};
  Op root = Op::none;
  RecordKind root_kind = RecordKind::operation;
  std::uint8_t next_default = first_default;
  std::uint8_t choices[2 * Room] = {}, radices[2 * Room] = {};
  std::size_t depth = 0, known = 0;

  constexpr std::uint8_t choose(std::uint8_t radix) {
    if (depth == known) {
      choices[known] = 0;
      radices[known++] = radix;
    }
    return choices[depth++];
  }
  /// Moves on to the next combination; false after the last.
  constexpr bool advance() {
    while (known > 0) {
      if (++choices[known - 1] < radices[known - 1]) return true;
      --known;
    }
    return false;
  }

  constexpr void walk() {
    structure.count = rest.count = 0;
    row = {};
    row.root_arity = any_arity;
    for (std::uint8_t& slot : row.slots) slot = unbound;
    next_default = first_default;
    depth = 0;
    visit(left.count - 1, 0, any_dtype, true);
    if (structure.count + rest.count > most_row_steps) ERROR_a_left_side_takes_more_than_256_steps();
    note_decided();
  }

  /// Positions below an operator that is not asked for cannot be asked either.
  constexpr void note_decided() {
    std::uint64_t asked = 0;
    for (const Step& step : structure) {
      if (demanded_op(step) == Op::none || step.from == 0) continue;
      const std::uint8_t parent = positions.items[step.from - std::size_t{first_position}].parent;
      if (parent == 0 || (asked & position_bit(parent)) != 0) asked |= position_bit(step.from);
    }
    row.decided = asked;
    for (const Step& step : rest) {
      if (step.from < first_position || (demanded_op(step) == Op::none && step.kind != StepKind::nonconstant)) continue;
      const std::uint8_t parent = positions.items[step.from - std::size_t{first_position}].parent;
      if (parent == 0 || (asked & position_bit(parent)) != 0) row.decided |= position_bit(step.from);
    }
  }

  constexpr void bind(std::uint32_t i, std::uint8_t reg) {
    if (slots[i] == unbound) return;
    std::uint8_t& slot = row.slots[slots[i]];
    if (slot == unbound)
      slot = reg;
    else
      rest.push_back(step_of(StepKind::same, reg, slot));
  }

  constexpr void visit(std::uint32_t i, std::uint8_t reg, DTypes implied, bool is_root) {
    const PatternRecord& record = left.records[i];
    if (record.kind == RecordKind::alternatives) {
      bind(i, reg);
      return visit(left.child(i, choose(record.arity)), reg, implied, is_root);
    }
    if (record.kind == RecordKind::optional) return visit(left.child(i, 0), reg, implied, is_root);
    if (is_root) {
      root = record.op;
      root_kind = record.kind;
    }
    if (record.kind == RecordKind::operation || record.kind == RecordKind::any_operator)
      return visit_operation(i, reg, implied, is_root);
    test_dtype(i, reg, implied);
    test_leaf(record, reg, implied & roles[i]);
    bind(i, reg);
  }

  /// `dtypes`: those that the node can have where the dtypes are as they have to be.
  constexpr void test_leaf(const PatternRecord& record, std::uint8_t reg, DTypes dtypes) {
    const auto test = [&](StepKind kind) { rest.push_back({kind, reg, 0, 0, {}, Op::none, dtypes, record.bits}); };
    switch (record.kind) {
    case RecordKind::constant: test(StepKind::constant); break;
    case RecordKind::variable:
      if (record.bits != 0) test(StepKind::nonconstant);
      break;
    case RecordKind::integer: test(StepKind::integer); break;
    case RecordKind::real: test(StepKind::real); break;
    case RecordKind::truth: test(StepKind::truth); break;
    default: break;
    }
  }

  constexpr void test_dtype(std::uint32_t i, std::uint8_t reg, DTypes implied) {
    if ((implied.mask & ~roles[i].mask) == 0) return;
    rest.push_back({StepKind::dtype, reg, 0, 0, {}, Op::none, roles[i], 0});
  }

  constexpr void visit_operation(std::uint32_t i, std::uint8_t reg, DTypes implied, bool is_root) {
    const PatternRecord& record = left.records[i];
    for (std::uint32_t k = 0; k < record.arity && !is_root; ++k)
      if (left.records[left.child(i, k)].kind == RecordKind::optional && choose(2) == 1)
        return visit_without(i, k, reg, implied);
    const bool one_op = record.kind == RecordKind::operation;
    const std::uint8_t arity = record.sources == Sources::every ? 0 : record.arity;
    const bool fixed_arity = one_op && record.sources == Sources::exact && info(record.op).arity == record.arity;
    if (!is_root || !fixed_arity)
      structure.push_back(
          {one_op ? StepKind::op : StepKind::op_class, reg, 0, arity, record.sources, record.op, {}, 0});
    if (is_root && !one_op && record.sources == Sources::exact) row.root_arity = arity;
    if (record.has_argument) rest.push_back({StepKind::argument, reg, 0, 0, {}, Op::none, {}, record.bits});
    const bool tells_dtype = one_op && (is_comparison(record.op) || record.op == Op::logical_not);
    if (!tells_dtype) test_dtype(i, reg, implied);
    bind(i, reg);
    if (record.sources == Sources::every) return visit_every(i, reg);
    visit_sources(i, reg);
  }

  constexpr void visit_every(std::uint32_t i, std::uint8_t reg) {
    const std::uint32_t leaf = left.child(i, 0);
    const bool constant = left.records[leaf].kind == RecordKind::constant;
    rest.push_back({StepKind::every, reg, 0, static_cast<std::uint8_t>(constant), {}, Op::none, roles[leaf], 0});
  }

  /// Whether the operands of record i stand in the other order in this row.
  constexpr bool is_swapped(std::uint32_t i) {
    const PatternRecord& record = left.records[i];
    if (record.kind != RecordKind::operation || !is_commutative(record.op) || record.arity != 2) return false;
    const PatternRecord &a = left.records[left.child(i, 0)], &b = left.records[left.child(i, 1)];
    if (has_two_orders(a, b, constants_last)) return choose(2) == 1;
    return constants_last && is_constant_record(a) && !is_constant_record(b);
  }

  constexpr void visit_sources(std::uint32_t i, std::uint8_t reg) {
    const PatternRecord& record = left.records[i];
    const bool swapped = is_swapped(i);
    DTypes implied = implied_below(i);
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      const std::uint32_t operand = left.child(i, swapped ? 1 - k : k);
      const bool condition = record.op == Op::where && record.kind == RecordKind::operation && k == 0;
      if (left.records[operand].kind == RecordKind::anything && roles[operand] == any_dtype) continue;
      const auto index = static_cast<std::uint8_t>(k);
      const std::uint8_t to = positions.register_of(reg, index);
      structure.push_back(step_of(StepKind::source, reg, to, index));
      visit(operand, to, condition ? only(DType::boolean) : implied, false);
      if (record.kind == RecordKind::operation && is_comparison(record.op)) implied = implied & roles[operand];
    }
  }

  /// What a well-typed graph guarantees of the sources of record i.
  constexpr DTypes implied_below(std::uint32_t i) const {
    const PatternRecord& record = left.records[i];
    if (record.kind != RecordKind::operation || !is_elementwise(record.op)) return any_dtype;
    if (record.op == Op::cast || record.op == Op::bitcast || is_comparison(record.op)) return any_dtype;
    return record.op == Op::logical_not ? only(DType::boolean) : roles[i];
  }

  /// Record i with its optional operand k missing: its other operand, and the default.
  constexpr void visit_without(std::uint32_t i, std::uint32_t k, std::uint8_t reg, DTypes implied) {
    const std::uint32_t operand = left.child(i, k);
    const PatternRecord& missing = left.records[operand];
    if (next_default == first_position) ERROR_a_left_side_has_more_than_7_operands_that_may_be_missing();
    const std::uint8_t to = next_default++;
    row.has_default = true;
    const StepKind kind = missing.op == Op::fdiv ? StepKind::fill_real : StepKind::fill_integer;
    rest.push_back({kind, reg, to, 0, {}, Op::none, {}, missing.bits});
    bind(operand, to);
    visit(left.child(i, 1 - k), reg, implied, false);
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
