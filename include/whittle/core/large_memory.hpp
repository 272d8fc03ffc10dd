// Memory for arrays that grow large: middling ones from blocks that others have freed, large ones in huge pages.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include <whittle/core/block_cache.hpp>

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

/// Memory for `count` elements, not made yet. 32 KiB to 2 MiB are a block that an earlier array has freed. 4 MiB and
/// more ask for huge pages, where the system has them: a graph of a million nodes then takes tens of page faults
/// instead of ten thousand, and few misses of the TLB. Not in constant expressions.
template <class T>
struct LargeMemory {
  static T* allocate(std::size_t count) {
    if (is_huge(count)) return static_cast<T*>(detail::allocate_huge(count * sizeof(T)));
    if (reuses_blocks(count)) return static_cast<T*>(detail::blocks_of_thread().take(count * sizeof(T)));
    if constexpr (is_aligned_more)
      return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{alignof(T)}));
    else
      return static_cast<T*>(::operator new(count * sizeof(T)));
  }
  /// Of as many elements as it was allocated for.
  static void deallocate(T* memory, std::size_t count) {
    if (is_huge(count)) return ::operator delete(memory, std::align_val_t{detail::huge_page});
    if (reuses_blocks(count)) return detail::blocks_of_thread().give(memory, count * sizeof(T));
    if constexpr (is_aligned_more)
      ::operator delete(memory, std::align_val_t{alignof(T)});
    else
      ::operator delete(memory, count * sizeof(T));
  }

 private:
  static constexpr bool is_aligned_more = alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  static constexpr bool is_huge(std::size_t count) { return count >= 2 * detail::huge_page / sizeof(T); }
  static constexpr bool reuses_blocks(std::size_t count) {
    return detail::keeps_blocks && alignof(T) <= detail::BlockCache::alignment &&
           detail::BlockCache::is_for(count * sizeof(T));
  }
};

/// Room for an array that is to have `count` elements, and for more to come: twice as many, but four times below
/// 512 KiB and eight times from 2 to 64 MiB. Addresses cost nothing until they are written to, while copying an array
/// costs all of its pages once more; but a system may refuse more than it has memory.
template <class T>
constexpr std::size_t room_for_more(std::size_t count) {
  if (std::is_constant_evaluated()) return 2 * count;
  const std::size_t bytes = count * sizeof(T);
  if (bytes < detail::huge_page / 4) return 4 * count;
  return (detail::huge_page <= bytes && bytes <= 32 * detail::huge_page ? 8 : 2) * count;
}

}  // namespace v0
}  // namespace whittle
