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

/// The highest bit is set in constants, so that these come last; the lowest six are the node's code as an operand; what
/// is between them is the hash.
struct NodeKey {
  static constexpr std::uint64_t constant_bit = std::uint64_t{1} << 63, code_bits = OperandCode::count - 1,
                                 hash_bits = ~(constant_bit | code_bits);

  /// Of two sources with these keys, which is what nearly all nodes have; 0 stands for none.
  static constexpr std::uint64_t of(Op op, DType dtype, std::size_t arity, std::uint64_t argument, std::uint64_t first,
                                    std::uint64_t second) {
    return (hash(op, dtype, arity, argument, first, second) & hash_bits) | OperandCode::of(op);
  }
  /// Of any number of sources, whose keys `key_of_source` gives.
  static constexpr std::uint64_t of_many(Op op, DType dtype, std::size_t arity, std::uint64_t argument,
                                         const auto& key_of_source) {
    const auto key = [&](std::size_t k) { return k < arity ? key_of_source(k) : 0; };
    std::uint64_t made = hash(op, dtype, arity, argument, key(0), key(1));
    for (std::size_t k = 2; k < arity; ++k) made = fold_product(made ^ key(k), scatter);
    if (op == Op::constant) return (made & hash_bits) | constant_bit | OperandCode::of_constant(argument);
    return (made & hash_bits) | OperandCode::of(op);
  }

  static constexpr std::uint32_t code(std::uint64_t key) { return static_cast<std::uint32_t>(key & code_bits); }

 private:
  static constexpr std::uint64_t scatter = 0x9fb21c651e98df25u, odd = 0xd6e8feb86659fd93u;

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
