// Memory for arrays that grow large: on Linux in huge pages, where the system grants them.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <vector>  // std::allocator, for less than <memory>

#ifdef __linux__
#  include <sys/mman.h>
#endif

namespace whittle {
inline namespace v0 {

namespace detail {
inline constexpr std::size_t huge_page = std::size_t{1} << 21;

/// Bytes from the start of a huge page on.
inline void* allocate_huge(std::size_t bytes) {
  void* const memory = ::operator new(bytes, std::align_val_t{huge_page});
#ifdef __linux__
  (void)::madvise(memory, (bytes + huge_page - 1) / huge_page * huge_page, MADV_HUGEPAGE);  // a hint
#endif
  return memory;
}
}  // namespace detail

/// An allocator for std::vector. Arrays of a few megabytes and more are aligned to huge pages and ask for them: a graph
/// of a million nodes then takes tens of page faults instead of ten thousand, and few misses of the TLB.
template <class T>
struct LargeAllocator {
  using value_type = T;
  using is_always_equal = std::true_type;

  constexpr LargeAllocator() = default;
  template <class U>
  constexpr LargeAllocator(const LargeAllocator<U>&) {}

  constexpr T* allocate(std::size_t count) {
    if (!std::is_constant_evaluated() && is_large(count))
      return static_cast<T*>(detail::allocate_huge(count * sizeof(T)));
    return std::allocator<T>{}.allocate(count);
  }
  constexpr void deallocate(T* memory, std::size_t count) {
    if (!std::is_constant_evaluated() && is_large(count))
      ::operator delete(memory, std::align_val_t{detail::huge_page});
    else
      std::allocator<T>{}.deallocate(memory, count);
  }
  friend constexpr bool operator==(LargeAllocator, LargeAllocator) { return true; }

 private:
  static constexpr bool is_large(std::size_t count) { return count >= 2 * detail::huge_page / sizeof(T); }
};

}  // namespace v0
}  // namespace whittle
