// The operators that proofs compute with, against folding and against the reference evaluator's.
#include <catch2/catch.hpp>

#include <random>

#include <whittle/ir/scalar_operation.hpp>
#include <whittle/prove/exhaustive.hpp>

namespace prove_evaluate_pattern {

namespace {

using namespace whittle;
using namespace whittle::prove;

/// `op` of two numbers as a proof computes it.
Value proved(Op op, DType dtype, DType result, const Value& a, const Value& b, const Scale& scale) {
  std::vector<Term> terms(3);
  terms[0].dtype = terms[1].dtype = dtype;
  terms[2].kind = TermKind::operation;
  terms[2].op = op;
  terms[2].dtype = result;
  terms[2].arity = info(op).arity;
  terms[2].sources[1] = 1;
  const Value values[] = {a, b};
  return evaluate(terms.data(), terms[2], values, scale);
}

Scalar scalar_of(DType dtype, const Value& value) {
  return is_float(dtype) ? float_scalar(dtype, value.real) : int_scalar(dtype, value.number);
}
bool agree(DType dtype, const Value& value, const Scalar& other) {
  const Value theirs = is_float(dtype) ? Value::of_real(other.as_double()) : Value::of(other.as_int());
  return same(dtype, value, theirs, true);
}

void check_integers(Op op, DType dtype) {
  const Scale scale;
  const DType result = is_comparison(op) ? DType::boolean : dtype;
  int undefined = 0, wrong = 0;
  for (const Value& a : prove::detail::values_of(dtype, scale))
    for (const Value& b : prove::detail::values_of(dtype, scale)) {
      const Value value = proved(op, dtype, result, a, b, scale);
      const Scalar operands[] = {scalar_of(dtype, a), scalar_of(dtype, b)};
      const std::size_t arity = info(op).arity;
      Scalar folded;
      if (!value.is_defined()) {
        ++undefined;
        continue;
      }
      if (fold(op, result, operands, arity, folded) && !agree(result, value, folded)) ++wrong;
      const auto computed = operate(op, result, std::span<const Scalar>(operands, arity));
      if (!computed || !agree(result, value, *computed)) ++wrong;
    }
  INFO(name(op) << " of " << name(dtype));
  CHECK(wrong == 0);
  if (is_division(op)) CHECK(undefined == 256);
  if (!is_division(op) && !is_shift(op)) CHECK(undefined == 0);
}

}  // namespace

TEST_CASE("evaluate_pattern: all numbers of 8 bits, as folding and the reference have them") {
  for (Op op :
       {Op::neg, Op::add, Op::sub, Op::mul, Op::cdiv, Op::cmod, Op::max, Op::min, Op::bit_and, Op::bit_or, Op::bit_xor,
        Op::shl, Op::shr, Op::less, Op::less_equal, Op::equal, Op::not_equal, Op::floordiv, Op::floormod})
    for (DType dtype : {DType::int8, DType::uint8}) check_integers(op, dtype);
  for (Op op : {Op::mul, Op::max, Op::min, Op::bit_and, Op::bit_or, Op::bit_xor, Op::equal, Op::not_equal, Op::less,
                Op::less_equal, Op::logical_not})
    check_integers(op, DType::boolean);
}

TEST_CASE("evaluate_pattern: floats round as float16 does, at its size") {
  Scale scale;
  scale.fraction = 10;
  scale.least_exponent = -14;
  scale.greatest_exponent = 15;
  std::mt19937 random(5);
  const auto some = [&] { return from_stored_bits(DType::float16, random() & 0xffff); };
  for (Op op : {Op::neg, Op::add, Op::sub, Op::mul, Op::fdiv, Op::max, Op::min, Op::trunc, Op::reciprocal, Op::less,
                Op::less_equal, Op::equal, Op::not_equal}) {
    int wrong = 0;
    for (int i = 0; i < 20'000; ++i) {
      const Scalar x[] = {some(), some()};
      const DType result = is_comparison(op) ? DType::boolean : DType::float16;
      const Value value = proved(op, DType::float32, is_comparison(op) ? result : DType::float32,
                                 Value::of_real(x[0].as_double()), Value::of_real(x[1].as_double()), scale);
      const auto computed = operate(op, result, std::span<const Scalar>(x, info(op).arity));
      if (!computed || !agree(result, value, *computed)) ++wrong;
    }
    INFO(name(op));
    CHECK(wrong == 0);
  }
}

TEST_CASE("evaluate_pattern: an 8-bit float has 4 bits of exponent and 3 of fraction") {
  const Scale scale;
  CHECK(prove::detail::float_of_bits(0x38, scale) == 1.0);
  CHECK(prove::detail::float_of_bits(0x77, scale) == 240.0);
  CHECK(prove::detail::float_of_bits(0x01, scale) == 1.0 / 512);
  CHECK(prove::detail::rounded(248.0, scale) == std::numeric_limits<double>::infinity());
  CHECK(prove::detail::rounded(1.0625, scale) == 1.0);  // ties to even
  for (std::int64_t bits = 0; bits < 256; ++bits) {
    const double x = prove::detail::float_of_bits(bits, scale);
    if (x == x) CHECK(prove::detail::float_bits(x, scale) == bits);
    if (x == x) CHECK(prove::detail::rounded(x, scale) == x);
  }
  CHECK(prove::detail::values_of(DType::float32, scale).size() ==
        prove::detail::count_of_values(DType::float32, scale));
}

TEST_CASE("evaluate_pattern: whole powers of 8-bit floats, as the reference has them") {
  const Scale scale;
  int wrong = 0;
  for (const Value& a : prove::detail::values_of(DType::float32, scale))
    for (int exponent = -4; exponent <= 4; ++exponent) {
      const Value value = proved(Op::pow, DType::float32, DType::float32, a, Value::of_real(exponent), scale);
      if (!same(DType::float32, value, Value::of_real(prove::detail::rounded(std::pow(a.real, exponent), scale)), true))
        ++wrong;
    }
  CHECK(wrong == 0);
}

TEST_CASE("evaluate_pattern: a condition is known where one operand decides") {
  const Value yes = Value::truth(true), no = Value::truth(false), unknown = Value::undefined();
  CHECK(prove::detail::in_guard(Op::bit_or, unknown, yes).is_true());
  CHECK(prove::detail::in_guard(Op::bit_and, unknown, no).number == 0);
  CHECK(!prove::detail::in_guard(Op::bit_and, unknown, yes).is_defined());
  CHECK(!prove::detail::in_guard(Op::bit_or, no, unknown).is_defined());
}

}  // namespace prove_evaluate_pattern
