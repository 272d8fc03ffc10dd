// Rules over the tensor graph: movement operators that cancel or join, and reductions of reductions.
#pragma once

#include <whittle/ir/shape.hpp>
#include <whittle/match/language.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::tensor_rules_ {

using namespace dsl;
using dsl::var;  // tensors have a function of that name
inline constexpr auto x = var<"x">;

constexpr bool is_identity_permutation(std::uint64_t argument, std::size_t rank) {
  for (unsigned k = 0; k < rank; ++k)
    if (permuted_axis(argument, k) != k) return false;
  return true;
}

/// Movement that leaves a shape as it was: reshape and expand to the same dims.
template <class G>
Node without_effect(G& g, Node n, Node source) {
  return shape_of(g, n) == shape_of(g, source) ? source : Node::none;
}

template <class G>
Node joined_permutes(G& g, Node outer, Node inner, Node source) {
  std::uint64_t argument = 0;
  for (unsigned k = 0; k < shape_of(g, source).size(); ++k)
    argument |= std::uint64_t{permuted_axis(g.argument(inner), permuted_axis(g.argument(outer), k))} << (4 * k);
  return g.make(Op::permute, g.dtype(outer), {source}, argument);
}

template <class G>
Node joined_reductions(G& g, Node outer, Node inner, Node source) {
  const auto a = unpack<ReduceArgument>(g.argument(outer)), b = unpack<ReduceArgument>(g.argument(inner));
  return a.op == b.op ? reduce(g, source, a.op, a.axes | b.axes) : Node::none;
}

template <class G>
Node with_dims(G& g, Node n, Node source) {
  std::vector<Node> sources{source};
  for (std::uint32_t k = 1; k < g.arity(n); ++k) sources.push_back(g.source(n, k));
  return g.with_sources(n, sources);
}

// clang-format off
inline constexpr auto list = rules<structural>("tensors",
    detach(x)                                                  >>= x,   // gradients are taken by now
    contiguous(contiguous(x))                                  >>= contiguous(x),
    named("reshape of reshape", and_more(node<Op::reshape>(and_more(node<Op::reshape>(x)))).as<"n">()
                                                               >>= with(var<"n">, x)([](auto& g, auto n, auto from) { return with_dims(g, n, from); })),
    named("reshape to itself",  and_more(node<Op::reshape>(x)).as<"n">()
                                                               >>= with(var<"n">, x)([](auto& g, auto n, auto from) { return without_effect(g, n, from); })),
    named("expand to itself",   and_more(node<Op::expand>(x)).as<"n">()
                                                               >>= with(var<"n">, x)([](auto& g, auto n, auto from) { return without_effect(g, n, from); })),
    named("expand of expand",   and_more(node<Op::expand>(and_more(node<Op::expand>(x)))).as<"n">()
                                                               >>= with(var<"n">, x)([](auto& g, auto n, auto from) { return with_dims(g, n, from); })),
    named("permute of permute", node<Op::permute>(node<Op::permute>(x).as<"m">()).as<"n">()
                                                               >>= with(var<"n">, var<"m">, x)([](auto& g, auto n, auto m, auto from) { return joined_permutes(g, n, m, from); })),
    named("permute to itself",  node<Op::permute>(x).as<"n">()
                                                               >>= with(var<"n">, x)([](auto& g, auto n, auto from) {
                                                                     return is_identity_permutation(g.argument(n), shape_of(g, from).size()) ? from : Node::none; })),
    named("reduce of reduce",   node<Op::reduce>(node<Op::reduce>(x).as<"m">()).as<"n">()
                                                               >>= with(var<"n">, var<"m">, x)([](auto& g, auto n, auto m, auto from) { return joined_reductions(g, n, m, from); })));
// clang-format on

}  // namespace detail::tensor_rules_

inline constexpr auto& tensor_rules = detail::tensor_rules_::list;

}  // namespace v0
}  // namespace whittle
