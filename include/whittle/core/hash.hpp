// One 64-bit mixing function for keys, tables and caches. Stable across processes and compilers.
#pragma once

#include <cstdint>
#include <string_view>

#include <whittle/core/int128.hpp>

namespace whittle {
inline namespace v0 {

constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 32;
  return x;
}

constexpr std::uint64_t combine(std::uint64_t seed, std::uint64_t value) {
  return (seed ^ mix(value + 0x9e3779b97f4a7c15u)) * 0x9fb21c651e98df25u + (seed >> 29);
}

/// Both halves of a product in one: mixes two values, of which none may be 0, in a few instructions.
constexpr std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
  const auto high = static_cast<std::uint64_t>(uint128{a} * b >> 64);
  return high ^ a * b;  // by itself: g++ 12 takes the halves of one product through memory
}

constexpr std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return mix(hash);
}

}  // namespace v0
}  // namespace whittle
