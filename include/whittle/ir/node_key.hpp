// Structural keys: a hash of what a node is, by which operands are put in order and nodes are found.
#pragma once

#include <cstddef>
#include <cstdint>

#include <whittle/core/dtype.hpp>
#include <whittle/core/hash.hpp>
#include <whittle/match/operand_code.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The highest bit is set in constants, so that these come last; the lowest seven are the node's code as an operand;
/// what is between them is the hash.
struct NodeKey {
  static constexpr std::uint64_t constant_bit = std::uint64_t{1} << 63, code_bits = OperandCode::mask,
                                 hash_bits = ~(constant_bit | code_bits);

  /// Of two sources with these keys, which is what nearly all nodes have.
  static constexpr std::uint64_t of_two(Op op, DType dtype, std::uint64_t argument, std::uint64_t first,
                                        std::uint64_t second) {
    return with_code(hash(op, dtype, 2, argument, first, second), op, second);
  }
  /// Of any number of sources, whose keys `key_of_source` gives.
  static constexpr std::uint64_t of_many(Op op, DType dtype, std::size_t arity, std::uint64_t argument,
                                         const auto& key_of_source) {
    const auto key = [&](std::size_t k) { return k < arity ? key_of_source(k) : 0; };
    std::uint64_t made = hash(op, dtype, arity, argument, key(0), key(1));
    for (std::size_t k = 2; k < arity; ++k) made = fold_product(made ^ key(k), scatter);
    if (op == Op::constant) return (made & hash_bits) | constant_bit | OperandCode::of_constant(argument);
    return with_code(made, op, key(1));
  }

  static constexpr std::uint32_t code(std::uint64_t key) { return static_cast<std::uint32_t>(key & code_bits); }
  /// Without the bit of what the node is over.
  static constexpr std::uint32_t op_code(std::uint64_t key) { return code(key) % OperandCode::count; }

 private:
  static constexpr std::uint64_t scatter = 0x9fb21c651e98df25u, odd = 0xd6e8feb86659fd93u;

  static constexpr std::uint64_t with_code(std::uint64_t hash, Op op, std::uint64_t second) {
    const std::uint64_t over_constant = (second >> 63) * OperandCode::over_constant;
    return (hash & hash_bits) | over_constant | OperandCode::of(op);
  }
  static constexpr std::uint64_t hash(Op op, DType dtype, std::size_t arity, std::uint64_t argument,
                                      std::uint64_t first, std::uint64_t second) {
    const std::uint64_t head = (std::uint64_t{static_cast<std::uint16_t>(op)} << 40) |
                               (std::uint64_t{static_cast<std::uint8_t>(dtype)} << 32) | arity;
    return fold_product(first ^ head * scatter, second ^ (argument + odd) * odd);
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
