// Compiles the left side of a rule: a row for each order of operands and each choice of alternatives.
#pragma once

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
  constexpr std::uint8_t slot_of(const VariableName& name) const {
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
/// what else is near it. Not a FixedVector: what is copied otherwise than bit by bit costs clang each element's copy.
struct PositionList {
  Position items[most_positions] = {{0, 0, 1},      {0, 1, 1},      {0, 2, 1},     {near_a, 0, 2},
                                    {near_a, 1, 2}, {near_b, 0, 2}, {near_b, 1, 2}};
  std::size_t count = near_end - first_position;

  constexpr std::uint8_t register_of(std::uint8_t parent, std::uint8_t index) {
    if (parent == 0 && index < root_source_count) return static_cast<std::uint8_t>(first_position + index);
    if ((parent == near_a || parent == near_b) && index < 2)
      return static_cast<std::uint8_t>(near_below + 2 * (parent - near_a) + index);
    std::size_t at = parent == 0 ? 0 : parent - std::size_t{first_position} + 1;
    const std::uint8_t depth = parent == 0 ? std::uint8_t{1} : static_cast<std::uint8_t>(items[at - 1].depth + 1);
    while (at < count && (items[at].parent != parent || items[at].index != index)) ++at;
    if (at == count) {
      if (count == most_positions) ERROR_the_left_sides_of_a_set_look_at_more_than_60_places();
      items[count++] = {parent, index, depth};
    }
    return static_cast<std::uint8_t>(first_position + at);
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

/// Whether a step may need an operator, or none of some, at its position.
constexpr bool asks_for_operator(StepKind kind) {
  return kind == StepKind::op || (StepKind::constant <= kind && kind <= StepKind::truth);
}

/// The operator that a step needs at its position, where a decision tree can ask for it; none if it needs no one.
/// What lies below an operator of any number of sources is not there to be asked.
constexpr Op demanded_op(const Step& step) {
  if (step.kind == StepKind::op) {
    const bool is_fixed = step.sources == Sources::exact && step.op != Op::constant &&
                          static_cast<std::size_t>(step.op) < op_count && info(step.op).arity == step.index;
    return is_fixed ? step.op : Op::none;
  }
  return step.kind == StepKind::constant || is_literal(step.kind) ? Op::constant : Op::none;
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

struct TableSizes {
  std::size_t rows = 0, steps = 0, rules = 0, replacements = 0, builds = 0, conditions = 0;
  friend constexpr TableSizes operator+(TableSizes a, TableSizes b) {
    return {a.rows + b.rows,     a.steps + b.steps,          a.rules + b.rules, a.replacements + b.replacements,
            a.builds + b.builds, a.conditions + b.conditions};
  }
};

/// Where the tables of some rules are written, with room for so much. Rows and steps that do not fit are counted but
/// not kept: their last place is for them.
struct TableWriter {
  TableSizes sizes, room;
  PositionList& positions;
  Row* rows;
  Op* roots;
  RecordKind* root_kinds;
  Step* steps;
  CompiledRule* rules;
  CompiledReplacement* replacements;
  BuildStep* builds;
  Condition* conditions;

  constexpr Step& new_step() {
    const std::size_t at = sizes.steps++;
    return steps[at < room.steps ? at : room.steps];
  }
  constexpr void add_row(const Row& row, Op root, RecordKind root_kind) {
    const std::size_t at = sizes.rows < room.rows ? sizes.rows : room.rows;
    ++sizes.rows;
    rows[at] = row;
    roots[at] = root;
    root_kinds[at] = root_kind;
  }
};

/// A row of which nothing is known yet.
inline constexpr Row empty_row = [] {
  Row row{};
  row.root_arity = any_arity;
  for (std::uint8_t& slot : row.slots) slot = unbound;
  return row;
}();

/// Makes the rows of one rule: a walk over the left side for each combination of choices. What finds the sources and
/// their operators is written at once; the other steps follow.
template <std::size_t Room>
struct RowMaker {
  const PatternTree& left;
  const DTypeRoles<Room>& roles;
  const std::uint8_t (&slots)[Room];  ///< of each record's name, or unbound
  TableWriter& out;
  bool constants_last;

  Step rest[4 * Room] = {};
  std::uint32_t rest_count = 0;
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
    rest_count = 0;
    row = empty_row;
    row.first_step = static_cast<std::uint32_t>(out.sizes.steps);
    next_default = first_default;
    depth = 0;
    visit(left.count - 1, 0, any_dtype, true);
  }
  constexpr void finish() {
    for (std::uint32_t i = 0; i < rest_count; ++i) out.new_step() = rest[i];
    row.step_count = static_cast<std::uint32_t>(out.sizes.steps) - row.first_step;
    if (row.step_count > most_row_steps) ERROR_a_left_side_takes_more_than_256_steps();
    out.add_row(row, root, root_kind);
  }

  /// Notes that a decision tree can ask for a position, if it can ask for the one above: then row.decided has that.
  constexpr void decide(std::uint8_t reg) {
    if (reg < first_position) return;
    const std::uint8_t parent = out.positions.items[reg - std::size_t{first_position}].parent;
    if (parent == 0 || (row.decided >> (parent - first_position) & 1) != 0)
      row.decided |= std::uint64_t{1} << (reg - first_position);
  }

  /// Binds the name of record i, which has one.
  constexpr void bind(std::uint32_t i, std::uint8_t reg) {
    std::uint8_t& slot = row.slots[slots[i]];
    if (slot == unbound)
      slot = reg;
    else
      rest[rest_count++] = step_of(StepKind::same, reg, slot);
  }

  constexpr void visit(std::uint32_t i, std::uint8_t reg, DTypes implied, bool is_root) {
    const PatternRecord& record = left.records[i];
    if (record.kind == RecordKind::alternatives) {
      if (slots[i] != unbound) bind(i, reg);
      return visit(left.child(i, choose(record.arity)), reg, implied, is_root);
    }
    if (record.kind == RecordKind::optional) return visit(left.child(i, 0), reg, implied, is_root);
    if (is_root) {
      root = record.op;
      root_kind = record.kind;
    }
    if (record.kind == RecordKind::operation || record.kind == RecordKind::any_operator)
      return visit_operation(i, reg, implied, is_root);
    visit_leaf(i, reg, implied);
    if (slots[i] != unbound) bind(i, reg);
  }

  constexpr void visit_leaf(std::uint32_t i, std::uint8_t reg, DTypes implied) {
    const PatternRecord& record = left.records[i];
    const std::uint32_t role = roles[i].mask;
    if ((implied.mask & ~role) != 0) test_dtype(i, reg);
    StepKind kind = StepKind::nonconstant;
    switch (record.kind) {
    case RecordKind::constant: kind = StepKind::constant; break;
    case RecordKind::variable:
      if (record.bits == 0) return;
      break;
    case RecordKind::integer: kind = StepKind::integer; break;
    case RecordKind::real: kind = StepKind::real; break;
    case RecordKind::truth: kind = StepKind::truth; break;
    default: return;
    }
    // With the dtypes that the node can have where the dtypes are as they have to be.
    rest[rest_count++] = {kind, reg, 0, 0, {}, Op::none, {implied.mask & role}, record.bits};
    decide(reg);
  }

  constexpr void test_dtype(std::uint32_t i, std::uint8_t reg) {
    rest[rest_count++] = {StepKind::dtype, reg, 0, 0, {}, Op::none, roles[i], 0};
  }

  constexpr void visit_operation(std::uint32_t i, std::uint8_t reg, DTypes implied, bool is_root) {
    const PatternRecord& record = left.records[i];
    for (std::uint32_t k = 0; k < record.arity && !is_root; ++k)
      if (left.records[left.child(i, k)].kind == RecordKind::optional && choose(2) == 1)
        return visit_without(i, k, reg, implied);
    const bool one_op = record.kind == RecordKind::operation;
    const std::uint8_t arity = record.sources == Sources::every ? 0 : record.arity;
    const bool fixed_arity = one_op && record.sources == Sources::exact && info(record.op).arity == record.arity;
    if (!is_root || !fixed_arity) {
      Step& step = out.new_step();
      step = {one_op ? StepKind::op : StepKind::op_class, reg, 0, arity, record.sources, record.op, {}, 0};
      if (demanded_op(step) != Op::none) decide(reg);
    }
    if (is_root && !one_op && record.sources == Sources::exact) row.root_arity = arity;
    if (record.has_argument) rest[rest_count++] = {StepKind::argument, reg, 0, 0, {}, Op::none, {}, record.bits};
    const bool tells_dtype = one_op && (is_comparison(record.op) || record.op == Op::logical_not);
    if (!tells_dtype && (implied.mask & ~roles[i].mask) != 0) test_dtype(i, reg);
    if (slots[i] != unbound) bind(i, reg);
    if (record.sources == Sources::every) return visit_every(i, reg);
    visit_sources(i, reg);
  }

  constexpr void visit_every(std::uint32_t i, std::uint8_t reg) {
    const std::uint32_t leaf = left.child(i, 0);
    const bool constant = left.records[leaf].kind == RecordKind::constant;
    rest[rest_count++] = {StepKind::every, reg, 0, static_cast<std::uint8_t>(constant), {}, Op::none, roles[leaf], 0};
  }

  /// Whether the operands of record i stand in the other order in this row.
  constexpr bool is_swapped(std::uint32_t i) {
    const PatternRecord& record = left.records[i];
    if (record.kind != RecordKind::operation || !is_commutative(record.op) || record.arity != 2) return false;
    const PatternRecord& b = left.records[i - 1];
    const PatternRecord& a = left.records[i - 1 - b.size];
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
      if (left.records[operand].kind == RecordKind::anything && roles[operand].mask == any_dtype.mask) continue;
      const auto index = static_cast<std::uint8_t>(k);
      const std::uint8_t to = out.positions.register_of(reg, index);
      out.new_step() = step_of(StepKind::source, reg, to, index);
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
    rest[rest_count++] = {kind, reg, to, 0, {}, Op::none, {}, missing.bits};
    if (slots[operand] != unbound) bind(operand, to);
    visit(left.child(i, 1 - k), reg, implied, false);
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
