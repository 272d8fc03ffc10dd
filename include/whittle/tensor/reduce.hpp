// Operations that fold axes.
#pragma once

#include <string>

#include <whittle/tensor/create.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// The dtype in which values of `dtype` are added up: float32 for half precision, int32 for small integers.
inline DType accumulator(DType dtype) {
  if (dtype == DType::float16 || dtype == DType::bfloat16) return DType::float32;
  return is_float(dtype) || bits(dtype) >= 32 ? dtype : DType::int32;
}

inline Dims without_axes(const Dims& dims, std::uint32_t mask) {
  Dims rest;
  for (std::size_t k = 0; k < dims.size(); ++k)
    if (((mask >> k) & 1u) == 0) rest.append(dims[k]);
  return rest;
}

/// The reduction in the dtype of `x`. Of one element there is nothing to fold.
inline Tensor reduced(const Located& at, const Tensor& x, Op op, std::uint32_t mask, bool keep) {
  const Dims from = x.shape();
  std::uint32_t folded = 0;
  for (std::size_t k = 0; k < from.size(); ++k)
    if (((mask >> k) & 1u) != 0 && !(from[k] == 1)) folded |= 1u << k;
  const Tensor result = folded == 0 ? x : Tensor(x.context(), at(v0::reduce(x.graph(), x.node(), op, folded)));
  return keep ? result : result.reshape(without_axes(from, mask));
}

/// Throws ShapeError where an axis that is folded has no elements.
inline void check_not_empty(const Located& at, const Tensor& x, std::uint32_t mask, const char* what) {
  const Dims dims = x.shape();
  for (std::size_t k = 0; k < dims.size(); ++k)
    if (((mask >> k) & 1u) != 0 && dims[k] == 0)
      at.fail(std::string(what) + ": nothing to reduce along axis " + std::to_string(k) + " of shape " + shape_text(x) +
              "; expected at least one element");
}

/// max or min; of bools in int32.
inline Tensor extreme(const Located& at, const Tensor& x, Op op, const Axes& axes, bool keep, const char* what) {
  const std::uint32_t mask = axis_mask(at, axes, x.rank(), what);
  check_not_empty(at, x, mask, what);
  if (x.dtype() != DType::boolean) return reduced(at, x, op, mask, keep);
  return reduced(at, x.cast(DType::int32), op, mask, keep).cast(DType::boolean);
}

/// The number of elements that are folded, as a tensor of rank 0.
inline Tensor folded_count(Context& context, const Dims& dims, std::uint32_t mask, DType dtype) {
  std::int64_t number = 1;
  Tensor symbolic;
  for (std::size_t k = 0; k < dims.size(); ++k) {
    if (((mask >> k) & 1u) == 0) continue;
    if (dims[k].is_constant()) {
      number *= dims[k].value();
      continue;
    }
    const Tensor size(context, v0::cast(context.graph(), dim_node(context, dims[k]), dtype));
    symbolic = symbolic.empty() ? size : symbolic * size;
  }
  const Tensor count(context, context.graph().constant(v0::number(dtype, number)));
  return symbolic.empty() ? count : symbolic * count;
}

/// Where the first of the greatest elements is: the greatest of (size - place) over the places that hold it.
inline Tensor place_of(const Located& at, const Tensor& x, Op op, int axis, bool keep, const char* what) {
  const unsigned along = axis_of(at, axis, x.rank(), what);
  const Tensor values = x.dtype() == DType::boolean ? x.cast(DType::int32) : x;
  const Tensor best = extreme(at, values, op, static_cast<int>(along), true, what);
  Tensor is_best = values == best;
  if (is_float(values.dtype())) is_best = is_best | (values != values);
  const std::int64_t size = x.shape()[along].value();
  Dims dims;
  for (std::size_t k = along; k < x.rank(); ++k) dims.append(k == along ? Dim(size) : Dim(1));
  const Tensor distance = (size - arange(size, DType::int32, x.context())).reshape(dims);
  return size - reduced(at, whittle::where(is_best, distance, 0), Op::max, 1u << along, keep);
}

}  // namespace detail

inline Tensor Tensor::sum(const Axes& axes, bool keep, const Where& where) const {
  const Located at(context(), where);
  const DType wide = detail::accumulator(dtype());
  const Tensor total = detail::reduced(at, cast(wide), Op::add, detail::axis_mask(at, axes, rank(), "sum"), keep);
  return is_float(dtype()) ? total.cast(dtype()) : total;
}

inline Tensor Tensor::prod(const Axes& axes, bool keep, const Where& where) const {
  const Located at(context(), where);
  const DType wide = detail::accumulator(dtype());
  const Tensor total = detail::reduced(at, cast(wide), Op::mul, detail::axis_mask(at, axes, rank(), "prod"), keep);
  return is_float(dtype()) ? total.cast(dtype()) : total;
}

inline Tensor Tensor::max(const Axes& axes, bool keep, const Where& where) const {
  const Located at(context(), where);
  return detail::extreme(at, *this, Op::max, axes, keep, "max");
}

inline Tensor Tensor::min(const Axes& axes, bool keep, const Where& where) const {
  const Located at(context(), where);
  return detail::extreme(at, *this, Op::min, axes, keep, "min");
}

inline Tensor Tensor::mean(const Axes& axes, bool keep, const Where& where) const {
  const Located at(context(), where);
  const std::uint32_t mask = detail::axis_mask(at, axes, rank(), "mean");
  detail::check_not_empty(at, *this, mask, "mean");
  const DType result = is_float(dtype()) ? dtype() : DType::float32, wide = detail::accumulator(result);
  // Divided before the axes go: with `keep` or without, and within `var`, the mean is one node.
  const Tensor total = detail::reduced(at, cast(wide), Op::add, mask, true);
  const Tensor kept = (total / detail::folded_count(context(), shape(), mask, wide)).cast(result);
  return keep ? kept : kept.reshape(detail::without_axes(shape(), mask));
}

inline Tensor Tensor::var(const Axes& axes, double correction, bool keep, const Where& where) const {
  const Located at(context(), where);
  const std::uint32_t mask = detail::axis_mask(at, axes, rank(), "var");
  detail::check_not_empty(at, *this, mask, "var");
  const DType result = is_float(dtype()) ? dtype() : DType::float32, wide = detail::accumulator(result);
  const Tensor values = cast(wide), distance = values - values.mean(axes, true);
  const Tensor count = detail::folded_count(context(), shape(), mask, wide) - correction;
  return (distance.square().sum(axes, keep) / count).cast(result);
}

inline Tensor Tensor::std(const Axes& axes, double correction, bool keep, const Where& where) const {
  const Located at(context(), where);
  return var(axes, correction, keep).sqrt();
}

inline Tensor Tensor::any(const Axes& axes, bool keep, const Where& where) const {
  const Located at(context(), where);
  const Tensor truth = dtype() == DType::boolean ? *this : *this != 0;
  const std::uint32_t mask = detail::axis_mask(at, axes, rank(), "any");
  return detail::reduced(at, truth.cast(DType::int32), Op::add, mask, keep) != 0;
}

inline Tensor Tensor::all(const Axes& axes, bool keep, const Where& where) const {
  const Located at(context(), where);
  return !(!*this).any(axes, keep);
}

inline Tensor Tensor::argmax(int axis, bool keep, const Where& where) const {
  const Located at(context(), where);
  return detail::place_of(at, *this, Op::max, axis, keep, "argmax");
}

inline Tensor Tensor::argmin(int axis, bool keep, const Where& where) const {
  const Located at(context(), where);
  return detail::place_of(at, *this, Op::min, axis, keep, "argmin");
}

}  // namespace v0
}  // namespace whittle
