#include "backends/cpu/math.hpp"

#include <limits>
#include <span>

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

/// The polynomial in x, highest coefficient first, by Horner's rule.
Value horner(IrWriter& w, const Value& x, std::span<const double> coefficients) {
  Value sum = w.real(x.type, coefficients[0]);
  for (const double c : coefficients.subspan(1)) sum = w.fma(sum, x, w.real(x.type, c));
  return sum;
}

Type with_kind(Type type, Kind kind) { return {kind, type.lanes}; }

/// max(bound, x) where a NaN x stays: one vmaxps.
Value at_least(IrWriter& w, const Value& x, double bound) {
  const Value limit = w.real(x.type, bound);
  return w.select(w.compare("fcmp ogt", limit, x), limit, x);
}

Value at_most(IrWriter& w, const Value& x, double bound) {
  const Value limit = w.real(x.type, bound);
  return w.select(w.compare("fcmp olt", limit, x), limit, x);
}

/// The float 2^n for n in [-126, 127].
Value power_of_two(IrWriter& w, const Value& n) {
  const Value biased = w.binary("add", n, w.integer(n.type, 127));
  return w.convert("bitcast", w.binary("shl", biased, w.integer(n.type, 23)), Kind::f32);
}

// Fitted at Chebyshev nodes: (2^x - 1) / x on [-1/2, 1/2]; (log2(1 + f) - f log2 e) / f^2 on [sqrt(1/2) - 1,
// sqrt(2) - 1]; (sin r - r) / r^3 in r^2 on [0, (pi/2)^2].
constexpr double exp2_coefficients[] = {
    0x1.44138ap-13, 0x1.5f089p-10, 0x1.3b2a54p-7, 0x1.c6af6cp-5, 0x1.ebfbep-3, 0x1.62e43p-1, 1.0};
constexpr double log2_coefficients[] = {-0x1.c574f6p-4, 0x1.77e8bcp-3,  -0x1.83df38p-3, 0x1.a3b3c8p-3, -0x1.eb41e6p-3,
                                        0x1.277b7p-2,   -0x1.71576ap-2, 0x1.ec709ap-2,  -0x1.715476p-1};
constexpr double sin_coefficients[] = {-0x1.9db1ccp-26, 0x1.719692p-19, -0x1.a01906p-13, 0x1.11111p-7, -0x1.555556p-3};
constexpr double log2_e_high = 0x1.715476p+0, log2_e_low = 0x1.4ae0cp-26;
constexpr double pi_high = 0x1.921fb54442d18p+1, pi_low = 0x1.1a62633145c07p-53, inverse_pi = 0x1.45f306dc9c883p-2;

}  // namespace

Value exp2(IrWriter& w, const Value& x) {
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits: no conversion, which a NaN would poison.
  const Value shifter = w.real(x.type, 0x1.8p+23);
  const Value clamped = at_most(w, at_least(w, x, -151.0), 129.0);
  const Value shifted = w.binary("fadd", clamped, shifter);
  const Value rest = w.binary("fsub", clamped, w.binary("fsub", shifted, shifter));
  const Value fraction = horner(w, rest, exp2_coefficients);
  const Value bits = w.convert("bitcast", shifted, Kind::i32);
  const Value n = w.binary("sub", bits, w.integer(bits.type, 0x4B400000));
  // Two factors, so that results below the normal range are rounded once, by the last product.
  const Value half = w.binary("ashr", n, w.integer(n.type, 1));
  const Value scaled = w.binary("fmul", fraction, power_of_two(w, half));
  return w.binary("fmul", scaled, power_of_two(w, w.binary("sub", n, half)));
}

Value log2(IrWriter& w, const Value& x) {
  const Value smallest = w.real(x.type, 0x1p-126);
  const Value subnormal = w.compare("fcmp olt", x, smallest);
  const Value normal = w.select(subnormal, w.binary("fmul", x, w.real(x.type, 0x1p+23)), x);
  const Value bits = w.convert("bitcast", normal, Kind::i32);
  // Subtracting the bits of sqrt(1/2) makes the exponent field count from there: the mantissa lies in [0.7, 1.4).
  const Value offset = w.binary("sub", bits, w.integer(bits.type, 0x3F3504F3));
  const Value exponent = w.binary("ashr", offset, w.integer(bits.type, 23));
  const Value mantissa_bits = w.binary("sub", bits, w.binary("shl", exponent, w.integer(bits.type, 23)));
  const Value mantissa = w.convert("bitcast", mantissa_bits, Kind::f32);
  const Value f = w.binary("fsub", mantissa, w.real(x.type, 1.0));
  const Value square = w.binary("fmul", f, f);
  const Value low = w.fma(square, horner(w, f, log2_coefficients), w.binary("fmul", f, w.real(x.type, log2_e_low)));
  const Value logarithm = w.fma(f, w.real(x.type, log2_e_high), low);
  const Value shift = w.select(subnormal, w.real(x.type, 23.0), w.real(x.type, 0.0));
  const Value whole = w.binary("fsub", w.convert("sitofp", exponent, Kind::f32), shift);
  const Value infinity = w.real(x.type, std::numeric_limits<double>::infinity());
  Value result = w.binary("fadd", whole, logarithm);
  result = w.select(w.compare("fcmp ult", x, infinity), result, x);
  // What is below zero or NaN is NaN; what is zero is -infinity.
  result = w.select(w.compare("fcmp oeq", x, w.zero(x.type)), w.unary("fneg", infinity), result);
  return w.select(w.compare("fcmp oge", x, w.zero(x.type)), result,
                  w.real(x.type, std::numeric_limits<double>::quiet_NaN()));
}

Value sin(IrWriter& w, const Value& x) {
  if (!w.has_fma) return per_lane(w, "sinf", {x});  // the reduction needs exact products
  // x - n pi in double: exact enough up to n = 2^29, and no more expensive than the pieces of pi in float.
  const Type wide = with_kind(x.type, Kind::f64);
  const Value shifter = w.real(wide, 0x1.8p+52), angle = w.convert("fpext", x, Kind::f64);
  const Value shifted = w.fma(angle, w.real(wide, inverse_pi), shifter);
  const Value n = w.binary("fsub", shifted, shifter);
  Value reduced = w.fma(n, w.real(wide, -pi_high), angle);
  reduced = w.fma(n, w.real(wide, -pi_low), reduced);
  const Value parity = w.convert("trunc", w.convert("bitcast", shifted, Kind::i64), Kind::i32);
  const Value sign = w.binary("shl", parity, w.integer(parity.type, 31));
  const Value r = w.convert("fptrunc", reduced, Kind::f32), square = w.binary("fmul", r, r);
  const Value sine = w.fma(w.binary("fmul", r, square), horner(w, square, sin_coefficients), r);
  const Value magnitude = w.convert("bitcast", sine, Kind::i32);
  const Value near = w.convert("bitcast", w.binary("xor", magnitude, sign), Kind::f32);

  const Value huge = w.compare("fcmp oge", w.intrinsic("fabs", {x}), w.real(x.type, 0x1p+30));
  Value any = huge;
  if (x.type.lanes > 1) any = w.call({Kind::i1, 1}, "llvm.vector.reduce.or." + suffix(huge.type), {huge});
  const std::string far_block = w.new_label("sin_far"), join = w.new_label("sin_join"), from = w.current_block();
  w.branch(any, far_block, join);
  w.begin_block(far_block);
  const Value far = per_lane(w, "sinf", {x});
  w.begin_block(join);
  return w.assign(x.type, "phi " + name(x.type) + " [ " + near.text + ", %" + from + " ], [ " + far.text + ", %" +
                              far_block + " ]");
}

Value pow(IrWriter& w, const Value& x, const Value& y) {
  return per_lane(w, x.type.kind == Kind::f64 ? "pow" : "powf", {x, y});
}

Value per_lane(IrWriter& w, std::string_view function, std::initializer_list<Value> arguments) {
  const Type type = arguments.begin()->type;
  const Type scalar{type.kind, 1};
  if (type.lanes == 1) return w.call(scalar, std::string(function), arguments);

  // A loop over the lanes in a function of its own: unrolled in place it would be most of the kernel's code.
  const std::string helper = std::string(function) + "_x" + std::to_string(type.lanes);
  if (!w.defines(helper)) {
    const std::string vector = name(type), element = name(scalar);
    std::string parameters, extracts, given, expected;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const std::string n = std::to_string(i), comma = i == 0 ? "" : ", ";
      parameters += comma + vector + " %a" + n;
      extracts += "  %s" + n + " = extractelement " + vector + " %a" + n + ", i64 %i\n";
      given += comma + element + " %s" + n;
      expected += comma + element;
    }
    w.declare("declare " + element + " @" + std::string(function) + "(" + expected + ")");
    w.define(helper,
             "define internal " + vector + " @" + helper + "(" + parameters +
                 ") noinline {\nentry:\n  br label %loop\nloop:\n  %i = phi i64 [ 0, %entry ], [ %next, %loop ]\n"
                 "  %v = phi " +
                 vector + " [ poison, %entry ], [ %w, %loop ]\n" + extracts + "  %r = call " + element + " @" +
                 std::string(function) + "(" + given + ")\n  %w = insertelement " + vector + " %v, " + element +
                 " %r, i64 %i\n  %next = add i64 %i, 1\n  %more = icmp ult i64 %next, " + std::to_string(type.lanes) +
                 "\n  br i1 %more, label %loop, label %exit\nexit:\n  ret " + vector + " %w\n}\n");
  }
  return w.call(type, helper, arguments, true);
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
