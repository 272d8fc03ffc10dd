// An array in which appending is a store.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include <whittle/core/inline.hpp>
#include <whittle/core/large_memory.hpp>

namespace whittle {
inline namespace v0 {

/// A vector of plain values. Of std::vector compilers inline push_back where they like, and a value that is put
/// together on the stack and then copied as a whole waits for its own stores; and <vector> takes a tenth of the time
/// that a file with a few rules compiles. Works in constant expressions.
template <class T>
  requires std::is_trivially_destructible_v<T> && std::is_nothrow_copy_constructible_v<T>
class GrowingArray {
 public:
  constexpr GrowingArray() = default;
  constexpr GrowingArray(GrowingArray&& other) noexcept { swap(other); }
  constexpr GrowingArray& operator=(GrowingArray&& other) noexcept {
    swap(other);
    return *this;
  }
  constexpr ~GrowingArray() { deallocate(); }

  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T& operator[](std::size_t i) { return items_[i]; }
  constexpr const T& operator[](std::size_t i) const { return items_[i]; }

  constexpr const T* data() const { return items_; }
  constexpr T& back() { return items_[size_ - 1]; }
  constexpr const T& back() const { return items_[size_ - 1]; }
  constexpr void pop() { --size_; }
  constexpr void clear() { size_ = 0; }

  template <class... Values>
  WHITTLE_INLINE constexpr void append(const Values&... values) {
    if (size_ == capacity_) [[unlikely]]
      reserve(room_for_more<T>(size_ + 1));
    construct(items_ + size_++, values...);
  }
  /// As many elements, with room for more: those that are new have that value, or their type's initial one.
  [[gnu::noinline]] constexpr void resize_ahead(std::size_t count, const T& value = T()) {
    if (count > capacity_) reserve(room_for_more<T>(count));
    for (; size_ < count; ++size_) construct(items_ + size_, value);
  }
  [[gnu::noinline]] constexpr void reserve(std::size_t count) {
    if (count <= capacity_) return;
    T* const larger = std::is_constant_evaluated() ? new T[count] : LargeMemory<T>::allocate(count);
    for (std::size_t i = 0; i < size_; ++i) construct(larger + i, items_[i]);
    deallocate();
    items_ = larger;
    capacity_ = count;
  }

 private:
  // In constant expressions elements are there from the start.
  template <class... Values>
  WHITTLE_INLINE static constexpr void construct(T* at, const Values&... values) {
    if (std::is_constant_evaluated())
      *at = T(values...);
    else
      ::new (static_cast<void*>(at)) T(values...);
  }
  constexpr void deallocate() {
    if (std::is_constant_evaluated())
      delete[] items_;
    else if (items_ != nullptr)
      LargeMemory<T>::deallocate(items_, capacity_);
  }
  constexpr void swap(GrowingArray& other) noexcept {
    std::swap(items_, other.items_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  T* items_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace v0
}  // namespace whittle
