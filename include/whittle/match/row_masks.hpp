// Row masks: all rows of a group told apart at once, a bit each, by what lies near the node.
#pragma once

#include <bit>

#include <whittle/match/group.hpp>
#include <whittle/match/residual.hpp>
#include <whittle/match/step.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// What the rows of a set tell apart near a node, a class each: 0, 1 and other constants, the operators that some row
/// asks for there, and all others.
enum class NearClass : std::uint8_t { other, constant, zero, one, first_operator };
static_assert(op_count + static_cast<std::size_t>(NearClass::first_operator) <= 65);  // constants are no operator here

/// The classes by what a node is as an operand; how many there are.
struct NearClasses {
  std::uint8_t of_code[OperandCode::count];
  std::uint8_t count;
};

constexpr NearClasses near_classes(const TableView& table) {
  NearClasses classes{};
  classes.count = static_cast<std::uint8_t>(NearClass::first_operator);
  classes.of_code[OperandCode::constant] = static_cast<std::uint8_t>(NearClass::constant);
  classes.of_code[OperandCode::zero] = static_cast<std::uint8_t>(NearClass::zero);
  classes.of_code[OperandCode::one] = static_cast<std::uint8_t>(NearClass::one);
  for (std::size_t r = 0; r < table.row_count; ++r) {
    const Row& row = table.rows[r];
    for (const Step *step = table.steps + row.first_step, *end = step + row.step_count; step != end; ++step) {
      if (!asks_for_operator(step->kind) || !is_near(step->from)) continue;
      const Op op = demanded_op(*step);
      if (op == Op::none || op == Op::constant) continue;
      if (std::uint8_t& of = classes.of_code[OperandCode::of(op)]; of == 0) of = classes.count++;
    }
  }
  return classes;
}

/// 64 rows: those for which a dtype of the node, a class of a node near it, or two that are not the same leave it open
/// whether they match.
template <std::size_t Classes>
struct MaskBlock {
  std::uint64_t of_dtype[entries_a_group];
  std::uint64_t of_class[near_count][Classes];
  std::uint64_t unless_same[near_pair_count];  ///< if the nodes of the pair are not the same
  std::uint64_t wanting_same;                  ///< rows for which a pair matters, other than the node's own sources
};

/// A row, what is left to be looked at of it, and the registers that its lambda takes if its rule is no more than one.
struct MaskedRow {
  static constexpr std::size_t most_arguments = 3;
  static constexpr std::uint16_t no_lambda = 0xffff;
  ResidualRow residual;
  std::uint16_t lambda;  ///< its number among the lambda rules, or no_lambda
  std::uint8_t arguments[most_arguments];
};

/// The rows of a group, in their order.
template <std::size_t Classes>
struct GroupMasks {
  const MaskBlock<Classes>* blocks;
  std::size_t block_count;
  const MaskedRow* rows;
  const Step* steps;
  bool has_third;  ///< its operators have a third source, which is loaded
};

template <std::size_t Classes, std::size_t Rows, std::size_t Steps>
struct RowMasks {
  static constexpr std::size_t block_count = (Rows + 63) / 64;
  MaskBlock<Classes> blocks[block_count];
  MaskedRow rows[Rows];
  Step steps[Steps + 1];
};

/// Makes the masks of one group.
template <class Masks>
struct MaskMaker {
  const TableView& table;
  const NearClasses& classes;
  std::uint8_t root_arity;
  Masks& out;
  std::uint32_t step_count = 0;

  /// The rows of a block that are for any dtype, that ask what is near the node, or that want a pair to be the same.
  struct Common {
    std::uint64_t of_any_dtype, asking[near_count], wanting_same[near_pair_count];
  };

  constexpr void make(const std::uint16_t* members, std::size_t count) {
    for (std::size_t first = 0; first < count; first += 64) {
      auto& block = out.blocks[first / 64];
      Common common{};
      const std::size_t end = count - first < 64 ? count : first + 64;
      for (std::size_t i = first; i < end; ++i) {
        const Row& row = table.rows[members[i]];
        ResidualMaker maker{table, row, narrow(row, block, common, std::uint64_t{1} << i % 64), out.steps + step_count};
        maker.is_near_loaded = true;
        maker.make();
        out.rows[i] = masked(row, {members[i], maker.count, step_count});
        step_count += maker.count;
      }
      spread(common, ~std::uint64_t{0} >> (64 - (end - first)), block);
    }
  }
  constexpr MaskedRow masked(const Row& row, const ResidualRow& residual) const {
    const CompiledRule& rule = table.rules[row.rule];
    MaskedRow made{residual, MaskedRow::no_lambda, {}};
    const bool has_guard = table.replacements[rule.first_replacement].condition_count > 0;
    if (!rule.is_lambda || has_guard || rule.argument_count > MaskedRow::most_arguments) return made;
    made.lambda = rule.lambda;
    for (std::size_t i = 0; i < rule.argument_count; ++i) made.arguments[i] = row.slots[rule.arguments[i]];
    return made;
  }
  constexpr void spread(const Common& common, std::uint64_t all, auto& block) const {
    for (std::uint64_t& rows : block.of_dtype) rows |= common.of_any_dtype;
    for (std::size_t near = 0; near < near_count; ++near)
      if (const std::uint64_t others = all & ~common.asking[near]; others != 0)
        for (std::size_t c = 0; c < classes.count; ++c) block.of_class[near][c] |= others;
    for (std::size_t pair = 0; pair < near_pair_count; ++pair) {
      block.unless_same[pair] = all & ~common.wanting_same[pair];
      if (pair > 0) block.wanting_same |= common.wanting_same[pair];
    }
  }

  /// Writes a row's bit where it can match. What is decided with that.
  constexpr std::uint64_t narrow(const Row& row, auto& block, Common& common, std::uint64_t bit) const {
    DTypes dtypes = any_dtype;
    std::uint64_t left_open[near_count] = {};  // classes, a bit each
    std::uint32_t asked = 0;                   // for which of them, a bit each
    for (const Step *step = table.steps + row.first_step, *end = step + row.step_count; step != end; ++step) {
      if (step->kind == StepKind::source) continue;
      if (asks_for_operator(step->kind)) {
        if (!is_decided_near(row, step->from)) continue;
        const std::size_t near = near_number(step->from);
        const std::uint64_t open = classes_for(*step);
        left_open[near] = (asked >> near & 1) != 0 ? left_open[near] & open : open;
        asked |= 1u << near;
      } else if (step->kind == StepKind::dtype) {
        if (step->from == 0) dtypes.mask &= step->dtypes.mask;
      } else if (step->kind == StepKind::same) {
        if (const std::size_t pair = near_pair(step->from, step->target); pair != no_pair)
          common.wanting_same[pair] |= bit;
      }
    }
    if (dtypes.mask == any_dtype.mask) {
      common.of_any_dtype |= bit;
    } else {
      for (std::uint64_t open = dtypes.mask; open != 0; open &= open - 1) block.of_dtype[std::countr_zero(open)] |= bit;
      block.of_dtype[dtype_count] |= bit;
    }
    for (std::size_t near = 0; near < near_count; ++near) {
      if ((asked >> near & 1) == 0) continue;
      common.asking[near] |= bit;
      for (std::uint64_t open = left_open[near] & class_bits(); open != 0; open &= open - 1)
        block.of_class[near][static_cast<std::size_t>(std::countr_zero(open))] |= bit;
    }
    return root_arity != any_arity ? (row.decided & near_positions) | root_is_known : 0;
  }
  /// A bit for each class that there is.
  constexpr std::uint64_t class_bits() const { return ~std::uint64_t{0} >> (64 - classes.count); }
  constexpr bool is_decided_near(const Row& row, std::uint8_t reg) const {
    return root_arity != any_arity && is_near(reg) && (row.decided & position_bit(reg)) != 0;
  }

  static constexpr std::uint64_t bit_of(NearClass of) { return std::uint64_t{1} << static_cast<unsigned>(of); }
  static constexpr std::uint64_t constants =
      bit_of(NearClass::constant) | bit_of(NearClass::zero) | bit_of(NearClass::one);
  /// The classes for which a step holds or may hold.
  constexpr std::uint64_t classes_for(const Step& step) const {
    const Op op = demanded_op(step);
    if (step.kind == StepKind::nonconstant) return ~constants;
    if (op == Op::none) return ~std::uint64_t{0};
    if (op != Op::constant) return std::uint64_t{1} << classes.of_code[OperandCode::of(op)];
    const OpenConstants open = open_constants(step);
    return (open.zero ? bit_of(NearClass::zero) : 0) | (open.one ? bit_of(NearClass::one) : 0) |
           (open.others ? bit_of(NearClass::constant) : 0);
  }
};

template <const auto& Set, GraphKind Kind>
inline constexpr NearClasses near_classes_of = near_classes(table_of<Set, Kind.constants_last>);
template <const auto& Set, GraphKind Kind>
inline constexpr std::size_t class_count_of = (near_classes_of<Set, Kind>.count + 7u) / 8 * 8;

template <const auto& Set, GraphKind Kind, std::size_t Group>
constexpr auto make_masks() {
  constexpr auto& groups = groups_of<Set, Kind.constants_last>;
  constexpr const TableView& table = table_of<Set, Kind.constants_last>;
  RowMasks<class_count_of<Set, Kind>, groups.size(Group), steps_of_group(table, Group)> masks{};
  MaskMaker<decltype(masks)> maker{table, near_classes_of<Set, Kind>, groups.root_arity[Group], masks};
  maker.make(groups.members + groups.begin[Group], groups.size(Group));
  return masks;
}
/// The masks of a group, in a constant expression of its own.
template <const auto& Set, GraphKind Kind, std::size_t Group>
inline constexpr auto row_masks_of = make_masks<Set, Kind, Group>();

template <std::size_t Classes, std::size_t Groups>
struct SetMasks {
  const NearClasses* near;
  GroupMasks<Classes> of_group[Groups];
};
template <const auto& Set, GraphKind Kind, std::size_t... Groups>
constexpr auto make_set_masks(std::index_sequence<Groups...>) {
  constexpr auto view = [](const auto& masks, std::uint8_t root_arity) {
    return GroupMasks<class_count_of<Set, Kind>>{masks.blocks, masks.block_count, masks.rows, masks.steps,
                                                 root_arity != any_arity && root_arity > 2};
  };
  constexpr auto& arities = groups_of<Set, Kind.constants_last>.root_arity;
  return SetMasks<class_count_of<Set, Kind>, sizeof...(Groups) + 1>{
      &near_classes_of<Set, Kind>, {{}, view(row_masks_of<Set, Kind, Groups + 1>, arities[Groups + 1])...}};
}
/// The masks of all groups of a set.
template <const auto& Set, GraphKind Kind>
inline constexpr auto masks_of =
    make_set_masks<Set, Kind>(std::make_index_sequence<table_of<Set, Kind.constants_last>.groups.count - 1>{});

// --- on a graph ---

/// What a node is as an operand.
template <class G>
WHITTLE_INLINE constexpr std::uint32_t operand_code_in(const G& g, node_of<G> n) {
  if constexpr (HasOperandCodes<G>) {
    return graph_traits<G>::operand_code(g, n);
  } else {
    if constexpr (HasConstants<G>)
      if (graph_traits<G>::is_constant(g, n)) return OperandCode::of_constant(constant_bits(g, n));
    const Op op = graph_traits<G>::op(g, n);
    return op == Op::constant ? 0 : OperandCode::of(op);
  }
}

/// A source, or where there is none any node that may be looked at, and its class.
template <class G>
WHITTLE_INLINE constexpr std::uint8_t look_at(const G& g, const NearClasses& near, node_of<G> parent, std::uint32_t k,
                                              node_of<G>& node) {
  if constexpr (requires { graph_traits<G>::source_or_none(g, parent, k); }) {
    node = graph_traits<G>::source_or_none(g, parent, k);
    return near.of_code[operand_code_in(g, node)];
  } else {
    const bool is_there = k < graph_traits<G>::arity(g, parent);
    node = is_there ? graph_traits<G>::source(g, parent, k) : parent;
    return is_there ? near.of_code[operand_code_in(g, node)] : std::uint8_t{0};
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
