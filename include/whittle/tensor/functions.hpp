// The methods of a tensor as functions, with NumPy's and PyTorch's names.
#pragma once

#include <vector>

#include <whittle/tensor/softmax.hpp>

namespace whittle {
inline namespace v0 {

using Place = std::source_location;

// clang-format off
inline Tensor exp(const Tensor& x, const Place& where = Place::current()) { return x.exp(where); }
inline Tensor exp2(const Tensor& x, const Place& where = Place::current()) { return x.exp2(where); }
inline Tensor log(const Tensor& x, const Place& where = Place::current()) { return x.log(where); }
inline Tensor log2(const Tensor& x, const Place& where = Place::current()) { return x.log2(where); }
inline Tensor sin(const Tensor& x, const Place& where = Place::current()) { return x.sin(where); }
inline Tensor cos(const Tensor& x, const Place& where = Place::current()) { return x.cos(where); }
inline Tensor sqrt(const Tensor& x, const Place& where = Place::current()) { return x.sqrt(where); }
inline Tensor rsqrt(const Tensor& x, const Place& where = Place::current()) { return x.rsqrt(where); }
inline Tensor reciprocal(const Tensor& x, const Place& where = Place::current()) { return x.reciprocal(where); }
inline Tensor sigmoid(const Tensor& x, const Place& where = Place::current()) { return x.sigmoid(where); }
inline Tensor tanh(const Tensor& x, const Place& where = Place::current()) { return x.tanh(where); }
inline Tensor abs(const Tensor& x, const Place& where = Place::current()) { return x.abs(where); }
inline Tensor square(const Tensor& x, const Place& where = Place::current()) { return x.square(where); }
inline Tensor relu(const Tensor& x, const Place& where = Place::current()) { return x.relu(where); }
inline Tensor gelu(const Tensor& x, const Place& where = Place::current()) { return x.gelu(where); }
inline Tensor pow(const Tensor& x, const TensorArg& exponent) { return x.pow(exponent); }
inline Tensor cast(const Tensor& x, DType dtype, const Place& where = Place::current()) { return x.cast(dtype, where); }
inline Tensor detach(const Tensor& x, const Place& where = Place::current()) { return x.detach(where); }

inline Tensor reshape(const Tensor& x, const Dims& dims, const Place& where = Place::current()) { return x.reshape(dims, where); }
inline Tensor permute(const Tensor& x, const Axes& axes, const Place& where = Place::current()) { return x.permute(axes, where); }
inline Tensor transpose(const Tensor& x, int a = -2, int b = -1, const Place& where = Place::current()) { return x.transpose(a, b, where); }
inline Tensor expand(const Tensor& x, const Dims& dims, const Place& where = Place::current()) { return x.expand(dims, where); }
inline Tensor broadcast_to(const Tensor& x, const Dims& dims, const Place& where = Place::current()) { return x.expand(dims, where); }
inline Tensor pad(const Tensor& x, const std::vector<Padding>& paddings, const Place& where = Place::current()) { return x.pad(paddings, where); }
inline Tensor pad(const Tensor& x, const std::vector<Padding>& paddings, double value, const Place& where = Place::current()) { return x.pad(paddings, value, where); }
inline Tensor shrink(const Tensor& x, const std::vector<Bounds>& bounds, const Place& where = Place::current()) { return x.shrink(bounds, where); }
inline Tensor slice(const Tensor& x, const std::vector<Slice>& slices, const Place& where = Place::current()) { return x.slice(slices, where); }
inline Tensor select(const Tensor& x, int axis, const Dim& index, const Place& where = Place::current()) { return x.select(axis, index, where); }
inline Tensor flip(const Tensor& x, const Axes& axes = {}, const Place& where = Place::current()) { return x.flip(axes, where); }
inline Tensor squeeze(const Tensor& x, const Axes& axes = {}, const Place& where = Place::current()) { return x.squeeze(axes, where); }
inline Tensor unsqueeze(const Tensor& x, int axis, const Place& where = Place::current()) { return x.unsqueeze(axis, where); }
inline Tensor flatten(const Tensor& x, int first = 0, int last = -1, const Place& where = Place::current()) { return x.flatten(first, last, where); }
inline std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& sizes, int axis = 0, const Place& where = Place::current()) { return x.split(sizes, axis, where); }

inline Tensor sum(const Tensor& x, const Axes& axes = {}, bool keep = false, const Place& where = Place::current()) { return x.sum(axes, keep, where); }
inline Tensor prod(const Tensor& x, const Axes& axes = {}, bool keep = false, const Place& where = Place::current()) { return x.prod(axes, keep, where); }
inline Tensor max(const Tensor& x, const Axes& axes = {}, bool keep = false, const Place& where = Place::current()) { return x.max(axes, keep, where); }
inline Tensor min(const Tensor& x, const Axes& axes = {}, bool keep = false, const Place& where = Place::current()) { return x.min(axes, keep, where); }
inline Tensor mean(const Tensor& x, const Axes& axes = {}, bool keep = false, const Place& where = Place::current()) { return x.mean(axes, keep, where); }
inline Tensor var(const Tensor& x, const Axes& axes = {}, double correction = 1, bool keep = false, const Place& where = Place::current()) { return x.var(axes, correction, keep, where); }
inline Tensor any(const Tensor& x, const Axes& axes = {}, bool keep = false, const Place& where = Place::current()) { return x.any(axes, keep, where); }
inline Tensor all(const Tensor& x, const Axes& axes = {}, bool keep = false, const Place& where = Place::current()) { return x.all(axes, keep, where); }
inline Tensor argmax(const Tensor& x, int axis = -1, bool keep = false, const Place& where = Place::current()) { return x.argmax(axis, keep, where); }
inline Tensor argmin(const Tensor& x, int axis = -1, bool keep = false, const Place& where = Place::current()) { return x.argmin(axis, keep, where); }

inline Tensor softmax(const Tensor& x, int axis = -1, const Place& where = Place::current()) { return x.softmax(axis, where); }
inline Tensor log_softmax(const Tensor& x, int axis = -1, const Place& where = Place::current()) { return x.log_softmax(axis, where); }
inline Tensor cross_entropy(const Tensor& x, const Tensor& labels, const Place& where = Place::current()) { return x.cross_entropy(labels, where); }
inline Tensor one_hot(const Tensor& x, std::int64_t classes, const Place& where = Place::current()) { return x.one_hot(classes, where); }
// clang-format on

}  // namespace v0
}  // namespace whittle
