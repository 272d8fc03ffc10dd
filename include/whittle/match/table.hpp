// A compiled rule set as plain tables: rows of matching steps, and what to build.
#pragma once

#include <cstddef>
#include <cstdint>

#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {

/// One step of a row. Registers hold nodes; register 0 is the node to be rewritten.
enum class StepKind : std::uint8_t {
  source,       ///< register `target` = source `index` of register `from`
  op,           ///< register `from` has operator `op` and `index` sources (see `sources`)
  op_class,     ///< register `from` has an operator of class `op` and `index` sources
  every,        ///< every source of register `from` is of `dtypes` (and a constant, if `index` is 1)
  dtype,        ///< register `from` is of `dtypes`
  constant,     ///< register `from` is a constant
  nonconstant,  ///< register `from` is none
  integer,
  real,
  truth,     ///< register `from`, one of `dtypes`, is that literal; `index` is 1 if it is known to be a constant
  same,      ///< registers `from` and `target` are the same node
  argument,  ///< register `from` has that argument
  fill_integer,
  fill_real,  ///< register `target` = a constant of the dtype of register `from`
  // Conditions of a guard that no other value is asked for. Registers are constants; where these are no integers of 64
  // bits, or their result is none, there is no telling, and the step holds: the guard itself is judged later.
  compare_number,     ///< `op` of register `from` and `bits`; if `index` is 1 the other way round
  compare_sum,        ///< `op` of register `from` and register `target` + `bits`
  compare_product,    ///< `op` of register `from` and register `target` * register `index`
  compare_remainder,  ///< `op` of register `from` modulo register `target`, floored, and `bits`
};

// No initialisers in what tables are made of: where there are any, clang runs them for each element of an array that is
// set to {}: with them a set of twenty rules took a fifth more.

struct Step {
  StepKind kind;
  std::uint8_t from, target, index;
  Sources sources;
  Op op;
  DTypes dtypes;
  std::uint64_t bits;
};

/// A step that needs no more than this.
constexpr Step step_of(StepKind kind, std::uint8_t from, std::uint8_t target, std::uint8_t index = 0) {
  return {kind, from, target, index, Sources::exact, Op::none, {}, 0};
}

/// A step without its `bits`, as a template argument.
using PackedStep = std::uint64_t;
static_assert(dtype_count <= 16 && StepKind::compare_remainder < StepKind{32});
constexpr PackedStep packed(const Step& step) {
  const auto at = [](auto field, unsigned place) { return static_cast<std::uint64_t>(field) << place; };
  return at(step.kind, 0) | at(step.sources, 5) | at(step.from, 8) | at(step.target, 16) | at(step.index, 24) |
         at(step.op, 32) | at(step.dtypes.mask, 48);
}
constexpr Step unpacked(PackedStep step, std::uint64_t bits) {
  const auto byte = [&](unsigned place) { return static_cast<std::uint8_t>(step >> place); };
  const auto kind = static_cast<StepKind>(step & 31);
  const auto sources = static_cast<Sources>((step >> 5) & 3);
  const auto op = static_cast<Op>((step >> 32) & 0xffff);
  return {kind, byte(8), byte(16), byte(24), sources, op, DTypes{static_cast<std::uint32_t>(step >> 48)}, bits};
}

inline constexpr std::size_t most_slots = 16;      ///< names a rule
inline constexpr std::size_t most_variants = 64;   ///< rows a rule
inline constexpr std::size_t most_positions = 60;  ///< places below a node that the left sides of a set look at
inline constexpr std::size_t most_row_steps = 256;
inline constexpr std::size_t most_operands = 16;  ///< that wait while a right side is built or a guard judged
inline constexpr std::uint8_t unbound = 255;
inline constexpr std::size_t entries_a_group = dtype_count + 1;  ///< by dtype; the last for graphs without

// Registers: the node itself, defaults of missing operands, then the positions of the set.
inline constexpr std::uint8_t first_default = 1, first_position = 8;
inline constexpr std::uint8_t root_source_count = 3;  ///< the first positions: those of the node's own sources
inline constexpr std::size_t most_registers = first_position + most_positions;

// What lies near a node: its first two sources, and of each the first two.
inline constexpr std::uint8_t near_a = first_position, near_b = first_position + 1;
inline constexpr std::uint8_t near_below = first_position + root_source_count;  ///< of four registers
inline constexpr std::uint8_t near_end = near_below + 4;
inline constexpr std::size_t near_count = 6;
constexpr bool is_near(std::uint8_t reg) {
  return reg == near_a || reg == near_b || (reg >= near_below && reg < near_end);
}
constexpr std::size_t near_number(std::uint8_t reg) {
  return reg < near_below ? std::size_t{reg} - near_a : std::size_t{reg} - near_below + 2;
}
/// The pairs of them that may have to be the same node.
struct NearPair {
  std::uint8_t first, second;
};
inline constexpr NearPair near_pairs[] = {
    {near_a, near_b},
    {near_b, near_below},
    {near_b, near_below + 1},
    {near_a, near_below + 2},
    {near_a, near_below + 3},
    {near_below, near_below + 2},
    {near_below + 1, near_below + 3},
    {near_below, near_below + 3},
    {near_below + 1, near_below + 2},
};
inline constexpr std::size_t near_pair_count = std::size(near_pairs), no_pair = near_pair_count;
constexpr std::size_t near_pair(std::uint8_t x, std::uint8_t y) {
  std::size_t pair = 0;
  for (; pair < near_pair_count; ++pair)
    if ((near_pairs[pair].first == x && near_pairs[pair].second == y) ||
        (near_pairs[pair].first == y && near_pairs[pair].second == x))
      break;
  return pair;
}

/// A place below a node: a source of the node itself or of another position, which comes before it.
struct Position {
  std::uint8_t parent, index;  ///< register and source
  std::uint8_t depth;
  friend constexpr bool operator==(const Position&, const Position&) = default;
};

/// A rule for one order of commutative operands and one choice of alternatives.
struct Row {
  std::uint16_t rule;
  std::uint8_t root_arity;  ///< of any operator: how many sources it has to have
  bool has_default;         ///< an operand is missing in it
  std::uint32_t first_step, step_count;
  std::uint64_t decided;           ///< the positions that a decision tree asks for it, a bit each
  std::uint8_t slots[most_slots];  ///< the register of each of the rule's names
};

enum class BuildKind : std::uint8_t { slot, integer, real, truth, operation, any_operator };
/// The dtype of a step: that of a value, or fixed. `operand`: that of an operand, before operands are values.
enum class DTypeFrom : std::uint8_t { value, fixed, operand };

// Values: the node that is replaced, what each name of the rule stands for, then what is built.
inline constexpr std::uint8_t root_value = 0, first_slot_value = 1, first_built_value = first_slot_value + most_slots;
inline constexpr std::size_t most_values = first_built_value + most_operands;
inline constexpr std::uint8_t most_few_operands = 3;
constexpr std::uint8_t value_of_slot(std::uint8_t slot) { return static_cast<std::uint8_t>(first_slot_value + slot); }

/// A step of a guard, in post-order: operands lie on a stack. Or of a right side, where operands are values: names that
/// are operands of few take no step.
struct BuildStep {
  BuildKind kind;
  std::uint8_t arity;
  std::uint8_t slot;
  DTypeFrom dtype_from;
  std::uint8_t dtype_at;  ///< value or operand number
  DType dtype;
  bool has_argument;
  bool may_fold;       ///< elementwise: over constants it is one
  std::uint16_t size;  ///< of the expression that ends with this step
  Op op;
  std::uint8_t target;                       ///< of a right side: the value that it makes
  std::uint8_t operands[most_few_operands];  ///< the values that it takes; of more than few the first, others follow
  std::uint64_t bits;
};

/// One of the conditions that a guard is a conjunction of: the build steps of a comparison's left and right side and
/// then its own, or those of any other condition.
struct Condition {
  Op comparison;  ///< none: it is no comparison
  std::uint16_t left, right, size;
  std::uint32_t first;
};

struct CompiledReplacement {
  std::uint32_t first_build, build_count;
  std::uint32_t first_condition, condition_count;
};

struct CompiledRule {
  std::uint16_t first_replacement, replacement_count;
  std::uint16_t lambda;  ///< its number among the lambda rules
  bool is_lambda;
  std::uint8_t slot_count;
  std::uint8_t argument_count;
  std::uint8_t arguments[most_slots];  ///< slots
};

/// What compilation has to know of a graph type.
struct GraphKind {
  bool constants_last = false;  ///< it orders the operands of commutative operators so
  bool has_dtypes = false;
};

/// Rows whose root can be the same: sorted as written. Group 0 is empty.
struct GroupView {
  const std::uint8_t* of_op = nullptr;  ///< by built-in operator
  const Op* user_ops = nullptr;         ///< users' operators that root a rule, and their groups
  const std::uint8_t* of_user_op = nullptr;
  std::size_t user_op_count = 0;
  std::uint8_t of_others = 0;              ///< of all other users' operators
  const std::uint32_t* begin = nullptr;    ///< by group
  const std::uint16_t* members = nullptr;  ///< rows
  std::size_t count = 0;

  constexpr std::size_t of(Op op) const {
    if (static_cast<std::size_t>(op) < op_count) return of_op[static_cast<std::size_t>(op)];
    for (std::size_t i = 0; i < user_op_count; ++i)
      if (user_ops[i] == op) return of_user_op[i];
    return of_others;
  }
};

/// What one operator at the position that a state asks about leads to.
struct TreeEdge {
  Op op;
  std::uint16_t to;
};

/// A state of a decision tree: it asks for the operator at one position, or is a leaf, whose rows are tried one
/// after another. State 0 is a leaf without rows.
struct TreeState {
  std::uint8_t asks;           ///< a register; 0: a leaf
  std::uint16_t first, count;  ///< edges, or rows of a leaf
  std::uint16_t otherwise;
};
static_assert(op_count <= 64);

/// A row, and the steps that are left to be taken once something is known of the node.
struct ResidualRow {
  std::uint16_t row, step_count;
  std::uint32_t first_step;
};

/// Views of a compiled set, whatever its size.
struct TableView {
  const Row* rows = nullptr;
  const Step* steps = nullptr;
  const CompiledRule* rules = nullptr;
  const CompiledReplacement* replacements = nullptr;
  const BuildStep* builds = nullptr;
  const Condition* conditions = nullptr;
  const Position* positions = nullptr;
  std::size_t row_count = 0, rule_count = 0, position_count = 0;
  GroupView groups = {};
};

}  // namespace v0
}  // namespace whittle
