// Start tables: the states that the operators of a node's first two sources lead to, without asking one after another.
#pragma once

#include <whittle/core/fixed_vector.hpp>
#include <whittle/match/decision_tree.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The operators that a tree tells apart at one of the node's sources. The first stands for all others.
struct ToldApart {
  FixedVector<Op, op_count + 1> ops{Op{op_count}};

  template <class Tree>
  constexpr ToldApart(const Tree& tree, std::uint8_t reg) {
    std::uint64_t asked = 0;
    for (std::uint16_t s = 1; s < tree.state_count; ++s)
      if (tree.states[s].asks == reg) asked |= tree.states[s].ops;
    for (; asked != 0; asked &= asked - 1) ops.push_back(static_cast<Op>(std::countr_zero(asked)));
  }
};

/// Where a tree begins: a row of starts for each operator of the first source, in it one for each of the second.
template <std::size_t Entries, std::size_t Rows, std::size_t Columns>
struct StartTable {
  static constexpr std::size_t entry_size = Rows * Columns;
  std::uint16_t entry[entries_a_group] = {};  ///< of a dtype: where its starts begin
  std::uint16_t row[start_ops] = {}, column[start_ops] = {};
  std::uint16_t starts[Entries * entry_size] = {};

  constexpr StartView view() const { return {entry, row, column, starts}; }
};

/// The state that a tree comes to from one on without asking for more than the first two sources.
template <class Tree>
constexpr std::uint16_t follow(const Tree& tree, std::uint16_t at, Op first, Op second) {
  for (;;) {
    const TreeState& state = tree.states[at];
    if (state.asks != first_position && state.asks != first_position + 1) return at;
    const std::uint32_t edge = state.edge_of(state.asks == first_position ? first : second);
    at = edge != state.count ? tree.edges[state.first + edge].to : state.otherwise;
  }
}

/// The number of the first dtype with the same entry as this.
template <class Tree>
constexpr std::size_t first_with_entry(const Tree& tree, std::size_t dtype) {
  std::size_t first = 0;
  while (tree.entries[first] != tree.entries[dtype]) ++first;
  return first;
}
template <class Tree>
constexpr std::size_t entry_count(const Tree& tree) {
  std::size_t count = 0;
  for (std::size_t t = 0; t < entries_a_group; ++t) count += first_with_entry(tree, t) == t ? 1u : 0u;
  return count;
}

template <class Table, class Tree>
constexpr Table make_start_table(const Tree& tree, const ToldApart& first, const ToldApart& second) {
  Table table;
  for (std::size_t i = 0; i < first.ops.size(); ++i)
    table.row[static_cast<std::size_t>(first.ops[i])] = static_cast<std::uint16_t>(i * second.ops.size());
  for (std::size_t k = 0; k < second.ops.size(); ++k)
    table.column[static_cast<std::size_t>(second.ops[k])] = static_cast<std::uint16_t>(k);
  std::size_t size = 0;
  for (std::size_t t = 0; t < entries_a_group; ++t) {
    const std::size_t same = first_with_entry(tree, t);
    table.entry[t] = same < t ? table.entry[same] : static_cast<std::uint16_t>(size);
    if (same < t) continue;
    for (Op a : first.ops)
      for (Op b : second.ops) table.starts[size++] = follow(tree, tree.entries[t], a, b);
  }
  return table;
}

template <const auto& Set, GraphKind Kind, std::size_t Group>
constexpr auto make_starts() {
  constexpr auto& tree = tree_of<Set, Kind, Group>;
  constexpr ToldApart first(tree, first_position), second(tree, first_position + 1);
  using Table = StartTable<entry_count(tree), first.ops.size(), second.ops.size()>;
  return make_start_table<Table>(tree, first, second);
}
template <const auto& Set, GraphKind Kind, std::size_t Group>
inline constexpr auto starts_of = make_starts<Set, Kind, Group>();

template <std::size_t Count>
struct TreeViews {
  TreeView of_group[Count] = {};
};
template <const auto& Set, GraphKind Kind, std::size_t... Groups>
constexpr TreeViews<sizeof...(Groups) + 1> make_views(std::index_sequence<Groups...>) {
  return {{TreeView{}, tree_of<Set, Kind, Groups + 1>.view(starts_of<Set, Kind, Groups + 1>.view())...}};
}
/// The trees of all groups of a set.
template <const auto& Set, GraphKind Kind>
inline constexpr auto trees_of =
    make_views<Set, Kind>(std::make_index_sequence<table_of<Set, Kind.constants_last>.groups.count - 1>{});

}  // namespace detail
}  // namespace v0
}  // namespace whittle
