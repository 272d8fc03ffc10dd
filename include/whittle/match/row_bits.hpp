// A set of rows of one group.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace whittle {
inline namespace v0 {
namespace detail {

template <std::size_t Words>
struct RowBits {
  std::uint64_t words[Words];  // without an initialiser: see table.hpp

  constexpr void add(std::size_t row) { words[row / 64] |= std::uint64_t{1} << (row % 64); }
  constexpr bool empty() const {
    std::uint64_t all = 0;
    for (std::uint64_t word : words) all |= word;
    return all == 0;
  }
  constexpr std::size_t size() const { return size_with(*this); }
  constexpr std::size_t size_with(const RowBits& other) const {
    std::size_t all = 0;
    for (std::size_t w = 0; w < Words; ++w) all += static_cast<std::size_t>(std::popcount(words[w] & other.words[w]));
    return all;
  }
  constexpr bool meets(const RowBits& other) const {
    std::uint64_t all = 0;
    for (std::size_t w = 0; w < Words; ++w) all |= words[w] & other.words[w];
    return all != 0;
  }
  /// Without the rows of one set but for those of another.
  constexpr RowBits without(const RowBits& out, const RowBits& back = {}) const {
    RowBits rest{};
    for (std::size_t w = 0; w < Words; ++w) rest.words[w] = words[w] & (~out.words[w] | back.words[w]);
    return rest;
  }
  constexpr void for_each(const auto& act) const {
    for (std::size_t w = 0; w < Words; ++w)
      for (std::uint64_t rest = words[w]; rest != 0; rest &= rest - 1)
        act(64 * w + static_cast<std::size_t>(std::countr_zero(rest)));
  }
  constexpr std::uint64_t hash(std::uint64_t seed) const {
    for (std::uint64_t word : words) seed = (seed ^ (seed >> 29) ^ word) * 0x9fb21c651e98df25u;
    return (seed ^ (seed >> 32)) * 0x9fb21c651e98df25u;
  }
  friend constexpr bool operator==(const RowBits&, const RowBits&) = default;
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
