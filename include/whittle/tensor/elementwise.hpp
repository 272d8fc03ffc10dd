// Operations on each element: dtypes promote, shapes broadcast by explicit reshape and expand.
#pragma once

#include <string>

#include <whittle/tensor/tensor.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// The context of the operands. Throws Error where there are two, or none.
inline Context& context_of(std::initializer_list<const TensorArg*> operands) {
  Context* context = nullptr;
  for (const TensorArg* operand : operands) {
    if (operand->is_number()) continue;
    Context& own = operand->tensor().context();
    if (context != nullptr && context != &own)
      throw Error("tensors of two contexts are mixed; expected both to be of one" + place(operand->where()));
    context = &own;
  }
  return context != nullptr ? *context : default_context();
}

/// The dtype that an operand brings in: a number only its kind.
inline DType promote(DType dtype, const TensorArg& operand) {
  if (!operand.is_number())
    return dtype == DType::none ? operand.tensor().dtype() : v0::promote(dtype, operand.tensor().dtype());
  const DType kind = operand.number().dtype;
  if (dtype == DType::none) return kind == DType::boolean ? kind : is_float(kind) ? DType::float32 : DType::int32;
  if (kind == DType::float64) return is_float(dtype) ? dtype : DType::float32;
  return kind != DType::boolean && dtype == DType::boolean ? DType::int32 : dtype;
}

/// The dtype in which the operands meet; tensors first, because numbers give way.
inline DType common_dtype(std::initializer_list<const TensorArg*> operands) {
  DType dtype = DType::none;
  for (const TensorArg* operand : operands)
    if (!operand->is_number()) dtype = promote(dtype, *operand);
  for (const TensorArg* operand : operands)
    if (operand->is_number()) dtype = promote(dtype, *operand);
  return dtype;
}

/// The number as a constant. Throws Error where an integer dtype does not hold it.
inline Node constant_node(const Located& at, Graph& graph, Scalar number, DType dtype) {
  if (is_float(number.dtype)) {
    const double value = number.as_double();
    if (is_float(dtype)) return graph.constant(float_scalar(dtype, value));
    const bool whole = value >= -9223372036854775808.0 && value < 9223372036854775808.0 &&
                       static_cast<double>(static_cast<std::int64_t>(value)) == value;
    if (!whole)
      at.fail<Error>(std::to_string(value) + " is no number of dtype " + std::string(name(dtype)) +
                     ", the dtype asked for");
    number = int_scalar(DType::int64, static_cast<std::int64_t>(value));
  }
  if (is_float(dtype)) return graph.constant(float_scalar(dtype, static_cast<double>(number.as_wide())));
  const Scalar wrapped = int_scalar(dtype, number.as_int());
  const bool fits = dtype == DType::boolean || wrapped.as_wide() == number.as_wide();
  if (!fits)
    at.fail<Error>((number.dtype == DType::uint64 ? std::to_string(number.bits) : std::to_string(number.as_int())) +
                   " does not fit " + std::string(name(dtype)) + ", the dtype of the tensor beside it");
  return graph.constant(wrapped);
}

inline Node operand_node(const Located& at, Graph& graph, const TensorArg& operand, DType dtype) {
  if (operand.is_number()) return constant_node(at, graph, operand.number(), dtype);
  return at(v0::cast(graph, operand.tensor().node(), dtype));
}

/// The shape that two shapes broadcast to: aligned at the last axis, sizes equal or 1.
inline Shape broadcast_shape(const Located& at, const Graph& graph, const Shape& a, const Shape& b, const char* what) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  const std::size_t shift = longer.size() - shorter.size();
  Shape result = longer;
  for (std::size_t k = 0; k < shorter.size(); ++k) {
    if (shorter[k] == longer[k + shift] || graph.is_constant(shorter[k], 1)) continue;
    if (!graph.is_constant(longer[k + shift], 1))
      at.fail(std::string(what) + ": shapes " + v0::shape_text(graph, a) + " and " + v0::shape_text(graph, b) +
              " do not broadcast at axis " + std::to_string(static_cast<int>(k) - static_cast<int>(shorter.size())) +
              "; expected equal sizes, or 1");
    result[k + shift] = shorter[k];
  }
  return result;
}

/// `x` in a shape that it broadcasts to: ones in front, then expanded. Rank 0 meets any shape as it is.
inline Node broadcast_node(const Located& at, Graph& graph, Node x, const Shape& shape) {
  const Shape from = shape_of(graph, x);
  if (from.empty() || from == shape) return x;
  Shape ones;
  for (std::size_t k = 0; k < shape.size() - from.size(); ++k) ones.push_back(graph.constant(DType::index, 1));
  for (Node dim : from) ones.push_back(dim);
  if (ones.size() != from.size()) x = at(v0::reshape(graph, x, ones));
  return ones == shape ? x : at(v0::expand(graph, x, shape));
}

inline const char* symbol(Op op) {
  switch (op) {
  case Op::add: return "+";
  case Op::sub: return "-";
  case Op::mul: return "*";
  case Op::fdiv: return "/";
  case Op::floormod: return "%";
  case Op::bit_and: return "&";
  case Op::bit_or: return "|";
  case Op::bit_xor: return "^";
  case Op::shl: return "<<";
  case Op::shr: return ">>";
  case Op::less: return "<";
  case Op::less_equal: return "<=";
  case Op::equal: return "==";
  case Op::not_equal: return "!=";
  default: return name(op).data();
  }
}

/// The operator over both operands in `dtype`, broadcast.
inline Tensor binary_in(DType dtype, Op op, const TensorArg& a, const TensorArg& b) {
  Context& context = context_of({&a, &b});
  Graph& graph = context.graph();
  const Located at(context, a.where());
  Node x = operand_node(at, graph, a, dtype), y = operand_node(at, graph, b, dtype);
  const Shape shape = broadcast_shape(at, graph, shape_of(graph, x), shape_of(graph, y), symbol(op));
  x = broadcast_node(at, graph, x, shape);
  y = broadcast_node(at, graph, y, shape);
  return Tensor(context, at(v0::binary(graph, op, x, y)));
}

inline Tensor arithmetic(Op op, const TensorArg& a, const TensorArg& b) {
  const DType dtype = common_dtype({&a, &b});
  if (op == Op::floormod && is_float(dtype))
    throw Error("%: given " + std::string(name(dtype)) + ", expected integers" + place(a.where()));
  return binary_in(dtype == DType::boolean ? DType::int32 : dtype, op, a, b);
}

inline Tensor divide(const TensorArg& a, const TensorArg& b) {
  const DType dtype = common_dtype({&a, &b});
  return binary_in(is_float(dtype) ? dtype : DType::float32, Op::fdiv, a, b);
}

inline Tensor compare(Op op, const TensorArg& a, const TensorArg& b) {
  return binary_in(common_dtype({&a, &b}), op, a, b);
}

inline Tensor bitwise(Op op, const TensorArg& a, const TensorArg& b) {
  const DType dtype = common_dtype({&a, &b});
  const bool shift = op == Op::shl || op == Op::shr;
  if (is_float(dtype) || (shift && dtype == DType::boolean))
    throw Error(std::string(symbol(op)) + ": given " + std::string(name(dtype)) +
                (shift ? ", expected integers" : ", expected integers or bools") + place(a.where()));
  return binary_in(dtype, op, a, b);
}

inline Tensor complement(const Tensor& x, const std::source_location& where) {
  const Located at(x.context(), where);
  if (is_float(x.dtype())) at.fail<Error>("~: given " + std::string(name(x.dtype())) + ", expected an integer or bool");
  const bool truth = x.dtype() == DType::boolean;
  return Tensor(x.context(), at(truth ? v0::logical_not(x.graph(), x.node()) : v0::bit_xor(x.graph(), x.node(), -1)));
}

inline Tensor negative(const Tensor& x, const std::source_location& where) {
  const Located at(x.context(), where);
  const DType dtype = x.dtype() == DType::boolean ? DType::int32 : x.dtype();
  return Tensor(x.context(), at(v0::neg(x.graph(), at(v0::cast(x.graph(), x.node(), dtype)))));
}

/// An operator of floats; integers become float32.
inline Tensor float_unary(Op op, const Tensor& x, const std::source_location& where) {
  const Located at(x.context(), where);
  const DType dtype = is_float(x.dtype()) ? x.dtype() : DType::float32;
  return Tensor(x.context(), at(v0::unary(x.graph(), op, at(v0::cast(x.graph(), x.node(), dtype)))));
}

inline bool is_the_number(const TensorArg& x, std::int64_t number) {
  return x.is_number() && (x.number() == int_scalar(DType::int64, number) ||
                           x.number() == float_scalar(DType::float64, static_cast<double>(number)));
}

inline constexpr double ln_2 = 0.693147180559945309417232121458;
inline constexpr double half_pi = 1.57079632679489661923132169164;

}  // namespace detail

/// The greater of two, elementwise; NaN where either is.
inline Tensor maximum(const TensorArg& a, const TensorArg& b) {
  return detail::binary_in(detail::common_dtype({&a, &b}), Op::max, a, b);
}
inline Tensor minimum(const TensorArg& a, const TensorArg& b) {
  return detail::binary_in(detail::common_dtype({&a, &b}), Op::min, a, b);
}
/// The quotient rounded down, of integers.
inline Tensor floor_divide(const TensorArg& a, const TensorArg& b) {
  const DType dtype = detail::common_dtype({&a, &b});
  if (!is_int(dtype))
    throw Error("floor_divide: given " + std::string(name(dtype)) + ", expected integers" + detail::place(a.where()));
  return detail::binary_in(dtype, Op::floordiv, a, b);
}

/// `a` where the condition is true, `b` elsewhere; all three broadcast. The condition is a bool tensor.
inline Tensor where(const TensorArg& condition, const TensorArg& a, const TensorArg& b) {
  Context& context = detail::context_of({&condition, &a, &b});
  Graph& graph = context.graph();
  const Located at(context, condition.where());
  if (condition.is_number() || condition.tensor().dtype() != DType::boolean)
    at.fail<Error>("where: the condition is " +
                   std::string(condition.is_number() ? "a number" : name(condition.tensor().dtype())) +
                   ", expected a bool tensor");
  const DType dtype = detail::common_dtype({&a, &b});
  Node c = condition.tensor().node(), x = detail::operand_node(at, graph, a, dtype),
       y = detail::operand_node(at, graph, b, dtype);
  Shape shape = detail::broadcast_shape(at, graph, shape_of(graph, c), shape_of(graph, x), "where");
  shape = detail::broadcast_shape(at, graph, shape, shape_of(graph, y), "where");
  c = detail::broadcast_node(at, graph, c, shape);
  x = detail::broadcast_node(at, graph, x, shape);
  y = detail::broadcast_node(at, graph, y, shape);
  return Tensor(context, at(v0::where(graph, c, x, y)));
}

inline Tensor Tensor::exp(const Where& where) const { return detail::float_unary(Op::exp, *this, where); }
inline Tensor Tensor::log(const Where& where) const { return detail::float_unary(Op::log, *this, where); }
inline Tensor Tensor::exp2(const Where& where) const { return detail::float_unary(Op::exp2, *this, where); }
inline Tensor Tensor::log2(const Where& where) const { return detail::float_unary(Op::log2, *this, where); }
inline Tensor Tensor::sin(const Where& where) const { return detail::float_unary(Op::sin, *this, where); }
inline Tensor Tensor::sqrt(const Where& where) const { return detail::float_unary(Op::sqrt, *this, where); }
inline Tensor Tensor::reciprocal(const Where& where) const { return detail::float_unary(Op::reciprocal, *this, where); }

inline Tensor Tensor::cos(const Where& where) const {
  const Located at(context(), where);
  return (*this + detail::half_pi).sin();
}
inline Tensor Tensor::rsqrt(const Where& where) const {
  const Located at(context(), where);
  return sqrt().reciprocal();
}
/// 1 / (1 + e^-x), with an exponential of -|x| only, so that neither it nor its gradient overflows.
inline Tensor Tensor::sigmoid(const Where& where) const {
  const Located at(context(), where);
  const Tensor positive = *this > 0, e = whittle::where(positive, -*this, *this).exp();
  return whittle::where(positive, 1.0, e) / (e + 1.0);
}
inline Tensor Tensor::tanh(const Where& where) const {
  const Located at(context(), where);
  return (*this * 2.0).sigmoid() * 2.0 - 1.0;
}
inline Tensor Tensor::abs(const Where& where) const {
  const Located at(context(), where);
  return is_unsigned_int(dtype()) || dtype() == DType::boolean ? *this : maximum(*this, -*this);
}
inline Tensor Tensor::square(const Where& where) const {
  const Located at(context(), where);
  return *this * *this;
}
inline Tensor Tensor::relu(const Where& where) const {
  const Located at(context(), where);
  return whittle::where(*this <= 0, 0, *this);
}
inline Tensor Tensor::gelu(const Where& where) const {
  const Located at(context(), where);
  constexpr double root_two_over_pi = 0.797884560802865355879892119869;
  return *this * 0.5 * (((*this + pow(3) * 0.044715) * root_two_over_pi).tanh() + 1.0);
}
/// Exponents 2 and 3 become products; any other makes integers float32.
inline Tensor Tensor::pow(const TensorArg& exponent) const {
  const Located at(context(), exponent.where());
  if (detail::is_the_number(exponent, 2)) return *this * *this;
  if (detail::is_the_number(exponent, 3)) return *this * *this * *this;
  const TensorArg base(*this, exponent.where());
  const DType common = detail::common_dtype({&base, &exponent});
  return detail::binary_in(is_float(common) ? common : DType::float32, Op::pow, base, exponent);
}

inline Tensor Tensor::cast(DType dtype, const Where& where) const {
  const Located at(context(), where);
  if (dtype == DType::none || dtype == DType::index)
    at.fail<Error>("cast: to " + std::string(name(dtype)) + ", expected a dtype that lies in memory");
  return Tensor(context(), at(v0::cast(graph(), node(), dtype)));
}
inline Tensor Tensor::detach(const Where& where) const {
  const Located at(context(), where);
  return Tensor(context(), at(v0::detach(graph(), node())));
}
inline Tensor Tensor::contiguous(const Where& where) const {
  const Located at(context(), where);
  return Tensor(context(), at(v0::contiguous(graph(), node())));
}

}  // namespace v0
}  // namespace whittle
