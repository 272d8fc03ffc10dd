// How rules reach a graph: a traits class that its owner specialises.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include <whittle/core/inline.hpp>
#include <whittle/core/scalar.hpp>
#include <whittle/match/operand_code.hpp>

namespace whittle {
inline namespace v0 {

/// Specialise for a graph or tree of your own:
///
///     using node = ...;                                         // cheap to copy, with ==
///     static node none();                                       // no node: what a lambda returns to decline
///     static Op op(const G&, node);
///     static std::uint32_t arity(const G&, node);
///     static node source(const G&, node, std::uint32_t k);
///     static node make(G&, Op, DType, std::span<const node> sources, std::uint64_t argument);
///
/// and, where the graph has them:
///
///     static DType dtype(const G&, node);                       // else rules fire on any dtype
///     static std::uint64_t argument(const G&, node);
///     static bool is_constant(const G&, node);                  // for literals, cst, guards and folding
///     static Scalar constant(const G&, node);
///     static node make_constant(G&, Scalar);
///     static Interval-like interval(G&, node);                  // {low, high} of int64; guards ask it
///     static node make(G&, Op, DType, node, node, std::uint64_t argument);  // quicker, over two sources
///     static node source_of_few(const G&, node, std::uint32_t k);  // quicker, of at most three; with operand_codes
///                                                                  // anything where there is none, if k is 0 or 1
///     static node source_or_none(const G&, node, std::uint32_t k);  // quicker, if none() may be asked what nodes are:
///                                                                   // it has no sources, and an index of its own;
///                                                                   // k is 0 or 1
///     static std::uint32_t operand_code(const G&, node);        // OperandCode::of, if nodes have them, and
///     static OperandCodes operand_codes(const G&, node);        // those of its sources, where there are no more than
///                                                               // two; else anything
///     static std::uint64_t constant_bits(const G&, node);       // quicker; of what is no constant, anything
///     static std::uint32_t index(const G&, node);               // dense number; else the driver makes one
///     static node node_at(const G&, std::uint32_t index);       // if sources have lower numbers than their users
///     static constexpr bool constants_last = true;              // commutative operands are ordered so
///
/// and for rewrite_parallel, of a graph that can be constructed without arguments and has node_at:
///
///     static void begin_copies(G& to, const G& from, std::size_t nodes);  // before so many nodes are copied
///     static node copy(G& to, const G& from, node, const auto& copy_of);  // over copy_of(source) of each source
///     static bool has_only_copied_ids(const G& to, const G& from);        // false: rules have given ids in `to` that
///                                                                         // other copies of `from` may give, too
template <class G>
struct graph_traits;

template <class G>
using node_of = typename graph_traits<G>::node;

template <class G>
concept RewritableGraph = requires(G& g, const G& c, node_of<G> n, std::span<const node_of<G>> sources) {
  { graph_traits<G>::none() } -> std::same_as<node_of<G>>;
  { graph_traits<G>::op(c, n) } -> std::same_as<Op>;
  { graph_traits<G>::arity(c, n) } -> std::convertible_to<std::uint32_t>;
  { graph_traits<G>::source(c, n, 0u) } -> std::same_as<node_of<G>>;
  { graph_traits<G>::make(g, Op::add, DType::none, sources, std::uint64_t{}) } -> std::same_as<node_of<G>>;
};

namespace detail {

template <class G>
concept HasDType = requires(const G& g, node_of<G> n) { graph_traits<G>::dtype(g, n); };
template <class G>
concept HasConstants = requires(G& g, const G& c, node_of<G> n, Scalar s) {
  { graph_traits<G>::is_constant(c, n) } -> std::convertible_to<bool>;
  { graph_traits<G>::constant(c, n) } -> std::same_as<Scalar>;
  { graph_traits<G>::make_constant(g, s) } -> std::same_as<node_of<G>>;
};
template <class G>
concept HasOperandCodes = requires(const G& g, node_of<G> n) {
  { graph_traits<G>::operand_codes(g, n) } -> std::same_as<OperandCodes>;
  { graph_traits<G>::operand_code(g, n) } -> std::same_as<std::uint32_t>;
};
template <class G>
concept HasArgument = requires(const G& g, node_of<G> n) { graph_traits<G>::argument(g, n); };
template <class G>
concept HasIntervals = requires(G& g, node_of<G> n) { graph_traits<G>::interval(g, n).low; };
template <class G>
concept HasIndex = requires(const G& g, node_of<G> n) { graph_traits<G>::index(g, n); };
template <class G>
concept GivesNone = requires(const G& g) { graph_traits<G>::source_or_none(g, graph_traits<G>::none(), 0u); };
template <class G>
concept HasNodeAt = HasIndex<G> && requires(const G& g, std::uint32_t index) {
  { graph_traits<G>::node_at(g, index) } -> std::same_as<node_of<G>>;
};

/// The node over two sources.
template <class G>
WHITTLE_INLINE constexpr node_of<G> make_of_two(G& g, Op op, DType dtype, node_of<G> a, node_of<G> b,
                                                std::uint64_t argument) {
  if constexpr (requires { graph_traits<G>::make(g, op, dtype, a, b, argument); }) {
    return graph_traits<G>::make(g, op, dtype, a, b, argument);
  } else {
    const node_of<G> sources[] = {a, b};
    return graph_traits<G>::make(g, op, dtype, std::span<const node_of<G>>(sources), argument);
  }
}

/// Nearly all nodes have no more sources.
inline constexpr std::uint32_t few_sources = 3;
/// A source of a node that has no more than `few_sources`.
template <class G>
constexpr node_of<G> few_source(const G& g, node_of<G> n, std::uint32_t k) {
  if constexpr (requires { graph_traits<G>::source_of_few(g, n, k); })
    return graph_traits<G>::source_of_few(g, n, k);
  else
    return graph_traits<G>::source(g, n, k);
}

/// Calls for each source of a node. With none, of a graph that gives it for sources that are missing, perhaps for that,
/// too: most nodes have two sources, and whether they have need not be asked.
template <bool WithNone, class G>
WHITTLE_INLINE constexpr void for_each_source(const G& g, node_of<G> n, const auto& act) {
  using T = graph_traits<G>;
  const std::uint32_t count = T::arity(g, n);
  if (count > few_sources) [[unlikely]] {
    for (std::uint32_t k = 0; k < count; ++k) act(T::source(g, n, k));
    return;
  }
  for (std::uint32_t k = 0; k < 2; ++k)
    if constexpr (WithNone)
      act(T::source_or_none(g, n, k));
    else if (k < count)
      act(few_source<G>(g, n, k));
  if (count == few_sources) act(few_source<G>(g, n, 2));
}

template <class G>
constexpr bool constants_last() {
  if constexpr (requires { graph_traits<G>::constants_last; })
    return graph_traits<G>::constants_last;
  else
    return false;
}

template <class G>
constexpr DType dtype_in(const G& g, node_of<G> n) {
  if constexpr (HasDType<G>)
    return graph_traits<G>::dtype(g, n);
  else if constexpr (HasConstants<G>)
    return graph_traits<G>::is_constant(g, n) ? graph_traits<G>::constant(g, n).dtype : DType::none;
  else
    return DType::none;
}
template <class G>
constexpr std::uint64_t argument_in(const G& g, node_of<G> n) {
  if constexpr (HasArgument<G>)
    return graph_traits<G>::argument(g, n);
  else
    return 0;
}
template <class G>
constexpr bool is_constant_in(const G& g, node_of<G> n) {
  if constexpr (HasConstants<G>)
    return graph_traits<G>::is_constant(g, n);
  else
    return false;
}
template <class G>
constexpr bool constant_in(const G& g, node_of<G> n, Scalar& value) {
  if constexpr (HasConstants<G>) {
    if (!graph_traits<G>::is_constant(g, n)) return false;
    value = graph_traits<G>::constant(g, n);
    return true;
  } else {
    return false;
  }
}

/// The bits of a constant; of what is none, anything.
template <class G>
constexpr std::uint64_t constant_bits(const G& g, node_of<G> n) {
  if constexpr (requires { graph_traits<G>::constant_bits(g, n); })
    return graph_traits<G>::constant_bits(g, n);
  else
    return graph_traits<G>::is_constant(g, n) ? graph_traits<G>::constant(g, n).bits : 0;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
