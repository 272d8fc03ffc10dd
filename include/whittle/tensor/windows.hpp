// Sliding windows by movement alone, and what is made of them: convolution and pooling.
#pragma once

#include <limits>
#include <optional>
#include <string>

#include <whittle/tensor/matmul.hpp>

namespace whittle {
inline namespace v0 {

/// A number for each of height and width: `2` or `{2, 1}`.
struct Pair {
  std::int64_t height, width;
  Pair(std::int64_t both) : height(both), width(both) {}  // NOLINT: converts on purpose
  Pair(std::int64_t h, std::int64_t w) : height(h), width(w) {}
};

struct Conv2dOptions {
  Pair stride = 1, padding = 0, dilation = 1;
  std::int64_t groups = 1;
};

struct Pool2dOptions {
  std::optional<Pair> stride = {};  ///< the size of the window unless given
  Pair padding = 0;
};

namespace detail {

struct Window {
  std::int64_t size, stride, dilation;
};

/// How many windows fit.
inline std::int64_t window_count(std::int64_t length, const Window& w) {
  return (length - w.dilation * (w.size - 1) - 1) / w.stride + 1;
}

/// The dims with others in the place of an axis.
inline Dims with_sizes(const Dims& from, unsigned axis, std::initializer_list<std::int64_t> sizes) {
  Dims dims;
  for (unsigned k = 0; k < from.size(); ++k) {
    if (k != axis)
      dims.append(from[k]);
    else
      for (std::int64_t number : sizes) dims.append(number);
  }
  return dims;
}

/// All windows at stride 1: the axis of length n becomes (size, count) with element (j, t) = x[t + j * dilation].
///
/// `size` copies, one below the other, are sheared: rows of length r - d are read as rows of length r, where
/// r = n + (size - 1) d, so that each row starts d later than the one before. With (size - 1) d zeros in front,
/// no row is left in either direction: the flat index of (j, t) is j r + t, which is (j, t + j d) in rows of
/// r - d, and on the way back, in the gradient, the flat index of (j, p) is j (r - d) + p + (size - 1) d, which is
/// (j, p + (size - 1 - j) d) in rows of r. So divisions and remainders by r and r - d vanish by intervals.
inline Tensor sheared_windows(const Tensor& x, unsigned axis, std::int64_t size, std::int64_t dilation) {
  const Dims from = x.shape();
  const std::int64_t length = from[axis].value(), lead = (size - 1) * dilation, row = length + lead;
  const auto with = [&](std::initializer_list<std::int64_t> sizes) { return with_sizes(from, axis, sizes); };
  std::vector<Padding> to_row(from.size() + 1), ends(from.size());
  to_row[axis + 1].after = row - dilation - length;
  ends[axis] = {lead, size * dilation - lead};
  std::vector<Bounds> bounds = whole(with({size, row}));
  bounds[axis + 1] = {lead, length};
  return x.reshape(with({1, length}))
      .expand(with({size, length}))
      .pad(to_row)
      .reshape(with({size * (row - dilation)}))
      .pad(ends)
      .reshape(with({size, row}))
      .shrink(bounds);
}

/// Every stride-th window of `size`, not dilated: the axis becomes (size, count). In blocks of the stride, these are
/// all windows of as many blocks as hold a window; so the gradient adds up few zeros, and windows side by side none.
inline Tensor windows_of_blocks(const Tensor& x, unsigned axis, const Window& w, std::int64_t count) {
  const Dims from = x.shape();
  const std::int64_t length = from[axis].value(), each = (w.size + w.stride - 1) / w.stride, blocks = count + each - 1;
  const std::int64_t wanted = blocks * w.stride;
  std::vector<Bounds> bounds = whole(from);
  bounds[axis].end = length < wanted ? length : wanted;
  std::vector<Padding> paddings(from.size());
  paddings[axis].after = length < wanted ? wanted - length : 0;
  Tensor all = x.shrink(bounds).pad(paddings).reshape(with_sizes(from, axis, {blocks, w.stride}));
  all = each > 1 ? sheared_windows(all, axis, each, 1) : all.unsqueeze(static_cast<int>(axis));
  all = all.transpose(static_cast<int>(axis) + 1, static_cast<int>(axis) + 2);
  bounds = whole(with_sizes(from, axis, {each * w.stride, count}));
  bounds[axis].end = w.size;
  return all.reshape(with_sizes(from, axis, {each * w.stride, count})).shrink(bounds);
}

/// The axis becomes the number of the window, and a new last axis the place in it.
inline Tensor windows(const Tensor& x, unsigned axis, const Window& w) {
  const std::int64_t count = window_count(x.shape()[axis].value(), w);
  Tensor result = x;
  if (w.stride > 1 && (w.dilation == 1 || w.size == 1))
    result = windows_of_blocks(x, axis, w, count);
  else if (w.size > 1)
    result = strided(sheared_windows(x, axis, w.size, w.dilation), axis + 1, w.stride);
  else
    result = x.unsqueeze(static_cast<int>(axis));
  std::vector<unsigned> order;
  for (unsigned k = 0; k <= x.rank(); ++k)
    if (k != axis) order.push_back(k);
  order.push_back(axis);
  const Located here(x.context(), std::source_location::current());
  return permuted(here, result, order);
}

inline void check_windows(const Located& at, const Tensor& x, const Window& height, const Window& width, Pair padding,
                          const char* what) {
  if (x.rank() != 4)
    at.fail(std::string(what) + ": given shape " + shape_text(x) + ", expected (pictures, channels, height, width)");
  for (unsigned axis = 2; axis < 4; ++axis) {
    const Window& w = axis == 2 ? height : width;
    const std::int64_t pad = axis == 2 ? padding.height : padding.width;
    if (w.size < 1 || w.stride < 1 || w.dilation < 1 || pad < 0)
      at.fail(std::string(what) + ": window " + std::to_string(w.size) + ", stride " + std::to_string(w.stride) +
              ", dilation " + std::to_string(w.dilation) + ", padding " + std::to_string(pad) +
              "; expected at least 1, 1, 1 and 0");
    if (x.shape()[axis].value() + 2 * pad < (w.size - 1) * w.dilation + 1)
      at.fail(std::string(what) + ": a window of " + std::to_string((w.size - 1) * w.dilation + 1) +
              " does not fit axis " + std::to_string(axis) + " of shape " + shape_text(x) + " with padding " +
              std::to_string(pad));
  }
}

inline std::vector<Padding> around(Pair padding) {
  return {{}, {}, {padding.height, padding.height}, {padding.width, padding.width}};
}

/// (n, c, h, w) becomes (n, c, windows down, windows across, window height, window width).
inline Tensor windows_2d(const Tensor& padded, const Window& height, const Window& width) {
  return windows(windows(padded, 2, height), 3, width);
}

inline Window down(Pair size, Pair stride, Pair dilation) { return {size.height, stride.height, dilation.height}; }
inline Window across(Pair size, Pair stride, Pair dilation) { return {size.width, stride.width, dilation.width}; }

/// Sums of products: windows (n, g, 1, c/g, h, w, kh, kw) times weights (g, o/g, c/g, 1, 1, kh, kw).
inline Tensor convolved(const Tensor& x, const Tensor& weight, const Conv2dOptions& options) {
  const Dims w = weight.shape();
  const Pair size(w[2].value(), w[3].value());
  const Tensor all = windows_2d(x.pad(around(options.padding)), down(size, options.stride, options.dilation),
                                across(size, options.stride, options.dilation));
  const Dims dims = all.shape();
  const std::int64_t groups = options.groups, outputs = w[0].value();
  const Tensor spread = all.reshape({dims[0], groups, 1, w[1], dims[2], dims[3], w[2], w[3]});
  const Tensor weights = weight.reshape({groups, outputs / groups, w[1], 1, 1, w[2], w[3]});
  return sum_of_products(spread, weights, {3, 6, 7}).reshape({dims[0], outputs, dims[2], dims[3]});
}

}  // namespace detail

/// Correlation of pictures (n, c, h, w) with weights (outputs, c / groups, kernel height, kernel width):
/// (n, outputs, h', w') with h' = (h + 2 padding - dilation (kernel - 1) - 1) / stride + 1.
/// Throws ShapeError where the channels do not fit or a window is greater than a picture.
inline Tensor conv2d(const Tensor& x, const Tensor& weight, const Conv2dOptions& options = {},
                     const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  if (&x.context() != &weight.context()) at.fail<Error>("conv2d: tensors of two contexts are mixed");
  if (weight.rank() != 4)
    at.fail("conv2d: weights of shape " + detail::shape_text(weight) + ", expected (outputs, channels, height, width)");
  const Dims w = weight.shape();
  const Pair size(w[2].value(), w[3].value());
  detail::check_windows(at, x, detail::down(size, options.stride, options.dilation),
                        detail::across(size, options.stride, options.dilation), options.padding, "conv2d");
  const std::int64_t groups = options.groups;
  if (groups < 1 || x.shape()[1].value() != w[1].value() * groups || w[0].value() % groups != 0)
    at.fail("conv2d: pictures of shape " + detail::shape_text(x) + " and weights of shape " +
            detail::shape_text(weight) + " in " + std::to_string(groups) + " groups; expected weights for " +
            "channels / groups, and outputs that the groups divide");
  return detail::convolved(x, weight, options);
}

/// The same, plus a number for each output channel.
inline Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options = {},
                     const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  if (weight.rank() != 4 || !(bias.shape() == Dims{weight.shape()[0]}))
    at.fail("conv2d: a bias of shape " + detail::shape_text(bias) + " for weights of shape " +
            detail::shape_text(weight) + ", expected a number for each output");
  return conv2d(x, weight, options) + bias.reshape({bias.shape()[0], 1, 1});
}

/// The greatest element of each window; what is padded never is.
inline Tensor max_pool2d(const Tensor& x, Pair size, const Pool2dOptions& options = {},
                         const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  const Pair stride = options.stride.value_or(size);
  const detail::Window height = detail::down(size, stride, 1), width = detail::across(size, stride, 1);
  detail::check_windows(at, x, height, width, options.padding, "max_pool2d");
  const bool pads = options.padding.height != 0 || options.padding.width != 0;
  if (pads && !is_float(x.dtype())) at.fail<Error>("max_pool2d: padding of integers, expected floats");
  const Tensor padded = pads ? x.pad(detail::around(options.padding), -std::numeric_limits<double>::infinity()) : x;
  return detail::windows_2d(padded, height, width).max({-2, -1});
}

/// The mean of each window; zeros that are padded count.
inline Tensor avg_pool2d(const Tensor& x, Pair size, const Pool2dOptions& options = {},
                         const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  const Pair stride = options.stride.value_or(size);
  const detail::Window height = detail::down(size, stride, 1), width = detail::across(size, stride, 1);
  detail::check_windows(at, x, height, width, options.padding, "avg_pool2d");
  return detail::windows_2d(x.pad(detail::around(options.padding)), height, width).mean({-2, -1});
}

}  // namespace v0
}  // namespace whittle
