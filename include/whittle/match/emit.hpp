// Matching by code: each state of a decision tree is a function. The code finds the first row that a node can match
// and binds its names.
#pragma once

#include <bit>
#include <type_traits>

#include <whittle/core/inline.hpp>
#include <whittle/match/decision_tree.hpp>
#include <whittle/match/emit_replacement.hpp>
#include <whittle/match/open_pairs.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The code of a rule set's trees for one graph type and context. What rows are replaced by is code, too, or left to
/// the tables.
///
/// Functions take a node and its first sources in the machine's registers and read again what lies deeper: they call
/// each other last and save nothing. `found` is set where they return true.
template <const auto& Set, class G, class Context, bool ReplacesByCode>
struct MatchCode {
  using T = graph_traits<G>;
  using node = node_of<G>;
  static constexpr GraphKind kind{constants_last<G>(), HasDType<G>};
  static constexpr TableView table = table_of<Set, kind.constants_last>;

  static constexpr Match<G> match(G& graph, node n, Context& context, Normalizer<G>* normalizer) {
    const GroupEntries& group = group_of(graph, n);
    const Codes codes = codes_of(graph, n);
    if constexpr (HasOperandCodes<G>)
      if (!group.open_pairs.contains(codes)) return {};
    std::size_t dtype = dtype_count;
    if constexpr (HasDType<G>) dtype = static_cast<std::size_t>(T::dtype(graph, n));
    node a = T::none(), b = T::none();
    if constexpr (loads_at_once) {
      a = T::source_of_few(graph, n, 0);
      b = T::source_of_few(graph, n, 1);
    }
    Found<G, Context> found;
    if (!group.of_dtype[dtype](graph, n, a, b, codes, found)) return {};
    if constexpr (ReplacesByCode)
      return replaced(graph, n, context, normalizer, found);
    else
      return replaced_by_tables(graph, n, context, normalizer, found);
  }

 private:
  using Codes = std::conditional_t<HasOperandCodes<G>, OperandCodes, NoPairs>;
  using Entry = bool (*)(const G&, node n, node a, node b, Codes codes, Found<G, Context>&);
  /// Where the node is in the caches already, its first two sources are read before it is known whether it has any.
  static constexpr bool loads_at_once =
      HasOperandCodes<G> && requires(const G& g, node n) { T::source_of_few(g, n, 0); };
  /// In place of the third source of operators that have none: what the node says of the first two.
  WHITTLE_INLINE static constexpr Codes codes_of([[maybe_unused]] const G& g, [[maybe_unused]] node n) {
    if constexpr (HasOperandCodes<G>)
      return T::operand_codes(g, n);
    else
      return {};
  }

  // --- what has been found ---

  static constexpr Match<G> replaced_by_tables(G& graph, node n, Context& context, Normalizer<G>* normalizer,
                                               Found<G, Context>& found) {
    return match_found<G, Context>(table, masks_of<Set, kind>, lambdas_of<Set, G, Context>.of, graph, n, context,
                                   normalizer, found);
  }
  [[gnu::noinline]] static constexpr Match<G> replaced(G& graph, node n, Context& context, Normalizer<G>* normalizer,
                                                       Found<G, Context>& found) {
    if (found.replace == nullptr) return replaced_by_tables(graph, n, context, normalizer, found);
    Match<G> match;
    found.values[0] = n;
    if (found.replace(graph, context, found.values, normalizer, match)) return match;
    return match_from<G, Context>(table, masks_of<Set, kind>, lambdas_of<Set, G, Context>.of, graph, n, context,
                                  normalizer, found.next);
  }

  // --- states ---

  /// No row is for the dtype.
  static constexpr bool enter_none(const G&, node, node, node, Codes, Found<G, Context>&) { return false; }
  /// A tree from its first state on.
  template <std::size_t Group, std::size_t State>
  static constexpr bool enter(const G& g, node n, node a, node b, Codes codes, Found<G, Context>& found) {
    constexpr std::uint8_t loads = tree_of<Set, kind, Group>.loads;
    if constexpr (!loads_at_once && loads > 0) a = few_source<G>(g, n, 0);
    if constexpr (!loads_at_once && loads > 1) b = few_source<G>(g, n, 1);
    if constexpr (loads > 2)
      return state<Group, State>(g, n, a, b, few_source<G>(g, n, 2), found);
    else
      return state<Group, State>(g, n, a, b, codes, found);
  }
  /// A state from one of its edges or rows on. What repeats is written out, as far as it usually goes.
  template <std::size_t Group, std::size_t State, std::size_t First = 0>
  static constexpr bool state(const G& g, node n, node a, node b, auto c, Found<G, Context>& found) {
    constexpr auto& tree = tree_of<Set, kind, Group>;
    constexpr auto& here = tree.states[State];
    constexpr std::size_t at = here.first + First, count = here.count - First;
    if constexpr (here.asks == 0) {
      return leaf<Group, State, First>(g, n, a, b, c, found);
    } else {
      constexpr bool for_constants = here.count == 1 && tree.edges[here.first].op == Op::constant;
      const auto asked = ask<tree.loads, here.asks, for_constants>(g, n, a, b, c);
      if constexpr (count > 0)
        if (asked.is(tree.edges[at].op)) return state<Group, tree.edges[at].to>(g, n, a, b, c, found);
      if constexpr (count > 1)
        if (asked.is(tree.edges[at + 1].op)) return state<Group, tree.edges[at + 1].to>(g, n, a, b, c, found);
      if constexpr (count > 2)
        if (asked.is(tree.edges[at + 2].op)) return state<Group, tree.edges[at + 2].to>(g, n, a, b, c, found);
      if constexpr (count > 3)
        if (asked.is(tree.edges[at + 3].op)) return state<Group, tree.edges[at + 3].to>(g, n, a, b, c, found);
      if constexpr (count > 4)
        return state<Group, State, First + 4>(g, n, a, b, c, found);
      else
        return state<Group, here.otherwise>(g, n, a, b, c, found);
    }
  }

  struct AskedOp {
    Op op;
    constexpr bool is(Op wanted) const { return op == wanted; }
  };
  struct AskedCode {
    std::uint32_t code;
    constexpr bool is(Op wanted) const { return OperandCode::is(code, wanted); }
  };
  struct AskedConstant {
    bool is_constant;
    constexpr bool is(Op) const { return is_constant; }
  };
  /// What is at a position. What the node itself says of its sources needs no look at them, nor whether their second
  /// sources are constants.
  template <std::uint8_t Loads, std::uint8_t Register, bool ForConstants>
  WHITTLE_INLINE static constexpr auto ask(const G& g, node n, node a, node b, auto c) {
    constexpr bool has_codes = HasOperandCodes<G> && Loads > 0 && Loads < 3;
    if constexpr (has_codes && Register - first_position < Loads) {
      return AskedCode{Register == near_a ? c.first() : c.second()};
    } else if constexpr (has_codes && ForConstants && Register == near_below + 1) {
      return AskedConstant{c.first_is_over_constant()};
    } else if constexpr (has_codes && ForConstants && Register == near_below + 3 && Loads == 2) {
      return AskedConstant{c.second_is_over_constant()};
    } else {
      return AskedOp{asked_op(g, position<Loads, Register>(g, n, a, b, c))};
    }
  }

  /// The rows of a leaf. Apart, since their steps need more registers than the way to them.
  template <std::size_t Group, std::size_t State, std::size_t First = 0>
  WHITTLE_APART static constexpr bool leaf(const G& g, node n, node a, node b, auto c, Found<G, Context>& found) {
    constexpr auto& tree = tree_of<Set, kind, Group>;
    constexpr auto& here = tree.states[State];
    constexpr std::size_t at = here.first + First, count = here.count - First;
    if constexpr (count > 0)
      if (may_match<Group, tree.leaf_rows[at]>(g, n, a, b, c)) return find<Group, State, First>(g, n, a, b, c, found);
    if constexpr (count > 1)
      if (may_match<Group, tree.leaf_rows[at + 1]>(g, n, a, b, c))
        return find<Group, State, First + 1>(g, n, a, b, c, found);
    if constexpr (count > 2)
      if (may_match<Group, tree.leaf_rows[at + 2]>(g, n, a, b, c))
        return find<Group, State, First + 2>(g, n, a, b, c, found);
    if constexpr (count > 3)
      if (may_match<Group, tree.leaf_rows[at + 3]>(g, n, a, b, c))
        return find<Group, State, First + 3>(g, n, a, b, c, found);
    if constexpr (count > 4)
      return leaf<Group, State, First + 4>(g, n, a, b, c, found);
    else
      return false;
  }

  /// A row of a leaf that may match. Where an operand is missing in it, the tables bind its names.
  template <std::size_t Group, std::size_t State, std::size_t Number>
  WHITTLE_INLINE static constexpr bool find(const G& g, node n, node a, node b, auto c, Found<G, Context>& found) {
    constexpr auto& tree = tree_of<Set, kind, Group>;
    constexpr auto& here = tree.states[State];
    constexpr const std::uint16_t* left = tree.leaf_rows + here.first + Number;
    constexpr const Row& row = table.rows[tree.residuals[left[0]].row];
    found.row = tree.residuals[left[0]].row;
    found.next = Number + 1 < here.count ? tree.residuals[left[1]].row : Found<G, Context>::no_row;
    if constexpr (ReplacesByCode)
      found.replace = row.has_default ? nullptr : ReplacementCode<Set, G, Context>::template function<row.rule>();
    if constexpr (row.has_default)
      return true;
    else
      return bind<tree.loads, places_of(row)>(g, n, a, b, c, found);
  }
  /// The registers of a row's names.
  struct NamePlaces {
    std::uint8_t count, of[most_slots];
  };
  static constexpr NamePlaces places_of(const Row& row) {
    NamePlaces places{};
    for (places.count = 0; places.count < table.rules[row.rule].slot_count; ++places.count)
      places.of[places.count] = row.slots[places.count];
    return places;
  }
  /// By where the names are and not by the row's number, so that rows share it.
  template <std::uint8_t Loads, NamePlaces Places, std::size_t First = 0>
  static constexpr bool bind(const G& g, node n, node a, node b, auto c, Found<G, Context>& found) {
    node* const to = found.values + first_slot_value + First;
    constexpr std::size_t count = Places.count - First;
    if constexpr (count > 0 && Places.of[First] != unbound) to[0] = position<Loads, Places.of[First]>(g, n, a, b, c);
    if constexpr (count > 1 && Places.of[First + 1] != unbound)
      to[1] = position<Loads, Places.of[First + 1]>(g, n, a, b, c);
    if constexpr (count > 2 && Places.of[First + 2] != unbound)
      to[2] = position<Loads, Places.of[First + 2]>(g, n, a, b, c);
    if constexpr (count > 3)
      return bind<Loads, Places, First + 3>(g, n, a, b, c, found);
    else
      return true;
  }

  // --- rows: false only where a row does not match or its guard does not hold ---

  template <std::size_t Group, std::size_t Residual, std::size_t First = 0>
  WHITTLE_INLINE static constexpr bool may_match(const G& g, node n, node a, node b, auto c) {
    constexpr auto& tree = tree_of<Set, kind, Group>;
    constexpr std::size_t at = tree.residuals[Residual].first_step + First;
    constexpr std::size_t count = tree.residuals[Residual].step_count - First;
    if constexpr (count > 0)
      if (!passes<tree.loads, packed(tree.steps[at]), tree.steps[at].bits>(g, n, a, b, c)) return false;
    if constexpr (count > 1)
      if (!passes<tree.loads, packed(tree.steps[at + 1]), tree.steps[at + 1].bits>(g, n, a, b, c)) return false;
    if constexpr (count > 2)
      if (!passes<tree.loads, packed(tree.steps[at + 2]), tree.steps[at + 2].bits>(g, n, a, b, c)) return false;
    if constexpr (count > 3)
      if (!passes<tree.loads, packed(tree.steps[at + 3]), tree.steps[at + 3].bits>(g, n, a, b, c)) return false;
    if constexpr (count > 4)
      return may_match<Group, Residual, First + 4>(g, n, a, b, c);
    else
      return true;
  }

  /// By what the step says and not by its number, so that rows and groups share it.
  template <std::uint8_t Loads, PackedStep Packed, std::uint64_t Bits>
  WHITTLE_INLINE static constexpr bool passes(const G& g, node n, node a, node b, auto c) {
    constexpr Step step = unpacked(Packed, Bits);
    if constexpr (step.kind == StepKind::source || is_fill(step.kind) || is_default(step.from)) {
      return true;
    } else if constexpr (step.kind == StepKind::same) {
      return is_default(step.target) ||
             position<Loads, step.from>(g, n, a, b, c) == position<Loads, step.target>(g, n, a, b, c);
    } else if constexpr (is_comparison_step(step.kind)) {
      constexpr std::uint8_t z = step.kind == StepKind::compare_product ? step.index : 0;
      return compares_constants<G>(g, step, position<Loads, step.from>(g, n, a, b, c),
                                   position<Loads, step.target>(g, n, a, b, c), position<Loads, z>(g, n, a, b, c));
    } else {
      const node from = position<Loads, step.from>(g, n, a, b, c);
      if constexpr (step.kind == StepKind::op && step.sources == Sources::every)
        return T::op(g, from) == step.op;
      else if constexpr (step.kind == StepKind::dtype && HasDType<G>)
        return step.dtypes.contains(T::dtype(g, from));
      else if constexpr (step.kind == StepKind::constant || step.kind == StepKind::nonconstant)
        return is_constant_in(g, from) == (step.kind == StepKind::constant);
      else if constexpr (step.kind == StepKind::integer && step.bits < 128 && HasConstants<G>)
        return is_small_number(g, from, step);
      else
        return holds<G>(g, from, step);
    }
  }
  WHITTLE_INLINE static constexpr bool is_small_number(const G& g, node n, const Step& step) {
    if (step.index == 0 && !T::is_constant(g, n)) return false;
    const Scalar known = T::constant(g, n);
    if (HasDType<G> && (step.dtypes.mask & ~any_int.mask) == 0) return known.bits == step.bits;
    const auto as_float = std::bit_cast<std::uint64_t>(static_cast<double>(step.bits));  // exact in all of them
    return known.bits == (is_float(known.dtype) ? as_float : step.bits) && known.dtype != DType::boolean;
  }

  /// The positions that are sources of operators which have few, whatever the row.
  static constexpr std::uint64_t find_sources_of_few() {
    std::uint64_t others = 0;
    for (const Row* row = table.rows; row != table.rows + table.row_count; ++row) {
      std::uint64_t known = 0;
      const Step* const first = table.steps + row->first_step;
      for (const Step* step = first; step != first + row->step_count; ++step)
        if (step->from >= first_position && demands_few_sources(*step)) known |= position_bit(step->from);
      for (const Step* step = first; step != first + row->step_count; ++step)
        if (step->kind == StepKind::source && step->from >= first_position && (known & position_bit(step->from)) == 0)
          others |= position_bit(step->target);
    }
    return ~others;
  }
  static constexpr std::uint64_t sources_of_few = find_sources_of_few();

  /// The node at a position. What is no source of the node itself has been asked for or checked on the way here.
  template <std::uint8_t Loads, std::uint8_t Register>
  WHITTLE_INLINE static constexpr node position(const G& g, node n, node a, node b, auto c) {
    if constexpr (Register == 0) {
      return n;
    } else if constexpr (is_default(Register)) {
      return T::none();
    } else if constexpr (Register - first_position < Loads) {
      if constexpr (Register == first_position)
        return a;
      else if constexpr (Register == first_position + 1)
        return b;
      else
        return c;
    } else {
      constexpr Position place = table.positions[Register - first_position];
      const node parent = position<Loads, place.parent>(g, n, a, b, c);
      if constexpr (place.parent == 0 ? Loads > 0 : (sources_of_few & position_bit(Register)) != 0)
        return few_source<G>(g, parent, place.index);
      else
        return T::source(g, parent, place.index);
    }
  }

  // --- entries ---

  struct GroupEntries {
    std::conditional_t<HasOperandCodes<G>, OpenPairs, NoPairs> open_pairs;
    Entry of_dtype[entries_a_group];
  };
  static constexpr GroupEntries no_entries() {
    GroupEntries none{};
    for (Entry& entry : none.of_dtype) entry = &enter_none;
    return none;
  }
  template <std::size_t Group, std::size_t State>
  static constexpr Entry entry() {
    if constexpr (State == 0)
      return &enter_none;
    else
      return &enter<Group, State>;
  }
  template <std::size_t Group, std::size_t... Types>
  static constexpr GroupEntries make_group_entries(std::index_sequence<Types...>) {
    const auto entries_of_group = [](const auto& pairs) -> GroupEntries {
      return {pairs, {entry<Group, tree_of<Set, kind, Group>.entries[Types]>()...}};
    };
    if constexpr (HasOperandCodes<G>)
      return entries_of_group(make_open_pairs<Set, kind.constants_last, Group>());
    else
      return entries_of_group(NoPairs{});
  }
  template <std::size_t... Groups>
  struct EntriesOf {
    static constexpr GroupEntries of_group[1 + sizeof...(Groups)] = {
        no_entries(), make_group_entries<1 + Groups>(std::make_index_sequence<entries_a_group>{})...};
  };
  template <std::size_t... Groups>
  static EntriesOf<Groups...> entries_of(std::index_sequence<Groups...>);
  using Entries = decltype(entries_of(std::make_index_sequence<table.groups.count - 1>{}));

  /// By a node's code as an operand, which is its operator's number but for constants: one look-up less than by group.
  struct EntriesByCode {
    const GroupEntries* of[OperandCode::count];
  };
  static constexpr EntriesByCode make_entries_by_code() {
    EntriesByCode made{};
    for (const GroupEntries*& entries : made.of) entries = &Entries::of_group[0];
    for (std::size_t op = 0; op < op_count; ++op) made.of[op] = &Entries::of_group[table.groups.of_op[op]];
    for (std::uint32_t code = OperandCode::constant; code < OperandCode::count; ++code)
      made.of[code] = made.of[static_cast<std::size_t>(Op::constant)];
    return made;
  }
  static constexpr EntriesByCode by_code = make_entries_by_code();
  static constexpr bool has_user_ops = table.groups.user_op_count > 0 || table.groups.of_others != 0;

  WHITTLE_INLINE static constexpr const GroupEntries& group_of(const G& g, node n) {
    if constexpr (HasOperandCodes<G> && !has_user_ops) {
      return *by_code.of[T::operand_code(g, n)];
    } else {
      const Op op = T::op(g, n);
      const bool is_built_in = static_cast<std::size_t>(op) < op_count;
      return is_built_in ? *by_code.of[static_cast<std::size_t>(op)] : Entries::of_group[table.groups.of(op)];
    }
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
