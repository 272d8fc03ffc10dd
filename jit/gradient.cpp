// Gradients: the rules, compiled once.
#include <whittle/tensor/gradient.hpp>

#include <string>

#include <whittle/tensor/create.hpp>
#include <whittle/tensor/gradient_rules.hpp>

namespace whittle {
inline namespace v0 {

std::vector<Tensor> gradient(const Tensor& loss, const std::vector<Tensor>& parameters,
                             const std::source_location& where) {
  Context& context = loss.context();
  const Located at(context, where);
  if (constant_size(context.graph(), shape_of(context.graph(), loss.node())) != 1)
    at.fail("gradient: a loss of shape " + detail::shape_text(loss) + ", expected one element");
  std::vector<Node> by;
  for (const Tensor& parameter : parameters) {
    if (&parameter.context() != &context) at.fail<Error>("gradient: tensors of two contexts are mixed");
    by.push_back(parameter.node());
  }
  for (const Tensor* tensor : {&loss})
    if (!is_float(tensor->dtype()))
      at.fail<Error>("gradient: a loss of dtype " + std::string(name(tensor->dtype())) + ", expected a float");
  for (const Tensor& parameter : parameters)
    if (!is_float(parameter.dtype()))
      at.fail<Error>("gradient: a parameter of dtype " + std::string(name(parameter.dtype())) + ", expected a float");
  detail::ReverseWalk<matcher<gradient_rules, Graph>, Graph> walk(context.graph(), loss.node(), by);
  if (const Status status = walk.run(); !status.ok()) at.fail<Error>("gradient: " + status.message());
  std::vector<Tensor> gradients;
  for (const Tensor& parameter : parameters) {
    const Node found = walk[parameter.node()];
    gradients.push_back(found == Node::none ? zeros_like(parameter) : Tensor(context, found));
  }
  return gradients;
}

}  // namespace v0
}  // namespace whittle
