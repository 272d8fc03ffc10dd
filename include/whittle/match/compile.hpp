// Compiles a rule set into tables, in constant expressions.
#pragma once

#include <utility>

#include <whittle/match/compile_build.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The rows of some rules, or of all.
template <TableSizes Room>
struct Tables {
  TableSizes sizes;
  PositionList positions = {};
  Row rows[Room.rows + 1] = {};
  Op roots[Room.rows + 1] = {};
  RecordKind root_kinds[Room.rows + 1] = {};
  Step steps[Room.steps + 1] = {};
  CompiledRule rules[Room.rules + 1] = {};
  CompiledReplacement replacements[Room.replacements + 1] = {};
  BuildStep builds[Room.builds + 1] = {};
  Condition conditions[Room.conditions + 1] = {};

  constexpr TableWriter writer() {
    return {{}, Room, positions, rows, roots, root_kinds, steps, rules, replacements, builds, conditions};
  }
};

/// Compiles rules of a set, one after another, into tables. `Room`: the records of the largest pattern.
template <std::size_t Room>
struct RuleCompiler {
  const RuleSetView& set;
  bool constants_last;
  TableWriter out;

  constexpr void add_rule(std::uint16_t number, std::uint16_t lambda) {
    const RuleInfo& rule = set.rules[number];
    const Names names(set.records + rule.left.begin, rule.left.size);
    CompiledRule& compiled = out.rules[out.sizes.rules++];
    compiled.is_lambda = rule.is_lambda;
    compiled.lambda = lambda;
    compiled.slot_count = names.size();
    compiled.first_replacement = static_cast<std::uint16_t>(out.sizes.replacements);
    compiled.replacement_count = static_cast<std::uint16_t>(rule.replacement_count);
    for (std::uint32_t i = 0; i < rule.replacement_count; ++i)
      add_replacement(set.replacements[rule.replacements + i], names);
    compiled.argument_count = static_cast<std::uint8_t>(rule.arguments.size);
    for (std::uint32_t i = 0; i < rule.arguments.size; ++i)
      compiled.arguments[i] = names.slot_of(set.records[rule.arguments.begin + i].name);
    add_rows(number, rule, names);
  }

  constexpr void add_replacement(const ReplacementInfo& info, const Names& names) {
    CompiledReplacement& made = out.replacements[out.sizes.replacements++];
    made.first_build = static_cast<std::uint32_t>(out.sizes.builds);
    BuildStep* const steps = out.builds + out.sizes.builds;
    made.build_count = place_values(steps, make_builds(info.right, names, steps));
    out.sizes.builds += made.build_count;
    made.first_condition = static_cast<std::uint32_t>(out.sizes.conditions);
    const auto guard = static_cast<std::uint32_t>(out.sizes.builds);
    out.sizes.builds += make_builds(info.guard, names, out.builds + guard);
    add_conditions(guard, info.guard.size);
    made.condition_count = static_cast<std::uint32_t>(out.sizes.conditions) - made.first_condition;
  }

  /// The steps of a right side or a guard; how many.
  constexpr std::uint32_t make_builds(PatternSpan span, const Names& names, BuildStep* steps) const {
    BuildMaker<Room> maker{set.records + span.begin, names, steps};
    maker.make(span.size);
    return span.size;
  }

  /// Takes the conjunction that a guard is apart, from its end: what waits is as deep as the guard is nested, however
  /// long it is.
  constexpr void add_conditions(std::uint32_t first, std::uint32_t count) {
    if (count == 0) return;
    const std::size_t begin = out.sizes.conditions;
    std::uint32_t ends[most_operands + 1] = {first + count};
    for (std::size_t waiting = 1; waiting > 0;) {
      const std::uint32_t end = ends[--waiting];
      if (is_conjunction(out.builds[end - 1])) {
        ends[waiting++] = end - 1 - out.builds[end - 2].size;
        ends[waiting++] = end - 1;
      } else {
        out.conditions[out.sizes.conditions++] = condition_before(out.builds, end);
      }
    }
    for (std::size_t i = begin, k = out.sizes.conditions; i + 1 < k; ++i) {
      const Condition last = out.conditions[--k];
      out.conditions[k] = out.conditions[i];
      out.conditions[i] = last;
    }
  }

  constexpr void add_rows(std::uint16_t number, const RuleInfo& rule, const Names& names) {
    const PatternTree left{set.records + rule.left.begin, rule.left.size};
    const DTypeRoles<Room> roles(left, rule.arithmetic);
    std::uint8_t slots[Room] = {};
    for (std::uint32_t i = 0; i < left.count; ++i)
      slots[i] = left.records[i].name.empty() ? unbound : names.slot_of(left.records[i].name);
    RowMaker<Room> maker{left, roles, slots, out, constants_last};
    std::size_t variants = 0;
    do {
      maker.walk();
      maker.row.rule = number;
      if (rule.replacement_count == 1) add_condition_steps(maker);
      maker.finish();
      if (++variants > most_variants) ERROR_a_rule_has_more_than_64_variants();
    } while (maker.advance());
  }

  /// Conditions on constants of the last replacement, which is the rule's only one.
  constexpr void add_condition_steps(RowMaker<Room>& maker) {
    const CompiledReplacement& replacement = out.replacements[out.sizes.replacements - 1];
    if (replacement.condition_count == 0) return;
    std::uint64_t constants = 0;
    for (std::uint32_t i = 0; i < maker.rest_count; ++i) {
      const Step& step = maker.rest[i];
      if ((step.kind == StepKind::constant || is_literal(step.kind)) && step.from >= first_position)
        constants |= position_bit(step.from);
    }
    const ConditionSteps conditions(out.builds, maker.row.slots, constants);
    for (std::uint32_t i = 0; i < replacement.condition_count; ++i)
      if (conditions.step_of(out.conditions[replacement.first_condition + i], maker.rest[maker.rest_count]))
        ++maker.rest_count;
  }
};

// A set is compiled in parts, each a constant expression of its own: clang allows about a million steps for one.
inline constexpr std::size_t rules_a_part = 16;
/// Room for the rules of most parts: what they build is known at most, rows and steps are guessed.
constexpr TableSizes room_of_part(const RuleSetView& set, std::size_t part, bool constants_last) {
  constexpr std::size_t most_rows = 128, most_steps = 1024;
  TableSizes room{0, 0, rules_a_part, 0, 0, 0};
  for (std::size_t r = part * rules_a_part; r < set.rule_count && r < (part + 1) * rules_a_part; ++r) {
    const RuleInfo& rule = set.rules[r];
    const std::size_t rows = expected_rows(set.records + rule.left.begin, rule.left.size, constants_last);
    room.rows += rows;
    room.steps += rows * (2 * rule.left.size + 4);
    room.replacements += rule.replacement_count;
    for (std::uint32_t i = 0; i < rule.replacement_count; ++i) {
      const ReplacementInfo& replacement = set.replacements[rule.replacements + i];
      room.builds += replacement.right.size + replacement.guard.size;
      room.conditions += (replacement.guard.size + 1) / 2;  // as many as can be
    }
  }
  if (room.rows > most_rows) room.rows = most_rows;
  if (room.steps > most_steps) room.steps = most_steps;
  return room;
}

template <const auto& Set, bool ConstantsLast, std::size_t Part, TableSizes Room>
constexpr Tables<Room> make_part() {
  const RuleSetView set(Set);
  Tables<Room> part;
  if (largest_pattern_of<Set> > 250) ERROR_a_pattern_has_more_than_250_parts();
  RuleCompiler<largest_pattern_of<Set>> compiler{set, ConstantsLast, part.writer()};
  const std::size_t first = Part * rules_a_part, end = first + rules_a_part;
  std::uint16_t lambdas = 0;
  for (std::size_t r = 0; r < end && r < set.rule_count; ++r) {
    if (r >= first) compiler.add_rule(static_cast<std::uint16_t>(r), lambdas);
    if (set.rules[r].is_lambda) ++lambdas;
  }
  part.sizes = compiler.out.sizes;
  return part;
}
template <const auto& Set, bool ConstantsLast, std::size_t Part>
inline constexpr TableSizes first_room_of = room_of_part(RuleSetView(Set), Part, ConstantsLast);
template <const auto& Set, bool ConstantsLast, std::size_t Part>
inline constexpr auto part_of = make_part<Set, ConstantsLast, Part, first_room_of<Set, ConstantsLast, Part>>();

constexpr TableSizes room_for(TableSizes first, TableSizes needed) {
  first.rows = needed.rows;
  first.steps = needed.steps;
  return first;
}
/// A part that did not fit, in the room that it takes.
template <const auto& Set, bool ConstantsLast, std::size_t Part>
inline constexpr auto large_part_of =
    make_part<Set, ConstantsLast, Part,
              room_for(first_room_of<Set, ConstantsLast, Part>, part_of<Set, ConstantsLast, Part>.sizes)>();

template <const auto& Set, bool ConstantsLast, std::size_t Part>
constexpr const auto& whole_part() {
  constexpr TableSizes room = first_room_of<Set, ConstantsLast, Part>, needed = part_of<Set, ConstantsLast, Part>.sizes;
  if constexpr (needed.rows <= room.rows && needed.steps <= room.steps)
    return part_of<Set, ConstantsLast, Part>;
  else
    return large_part_of<Set, ConstantsLast, Part>;
}

/// Appends parts: what counts from a part's begin then counts from the begin of all, and the positions are those
/// of the whole set. What is near the node has the same register in all parts.
struct PartAppender {
  TableWriter all;
  std::uint8_t registers[most_registers] = {};  ///< of a position of the part

  constexpr void append(const auto& part) {
    number_positions(part.positions);
    const TableSizes at = all.sizes;
    for (std::size_t i = 0; i < part.sizes.rules; ++i) {
      CompiledRule& rule = all.rules[at.rules + i] = part.rules[i];
      rule.first_replacement = static_cast<std::uint16_t>(rule.first_replacement + at.replacements);
    }
    for (std::size_t i = 0; i < part.sizes.rows; ++i)
      append_row(part.rows[i], at.steps, part.roots[i], part.root_kinds[i]);
    for (std::size_t i = 0; i < part.sizes.steps; ++i) append_step(part.steps[i]);
    for (std::size_t i = 0; i < part.sizes.replacements; ++i) {
      CompiledReplacement& replacement = all.replacements[at.replacements + i] = part.replacements[i];
      replacement.first_build += static_cast<std::uint32_t>(at.builds);
      replacement.first_condition += static_cast<std::uint32_t>(at.conditions);
    }
    for (std::size_t i = 0; i < part.sizes.conditions; ++i) {
      Condition& condition = all.conditions[at.conditions + i] = part.conditions[i];
      condition.first += static_cast<std::uint32_t>(at.builds);
    }
    for (std::size_t i = 0; i < part.sizes.builds; ++i) all.builds[at.builds + i] = part.builds[i];
    all.sizes = at + part.sizes;
  }

  constexpr void number_positions(const PositionList& positions) {
    for (std::uint8_t r = 0; r < first_position; ++r) registers[r] = r;
    for (std::size_t p = 0; p < positions.count; ++p) {
      const Position& position = positions.items[p];
      registers[first_position + p] = all.positions.register_of(registers[position.parent], position.index);
    }
  }
  constexpr void append_row(const Row& row, std::size_t steps, Op root, RecordKind root_kind) {
    all.add_row(row, root, root_kind);
    Row& added = all.rows[all.sizes.rows - 1];
    added.first_step += static_cast<std::uint32_t>(steps);
    for (std::uint32_t i = 0, count = all.rules[row.rule].slot_count; i < count; ++i)
      if (row.slots[i] >= near_end && row.slots[i] != unbound) added.slots[i] = registers[row.slots[i]];
    constexpr std::uint64_t near = position_bit(near_end) - 1;
    added.decided = row.decided & near;
    for (std::uint64_t rest = row.decided & ~near; rest != 0; rest &= rest - 1)
      added.decided |= position_bit(registers[static_cast<std::size_t>(first_position + std::countr_zero(rest))]);
  }
  constexpr void append_step(const Step& step) {
    Step& added = all.steps[all.sizes.steps++];
    added = step;
    if (step.from >= near_end) added.from = registers[step.from];
    if (step.target >= near_end) added.target = registers[step.target];
    if (step.kind == StepKind::compare_product) added.index = registers[step.index];
  }
};

template <const auto& Set, bool ConstantsLast, std::size_t... Parts>
constexpr auto join_parts(std::index_sequence<Parts...>) {
  Tables<(TableSizes{} + ... + whole_part<Set, ConstantsLast, Parts>().sizes)> all;
  PartAppender appender{all.writer()};
  (appender.append(whole_part<Set, ConstantsLast, Parts>()), ...);
  all.sizes = appender.all.sizes;
  return all;
}
template <const auto& Set>
using Parts =
    std::make_index_sequence<(std::remove_cvref_t<decltype(Set)>::rule_count + rules_a_part - 1) / rules_a_part>;
template <const auto& Set, bool ConstantsLast>
inline constexpr auto all_tables = join_parts<Set, ConstantsLast>(Parts<Set>{});

}  // namespace detail
}  // namespace v0
}  // namespace whittle
