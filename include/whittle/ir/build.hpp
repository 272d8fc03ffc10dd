// Helpers that build nodes of any graph, each with the dtype that the operator gives its result.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include <whittle/core/fixed_vector.hpp>
#include <whittle/core/scalar.hpp>
#include <whittle/ir/node.hpp>

namespace whittle {
inline namespace v0 {

/// What the helpers need of a graph: `BasicGraph` is one.
template <class G>
concept NodeGraph = requires(G& graph, Node n) {
  { graph.dtype(n) } -> std::same_as<DType>;
  { graph.constant(DType::index, std::int64_t{}) } -> std::same_as<Node>;
};

/// A node, or an integer that becomes a constant of the dtype of the operand beside it.
class Operand {
 public:
  constexpr Operand(Node node) : node_(node) {}
  template <std::integral T>
  constexpr Operand(T number) : number_(static_cast<std::int64_t>(number)) {}

  constexpr bool is_node() const { return node_ != Node::none; }
  template <NodeGraph G>
  constexpr DType dtype(const G& g, DType otherwise = DType::index) const {
    return is_node() ? g.dtype(node_) : otherwise;
  }
  /// The node; a number is a constant of dtype `dtype`.
  template <NodeGraph G>
  constexpr Node in(G& g, DType dtype) const {
    return is_node() ? node_ : g.constant(dtype, number_);
  }

 private:
  Node node_ = Node::none;
  std::int64_t number_ = 0;
};

/// Any elementwise operator of one source; the result has the source's dtype.
template <NodeGraph G>
constexpr Node unary(G& g, Op op, Node x) {
  return g.make(op, g.dtype(x), {x});
}

/// Any elementwise operator of two sources: bool for comparisons, else the dtype of the operands, which
/// should be equal (the verifier says so). Of two numbers, both are of dtype index.
template <NodeGraph G>
constexpr Node binary(G& g, Op op, Operand a, Operand b) {
  const DType operand = a.dtype(g, b.dtype(g));
  return g.make(op, is_comparison(op) ? DType::boolean : operand, {a.in(g, operand), b.in(g, operand)});
}

template <NodeGraph G>
constexpr Node neg(G& g, Node x) {
  return unary(g, Op::neg, x);
}
template <NodeGraph G>
constexpr Node reciprocal(G& g, Node x) {
  return unary(g, Op::reciprocal, x);
}
template <NodeGraph G>
constexpr Node exp(G& g, Node x) {
  return unary(g, Op::exp, x);
}
template <NodeGraph G>
constexpr Node log(G& g, Node x) {
  return unary(g, Op::log, x);
}
template <NodeGraph G>
constexpr Node exp2(G& g, Node x) {
  return unary(g, Op::exp2, x);
}
template <NodeGraph G>
constexpr Node log2(G& g, Node x) {
  return unary(g, Op::log2, x);
}
template <NodeGraph G>
constexpr Node sin(G& g, Node x) {
  return unary(g, Op::sin, x);
}
template <NodeGraph G>
constexpr Node sqrt(G& g, Node x) {
  return unary(g, Op::sqrt, x);
}
template <NodeGraph G>
constexpr Node trunc(G& g, Node x) {
  return unary(g, Op::trunc, x);
}
/// Of a bool; the complement of an integer is bit_xor with -1.
template <NodeGraph G>
constexpr Node logical_not(G& g, Node x) {
  return unary(g, Op::logical_not, x);
}

/// `x` as a number of another dtype; `x` itself where it has that dtype.
template <NodeGraph G>
constexpr Node cast(G& g, Node x, DType dtype) {
  return g.dtype(x) == dtype ? x : g.make(Op::cast, dtype, {x});
}
/// The bits of `x` read as another dtype of that width; `x` itself where it has that dtype.
template <NodeGraph G>
constexpr Node bitcast(G& g, Node x, DType dtype) {
  return g.dtype(x) == dtype ? x : g.make(Op::bitcast, dtype, {x});
}

template <NodeGraph G>
constexpr Node add(G& g, Operand a, Operand b) {
  return binary(g, Op::add, a, b);
}
template <NodeGraph G>
constexpr Node sub(G& g, Operand a, Operand b) {
  return binary(g, Op::sub, a, b);
}
template <NodeGraph G>
constexpr Node mul(G& g, Operand a, Operand b) {
  return binary(g, Op::mul, a, b);
}
template <NodeGraph G>
constexpr Node fdiv(G& g, Operand a, Operand b) {
  return binary(g, Op::fdiv, a, b);
}
template <NodeGraph G>
constexpr Node floordiv(G& g, Operand a, Operand b) {
  return binary(g, Op::floordiv, a, b);
}
template <NodeGraph G>
constexpr Node floormod(G& g, Operand a, Operand b) {
  return binary(g, Op::floormod, a, b);
}
template <NodeGraph G>
constexpr Node cdiv(G& g, Operand a, Operand b) {
  return binary(g, Op::cdiv, a, b);
}
template <NodeGraph G>
constexpr Node cmod(G& g, Operand a, Operand b) {
  return binary(g, Op::cmod, a, b);
}
template <NodeGraph G>
constexpr Node max(G& g, Operand a, Operand b) {
  return binary(g, Op::max, a, b);
}
template <NodeGraph G>
constexpr Node min(G& g, Operand a, Operand b) {
  return binary(g, Op::min, a, b);
}
template <NodeGraph G>
constexpr Node pow(G& g, Operand a, Operand b) {
  return binary(g, Op::pow, a, b);
}
template <NodeGraph G>
constexpr Node bit_and(G& g, Operand a, Operand b) {
  return binary(g, Op::bit_and, a, b);
}
template <NodeGraph G>
constexpr Node bit_or(G& g, Operand a, Operand b) {
  return binary(g, Op::bit_or, a, b);
}
template <NodeGraph G>
constexpr Node bit_xor(G& g, Operand a, Operand b) {
  return binary(g, Op::bit_xor, a, b);
}
template <NodeGraph G>
constexpr Node shl(G& g, Operand a, Operand b) {
  return binary(g, Op::shl, a, b);
}
template <NodeGraph G>
constexpr Node shr(G& g, Operand a, Operand b) {
  return binary(g, Op::shr, a, b);
}
template <NodeGraph G>
constexpr Node less(G& g, Operand a, Operand b) {
  return binary(g, Op::less, a, b);
}
template <NodeGraph G>
constexpr Node less_equal(G& g, Operand a, Operand b) {
  return binary(g, Op::less_equal, a, b);
}
template <NodeGraph G>
constexpr Node greater(G& g, Operand a, Operand b) {
  return binary(g, Op::less, b, a);
}
template <NodeGraph G>
constexpr Node greater_equal(G& g, Operand a, Operand b) {
  return binary(g, Op::less_equal, b, a);
}
template <NodeGraph G>
constexpr Node equal(G& g, Operand a, Operand b) {
  return binary(g, Op::equal, a, b);
}
template <NodeGraph G>
constexpr Node not_equal(G& g, Operand a, Operand b) {
  return binary(g, Op::not_equal, a, b);
}
/// Conjunction of bools: there is no short circuit in a graph, so these are `and` and `or`.
template <NodeGraph G>
constexpr Node logical_and(G& g, Node a, Node b) {
  return binary(g, Op::bit_and, a, b);
}
template <NodeGraph G>
constexpr Node logical_or(G& g, Node a, Node b) {
  return binary(g, Op::bit_or, a, b);
}

template <NodeGraph G>
constexpr Node where(G& g, Node condition, Operand a, Operand b) {
  const DType dtype = a.dtype(g, b.dtype(g));
  return g.make(Op::where, dtype, {condition, a.in(g, dtype), b.in(g, dtype)});
}
/// a * b + c, rounded once.
template <NodeGraph G>
constexpr Node fma(G& g, Node a, Node b, Node c) {
  return g.make(Op::fma, g.dtype(a), {a, b, c});
}

// Memory and order

/// A buffer that no other buffer of the graph is.
template <NodeGraph G>
constexpr Node buffer(G& g, DType dtype, Operand size, AddressSpace space = AddressSpace::global) {
  return g.make(Op::buffer, dtype, {size.in(g, DType::index)}, pack(BufferArgument{g.fresh_id(), space, {}}));
}
template <NodeGraph G>
constexpr Node parameter(G& g, DType dtype, Operand size, std::uint64_t position) {
  return g.make(Op::parameter, dtype, {size.in(g, DType::index)}, position);
}
template <NodeGraph G>
constexpr Node special(G& g, Operand size, std::string_view name) {
  return g.make(Op::special, DType::index, {size.in(g, DType::index)}, g.text(name));
}
/// The address of element `offset`. Addresses have the dtype of what they point to.
template <NodeGraph G>
constexpr Node index_of(G& g, Node buffer, Operand offset) {
  return g.make(Op::index, g.dtype(buffer), {buffer, offset.in(g, DType::index)});
}
template <NodeGraph G>
constexpr Node load(G& g, Node address) {
  return g.make(Op::load, g.dtype(address), {address});
}
/// What lies at `address`; where `gate` is false, `alternative`, and the address is not touched.
template <NodeGraph G>
constexpr Node load(G& g, Node address, Operand alternative, Node gate) {
  const DType dtype = g.dtype(address);
  return g.make(Op::load, dtype, {address, alternative.in(g, dtype), gate});
}
template <NodeGraph G>
constexpr Node store(G& g, Node target, Operand value) {
  return g.make(Op::store, DType::none, {target, value.in(g, g.dtype(target))});
}
template <NodeGraph G>
constexpr Node store(G& g, Node target, Operand value, Node gate) {
  return g.make(Op::store, DType::none, {target, value.in(g, g.dtype(target)), gate});
}

namespace detail {
/// `first`, then `rest`: off the heap for as many sources as a movement operator can have.
template <NodeGraph G>
constexpr Node make_with_first(G& g, Op op, DType dtype, Node first, std::span<const Node> rest,
                               std::uint64_t argument = 0) {
  constexpr std::size_t few = 2 * 16 + 1;
  if (rest.size() < few) {
    FixedVector<Node, few> sources{first};
    for (Node n : rest) sources.push_back(n);
    return g.make(op, dtype, std::span<const Node>(sources), argument);
  }
  Node* const sources = new Node[rest.size() + 1];
  sources[0] = first;
  for (std::size_t i = 0; i < rest.size(); ++i) sources[i + 1] = rest[i];
  const Node made = g.make(op, dtype, std::span<const Node>(sources, rest.size() + 1), argument);
  delete[] sources;
  return made;
}

constexpr std::span<const Node> span_of(std::initializer_list<Node> nodes) { return {nodes.begin(), nodes.size()}; }

/// At most a pair for each axis; more are dropped, which the verifier then reports.
template <NodeGraph G>
constexpr FixedVector<Node, 32> indices(G& g, std::initializer_list<Operand> list) {
  FixedVector<Node, 32> nodes;
  for (const Operand& operand : list) nodes.push_back(operand.in(g, DType::index));
  return nodes;
}
}  // namespace detail

/// `x`, once the effects are done.
template <NodeGraph G>
constexpr Node after(G& g, Node x, std::span<const Node> effects) {
  return detail::make_with_first(g, Op::after, g.dtype(x), x, effects);
}
template <NodeGraph G>
constexpr Node after(G& g, Node x, std::initializer_list<Node> effects) {
  return after(g, x, detail::span_of(effects));
}
/// Closes the loops of `ranges`, outermost first, around `effect`.
template <NodeGraph G>
constexpr Node end(G& g, Node effect, std::span<const Node> ranges) {
  return detail::make_with_first(g, Op::end, DType::none, effect, ranges);
}
template <NodeGraph G>
constexpr Node end(G& g, Node effect, std::initializer_list<Node> ranges) {
  return end(g, effect, detail::span_of(ranges));
}
template <NodeGraph G>
constexpr Node group(G& g, std::span<const Node> effects) {
  return g.make(Op::group, DType::none, effects);
}
template <NodeGraph G>
constexpr Node group(G& g, std::initializer_list<Node> effects) {
  return group(g, detail::span_of(effects));
}
template <NodeGraph G>
constexpr Node sink(G& g, std::span<const Node> effects) {
  return g.make(Op::sink, DType::none, effects);
}
template <NodeGraph G>
constexpr Node sink(G& g, std::initializer_list<Node> effects) {
  return sink(g, detail::span_of(effects));
}

// Tensors. Lists hold nodes of dtype index, or numbers: reshape(g, x, {2, n, 4}).

template <NodeGraph G>
constexpr Node reshape(G& g, Node x, std::span<const Node> dims) {
  return detail::make_with_first(g, Op::reshape, g.dtype(x), x, dims);
}
template <NodeGraph G>
constexpr Node reshape(G& g, Node x, std::initializer_list<Operand> dims) {
  return reshape(g, x, std::span<const Node>(detail::indices(g, dims)));
}
template <NodeGraph G>
constexpr Node expand(G& g, Node x, std::span<const Node> dims) {
  return detail::make_with_first(g, Op::expand, g.dtype(x), x, dims);
}
template <NodeGraph G>
constexpr Node expand(G& g, Node x, std::initializer_list<Operand> dims) {
  return expand(g, x, std::span<const Node>(detail::indices(g, dims)));
}
/// Adds zeros: for each axis a pair (before, after).
template <NodeGraph G>
constexpr Node pad(G& g, Node x, std::span<const Node> pairs) {
  return detail::make_with_first(g, Op::pad, g.dtype(x), x, pairs);
}
template <NodeGraph G>
constexpr Node pad(G& g, Node x, std::initializer_list<Operand> pairs) {
  return pad(g, x, std::span<const Node>(detail::indices(g, pairs)));
}
/// Keeps a part: for each axis a pair (begin, end).
template <NodeGraph G>
constexpr Node shrink(G& g, Node x, std::span<const Node> pairs) {
  return detail::make_with_first(g, Op::shrink, g.dtype(x), x, pairs);
}
template <NodeGraph G>
constexpr Node shrink(G& g, Node x, std::initializer_list<Operand> pairs) {
  return shrink(g, x, std::span<const Node>(detail::indices(g, pairs)));
}
/// Axis k of the result is axis axes[k] of `x`.
template <NodeGraph G>
constexpr Node permute(G& g, Node x, std::span<const unsigned> axes) {
  std::uint64_t argument = 0;
  for (std::size_t k = 0; k < axes.size(); ++k) argument |= std::uint64_t{axes[k] & 15u} << (4 * k);
  return g.make(Op::permute, g.dtype(x), {x}, argument);
}
template <NodeGraph G>
constexpr Node permute(G& g, Node x, std::initializer_list<unsigned> axes) {
  return permute(g, x, std::span<const unsigned>(axes.begin(), axes.size()));
}
/// Reverses the axes that have a bit in `axes`.
template <NodeGraph G>
constexpr Node flip(G& g, Node x, std::uint64_t axes) {
  return g.make(Op::flip, g.dtype(x), {x}, axes);
}
/// Folds the axes that have a bit in `axes`; they stay, with size 1.
template <NodeGraph G>
constexpr Node reduce(G& g, Node x, Op op, std::uint32_t axes) {
  return g.make(Op::reduce, g.dtype(x), {x}, pack(ReduceArgument{op, 0, axes}));
}
/// Folds over the ranges of a kernel.
template <NodeGraph G>
constexpr Node reduce(G& g, Node x, Op op, std::span<const Node> ranges) {
  return detail::make_with_first(g, Op::reduce, g.dtype(x), x, ranges, pack(ReduceArgument{op, 0, 0}));
}
template <NodeGraph G>
constexpr Node reduce(G& g, Node x, Op op, std::initializer_list<Node> ranges) {
  return reduce(g, x, op, detail::span_of(ranges));
}
/// 0, 1, ..., size - 1.
template <NodeGraph G>
constexpr Node iota(G& g, Operand size, DType dtype = DType::index) {
  return g.make(Op::iota, dtype, {size.in(g, DType::index)});
}
template <NodeGraph G>
constexpr Node contiguous(G& g, Node x) {
  return g.make(Op::contiguous, g.dtype(x), {x});
}
template <NodeGraph G>
constexpr Node detach(G& g, Node x) {
  return g.make(Op::detach, g.dtype(x), {x});
}
/// Stands for the group of what `gradient`, the gradient by `y`, gives each source of `y`.
template <NodeGraph G>
constexpr Node pullback(G& g, Node y, Node gradient) {
  return g.make(Op::pullback, DType::none, {y, gradient});
}

}  // namespace v0
}  // namespace whittle
