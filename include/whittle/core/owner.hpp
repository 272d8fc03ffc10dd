// Pointers that own what they point to. Those of the standard library bring its streams with them, which would be a
// tenth of what <whittle/whittle.hpp> takes to compile.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace whittle {
inline namespace v0 {

/// The only owner of an object, or of none. What gives up its object by release(), as std::unique_ptr, becomes one.
template <class T>
class Owner {
 public:
  Owner() = default;
  template <class Other>
    requires(!std::is_reference_v<Other> && requires(Other& other, T*& object) { object = other.release(); })
  Owner(Other&& other) : object_(other.release()) {}
  Owner(Owner&& other) noexcept : object_(other.release()) {}
  Owner& operator=(Owner&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Owner() { delete object_; }

  T* release() { return std::exchange(object_, nullptr); }
  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

/// One of the owners of an object, or of none. As with std::shared_ptr, owners of one object may be copied and dropped
/// by several threads, each its own.
template <class T>
class SharedOwner {
 public:
  SharedOwner() = default;
  template <class... Values>
  explicit SharedOwner(std::in_place_t, Values&&... values) : shared_(new Shared{T(std::forward<Values>(values)...)}) {}
  SharedOwner(const SharedOwner& other) : shared_(other.shared_) {
    if (shared_ != nullptr) __atomic_fetch_add(&shared_->owners, 1, __ATOMIC_RELAXED);  // std::atomic brings as much
  }
  SharedOwner(SharedOwner&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  SharedOwner& operator=(SharedOwner other) noexcept {
    std::swap(shared_, other.shared_);
    return *this;
  }
  ~SharedOwner() {
    if (shared_ != nullptr && __atomic_sub_fetch(&shared_->owners, 1, __ATOMIC_ACQ_REL) == 0) delete shared_;
  }

  T* get() const { return shared_ != nullptr ? &shared_->object : nullptr; }
  T* operator->() const { return &shared_->object; }
  T& operator*() const { return shared_->object; }
  explicit operator bool() const { return shared_ != nullptr; }

 private:
  struct Shared {
    T object;
    std::size_t owners = 1;
  };
  Shared* shared_ = nullptr;
};

}  // namespace v0
}  // namespace whittle
