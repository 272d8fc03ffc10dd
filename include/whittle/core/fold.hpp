// Operators on constants, exactly as the machine would compute them. What has no exact meaning is left alone.
#pragma once

#include <whittle/core/op.hpp>
#include <whittle/core/scalar.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

constexpr int128 floor_quotient(int128 a, int128 b) {
  const int128 quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
constexpr int128 floor_remainder(int128 a, int128 b) { return a - floor_quotient(a, b) * b; }

// clang-format off
/// Integers and bools in 128 bits; false where the result has no meaning or is left to run time.
constexpr bool fold_ints(Op op, int128 a, int128 b, unsigned width, int128& result) {
  const bool shift_is_plain = b >= 0 && b < 62;
  switch (op) {
    case Op::add: result = a + b; return true;
    case Op::sub: result = a - b; return true;
    case Op::mul: result = static_cast<int128>(static_cast<uint128>(a) * static_cast<uint128>(b)); return true;
    case Op::max: result = a > b ? a : b; return true;
    case Op::min: result = a < b ? a : b; return true;
    case Op::floordiv: if (b == 0) return false; result = floor_quotient(a, b); return true;
    case Op::floormod: if (b == 0) return false; result = floor_remainder(a, b); return true;
    case Op::cdiv: if (b == 0) return false; result = a / b; return true;
    case Op::cmod: if (b == 0) return false; result = a % b; return true;
    case Op::bit_and: result = a & b; return true;
    case Op::bit_or: result = a | b; return true;
    case Op::bit_xor: result = a ^ b; return true;
    case Op::shl: if (!shift_is_plain || (width != 0 && b >= static_cast<int128>(width))) return false;
      result = a * (int128{1} << static_cast<unsigned>(b)); return true;
    case Op::shr: if (!shift_is_plain || (width != 0 && b >= static_cast<int128>(width))) return false;
      result = a >> static_cast<unsigned>(b); return true;
    case Op::less: result = a < b; return true;
    case Op::less_equal: result = a <= b; return true;
    case Op::equal: result = a == b; return true;
    case Op::not_equal: result = a != b; return true;
    default: return false;
  }
}

// clang-format on

/// NumPy's maximum and minimum: a NaN wins, and -0 lies below +0.
constexpr double greater_of(double a, double b) {
  if (a != a || b != b) return a != a ? a : b;
  if (a == b) return std::bit_cast<std::int64_t>(a) < 0 ? b : a;
  return a > b ? a : b;
}
constexpr double lesser_of(double a, double b) {
  if (a != a || b != b) return a != a ? a : b;
  if (a == b) return std::bit_cast<std::int64_t>(a) < 0 ? a : b;
  return a < b ? a : b;
}

/// Floats of `dtype`: one operation on doubles, then rounded, is exact for all of these up to float32.
constexpr bool fold_floats(Op op, double a, double b, double& result) {
  switch (op) {
  case Op::add: result = a + b; return true;
  case Op::sub: result = a - b; return true;
  case Op::mul: result = a * b; return true;
  case Op::fdiv:
    if (b == 0) return false;
    result = a / b;
    return true;
  case Op::max: result = greater_of(a, b); return true;
  case Op::min: result = lesser_of(a, b); return true;
  default: return false;
  }
}

constexpr bool compare_floats(Op op, double a, double b, bool& result) {
  switch (op) {
  case Op::less: result = a < b; return true;
  case Op::less_equal: result = a <= b; return true;
  case Op::equal: result = a == b; return true;
  case Op::not_equal: result = a != b; return true;
  default: return false;
  }
}

constexpr bool is_finite(double x) { return x - x == 0; }

constexpr bool fold_cast(DType to, const Scalar& value, Scalar& result) {
  if (is_float(value.dtype)) {
    const double x = value.as_double();
    if (is_float(to))
      result = float_scalar(to, x);
    else if (to == DType::boolean)
      result = bool_scalar(x != 0);
    else if (!is_finite(x) || x < -9.0e18 || x > 9.0e18)
      return false;
    else {
      const auto whole = static_cast<std::int64_t>(x);
      if (wrap_to(to, whole) != whole) return false;  // out of range: the device saturates
      result = int_scalar(to, whole);
    }
    return true;
  }
  const int128 x = value.as_wide();
  if (is_float(to)) {
    if (x > (int128{1} << 53) || x < -(int128{1} << 53)) return false;  // would round twice
    result = float_scalar(to, static_cast<double>(x));
  } else if (to == DType::index && !fits_int64(x))
    return false;
  else
    result = {to, static_cast<std::uint64_t>(wrap_to(to, x))};
  return true;
}

}  // namespace detail

/// `op` of constant operands in `dtype`, the node's own dtype; false where it is not folded: division by zero,
/// an index that overflows int64, transcendental functions, bitcasts.
constexpr bool fold(Op op, DType dtype, const Scalar* operands, std::size_t count, Scalar& result) {
  if (count == 0 || !is_elementwise(op)) return false;
  const Scalar& a = operands[0];
  if (op == Op::where) return result = operands[a.as_bool() ? 1 : 2], true;
  if (op == Op::cast) return detail::fold_cast(dtype, a, result);
  if (op == Op::logical_not) return a.dtype == DType::boolean && (result = bool_scalar(!a.as_bool()), true);
  if (op == Op::neg) {
    if (is_float(dtype)) return result = float_scalar(dtype, -a.as_double()), true;
    if (dtype == DType::index && !fits_int64(-a.as_wide())) return false;
    return result = {dtype, static_cast<std::uint64_t>(wrap_to(dtype, -a.as_wide()))}, true;
  }
  if (count != 2) return false;
  const Scalar& b = operands[1];
  if (is_float(a.dtype)) {
    if (is_comparison(op)) {
      bool truth = false;
      if (!detail::compare_floats(op, a.as_double(), b.as_double(), truth)) return false;
      return result = bool_scalar(truth), true;
    }
    double value = 0;
    if (!detail::fold_floats(op, a.as_double(), b.as_double(), value)) return false;
    return result = float_scalar(dtype, value), true;
  }
  int128 value = 0;
  if (!detail::fold_ints(op, a.as_wide(), b.as_wide(), bits(a.dtype), value)) return false;
  if (dtype == DType::index && !fits_int64(value)) return false;
  return result = {dtype, static_cast<std::uint64_t>(wrap_to(dtype, value))}, true;
}

}  // namespace v0
}  // namespace whittle
