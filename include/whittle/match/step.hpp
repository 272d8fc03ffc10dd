// The steps of a row, on a graph.
#pragma once

#include <whittle/match/fact.hpp>
#include <whittle/match/table.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Whether a node is that literal; a number is one of any dtype but bool.
template <class G>
constexpr bool equals_literal(const G& g, node_of<G> n, StepKind kind, std::uint64_t bits) {
  Scalar value;
  if (!constant_in(g, n, value)) return false;
  if (kind == StepKind::truth) return value.dtype == DType::boolean && value.bits == bits;
  if (kind == StepKind::real)
    return is_float(value.dtype) && value.bits == float_scalar(value.dtype, std::bit_cast<double>(bits)).bits;
  if (value.dtype == DType::boolean) return false;
  if (bits < 128 && !is_float(value.dtype)) return value.bits == bits;  // it is itself in every dtype
  return value.bits == number(value.dtype, static_cast<std::int64_t>(bits)).bits;
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

/// Sets a register to the default of an operand that is missing; false where the graph has no constants.
template <class G>
constexpr bool fill(G& g, const Step& step, node_of<G>* registers) {
  if constexpr (HasConstants<G>) {
    const DType dtype = dtype_in(g, registers[step.from]);
    registers[step.target] = graph_traits<G>::make_constant(
        g, step.kind == StepKind::fill_real ? float_scalar(dtype, std::bit_cast<double>(step.bits))
                                            : number(dtype, static_cast<std::int64_t>(step.bits)));
    return true;
  } else {
    return false;
  }
}

/// Whether the node in the register that a step looks at is as the step wants it.
template <class G>
constexpr bool holds(const G& g, node_of<G> from, const Step& step) {
  using T = graph_traits<G>;
  switch (step.kind) {
  case StepKind::op: return T::op(g, from) == step.op && has_sources(g, from, step);
  case StepKind::op_class:
    return in_class(T::op(g, from), static_cast<OpClass>(static_cast<std::uint16_t>(step.op))) &&
           has_sources(g, from, step);
  case StepKind::every: return every_source(g, from, step);
  case StepKind::dtype: return !HasDType<G> || step.dtypes.contains(dtype_in(g, from));
  case StepKind::constant: return is_constant_in(g, from);
  case StepKind::nonconstant: return !is_constant_in(g, from);
  case StepKind::integer:
  case StepKind::real:
  case StepKind::truth: return equals_literal(g, from, step.kind, step.bits);
  case StepKind::argument: return argument_in(g, from) == step.bits;
  default: return false;
  }
}

/// The integer that a constant is; false if it is none of 64 bits.
template <class G>
WHITTLE_INLINE constexpr bool integer_of(const G& g, node_of<G> constant, std::int64_t& value) {
  if constexpr (HasConstants<G>) {
    const Scalar known = graph_traits<G>::constant(g, constant);
    value = known.as_int();
    return !is_float(known.dtype) && known.dtype != DType::uint64;
  } else {
    return false;
  }
}

/// Takes a step that compares constants: x, y and z are in the registers `from`, `target` and `index`, as far as it
/// looks at them.
template <class G>
WHITTLE_INLINE constexpr bool compares_constants(const G& g, const Step& step, node_of<G> x, node_of<G> y,
                                                 node_of<G> z) {
  const auto number = static_cast<std::int64_t>(step.bits);
  std::int64_t a = 0, b = number, c = 0;
  if (!integer_of(g, x, a)) return true;
  switch (step.kind) {
  case StepKind::compare_sum:
    if (!integer_of(g, y, c) || !narrow_points(Op::add, c, number, b)) return true;
    break;
  case StepKind::compare_product:
    if (!integer_of(g, y, b) || !integer_of(g, z, c) || !narrow_points(Op::mul, b, c, b)) return true;
    break;
  case StepKind::compare_remainder:
    if (!integer_of(g, y, c) || !narrow_points(Op::floormod, a, c, a)) return true;
    break;
  default:
    if (step.index == 1) return compares(step.op, number, a);
  }
  return compares(step.op, a, b);
}

/// Takes one step; false if the row does not match.
template <class G>
constexpr bool take(G& g, const Step& step, node_of<G>* registers) {
  const node_of<G> from = registers[step.from];
  switch (step.kind) {
  case StepKind::source: registers[step.target] = graph_traits<G>::source(g, from, step.index); return true;
  case StepKind::same: return from == registers[step.target];
  case StepKind::fill_integer:
  case StepKind::fill_real: return fill(g, step, registers);
  case StepKind::compare_number: return compares_constants<G>(g, step, from, from, from);
  case StepKind::compare_sum:
  case StepKind::compare_remainder: return compares_constants<G>(g, step, from, registers[step.target], from);
  case StepKind::compare_product:
    return compares_constants<G>(g, step, from, registers[step.target], registers[step.index]);
  default: return holds<G>(g, from, step);
  }
}

/// All steps of a row, in order.
template <class G>
constexpr bool take_all(G& g, const Step* step, std::uint32_t count, node_of<G>* registers) {
  using T = graph_traits<G>;
  for (const Step* end = step + count; step != end; ++step) {
    // The commonest by itself: a branch that is foreseen, where a jump through a table is not.
    if (step->kind == StepKind::source)
      registers[step->target] = T::source(g, registers[step->from], step->index);
    else if (step->kind == StepKind::same) {
      if (!(registers[step->from] == registers[step->target])) return false;
    } else if (!take(g, *step, registers)) {
      return false;
    }
  }
  return true;
}

/// The operator that decision trees ask for: constants are known by the graph's word, whatever their operator.
template <class G>
constexpr Op asked_op(const G& g, node_of<G> n) {
  const Op op = graph_traits<G>::op(g, n);
  if constexpr (HasConstants<G>)
    if (graph_traits<G>::is_constant(g, n)) return Op::constant;
  return op == Op::constant ? Op::none : op;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
