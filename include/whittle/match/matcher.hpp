// The matcher: a rule set's rows, tried on a graph's nodes. Plain, one after another, and with a filter before.
#pragma once

#include <utility>

#include <whittle/match/compile.hpp>
#include <whittle/match/fact.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {

/// For rule sets whose lambdas take no context.
struct NoContext {};

/// What a node becomes, and the number of the rule that says so; `node` is the graph's none() without a match.
template <class G>
struct Match {
  node_of<G> node = graph_traits<G>::none();
  std::uint32_t rule = 0;
  constexpr bool found() const { return !(node == graph_traits<G>::none()); }
};

namespace detail {

template <class G>
constexpr bool equals_literal(const G& g, node_of<G> n, StepKind kind, std::uint64_t bits) {
  Scalar value;
  if (!constant_in(g, n, value)) return false;
  switch (kind) {
  case StepKind::truth: return value.dtype == DType::boolean && value.bits == bits;
  case StepKind::real:
    return is_float(value.dtype) && value.bits == float_scalar(value.dtype, std::bit_cast<double>(bits)).bits;
  default:
    return value.dtype != DType::boolean && value.bits == number(value.dtype, static_cast<std::int64_t>(bits)).bits;
  }
}

template <class G>
constexpr bool has_sources(const G& g, node_of<G> n, const Step& step) {
  if (step.sources == Sources::every) return true;
  const std::uint32_t arity = graph_traits<G>::arity(g, n);
  return arity == step.index || (step.sources == Sources::prefix && arity > step.index);
}

template <class G>
constexpr bool every_source(const G& g, node_of<G> n, const Step& step) {
  for (std::uint32_t i = 0; i < graph_traits<G>::arity(g, n); ++i) {
    const node_of<G> source = graph_traits<G>::source(g, n, i);
    Scalar value;
    if (HasDType<G> && !step.dtypes.contains(dtype_in(g, source))) return false;
    if (step.index != 0 && !constant_in(g, source, value)) return false;
  }
  return true;
}

template <class G>
constexpr bool match_row(G& g, const Step* step, std::uint32_t count, node_of<G>* registers) {
  using T = graph_traits<G>;
  for (const Step* end = step + count; step != end; ++step) {
    const node_of<G> from = registers[step->from];
    switch (step->kind) {
    case StepKind::source: registers[step->target] = T::source(g, from, step->index); break;
    case StepKind::op:
      if (T::op(g, from) != step->op || !has_sources(g, from, *step)) return false;
      break;
    case StepKind::op_class:
      if (!in_class(T::op(g, from), static_cast<OpClass>(static_cast<std::uint16_t>(step->op))) ||
          !has_sources(g, from, *step))
        return false;
      break;
    case StepKind::every:
      if (!every_source(g, from, *step)) return false;
      break;
    case StepKind::dtype:
      if (HasDType<G> && !step->dtypes.contains(dtype_in(g, from))) return false;
      break;
    case StepKind::constant:
    case StepKind::nonconstant: {
      Scalar value;
      if (constant_in(g, from, value) != (step->kind == StepKind::constant)) return false;
      break;
    }
    case StepKind::integer:
    case StepKind::real:
    case StepKind::truth:
      if (!equals_literal(g, from, step->kind, step->bits)) return false;
      break;
    case StepKind::same:
      if (!(from == registers[step->target])) return false;
      break;
    case StepKind::argument:
      if (argument_in(g, from) != step->bits) return false;
      break;
    case StepKind::fill_integer:
    case StepKind::fill_real:
      if constexpr (HasConstants<G>) {
        const DType dtype = dtype_in(g, from);
        registers[step->target] = T::make_constant(g, step->kind == StepKind::fill_real
                                                          ? float_scalar(dtype, std::bit_cast<double>(step->bits))
                                                          : number(dtype, static_cast<std::int64_t>(step->bits)));
        break;
      } else {
        return false;
      }
    }
  }
  return true;
}

/// What a node looks like to the filter.
struct NodeView {
  std::size_t columns[filtered_sources] = {};
  bool is_regular = true;  ///< every source looked at is a constant just where its operator says so
};

template <class G>
constexpr NodeView view_of_node(const FilterView& filter, const G& g, node_of<G> n) {
  using T = graph_traits<G>;
  NodeView view;
  const std::uint32_t arity = T::arity(g, n);
  for (std::uint32_t k = 0; k < filtered_sources && k < arity; ++k) {
    const node_of<G> source = T::source(g, n, k);
    const Op op = T::op(g, source);
    if constexpr (HasConstants<G>)
      view.is_regular = view.is_regular && (T::is_constant(g, source) == (op == Op::constant));
    else
      view.is_regular = view.is_regular && op != Op::constant;
    view.columns[k] = filter.column_of(op);
  }
  return view;
}

/// The nodes bound by a row, and what is asked of them.
template <class G>
struct Bindings {
  using T = graph_traits<G>;
  G& graph;
  const Row& row;
  const node_of<G>* registers;

  constexpr node_of<G> slot(std::uint8_t number) const { return registers[row.slots[number]]; }

  constexpr Fact fact(node_of<G> n) const {
    Scalar value;
    if (constant_in(graph, n, value)) {
      if (is_float(value.dtype)) return Fact::number(value.as_double());
      return Fact::point(value.as_wide());
    }
    if constexpr (HasIntervals<G>) {
      if (!HasDType<G> || !is_float(dtype_in(graph, n))) {
        const auto bounds = T::interval(graph, n);
        Fact known{Fact::Kind::integer,
                   bounds.low != std::numeric_limits<std::int64_t>::min(),
                   bounds.high != std::numeric_limits<std::int64_t>::max(),
                   bounds.low,
                   bounds.high,
                   0};
        return known;
      }
    }
    return {};
  }

  constexpr Fact literal_fact(const BuildStep& step) const {
    if (step.kind == BuildKind::real) return Fact::number(std::bit_cast<double>(step.bits));
    if (step.dtype_from == DTypeFrom::slot && is_float(dtype_in(graph, slot(step.dtype_at))))
      return Fact::number(static_cast<double>(static_cast<std::int64_t>(step.bits)));
    return Fact::point(static_cast<std::int64_t>(step.bits));
  }

  constexpr bool guard_holds(const BuildStep* step, std::uint32_t count) const {
    const Decision decided = decide_narrow(step, count);
    return decided == Decision::unsure ? guard_holds_wide(step, count) : decided == Decision::yes;
  }

  /// What is known of a slot in 64 bits; false if it does not fit or is a float.
  constexpr bool narrow_fact(node_of<G> n, NarrowFact& known) const {
    Scalar value;
    if (constant_in(graph, n, value)) {
      known = NarrowFact::point(value.as_int());
      return !is_float(value.dtype) && value.dtype != DType::uint64 && known.is_inside();
    }
    if constexpr (HasIntervals<G>) {
      if (HasDType<G> && is_float(dtype_in(graph, n))) return false;
      const auto bounds = T::interval(graph, n);
      known = {bounds.low, bounds.high};
      return known.low != NarrowFact::greatest && known.high != NarrowFact::least;
    } else {
      return false;
    }
  }

  /// The guard over integers of 64 bits, which is what nearly all guards come to.
  constexpr Decision decide_narrow(const BuildStep* step, std::uint32_t count) const {
    NarrowFact stack[16];
    std::size_t top = 0;
    for (const BuildStep* end = step + count; step != end; ++step) {
      if (step->kind == BuildKind::slot) {
        if (!narrow_fact(slot(step->slot), stack[top++])) return Decision::unsure;
      } else if (step->kind == BuildKind::integer) {
        if (step->dtype_from == DTypeFrom::slot && is_float(dtype_in(graph, slot(step->dtype_at))))
          return Decision::unsure;
        stack[top] = NarrowFact::point(static_cast<std::int64_t>(step->bits));
        if (!stack[top++].is_inside()) return Decision::unsure;
      } else if (step->kind == BuildKind::operation &&
                 (step->arity == 2 || step->op == Op::neg || step->op == Op::logical_not)) {
        constexpr NarrowFact zero = NarrowFact::point(0);
        bool fits = false;
        if (step->op == Op::neg)
          fits = narrow_fact_of(Op::sub, zero, stack[top - 1], stack[top - 1]);
        else if (step->op == Op::logical_not)
          fits = narrow_fact_of(Op::equal, stack[top - 1], zero, stack[top - 1]);
        else if (--top, true)
          fits = narrow_fact_of(step->op, stack[top - 1], stack[top], stack[top - 1]);
        if (!fits) return Decision::unsure;
        if (step->must_hold && !stack[top - 1].is_true()) return Decision::no;
      } else {
        return Decision::unsure;
      }
    }
    return top == 1 && stack[0].is_true() ? Decision::yes : Decision::no;
  }

  constexpr bool guard_holds_wide(const BuildStep* step, std::uint32_t count) const {
    Fact stack[16];
    bool is_bool[16] = {};
    std::size_t top = 0;
    for (const BuildStep* end = step + count; step != end; ++step) {
      bool truth = step->kind == BuildKind::truth;
      if (step->kind == BuildKind::slot) {
        const node_of<G> n = slot(step->slot);
        truth = dtype_in(graph, n) == DType::boolean;
        stack[top] = fact(n);
      } else if (step->kind != BuildKind::operation) {
        stack[top] = literal_fact(*step);
      } else if (step->arity == 2) {
        top -= 2;
        truth = is_comparison(step->op) || (is_bool[top] && is_bool[top + 1]);
        stack[top] = fact_of(step->op, stack[top], stack[top + 1], truth);
      } else if (step->arity == 1) {
        --top;
        truth = step->op == Op::logical_not;
        const Fact zero = stack[top].kind == Fact::Kind::real ? Fact::number(0) : Fact::point(0);
        stack[top] = truth                 ? fact_of(Op::equal, stack[top], zero, false)
                     : step->op == Op::neg ? fact_of(Op::sub, zero, stack[top], false)
                                           : Fact{};
      } else {
        return false;
      }
      is_bool[top++] = truth;
    }
    return top == 1 && stack[0].is_true();
  }

  /// The dtype of the operator that an any_op bound, over other operands.
  constexpr DType any_operator_dtype(Op op, const BuildStep& step, const node_of<G>* operands) const {
    if (is_comparison(op)) return DType::boolean;
    if (op == Op::cast || op == Op::bitcast) return dtype_in(graph, slot(step.slot));
    return dtype_in(graph, operands[op == Op::where ? 1 : 0]);
  }

  constexpr DType result_dtype(const BuildStep& step, const node_of<G>* operands) const {
    switch (step.dtype_from) {
    case DTypeFrom::root: return dtype_in(graph, registers[0]);
    case DTypeFrom::slot: return dtype_in(graph, slot(step.dtype_at));
    case DTypeFrom::operand: return dtype_in(graph, operands[step.dtype_at]);
    default: return step.dtype;
    }
  }

  constexpr node_of<G> make_literal(const BuildStep& step) const {
    if constexpr (HasConstants<G>) {
      const DType dtype = step.kind == BuildKind::truth ? DType::boolean : result_dtype(step, nullptr);
      if (step.kind == BuildKind::real)
        return T::make_constant(graph, float_scalar(dtype, std::bit_cast<double>(step.bits)));
      const auto value = static_cast<std::int64_t>(step.bits);
      return T::make_constant(graph, step.kind == BuildKind::truth ? bool_scalar(value != 0) : number(dtype, value));
    } else {
      return T::none();
    }
  }

  /// An operator over built operands; over constants it folds, and where that has no result the rule declines.
  constexpr node_of<G> make_operation(const BuildStep& step, const node_of<G>* operands) const {
    const Op op = step.kind == BuildKind::operation ? step.op : T::op(graph, slot(step.slot));
    const DType dtype =
        step.kind == BuildKind::operation ? result_dtype(step, operands) : any_operator_dtype(op, step, operands);
    if constexpr (HasConstants<G>) {
      Scalar values[3], folded;
      std::size_t constants = 0;
      if (is_elementwise(op))
        while (constants < step.arity && constants < 3 && constant_in(graph, operands[constants], values[constants]))
          ++constants;
      if (constants == step.arity && constants > 0) {
        if (fold(op, dtype, values, constants, folded)) return T::make_constant(graph, folded);
        if (is_int(dtype) || dtype == DType::boolean) return T::none();
      }
    }
    return T::make(graph, op, dtype, std::span<const node_of<G>>(operands, step.arity),
                   step.has_argument ? step.bits : 0);
  }

  constexpr node_of<G> build(const BuildStep* step, std::uint32_t count) const {
    node_of<G> stack[32] = {};
    std::size_t top = 0;
    for (const BuildStep* end = step + count; step != end; ++step) {
      node_of<G> made = T::none();
      if (step->kind == BuildKind::slot)
        made = slot(step->slot);
      else if (step->kind != BuildKind::operation && step->kind != BuildKind::any_operator)
        made = make_literal(*step);
      else
        made = make_operation(*step, stack + (top -= step->arity));
      if (made == T::none()) return made;
      stack[top++] = made;
    }
    return stack[0];
  }
};

template <class G, class Context>
using LambdaCall = node_of<G> (*)(G&, Context&, const node_of<G>*);

template <class G, class Context, class Function, std::size_t... I>
constexpr node_of<G> call_lambda(G& g, Context& context, const node_of<G>* arguments, std::index_sequence<I...>) {
  if constexpr (requires { Function{}(g, context, arguments[I]...); })
    return Function{}(g, context, arguments[I]...);
  else
    return Function{}(g, arguments[I]...);
}
template <class G, class Context, class Function, std::size_t Count>
constexpr node_of<G> call_lambda_of(G& g, Context& context, const node_of<G>* arguments) {
  return call_lambda<G, Context, Function>(g, context, arguments, std::make_index_sequence<Count>{});
}

/// The functions of the lambda rules of a set, in order.
template <const auto& Set, class G, class Context, class... Functions>
constexpr auto lambda_calls(FunctionList<Functions...>) {
  struct Calls {
    LambdaCall<G, Context> of[sizeof...(Functions) + 1] = {};
  } calls;
  std::size_t next = 0;
  const auto add = [&]<class Function, std::size_t Rule>() {
    if constexpr (!std::is_void_v<Function>)
      calls.of[next++] = &call_lambda_of<G, Context, Function, Set.rules[Rule].arguments.size>;
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (add.template operator()<Functions, I>(), ...);
  }(std::index_sequence_for<Functions...>{});
  return calls;
}

/// The replacement of a matched row, or none() if every guard or lambda declines.
template <class G, class Context>
constexpr node_of<G> replace(const TableView& table, const Bindings<G>& bound, const LambdaCall<G, Context>* lambdas,
                             Context& context) {
  const CompiledRule& rule = table.rules[bound.row.rule];
  for (std::uint32_t i = 0; i < rule.replacement_count; ++i) {
    const CompiledReplacement& replacement = table.replacements[rule.first_replacement + i];
    if (replacement.guard_count != 0 &&
        !bound.guard_holds(table.builds + replacement.first_guard, replacement.guard_count))
      continue;
    node_of<G> made = graph_traits<G>::none();
    if (rule.is_lambda) {
      node_of<G> arguments[most_slots] = {};
      for (std::uint8_t a = 0; a < rule.argument_count; ++a) arguments[a] = bound.slot(rule.arguments[a]);
      made = lambdas[rule.lambda](bound.graph, context, arguments);
    } else {
      made = bound.build(table.builds + replacement.first_build, replacement.build_count);
    }
    if (!(made == graph_traits<G>::none()) && !(made == bound.registers[0])) return made;
  }
  return graph_traits<G>::none();
}

}  // namespace detail

namespace detail {

/// What a row whose pattern is to be tried makes of a node; not found if it declines.
template <class G, class Context>
constexpr Match<G> try_row(const TableView& table, const LambdaCall<G, Context>* lambdas, G& graph, node_of<G> n,
                           Context& context, const Row& row, const Step* steps, std::uint32_t count) {
  node_of<G> registers[most_registers];
  registers[0] = n;
  if (!match_row(graph, steps, count, registers)) return {};
  node_of<G> made = replace<G, Context>(table, {graph, row, registers}, lambdas, context);
  if (made == graph_traits<G>::none()) return {};
  if constexpr (requires { context.conform(graph, made, n); }) {
    made = context.conform(graph, made, n);
    if (made == n) return {};
  }
  return {made, row.rule};
}

}  // namespace detail

/// Tries the rules of a compiled set on one node, in textual order; the first that does not decline wins. The
/// plain meaning of a rule set, without a filter.
template <class G, class Context = NoContext>
constexpr Match<G> match_linear(const TableView& table, const detail::LambdaCall<G, Context>* lambdas, G& graph,
                                node_of<G> n, Context& context) {
  const std::size_t bucket = table.bucket_of(graph_traits<G>::op(graph, n));
  for (std::uint32_t i = table.bucket_begin[bucket]; i < table.bucket_begin[bucket + 1]; ++i) {
    const Row& row = table.rows[table.bucket_rows[i]];
    const Match<G> match = detail::try_row<G, Context>(table, lambdas, graph, n, context, row,
                                                       table.steps + row.first_step, row.step_count);
    if (match.found()) return match;
  }
  return {};
}

/// The same, trying only the rows that can match a node of this dtype over these operators.
template <class G, class Context = NoContext>
constexpr Match<G> match_filtered(const TableView& table, const detail::LambdaCall<G, Context>* lambdas, G& graph,
                                  node_of<G> n, Context& context) {
  const FilterView& filter = table.filter;
  const std::size_t bucket = table.bucket_of(graph_traits<G>::op(graph, n));
  const auto [first, width] = filter.buckets[bucket];
  if (width == 0) return {};
  const detail::NodeView view = detail::view_of_node(filter, graph, n);
  if (!view.is_regular) return match_linear<G, Context>(table, lambdas, graph, n, context);
  const std::uint64_t* by_dtype = filter.words + first;
  const std::uint64_t* by_source[filtered_sources] = {};
  for (std::size_t k = 0; k < filtered_sources; ++k)
    by_source[k] = by_dtype + width * (dtype_count + k * filter.column_count + view.columns[k]);
  if constexpr (detail::HasDType<G>) by_dtype += width * static_cast<std::size_t>(graph_traits<G>::dtype(graph, n));
  for (std::uint32_t word = 0; word < width; ++word) {
    std::uint64_t rows = by_source[0][word] & by_source[1][word] & by_source[2][word];
    if constexpr (detail::HasDType<G>) rows &= by_dtype[word];
    for (; rows != 0; rows &= rows - 1) {
      const std::uint32_t i =
          table.bucket_begin[bucket] + 64 * word + static_cast<std::uint32_t>(std::countr_zero(rows));
      const Row& row = table.rows[table.bucket_rows[i]];
      const Match<G> match = detail::try_row<G, Context>(table, lambdas, graph, n, context, row,
                                                         filter.steps + row.first_rest, row.rest_count);
      if (match.found()) return match;
    }
  }
  return {};
}

/// A rule set compiled for a graph type. `Set` is an inline constexpr object of namespace scope.
template <const auto& Set, RewritableGraph G, class Context = NoContext>
struct matcher {
  using graph_type = G;
  using context_type = Context;
  static constexpr std::size_t rule_count = std::remove_cvref_t<decltype(Set)>::rule_count;
  static constexpr TableView table = table_of<Set, detail::constants_last<G>()>;
  static constexpr auto lambdas =
      detail::lambda_calls<Set, G, Context>(typename std::remove_cvref_t<decltype(Set)>::functions{});

  static constexpr RuleSetView rules() { return RuleSetView(Set); }

  /// What the first matching rule makes of `n`; not found if none does.
  static constexpr Match<G> match(G& graph, node_of<G> n, Context& context) {
    return match_filtered<G, Context>(table, lambdas.of, graph, n, context);
  }
};

/// True if the set compiles: names bound, variants and lengths within bounds. For use in static_assert.
template <const auto& Set>
constexpr bool well_formed() {
  return table_of<Set, true>.rule_count == RuleSetView(Set).rule_count;
}

}  // namespace v0
}  // namespace whittle
