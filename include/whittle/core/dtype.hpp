// Element types of nodes, constants and buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace whittle {
inline namespace v0 {

/// `index` is the unbounded integer of index arithmetic; it never reaches memory.
/// float16 and bfloat16 are storage formats: arithmetic on them is done in float32.
/// `none` is the type of nodes without a value (stores, loop ends, sinks).
// clang-format off
enum class DType : std::uint8_t {
  none, boolean,
  int8, int16, int32, int64,
  uint8, uint16, uint32, uint64,
  float16, bfloat16, float32, float64,
  index,
};
// clang-format on

inline constexpr std::size_t dtype_count = 15;

struct DTypeInfo {
  std::string_view name;
  unsigned bits;  ///< width in memory; 0 where the type never reaches memory
};

// clang-format off
inline constexpr DTypeInfo dtype_table[dtype_count] = {
    {"none", 0},    {"bool", 8},    {"int8", 8},     {"int16", 16},    {"int32", 32},
    {"int64", 64},  {"uint8", 8},   {"uint16", 16},  {"uint32", 32},   {"uint64", 64},
    {"float16", 16}, {"bfloat16", 16}, {"float32", 32}, {"float64", 64}, {"index", 0},
};
// clang-format on

constexpr std::string_view name(DType type) { return dtype_table[static_cast<std::size_t>(type)].name; }
constexpr unsigned bits(DType type) { return dtype_table[static_cast<std::size_t>(type)].bits; }
constexpr std::size_t size_of(DType type) { return bits(type) / 8; }

/// A set of dtypes, as patterns and rule sets use them.
struct DTypes {
  std::uint32_t mask;
  constexpr bool contains(DType type) const { return ((mask >> static_cast<unsigned>(type)) & 1u) != 0; }
  friend constexpr DTypes operator|(DTypes a, DTypes b) { return {a.mask | b.mask}; }
  friend constexpr DTypes operator&(DTypes a, DTypes b) { return {a.mask & b.mask}; }
  friend constexpr bool operator==(DTypes, DTypes) = default;
};

constexpr DTypes only(DType type) { return {1u << static_cast<unsigned>(type)}; }

inline constexpr DTypes any_dtype{(1u << dtype_count) - 1};
inline constexpr DTypes any_signed = only(DType::int8) | only(DType::int16) | only(DType::int32) | only(DType::int64);
inline constexpr DTypes any_unsigned =
    only(DType::uint8) | only(DType::uint16) | only(DType::uint32) | only(DType::uint64);
inline constexpr DTypes any_fixed_int = any_signed | any_unsigned;
inline constexpr DTypes any_int = any_fixed_int | only(DType::index);
inline constexpr DTypes any_float =
    only(DType::float16) | only(DType::bfloat16) | only(DType::float32) | only(DType::float64);

constexpr bool is_float(DType type) { return any_float.contains(type); }
constexpr bool is_signed_int(DType type) { return any_signed.contains(type); }
constexpr bool is_unsigned_int(DType type) { return any_unsigned.contains(type); }
constexpr bool is_fixed_int(DType type) { return any_fixed_int.contains(type); }
constexpr bool is_int(DType type) { return any_int.contains(type); }

/// The dtype of that name, or `none`.
constexpr DType dtype_named(std::string_view text) {
  for (std::size_t i = 1; i < dtype_count; ++i)
    if (dtype_table[i].name == text) return static_cast<DType>(i);
  return DType::none;
}

/// C++ types as dtypes: `dtype_of<float> == DType::float32`.
template <class T>
inline constexpr DType dtype_of = DType::none;
// clang-format off
template <> inline constexpr DType dtype_of<bool> = DType::boolean;
template <> inline constexpr DType dtype_of<std::int8_t> = DType::int8;
template <> inline constexpr DType dtype_of<std::int16_t> = DType::int16;
template <> inline constexpr DType dtype_of<std::int32_t> = DType::int32;
template <> inline constexpr DType dtype_of<std::int64_t> = DType::int64;
template <> inline constexpr DType dtype_of<std::uint8_t> = DType::uint8;
template <> inline constexpr DType dtype_of<std::uint16_t> = DType::uint16;
template <> inline constexpr DType dtype_of<std::uint32_t> = DType::uint32;
template <> inline constexpr DType dtype_of<std::uint64_t> = DType::uint64;
template <> inline constexpr DType dtype_of<float> = DType::float32;
template <> inline constexpr DType dtype_of<double> = DType::float64;
// clang-format on

namespace detail {
constexpr DType signed_of_bits(unsigned width) {
  return width <= 8 ? DType::int8 : width == 16 ? DType::int16 : width == 32 ? DType::int32 : DType::int64;
}
}  // namespace detail

/// The least dtype that both convert to, on NumPy's lattice with JAX's two changes: an integer meets a
/// float in that float, and float16 meets bfloat16 in float32. int64 and uint64 meet in float32.
constexpr DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::none || b == DType::none) return DType::none;
  if (a == DType::boolean || a == DType::index) return b == DType::boolean ? a : b;
  if (b == DType::boolean || b == DType::index) return a;
  if (is_float(a) && is_float(b)) return bits(a) == bits(b) ? DType::float32 : bits(a) > bits(b) ? a : b;
  if (is_float(a)) return a;
  if (is_float(b)) return b;
  if (is_signed_int(a) == is_signed_int(b)) return bits(a) > bits(b) ? a : b;
  const DType with_sign = is_signed_int(a) ? a : b, without = is_signed_int(a) ? b : a;
  if (bits(with_sign) > bits(without)) return with_sign;
  return bits(without) == 64 ? DType::float32 : detail::signed_of_bits(2 * bits(without));
}

}  // namespace v0
}  // namespace whittle
