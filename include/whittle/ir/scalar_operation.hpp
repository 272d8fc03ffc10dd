// What each elementwise operator gives for numbers of each dtype: the meaning that every back end has to meet.
// Nothing here is shared with folding, so that each can be checked against the other.
//
// - Fixed-width integers wrap. An index that leaves int64 is a fault.
// - float16 and bfloat16 are computed in float32 and then rounded; float32 in float, float64 in double.
// - An integer divided by zero gives 0, and so does its remainder (NumPy's result); the least integer by -1 wraps.
// - A shift by a negative amount or by the width and more shifts everything out: 0, or -1 for shr of a negative.
// - max and min give NaN if an operand is NaN; of the zeros, max takes +0 and min -0.
// - Comparisons with NaN are false, but not_equal is true.
// - A cast from float to integer truncates toward zero, saturates, and makes 0 of NaN; to bool, everything but
//   zero is true. A cast to float rounds to nearest, ties to even (to float16 and bfloat16 from integers and
//   float32 by way of float32, from float64 directly).
// - NaNs are not told apart.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include <whittle/core/op.hpp>
#include <whittle/core/scalar.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::scalars {

/// An exact result in 128 bits as a number of `dtype`; nothing where an index overflows.
constexpr std::optional<Scalar> integer_result(DType dtype, int128 value) {
  if (dtype == DType::index && !fits_int64(value)) return std::nullopt;
  return Scalar{dtype, static_cast<std::uint64_t>(wrap_to(dtype, value))};
}

constexpr int128 multiply(DType dtype, int128 a, int128 b) {
  if (dtype != DType::uint64) return a * b;
  return static_cast<int128>(static_cast<uint128>(a) * static_cast<uint128>(b));  // 2^128 and more wrap
}

constexpr int128 floor_divide(int128 a, int128 b) {
  if (b == 0) return 0;
  const int128 quotient = a / b;
  return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
constexpr int128 floor_modulo(int128 a, int128 b) { return b == 0 ? 0 : a - floor_divide(a, b) * b; }

constexpr int128 shift_left(DType dtype, int128 a, int128 amount) {
  const int128 width = dtype == DType::index ? 64 : bits(dtype);
  if (amount < 0 || amount >= width) return 0;
  const int128 power = int128{1} << static_cast<int>(amount);
  return multiply(dtype, a, power);
}
constexpr int128 shift_right(DType dtype, int128 a, int128 amount) {
  const int128 width = dtype == DType::index ? 64 : bits(dtype);
  if (amount < 0 || amount >= width) return a < 0 ? -1 : 0;
  return a >> static_cast<int>(amount);
}

constexpr std::optional<Scalar> integer_binary(Op op, DType dtype, int128 a, int128 b) {
  switch (op) {
  case Op::add: return integer_result(dtype, a + b);
  case Op::sub: return integer_result(dtype, a - b);
  case Op::mul: return integer_result(dtype, multiply(dtype, a, b));
  case Op::floordiv: return integer_result(dtype, floor_divide(a, b));
  case Op::floormod: return integer_result(dtype, floor_modulo(a, b));
  case Op::cdiv: return integer_result(dtype, b == 0 ? 0 : a / b);
  case Op::cmod: return integer_result(dtype, b == 0 ? 0 : a % b);
  case Op::max: return integer_result(dtype, a > b ? a : b);
  case Op::min: return integer_result(dtype, a < b ? a : b);
  case Op::bit_and: return integer_result(dtype, a & b);
  case Op::bit_or: return integer_result(dtype, a | b);
  case Op::bit_xor: return integer_result(dtype, a ^ b);
  case Op::shl: return integer_result(dtype, shift_left(dtype, a, b));
  case Op::shr: return integer_result(dtype, shift_right(dtype, a, b));
  default: return std::nullopt;
  }
}

template <class T>
constexpr std::optional<bool> compare(Op op, T a, T b) {
  switch (op) {
  case Op::less: return a < b;
  case Op::less_equal: return a <= b;
  case Op::equal: return a == b;
  case Op::not_equal: return a != b;
  default: return std::nullopt;
  }
}

template <class T>
constexpr T maximum(T a, T b) {
  if (a != a || b != b) return std::numeric_limits<T>::quiet_NaN();
  if (a == b) return std::bit_cast<std::uint64_t>(static_cast<double>(a)) >> 63 != 0 ? b : a;
  return a > b ? a : b;
}

/// In `T`, which is float or double.
template <class T>
inline std::optional<T> float_unary(Op op, T x) {
  switch (op) {
  case Op::neg: return -x;
  case Op::reciprocal: return T{1} / x;
  case Op::exp: return std::exp(x);
  case Op::log: return std::log(x);
  case Op::exp2: return std::exp2(x);
  case Op::log2: return std::log2(x);
  case Op::sin: return std::sin(x);
  case Op::sqrt: return std::sqrt(x);
  case Op::trunc: return std::trunc(x);
  default: return std::nullopt;
  }
}
template <class T>
inline std::optional<T> float_binary(Op op, T a, T b) {
  switch (op) {
  case Op::add: return a + b;
  case Op::sub: return a - b;
  case Op::mul: return a * b;
  case Op::fdiv: return a / b;
  case Op::max: return maximum(a, b);
  case Op::min: return -maximum(-a, -b);
  case Op::pow: return std::pow(a, b);
  default: return std::nullopt;
  }
}

/// The operator in T on up to three floats.
template <class T>
inline std::optional<Scalar> float_operation(Op op, DType dtype, std::span<const Scalar> x) {
  const auto value = [&](std::size_t i) { return static_cast<T>(x[i].as_double()); };
  std::optional<T> result;
  if (x.size() == 1) result = float_unary(op, value(0));
  if (x.size() == 2) result = float_binary(op, value(0), value(1));
  if (x.size() == 3 && op == Op::fma) result = std::fma(value(0), value(1), value(2));
  if (!result) return std::nullopt;
  return float_scalar(dtype, static_cast<double>(*result));
}

constexpr int128 greatest_of(DType dtype) {
  if (dtype == DType::index) return std::numeric_limits<std::int64_t>::max();
  return (int128{1} << (is_unsigned_int(dtype) ? bits(dtype) : bits(dtype) - 1)) - 1;
}
constexpr int128 least_of(DType dtype) { return is_unsigned_int(dtype) ? 0 : -greatest_of(dtype) - 1; }

constexpr Scalar cast_from_float(DType to, double x) {
  if (to == DType::boolean) return bool_scalar(!(x == 0));
  if (x != x) return {to, 0};
  const int128 least = least_of(to), greatest = greatest_of(to);
  if (x <= static_cast<double>(least)) return {to, static_cast<std::uint64_t>(wrap_to(to, least))};
  if (x >= static_cast<double>(greatest)) return {to, static_cast<std::uint64_t>(wrap_to(to, greatest))};
  return {to, static_cast<std::uint64_t>(wrap_to(to, static_cast<int128>(x)))};
}

constexpr std::optional<Scalar> cast_from_integer(DType to, int128 x) {
  if (to == DType::boolean) return bool_scalar(x != 0);
  if (!is_float(to)) return integer_result(to, x);
  if (to == DType::float64) return float_scalar(to, static_cast<double>(x));
  return float_scalar(to, static_cast<double>(static_cast<float>(x)));
}

struct FloatFormat {
  int fraction = 0, bias = 0;
};
constexpr FloatFormat float_format(DType dtype) {
  return dtype == DType::float16 ? FloatFormat{10, 15} : FloatFormat{7, 127};
}

/// float16 and bfloat16: a value that is one of theirs.
constexpr std::uint64_t encode_short_float(DType dtype, double value) {
  const auto [fraction, bias] = float_format(dtype);
  const std::uint64_t top = dtype == DType::float16 ? 0x7c00u : 0x7f80u;
  if (value != value) return top | (std::uint64_t{1} << (fraction - 1));
  const auto raw = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t sign = raw >> 63 << 15, mantissa = raw & 0xfffffffffffffu;
  const int exponent = static_cast<int>((raw >> 52) & 0x7ff) - 1023;
  if (exponent == 1024) return sign | top;
  if (exponent == -1023) return sign;
  const std::uint64_t whole = mantissa | (std::uint64_t{1} << 52);
  if (exponent < 1 - bias) return sign | (whole >> (52 - fraction + (1 - bias - exponent)));
  return sign | (static_cast<std::uint64_t>(exponent + bias) << fraction) | (mantissa >> (52 - fraction));
}
constexpr double decode_short_float(DType dtype, std::uint64_t stored) {
  const auto [fraction, bias] = float_format(dtype);
  const int field = static_cast<int>((stored & 0x7fff) >> fraction), limit = dtype == DType::float16 ? 31 : 255;
  const std::uint64_t low = stored & ((std::uint64_t{1} << fraction) - 1), sign = stored >> 15 << 63;
  if (field == limit)
    return low != 0 ? std::numeric_limits<double>::quiet_NaN() : std::bit_cast<double>(sign | 0x7ff0000000000000u);
  double value = static_cast<double>(field == 0 ? low : low | (std::uint64_t{1} << fraction));
  const int power = (field == 0 ? 1 : field) - bias - fraction;
  for (int i = power; i > 0; --i) value *= 2;
  for (int i = power; i < 0; ++i) value *= 0.5;
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) | sign);
}

}  // namespace detail::scalars

/// The bits that memory holds for a number, in the low bits of the result. Not for dtypes index and none.
constexpr std::uint64_t stored_bits(Scalar value) {
  switch (value.dtype) {
  case DType::float16:
  case DType::bfloat16: return detail::scalars::encode_short_float(value.dtype, value.as_double());
  case DType::float32: return std::bit_cast<std::uint32_t>(static_cast<float>(value.as_double()));
  case DType::float64: return value.bits;
  default: break;
  }
  const unsigned width = bits(value.dtype);
  return width >= 64 ? value.bits : value.bits & ((std::uint64_t{1} << width) - 1);
}

/// The number that memory with those bits holds; bits above the dtype's width are ignored.
constexpr Scalar from_stored_bits(DType dtype, std::uint64_t stored) {
  switch (dtype) {
  case DType::float16:
  case DType::bfloat16: return float_scalar(dtype, detail::scalars::decode_short_float(dtype, stored & 0xffff));
  case DType::float32:
    return float_scalar(dtype, static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(stored))));
  case DType::float64: return float_scalar(dtype, std::bit_cast<double>(stored));
  case DType::boolean: return bool_scalar((stored & 0xff) != 0);
  default: return int_scalar(dtype, static_cast<std::int64_t>(stored));
  }
}

/// An elementwise operator that gives a number of `dtype`; nothing where the operator has no meaning for
/// operands of those dtypes, or where an index overflows.
inline std::optional<Scalar> operate(Op op, DType dtype, std::span<const Scalar> x) {
  namespace d = detail::scalars;
  const DType from = x.empty() ? DType::none : x[0].dtype;
  const bool ints = is_int(from) || from == DType::boolean;
  if (op == Op::where && x.size() == 3) return x[0].as_bool() ? x[1] : x[2];
  if (op == Op::cast && x.size() == 1) {
    if (is_float(from))
      return is_float(dtype) ? float_scalar(dtype, x[0].as_double()) : d::cast_from_float(dtype, x[0].as_double());
    return ints ? d::cast_from_integer(dtype, x[0].as_wide()) : std::nullopt;
  }
  if (op == Op::bitcast && x.size() == 1) {
    if (bits(from) != bits(dtype) || bits(from) == 0) return std::nullopt;
    return from_stored_bits(dtype, stored_bits(x[0]));
  }
  if (op == Op::logical_not && x.size() == 1 && from == DType::boolean) return bool_scalar(!x[0].as_bool());
  if (is_comparison(op) && x.size() == 2) {
    const auto result =
        ints ? d::compare(op, x[0].as_wide(), x[1].as_wide()) : d::compare(op, x[0].as_double(), x[1].as_double());
    return result ? std::optional(bool_scalar(*result)) : std::nullopt;
  }
  if (dtype == DType::float64) return d::float_operation<double>(op, dtype, x);
  if (is_float(dtype)) return d::float_operation<float>(op, dtype, x);
  if (!ints) return std::nullopt;
  if (x.size() == 1 && op == Op::neg) return d::integer_result(dtype, -x[0].as_wide());
  if (x.size() == 2) return d::integer_binary(op, dtype, x[0].as_wide(), x[1].as_wide());
  if (x.size() != 3 || op != Op::fma) return std::nullopt;
  const auto product = d::integer_binary(Op::mul, dtype, x[0].as_wide(), x[1].as_wide());
  return product ? d::integer_binary(Op::add, dtype, product->as_wide(), x[2].as_wide()) : std::nullopt;
}

/// What folding with `op` starts from: the result of folding nothing. Nothing for other operators.
inline std::optional<Scalar> fold_start(Op op, DType dtype) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  namespace d = detail::scalars;
  const bool floats = is_float(dtype), is_bool = dtype == DType::boolean;
  switch (op) {
  case Op::add:
  case Op::bit_or:
  case Op::bit_xor: return number(dtype, 0);
  case Op::mul: return number(dtype, 1);
  case Op::bit_and: return is_bool ? bool_scalar(true) : Scalar{dtype, static_cast<std::uint64_t>(wrap_to(dtype, -1))};
  case Op::max:
    if (floats) return float_scalar(dtype, -infinity);
    return is_bool ? bool_scalar(false) : Scalar{dtype, static_cast<std::uint64_t>(wrap_to(dtype, d::least_of(dtype)))};
  case Op::min:
    if (floats) return float_scalar(dtype, infinity);
    return is_bool ? bool_scalar(true)
                   : Scalar{dtype, static_cast<std::uint64_t>(wrap_to(dtype, d::greatest_of(dtype)))};
  default: return std::nullopt;
  }
}

}  // namespace v0
}  // namespace whittle
