// Freed blocks of memory, kept for the next who wants one of their size.
#pragma once

#include <bit>
#include <cstddef>
#include <new>

namespace whittle {
inline namespace v0 {
namespace detail {

// AddressSanitizer could not tell when a block that is kept is used.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool keeps_blocks = false;
#elif defined(__clang__)
inline constexpr bool keeps_blocks = !__has_feature(address_sanitizer);
#else
inline constexpr bool keeps_blocks = true;
#endif

/// The allocator of the system returns such blocks to the kernel, and each 4 KiB of a new one then costs a page fault:
/// a third of the time that it takes to rewrite a graph of ten thousand nodes. A thread keeps a few of each size.
struct BlockCache {
  static constexpr std::size_t smallest = std::size_t{1} << 15, largest = std::size_t{1} << 21;
  static constexpr unsigned sizes = 7, most_of_a_size = 4;
  static constexpr std::size_t alignment = 64;  ///< a line of the cache
  struct Block {
    Block* next;
  };
  Block* first[sizes];
  unsigned count[sizes];
  bool is_closed;  ///< the thread is about to end

  static constexpr bool is_for(std::size_t bytes) { return smallest <= bytes && bytes <= largest; }
  /// The size of the block for so many bytes, as a power of two above the smallest.
  static constexpr unsigned size_of(std::size_t bytes) {
    return static_cast<unsigned>(std::countr_zero(std::bit_ceil(bytes)) - std::countr_zero(smallest));
  }

  void* take(std::size_t bytes) {
    const unsigned size = size_of(bytes);
    Block* const block = first[size];
    if (block == nullptr) return ::operator new(smallest << size, std::align_val_t{alignment});
    first[size] = block->next;
    --count[size];
    return block;
  }
  void give(void* memory, std::size_t bytes) {
    const unsigned size = size_of(bytes);
    if (is_closed || count[size] == most_of_a_size) return release(memory);
    first[size] = ::new (memory) Block{first[size]};
    ++count[size];
  }
  static void release(void* memory) { ::operator delete(memory, std::align_val_t{alignment}); }
  void close() {
    is_closed = true;
    for (Block*& of_size : first)
      while (of_size != nullptr) {
        Block* const next = of_size->next;
        release(of_size);
        of_size = next;
      }
  }
};
static_assert(BlockCache::size_of(BlockCache::largest) == BlockCache::sizes - 1);

// Without a destructor of its own, so that what outlives the thread's objects may still free its memory.
inline constinit thread_local BlockCache block_cache{};

struct BlockCacheCloser {
  ~BlockCacheCloser() { block_cache.close(); }
};

/// The calling thread's.
inline BlockCache& blocks_of_thread() {
  thread_local const BlockCacheCloser at_end;
  (void)at_end;
  return block_cache;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
