// What a matched rule asks of the nodes it has bound, and what it builds of them.
#pragma once

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
  const node_of<G>* registers;      ///< the first is the node that is matched
  const std::uint8_t* register_of;  ///< of each slot

  constexpr node_of<G> root() const { return registers[0]; }
  constexpr node_of<G> slot(std::uint8_t number) const { return registers[register_of[number]]; }

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
    return step.dtype_from == DTypeFrom::slot && is_float(dtype_in(graph, slot(step.dtype_at)));
  }
  constexpr Fact literal_fact(const BuildStep& step) const {
    if (step.kind == BuildKind::real) return Fact::number(std::bit_cast<double>(step.bits));
    if (is_real_literal(step)) return Fact::number(static_cast<double>(static_cast<std::int64_t>(step.bits)));
    return Fact::point(static_cast<std::int64_t>(step.bits));
  }

  /// Whether all of these conditions are known to be true.
  constexpr bool hold(const TableView& table, const Condition* condition, std::uint32_t count) const {
    for (const Condition* end = condition + count; condition != end; ++condition)
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
  constexpr bool narrow_operand(const BuildStep& step, NarrowFact& known) const {
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

  /// An expression over integers of 64 bits, which is what nearly all guards come to; false if these are too few.
  constexpr bool narrow_value(const BuildStep* step, std::uint32_t count, NarrowFact& value) const {
    if (count == 1) return narrow_operand(*step, value);
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

  /// The dtype of the operator that an any_op bound, over other operands.
  constexpr DType any_operator_dtype(Op op, const BuildStep& step, const node_of<G>* operands) const {
    if (is_comparison(op)) return DType::boolean;
    if (op == Op::cast || op == Op::bitcast) return dtype_in(graph, slot(step.slot));
    return dtype_in(graph, operands[op == Op::where ? 1 : 0]);
  }

  constexpr DType result_dtype(const BuildStep& step, const node_of<G>* operands) const {
    switch (step.dtype_from) {
    case DTypeFrom::root: return dtype_in(graph, root());
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

  /// Whether an operator over these operands folds: then to a node, or to none where the rule has to decline.
  constexpr bool folds(Op op, DType dtype, std::uint8_t arity, const node_of<G>* operands, node_of<G>& made) const {
    if constexpr (HasConstants<G>) {
      if (!T::is_constant(graph, operands[0])) return false;
      Scalar values[3], folded;
      if (arity > std::size(values)) return false;
      for (std::uint8_t k = 0; k < arity; ++k)
        if (!constant_in(graph, operands[k], values[k])) return false;
      std::int64_t narrow = 0;  // of what the rules of index arithmetic fold, which is nearly all there is
      if (dtype == DType::index && arity == 2 && narrow_points(op, values[0].as_int(), values[1].as_int(), narrow))
        made = T::make_constant(graph, number(dtype, narrow));
      else if (fold(op, dtype, values, arity, folded))
        made = T::make_constant(graph, folded);
      else if (!is_int(dtype) && dtype != DType::boolean)
        return false;
      return true;
    }
    return false;
  }

  /// An operator over built operands; over constants it folds, and where that has no result the rule declines.
  constexpr node_of<G> make_operation(const BuildStep& step, const node_of<G>* operands) const {
    Op op = step.op;
    DType dtype = DType::none;
    if (step.kind == BuildKind::operation) {
      dtype = result_dtype(step, operands);
    } else {
      op = T::op(graph, slot(step.slot));
      dtype = any_operator_dtype(op, step, operands);
    }
    node_of<G> folded = T::none();
    if (step.may_fold && step.arity != 0 && folds(op, dtype, step.arity, operands, folded)) return folded;
    return T::make(graph, op, dtype, std::span<const node_of<G>>(operands, step.arity),
                   step.has_argument ? step.bits : 0);
  }

  constexpr node_of<G> build(const BuildStep* step, std::uint32_t count) const {
    if (count == 1 && step->kind == BuildKind::slot) return slot(step->slot);
    node_of<G> stack[most_operands];
    std::size_t top = 0;
    for (const BuildStep* end = step + count; step != end; ++step) {
      if (step->kind == BuildKind::slot) {
        stack[top++] = slot(step->slot);
        continue;
      }
      const bool is_operation = step->kind == BuildKind::operation || step->kind == BuildKind::any_operator;
      if (is_operation) top -= step->arity;
      const node_of<G> made = is_operation ? make_operation(*step, stack + top) : make_literal(*step);
      if (made == T::none()) return made;
      stack[top++] = made;
    }
    return stack[0];
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
