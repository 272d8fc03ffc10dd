// Large memory for std::vector.
#pragma once

#include <cstddef>
#include <type_traits>
#include <vector>  // std::allocator, for less than <memory>

#include <whittle/core/large_memory.hpp>

namespace whittle {
inline namespace v0 {

/// An allocator of LargeMemory, in constant expressions too.
template <class T>
struct LargeAllocator {
  using value_type = T;
  using is_always_equal = std::true_type;

  constexpr LargeAllocator() = default;
  template <class U>
  constexpr LargeAllocator(const LargeAllocator<U>&) {}

  constexpr T* allocate(std::size_t count) {
    return std::is_constant_evaluated() ? std::allocator<T>{}.allocate(count) : LargeMemory<T>::allocate(count);
  }
  constexpr void deallocate(T* memory, std::size_t count) {
    if (std::is_constant_evaluated())
      std::allocator<T>{}.deallocate(memory, count);
    else
      LargeMemory<T>::deallocate(memory, count);
  }
  friend constexpr bool operator==(LargeAllocator, LargeAllocator) { return true; }
};

}  // namespace v0
}  // namespace whittle
