// Writes LLVM IR as text: values with their types, instructions, blocks. Nothing of LLVM is needed for it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <whittle/core/dtype.hpp>

namespace whittle {
inline namespace v0 {
namespace cpu {

/// Element types of LLVM values.
enum class Kind : std::uint8_t { none, i1, i8, i16, i32, i64, f16, f32, f64, pointer };

struct Type {
  Kind kind = Kind::none;
  std::uint32_t lanes = 1;
  friend bool operator==(const Type&, const Type&) = default;
};

/// An operand: the name of an instruction's result, or a constant.
struct Value {
  std::string text;
  Type type;
  bool is_constant = false;
  std::int64_t integer = 0;  ///< of integer constants
};

unsigned bits(Kind kind);
bool is_float(Kind kind);
std::string_view name(Kind kind);
/// "float", "<8 x float>".
std::string name(Type type);
/// As intrinsics' names have it: "f32", "v8f32".
std::string suffix(Type type);
/// How values of that dtype are held: half-precision floats as f32, index as i64, bool as i1.
Kind register_kind(DType dtype);
/// How they lie in memory: bool as i8, bfloat16 as i16.
Kind memory_kind(DType dtype);

/// The text of one function's body, and the declarations and helper functions that it asks for.
class IrWriter {
 public:
  Value integer(Type type, std::int64_t value) const;
  Value real(Type type, double value) const;
  Value zero(Type type) const { return is_float(type.kind) ? real(type, 0.0) : integer(type, 0); }

  /// `a opcode b`, of a's type. `opcode` carries its flags: "add nsw".
  Value binary(std::string_view opcode, const Value& a, const Value& b);
  Value unary(std::string_view opcode, const Value& a);
  /// "fcmp olt", "icmp eq": i1 lanes.
  Value compare(std::string_view predicate, const Value& a, const Value& b);
  Value convert(std::string_view opcode, const Value& a, Kind to);
  Value select(const Value& condition, const Value& a, const Value& b);
  /// A call; the function is declared unless `declared`.
  Value call(Type result, const std::string& function, std::initializer_list<Value> arguments, bool declared = false);
  /// llvm.<name>.<suffix of the first argument's type>.
  Value intrinsic(std::string_view name, std::initializer_list<Value> arguments);
  Value fma(const Value& a, const Value& b, const Value& c);
  /// Any instruction with a result.
  Value assign(Type type, std::string_view instruction);
  /// Any instruction without one.
  void effect(std::string_view instruction);

  /// `value` in as many lanes; a scalar is repeated.
  Value widen(const Value& value, std::uint32_t lanes);
  Value extract(const Value& vector, std::uint32_t lane);
  /// The lanes begin, begin + 1, ... of `vector`; those beyond its end are those of `beyond`, else poison.
  Value lanes(const Value& vector, std::uint32_t begin, std::uint32_t count, const Value* beyond = nullptr);

  std::string new_label(std::string_view hint);
  void branch(const std::string& label);
  void branch(const Value& condition, const std::string& yes, const std::string& no);
  void return_void();
  /// Ends the block, if it is still open, and begins `label`.
  void begin_block(const std::string& label);
  const std::string& current_block() const { return block_; }

  /// An alloca in the entry block.
  Value stack_slot(const std::string& type_text);
  void declare(std::string text) { declarations_.insert(std::move(text)); }
  /// A helper function, rendered once; `body` is its whole text.
  void define(const std::string& key, std::string text) { helpers_.emplace(key, std::move(text)); }
  bool defines(const std::string& key) const { return helpers_.count(key) != 0; }

  bool has_fma = true;   ///< without it, fma(a, b, c) may round twice
  bool has_f16c = true;  ///< without it, functions of ours convert half precision

  const std::string& body() const { return body_; }
  const std::string& entry() const { return entry_; }
  std::string helpers() const;

 private:
  std::string fresh() { return "%t" + std::to_string(count_++); }
  std::string body_, entry_, block_ = "start";
  std::set<std::string> declarations_;
  std::map<std::string, std::string> helpers_;
  std::uint64_t count_ = 0;
  bool open_ = true;
};

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
