// Which temporaries can share memory.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace whittle {
inline namespace v0 {

/// A piece of memory that is written first by call `first` and read last by call `last`.
struct Lifetime {
  std::size_t bytes = 0, first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<std::size_t> block_of;  ///< for each lifetime the number of its block
  std::vector<std::size_t> blocks;    ///< bytes of each block
};

/// No two lifetimes in one block overlap. Takes the smallest free block that is large enough; where none is,
/// the largest free one grows.
MemoryPlan plan_memory(std::span<const Lifetime> lifetimes);

}  // namespace v0
}  // namespace whittle
