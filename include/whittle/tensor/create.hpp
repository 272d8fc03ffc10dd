// Tensors from nothing: constants, counters, masks; and tensors put together.
#pragma once

#include <string>
#include <vector>

#include <whittle/tensor/movement.hpp>

namespace whittle {
inline namespace v0 {

/// `value` everywhere. A number is float32 where it is a floating-point one, else int32 or bool, unless a
/// dtype is given.
inline Tensor full(const Dims& dims, const TensorArg& value, DType dtype = DType::none,
                   Context& context = default_context()) {
  const Located at(context, value.where());
  const DType type = dtype != DType::none ? dtype : detail::common_dtype({&value});
  return Tensor(context, detail::operand_node(at, context.graph(), value, type)).expand(dims);
}

inline Tensor zeros(const Dims& dims, DType dtype = DType::float32, Context& context = default_context(),
                    const std::source_location& where = std::source_location::current()) {
  return full(dims, TensorArg(0, where), dtype, context);
}
inline Tensor ones(const Dims& dims, DType dtype = DType::float32, Context& context = default_context(),
                   const std::source_location& where = std::source_location::current()) {
  return full(dims, TensorArg(1, where), dtype, context);
}
inline Tensor zeros_like(const Tensor& x, const std::source_location& where = std::source_location::current()) {
  return zeros(x.shape(), x.dtype(), x.context(), where);
}
inline Tensor ones_like(const Tensor& x, const std::source_location& where = std::source_location::current()) {
  return ones(x.shape(), x.dtype(), x.context(), where);
}

/// 0, 1, ..., stop - 1.
inline Tensor arange(const Dim& stop, DType dtype = DType::int32, Context& context = default_context(),
                     const std::source_location& where = std::source_location::current()) {
  const Located at(context, where);
  detail::check_dims(at, context.graph(), {stop}, "arange");
  return Tensor(context, at(v0::iota(context.graph(), detail::dim_node(context, stop), dtype)));
}

/// start, start + step, ... below stop (above it where step is negative), of dtype float32.
inline Tensor arange(double start, double stop, double step, Context& context = default_context(),
                     const std::source_location& where = std::source_location::current()) {
  const Located at(context, where);
  const double steps = (stop - start) / step;
  if (!(step != 0) || !(steps > -1) || !(steps <= 4294967295.0))
    at.fail<Error>("arange: given " + std::to_string(start) + ", " + std::to_string(stop) + ", " +
                   std::to_string(step) + ", expected steps that lead from start to stop");
  const auto whole = static_cast<std::int64_t>(steps);
  const std::int64_t count = static_cast<double>(whole) < steps ? whole + 1 : whole;
  return arange(count, DType::int32, context).cast(DType::float32) * step + start;
}

namespace detail {
/// The number of the row less that of the column, of a matrix.
inline Tensor row_minus_column(Context& context, const Dim& rows, const Dim& columns) {
  return arange(rows, DType::int32, context).unsqueeze(1) - arange(columns, DType::int32, context);
}
}  // namespace detail

/// Ones on the diagonal of a matrix.
inline Tensor eye(const Dim& size, DType dtype = DType::float32, Context& context = default_context(),
                  const std::source_location& where = std::source_location::current()) {
  const Located at(context, where);
  return (detail::row_minus_column(context, size, size) == 0).cast(dtype);
}

/// The last two axes' elements at and below the diagonal shifted right by `diagonal`, zeros elsewhere.
inline Tensor tril(const Tensor& x, std::int64_t diagonal = 0,
                   const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  const Tensor below = detail::row_minus_column(x.context(), x.size(-2), x.size(-1));
  return whittle::where(below >= -diagonal, x, 0);
}

/// The last two axes' elements at and above the diagonal shifted right by `diagonal`, zeros elsewhere.
inline Tensor triu(const Tensor& x, std::int64_t diagonal = 0,
                   const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  const Tensor below = detail::row_minus_column(x.context(), x.size(-2), x.size(-1));
  return whittle::where(below <= -diagonal, x, 0);
}

inline Tensor Tensor::pad(const std::vector<Padding>& paddings, double value, const Where& where) const {
  const Located at(context(), where);
  const Tensor inside = full(shape(), true, DType::boolean, context()).pad(paddings);
  return whittle::where(inside, pad(paddings), full({}, value, dtype(), context()));
}

/// Tensors one after another along an axis; the other sizes must be equal. Dtypes promote.
inline Tensor cat(const std::vector<Tensor>& parts, int axis = 0,
                  const std::source_location& where = std::source_location::current()) {
  if (parts.empty()) throw ShapeError("cat: no tensors, expected at least one" + detail::place(where));
  Context& context = parts[0].context();
  const Located at(context, where);
  const unsigned along = detail::axis_of(at, axis, parts[0].rank(), "cat");
  std::vector<std::int64_t> ends;
  std::int64_t total = 0;
  for (const Tensor& part : parts) {
    if (&part.context() != &context)
      at.fail<Error>("cat: tensors of two contexts are mixed; expected all to be of one");
    Dims own = part.shape(), first = parts[0].shape();
    const bool fits = own.size() == first.size() && own[along].is_constant();
    if (fits) ends.push_back(total += own[along].value());
    if (fits) own[along] = first[along];
    if (!fits || !(own == first))
      at.fail("cat: shapes " + detail::shape_text(parts[0]) + " and " + detail::shape_text(part) + " along axis " +
              std::to_string(along) + "; expected the other sizes to be equal");
  }
  const auto padded = [&](std::size_t k) {
    std::vector<Padding> paddings(parts[k].rank());
    paddings[along] = {k == 0 ? 0 : ends[k - 1], total - ends[k]};
    return parts[k].pad(paddings);
  };
  Dims column;
  for (std::size_t k = along; k < parts[0].rank(); ++k) column.append(k == along ? Dim(total) : Dim(1));
  const Tensor place = arange(total, DType::int32, context).reshape(column);
  Tensor result = padded(parts.size() - 1);
  for (std::size_t k = parts.size() - 1; k-- > 0;) result = whittle::where(place < ends[k], padded(k), result);
  return result;
}

/// Tensors of one shape along a new axis.
inline Tensor stack(const std::vector<Tensor>& parts, int axis = 0,
                    const std::source_location& where = std::source_location::current()) {
  if (parts.empty()) throw ShapeError("stack: no tensors, expected at least one" + detail::place(where));
  const Located at(parts[0].context(), where);
  std::vector<Tensor> with_axis;
  for (const Tensor& part : parts) {
    if (!(part.shape() == parts[0].shape()))
      at.fail("stack: shapes " + detail::shape_text(parts[0]) + " and " + detail::shape_text(part) +
              ", expected equal ones");
    with_axis.push_back(part.unsqueeze(axis));
  }
  return cat(with_axis, static_cast<int>(detail::axis_of(at, axis, parts[0].rank() + 1, "stack")));
}

}  // namespace v0
}  // namespace whittle
