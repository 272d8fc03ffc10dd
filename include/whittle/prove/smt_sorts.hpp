// Dtypes and operators in SMT-LIB 2.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <whittle/prove/evaluate_pattern.hpp>
#include <whittle/prove/operator_types.hpp>
#include <whittle/prove/term.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {

/// The sizes of the sorts that dtypes become. An index is an Int; where a rule works on its bits, a signed bit-vector
/// of `index_bits` in which no operation may overflow.
struct SmtSizes {
  unsigned bits = 8;
  unsigned exponent = 3, significand = 5;  ///< of floats, as SMT-LIB counts: with the hidden bit
  unsigned index_bits = 12;
};

namespace detail {

inline std::string applied(const std::string& function, const std::vector<std::string>& operands) {
  if (operands.empty()) return function;
  std::string text = "(" + function;
  for (const std::string& operand : operands) text += " " + operand;
  return text + ")";
}
/// `conditions` joined, each once, without the neutral one.
inline std::string joined(const char* function, const char* neutral, const std::vector<std::string>& conditions) {
  std::vector<std::string> kept;
  for (const std::string& condition : conditions)
    if (condition != neutral && std::find(kept.begin(), kept.end(), condition) == kept.end()) kept.push_back(condition);
  return kept.empty() ? neutral : kept.size() == 1 ? kept[0] : applied(function, kept);
}
inline std::string conjunction(const std::vector<std::string>& conditions) { return joined("and", "true", conditions); }
inline std::string disjunction(const std::vector<std::string>& conditions) { return joined("or", "false", conditions); }
inline std::string negation(const std::string& condition) {
  return condition == "true" ? "false" : condition == "false" ? "true" : "(not " + condition + ")";
}
inline std::string choice(const std::string& condition, const std::string& yes, const std::string& no) {
  return yes == no ? yes : applied("ite", {condition, yes, no});
}

/// What a term is to SMT-LIB. A guard's integers are so wide that they cannot overflow.
enum class SmtSort : std::uint8_t { truth, integer, bits, index_bits, wide_bits, real };

struct SmtWriter {
  SmtSizes sizes;
  bool index_has_bits = false;  ///< an index is a bit-vector here

  SmtSort sort_of(const Term& term) const {
    if (term.dtype == DType::boolean) return SmtSort::truth;
    if (is_float(term.dtype)) return SmtSort::real;
    if (term.dtype == DType::index && !index_has_bits) return SmtSort::integer;
    if (term.is_exact) return SmtSort::wide_bits;
    return term.dtype == DType::index ? SmtSort::index_bits : SmtSort::bits;
  }
  unsigned width_of(SmtSort sort) const {
    return sort == SmtSort::bits ? sizes.bits : sort == SmtSort::index_bits ? sizes.index_bits : 4 * widest();
  }
  unsigned widest() const { return index_has_bits && sizes.index_bits > sizes.bits ? sizes.index_bits : sizes.bits; }
  std::string float_size() const { return std::to_string(sizes.exponent) + " " + std::to_string(sizes.significand); }
  std::string name_of(SmtSort sort) const {
    if (sort == SmtSort::truth) return "Bool";
    if (sort == SmtSort::integer) return "Int";
    if (sort == SmtSort::real) return "(_ FloatingPoint " + float_size() + ")";
    return "(_ BitVec " + std::to_string(width_of(sort)) + ")";
  }

  std::string bits_literal(std::int64_t value, unsigned width) const {
    const auto magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    const std::uint64_t mask = width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    const std::string text = "(_ bv" + std::to_string(magnitude & mask) + " " + std::to_string(width) + ")";
    return value < 0 ? "(bvneg " + text + ")" : text;
  }
  std::string integer_literal(std::int64_t value, SmtSort sort) const {
    if (sort != SmtSort::integer) return bits_literal(value, width_of(sort));
    return value < 0 ? "(- " + std::to_string(value).substr(1) + ")" : std::to_string(value);
  }
  /// A literal that is no NaN; in decimals, which are exact for halves, quarters and so on.
  std::string real_literal(double value) const {
    if (value == 0) return std::string("(_ ") + (is_negative(value) ? "-zero " : "+zero ") + float_size() + ")";
    char digits[400];
    std::snprintf(digits, sizeof digits, "%.60f", value < 0 ? -value : value);
    const std::string rounded = "((_ to_fp " + float_size() + ") RNE " + digits + ")";
    return value < 0 ? "(fp.neg " + rounded + ")" : rounded;
  }

  /// Definitions used by the operators below.
  std::string definitions(SmtSort sort) const {
    const std::string name = name_of(sort);
    if (sort == SmtSort::integer)
      return "; floor: div is Euclid's, which is the same for positive divisors\n"
             "(define-fun floordiv ((a Int) (b Int)) Int (ite (> b 0) (div a b) (div (- a) (- b))))\n"
             "(define-fun floormod ((a Int) (b Int)) Int (- a (* b (floordiv a b))))\n"
             "(define-fun cdiv ((a Int) (b Int)) Int (ite (>= a 0) (div a b) (div (- a) (- b))))\n"
             "(define-fun cmod ((a Int) (b Int)) Int (- a (* b (cdiv a b))))\n";
    if (sort == SmtSort::real)  // fp.min and fp.max leave open which zero they take, and pass over a NaN
      return "(define-fun float.max ((a " + name + ") (b " + name + ")) " + name +
             " (ite (or (fp.isNaN a) (fp.isNaN b)) (_ NaN " + float_size() +
             ") (ite (or (fp.lt b a) (and (fp.eq a b) (fp.isNegative b))) a b)))\n"
             "(define-fun float.min ((a " +
             name + ") (b " + name + ")) " + name + " (ite (or (fp.isNaN a) (fp.isNaN b)) (_ NaN " + float_size() +
             ") (ite (or (fp.lt a b) (and (fp.eq a b) (fp.isNegative a))) a b)))\n";
    if (sort == SmtSort::truth) return "";
    const std::string suffix = std::to_string(width_of(sort)), zero = bits_literal(0, width_of(sort));
    return "(define-fun floormod" + suffix + " ((a " + name + ") (b " + name + ")) " + name + " (bvsmod a b))\n" +
           "(define-fun floordiv" + suffix + " ((a " + name + ") (b " + name + ")) " + name + " (ite (= (bvsmod a b) " +
           zero + ") (bvsdiv a b) (ite (= (bvslt a " + zero + ") (bvslt b " + zero +
           ")) (bvsdiv a b) (bvsub (bvsdiv a b) " + bits_literal(1, width_of(sort)) + "))))\n";
  }

  std::string on_truths(Op op, const std::vector<std::string>& x) const {
    switch (op) {
    case Op::logical_not: return applied("not", x);
    case Op::bit_and:
    case Op::mul:
    case Op::min: return applied("and", x);
    case Op::bit_or:
    case Op::max: return applied("or", x);
    case Op::bit_xor:
    case Op::not_equal: return applied("xor", x);
    case Op::equal: return applied("=", x);
    case Op::less: return "(and (not " + x[0] + ") " + x[1] + ")";
    case Op::less_equal: return "(=> " + x[0] + " " + x[1] + ")";
    default: return "";
    }
  }
  std::string on_numbers(Op op, const std::vector<std::string>& x) const {
    switch (op) {
    case Op::neg:
    case Op::sub: return applied("-", x);
    case Op::add: return applied("+", x);
    case Op::mul: return applied("*", x);
    case Op::fma: return "(+ (* " + x[0] + " " + x[1] + ") " + x[2] + ")";
    case Op::floordiv:
    case Op::floormod:
    case Op::cdiv:
    case Op::cmod: return applied(std::string(name(op)), x);
    case Op::max: return "(ite (< " + x[0] + " " + x[1] + ") " + x[1] + " " + x[0] + ")";
    case Op::min: return "(ite (< " + x[1] + " " + x[0] + ") " + x[1] + " " + x[0] + ")";
    case Op::less: return applied("<", x);
    case Op::less_equal: return applied("<=", x);
    case Op::equal: return applied("=", x);
    case Op::not_equal: return applied("distinct", x);
    default: return "";
    }
  }
  std::string on_bits(Op op, SmtSort sort, bool is_unsigned, const std::vector<std::string>& x) const {
    const std::string suffix = std::to_string(width_of(sort));
    const std::string less = is_unsigned ? "bvult" : "bvslt";
    switch (op) {
    case Op::neg: return applied("bvneg", x);
    case Op::add: return applied("bvadd", x);
    case Op::sub: return applied("bvsub", x);
    case Op::mul: return applied("bvmul", x);
    case Op::fma: return "(bvadd (bvmul " + x[0] + " " + x[1] + ") " + x[2] + ")";
    case Op::cdiv: return applied(is_unsigned ? "bvudiv" : "bvsdiv", x);
    case Op::cmod: return applied(is_unsigned ? "bvurem" : "bvsrem", x);
    case Op::floordiv: return applied(is_unsigned ? "bvudiv" : "floordiv" + suffix, x);
    case Op::floormod: return applied(is_unsigned ? "bvurem" : "floormod" + suffix, x);
    case Op::max: return "(ite (" + less + " " + x[0] + " " + x[1] + ") " + x[1] + " " + x[0] + ")";
    case Op::min: return "(ite (" + less + " " + x[1] + " " + x[0] + ") " + x[1] + " " + x[0] + ")";
    case Op::bit_and: return applied("bvand", x);
    case Op::bit_or: return applied("bvor", x);
    case Op::bit_xor: return applied("bvxor", x);
    case Op::shl: return applied("bvshl", x);
    case Op::shr: return applied(is_unsigned ? "bvlshr" : "bvashr", x);
    case Op::less: return applied(less, x);
    case Op::less_equal: return applied(is_unsigned ? "bvule" : "bvsle", x);
    case Op::equal: return applied("=", x);
    case Op::not_equal: return applied("distinct", x);
    default: return "";
    }
  }
  std::string on_reals(Op op, const std::vector<std::string>& x) const {
    switch (op) {
    case Op::neg: return applied("fp.neg", x);
    case Op::add: return "(fp.add RNE " + x[0] + " " + x[1] + ")";
    case Op::sub: return "(fp.sub RNE " + x[0] + " " + x[1] + ")";
    case Op::mul: return "(fp.mul RNE " + x[0] + " " + x[1] + ")";
    case Op::fdiv: return "(fp.div RNE " + x[0] + " " + x[1] + ")";
    case Op::reciprocal: return "(fp.div RNE " + real_literal(1) + " " + x[0] + ")";
    case Op::sqrt: return "(fp.sqrt RNE " + x[0] + ")";
    case Op::fma: return "(fp.fma RNE " + x[0] + " " + x[1] + " " + x[2] + ")";
    case Op::trunc: return "(fp.roundToIntegral RTZ " + x[0] + ")";
    case Op::max: return applied("float.max", x);
    case Op::min: return applied("float.min", x);
    case Op::less: return applied("fp.lt", x);
    case Op::less_equal: return applied("fp.leq", x);
    case Op::equal: return applied("fp.eq", x);
    case Op::not_equal: return "(not (fp.eq " + x[0] + " " + x[1] + "))";
    default: return "";
    }
  }
};

}  // namespace detail
}  // namespace prove
}  // namespace v0
}  // namespace whittle
