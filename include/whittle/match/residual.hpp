// What is left of a row once a decision tree has asked for some positions.
#pragma once

#include <whittle/match/compile_rule.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Set in what is decided: the node's own operator has one number of sources, and the row is for it. Then the registers
/// of the node's first sources are loaded before any step.
inline constexpr std::uint64_t root_is_known = std::uint64_t{1} << 63;
inline constexpr std::uint64_t root_sources = (std::uint64_t{1} << root_source_count) - 1;
inline constexpr std::uint64_t near_positions = 0b1111011;
static_assert(near_positions ==
              (position_bit(near_a) | position_bit(near_b) | std::uint64_t{15} << (near_below - first_position)));

/// Writes the steps that are left, and before each those that load its registers, unless that has been done: a row
/// that fails has loaded little.
struct ResidualMaker {
  const TableView& table;
  const Row& row;
  std::uint64_t decided;
  Step* out;  ///< of row.step_count steps
  std::uint16_t count = 0;
  std::uint64_t loaded = 0;
  bool is_near_loaded = false;  ///< and near nodes have been compared

  constexpr void make() {
    loaded = (decided & ~root_is_known) | ((decided & root_is_known) != 0 ? root_sources : 0) |
             (is_near_loaded ? near_positions : 0);
    std::uint16_t waiting[most_row_steps];
    std::uint32_t left = 0;
    for (std::uint32_t i = row.first_step, end = i + row.step_count; i < end; ++i)
      if (!is_decided(table.steps[i])) waiting[left++] = static_cast<std::uint16_t>(i - row.first_step);
    order(waiting, left);
    for (std::uint32_t i = 0; i < table.rules[row.rule].slot_count; ++i)
      if (row.slots[i] != unbound) load(row.slots[i]);
  }

  /// Puts the steps so that of those that can be taken without a load the first is next, else the first of all.
  constexpr void order(std::uint16_t* waiting, std::uint32_t left) {
    const Step* steps = table.steps + row.first_step;
    for (; left > 0; --left) {
      std::uint32_t next = 0;
      while (next < left && !is_ready(steps[waiting[next]])) ++next;
      if (next == left) next = 0;
      add(steps[waiting[next]]);
      for (std::uint32_t i = next; i + 1 < left; ++i) waiting[i] = waiting[i + 1];
    }
  }
  constexpr bool is_loaded(std::uint8_t reg) const {
    return reg < first_position || (loaded >> (reg - first_position) & 1) != 0;
  }
  constexpr bool is_ready(const Step& step) const {
    if (step.kind == StepKind::compare_product && !is_loaded(step.index)) return false;
    return is_loaded(step.from) && (!looks_at_target(step.kind) || is_loaded(step.target));
  }

  static constexpr bool looks_at_target(StepKind kind) {
    return kind == StepKind::same || kind > StepKind::compare_number;
  }

  constexpr bool is_decided(const Step& step) const {
    switch (step.kind) {
    case StepKind::source: return true;           // written where it is needed
    case StepKind::dtype: return step.from == 0;  // by the entry
    case StepKind::op_class: return step.from == 0 && (decided & root_is_known) != 0 && step.sources == Sources::exact;
    case StepKind::same: return is_near_loaded && near_pair(step.from, step.target) != no_pair;
    case StepKind::constant:
    case StepKind::nonconstant: return is_asked(step.from);
    case StepKind::op: return is_asked(step.from) && demanded_op(step) != Op::none;
    default: return false;
    }
  }
  constexpr bool is_asked(std::uint8_t reg) const {
    return reg >= first_position && (decided >> (reg - first_position) & 1) != 0;
  }
  constexpr void add(const Step& step) {
    load(step.from);
    if (looks_at_target(step.kind)) load(step.target);
    if (step.kind == StepKind::compare_product) load(step.index);
    Step& added = out[count++];
    added = step;
    if (step.kind == StepKind::op && demanded_op(step) != Op::none) added.sources = Sources::every;  // by its operator
    if (is_literal(step.kind) && is_asked(step.from)) added.index = 1;
  }
  constexpr void load(std::uint8_t reg) {
    if (is_loaded(reg)) return;
    loaded |= position_bit(reg);
    const Position& position = table.positions[reg - std::size_t{first_position}];
    load(position.parent);
    out[count++] = step_of(StepKind::source, position.parent, reg, position.index);
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
