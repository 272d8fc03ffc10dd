// The bridge to xtensor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <xtensor/xarray.hpp>

#include <whittle/tensor/transfer.hpp>

namespace whittle {
inline namespace v0 {

/// A tensor with the values and shape of an xtensor expression, which is evaluated and copied.
template <class Expression>
Tensor from(const xt::xexpression<Expression>& expression, Context& context = default_context(),
            const std::source_location& where = std::source_location::current()) {
  using Value = typename Expression::value_type;
  const xt::xarray<Value, xt::layout_type::row_major> values = expression.derived_cast();
  Dims shape;
  for (std::size_t size : values.shape()) shape.append(size);
  return Tensor::from(std::span<const Value>(values.data(), values.size()), shape, context, where);
}

/// The values of a tensor, converted to T.
template <class T>
xt::xarray<T, xt::layout_type::row_major>
to_xtensor(const Tensor& tensor, const std::source_location& where = std::source_location::current()) {
  std::vector<std::size_t> shape;
  for (const Dim& dim : tensor.shape())
    shape.push_back(static_cast<std::size_t>(detail::value_of(tensor.context(), dim)));
  xt::xarray<T, xt::layout_type::row_major> result(shape);
  const std::vector<T> values = tensor.to_vector<T>(where);
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

}  // namespace v0
}  // namespace whittle
