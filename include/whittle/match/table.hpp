// A compiled rule set as plain tables: rows of matching steps by root operator, and what to build.
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
  truth,     ///< register `from` is that literal
  same,      ///< registers `from` and `target` are the same node
  argument,  ///< register `from` has that argument
  fill_integer,
  fill_real,  ///< register `target` = a constant of the dtype of register `from`
};

struct Step {
  StepKind kind = StepKind::source;
  std::uint8_t from = 0, target = 0, index = 0;
  Sources sources = Sources::exact;
  Op op = Op::none;
  DTypes dtypes = any_dtype;
  std::uint64_t bits = 0;
};

inline constexpr std::size_t most_slots = 16;      ///< names a rule
inline constexpr std::size_t most_registers = 48;  ///< nodes a row looks at
inline constexpr std::size_t most_variants = 64;   ///< rows a rule
inline constexpr std::uint8_t unbound = 255;

/// A rule for one order of commutative operands and one choice of alternatives.
struct Row {
  std::uint16_t rule = 0;
  std::uint8_t root_arity = any_arity;  ///< of any operator: how many sources it has to have
  std::uint32_t first_step = 0, step_count = 0;
  std::uint32_t first_rest = 0, rest_count = 0;  ///< the steps that the filter leaves to be tried
  std::uint8_t slots[most_slots] = {};           ///< the register of each of the rule's names
};

enum class BuildKind : std::uint8_t { slot, integer, real, truth, operation, any_operator };
enum class DTypeFrom : std::uint8_t { root, slot, fixed, operand };

/// A step of a right side or a guard, in post-order: operands lie on a stack.
struct BuildStep {
  BuildKind kind = BuildKind::slot;
  std::uint8_t arity = 0;
  std::uint8_t slot = 0;
  DTypeFrom dtype_from = DTypeFrom::root;
  std::uint8_t dtype_at = 0;  ///< slot or operand number
  DType dtype = DType::none;
  bool has_argument = false;
  bool must_hold = false;  ///< a condition of a conjunction, as a guard as a whole is
  Op op = Op::none;
  std::uint64_t bits = 0;
};

struct CompiledReplacement {
  std::uint32_t first_build = 0, build_count = 0;
  std::uint32_t first_guard = 0, guard_count = 0;
};

struct CompiledRule {
  std::uint16_t first_replacement = 0, replacement_count = 0;
  std::uint16_t lambda = 0;  ///< its number among the lambda rules
  bool is_lambda = false;
  std::uint8_t argument_count = 0;
  std::uint8_t arguments[most_slots] = {};  ///< slots
};

inline constexpr std::size_t filtered_sources = 3;  ///< sources that the filter looks at

/// The filter of a bucket: `width` words for each dtype of the node, then for each source and column of operators.
struct FilterBucket {
  std::uint32_t first = 0, width = 0;
};

struct FilterView {
  const std::uint8_t* columns = nullptr;  ///< by built-in operator, then any other
  std::size_t column_count = 0;
  const FilterBucket* buckets = nullptr;
  const std::uint64_t* words = nullptr;
  const Step* steps = nullptr;

  constexpr std::size_t column_of(Op op) const {
    return columns[static_cast<std::size_t>(op) < op_count ? static_cast<std::size_t>(op) : op_count];
  }
};

/// Views of a compiled set, whatever its size.
struct TableView {
  const Row* rows = nullptr;
  const Step* steps = nullptr;
  const CompiledRule* rules = nullptr;
  const CompiledReplacement* replacements = nullptr;
  const BuildStep* builds = nullptr;
  const std::uint32_t* bucket_begin = nullptr;  ///< by built-in operator, then by user operator, then any other
  const std::uint16_t* bucket_rows = nullptr;
  const Op* user_ops = nullptr;
  std::size_t user_op_count = 0;
  std::size_t rule_count = 0;
  FilterView filter = {};

  constexpr std::size_t bucket_of(Op op) const {
    if (static_cast<std::size_t>(op) < op_count) return static_cast<std::size_t>(op);
    for (std::size_t i = 0; i < user_op_count; ++i)
      if (user_ops[i] == op) return op_count + i;
    return op_count + user_op_count;
  }
};

}  // namespace v0
}  // namespace whittle
