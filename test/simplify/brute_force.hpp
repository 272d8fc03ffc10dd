// Values of small expressions, point by point: the tests' own arithmetic, which shares nothing with folding.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <whittle/ir/graph.hpp>

namespace brute_force {

using namespace whittle;

/// What a node is at one point. `invalid` is whittle's Invalid; `unknown` is what has no defined value, such as
/// a quotient by zero, and agrees with anything.
struct Value {
  enum class Kind { number, real, invalid, unknown } kind = Kind::number;
  std::int64_t number = 0;
  double real = 0;

  static Value of(std::int64_t n) { return {Kind::number, n, 0}; }
  static Value of_real(double x) { return {Kind::real, 0, x}; }
  static Value make(Kind kind) { return {kind, 0, 0}; }
  bool has_value() const { return kind == Kind::number || kind == Kind::real; }
};

/// Equal as a user sees it: NaN is NaN, and -0 is not 0.
inline bool same(const Value& a, const Value& b) {
  if (a.kind == Value::Kind::unknown || b.kind == Value::Kind::unknown) return true;
  if (a.kind != b.kind) return false;
  if (a.kind == Value::Kind::invalid) return true;
  if (a.kind == Value::Kind::number) return a.number == b.number;
  if (std::isnan(a.real) || std::isnan(b.real)) return std::isnan(a.real) && std::isnan(b.real);
  return a.real == b.real && std::signbit(a.real) == std::signbit(b.real);
}

/// `value` as a number of that dtype keeps it.
inline std::int64_t kept(DType dtype, std::int64_t value) {
  switch (dtype) {
  case DType::boolean: return value & 1;
  case DType::int8: return static_cast<std::int8_t>(value);
  case DType::int16: return static_cast<std::int16_t>(value);
  case DType::int32: return static_cast<std::int32_t>(value);
  case DType::uint8: return static_cast<std::uint8_t>(value);
  case DType::uint16: return static_cast<std::uint16_t>(value);
  case DType::uint32: return static_cast<std::uint32_t>(value);
  default: return value;
  }
}
inline double kept_real(DType dtype, double value) {
  return dtype == DType::float32 ? static_cast<double>(static_cast<float>(value)) : value;
}

using Point = std::map<Node, Value>;

class Evaluator {
 public:
  Evaluator(const Graph& graph, const Point& point) : graph_(graph), values_(point) {}

  Value operator()(Node n) {
    if (const auto found = values_.find(n); found != values_.end()) return found->second;
    const Value value = compute(n);
    values_[n] = value;
    return value;
  }

 private:
  using Kind = Value::Kind;

  Value compute(Node n) {
    const Op op = graph_.op(n);
    if (op == Op::constant) {
      if (is_float(graph_.dtype(n))) return Value::of_real(graph_.scalar(n).as_double());
      return Value::of(graph_.scalar(n).as_int());
    }
    if (op == Op::invalid) return Value::make(Kind::invalid);
    if (op == Op::where) return where(n);
    if (!is_elementwise(op)) return Value::make(Kind::unknown);
    std::vector<Value> operands;
    for (Node source : graph_.sources(n)) operands.push_back((*this)(source));
    for (const Value& operand : operands)
      if (operand.kind == Kind::invalid) return operand;
    for (const Value& operand : operands)
      if (operand.kind == Kind::unknown) return operand;
    const DType from = graph_.dtype(graph_.source(n, 0)), to = graph_.dtype(n);
    if (op == Op::cast) return cast(operands[0], to);
    if (operands[0].kind == Kind::real) return real(op, to, operands);
    return integer(op, from, to, operands);
  }

  /// Invalid in the condition or in the branch that is taken, and in no other.
  Value where(Node n) {
    const Value condition = (*this)(graph_.source(n, 0));
    if (!condition.has_value()) return condition;
    return (*this)(graph_.source(n, condition.number != 0 ? 1 : 2));
  }

  static Value cast(const Value& x, DType to) {
    if (is_float(to))
      return Value::of_real(kept_real(to, x.kind == Kind::real ? x.real : static_cast<double>(x.number)));
    if (to == DType::boolean) return Value::of(x.kind == Kind::real ? x.real != 0 : x.number != 0);
    if (x.kind == Kind::number) return Value::of(kept(to, x.number));
    if (!(std::abs(x.real) < 100)) return Value::make(Kind::unknown);
    return Value::of(kept(to, static_cast<std::int64_t>(x.real)));
  }

  static Value real(Op op, DType dtype, const std::vector<Value>& operands) {
    const double a = operands[0].real, b = operands.size() > 1 ? operands[1].real : 0;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    // Which zero the greater of two zeros is, IEEE leaves open.
    if ((op == Op::min || op == Op::max) && a == 0 && b == 0 && std::signbit(a) != std::signbit(b))
      return Value::make(Kind::unknown);
    switch (op) {
    case Op::neg: return Value::of_real(-a);
    case Op::trunc: return Value::of_real(std::trunc(a));
    case Op::add: return Value::of_real(kept_real(dtype, a + b));
    case Op::sub: return Value::of_real(kept_real(dtype, a - b));
    case Op::mul: return Value::of_real(kept_real(dtype, a * b));
    case Op::fdiv: return Value::of_real(kept_real(dtype, a / b));
    case Op::pow:
      return Value::of_real(kept_real(dtype, static_cast<double>(std::pow(static_cast<long double>(a), b))));
    case Op::min: return Value::of_real(std::isnan(a) || std::isnan(b) ? nan : b < a ? b : a);
    case Op::max: return Value::of_real(std::isnan(a) || std::isnan(b) ? nan : a < b ? b : a);
    case Op::less: return Value::of(a < b);
    case Op::less_equal: return Value::of(a <= b);
    case Op::equal: return Value::of(a == b);
    case Op::not_equal: return Value::of(a != b);
    default: return Value::make(Kind::unknown);
    }
  }

  static std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    std::int64_t quotient = a / b;
    while (b > 0 ? quotient * b > a : quotient * b < a) --quotient;
    return quotient;
  }

  static Value integer(Op op, DType from, DType to, const std::vector<Value>& operands) {
    const std::int64_t a = operands[0].number, b = operands.size() > 1 ? operands[1].number : 0;
    const bool divides = op == Op::floordiv || op == Op::floormod || op == Op::cdiv || op == Op::cmod;
    if (divides && b == 0) return Value::make(Kind::unknown);
    const std::int64_t width = from == DType::index ? 62 : bits(from);
    if ((op == Op::shl || op == Op::shr) && (b < 0 || b >= width)) return Value::make(Kind::unknown);
    switch (op) {
    case Op::neg: return Value::of(kept(to, -a));
    case Op::logical_not: return Value::of(from == DType::boolean ? 1 - a : kept(to, ~a));
    case Op::add: return Value::of(from == DType::boolean ? a | b : kept(to, a + b));
    case Op::sub: return Value::of(kept(to, a - b));
    case Op::mul: return Value::of(kept(to, a * b));
    case Op::floordiv: return Value::of(kept(to, floor_divide(a, b)));
    case Op::floormod: return Value::of(kept(to, a - floor_divide(a, b) * b));
    case Op::cdiv: return Value::of(kept(to, a / b));
    case Op::cmod: return Value::of(kept(to, a % b));
    case Op::max: return Value::of(a < b ? b : a);
    case Op::min: return Value::of(b < a ? b : a);
    case Op::bit_and: return Value::of(a & b);
    case Op::bit_or: return Value::of(a | b);
    case Op::bit_xor: return Value::of(a ^ b);
    case Op::shl: return Value::of(kept(to, a * (std::int64_t{1} << b)));
    case Op::shr: return Value::of(a >> b);
    case Op::less: return Value::of(a < b);
    case Op::less_equal: return Value::of(a <= b);
    case Op::equal: return Value::of(a == b);
    case Op::not_equal: return Value::of(a != b);
    default: return Value::make(Kind::unknown);
    }
  }

  const Graph& graph_;
  Point values_;
};

/// The expression as text, for messages.
inline std::string text(const Graph& g, Node n) {
  const Op op = g.op(n);
  if (op == Op::constant) {
    if (is_float(g.dtype(n))) return std::to_string(g.scalar(n).as_double());
    if (g.dtype(n) == DType::boolean) return g.scalar(n).as_bool() ? "true" : "false";
    return std::to_string(g.scalar(n).as_int());
  }
  if (op == Op::variable) return std::string(g.text_at(g.argument(n)));
  if (op == Op::range) return "range" + std::to_string(unpack<RangeArgument>(g.argument(n)).id);
  std::string made = std::string(name(op)) + (g.arity(n) == 0 ? "" : "(");
  for (std::uint32_t i = 0; i < g.arity(n); ++i) made += (i == 0 ? "" : ", ") + text(g, g.source(n, i));
  return g.arity(n) == 0 ? made : made + ")";
}

}  // namespace brute_force
