// Operations that move elements and compute nothing: other dimensions, other order, parts and borders.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <whittle/tensor/elementwise.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// The first that is equal; the end if there is none. <algorithm> would be a twentieth of all that compiles.
inline Dim* find(FixedVector<Dim, max_rank>& dims, const Dim& wanted) {
  Dim* at = dims.begin();
  while (at != dims.end() && !(*at == wanted)) ++at;
  return at;
}

/// What a shape multiplies to: a number, times dimensions that are no numbers.
struct DimProduct {
  std::int64_t number = 1;
  FixedVector<Dim, max_rank> others;

  explicit DimProduct(const Dims& dims) {
    for (const Dim& dim : dims) {
      if (!dim.is_constant())
        others.push_back(dim);
      else if (dim.offset() != -1)
        number *= dim.offset();
    }
  }
  /// Takes the symbolic dimensions of `divisor` out; false where one is not there.
  bool remove(const DimProduct& divisor) {
    for (const Dim& dim : divisor.others) {
      Dim* const found = find(others, dim);
      if (found == others.end()) return false;
      *found = others.back();
      others.pop_back();
    }
    return true;
  }
};

inline void check_dims(const Located& at, const Graph& graph, const Dims& dims, const char* what) {
  for (const Dim& dim : dims)
    if (dim.is_constant() && dim.offset() < 0)
      at.fail(std::string(what) + ": given " + dims_text(&graph, dims) + ", expected no negative dimension");
}

/// The dimensions with -1 replaced by what remains.
inline Dims inferred_dims(const Located& at, const Tensor& x, const Dims& wanted) {
  const Dims from = x.shape();
  unsigned unknown = 0;
  for (const Dim& dim : wanted) unknown += dim == Dim(-1) ? 1u : 0u;
  DimProduct have(from);
  const DimProduct known(wanted);
  const auto fail = [&](const std::string& why) {
    at.fail("reshape: cannot make " + dims_text(&x.graph(), wanted) + " of " + dims_text(&x.graph(), from) + why);
  };
  if (unknown > 1) fail(": more than one dimension is -1");
  if (!have.remove(known)) fail(": a variable is not among the dimensions given");
  Dims dims = wanted;
  if (unknown == 0) {
    if (have.number != known.number || !have.others.empty())
      fail(": " + std::to_string(known.number) + " elements wanted of " + std::to_string(have.number));
    check_dims(at, x.graph(), dims, "reshape");
    return dims;
  }
  const bool divides = known.number != 0 && have.number % known.number == 0;
  if (!divides)
    fail(": " + std::to_string(have.number) + " elements are no multiple of " + std::to_string(known.number));
  const bool symbolic = !have.others.empty();
  if (symbolic && (have.others.size() > 1 || have.number != known.number))
    fail(": what remains is a product with a variable, expected a number or one variable");
  *find(dims, Dim(-1)) = symbolic ? have.others[0] : Dim(have.number / known.number);
  check_dims(at, x.graph(), dims, "reshape");
  return dims;
}

/// Whether a <= b for all values of the variables.
inline bool lies_within(const Context& context, const Dim& a, const Dim& b) {
  return a.variable() == b.variable() ? a.offset() <= b.offset() : limit_of(context, a) <= least_of(context, b);
}

inline std::vector<Bounds> whole(const Dims& dims) {
  std::vector<Bounds> bounds;
  for (const Dim& dim : dims) bounds.push_back({0, dim});
  return bounds;
}

inline Tensor permuted(const Located& at, const Tensor& x, const std::vector<unsigned>& axes) {
  bool same = true;
  for (unsigned k = 0; k < axes.size(); ++k) same = same && axes[k] == k;
  return same ? x : Tensor(x.context(), at(v0::permute(x.graph(), x.node(), axes)));
}

}  // namespace detail

inline Tensor Tensor::reshape(const Dims& dims, const Where& where) const {
  const Located at(context(), where);
  const Dims wanted = detail::inferred_dims(at, *this, dims);
  if (wanted == shape()) return *this;
  return Tensor(context(), at(v0::reshape(graph(), node(), detail::dim_nodes(context(), wanted))));
}

inline Tensor Tensor::permute(const Axes& axes, const Where& where) const {
  const Located at(context(), where);
  if (axes.size() != rank())
    at.fail("permute: " + std::to_string(axes.size()) + " axes for a tensor of rank " + std::to_string(rank()) +
            ", expected each axis once");
  if (rank() != 0) detail::axis_mask(at, axes, rank(), "permute");
  std::vector<unsigned> order;
  for (int axis : axes) order.push_back(detail::axis_of(at, axis, rank(), "permute"));
  return detail::permuted(at, *this, order);
}

inline Tensor Tensor::transpose(int a, int b, const Where& where) const {
  const Located at(context(), where);
  std::vector<unsigned> order;
  for (unsigned k = 0; k < rank(); ++k) order.push_back(k);
  std::swap(order[detail::axis_of(at, a, rank(), "transpose")], order[detail::axis_of(at, b, rank(), "transpose")]);
  return detail::permuted(at, *this, order);
}

inline Tensor Tensor::expand(const Dims& dims, const Where& where) const {
  const Located at(context(), where);
  const Dims from = shape();
  const auto fail = [&] {
    at.fail("expand: cannot expand " + detail::dims_text(&graph(), from) + " to " + detail::dims_text(&graph(), dims) +
            "; expected each size to stay, or to be 1 before");
  };
  if (dims.size() < from.size()) fail();
  Dims wanted = dims, ones;
  for (std::size_t k = 0; k < dims.size(); ++k) {
    const bool is_new = k + from.size() < dims.size();
    const Dim own = is_new ? Dim(1) : from[k + from.size() - dims.size()];
    ones.append(own);
    if (!is_new && wanted[k] == -1) wanted[k] = own;
    if (!(wanted[k] == own) && !(own == 1)) fail();
  }
  detail::check_dims(at, graph(), wanted, "expand");
  const Tensor in_place = reshape(ones);
  if (wanted == ones) return in_place;
  return Tensor(context(), at(v0::expand(graph(), in_place.node(), detail::dim_nodes(context(), wanted))));
}

inline Tensor Tensor::pad(const std::vector<Padding>& paddings, const Where& where) const {
  const Located at(context(), where);
  if (paddings.size() != rank())
    at.fail("pad: " + std::to_string(paddings.size()) + " pairs for a tensor of rank " + std::to_string(rank()) +
            ", expected one for each axis");
  std::vector<Node> pairs;
  bool changes = false;
  for (const Padding& padding : paddings) {
    for (const Dim& dim : {padding.before, padding.after}) {
      if (dim.is_constant() && dim.offset() < 0)
        at.fail("pad: given " + std::to_string(dim.offset()) + ", expected 0 or more; shrink cuts off");
      changes = changes || !(dim == 0);
      pairs.push_back(detail::dim_node(context(), dim));
    }
  }
  return changes ? Tensor(context(), at(v0::pad(graph(), node(), pairs))) : *this;
}

inline Tensor Tensor::shrink(const std::vector<Bounds>& bounds, const Where& where) const {
  const Located at(context(), where);
  const Dims from = shape();
  if (bounds.size() != rank())
    at.fail("shrink: " + std::to_string(bounds.size()) + " pairs for a tensor of rank " + std::to_string(rank()) +
            ", expected one for each axis");
  std::vector<Node> pairs;
  bool changes = false;
  for (std::size_t k = 0; k < bounds.size(); ++k) {
    const auto& [begin, end] = bounds[k];
    if (detail::least_of(context(), begin) < 0 || !detail::lies_within(context(), begin, end) ||
        !detail::lies_within(context(), end, from[k]))
      at.fail("shrink: bounds " + detail::dims_text(&graph(), {begin, end}) + " of axis " + std::to_string(k) +
              " for shape " + detail::dims_text(&graph(), from) + ", expected 0 <= begin <= end <= size");
    changes = changes || !(begin == 0) || !(end == from[k]);
    pairs.push_back(detail::dim_node(context(), begin));
    pairs.push_back(detail::dim_node(context(), end));
  }
  return changes ? Tensor(context(), at(v0::shrink(graph(), node(), pairs))) : *this;
}

namespace detail {

/// Every `step`-th element of an axis, from its first on: padded to a multiple of `step`, split, the rest cut.
inline Tensor strided(const Tensor& x, unsigned axis, std::int64_t step) {
  if (step == 1) return x;
  Dims dims = x.shape();
  const std::int64_t size = dims[axis].value(), count = (size + step - 1) / step;
  std::vector<Padding> paddings(dims.size());
  paddings[axis].after = count * step - size;
  dims[axis] = count;
  Dims split;
  for (std::size_t k = 0; k < dims.size(); ++k) {
    split.append(dims[k]);
    if (k == axis) split.append(step);
  }
  std::vector<Bounds> bounds = whole(split);
  bounds[axis + 1] = {0, 1};
  return x.pad(paddings).reshape(split).shrink(bounds).reshape(dims);
}

}  // namespace detail

inline Tensor Tensor::slice(const std::vector<Slice>& slices, const Where& where) const {
  const Located at(context(), where);
  const Dims from = shape();
  if (slices.size() > from.size())
    at.fail("slice: " + std::to_string(slices.size()) + " parts for a tensor of rank " + std::to_string(from.size()));
  std::vector<Bounds> bounds = detail::whole(from);
  for (std::size_t k = 0; k < slices.size(); ++k) {
    const Slice& part = slices[k];
    if (part.step < 1) at.fail("slice: step " + std::to_string(part.step) + ", expected at least 1; flip reverses");
    // Python's meaning: negative numbers count from the end, and what is out of range is cut to it.
    const auto bound = [&](const Dim& given) {
      if (!given.is_constant() || !from[k].is_constant()) return given == Slice::open ? from[k] : given;
      const std::int64_t size = from[k].value(), place = given.offset() < 0 ? given.offset() + size : given.offset();
      return Dim(place < 0 ? 0 : place > size ? size : place);
    };
    bounds[k] = {bound(part.start), bound(part.stop)};
    const bool empty = bounds[k].begin.is_constant() && bounds[k].end.is_constant() &&
                       bounds[k].end.offset() < bounds[k].begin.offset();
    if (empty) bounds[k].end = bounds[k].begin;
  }
  Tensor result = shrink(bounds);
  for (unsigned k = 0; k < slices.size(); ++k) result = detail::strided(result, k, slices[k].step);
  return result;
}

inline Tensor Tensor::select(int axis, const Dim& index, const Where& where) const {
  const Located at(context(), where);
  const unsigned along = detail::axis_of(at, axis, rank(), "select");
  const Dims from = shape();
  Dim begin = index;
  if (index.is_constant() && index.offset() < 0 && from[along].is_constant()) begin = index + from[along].value();
  if (detail::least_of(context(), begin) < 0 || !detail::lies_within(context(), begin + 1, from[along]))
    at.fail("select: index " + detail::dims_text(&graph(), {index}) + " of axis " + std::to_string(along) +
            " is out of range for shape " + detail::dims_text(&graph(), from));
  std::vector<Bounds> bounds = detail::whole(from);
  bounds[along] = {begin, begin + 1};
  Dims rest;
  for (std::size_t k = 0; k < from.size(); ++k)
    if (k != along) rest.append(from[k]);
  return shrink(bounds).reshape(rest);
}

inline Tensor Tensor::flip(const Axes& axes, const Where& where) const {
  const Located at(context(), where);
  const std::uint32_t mask = detail::axis_mask(at, axes, rank(), "flip");
  return mask == 0 ? *this : Tensor(context(), at(v0::flip(graph(), node(), mask)));
}

inline Tensor Tensor::squeeze(const Axes& axes, const Where& where) const {
  const Located at(context(), where);
  const std::uint32_t mask = detail::axis_mask(at, axes, rank(), "squeeze");
  const Dims from = shape();
  Dims dims;
  for (std::size_t k = 0; k < from.size(); ++k) {
    const bool chosen = ((mask >> k) & 1u) != 0;
    if (chosen && !axes.all() && !(from[k] == 1))
      at.fail("squeeze: axis " + std::to_string(k) + " of shape " + detail::dims_text(&graph(), from) +
              " cannot go; expected size 1");
    if (!chosen || !(from[k] == 1)) dims.append(from[k]);
  }
  return reshape(dims);
}

inline Tensor Tensor::unsqueeze(int axis, const Where& where) const {
  const Located at(context(), where);
  const unsigned place = detail::axis_of(at, axis, rank() + 1, "unsqueeze");
  const Dims from = shape();
  Dims dims;
  for (std::size_t k = 0; k <= from.size(); ++k) {
    if (k == place) dims.append(1);
    if (k < from.size()) dims.append(from[k]);
  }
  return reshape(dims);
}

inline Tensor Tensor::flatten(int first, int last, const Where& where) const {
  const Located at(context(), where);
  if (rank() == 0) return reshape({1});
  const unsigned begin = detail::axis_of(at, first, rank(), "flatten"),
                 end = detail::axis_of(at, last, rank(), "flatten");
  const Dims from = shape();
  Dims dims;
  for (unsigned k = 0; k < from.size(); ++k)
    if (k < begin || k > end || k == begin) dims.append(k == begin && end > begin ? Dim(-1) : from[k]);
  return reshape(dims);
}

inline std::vector<Tensor> Tensor::split(const std::vector<std::int64_t>& sizes, int axis, const Where& where) const {
  const Located at(context(), where);
  const unsigned along = detail::axis_of(at, axis, rank(), "split");
  std::int64_t total = 0;
  for (std::int64_t size : sizes) total += size;
  if (!(shape()[along] == total))
    at.fail("split: sizes add up to " + std::to_string(total) + " along axis " + std::to_string(along) + " of shape " +
            detail::shape_text(*this) + ", expected its size");
  std::vector<Tensor> parts;
  std::int64_t begin = 0;
  for (std::int64_t size : sizes) {
    std::vector<Bounds> bounds = detail::whole(shape());
    bounds[along] = {begin, begin + size};
    parts.push_back(shrink(bounds));
    begin += size;
  }
  return parts;
}

}  // namespace v0
}  // namespace whittle
