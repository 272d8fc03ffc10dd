// The greatest common divisor of 64-bit numbers.
#pragma once

#include <cstdint>
#include <limits>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The greatest common divisor, not negative; 1 where it would be 2^63.
constexpr std::int64_t greatest_common_divisor(std::int64_t a, std::int64_t b) {
  const auto size = [](std::int64_t x) {
    return x < 0 ? 0 - static_cast<std::uint64_t>(x) : static_cast<std::uint64_t>(x);
  };
  std::uint64_t x = size(a), y = size(b);
  while (y != 0) {
    const std::uint64_t rest = x % y;
    x = y;
    y = rest;
  }
  return x <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ? static_cast<std::int64_t>(x) : 1;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
