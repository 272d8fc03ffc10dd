#include "backends/cpu/convert.hpp"

#include <string>

#include "backends/cpu/elementwise.hpp"
#include "backends/cpu/math.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

bool is_half(DType dtype) { return dtype == DType::float16 || dtype == DType::bfloat16; }
bool is_unsigned(DType dtype) { return is_unsigned_int(dtype) || dtype == DType::boolean; }

/// float32 bits to bfloat16 bits, to nearest even. (The instruction for it flushes subnormal numbers.)
Value bfloat16_bits(IrWriter& w, const Value& value) {
  const Value bits = w.convert("bitcast", value, Kind::i32);
  const auto constant = [&](std::int64_t number) { return w.integer(bits.type, number); };
  const Value odd = w.binary("and", w.binary("lshr", bits, constant(16)), constant(1));
  const Value rounded = w.binary("lshr", w.binary("add", bits, w.binary("add", odd, constant(0x7FFF))), constant(16));
  const Value quiet = w.binary("or", w.binary("lshr", bits, constant(16)), constant(0x40));
  return w.convert("trunc", w.select(w.compare("fcmp uno", value, value), quiet, rounded), Kind::i16);
}

/// A double as a float with its last bit odd where that is inexact: rounding it once more, to fewer bits, gives
/// what rounding the double at once would have given.
Value round_to_odd(IrWriter& w, const Value& value) {
  const Value narrow = w.convert("fptrunc", value, Kind::f32), back = w.convert("fpext", narrow, Kind::f64);
  const Value bits = w.convert("bitcast", narrow, Kind::i32), one = w.integer(bits.type, 1);
  const Value beyond = w.compare("fcmp ogt", w.intrinsic("fabs", {back}), w.intrinsic("fabs", {value}));
  const Value even = w.compare("icmp eq", w.binary("and", bits, one), w.zero(bits.type));
  const Value fix = w.binary("and", even, w.compare("fcmp one", back, value));
  const Value odd = w.select(beyond, w.binary("sub", bits, one), w.binary("add", bits, one));
  return w.convert("bitcast", w.select(fix, odd, bits), Kind::f32);
}

Value int_from_float(IrWriter& w, const Value& value, DType to) {
  const Type type{register_kind(to), value.type.lanes};
  const std::string name =
      std::string("llvm.fpto") + (is_unsigned(to) ? "u" : "s") + "i.sat." + suffix(type) + "." + suffix(value.type);
  return w.call(type, name, {value});
}

Value to_float(IrWriter& w, const Value& value, DType from, DType to) {
  const Kind kind = register_kind(to);
  if (is_half(to)) {  // integers go by way of float32
    const Value single = !is_float(from) ? w.convert(is_unsigned(from) ? "uitofp" : "sitofp", value, Kind::f32)
                         : value.type.kind == Kind::f64 ? round_to_odd(w, value)
                                                        : value;
    return from_memory(w, to_memory(w, single, to), to);
  }
  if (!is_float(from)) return w.convert(is_unsigned(from) ? "uitofp" : "sitofp", value, kind);
  return w.convert(bits(value.type.kind) < bits(kind) ? "fpext" : "fptrunc", value, kind);
}

}  // namespace

Value cast(IrWriter& w, const Value& value, DType from, DType to) {
  if (from == to) return value;
  if (is_float(to)) return to_float(w, value, from, to);
  if (to == DType::boolean) {
    const Value zero = w.zero(value.type);
    return is_float(from) ? w.compare("fcmp une", value, zero) : w.compare("icmp ne", value, zero);
  }
  if (is_float(from)) return int_from_float(w, value, to);
  const Kind kind = register_kind(to);
  if (bits(kind) < bits(value.type.kind)) return w.convert("trunc", value, kind);
  return w.convert(is_unsigned(from) ? "zext" : "sext", value, kind);
}

Value bitcast(IrWriter& w, const Value& value, DType from, DType to) {
  if (from == to) return value;
  const Value bits = w.convert("bitcast", to_memory(w, value, from), memory_kind(to));
  return from_memory(w, bits, to);
}

Value to_memory(IrWriter& w, const Value& value, DType dtype) {
  if (dtype == DType::boolean) return w.convert("zext", value, Kind::i8);
  if (dtype == DType::float16 && w.has_f16c) return w.convert("fptrunc", value, Kind::f16);
  if (dtype == DType::float16) {
    const Value bits = per_lane(w, "whittle_to_float16", {w.convert("bitcast", value, Kind::i32)});
    return w.convert("bitcast", w.convert("trunc", bits, Kind::i16), Kind::f16);
  }
  if (dtype == DType::bfloat16) return bfloat16_bits(w, value);
  return value;
}

Value from_memory(IrWriter& w, const Value& value, DType dtype) {
  if (dtype == DType::boolean) return w.compare("icmp ne", value, w.zero(value.type));
  if (dtype == DType::float16 && w.has_f16c) return w.convert("fpext", value, Kind::f32);
  if (dtype == DType::float16) {
    const Value bits = w.convert("zext", w.convert("bitcast", value, Kind::i16), Kind::i32);
    return w.convert("bitcast", per_lane(w, "whittle_from_float16", {bits}), Kind::f32);
  }
  if (dtype == DType::bfloat16) {
    const Value wide = w.convert("zext", value, Kind::i32);
    return w.convert("bitcast", w.binary("shl", wide, w.integer(wide.type, 16)), Kind::f32);
  }
  return value;
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
