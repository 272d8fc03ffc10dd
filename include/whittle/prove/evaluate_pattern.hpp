// What the terms of a rule are at one point: operators on small numbers, by their definitions.
//
// The meaning of the operators is that of ir/scalar_operation.hpp, on integers of a few bits and floats of 8 bits, with
// these exceptions: a quotient by zero, a shift by a negative amount or by the width and more, and the bits of a NaN
// have no value. A rule must give one wherever its left side has one, and there the same.
#pragma once

#include <bit>
#include <limits>

#include <whittle/core/fold.hpp>
#include <whittle/prove/operator_types.hpp>
#include <whittle/prove/term.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {

/// How small the numbers of a proof are.
struct Scale {
  unsigned bits = 8;                                             ///< of fixed-width integers
  std::int64_t box = 6;                                          ///< an index lies in [-box, box]
  int fraction = 3, least_exponent = -6, greatest_exponent = 7;  ///< of floats: 1 sign, 4 exponent, 3 fraction bits
};

struct Value {
  enum class State : std::uint8_t { defined, undefined, invalid } state = State::defined;
  std::int64_t number = 0;  ///< of an integer or a bool
  double real = 0;

  static constexpr Value of(std::int64_t n) { return {State::defined, n, 0}; }
  static constexpr Value truth(bool value) { return of(value ? 1 : 0); }
  static constexpr Value of_real(double x) { return {State::defined, 0, x}; }
  static constexpr Value undefined() { return {State::undefined, 0, 0}; }
  static constexpr Value invalid() { return {State::invalid, 0, 0}; }
  constexpr bool is_defined() const { return state == State::defined; }
  constexpr bool is_true() const { return is_defined() && number == 1; }
};

namespace detail {

constexpr std::int64_t wrapped(std::int64_t value, DType dtype, const Scale& scale) {
  if (dtype != DType::int8 && dtype != DType::uint8) return value;
  const std::uint64_t mask = (std::uint64_t{1} << scale.bits) - 1;
  const std::uint64_t low = static_cast<std::uint64_t>(value) & mask;
  const bool is_negative = dtype == DType::int8 && (low >> (scale.bits - 1)) != 0;
  return static_cast<std::int64_t>(is_negative ? low | ~mask : low);
}
constexpr double rounded(double value, const Scale& scale) {
  return v0::detail::round_to_format(value, scale.fraction, scale.least_exponent, scale.greatest_exponent);
}
constexpr bool is_negative(double x) { return (std::bit_cast<std::uint64_t>(x) >> 63) != 0; }
constexpr double negated(double x) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) ^ (std::uint64_t{1} << 63));
}

/// A function of which nothing is known, on what fits its dtype.
constexpr Value arbitrary(Op op, DType dtype, const Value& a, const Value& b, const Scale& scale) {
  std::uint64_t h = static_cast<std::uint64_t>(op) * 0x9e3779b97f4a7c15u;
  for (const Value* value : {&a, &b}) {
    const bool is_nan = value->real != value->real;
    const std::uint64_t bits = is_nan ? 1 : std::bit_cast<std::uint64_t>(value->real);
    h = (h ^ bits ^ static_cast<std::uint64_t>(value->number)) * 0xbf58476d1ce4e5b9u;
    h ^= h >> 29;
  }
  const auto small = static_cast<std::int64_t>(h % 15) - 7;
  if (is_float(dtype)) return Value::of_real(static_cast<double>(small));
  return dtype == DType::boolean ? Value::of(small & 1) : Value::of(wrapped(small, dtype, scale));
}

// Quotient, product and sum of any floats; by themselves, NaN as a result and division by zero are no constant
// expressions.
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr bool is_nan(double x) { return (std::bit_cast<std::uint64_t>(x) << 1) > 0xffe0000000000000u; }
constexpr bool is_infinite(double x) { return (std::bit_cast<std::uint64_t>(x) << 1) == 0xffe0000000000000u; }
constexpr bool is_finite(double x) { return !is_nan(x) && !is_infinite(x); }

constexpr double float_quotient(double a, double b) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (is_nan(a) || is_nan(b) || (is_infinite(a) && is_infinite(b)) || (a == 0 && b == 0)) return not_a_number;
  if (b != 0) return a / b;
  return is_negative(a) != is_negative(b) ? -infinity : infinity;
}
constexpr double float_product(double a, double b) {
  if (is_nan(a) || is_nan(b) || (is_infinite(a) && b == 0) || (a == 0 && is_infinite(b))) return not_a_number;
  return a * b;
}
constexpr double float_sum(double a, double b) {
  if (is_nan(a) || is_nan(b) || (is_infinite(a) && is_infinite(b) && a != b)) return not_a_number;
  return a + b;
}
/// Exact for 8-bit floats; pow(1, NaN) and pow(NaN, 0) are 1 as in C (C17, F.10.4.4).
constexpr double float_power(double a, int exponent) {
  double power = 1;
  for (int n = exponent < 0 ? -exponent : exponent; n > 0; --n) power = float_product(power, a);
  return exponent < 0 ? float_quotient(1, power) : power;
}
constexpr bool is_known_power(double a, double b) {
  return a == 1 || (is_finite(b) && -4 <= b && b <= 4 && b == static_cast<int>(b));
}
constexpr double truncated(double x) {
  if (!is_finite(x) || x > 4.0e15 || x < -4.0e15) return x;
  const double whole = static_cast<double>(static_cast<std::int64_t>(x));
  return whole == 0 && is_negative(x) ? -0.0 : whole;
}

constexpr Value on_floats(Op op, DType dtype, const Value& x, const Value& y, const Value& z, const Scale& scale) {
  const double a = x.real, b = y.real;
  switch (op) {
  case Op::neg: return Value::of_real(negated(a));
  case Op::trunc: return Value::of_real(truncated(a));
  case Op::reciprocal: return Value::of_real(rounded(float_quotient(1.0, a), scale));
  case Op::add: return Value::of_real(rounded(float_sum(a, b), scale));
  case Op::sub: return Value::of_real(rounded(float_sum(a, negated(b)), scale));
  case Op::mul: return Value::of_real(rounded(float_product(a, b), scale));
  case Op::fdiv: return Value::of_real(rounded(float_quotient(a, b), scale));
  case Op::fma: return Value::of_real(rounded(float_sum(float_product(a, b), z.real), scale));
  case Op::max: return Value::of_real(v0::detail::greater_of(a, b));
  case Op::min: return Value::of_real(v0::detail::lesser_of(a, b));
  case Op::less: return Value::truth(a < b);
  case Op::less_equal: return Value::truth(a <= b);
  case Op::equal: return Value::truth(a == b);
  case Op::not_equal: return Value::truth(a != b);
  case Op::pow:
    if (!is_known_power(a, b)) return arbitrary(op, dtype, x, y, scale);
    return Value::of_real(rounded(a == 1 ? 1 : float_power(a, static_cast<int>(b)), scale));
  default: return arbitrary(op, dtype, x, y, scale);
  }
}

constexpr std::int64_t floor_quotient(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

/// Division and shifts, which are not defined everywhere; exact numbers are 64 bits wide.
constexpr Value on_integers_partly(Op op, DType dtype, bool is_exact, std::int64_t a, std::int64_t b,
                                   const Scale& scale) {
  const std::int64_t width = is_exact || dtype == DType::index ? 40 : static_cast<std::int64_t>(scale.bits);
  if (is_division(op) ? b == 0 : b < 0 || b >= width) return Value::undefined();
  std::int64_t value = 0;
  switch (op) {
  case Op::floordiv: value = floor_quotient(a, b); break;
  case Op::floormod: value = a - floor_quotient(a, b) * b; break;
  case Op::cdiv: value = a / b; break;
  case Op::cmod: value = a % b; break;
  case Op::shl: value = a * (std::int64_t{1} << b); break;
  default: value = a >> b; break;
  }
  return Value::of(is_exact ? value : wrapped(value, dtype, scale));
}

constexpr Value on_integers(const Term& term, DType operand, std::int64_t a, std::int64_t b, std::int64_t c,
                            const Scale& scale) {
  const auto keep = [&](std::int64_t value) {
    return Value::of(term.is_exact ? value : wrapped(value, term.dtype, scale));
  };
  const bool is_bool = operand == DType::boolean;
  switch (term.op) {
  case Op::neg: return keep(-a);
  case Op::logical_not: return Value::truth(a == 0);
  case Op::add: return keep(a + b);
  case Op::sub: return keep(a - b);
  case Op::mul: return keep(a * b);
  case Op::fma: return keep(a * b + c);
  case Op::max: return Value::of(a < b ? b : a);
  case Op::min: return Value::of(b < a ? b : a);
  case Op::bit_and: return Value::of(a & b);
  case Op::bit_or: return Value::of(a | b);
  case Op::bit_xor: return is_bool ? Value::truth(a != b) : Value::of(a ^ b);
  case Op::less: return Value::truth(a < b);
  case Op::less_equal: return Value::truth(a <= b);
  case Op::equal: return Value::truth(a == b);
  case Op::not_equal: return Value::truth(a != b);
  default: return on_integers_partly(term.op, term.dtype, term.is_exact, a, b, scale);
  }
}

constexpr Value cast_value(DType from, DType to, const Value& x, const Scale& scale) {
  if (from == to) return x;
  if (to == DType::boolean) return Value::truth(is_float(from) ? !(x.real == 0) : x.number != 0);
  if (is_float(to)) return Value::of_real(rounded(static_cast<double>(x.number), scale));
  if (!is_float(from)) return Value::of(wrapped(x.number, to, scale));
  if (!is_finite(x.real)) return Value::undefined();
  const auto whole = static_cast<std::int64_t>(x.real);
  return wrapped(whole, to, scale) == whole ? Value::of(whole) : Value::undefined();
}

/// The bits of an 8-bit float, and back.
constexpr std::int64_t float_bits(double x, const Scale& scale) {
  const std::int64_t sign = is_negative(x) ? 128 : 0;
  if (!is_finite(x)) return sign | 0x78;
  double magnitude = is_negative(x) ? negated(x) : x;
  int exponent = scale.least_exponent;
  const auto unit = [&](int power) {
    double one = 1;
    for (; power > 0; --power) one *= 2;
    for (; power < 0; ++power) one *= 0.5;
    return one;
  };
  while (magnitude >= 2 * unit(exponent)) ++exponent;
  const auto whole = static_cast<std::int64_t>(magnitude / unit(exponent - scale.fraction));
  return whole < 8 ? sign | whole : sign | ((exponent - scale.least_exponent + 1) << 3) | (whole & 7);
}
constexpr double float_of_bits(std::int64_t bits, const Scale& scale) {
  const std::int64_t field = (bits >> 3) & 15, low = bits & 7;
  const double sign = (bits & 128) != 0 ? -1.0 : 1.0;
  if (field == 15)
    return low != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  double value = static_cast<double>(field == 0 ? low : low | 8);
  for (int power = scale.least_exponent - scale.fraction + static_cast<int>(field == 0 ? 0 : field - 1); power != 0;
       power += power < 0 ? 1 : -1)
    value *= power < 0 ? 0.5 : 2.0;
  return sign * value;
}

constexpr Value bitcast_value(DType from, DType to, const Value& x, const Scale& scale) {
  if (from == to) return x;
  if (is_float(from) && x.real != x.real) return Value::undefined();
  if ((is_float(from) || is_float(to)) && scale.bits != 8) return Value::undefined();
  const std::int64_t stored = is_float(from) ? float_bits(x.real, scale) : x.number & 255;
  if (to == DType::boolean) return Value::truth(stored != 0);
  if (is_float(to)) return Value::of_real(float_of_bits(stored, scale));
  return Value::of(wrapped(stored, to, scale));
}

/// Three truth values: what is unknown does not matter where the other operand decides.
constexpr Value in_guard(Op op, const Value& a, const Value& b) {
  const std::int64_t decisive = op == Op::bit_and ? 0 : 1;
  if ((a.is_defined() && a.number == decisive) || (b.is_defined() && b.number == decisive)) return Value::of(decisive);
  return a.is_defined() && b.is_defined() ? Value::of(1 - decisive) : Value::undefined();
}

}  // namespace detail

/// The value of an operation, `values` being those of all `terms` before it.
constexpr Value evaluate(const Term* terms, const Term& term, const Value* values, const Scale& scale) {
  const std::uint16_t first = term.sources[0];
  const Value& x = values[first];
  const Value& y = values[term.arity > 1 ? term.sources[1] : first];
  const Value& z = values[term.arity > 2 ? term.sources[2] : first];
  const DType operand = terms[first].dtype;
  if (term.op == Op::where) return x.is_defined() ? (x.number != 0 ? y : z) : x;
  if (term.is_exact && operand == DType::boolean && (term.op == Op::bit_and || term.op == Op::bit_or))
    return detail::in_guard(term.op, x, y);
  if (!x.is_defined() || !y.is_defined() || !z.is_defined()) {
    const bool has_invalid =
        x.state == Value::State::invalid || y.state == Value::State::invalid || z.state == Value::State::invalid;
    return has_invalid ? Value::invalid() : Value::undefined();
  }
  if (term.op == Op::cast) return detail::cast_value(operand, term.dtype, x, scale);
  if (term.op == Op::bitcast) return detail::bitcast_value(operand, term.dtype, x, scale);
  if (is_float(operand)) return detail::on_floats(term.op, term.dtype, x, y, z, scale);
  return detail::on_integers(term, operand, x.number, y.number, z.number, scale);
}

/// The value of a literal, or Invalid.
constexpr Value evaluate_literal(const Term& term, const Scale& scale) {
  if (term.kind == TermKind::invalid) return Value::invalid();
  if (term.kind == TermKind::truth) return Value::truth(term.bits != 0);
  if (term.kind == TermKind::real) return Value::of_real(detail::rounded(std::bit_cast<double>(term.bits), scale));
  const auto value = static_cast<std::int64_t>(term.bits);
  return Value::of(term.is_exact ? value : detail::wrapped(value, term.dtype, scale));
}

/// Equal as a user sees it: NaN is NaN, and -0 is not 0, unless signs of zero are ignored.
constexpr bool same(DType dtype, const Value& a, const Value& b, bool signs_matter) {
  if (a.state != b.state) return false;
  if (!a.is_defined()) return true;
  if (!is_float(dtype)) return a.number == b.number;
  if (a.real != a.real || b.real != b.real) return a.real != a.real && b.real != b.real;
  return a.real == b.real && (!signs_matter || detail::is_negative(a.real) == detail::is_negative(b.real));
}

}  // namespace prove
}  // namespace v0
}  // namespace whittle
