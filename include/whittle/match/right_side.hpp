// Builds what a rule puts in a node's place.
#pragma once

#include <whittle/core/inline.hpp>
#include <whittle/match/fact.hpp>
#include <whittle/match/table.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Brings the nodes that a right side makes within itself to normal form, for a driver that works from the leaves up.
template <class G>
struct Normalizer {
  node_of<G> (*normal_form)(Normalizer&, node_of<G>);
};

/// The constant that a literal of a right side is.
template <class G>
constexpr node_of<G> make_literal(G& graph, const BuildStep& step, DType dtype) {
  if constexpr (HasConstants<G>) {
    using T = graph_traits<G>;
    if (step.kind == BuildKind::real)
      return T::make_constant(graph, float_scalar(dtype, std::bit_cast<double>(step.bits)));
    const auto value = static_cast<std::int64_t>(step.bits);
    return T::make_constant(graph, step.kind == BuildKind::truth ? bool_scalar(value != 0) : number(dtype, value));
  } else {
    return graph_traits<G>::none();
  }
}

/// Whether an operator over these operands folds: then to a node, or to none where the rule has to decline.
template <class G>
WHITTLE_INLINE constexpr bool folds(G& graph, Op op, DType dtype, std::span<const node_of<G>> operands,
                                    node_of<G>& made) {
  if constexpr (HasConstants<G>) {
    using T = graph_traits<G>;
    const std::size_t arity = operands.size();
    if (arity == 0 || arity > most_few_operands || !T::is_constant(graph, operands[0])) return false;
    Scalar values[most_few_operands], folded;
    for (std::size_t k = 0; k < arity; ++k)
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

/// A right side while it is built. What is made within it, and not the whole, is brought to normal form at once.
template <class G>
struct RightSide {
  using T = graph_traits<G>;
  using node = node_of<G>;
  G& graph;
  node* values;  ///< the node that is replaced, what each name stands for, what has been built
  Normalizer<G>* normalizer;
  std::uint32_t changed = 0;   ///< of what is built, a bit each: it was no constant before rules saw it
  bool has_rewritten = false;  ///< anything that is made within it

  /// None where the rule has to decline.
  constexpr node build(const BuildStep* step, std::uint32_t count) {
    for (const BuildStep* const last = step + count - 1;; ++step) {
      const node made =
          step->kind == BuildKind::operation && step->arity == 2 ? call_operation_of_two(*step) : take(*step);
      if (step == last || !keep(*step, made)) return made;
    }
  }

  /// What a step that is not the last has made is its value, in normal form; false if it has made nothing.
  WHITTLE_INLINE constexpr bool keep(const BuildStep& step, node made) {
    if (made == T::none()) return false;
    values[step.target] = made;
    if (normalizer != nullptr && step.kind != BuildKind::slot) normalize(step.target);
    return true;
  }
  /// Folds two constants of dtype index, where the operator is known when this is compiled.
  WHITTLE_INLINE constexpr bool folds_to_index(const BuildStep& step, node& made) const {
    if constexpr (HasConstants<G>) {
      const node a = values[step.operands[0]], b = values[step.operands[1]];
      if (!step.may_fold || !is_constant_in(graph, a) || !is_constant_in(graph, b)) return false;
      std::int64_t value = 0;
      if (dtype_of(step) != DType::index || !is_as_written(step) ||
          !narrow_points(step.op, T::constant(graph, a).as_int(), T::constant(graph, b).as_int(), value))
        return false;
      made = T::make_constant(graph, number(DType::index, value));
      return true;
    }
    return false;
  }
  /// What nearly all steps are.
  WHITTLE_INLINE constexpr node operation_of_two(const BuildStep& step) const {
    const node a = values[step.operands[0]], b = values[step.operands[1]];
    const DType dtype = dtype_of(step);
    if (step.may_fold && is_constant_in(graph, a)) return folded_or_made(step, dtype, a, b);
    return make_of_two(graph, step.op, dtype, a, b, step.has_argument ? step.bits : 0);
  }
  /// Any other step.
  [[gnu::noinline]] constexpr node take(const BuildStep& step) const {
    if (step.kind == BuildKind::slot) return slot(step.slot);
    if (step.kind != BuildKind::operation && step.kind != BuildKind::any_operator)
      return make_literal<G>(graph, step, step.kind == BuildKind::truth ? DType::boolean : dtype_of(step));
    const node few[] = {values[step.operands[0]], values[step.operands[1]], values[step.operands[2]]};
    const node* const operands = step.arity <= most_few_operands ? few : values + step.operands[0];
    const bool is_any = step.kind == BuildKind::any_operator;
    const Op op = is_any ? T::op(graph, slot(step.slot)) : step.op;
    const DType dtype = is_any ? dtype_of_any(op, step, operands) : dtype_of(step);
    return operation(step, op, dtype, std::span<const node>(operands, step.arity));
  }

 private:
  // By itself: in one function with the other steps it takes half as long again.
  [[gnu::noinline]] constexpr node call_operation_of_two(const BuildStep& step) const { return operation_of_two(step); }
  [[gnu::noinline]] constexpr node folded_or_made(const BuildStep& step, DType dtype, node a, node b) const {
    const node operands[] = {a, b};
    return operation(step, step.op, dtype, operands);
  }
  /// An operator over its operands; over constants it folds, and where that has no result the rule declines.
  WHITTLE_INLINE constexpr node operation(const BuildStep& step, Op op, DType dtype,
                                          std::span<const node> operands) const {
    node folded = T::none();
    if (step.may_fold && folds<G>(graph, op, dtype, operands, folded) && is_as_written(step)) return folded;
    return T::make(graph, op, dtype, operands, step.has_argument ? step.bits : 0);
  }

  constexpr node slot(std::uint8_t number) const { return values[first_slot_value + number]; }
  constexpr DType dtype_of(const BuildStep& step) const {
    return step.dtype_from == DTypeFrom::value ? dtype_in(graph, values[step.dtype_at]) : step.dtype;
  }
  /// The dtype of the operator that an any_op bound, over other operands.
  constexpr DType dtype_of_any(Op op, const BuildStep& step, const node* operands) const {
    if (is_comparison(op)) return DType::boolean;
    if (op == Op::cast || op == Op::bitcast) return dtype_in(graph, slot(step.slot));
    return dtype_in(graph, operands[op == Op::where ? 1 : 0]);
  }

  static constexpr std::uint32_t bit_of(std::uint8_t value) { return std::uint32_t{1} << (value - first_built_value); }
  /// Whether no rule has rewritten an operand that the right side makes.
  constexpr bool is_as_written(const BuildStep& step) const {
    std::uint32_t built = 0;
    for (const std::uint8_t operand : step.operands)
      if (operand >= first_built_value) built |= bit_of(operand);
    return (changed & built) == 0;
  }

  constexpr void normalize(std::uint8_t target) {
    const node made = values[target], normal = normalizer->normal_form(*normalizer, made);
    values[target] = normal;
    changed &= ~bit_of(target);
    if (normal == made) return;
    changed |= bit_of(target);
    has_rewritten = true;
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
