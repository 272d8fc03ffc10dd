// Terms: one case of a rule as typed expressions, what a proof of it talks about.
#pragma once

#include <cstdint>
#include <vector>

#include <whittle/match/arithmetic.hpp>
#include <whittle/match/pattern.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {

/// The dtypes that proofs are made for. int8 and uint8 stand for all signed and all unsigned integers, float32 for all
/// floats: how wide they are, the proof says.
inline constexpr DType readings[] = {DType::boolean, DType::index, DType::int8, DType::uint8, DType::float32};

/// Whether a pattern for these dtypes matches some dtype that `reading` stands for.
constexpr bool admits(DTypes dtypes, DType reading) {
  const DTypes meant = is_signed_int(reading)     ? any_signed
                       : is_unsigned_int(reading) ? any_unsigned
                       : is_float(reading)        ? any_float
                                                  : only(reading);
  return (dtypes & meant).mask != 0;
}
/// The reading that stands for a dtype.
constexpr DType reading_of(DType dtype) {
  return is_signed_int(dtype)     ? DType::int8
         : is_unsigned_int(dtype) ? DType::uint8
         : is_float(dtype)        ? DType::float32
                                  : dtype;
}

enum class TermKind : std::uint8_t {
  variable,  ///< any value of its dtype
  constant,  ///< any value of its dtype, known when the rule fires
  range,     ///< an index that is at least 0 and less than its source
  integer,
  real,
  truth,    ///< literals
  invalid,  ///< whittle's Invalid
  operation,
};

struct Term {
  TermKind kind = TermKind::variable;
  Op op = Op::none;
  DType dtype = DType::none;
  std::uint8_t arity = 0;
  bool is_constant = false;     ///< over constants alone: on the right side it folds
  bool may_be_invalid = false;  ///< of a variable
  bool is_exact = false;        ///< in a guard: integers of any size, three truth values
  std::uint16_t sources[3] = {};
  VariableName name = {};
  std::uint64_t bits = 0;  ///< of a literal
};

/// One case of a rule: one replacement, one choice of alternatives, optional operands, operators of a class and
/// dtypes. To be proved: wherever the guard is true and the left side has a value, the right side has that value.
/// Terms of the left side come first, then the guard's, then the right side's, each after its sources.
struct Obligation {
  Arithmetic arithmetic = {};
  std::vector<Term> terms = {};
  std::uint16_t left = 0, guard = 0, right = 0;
  std::uint16_t guard_begin = 0, right_begin = 0;
  bool has_guard = false;
  std::uint32_t replacement = 0;
  const char* problem = nullptr;  ///< why it can't be stated, or null
};

}  // namespace prove
}  // namespace v0
}  // namespace whittle
