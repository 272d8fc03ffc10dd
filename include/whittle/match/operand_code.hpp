// Operand codes: what a node is to those that it is an operand of, in seven bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include <whittle/core/op.hpp>

namespace whittle {
inline namespace v0 {

/// A graph may keep the codes of a node's first two operands in the node. Then rules see of most nodes that they do not
/// match without a look at the operands. The code of a built-in operator is its number, but those of constants are the
/// last ones, by their bits; that of all users' operators is 0. To it comes a bit where the node's own second source is
/// a constant.
struct OperandCode {
  static constexpr std::uint32_t count = 64, over_constant = count, mask = 2 * count - 1;
  static constexpr std::uint32_t constant = count - 3, zero = count - 2, one = count - 1;  // no operator's numbers

  /// Of any operator but Op::constant.
  static constexpr std::uint32_t of(Op op) {
    return static_cast<std::size_t>(op) < op_count ? static_cast<std::uint32_t>(op) : 0;
  }
  static constexpr std::uint32_t of_constant(std::uint64_t constant_bits) {
    return constant_bits < 2 ? zero + static_cast<std::uint32_t>(constant_bits) : constant;
  }
  static constexpr bool is(std::uint32_t code, Op op) { return op == Op::constant ? code >= constant : code == of(op); }
};
static_assert(op_count <= OperandCode::constant);

/// Those of a node's two operands, a byte each, and how these two are related; of a node with one or none what is
/// missing is 0.
struct OperandCodes {
  // Beside the first's code:
  static constexpr std::uint32_t same = 2 * OperandCode::count;  ///< the second is that node, too
  static constexpr std::uint32_t shared =
      2 * same;  ///< one of them and its sources is one of the other and its sources
  static constexpr std::size_t first_count = 2 * shared;
  std::uint32_t bits;

  /// Of each operand two sources count. That a node is shared may be said where none is.
  static constexpr OperandCodes of(std::uint32_t first, std::uint32_t second, bool are_same, bool is_shared = true) {
    return {(first | std::uint32_t{are_same} * same | std::uint32_t{is_shared} * shared) << 8 | second};
  }
  constexpr std::uint32_t first() const { return bits >> 8 & (OperandCode::count - 1); }
  constexpr std::uint32_t second() const { return bits & (OperandCode::count - 1); }
  /// The first, over_constant of it, `same` and `shared`.
  constexpr std::size_t first_and_relation() const { return std::size_t{bits} >> 8 & (first_count - 1); }
  constexpr bool first_is_over_constant() const { return (bits >> 8 & OperandCode::over_constant) != 0; }
  constexpr bool second_is_over_constant() const { return (bits & OperandCode::over_constant) != 0; }
};

}  // namespace v0
}  // namespace whittle
