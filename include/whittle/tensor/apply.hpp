// Users' operators (ir/operator.hpp) over tensors.
#pragma once

#include <string>

#include <whittle/ir/user_operator.hpp>
#include <whittle/tensor/elementwise.hpp>

namespace whittle {
inline namespace v0 {

/// Makes tensors of a context know a user's operator: for passes whose rules make it where none of it was. Throws Error
/// where its name or number is taken.
template <OperatorClass O>
void add_operator(Context& context, const O& op, const std::source_location& where = std::source_location::current()) {
  const Located at(context, where);
  if (const Status status = add_operator(context.graph(), description_of(op)); !status.ok())
    at.fail<Error>(status.message());
}

namespace detail {

/// The dtype in which the operands meet: integers and bools become float32 where the operator is not for them.
template <OperatorClass O>
DType operand_dtype(const Located& at, std::initializer_list<const TensorArg*> operands) {
  const DType dtype = common_dtype(operands);
  if (O::operands.contains(dtype)) return dtype;
  if (!is_float(dtype) && O::operands.contains(DType::float32)) return DType::float32;
  at.fail<Error>(std::string(O::name) + ": operands of dtype " + std::string(name(dtype)) + ", expected one of " +
                 dtypes_text(O::operands));
}

template <OperatorClass O>
Tensor apply_to(const O& op, std::initializer_list<const TensorArg*> operands) {
  Context& context = context_of(operands);
  Graph& graph = context.graph();
  const Located at(context, (*operands.begin())->where());
  const DType dtype = operand_dtype<O>(at, operands);
  add_operator(context, op, at.where());
  FixedVector<Node, most_user_operands> sources;
  Shape shape;
  for (const TensorArg* operand : operands) {
    sources.push_back(operand_node(at, graph, *operand, dtype));
    if (!HasShape<O>)
      shape = broadcast_shape(at, graph, shape, shape_of(graph, sources[sources.size() - 1]), O::name.data());
  }
  if (!HasShape<O>)
    for (Node& source : sources) source = broadcast_node(at, graph, source, shape);
  const Node made = at(graph.make(O::number, O::result(dtype), std::span<const Node>(sources)));
  if (const Status status = check_shape(graph, made); !status.ok()) at.fail(status.message());
  return Tensor(context, made);
}

}  // namespace detail

/// A user's operator over tensors and numbers, which broadcast and promote as in a + b; integers become float32 where
/// the operator is not for them. Operands of an operator with a shape of its own stay as they are. Throws Error for
/// dtypes that it is not for, and where its name or number is taken; ShapeError for shapes that do not fit.
template <OperatorClass O>
Tensor apply(const O& op, const TensorArg& x) {
  static_assert(O::arity == 1, "the operator has another number of operands");
  return detail::apply_to(op, {&x});
}
template <OperatorClass O>
Tensor apply(const O& op, const TensorArg& x, const TensorArg& y) {
  static_assert(O::arity == 2, "the operator has another number of operands");
  return detail::apply_to(op, {&x, &y});
}
template <OperatorClass O>
Tensor apply(const O& op, const TensorArg& x, const TensorArg& y, const TensorArg& z) {
  static_assert(O::arity == 3, "the operator has another number of operands");
  return detail::apply_to(op, {&x, &y, &z});
}

}  // namespace v0
}  // namespace whittle
