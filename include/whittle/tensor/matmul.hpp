// The matrix product: multiply and reduce.
#pragma once

#include <string>

#include <whittle/tensor/reduce.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// Products of `a` and `b`, which broadcast, added up over axes: in float32 for half precision.
inline Tensor sum_of_products(const Tensor& a, const Tensor& b, const Axes& axes, bool keep = false) {
  const DType common = v0::promote(a.dtype(), b.dtype()), wide = accumulator(common);
  const Tensor sum = (a.cast(wide) * b.cast(wide)).sum(axes, keep);
  return is_float(common) ? sum.cast(common) : sum;
}

}  // namespace detail

/// The matrix product in NumPy's sense: (..., n, k) times (..., k, m) is (..., n, m), the axes in front
/// broadcast; a tensor of rank 1 is a row on the left and a column on the right, and its axis goes.
/// Half precision adds up in float32. Throws ShapeError where the inner sizes differ.
inline Tensor Tensor::matmul(const Tensor& other, const Where& where) const {
  const Located at(context(), where);
  if (&context() != &other.context()) at.fail<Error>("matmul: tensors of two contexts are mixed");
  const bool row = rank() == 1, column = other.rank() == 1;
  const auto fail = [&](const char* expected) {
    at.fail("matmul: shapes " + detail::shape_text(*this) + " and " + detail::shape_text(other) +
            " do not fit; expected " + expected);
  };
  if (rank() == 0 || other.rank() == 0) fail("at least one axis each");
  const Tensor a = row ? unsqueeze(0) : *this, b = column ? other.unsqueeze(1) : other;
  if (!(a.size(-1) == b.size(-2))) fail("the last size of the first to be the last but one of the second");
  Tensor product = detail::sum_of_products(a.unsqueeze(-2), b.transpose().unsqueeze(-3), -1);
  if (column) product = product.squeeze(-1);
  if (row) product = product.squeeze(column ? -1 : -2);
  return product;
}

inline Tensor matmul(const Tensor& a, const Tensor& b,
                     const std::source_location& where = std::source_location::current()) {
  return a.matmul(b, where);
}

}  // namespace v0
}  // namespace whittle
