// Memory for buffers.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>

namespace whittle {
inline namespace v0 {
namespace cpu {

/// Aligned blocks; a few freed ones are kept for the next request of their size. With guard pages, a block ends
/// exactly where memory that cannot be touched begins, so that reading one element too many ends the process.
class Memory {
 public:
  explicit Memory(bool guard_pages) : guard_pages_(guard_pages) {}
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  void* allocate(std::size_t bytes);  ///< null where there is none
  void free(void* block, std::size_t bytes) noexcept;

 private:
  bool guard_pages_;
  std::mutex lock_;
  std::multimap<std::size_t, void*> kept_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
