// A vector of bounded size without allocation.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <type_traits>

namespace whittle {
inline namespace v0 {

/// At most `Capacity` elements, in place. Pushing beyond the capacity is dropped and reported by push_back.
template <class T, std::size_t Capacity>
class FixedVector {
 public:
  constexpr FixedVector() { clear_all(); }
  // Only what is there is copied: capacities are large, and most vectors are short.
  constexpr FixedVector(const FixedVector& other) {
    clear_all();
    append(other);
  }
  constexpr FixedVector& operator=(const FixedVector& other) {
    if (this == &other) return *this;
    size_ = 0;
    append(other);
    return *this;
  }
  constexpr ~FixedVector() = default;
  constexpr FixedVector(std::initializer_list<T> items) {
    clear_all();
    for (const T& item : items) push_back(item);
  }
  constexpr explicit FixedVector(std::span<const T> items) {
    clear_all();
    for (const T& item : items) push_back(item);
  }
  constexpr bool push_back(const T& item) {
    if (size_ == Capacity) return false;
    items_[size_++] = item;
    return true;
  }
  constexpr void pop_back() { --size_; }
  constexpr void clear() { size_ = 0; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  static constexpr std::size_t capacity() { return Capacity; }
  constexpr T& operator[](std::size_t i) { return items_[i]; }
  constexpr const T& operator[](std::size_t i) const { return items_[i]; }
  constexpr T& back() { return items_[size_ - 1]; }
  constexpr const T& back() const { return items_[size_ - 1]; }
  constexpr T* begin() { return items_; }
  constexpr T* end() { return items_ + size_; }
  constexpr const T* begin() const { return items_; }
  constexpr const T* end() const { return items_ + size_; }
  constexpr operator std::span<const T>() const { return {items_, size_}; }
  friend constexpr bool operator==(const FixedVector& a, const FixedVector& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (!(a.items_[i] == b.items_[i])) return false;
    return true;
  }

 private:
  /// Only a constant has to have all of its elements.
  constexpr void clear_all() {
    if (std::is_constant_evaluated())
      for (T& item : items_) item = T{};
  }
  constexpr void append(const FixedVector& other) {
    for (std::size_t i = 0; i < other.size_; ++i) items_[i] = other.items_[i];
    size_ = other.size_;
  }
  T items_[Capacity];
  std::size_t size_ = 0;
};

}  // namespace v0
}  // namespace whittle
