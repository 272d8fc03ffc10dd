// A linear program as CUDA C++ text.
#pragma once

#include <cstdio>
#include <span>
#include <string>

#include <whittle/render/c_like.hpp>
#include <whittle/render/cuda_prelude.hpp>

namespace whittle {
inline namespace v0 {

class CudaDialect : public CLikeDialect {
 public:
  /// In registers: float16 and bfloat16 are held as float.
  std::string type(DType dtype) const override {
    switch (dtype) {
    case DType::boolean: return "bool";
    case DType::int8: return "signed char";
    case DType::int16: return "short";
    case DType::int32: return "int";
    case DType::int64:
    case DType::index: return "long long";
    case DType::uint8: return "unsigned char";
    case DType::uint16: return "unsigned short";
    case DType::uint32: return "unsigned";
    case DType::uint64: return "unsigned long long";
    case DType::float64: return "double";
    case DType::float16:
    case DType::bfloat16:
    case DType::float32: return "float";
    case DType::none: break;
    }
    return "void";
  }
  static std::string memory_type(DType dtype) {
    if (dtype == DType::float16 || dtype == DType::bfloat16) return std::string(name(dtype));
    return dtype == DType::boolean ? "unsigned char" : CudaDialect().type(dtype);
  }

  std::string constant(Scalar value) const override {
    if (value.dtype == DType::boolean) return value.as_bool() ? "true" : "false";
    if (is_float(value.dtype)) return float_constant(value);
    const std::string digits =
        value.dtype == DType::uint64 ? std::to_string(value.bits) : std::to_string(value.as_int());
    switch (value.dtype) {
    case DType::int32: return value.as_int() == -2147483647 - 1 ? "(-2147483647 - 1)" : negative(digits);
    case DType::int64:
    case DType::index:
      return value.bits == std::uint64_t{1} << 63 ? "(-9223372036854775807ll - 1)" : negative(digits + "ll");
    case DType::uint32: return digits + "u";
    case DType::uint64: return digits + "ull";
    default: return "(" + type(value.dtype) + ")" + negative(digits);
    }
  }

  std::string operation(Op op, DType result, std::span<const DType> types, std::span<const std::string> x,
                        bool only_index) const override {
    const std::string text = unrounded(op, result, types, x, only_index);
    const bool exact = op == Op::neg || op == Op::max || op == Op::min || op == Op::trunc || op == Op::where ||
                       op == Op::cast || op == Op::bitcast;
    if (exact || (result != DType::float16 && result != DType::bfloat16)) return text;
    return "w_round_" + std::string(name(result)) + "(" + text + ")";
  }

  std::string load(DType dtype, const std::string& buffer, const std::string& offset) const override {
    const std::string element = buffer + "[" + offset + "]";
    if (dtype == DType::boolean) return "(" + element + " != 0)";
    return dtype == DType::float16 || dtype == DType::bfloat16 ? "w_from(" + element + ")" : element;
  }
  std::string store(DType dtype, const std::string& buffer, const std::string& offset,
                    const std::string& value) const override {
    const bool half = dtype == DType::float16 || dtype == DType::bfloat16;
    return buffer + "[" + offset + "] = " + (half ? "w_to_" + std::string(name(dtype)) + "(" + value + ")" : value) +
           ";";
  }
  std::string declare(DType dtype, const std::string& name, const std::string& value) const override {
    return "const " + type(dtype) + " " + name + " = " + value + ";";
  }
  std::string accumulator(DType dtype, const std::string& name, std::int64_t size) const override {
    return type(dtype) + " " + name + (size == 1 ? "" : "[" + std::to_string(size) + "]") + ";";
  }
  std::string local_buffer(DType dtype, const std::string& name, std::int64_t size) const override {
    return "__shared__ " + memory_type(dtype) + " " + name + "[" + std::to_string(size) + "];";
  }
  std::string loop(DType dtype, const std::string& name, const std::string& size) const override {
    return "for (" + type(dtype) + " " + name + " = 0; " + name + " < " + size + "; ++" + name + ") {";
  }
  std::string grid_index(DType dtype, const std::string& name, const std::string& size) const override {
    return "const " + type(dtype) + " " + name + " = (" + type(dtype) +
           ")(BLOCK_X * BLOCK_SIZE_X + THREAD_X);\n  if (" + name + " >= " + size + ") return;";
  }
  std::string barrier() const override { return "BARRIER();"; }

 private:
  static std::string negative(const std::string& digits) { return digits.front() == '-' ? "(" + digits + ")" : digits; }

  static std::string float_constant(Scalar value) {
    const double x = value.as_double();
    const bool wide = value.dtype == DType::float64;
    char text[64];
    if (x != x || x - x != 0) {
      if (wide)
        std::snprintf(text, sizeof text, "w_bits<double>(0x%llxull)", static_cast<unsigned long long>(value.bits));
      else
        std::snprintf(text, sizeof text, "w_bits<float>(0x%xu)", std::bit_cast<unsigned>(static_cast<float>(x)));
      return text;
    }
    std::snprintf(text, sizeof text, "%.*g", wide ? 17 : 9, x);
    std::string digits = text;
    if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
    return negative(digits + (wide ? "" : "f"));
  }

  static bool wraps_by_itself(DType dtype) {
    return is_float(dtype) || dtype == DType::uint32 || dtype == DType::uint64;
  }

  static std::string infix(std::span<const std::string> x, const char* symbol) {
    return "(" + x[0] + " " + symbol + " " + x[1] + ")";
  }
  std::string call(const char* function, DType dtype, std::span<const std::string> x) const {
    std::string text = std::string(function) + "<" + type(dtype) + ">(";
    for (std::size_t i = 0; i < x.size(); ++i) text += (i == 0 ? "" : ", ") + x[i];
    return text + ")";
  }
  static std::string plain_call(const char* function, std::span<const std::string> x) {
    std::string text = std::string(function) + "(";
    for (std::size_t i = 0; i < x.size(); ++i) text += (i == 0 ? "" : ", ") + x[i];
    return text + ")";
  }

  std::string arithmetic(const char* symbol, const char* function, DType dtype, std::span<const std::string> x,
                         bool only_index) const {
    const bool plain = wraps_by_itself(dtype) || (only_index && (dtype == DType::int32 || dtype == DType::int64));
    return plain ? infix(x, symbol) : call(function, dtype, x);
  }

  std::string cast(DType to, DType from, const std::string& x) const {
    if (to == from) return x;
    if (to == DType::boolean) return "(" + x + " != 0)";
    if (to == DType::float16 || to == DType::bfloat16) {
      const std::string single = from == DType::float64 ? "w_odd(" + x + ")" : is_float(from) ? x : "(float)" + x;
      return "w_round_" + std::string(name(to)) + "(" + single + ")";
    }
    if (is_float(from) && !is_float(to)) {
      const bool is_signed = is_signed_int(to) || to == DType::index;
      const unsigned width = to == DType::index ? 64 : bits(to);
      const std::uint64_t top = std::uint64_t{1} << (width - 1);
      const Scalar low = is_signed ? int_scalar(to, static_cast<std::int64_t>(~(top - 1))) : int_scalar(to, 0);
      const Scalar high = int_scalar(to, static_cast<std::int64_t>(is_signed ? top - 1 : top + (top - 1)));
      return "w_integer<" + type(to) + ">(" + x + ", " + constant(low) + ", " + constant(high) + ")";
    }
    return "(" + type(to) + ")" + x;
  }

  std::string bitcast(DType to, DType from, const std::string& x) const {
    const bool half = from == DType::float16 || from == DType::bfloat16,
               to_half = to == DType::float16 || to == DType::bfloat16;
    const std::string stored = half                     ? "w_to_" + std::string(name(from)) + "(" + x + ")"
                               : from == DType::boolean ? "(unsigned char)" + x
                                                        : x;
    const std::string bits = "w_bits<" + memory_type(to) + ">(" + stored + ")";
    return to_half ? "w_from(" + bits + ")" : to == DType::boolean ? "(" + bits + " != 0)" : bits;
  }

  std::string unrounded(Op op, DType result, std::span<const DType> types, std::span<const std::string> x,
                        bool only_index) const {
    const DType from = types.back();
    const bool logical = from == DType::boolean;
    switch (op) {
    case Op::neg: {
      const std::string operands[] = {constant(number(from, 0)), x[0]};
      return is_float(from) ? "(-" + x[0] + ")" : logical ? x[0] : arithmetic("-", "w_sub", from, operands, only_index);
    }
    case Op::reciprocal: return "(" + constant(number(from, 1)) + " / " + x[0] + ")";
    case Op::exp2: return plain_call("w_exp2", x);
    case Op::log2: return plain_call("w_log2", x);
    case Op::sin: return plain_call("w_sin", x);
    case Op::sqrt: return plain_call("w_sqrt", x);
    case Op::trunc: return plain_call("w_trunc", x);
    case Op::pow: return plain_call("w_pow", x);
    case Op::logical_not: return "!" + x[0];
    case Op::cast: return cast(result, from, x[0]);
    case Op::bitcast: return bitcast(result, from, x[0]);
    case Op::add: return logical ? infix(x, "|") : arithmetic("+", "w_add", result, x, only_index);
    case Op::sub: return logical ? infix(x, "^") : arithmetic("-", "w_sub", result, x, only_index);
    case Op::mul: return logical ? infix(x, "&") : arithmetic("*", "w_mul", result, x, only_index);
    case Op::fdiv: return infix(x, "/");
    case Op::floordiv: return call("w_floordiv", result, x);
    case Op::floormod: return call("w_floormod", result, x);
    case Op::cdiv: return call("w_cdiv", result, x);
    case Op::cmod: return call("w_cmod", result, x);
    case Op::max: return logical ? infix(x, "|") : call("w_max", result, x);
    case Op::min: return logical ? infix(x, "&") : call("w_min", result, x);
    case Op::bit_and: return "(" + type(result) + ")" + infix(x, "&");
    case Op::bit_or: return "(" + type(result) + ")" + infix(x, "|");
    case Op::bit_xor: return "(" + type(result) + ")" + infix(x, "^");
    case Op::shl: return call("w_shl", result, x);
    case Op::shr: return call("w_shr", result, x);
    case Op::less: return infix(x, "<");
    case Op::less_equal: return infix(x, "<=");
    case Op::equal: return infix(x, "==");
    case Op::not_equal: return infix(x, "!=");
    case Op::where: return "(" + x[0] + " ? " + x[1] + " : " + x[2] + ")";
    case Op::fma: break;
    default: throw DeviceError("cuda: no text for the operator '" + std::string(name(op)) + "'");
    }
    if (is_float(result)) return plain_call("w_fma", x);
    const std::string operands[] = {call("w_mul", result, x.first(2)), x[2]};
    return call("w_add", result, operands);
  }
};

/// The kernel alone: `extern "C" __global__ void name(buffers..., variables...)`. Throws DeviceError where the
/// program has what a CUDA kernel cannot.
inline std::string render_cuda_kernel(const Program& program, unsigned block_size = 128) {
  const Graph& graph = *program.graph;
  const CudaDialect dialect;
  std::string arguments;
  const auto argument = [&](const std::string& text) { arguments += (arguments.empty() ? "" : ", ") + text; };
  for (std::size_t i = 0; i < program.parameters.size(); ++i) {
    const Parameter& each = program.parameters[i];
    const DType dtype = each.node == Node::none ? DType::uint8 : graph.dtype(each.node);
    argument((each.written ? "" : "const ") + CudaDialect::memory_type(dtype) + "* __restrict__ data" +
             std::to_string(i));
  }
  for (Node variable : program.variables)
    argument(dialect.type(graph.dtype(variable)) + " variable_" + std::string(graph.text_at(graph.argument(variable))));
  std::string kernel = program.name.empty() ? "kernel" : program.name;
  for (char& c : kernel)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '_';
  return "extern \"C\" __global__ void __launch_bounds__(" + std::to_string(block_size) + ") " + kernel + "(" +
         arguments + ") {\n" + CLikeRenderer(program, dialect).body() + "}\n";
}

/// A whole source file.
inline std::string render_cuda(const Program& program, unsigned block_size = 128) {
  return std::string(cuda_prelude) + "\n" + render_cuda_kernel(program, block_size);
}

}  // namespace v0
}  // namespace whittle
