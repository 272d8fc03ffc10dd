// Softmax, cross-entropy and one-hot: elementwise operations and reductions, no operators of their own.
#pragma once

#include <string>

#include <whittle/tensor/reduce.hpp>
#include <whittle/tensor/transfer.hpp>

namespace whittle {
inline namespace v0 {

/// e^x over its sum along an axis; the greatest element is taken off first, so that nothing overflows.
inline Tensor Tensor::softmax(int axis, const Where& where) const {
  const Located at(context(), where);
  const Tensor e = (*this - max(axis, true).detach()).exp();
  return e / e.sum(axis, true);
}

inline Tensor Tensor::log_softmax(int axis, const Where& where) const {
  const Located at(context(), where);
  const Tensor shifted = *this - max(axis, true).detach();
  return shifted - shifted.exp().sum(axis, true).log();
}

/// A new last axis of size `classes`: true at the element's number. Integers of any shape; a number that is no
/// class gives no true.
inline Tensor Tensor::one_hot(std::int64_t classes, const Where& where) const {
  const Located at(context(), where);
  if (!is_fixed_int(dtype())) at.fail<Error>("one_hot: given " + std::string(name(dtype())) + ", expected integers");
  if (classes < 1) at.fail("one_hot: " + std::to_string(classes) + " classes, expected at least 1");
  return unsqueeze(-1).cast(DType::int32) == arange(classes, DType::int32, context());
}

/// The mean over all rows of -log(softmax(x)) at the row's class. `x` is (..., classes); `labels` is (...), of
/// integers.
inline Tensor Tensor::cross_entropy(const Tensor& labels, const Where& where) const {
  const Located at(context(), where);
  if (rank() == 0) at.fail("cross_entropy: given a tensor of rank 0, expected (..., classes)");
  Dims rows = shape();
  const std::int64_t classes = rows.back().value();
  rows.pop_back();
  if (!(labels.shape() == rows))
    at.fail("cross_entropy: labels of shape " + detail::shape_text(labels) + " for shape " + detail::shape_text(*this) +
            ", expected " + detail::dims_text(&graph(), rows));
  return -whittle::where(labels.one_hot(classes), log_softmax(-1), 0).sum(-1).mean();
}

/// x[indices] along an axis: the indices' axes stand where the axis stood. Integers of any shape; an index out of range
/// gives zeros. Written as a sum over a one-hot mask, which is a load an element once the kernel is lowered.
inline Tensor take(const Tensor& x, const Tensor& indices, int axis = 0,
                   const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  const unsigned along = detail::axis_of(at, axis, x.rank(), "take");
  const Dims from = x.shape(), chosen = indices.shape();
  Dims spread, mask;  // x: (before, 1..., size, after), the mask: (1, indices..., size, 1)
  for (unsigned k = 0; k < along; ++k) spread.append(from[k]);
  for (std::size_t k = 0; k < chosen.size(); ++k) spread.append(1);
  for (unsigned k = along; k < from.size(); ++k) spread.append(from[k]);
  for (unsigned k = 0; k < along; ++k) mask.append(1);
  for (const Dim& dim : chosen) mask.append(dim);
  mask.append(from[along]);
  for (unsigned k = along + 1; k < from.size(); ++k) mask.append(1);
  const Tensor hot = indices.one_hot(from[along].value()).reshape(mask);
  const Tensor found = whittle::where(hot, x.reshape(spread), 0).sum(static_cast<int>(along + chosen.size()));
  return found.cast(x.dtype());
}

}  // namespace v0
}  // namespace whittle
