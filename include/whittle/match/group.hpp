// Groups: the rows that can match a node, by its operator.
#pragma once

#include <whittle/match/compile.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

struct GroupSizes {
  std::size_t groups = 0, members = 0, user_ops = 0;
};

/// The groups of a set; what does not fit is counted but not kept.
template <GroupSizes Room>
struct Groups {
  GroupSizes sizes{1, 0, 0};  // group 0 is empty
  std::uint8_t of_op[op_count] = {};
  std::uint8_t of_others = 0;
  Op user_ops[Room.user_ops + 1] = {};
  std::uint8_t of_user_op[Room.user_ops + 1] = {};
  std::uint32_t begin[Room.groups + 2] = {};
  std::uint16_t members[Room.members + 1] = {};
  std::uint8_t root_arity[Room.groups + 1] = {};  ///< of its operators; any_arity: they have no one number of sources

  constexpr std::size_t size(std::size_t group) const { return begin[group + 1] - std::size_t{begin[group]}; }
};

/// Sorts the rows of a set into groups.
template <class All, class Into, std::size_t RowCount>
struct GroupMaker {
  const All& all;
  Into& out;
  std::uint16_t any_rows[RowCount + 1] = {};  ///< rows of any operator, or of any of a class
  std::size_t any_count = 0;
  // The rows of each built-in operator, as lists: numbers plus 1.
  std::uint16_t first_own[op_count] = {}, last_own[op_count] = {}, next_own[RowCount + 1] = {};

  constexpr void make() {
    for (std::size_t r = 0; r < RowCount; ++r) sort(r);
    for (std::size_t op = 0; op < op_count; ++op) out.of_op[op] = group_of(static_cast<Op>(op), first_own[op]);
    for (std::size_t r = 0; r < RowCount; ++r)
      if (is_of_user(r)) add_user_op(r);
    out.of_others = group_of(Op{0xffff}, 0);
  }

  constexpr bool is_of_user(std::size_t row) const {
    return all.root_kinds[row] == RecordKind::operation && static_cast<std::size_t>(all.roots[row]) >= op_count;
  }
  constexpr void sort(std::size_t row) {
    const auto op = static_cast<std::size_t>(all.roots[row]);
    if (all.root_kinds[row] != RecordKind::operation) {
      any_rows[any_count++] = static_cast<std::uint16_t>(row);
    } else if (op < op_count) {
      (first_own[op] == 0 ? first_own[op] : next_own[last_own[op] - 1u]) = static_cast<std::uint16_t>(row + 1);
      last_own[op] = static_cast<std::uint16_t>(row + 1);
    }
  }

  constexpr void add_user_op(std::size_t row) {
    const Op op = all.roots[row];
    for (std::size_t i = 0; i < out.sizes.user_ops; ++i)
      if (out.user_ops[i] == op) return;
    std::uint16_t first = 0, last = 0;
    for (std::size_t r = row; r < RowCount; ++r) {
      if (all.root_kinds[r] != RecordKind::operation || all.roots[r] != op) continue;
      (first == 0 ? first : next_own[last - 1u]) = static_cast<std::uint16_t>(r + 1);
      last = static_cast<std::uint16_t>(r + 1);
    }
    out.user_ops[out.sizes.user_ops] = op;
    out.of_user_op[out.sizes.user_ops++] = group_of(op, first);
  }

  /// Whether a row of any operator is for this one.
  constexpr bool is_for(std::size_t row, Op op) const {
    if (all.root_kinds[row] != RecordKind::any_operator) return true;
    const std::uint8_t arity = all.rows[row].root_arity, fixed = info(op).arity;
    if (static_cast<std::size_t>(op) < op_count && arity != any_arity && fixed != any_arity && arity != fixed)
      return false;
    return in_class(op, static_cast<OpClass>(static_cast<std::uint16_t>(all.roots[row])));
  }

  /// The group of an operator whose own rows are the list that begins with `own`.
  constexpr std::uint8_t group_of(Op op, std::uint16_t own) {
    const std::size_t group = out.sizes.groups;
    const bool has_own = own != 0;
    std::uint32_t at = out.begin[group];
    for (std::size_t i = 0; i < any_count; ++i) {
      if (!is_for(any_rows[i], op)) continue;
      for (; own != 0 && own - 1 < any_rows[i]; own = next_own[own - 1u])
        out.members[at++] = static_cast<std::uint16_t>(own - 1);
      out.members[at++] = any_rows[i];
    }
    for (; own != 0; own = next_own[own - 1u]) out.members[at++] = static_cast<std::uint16_t>(own - 1);
    if (at == out.begin[group]) return 0;
    out.root_arity[group] = static_cast<std::size_t>(op) < op_count ? info(op).arity : any_arity;
    out.begin[group + 1] = at;
    if (const std::size_t same = has_own ? group : equal_group(group); same != group)
      return static_cast<std::uint8_t>(same);
    ++out.sizes.groups;
    out.sizes.members = at;
    return static_cast<std::uint8_t>(group);
  }

  /// A group before this one with the same rows, or this one.
  constexpr std::size_t equal_group(std::size_t group) const {
    for (std::size_t other = 1; other < group; ++other) {
      if (out.size(other) != out.size(group) || out.root_arity[other] != out.root_arity[group]) continue;
      bool same = true;
      for (std::size_t i = 0; i < out.size(group) && same; ++i)
        same = out.members[out.begin[other] + i] == out.members[out.begin[group] + i];
      if (same) return other;
    }
    return group;
  }
};

/// Rows of any operator stand in the group of each.
template <class All>
constexpr GroupSizes most_groups(const All& all) {
  std::size_t own = 0, any = 0;
  for (std::size_t r = 0; r < all.sizes.rows; ++r) ++(all.root_kinds[r] == RecordKind::operation ? own : any);
  return {op_count + own + 1, own + any * (op_count + own + 1), own};
}

template <const auto& Set, bool ConstantsLast>
constexpr auto make_groups() {
  constexpr auto& all = all_tables<Set, ConstantsLast>;
  Groups<most_groups(all)> groups;
  GroupMaker<std::remove_cvref_t<decltype(all)>, decltype(groups), all.sizes.rows>{all, groups}.make();
  return groups;
}
template <const auto& Set, bool ConstantsLast>
inline constexpr auto groups_of = make_groups<Set, ConstantsLast>();

constexpr std::size_t steps_of_group(const TableView& table, std::size_t group) {
  std::size_t steps = 0;
  for (std::uint32_t i = table.groups.begin[group]; i < table.groups.begin[group + 1]; ++i)
    steps += table.rows[table.groups.members[i]].step_count;
  return steps;
}

template <const auto& Set, bool ConstantsLast>
constexpr TableView view_of_tables() {
  constexpr auto& all = all_tables<Set, ConstantsLast>;
  constexpr auto& groups = groups_of<Set, ConstantsLast>;
  return {all.rows,
          all.steps,
          all.rules,
          all.replacements,
          all.builds,
          all.conditions,
          all.positions.items,
          all.sizes.rows,
          all.sizes.rules,
          all.positions.count,
          {groups.of_op, groups.user_ops, groups.of_user_op, groups.sizes.user_ops, groups.of_others, groups.begin,
           groups.members, groups.sizes.groups}};
}

}  // namespace detail

/// The tables of a rule set, made in constant expressions. With `ConstantsLast`, the graph orders the operands
/// of commutative operators so that constants come last.
template <const auto& Set, bool ConstantsLast>
inline constexpr TableView table_of = detail::view_of_tables<Set, ConstantsLast>();

}  // namespace v0
}  // namespace whittle
