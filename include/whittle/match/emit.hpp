// Matching by code: each state of a decision tree, each row and each guard a function of its own.
#pragma once

#include <whittle/match/interpret.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The code of a rule set's trees for one graph type and context.
template <const auto& Set, class G, class Context>
struct MatchCode {
  using T = graph_traits<G>;
  using node = node_of<G>;
  static constexpr GraphKind kind{constants_last<G>(), HasDType<G>};
  static constexpr TableView table = table_of<Set, kind.constants_last>;

  /// One node being matched.
  struct Run {
    G& graph;
    Context& context;
    Match<G> match = {};
    node registers[first_position + table.position_count];

    constexpr Run(G& in_graph, Context& in_context, node root) : graph(in_graph), context(in_context) {
      registers[0] = root;
    }
  };
  using Code = bool (*)(Run&);

  static constexpr Match<G> match(G& graph, node n, Context& context) {
    const std::size_t group = table.groups.of(T::op(graph, n));
    std::size_t entry = dtype_count;
    if constexpr (HasDType<G>) entry = static_cast<std::size_t>(T::dtype(graph, n));
    const Code code = entries.code[group * entries_a_group + entry];
    if (code == nullptr) return {};
    Run run(graph, context, n);
    code(run);
    return run.match;
  }

 private:
  // Each state, row and rule is one function: what repeats inside is written out, as far as it usually goes.

  template <std::size_t Group, std::size_t State>
  static constexpr bool state(Run& run) {
    constexpr auto& here = tree_of<Set, kind, Group>.states[State];
    if constexpr (State == 0) {
      return false;
    } else if constexpr (here.asks == 0) {
      return rows_from<Group, State, 0>(run);
    } else {
      const node asked = T::source(run.graph, run.registers[here.parent], here.index);
      run.registers[here.asks] = asked;
      return edges_from<Group, State, 0>(run, asked_op(run.graph, asked));
    }
  }
  template <std::size_t Group, std::size_t State, std::size_t First>
  static constexpr bool edges_from(Run& run, Op op) {
    constexpr auto& tree = tree_of<Set, kind, Group>;
    constexpr auto& here = tree.states[State];
    constexpr std::size_t at = here.first + First, count = here.count - First;
    if constexpr (count > 0)
      if (op == tree.edges[at].op) return state<Group, tree.edges[at].to>(run);
    if constexpr (count > 1)
      if (op == tree.edges[at + 1].op) return state<Group, tree.edges[at + 1].to>(run);
    if constexpr (count > 2)
      if (op == tree.edges[at + 2].op) return state<Group, tree.edges[at + 2].to>(run);
    if constexpr (count > 3)
      if (op == tree.edges[at + 3].op) return state<Group, tree.edges[at + 3].to>(run);
    if constexpr (count > 4)
      return edges_from<Group, State, First + 4>(run, op);
    else
      return state<Group, here.otherwise>(run);
  }

  template <std::size_t Group, std::size_t State, std::size_t First>
  static constexpr bool rows_from(Run& run) {
    constexpr auto& tree = tree_of<Set, kind, Group>;
    constexpr std::size_t at = tree.states[State].first + First, count = tree.states[State].count - First;
    if constexpr (count > 0)
      if (row<Group, tree.leaf_rows[at]>(run)) return true;
    if constexpr (count > 1)
      if (row<Group, tree.leaf_rows[at + 1]>(run)) return true;
    if constexpr (count > 2)
      if (row<Group, tree.leaf_rows[at + 2]>(run)) return true;
    if constexpr (count > 3)
      if (row<Group, tree.leaf_rows[at + 3]>(run)) return true;
    if constexpr (count > 4)
      return rows_from<Group, State, First + 4>(run);
    else
      return false;
  }

  // Not inlined: a row stands in several leaves, and most rows that are tried fail in a step or two.
  template <std::size_t Group, std::size_t Number>
  [[gnu::noinline]] static constexpr bool row(Run& run) {
    constexpr auto& tree = tree_of<Set, kind, Group>;
    constexpr ResidualRow left = tree.residuals[Number];
    if constexpr (left.step_count > 0)
      if (!step<tree.steps[left.first_step]>(run)) return false;
    if constexpr (left.step_count > 1)
      if (!step<tree.steps[left.first_step + 1]>(run)) return false;
    if constexpr (left.step_count > 2)
      if (!step<tree.steps[left.first_step + 2]>(run)) return false;
    if constexpr (left.step_count > 3)
      if (!step<tree.steps[left.first_step + 3]>(run)) return false;
    if constexpr (left.step_count > 4)
      if (!step<tree.steps[left.first_step + 4]>(run)) return false;
    if constexpr (left.step_count > 5)
      if (!step<tree.steps[left.first_step + 5]>(run)) return false;
    if constexpr (left.step_count > 6)
      if (!take_all(run.graph, tree.steps + left.first_step + 6, left.step_count - 6, run.registers)) return false;
    constexpr const Row& here = table.rows[left.row];
    constexpr std::size_t slot_count = table.rules[here.rule].slot_count;
    node slots[slot_count + 1];
    if constexpr (slot_count > 0) slots[0] = slot<here.slots[0]>(run);
    if constexpr (slot_count > 1) slots[1] = slot<here.slots[1]>(run);
    if constexpr (slot_count > 2) slots[2] = slot<here.slots[2]>(run);
    if constexpr (slot_count > 3) slots[3] = slot<here.slots[3]>(run);
    for (std::size_t s = 4; s < slot_count; ++s)
      slots[s] = here.slots[s] == unbound ? T::none() : run.registers[here.slots[s]];
    return replace<G, Context>(table_of<Set, kind.constants_last>, lambdas_of<Set, G, Context>.of, here.rule,
                               {run.graph, run.registers[0], slots}, run.context, run.match);
  }
  template <Step This>
  static constexpr bool step(Run& run) {
    const node from = run.registers[This.from];
    if constexpr (This.kind == StepKind::source) {
      run.registers[This.target] = T::source(run.graph, from, This.index);
      return true;
    } else if constexpr (This.kind == StepKind::op && This.sources == Sources::every) {
      return T::op(run.graph, from) == This.op;
    } else if constexpr (This.kind == StepKind::same) {
      return from == run.registers[This.target];
    } else if constexpr (is_literal(This.kind)) {
      return equals_literal(run.graph, from, This.kind, This.bits);
    } else if constexpr (This.kind == StepKind::dtype) {
      return !HasDType<G> || This.dtypes.contains(dtype_in(run.graph, from));
    } else {
      return take(run.graph, This, run.registers);
    }
  }
  template <std::uint8_t Register>
  static constexpr node slot(const Run& run) {
    if constexpr (Register == unbound)
      return T::none();
    else
      return run.registers[Register];
  }

  // --- entries ---

  struct Entries {
    Code code[table.groups.count * entries_a_group] = {};
  };
  template <std::size_t I>
  static constexpr Code entry() {
    constexpr std::size_t group = I / entries_a_group;
    if constexpr (group == 0) {
      return nullptr;
    } else {
      constexpr std::size_t start = tree_of<Set, kind, group>.entries[I % entries_a_group];
      if constexpr (start == 0)
        return nullptr;
      else
        return &state<group, start>;
    }
  }
  template <std::size_t... I>
  static constexpr Entries make_entries(std::index_sequence<I...>) {
    return {{entry<I>()...}};
  }
  static constexpr Entries entries = make_entries(std::make_index_sequence<table.groups.count * entries_a_group>{});
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
