// A node's name, and the arguments that a node packs into its 64 bits.
#pragma once

#include <bit>
#include <cstdint>

#include <whittle/core/op.hpp>

namespace whittle {
inline namespace v0 {

/// A node of some graph: its number there. Equal nodes of one graph have equal numbers.
enum class Node : std::uint32_t { none = 0 };

constexpr std::uint32_t number_of(Node node) { return static_cast<std::uint32_t>(node); }

/// Where a buffer lives. A register buffer is an accumulator.
enum class AddressSpace : std::uint8_t { global, local, registers };

/// `id` tells buffers of one graph apart.
struct BufferArgument {
  std::uint32_t id = 0;
  AddressSpace space = AddressSpace::global;
  std::uint8_t unused[3] = {};
};

/// What becomes of a range: a serial loop, the outermost loop that threads share, the loop of a reduction,
/// the lanes of a vector (no loop at all), or a loop that is to be unrolled.
enum class RangeKind : std::uint8_t { loop, parallel, reduce, vector, unroll };

struct RangeArgument {
  std::uint32_t id = 0;
  RangeKind kind = RangeKind::loop;
  std::uint8_t unused[3] = {};
};

/// `op` folds the elements; `axes` has a bit for each reduced axis (tensors only).
struct ReduceArgument {
  Op op = Op::add;
  std::uint16_t unused = 0;
  std::uint32_t axes = 0;
};

template <class T>
  requires(sizeof(T) == 8)
constexpr std::uint64_t pack(T argument) {
  return std::bit_cast<std::uint64_t>(argument);
}

template <class T>
  requires(sizeof(T) == 8)
constexpr T unpack(std::uint64_t argument) {
  return std::bit_cast<T>(argument);
}

/// The k-th axis of a `permute` argument (4 bits an axis).
constexpr unsigned permuted_axis(std::uint64_t argument, unsigned k) { return (argument >> (4 * k)) & 15u; }

}  // namespace v0
}  // namespace whittle
