// Open pairs: what the operands of a node may be for any row of its group to match, as far as their codes tell.
#pragma once

#include <bit>

#include <whittle/match/group.hpp>
#include <whittle/match/operand_code.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

constexpr std::uint64_t code_bit(std::uint32_t code) { return std::uint64_t{1} << code; }
inline constexpr std::uint64_t constant_codes =
    code_bit(OperandCode::constant) | code_bit(OperandCode::zero) | code_bit(OperandCode::one);

/// Whether a step leaves only operators of few sources at its position.
constexpr bool demands_few_sources(const Step& step) {
  return step.kind == StepKind::op && demanded_op(step) != Op::none && step.index <= few_sources;
}

/// A bit for each pair of codes of the first two operands. Of the first there are those that are over no constant, then
/// those that are; these of two nodes, then of one node twice; all of nodes that share none, then of those that do.
struct OpenPairs {
  std::uint64_t of_first[OperandCodes::first_count];  // for any bits: nodes of more operands have none of these codes

  constexpr bool contains(OperandCodes codes) const {
    return (of_first[codes.first_and_relation()] >> codes.second() & 1) != 0;
  }
};

/// In place of them, for graphs whose nodes have no codes.
struct NoPairs {};

/// Finds the pairs that the rows of a group leave open.
struct OpenPairsMaker {
  const TableView& table;
  OpenPairs pairs{};
  std::uint64_t of_any = 0;  ///< the seconds that are open whatever the first is

  static constexpr std::uint64_t all = ~std::uint64_t{0};

  constexpr void add(const Row& row) {
    const std::uint64_t first = open_to(row, near_a), second = open_to(row, near_b);
    const std::uint64_t below = open_to(row, near_below + 1);
    const bool may_be_over_other = (below & ~constant_codes) != 0, may_be_over_constant = (below & constant_codes) != 0;
    const std::uint32_t relations = relations_of(row);
    if (first == all && below == all && relations == 0) {
      of_any |= second;
      return;
    }
    for (std::uint64_t left = first; left != 0; left &= left - 1) {
      const auto code = static_cast<std::uint32_t>(std::countr_zero(left));
      if (may_be_over_other) add(code, second, relations);
      if (may_be_over_constant) add(code | OperandCode::over_constant, second, relations);
    }
  }
  constexpr OpenPairs made() const {
    OpenPairs all_pairs = pairs;
    for (std::uint64_t& seconds : all_pairs.of_first) seconds |= of_any;
    return all_pairs;
  }

 private:
  constexpr void add(std::uint32_t first, std::uint64_t second, std::uint32_t relations) {
    for (std::uint32_t shared = relations & OperandCodes::shared; shared <= OperandCodes::shared;
         shared += OperandCodes::shared) {
      if ((relations & OperandCodes::same) == 0) pairs.of_first[shared + first] |= second;
      pairs.of_first[shared + OperandCodes::same + first] |= second & code_bit(first % OperandCode::count);
    }
  }
  /// The codes that a row leaves open for what is near the node.
  constexpr std::uint64_t open_to(const Row& row, std::uint8_t near) const {
    std::uint64_t open = all;
    if ((row.decided & position_bit(near)) == 0) return open;
    for (const Step *step = table.steps + row.first_step, *end = step + row.step_count; step != end; ++step) {
      if (step->from != near) continue;
      if (step->kind == StepKind::nonconstant) open &= ~constant_codes;
      const Op op = demanded_op(*step);
      if (op == Op::none) continue;
      open &= op == Op::constant ? codes_of(open_constants(*step)) : code_bit(OperandCode::of(op));
    }
    return open;
  }
  static constexpr std::uint64_t codes_of(OpenConstants open) {
    return (open.zero ? code_bit(OperandCode::zero) : 0) | (open.one ? code_bit(OperandCode::one) : 0) |
           (open.others ? code_bit(OperandCode::constant) : 0);
  }
  /// How the operands have to be related for a row's names to be one node each.
  constexpr std::uint32_t relations_of(const Row& row) const {
    std::uint32_t relations = 0;
    for (const Step *step = table.steps + row.first_step, *end = step + row.step_count; step != end; ++step) {
      const std::size_t pair = step->kind == StepKind::same ? near_pair(step->from, step->target) : no_pair;
      if (pair == 0)
        relations |= OperandCodes::same;
      else if (pair != no_pair && is_told(row, step->from) && is_told(row, step->target))
        relations |= OperandCodes::shared;
    }
    return relations;
  }
  /// Whether a graph can tell of a node near another whether it is shared: no source of one that may have many.
  constexpr bool is_told(const Row& row, std::uint8_t near) const {
    if (near < near_below) return true;
    const std::uint8_t parent = near < near_below + 2 ? near_a : near_b;
    for (const Step *step = table.steps + row.first_step, *end = step + row.step_count; step != end; ++step)
      if (step->from == parent && demands_few_sources(*step)) return true;
    return false;
  }
};

/// All, where nodes of the group need not have the codes of their operands.
constexpr OpenPairs open_pairs(const TableView& table, const std::uint16_t* members, std::size_t count,
                               std::uint8_t root_arity) {
  OpenPairsMaker maker{table};
  if (root_arity > 2) maker.of_any = OpenPairsMaker::all;
  for (std::size_t i = 0; i < count && maker.of_any != OpenPairsMaker::all; ++i) maker.add(table.rows[members[i]]);
  return maker.made();
}
template <const auto& Set, bool ConstantsLast, std::size_t Group>
constexpr OpenPairs make_open_pairs() {
  constexpr auto& groups = groups_of<Set, ConstantsLast>;
  return open_pairs(table_of<Set, ConstantsLast>, groups.members + groups.begin[Group], groups.size(Group),
                    groups.root_arity[Group]);
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
