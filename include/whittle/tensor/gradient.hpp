// Gradients.
#pragma once

#include <source_location>
#include <vector>

#include <whittle/tensor/tensor.hpp>

namespace whittle {
inline namespace v0 {

/// The derivatives of `loss`, a float tensor of one element, by each of the parameters, each with its
/// parameter's shape and dtype; lazy like everything else. Zeros where the loss does not depend on it.
///
/// Made by rules over `pullback` nodes (tensor/gradient_rules.hpp). Give parameters that are realised: lazy
/// tensors that were made alike are one node. Throws Error where the loss has several elements, a dtype is no
/// float, or an operator on the way has no rule. Defined by the library whittle::whittle.
WHITTLE_API std::vector<Tensor> gradient(const Tensor& loss, const std::vector<Tensor>& parameters,
                                         const std::source_location& where = std::source_location::current());

}  // namespace v0
}  // namespace whittle
