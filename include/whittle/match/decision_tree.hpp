// Decision trees: the rows of a group, told apart by the dtype of the node and the operators below it.
#pragma once

#include <whittle/match/group.hpp>
#include <whittle/match/residual.hpp>
#include <whittle/match/row_bits.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

template <std::size_t RowCount, std::size_t StepCount, std::size_t PositionCount>
struct DecisionTree {
  static constexpr std::size_t rows = RowCount, row_steps = StepCount, positions = PositionCount;
  // Room for what most groups come to: where it is too little, states stay leaves. Constant evaluation pays for it.
  static constexpr std::size_t most_states = RowCount < 200 ? 8 * RowCount + 8 : 1608;
  static constexpr std::size_t most_edges = 2 * most_states;
  static constexpr std::size_t most_leaf_rows = (RowCount < 16 ? 16 : 40) * RowCount + 32;
  static constexpr std::size_t most_residuals = 3 * RowCount + 4, most_steps = 2 * StepCount + 8;

  std::uint8_t loads = 0;
  std::uint16_t entries[entries_a_group] = {};
  std::uint16_t state_count = 1, edge_count = 0, leaf_row_count = 0, residual_count = 0, step_count = 0;
  TreeState states[most_states] = {};
  TreeEdge edges[most_edges] = {};
  std::uint16_t leaf_rows[most_leaf_rows] = {};
  ResidualRow residuals[most_residuals] = {};
  Step steps[most_steps] = {};
};

/// Builds the tree of one group.
template <class Tree>
struct TreeMaker {
  using Bits = RowBits<(Tree::rows + 63) / 64>;

  /// Rows that need an operator at a position; then the next operator there.
  struct Demand {
    Op op;
    std::uint16_t next;  // plus 1
    Bits rows;
  };
  struct Place {
    std::uint8_t reg, depth;
    std::uint64_t bit, parent_bit;  ///< of what is decided
    bool is_complete;
    std::uint16_t first;
    std::size_t ops;
    Bits asking, nonconstant, caring;  ///< caring: either
  };
  /// The rows that can still match in a state, and the positions asked for on the way, as far as they care.
  struct Knowledge {
    Bits rows;
    std::uint64_t decided;
  };
  static constexpr std::size_t most_demands = 4 * Tree::rows + 16;

  const TableView& table;
  const std::uint16_t* members;
  std::uint8_t root_arity;
  Tree& tree;
  Place places[Tree::positions + 1] = {};
  std::size_t place_count = 0;
  Demand demands[most_demands] = {};
  std::uint16_t demand_count = 0;
  Bits of_dtype[entries_a_group] = {};
  Knowledge known[Tree::most_states] = {};
  std::uint16_t by_hash[std::bit_ceil(2 * Tree::most_states)] = {};  ///< states
  std::uint16_t residual_of[Tree::rows + 1] = {};                    ///< the last made of each row, plus 1
  std::uint16_t earlier[Tree::most_residuals] = {};
  std::uint64_t residual_decided[Tree::most_residuals] = {};
  std::size_t waiting_rows = 0;  ///< of all states that are not split or leaves yet

  constexpr void make(bool has_dtypes) {
    if (has_fixed_arity()) tree.loads = root_arity < root_source_count ? root_arity : root_source_count;
    for (std::size_t i = 0; i < Tree::rows; ++i) note_row(i);
    sort_by_depth();
    for (std::size_t t = 0; t < entries_a_group; ++t)
      if (has_dtypes == (t < dtype_count))
        tree.entries[t] = state_of(of_dtype[t], has_fixed_arity() ? root_is_known : 0);
    for (std::uint16_t s = 1; s < tree.state_count; ++s)
      if (!split(s)) make_leaf(s);
  }

  constexpr bool has_fixed_arity() const { return root_arity != any_arity; }

  // --- what the rows need ---

  constexpr void note_row(std::size_t member) {
    const Row& row = table.rows[members[member]];
    DTypes dtypes = any_dtype;
    for (std::uint32_t i = row.first_step; i < row.first_step + row.step_count; ++i) {
      const Step& step = table.steps[i];
      if (step.kind == StepKind::dtype && step.from == 0) dtypes = dtypes & step.dtypes;
      if (step.from < first_position || step.kind == StepKind::source) continue;
      if (has_fixed_arity() && (row.decided & position_bit(step.from)) != 0) note_demand(step, member);
    }
    for (std::size_t t = 0; t < dtype_count; ++t)
      if (dtypes.contains(static_cast<DType>(t))) of_dtype[t].add(member);
    of_dtype[dtype_count].add(member);
  }
  constexpr void note_demand(const Step& step, std::size_t member) {
    const Op op = demanded_op(step);
    if (op == Op::none && step.kind != StepKind::nonconstant) return;
    std::size_t at = 0;
    while (at < place_count && places[at].reg != step.from) ++at;
    Place& here = places[at];
    if (at == place_count) add_place(step.from);
    here.caring.add(member);
    if (op == Op::none) return here.nonconstant.add(member);
    here.asking.add(member);
    std::uint16_t* link = &here.first;
    while (*link != 0 && demands[*link - 1].op != op) link = &demands[*link - 1].next;
    if (*link == 0) {
      here.is_complete = here.is_complete && demand_count < most_demands;
      if (!here.is_complete) return;  // then it is never asked for, and left to the rows
      demands[demand_count].op = op;
      *link = ++demand_count;
      ++here.ops;
    }
    demands[*link - 1].rows.add(member);
  }

  constexpr void add_place(std::uint8_t reg) {
    const Position& position = position_of(reg);
    Place& added = places[place_count++];
    added.reg = reg;
    added.is_complete = true;
    added.depth = position.depth;
    added.bit = position_bit(reg);
    added.parent_bit = position.parent != 0 ? position_bit(position.parent) : 0;
  }
  constexpr const Position& position_of(std::uint8_t reg) const {
    return table.positions[reg - std::size_t{first_position}];
  }
  constexpr void sort_by_depth() {
    for (std::size_t i = 1; i < place_count; ++i)
      for (std::size_t k = i; k > 0 && places[k].depth < places[k - 1].depth; --k) {
        const Place swapped = places[k];
        places[k] = places[k - 1];
        places[k - 1] = swapped;
      }
  }

  // --- states ---

  /// The state of these rows, made if it is new; positions that none of them cares for are forgotten.
  constexpr std::uint16_t state_of(const Bits& rows, std::uint64_t decided) {
    if (rows.empty()) return 0;
    std::uint64_t cared_for = root_is_known;
    for (const Place *here = places, *end = places + place_count; here != end; ++here)
      if ((decided & here->bit) != 0 && here->caring.meets(rows)) cared_for |= here->bit;
    decided &= cared_for;
    std::size_t at = (rows.hash(decided) >> 40) % std::size(by_hash);
    for (; by_hash[at] != 0; at = (at + 1) % std::size(by_hash))
      if (known[by_hash[at]].rows == rows && known[by_hash[at]].decided == decided) return by_hash[at];
    by_hash[at] = tree.state_count;
    known[tree.state_count] = {rows, decided};
    waiting_rows += rows.size();
    return tree.state_count++;
  }

  /// The position to ask for next: one that several rows need, the uppermost, of those the most wanted.
  constexpr const Place* choose(const Knowledge& state) const {
    const Place* best = nullptr;
    std::size_t most = 1;
    for (const Place *here = places, *end = places + place_count; here != end; ++here) {
      if (best != nullptr && here->depth > best->depth) break;
      if ((state.decided & here->bit) != 0 || (state.decided & here->parent_bit) != here->parent_bit) continue;
      if (!here->is_complete || !here->asking.meets(state.rows)) continue;
      if (const std::size_t wanted = here->caring.size_with(state.rows); wanted > most) {
        best = here;
        most = wanted;
      }
    }
    return best;
  }

  /// Whether there is room for what can come of a state.
  constexpr bool has_room(const Place& here, std::size_t rows) const {
    return tree.state_count + here.ops + 2 <= Tree::most_states && tree.edge_count + here.ops + 1 <= Tree::most_edges &&
           tree.leaf_row_count + waiting_rows + (here.ops + 1) * rows <= Tree::most_leaf_rows;
  }

  constexpr bool split(std::uint16_t number) {
    const Knowledge state = known[number];
    const Place* here = choose(state);
    if (here == nullptr || !has_room(*here, state.rows.size())) return false;
    const std::uint64_t decided = state.decided | here->bit;
    TreeState& made = tree.states[number];
    made.asks = here->reg;
    made.first = tree.edge_count;
    made.otherwise = state_of(state.rows.without(here->asking), decided);
    for (std::uint64_t rest = ops_of(*here, state.rows); rest != 0; rest &= rest - 1)
      add_edge(*here, static_cast<Op>(std::countr_zero(rest)), state.rows, decided);
    made.count = static_cast<std::uint16_t>(tree.edge_count - made.first);
    waiting_rows -= state.rows.size();
    return true;
  }
  /// The operators at a place that are more to some of these rows than any other: a bit each.
  constexpr std::uint64_t ops_of(const Place& here, const Bits& rows) const {
    constexpr auto bit = [](Op op) { return std::uint64_t{1} << static_cast<unsigned>(op); };
    std::uint64_t ops = here.nonconstant.meets(rows) ? bit(Op::constant) : 0;
    for (std::uint16_t link = here.first; link != 0; link = demands[link - 1].next)
      if (demands[link - 1].rows.meets(rows)) ops |= bit(demands[link - 1].op);
    return ops;
  }
  constexpr void add_edge(const Place& here, Op op, Bits rows, std::uint64_t decided) {
    std::uint16_t link = here.first;
    while (link != 0 && demands[link - 1].op != op) link = demands[link - 1].next;
    rows = rows.without(here.asking, link != 0 ? demands[link - 1].rows : Bits{});
    if (op == Op::constant) rows = rows.without(here.nonconstant);
    tree.edges[tree.edge_count++] = {op, state_of(rows, decided)};
  }

  // --- leaves ---

  constexpr void make_leaf(std::uint16_t number) {
    const Knowledge& state = known[number];
    TreeState& made = tree.states[number];
    made.first = tree.leaf_row_count;
    state.rows.for_each(
        [&](std::size_t member) { tree.leaf_rows[tree.leaf_row_count++] = residual(member, state.decided); });
    made.count = static_cast<std::uint16_t>(tree.leaf_row_count - made.first);
    waiting_rows -= made.count;
  }

  /// The residual of a row; where there is no room for one of its own, that of a row of which nothing is known.
  constexpr std::uint16_t residual(std::size_t member, std::uint64_t decided) {
    const Row& row = table.rows[members[member]];
    const bool has_residual_room = tree.residual_count + Tree::rows < Tree::most_residuals &&
                                   tree.step_count + Tree::row_steps + row.step_count < Tree::most_steps;
    decided &= row.decided | root_is_known;
    if (!has_residual_room) decided &= root_is_known;
    for (std::uint16_t link = residual_of[member]; link != 0; link = earlier[link - 1])
      if (residual_decided[link - 1] == decided) return static_cast<std::uint16_t>(link - 1);
    const std::uint16_t made = tree.residual_count++;
    ResidualMaker maker{table, row, decided, tree.steps + tree.step_count};
    maker.make();
    tree.residuals[made] = {members[member], maker.count, tree.step_count};
    tree.step_count = static_cast<std::uint16_t>(tree.step_count + maker.count);
    residual_decided[made] = decided;
    earlier[made] = residual_of[member];
    residual_of[member] = static_cast<std::uint16_t>(made + 1);
    return made;
  }
};

template <const auto& Set, GraphKind Kind, std::size_t Group>
using TreeOf = DecisionTree<groups_of<Set, Kind.constants_last>.size(Group),
                            steps_of_group(table_of<Set, Kind.constants_last>, Group),
                            all_tables<Set, Kind.constants_last>.positions.count>;

template <const auto& Set, GraphKind Kind, std::size_t Group>
constexpr TreeOf<Set, Kind, Group> make_tree() {
  constexpr auto& groups = groups_of<Set, Kind.constants_last>;
  TreeOf<Set, Kind, Group> tree;
  TreeMaker<TreeOf<Set, Kind, Group>> maker{table_of<Set, Kind.constants_last>, groups.members + groups.begin[Group],
                                            groups.root_arity[Group], tree};
  maker.make(Kind.has_dtypes);
  return tree;
}
/// The decision tree of a group, in a constant expression of its own.
template <const auto& Set, GraphKind Kind, std::size_t Group>
inline constexpr TreeOf<Set, Kind, Group> tree_of = make_tree<Set, Kind, Group>();

}  // namespace detail
}  // namespace v0
}  // namespace whittle
