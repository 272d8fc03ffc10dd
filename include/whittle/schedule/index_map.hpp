// Movement operators on indices: where an element of the result lies in the source.
#pragma once

#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/ir/shape.hpp>

namespace whittle {
inline namespace v0 {

/// An element of a tensor: an index for each axis, and the condition under which there is such an element.
/// Where the condition is false the indices mean nothing.
struct Element {
  std::vector<Node> indices;
  Node valid = Node::none;  ///< none: always
};

namespace detail {

inline Node both(Graph& g, Node a, Node b) { return a == Node::none ? b : b == Node::none ? a : logical_and(g, a, b); }

inline Node dim_mul(Graph& g, Node a, Node b) {
  if (g.is_constant(a, 1) || g.is_constant(b, 0)) return b;
  if (g.is_constant(b, 1) || g.is_constant(a, 0)) return a;
  if (g.is_constant(a) && g.is_constant(b)) {
    const int128 product = g.scalar(a).as_wide() * g.scalar(b).as_wide();
    if (fits_int64(product)) return g.constant(DType::index, static_cast<std::int64_t>(product));
  }
  return mul(g, a, b);
}

/// Row-major position of indices[begin, end) within dims[begin, end).
inline Node flatten(Graph& g, const std::vector<Node>& indices, const Shape& dims, std::size_t begin, std::size_t end) {
  Node flat = g.constant(DType::index, 0);
  for (std::size_t k = begin; k < end; ++k) flat = dim_add(g, dim_mul(g, flat, dims[k]), indices[k]);
  return flat;
}

/// The indices of position `flat` within dims[begin, end).
inline void unflatten(Graph& g, Node flat, const Shape& dims, std::size_t begin, std::size_t end,
                      std::vector<Node>& indices) {
  Node rest = flat;
  for (std::size_t k = end; k-- > begin;) {
    const bool outermost = k == begin;
    indices[k] = outermost ? rest : floormod(g, rest, dims[k]);
    if (!outermost) rest = floordiv(g, rest, dims[k]);
  }
}

/// Reshape: runs of axes whose sizes multiply to the same number are mapped among themselves.
inline Element reshape_source(Graph& g, const Element& element, const Shape& to, const Shape& from) {
  Element source{std::vector<Node>(from.size(), g.constant(DType::index, 0)), element.valid};
  std::size_t i = 0, j = 0;
  const auto size = [&](Node dim) { return g.is_constant(dim) ? g.scalar(dim).as_wide() : int128{-1}; };
  while (i < to.size() || j < from.size()) {
    const std::size_t i0 = i, j0 = j;
    if (i < to.size() && j < from.size() && to[i] == from[j]) {
      source.indices[j++] = element.indices[i++];
      continue;
    }
    if (i < to.size() && g.is_constant(to[i], 1)) {
      ++i;
      continue;
    }
    if (j < from.size() && g.is_constant(from[j], 1)) {
      ++j;
      continue;
    }
    int128 a = i < to.size() ? size(to[i]) : 1, b = j < from.size() ? size(from[j]) : 1;
    i += i < to.size();
    j += j < from.size();
    while (a != b && a > 0 && b > 0 && (i < to.size() || j < from.size())) {
      if ((a < b || j == from.size()) && i < to.size())
        a *= size(to[i++]);
      else if (j < from.size())
        b *= size(from[j++]);
      else
        break;
      if (a < 0 || b < 0) break;
    }
    if (a != b || a <= 0) i = to.size(), j = from.size();  // unknown sizes: all the rest together
    unflatten(g, flatten(g, element.indices, to, i0, i), from, j0, j, source.indices);
  }
  return source;
}

inline Element pad_source(Graph& g, const Element& element, Node n, const Shape& from) {
  Element source = element;
  for (std::size_t k = 0; k < from.size(); ++k) {
    const Node before = g.source(n, static_cast<std::uint32_t>(1 + 2 * k));
    const Node behind = g.source(n, static_cast<std::uint32_t>(2 + 2 * k));
    const Node i = dim_sub(g, element.indices[k], before);
    if (!g.is_constant(before, 0)) source.valid = both(g, source.valid, less(g, -1, i));
    if (!g.is_constant(behind, 0)) source.valid = both(g, source.valid, less(g, i, from[k]));
    source.indices[k] = i;
  }
  return source;
}

}  // namespace detail

/// The element of a movement operator's source that is the given element of its result.
inline Element source_element(Graph& g, Node n, const Element& element) {
  const Shape from = shape_of(g, g.source(n, 0)), to = shape_of(g, n);
  Element source = element;
  switch (g.op(n)) {
  case Op::reshape: return detail::reshape_source(g, element, to, from);
  case Op::pad: return detail::pad_source(g, element, n, from);
  case Op::permute:
    for (unsigned k = 0; k < to.size(); ++k) source.indices[permuted_axis(g.argument(n), k)] = element.indices[k];
    return source;
  case Op::expand:
    for (std::size_t k = 0; k < to.size(); ++k)
      if (from[k] != to[k]) source.indices[k] = g.constant(DType::index, 0);
    return source;
  case Op::shrink:
    for (std::uint32_t k = 0; k < to.size(); ++k)
      source.indices[k] = detail::dim_add(g, element.indices[k], g.source(n, 1 + 2 * k));
    return source;
  default:  // flip
    for (std::size_t k = 0; k < to.size(); ++k)
      if (((g.argument(n) >> k) & 1u) != 0)
        source.indices[k] = sub(g, detail::dim_sub(g, to[k], g.constant(DType::index, 1)), element.indices[k]);
    return source;
  }
}

}  // namespace v0
}  // namespace whittle
