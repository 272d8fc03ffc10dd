#include "backends/cpu/memory.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

constexpr std::size_t alignment = 64, huge_page = std::size_t{2} << 20;
constexpr std::size_t most_kept = std::size_t{256} << 20;

std::size_t rounded(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

void* guarded(std::size_t bytes) {
  const std::size_t body = rounded(bytes, page()), all = body + 2 * page();
  void* mapped = ::mmap(nullptr, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  std::byte* begin = static_cast<std::byte*>(mapped) + page();
  if (::mprotect(begin, body, PROT_READ | PROT_WRITE) != 0) {
    ::munmap(mapped, all);
    return nullptr;
  }
  return begin + (body - bytes);
}

void free_guarded(void* block, std::size_t bytes) {
  const std::size_t body = rounded(bytes, page());
  std::byte* begin = static_cast<std::byte*>(block) - (body - bytes);
  ::munmap(begin - page(), body + 2 * page());
}

void* aligned(std::size_t bytes) {
  const std::size_t unit = bytes >= huge_page ? huge_page : alignment;
  void* block = std::aligned_alloc(unit, rounded(bytes, unit));
  if (block != nullptr && unit == huge_page) ::madvise(block, rounded(bytes, unit), MADV_HUGEPAGE);
  return block;
}

}  // namespace

Memory::~Memory() {
  for (const auto& [bytes, block] : kept_) std::free(block);
}

void* Memory::allocate(std::size_t bytes) {
  if (bytes > std::numeric_limits<std::size_t>::max() / 4) return nullptr;
  if (guard_pages_) return guarded(bytes);
  {
    const std::lock_guard guard(lock_);
    const auto found = kept_.find(bytes);
    if (found != kept_.end()) {
      void* block = found->second;
      kept_.erase(found);
      kept_bytes_ -= bytes;
      return block;
    }
  }
  return aligned(bytes);
}

void Memory::free(void* block, std::size_t bytes) noexcept {
  if (guard_pages_) return free_guarded(block, bytes);
  try {
    const std::lock_guard guard(lock_);
    if (kept_bytes_ + bytes <= most_kept) {
      kept_.emplace(bytes, block);
      kept_bytes_ += bytes;
      return;
    }
  } catch (const std::bad_alloc&) {
    // no room for the note: give the block back instead
  }
  std::free(block);
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
