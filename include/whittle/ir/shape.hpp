// Shapes of tensor-graph nodes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <whittle/core/status.hpp>
#include <whittle/ir/build.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/text.hpp>
#include <whittle/ir/user_operator.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// How many of a node's sources, from the first on, decide its shape.
template <class G>
constexpr std::uint32_t shape_sources(const G& g, Node n) {
  const Op op = g.op(n);
  if (is_elementwise(op) || is_user_op(op)) return g.arity(n);
  switch (op) {
  case Op::permute:
  case Op::pad:
  case Op::shrink:
  case Op::flip:
  case Op::reduce:
  case Op::contiguous:
  case Op::detach:
  case Op::pullback:
  case Op::after:
  case Op::load: return g.arity(n) == 0 ? 0 : 1;
  case Op::index: return g.arity(n);
  default: return 0;
  }
}

template <class G>
constexpr Node dim_add(G& g, Node a, Node b) {
  if (g.is_constant(a, 0)) return b;
  if (g.is_constant(b, 0)) return a;
  if (g.is_constant(a) && g.is_constant(b)) {
    const int128 sum = g.scalar(a).as_wide() + g.scalar(b).as_wide();
    if (fits_int64(sum)) return g.constant(DType::index, static_cast<std::int64_t>(sum));
  }
  return add(g, a, b);
}

template <class G>
constexpr Node dim_sub(G& g, Node a, Node b) {
  if (g.is_constant(b, 0)) return a;
  if (a == b) return g.constant(DType::index, 0);
  if (g.is_constant(a) && g.is_constant(b)) {
    const int128 difference = g.scalar(a).as_wide() - g.scalar(b).as_wide();
    if (fits_int64(difference)) return g.constant(DType::index, static_cast<std::int64_t>(difference));
  }
  // A slice from b to b + length has a constant length although b is not: a row of a KV cache.
  if (g.op(a) == Op::add && g.source(a, 0) == b) return g.source(a, 1);
  if (g.op(a) == Op::add && g.source(a, 1) == b) return g.source(a, 0);
  return sub(g, a, b);
}

template <class G>
constexpr Shape dims_from_sources(const G& g, Node n, std::uint32_t first) {
  Shape shape;
  for (std::uint32_t i = first; i < g.arity(n); ++i) shape.push_back(g.source(n, i));
  return shape;
}

template <class G>
constexpr Shape padded_shape(G& g, Node n) {
  Shape shape = g.known_shape(g.source(n, 0));
  for (std::uint32_t k = 0; k < shape.size() && 2 * k + 2 < g.arity(n); ++k)
    shape[k] = dim_add(g, dim_add(g, shape[k], g.source(n, 2 * k + 1)), g.source(n, 2 * k + 2));
  return shape;
}

template <class G>
constexpr Shape shrunk_shape(G& g, Node n) {
  Shape shape = g.known_shape(g.source(n, 0));
  for (std::uint32_t k = 0; k < shape.size() && 2 * k + 2 < g.arity(n); ++k)
    shape[k] = dim_sub(g, g.source(n, 2 * k + 2), g.source(n, 2 * k + 1));
  return shape;
}

template <class G>
constexpr Shape permuted_shape(const G& g, Node n) {
  const Shape from = g.known_shape(g.source(n, 0));
  Shape shape = from;
  for (unsigned k = 0; k < from.size(); ++k) {
    const unsigned axis = permuted_axis(g.argument(n), k);
    if (axis < from.size()) shape[k] = from[axis];
  }
  return shape;
}

template <class G>
constexpr Shape reduced_shape(G& g, Node n) {
  Shape shape = g.known_shape(g.source(n, 0));
  const auto argument = unpack<ReduceArgument>(g.argument(n));
  for (std::size_t k = 0; k < shape.size(); ++k)
    if (((argument.axes >> k) & 1u) != 0) shape[k] = g.constant(DType::index, 1);
  return shape;
}

/// The shape function of a user's operator; null if it is elementwise or the graph does not know it.
template <class G>
constexpr auto user_shape(const G& g, Node n) -> decltype(UserOperator::shape) {
  const UserOperator* const known = is_user_op(g.op(n)) ? find_operator(g, g.op(n)) : nullptr;
  return known != nullptr && known->arity == g.arity(n) ? known->shape : nullptr;
}
/// Nothing where the sources do not fit.
template <class G>
constexpr std::optional<Shape> shape_by_user(G& g, Node n) {
  Shape shapes[most_user_operands];
  for (std::uint32_t i = 0; i < g.arity(n); ++i) shapes[i] = g.known_shape(g.source(n, i));
  return user_shape(g, n)(g, {shapes, g.arity(n)});
}

/// The shape of a node the shapes of whose sources are known.
template <class G>
constexpr Shape shape_of_sources(G& g, Node n) {
  switch (g.op(n)) {
  case Op::buffer:
  case Op::parameter:
  case Op::iota: return dims_from_sources(g, n, 0);
  case Op::reshape:
  case Op::expand: return dims_from_sources(g, n, 1);
  case Op::permute: return permuted_shape(g, n);
  case Op::pad: return padded_shape(g, n);
  case Op::shrink: return shrunk_shape(g, n);
  case Op::reduce: return reduced_shape(g, n);
  case Op::index: return g.arity(n) > 1 ? g.known_shape(g.source(n, 1)) : Shape{};
  default: break;
  }
  if (user_shape(g, n) != nullptr) return shape_by_user(g, n).value_or(Shape{});
  for (std::uint32_t i = 0; i < shape_sources(g, n); ++i) {
    const Shape shape = g.known_shape(g.source(n, i));
    if (!shape.empty()) return shape;  // a source of rank 0 meets any shape
  }
  return {};
}

}  // namespace detail

/// The dimensions of a tensor-graph node, outermost first; computed once and kept in the graph. Nodes that
/// are no tensors (constants, ranges, effects) have rank 0. A malformed node has some shape: `check_shape`
/// is what says that it is malformed.
template <class G>
constexpr Shape shape_of(G& g, Node n) {
  if (g.knows_shape(n)) return g.known_shape(n);
  std::vector<Node> pending{n};
  while (!pending.empty()) {
    const Node top = pending.back();
    const std::size_t before = pending.size();
    if (!g.knows_shape(top))
      for (std::uint32_t i = 0; i < detail::shape_sources(g, top); ++i)
        if (!g.knows_shape(g.source(top, i))) pending.push_back(g.source(top, i));
    if (pending.size() != before) continue;
    pending.pop_back();
    if (!g.knows_shape(top)) g.keep_shape(top, detail::shape_of_sources(g, top));
  }
  return g.known_shape(n);
}

template <class G>
constexpr std::size_t rank_of(G& g, Node n) {
  return shape_of(g, n).size();
}

/// The number of elements where every dimension is a constant, else -1.
template <class G>
constexpr std::int64_t constant_size(const G& g, const Shape& shape) {
  int128 size = 1;
  for (Node dim : shape) {
    if (!g.is_constant(dim)) return -1;
    size *= g.scalar(dim).as_wide();
    if (!fits_int64(size)) return -1;
  }
  return static_cast<std::int64_t>(size);
}

/// A shape for a message: (2, n, 4), where an expression is a node's number: (%17).
template <class G>
std::string shape_text(const G& g, const Shape& shape) {
  std::string text = "(";
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (k != 0) text += ", ";
    if (g.is_constant(shape[k]))
      text += std::to_string(g.scalar(shape[k]).as_int());
    else if (g.op(shape[k]) == Op::variable)
      text += g.text_at(g.argument(shape[k]));
    else
      text += "%" + std::to_string(number_of(shape[k]));
  }
  return text + ")";
}

namespace detail {

template <class G>
Status shape_fault(const G& g, Node n, const std::string& what) {
  return Status::failure(op_text(g, g.op(n)) + " (node " + std::to_string(number_of(n)) + "): " + what);
}

template <class G>
Status check_elementwise_shapes(G& g, Node n) {
  const Shape shape = shape_of(g, n);
  for (std::uint32_t i = 0; i < g.arity(n); ++i) {
    const Shape from = shape_of(g, g.source(n, i));
    if (!from.empty() && !(from == shape))
      return shape_fault(g, n,
                         "source " + std::to_string(i) + " has shape " + shape_text(g, from) + ", expected " +
                             shape_text(g, shape) + " or rank 0");
  }
  return {};
}

template <class G>
Status check_user_shape(G& g, Node n) {
  if (user_shape(g, n) == nullptr) return check_elementwise_shapes(g, n);
  std::string shapes;
  for (Node source : g.sources(n)) shapes += (shapes.empty() ? "" : " and ") + shape_text(g, shape_of(g, source));
  return shape_by_user(g, n) ? Status{} : shape_fault(g, n, "sources of shapes " + shapes + " do not fit");
}

template <class G>
Status check_reshape(G& g, Node n) {
  const Shape from = shape_of(g, g.source(n, 0)), to = shape_of(g, n);
  if (g.arity(n) - 1 > max_rank) return shape_fault(g, n, "more than 16 dimensions");
  for (Node dim : to)
    if (g.is_constant(dim) && g.scalar(dim).as_int() < 0) return shape_fault(g, n, "a dimension is negative");
  const std::int64_t had = constant_size(g, from), has = constant_size(g, to);
  if (had >= 0 && has >= 0 && had != has)
    return shape_fault(g, n,
                       "cannot make " + shape_text(g, to) + " of " + shape_text(g, from) + ": " + std::to_string(has) +
                           " elements of " + std::to_string(had));
  return {};
}

template <class G>
Status check_expand(G& g, Node n) {
  const Shape from = shape_of(g, g.source(n, 0)), to = shape_of(g, n);
  bool fits = from.size() == g.arity(n) - 1;
  for (std::size_t k = 0; fits && k < from.size(); ++k) fits = from[k] == to[k] || g.is_constant(from[k], 1);
  if (fits) return {};
  return shape_fault(g, n,
                     "cannot expand " + shape_text(g, from) + " to " + shape_text(g, to) +
                         ": the rank must be the same, and a dimension that changes must be 1");
}

template <class G>
Status check_permute(G& g, Node n) {
  const std::size_t rank = rank_of(g, g.source(n, 0));
  std::uint32_t seen = 0;
  for (unsigned k = 0; k < rank; ++k) seen |= 1u << permuted_axis(g.argument(n), k);
  if (seen != (1u << rank) - 1) return shape_fault(g, n, "the axes are not a permutation of the source's");
  if (rank < 16 && (g.argument(n) >> (4 * rank)) != 0) return shape_fault(g, n, "more axes than the source has");
  return {};
}

/// Pads are not negative, and a shrunk part lies in its source, as far as constants show it.
template <class G>
Status check_pairs(G& g, Node n) {
  const Shape from = shape_of(g, g.source(n, 0));
  if (g.arity(n) - 1 != 2 * from.size())
    return shape_fault(g, n,
                       std::to_string(g.arity(n) - 1) + " bounds for rank " + std::to_string(from.size()) +
                           ", expected a pair for each axis");
  for (std::uint32_t k = 0; k < from.size(); ++k) {
    const Node first = g.source(n, 2 * k + 1), second = g.source(n, 2 * k + 2);
    if (!is_int(g.dtype(first)) || !is_int(g.dtype(second))) return shape_fault(g, n, "a bound is no integer");
    const bool low = g.is_constant(first), high = g.is_constant(second);
    bool bad = (low && g.scalar(first).as_int() < 0) || (high && g.scalar(second).as_int() < 0);
    if (g.op(n) == Op::shrink) {
      bad = bad || (low && high && g.scalar(first).as_int() > g.scalar(second).as_int()) ||
            (high && g.is_constant(from[k]) && g.scalar(second).as_int() > g.scalar(from[k]).as_int());
    }
    if (bad) return shape_fault(g, n, "the bounds of axis " + std::to_string(k) + " do not fit " + shape_text(g, from));
  }
  return {};
}

template <class G>
Status check_axes(G& g, Node n, std::uint64_t axes) {
  const std::size_t rank = rank_of(g, g.source(n, 0));
  if ((axes >> rank) != 0) return shape_fault(g, n, "an axis is not below the rank, " + std::to_string(rank));
  return {};
}

template <class G>
Status check_store(G& g, Node n) {
  const Shape target = shape_of(g, g.source(n, 0)), value = shape_of(g, g.source(n, 1));
  if (value.empty() || value == target) return {};
  return shape_fault(g, n,
                     "a value of shape " + shape_text(g, value) + " for a target of shape " + shape_text(g, target));
}

}  // namespace detail

/// Whether the sources of one tensor-graph node fit it: dimensions, axes and bounds. Sources beyond what the
/// operator needs are the verifier's to see.
template <class G>
Status check_shape(G& g, Node n) {
  const Op op = g.op(n);
  if (g.arity(n) == 0) return {};
  if (is_user_op(op)) return find_operator(g, op) != nullptr ? detail::check_user_shape(g, n) : Status{};
  if (is_elementwise(op) || op == Op::pullback) return detail::check_elementwise_shapes(g, n);
  switch (op) {
  case Op::reshape: return detail::check_reshape(g, n);
  case Op::expand: return detail::check_expand(g, n);
  case Op::permute: return detail::check_permute(g, n);
  case Op::pad:
  case Op::shrink: return detail::check_pairs(g, n);
  case Op::flip: return detail::check_axes(g, n, g.argument(n));
  case Op::reduce: return detail::check_axes(g, n, unpack<ReduceArgument>(g.argument(n)).axes);
  case Op::store: return g.arity(n) < 2 ? Status{} : detail::check_store(g, n);
  default: return {};
  }
}

}  // namespace v0
}  // namespace whittle
