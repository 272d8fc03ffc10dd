// A constant: 64 bits that a dtype gives a meaning.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <whittle/core/dtype.hpp>
#include <whittle/core/int128.hpp>

namespace whittle {
inline namespace v0 {

/// Floats of every width are held as the bits of a double, integers and bools as int64 (uint64 by its bits).
struct Scalar {
  DType dtype = DType::none;
  std::uint64_t bits = 0;

  constexpr double as_double() const { return std::bit_cast<double>(bits); }
  constexpr std::int64_t as_int() const { return static_cast<std::int64_t>(bits); }
  constexpr bool as_bool() const { return bits != 0; }
  /// The integer's value, exact for every integer dtype.
  constexpr int128 as_wide() const {
    return dtype == DType::uint64 ? static_cast<int128>(bits) : static_cast<int128>(as_int());
  }
  friend constexpr bool operator==(const Scalar&, const Scalar&) = default;
};

namespace detail {

/// Rounds to a binary format with `fraction` stored bits and exponents of [least, greatest]; ties to even.
constexpr double round_to_format(double value, int fraction, int least, int greatest) {
  const auto raw = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t sign = raw & (std::uint64_t{1} << 63);
  const int exponent = static_cast<int>((raw >> 52) & 0x7ff) - 1023;
  if (exponent == 1024 || (raw << 1) == 0) return value;      // infinity, NaN, zero
  if (exponent == -1023) return std::bit_cast<double>(sign);  // a double's subnormal is far below
  const int lost = 52 - fraction + (exponent < least ? least - exponent : 0);
  const std::uint64_t mantissa = (raw & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1} << 52);
  if (lost > 53) return std::bit_cast<double>(sign);
  const std::uint64_t half = std::uint64_t{1} << (lost - 1), low = mantissa & ((half << 1) - 1);
  std::uint64_t kept = mantissa >> lost;
  if (low > half || (low == half && (kept & 1) != 0)) ++kept;
  double scaled = static_cast<double>(kept);
  for (int power = exponent - 52 + lost; power > 0; --power) scaled *= 2.0;
  for (int power = exponent - 52 + lost; power < 0; ++power) scaled *= 0.5;
  double limit = 2.0;
  for (int power = 0; power < greatest; ++power) limit *= 2.0;
  if (scaled >= limit) scaled = std::numeric_limits<double>::infinity();
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(scaled) | sign);
}

}  // namespace detail

/// `value` as a number of that float dtype holds it.
constexpr double round_to(DType dtype, double value) {
  switch (dtype) {
  case DType::float16: return detail::round_to_format(value, 10, -14, 15);
  case DType::bfloat16: return detail::round_to_format(value, 7, -126, 127);
  case DType::float32: return detail::round_to_format(value, 23, -126, 127);
  default: return value;
  }
}

/// `value` modulo 2^bits, as that fixed-width integer dtype holds it.
constexpr std::int64_t wrap_to(DType dtype, int128 value) {
  const auto low = static_cast<std::uint64_t>(static_cast<uint128>(value));
  switch (dtype) {
  case DType::boolean: return value != 0 ? 1 : 0;
  case DType::int8: return static_cast<std::int8_t>(low);
  case DType::int16: return static_cast<std::int16_t>(low);
  case DType::int32: return static_cast<std::int32_t>(low);
  case DType::uint8: return static_cast<std::uint8_t>(low);
  case DType::uint16: return static_cast<std::uint16_t>(low);
  case DType::uint32: return static_cast<std::uint32_t>(low);
  default: return static_cast<std::int64_t>(low);
  }
}

constexpr bool fits_int64(int128 value) {
  return value >= std::numeric_limits<std::int64_t>::min() && value <= std::numeric_limits<std::int64_t>::max();
}

/// A float constant; NaNs are all the same one.
constexpr Scalar float_scalar(DType dtype, double value) {
  if (value != value) return {dtype, 0x7ff8000000000000u};
  return {dtype, std::bit_cast<std::uint64_t>(round_to(dtype, value))};
}

/// An integer or bool constant, wrapped to its dtype; an index is kept as it is.
constexpr Scalar int_scalar(DType dtype, std::int64_t value) {
  return {dtype, static_cast<std::uint64_t>(wrap_to(dtype, value))};
}

constexpr Scalar bool_scalar(bool value) { return {DType::boolean, value ? 1u : 0u}; }

/// The number `value` in `dtype`.
constexpr Scalar number(DType dtype, std::int64_t value) {
  return is_float(dtype) ? float_scalar(dtype, static_cast<double>(value)) : int_scalar(dtype, value);
}

}  // namespace v0
}  // namespace whittle
