// What a matched rule asks of the nodes that it has bound.
#pragma once

#include <whittle/core/inline.hpp>
#include <whittle/match/fact.hpp>
#include <whittle/match/table.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The nodes that the names of a rule stand for, and what is asked of them.
template <class G>
struct Bindings {
  using T = graph_traits<G>;
  G& graph;
  const node_of<G>* values;

  constexpr node_of<G> slot(std::uint8_t number) const { return values[first_slot_value + number]; }

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

  /// Whether an integer literal stands among floats.
  constexpr bool is_real_literal(const BuildStep& step) const {
    return step.dtype_from == DTypeFrom::value && step.dtype_at >= first_slot_value &&
           is_float(dtype_in(graph, values[step.dtype_at]));
  }
  constexpr Fact literal_fact(const BuildStep& step) const {
    if (step.kind == BuildKind::real) return Fact::number(std::bit_cast<double>(step.bits));
    if (is_real_literal(step)) return Fact::number(static_cast<double>(static_cast<std::int64_t>(step.bits)));
    return Fact::point(static_cast<std::int64_t>(step.bits));
  }

  /// Whether all conditions of a guard are known to be true. Apart, since it needs more of the stack than the rest.
  [[gnu::noinline]] constexpr bool hold(const TableView& table, const CompiledReplacement& replacement) const {
    const Condition* condition = table.conditions + replacement.first_condition;
    for (const Condition* end = condition + replacement.condition_count; condition != end; ++condition)
      if (!holds(table.builds + condition->first, *condition)) return false;
    return true;
  }

  constexpr bool holds(const BuildStep* step, const Condition& condition) const {
    NarrowFact a, b;
    if (condition.comparison == Op::none) {
      if (narrow_value(step, condition.size, a)) return a.is_true();
    } else if (narrow_value(step, condition.left, a) && narrow_value(step + condition.left, condition.right, b)) {
      return narrow_comparison(condition.comparison, a, b);
    }
    return holds_wide(step, condition.size);
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

  /// A slot or an integer; false if it is neither or does not fit. An integer among floats stands beside a slot that is
  /// one, which does not fit.
  WHITTLE_INLINE constexpr bool narrow_operand(const BuildStep& step, NarrowFact& known) const {
    if (step.kind == BuildKind::slot) return narrow_fact(slot(step.slot), known);
    known = NarrowFact::point(static_cast<std::int64_t>(step.bits));
    return step.kind == BuildKind::integer && known.is_inside();
  }

  /// An operator over what lies on top of the stack; false if its result does not fit.
  static constexpr bool narrow_operation(const BuildStep& step, NarrowFact* stack, std::size_t& top) {
    constexpr NarrowFact zero = NarrowFact::point(0);
    if (step.kind != BuildKind::operation) return false;
    if (step.arity == 2) {
      --top;
      return narrow_fact_of(step.op, stack[top - 1], stack[top], stack[top - 1]);
    }
    if (step.op == Op::neg) return narrow_fact_of(Op::sub, zero, stack[top - 1], stack[top - 1]);
    return step.op == Op::logical_not && narrow_fact_of(Op::equal, stack[top - 1], zero, stack[top - 1]);
  }

  /// What nearly all guards compare: a name or a number, or an expression over integers of 64 bits; false if these are
  /// too few.
  WHITTLE_INLINE constexpr bool narrow_value(const BuildStep* step, std::uint32_t count, NarrowFact& value) const {
    return count == 1 ? narrow_operand(*step, value) : narrow_expression(step, count, value);
  }
  [[gnu::noinline]] constexpr bool narrow_expression(const BuildStep* step, std::uint32_t count,
                                                     NarrowFact& value) const {
    NarrowFact stack[6];  // deeper guards are rare
    std::size_t top = 0;
    for (const BuildStep* end = step + count; step != end; ++step) {
      if (step->arity == 0) {
        if (top == std::size(stack) || !narrow_operand(*step, stack[top++])) return false;
      } else if (!narrow_operation(*step, stack, top)) {
        return false;
      }
    }
    value = stack[0];
    return true;
  }

  /// The same over integers of 128 bits, and floats.
  constexpr bool holds_wide(const BuildStep* step, std::uint32_t count) const {
    Fact stack[most_operands];
    bool is_bool[most_operands] = {};
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
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
