#include "backends/cpu/elementwise.hpp"

#include <bit>
#include <string>

#include "backends/cpu/convert.hpp"
#include "backends/cpu/math.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

bool is_unsigned(DType dtype) { return is_unsigned_int(dtype) || dtype == DType::boolean; }

bool is_plus_zero(const IrWriter& w, const Value& value) { return value.text == w.real(value.type, 0.0).text; }

/// Maximum or minimum; a NaN on either side is the result. A select of this form is one vmaxps, which gives its
/// second operand where either is a NaN.
Value extremum(IrWriter& w, bool maximum, const Value& a, const Value& b, DType dtype) {
  if (dtype == DType::boolean) return w.binary(maximum ? "or" : "and", a, b);
  if (!is_float(dtype))
    return w.intrinsic(std::string(is_unsigned(dtype) ? "u" : "s") + (maximum ? "max" : "min"), {a, b});
  const char* predicate = maximum ? "fcmp ogt" : "fcmp olt";
  if (a.is_constant || b.is_constant) {
    const Value &constant = b.is_constant ? b : a, &x = b.is_constant ? a : b;
    const Value result = w.select(w.compare(predicate, constant, x), constant, x);
    // max(-0, 0) would be -0; adding 0 makes it 0.
    return maximum && is_plus_zero(w, constant) ? w.binary("fadd", result, constant) : result;
  }
  const Value ordered = w.select(w.compare(predicate, a, b), a, b);
  return w.select(w.compare("fcmp uno", a, a), a, ordered);
}

Value comparison(IrWriter& w, Op op, const Value& a, const Value& b, DType dtype) {
  if (is_float(dtype)) {
    const char* predicate = op == Op::less ? "olt" : op == Op::less_equal ? "ole" : op == Op::equal ? "oeq" : "une";
    return w.compare(std::string("fcmp ") + predicate, a, b);
  }
  const std::string sign = is_unsigned(dtype) ? "u" : "s";
  const std::string predicate = op == Op::less         ? sign + "lt"
                                : op == Op::less_equal ? sign + "le"
                                : op == Op::equal      ? "eq"
                                                       : "ne";
  return w.compare("icmp " + predicate, a, b);
}

struct Quotient {
  Value quotient, remainder;
};

/// C's division. A divisor of zero gives 0 and 0, and the least integer divided by -1 wraps: neither may trap.
Quotient truncating_division(IrWriter& w, const Value& a, const Value& b, bool is_signed) {
  const Value zero = w.zero(a.type), one = w.integer(a.type, 1);
  const std::string sign = is_signed ? "s" : "u";
  if (b.is_constant && b.integer != 0 && !(is_signed && b.integer == -1)) {
    const Value quotient = w.binary(sign + "div", a, b);
    return {quotient, w.binary("sub", a, w.binary("mul", quotient, b))};
  }
  const Value by_zero = w.compare("icmp eq", b, zero);
  Value safe = w.select(by_zero, one, b), negated = zero, by_minus_one = zero;
  if (is_signed) {
    by_minus_one = w.compare("icmp eq", b, w.integer(a.type, -1));
    negated = w.binary("sub", zero, a);
    safe = w.select(by_minus_one, one, safe);
  }
  Value quotient = w.binary(sign + "div", a, safe);
  const Value remainder = w.binary("sub", a, w.binary("mul", quotient, safe));
  if (is_signed) quotient = w.select(by_minus_one, negated, quotient);
  return {w.select(by_zero, zero, quotient), remainder};
}

Value integer_division(IrWriter& w, Op op, const Value& a, const Value& b, DType dtype) {
  const bool is_signed = !is_unsigned(dtype), wants_quotient = op == Op::cdiv || op == Op::floordiv;
  const bool floors = is_signed && (op == Op::floordiv || op == Op::floormod);
  if (b.is_constant && b.integer > 0 && (b.integer & (b.integer - 1)) == 0 && (floors || !is_signed)) {
    if (!wants_quotient) return w.binary("and", a, w.integer(b.type, b.integer - 1));
    const auto shift = std::countr_zero(static_cast<std::uint64_t>(b.integer));
    return w.binary(is_signed ? "ashr" : "lshr", a, w.integer(b.type, shift));
  }
  const auto [quotient, remainder] = truncating_division(w, a, b, is_signed);
  if (!floors) return wants_quotient ? quotient : remainder;
  // One less, or the divisor more, where the remainder has the sign that the divisor has not.
  const Value zero = w.zero(a.type);
  const Value differs = w.compare("icmp slt", w.binary("xor", remainder, b), zero);
  const Value inexact = w.compare("icmp ne", remainder, zero), adjust = w.binary("and", differs, inexact);
  if (wants_quotient) return w.binary("add", quotient, w.convert("sext", adjust, a.type.kind));
  return w.binary("add", remainder, w.select(adjust, b, zero));
}

/// Shifts by the width or more, and by negative amounts, give 0, or the sign when an arithmetic shift goes right.
Value shift(IrWriter& w, Op op, const Value& a, const Value& amount, DType dtype) {
  const unsigned width = bits(a.type.kind);
  const bool arithmetic = op == Op::shr && !is_unsigned(dtype);
  const std::string opcode = op == Op::shl ? "shl" : arithmetic ? "ashr" : "lshr";
  if (amount.is_constant && amount.integer >= 0 && amount.integer < width) return w.binary(opcode, a, amount);
  const Value inside = w.compare("icmp ult", amount, w.integer(a.type, width));
  const Value clamped = w.select(inside, amount, arithmetic ? w.integer(a.type, width - 1) : w.zero(a.type));
  const Value shifted = w.binary(opcode, a, clamped);
  return arithmetic ? shifted : w.select(inside, shifted, w.zero(a.type));
}

Value unary(IrWriter& w, Op op, DType result, const Operand& x) {
  const Value& a = x.value;
  const bool real = is_float(x.dtype), wide = a.type.kind == Kind::f64;
  switch (op) {
  case Op::neg: return real ? w.unary("fneg", a) : x.dtype == DType::boolean ? a : w.binary("sub", w.zero(a.type), a);
  case Op::reciprocal: return w.binary("fdiv", w.real(a.type, 1.0), a);
  case Op::exp2: return wide ? per_lane(w, "exp2", {a}) : exp2(w, a);
  case Op::log2: return wide ? per_lane(w, "log2", {a}) : log2(w, a);
  case Op::sin: return wide ? per_lane(w, "sin", {a}) : sin(w, a);
  case Op::sqrt: return w.intrinsic("sqrt", {a});
  case Op::trunc: return w.intrinsic("trunc", {a});
  case Op::logical_not: return w.binary("xor", a, w.integer(a.type, 1));
  case Op::cast: return cast(w, a, x.dtype, result);
  default: return bitcast(w, a, x.dtype, result);
  }
}

Value binary(IrWriter& w, Op op, const Operand& x, const Operand& y) {
  const Value &a = x.value, &b = y.value;
  const bool real = is_float(x.dtype), logical = x.dtype == DType::boolean;
  switch (op) {
  case Op::add: return w.binary(real ? "fadd" : logical ? "or" : "add", a, b);
  case Op::sub: return w.binary(real ? "fsub" : logical ? "xor" : "sub", a, b);
  case Op::mul: return w.binary(real ? "fmul" : logical ? "and" : "mul", a, b);
  case Op::fdiv: return w.binary("fdiv", a, b);
  case Op::floordiv:
  case Op::floormod:
  case Op::cdiv:
  case Op::cmod: return integer_division(w, op, a, b, x.dtype);
  case Op::max:
  case Op::min: return extremum(w, op == Op::max, a, b, x.dtype);
  case Op::pow: return pow(w, a, b);
  case Op::bit_and: return w.binary("and", a, b);
  case Op::bit_or: return w.binary("or", a, b);
  case Op::bit_xor: return w.binary("xor", a, b);
  case Op::shl:
  case Op::shr: return shift(w, op, a, b, x.dtype);
  default: return comparison(w, op, a, b, x.dtype);
  }
}

}  // namespace

bool supports(Op op, DType result, DType source) {
  if (!is_elementwise(op) || result == DType::none || source == DType::none) return false;
  switch (op) {
  case Op::reciprocal:
  case Op::exp2:
  case Op::log2:
  case Op::sin:
  case Op::sqrt:
  case Op::trunc:
  case Op::fdiv:
  case Op::pow: return is_float(source);
  case Op::bit_and:
  case Op::bit_or:
  case Op::bit_xor: return !is_float(source);
  case Op::shl:
  case Op::shr:
  case Op::floordiv:
  case Op::floormod:
  case Op::cdiv:
  case Op::cmod: return is_int(source);
  case Op::logical_not: return source == DType::boolean;
  case Op::bitcast: return bits(result) == bits(source) && bits(result) != 0;
  default: return true;
  }
}

namespace {

/// Whether a result on float16 or bfloat16 has to be rounded to it.
bool rounds(Op op, DType result) {
  if (result != DType::float16 && result != DType::bfloat16) return false;
  return op != Op::neg && op != Op::max && op != Op::min && op != Op::trunc && op != Op::cast && op != Op::bitcast;
}

Value rounded(IrWriter& w, Op op, DType result, const Value& value) {
  return rounds(op, result) ? from_memory(w, to_memory(w, value, result), result) : value;
}

}  // namespace

Value elementwise(IrWriter& w, Op op, DType result, std::span<const Operand> sources) {
  if (op == Op::where) {
    const Value& condition = sources[0].value;
    return w.select(condition, sources[1].value, sources[2].value);
  }
  if (op == Op::fma) {
    const Value &a = sources[0].value, &b = sources[1].value, &c = sources[2].value;
    if (!is_float(result)) return w.binary("add", w.binary("mul", a, b), c);
    // Rounded once, be it by the C library: w.fma may round twice where there is no instruction.
    return rounded(w, op, result, w.intrinsic("fma", {a, b, c}));
  }
  return rounded(w, op, result,
                 sources.size() == 1 ? unary(w, op, result, sources[0]) : binary(w, op, sources[0], sources[1]));
}

Value fold_lanes(IrWriter& w, Op op, DType dtype, const Value& vector) {
  Value rest = vector;
  while (rest.type.lanes > 1) {
    const std::uint32_t half = rest.type.lanes / 2;
    const bool odd = rest.type.lanes % 2 != 0;
    const Value low = w.lanes(rest, 0, half), high = w.lanes(rest, half, half);
    Value folded = rounded(w, op, dtype, binary(w, op, {low, dtype}, {high, dtype}));
    if (odd && half == 1) {
      folded = rounded(w, op, dtype, binary(w, op, {folded, dtype}, {w.extract(rest, 2), dtype}));
    } else if (odd) {
      const Type type{folded.type.kind, half + 1};
      const Value longer = w.lanes(folded, 0, half + 1);
      const Value last = w.extract(rest, 2 * half);
      folded = w.assign(type, "insertelement " + name(type) + " " + longer.text + ", " + name(last.type) + " " +
                                  last.text + ", i64 " + std::to_string(half));
    }
    rest = folded;
  }
  return rest;
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
