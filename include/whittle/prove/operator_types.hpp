// Which dtypes an operator takes and gives.
#pragma once

#include <whittle/core/dtype.hpp>
#include <whittle/core/op.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {

/// Operators that proofs leave uninterpreted: of them it is only known that they are functions.
constexpr bool is_transcendental(Op op) {
  return op == Op::exp || op == Op::log || op == Op::exp2 || op == Op::log2 || op == Op::sin || op == Op::pow;
}
constexpr bool is_division(Op op) {
  return op == Op::floordiv || op == Op::floormod || op == Op::cdiv || op == Op::cmod;
}
constexpr bool is_shift(Op op) { return op == Op::shl || op == Op::shr; }
constexpr bool is_bitwise(Op op) { return op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor; }
/// Operators that treat an integer as a row of bits.
constexpr bool works_on_bits(Op op) { return is_bitwise(op) || is_shift(op); }

/// Whether an elementwise operator has a meaning for operands of that dtype, the last ones of `where`.
constexpr bool accepts(Op op, DType operand, DType result) {
  if (op == Op::cast) return true;
  if (op == Op::bitcast) return operand != DType::index && result != DType::index;
  if (is_comparison(op)) return result == DType::boolean;
  if (operand != result) return false;
  if (op == Op::where || op == Op::max || op == Op::min || op == Op::mul) return true;
  if (op == Op::logical_not) return operand == DType::boolean;
  if (op == Op::add || op == Op::sub || op == Op::neg || op == Op::fma) return operand != DType::boolean;
  if (is_bitwise(op)) return !is_float(operand);
  if (is_division(op) || is_shift(op)) return is_int(operand);
  return is_elementwise(op) && is_float(operand);
}

}  // namespace prove
}  // namespace v0
}  // namespace whittle
