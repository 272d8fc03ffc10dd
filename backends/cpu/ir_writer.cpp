#include "backends/cpu/ir_writer.hpp"

#include <bit>
#include <cstdio>

namespace whittle {
inline namespace v0 {
namespace cpu {

unsigned bits(Kind kind) {
  switch (kind) {
  case Kind::i1: return 1;
  case Kind::i8: return 8;
  case Kind::i16:
  case Kind::f16: return 16;
  case Kind::i32:
  case Kind::f32: return 32;
  case Kind::i64:
  case Kind::f64:
  case Kind::pointer: return 64;
  case Kind::none: break;
  }
  return 0;
}

bool is_float(Kind kind) { return kind == Kind::f16 || kind == Kind::f32 || kind == Kind::f64; }

std::string_view name(Kind kind) {
  switch (kind) {
  case Kind::i1: return "i1";
  case Kind::i8: return "i8";
  case Kind::i16: return "i16";
  case Kind::i32: return "i32";
  case Kind::i64: return "i64";
  case Kind::f16: return "half";
  case Kind::f32: return "float";
  case Kind::f64: return "double";
  case Kind::pointer: return "ptr";
  case Kind::none: break;
  }
  return "void";
}

std::string name(Type type) {
  if (type.lanes == 1) return std::string(name(type.kind));
  return "<" + std::to_string(type.lanes) + " x " + std::string(name(type.kind)) + ">";
}

std::string suffix(Type type) {
  std::string text = type.lanes == 1 ? "" : "v" + std::to_string(type.lanes);
  if (type.kind == Kind::pointer) return text + "p0";
  return text + (is_float(type.kind) ? "f" : "i") + std::to_string(bits(type.kind));
}

Kind register_kind(DType dtype) {
  switch (dtype) {
  case DType::boolean: return Kind::i1;
  case DType::int8:
  case DType::uint8: return Kind::i8;
  case DType::int16:
  case DType::uint16: return Kind::i16;
  case DType::int32:
  case DType::uint32: return Kind::i32;
  case DType::int64:
  case DType::uint64:
  case DType::index: return Kind::i64;
  case DType::float16:
  case DType::bfloat16:
  case DType::float32: return Kind::f32;
  case DType::float64: return Kind::f64;
  case DType::none: break;
  }
  return Kind::none;
}

Kind memory_kind(DType dtype) {
  switch (dtype) {
  case DType::boolean: return Kind::i8;
  case DType::bfloat16: return Kind::i16;
  case DType::float16: return Kind::f16;
  default: return register_kind(dtype);
  }
}

Value IrWriter::integer(Type type, std::int64_t value) const {
  std::string text = type.kind == Kind::i1 ? (value != 0 ? "true" : "false") : std::to_string(value);
  if (type.lanes > 1) text = "splat (" + std::string(name(type.kind)) + " " + text + ")";
  return {std::move(text), type, true, value};
}

Value IrWriter::real(Type type, double value) const {
  char digits[24];
  std::snprintf(digits, sizeof digits, "0x%016llX",
                static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(value)));
  std::string text = digits;
  if (type.lanes > 1) text = "splat (" + std::string(name(type.kind)) + " " + text + ")";
  return {std::move(text), type, true, 0};
}

Value IrWriter::assign(Type type, std::string_view instruction) {
  Value result{fresh(), type};
  body_.append("  ").append(result.text).append(" = ").append(instruction).append("\n");
  return result;
}

void IrWriter::effect(std::string_view instruction) { body_.append("  ").append(instruction).append("\n"); }

Value IrWriter::binary(std::string_view opcode, const Value& a, const Value& b) {
  return assign(a.type, std::string(opcode) + " " + name(a.type) + " " + a.text + ", " + b.text);
}

Value IrWriter::unary(std::string_view opcode, const Value& a) {
  return assign(a.type, std::string(opcode) + " " + name(a.type) + " " + a.text);
}

Value IrWriter::compare(std::string_view predicate, const Value& a, const Value& b) {
  return assign({Kind::i1, a.type.lanes}, std::string(predicate) + " " + name(a.type) + " " + a.text + ", " + b.text);
}

Value IrWriter::convert(std::string_view opcode, const Value& a, Kind to) {
  const Type type{to, a.type.lanes};
  if (a.type == type) return a;
  const bool integers = !is_float(to) && !is_float(a.type.kind) && to != Kind::pointer && opcode != "zext";
  if (a.is_constant && integers) return integer(type, a.integer);
  return assign(type, std::string(opcode) + " " + name(a.type) + " " + a.text + " to " + name(type));
}

Value IrWriter::select(const Value& condition, const Value& a, const Value& b) {
  return assign(a.type, "select " + name(condition.type) + " " + condition.text + ", " + name(a.type) + " " + a.text +
                            ", " + name(b.type) + " " + b.text);
}

Value IrWriter::call(Type result, const std::string& function, std::initializer_list<Value> arguments, bool declared) {
  std::string given, expected;
  for (const Value& argument : arguments) {
    const std::string type = name(argument.type);
    given += (given.empty() ? "" : ", ") + type + " " + argument.text;
    expected += (expected.empty() ? "" : ", ") + type;
  }
  if (!declared) declare("declare " + name(result) + " @" + function + "(" + expected + ")");
  const std::string text = "call " + name(result) + " @" + function + "(" + given + ")";
  if (result.kind != Kind::none) return assign(result, text);
  effect(text);
  return {};
}

Value IrWriter::intrinsic(std::string_view name, std::initializer_list<Value> arguments) {
  const Type type = arguments.begin()->type;
  return call(type, "llvm." + std::string(name) + "." + suffix(type), arguments);
}

Value IrWriter::fma(const Value& a, const Value& b, const Value& c) {
  return intrinsic(has_fma ? "fma" : "fmuladd", {a, b, c});
}

Value IrWriter::widen(const Value& value, std::uint32_t lanes) {
  if (value.type.lanes == lanes) return value;
  const Type type{value.type.kind, lanes};
  if (value.is_constant) {
    Value wide = value;
    wide.type = type;
    wide.text = "splat (" + std::string(name(type.kind)) + " " + value.text + ")";
    return wide;
  }
  const Value first =
      assign(type, "insertelement " + name(type) + " poison, " + name(value.type) + " " + value.text + ", i64 0");
  return assign(type, "shufflevector " + name(type) + " " + first.text + ", " + name(type) + " poison, <" +
                          std::to_string(lanes) + " x i32> zeroinitializer");
}

Value IrWriter::extract(const Value& vector, std::uint32_t lane) {
  if (vector.type.lanes == 1) return vector;
  return assign({vector.type.kind, 1},
                "extractelement " + name(vector.type) + " " + vector.text + ", i64 " + std::to_string(lane));
}

Value IrWriter::lanes(const Value& vector, std::uint32_t begin, std::uint32_t count, const Value* beyond) {
  if (count == 1 && beyond == nullptr) return extract(vector, begin);
  std::string mask;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t lane = begin + i;
    mask += (i == 0 ? "i32 " : ", i32 ") +
            (lane < vector.type.lanes || beyond != nullptr ? std::to_string(lane) : "poison");
  }
  const std::string type = name(vector.type);
  return assign({vector.type.kind, count}, "shufflevector " + type + " " + vector.text + ", " + type + " " +
                                               (beyond != nullptr ? beyond->text : "poison") + ", <" +
                                               std::to_string(count) + " x i32> <" + mask + ">");
}

std::string IrWriter::new_label(std::string_view hint) { return std::string(hint) + std::to_string(count_++); }

void IrWriter::branch(const std::string& label) {
  if (open_) effect("br label %" + label);
  open_ = false;
}

void IrWriter::branch(const Value& condition, const std::string& yes, const std::string& no) {
  if (open_) effect("br i1 " + condition.text + ", label %" + yes + ", label %" + no);
  open_ = false;
}

void IrWriter::return_void() {
  if (open_) effect("ret void");
  open_ = false;
}

void IrWriter::begin_block(const std::string& label) {
  branch(label);
  body_.append(label).append(":\n");
  block_ = label;
  open_ = true;
}

Value IrWriter::stack_slot(const std::string& type_text) {
  Value slot{fresh(), {Kind::pointer, 1}};
  entry_ += "  " + slot.text + " = alloca " + type_text + "\n";
  return slot;
}

std::string IrWriter::helpers() const {
  std::string text;
  for (const auto& [key, body] : helpers_) text += body + "\n";
  for (const std::string& declaration : declarations_) text += declaration + "\n";
  return text;
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
