// Sums of sums become one sum, with one accumulator.
#pragma once

#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/lower/context.hpp>
#include <whittle/match/language.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::sums {

using namespace dsl;
using dsl::var;  // tensors have a function of that name
inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">, v = var<"v">;

template <class G>
bool is_sum(const G& g, Node reduction) {
  return unpack<ReduceArgument>(g.argument(reduction)).op == Op::add;
}

/// The sum of a value over the ranges of two sums. Gates depend on those of the outer one, which stay outermost.
template <class G>
Node joined(G& g, Node outer, Node inner, Node value) {
  if (!is_sum(g, outer) || !is_sum(g, inner)) return Node::none;
  std::vector<Node> ranges(g.sources(outer).begin() + 1, g.sources(outer).end());
  for (std::uint32_t k = 1; k < g.arity(inner); ++k) ranges.push_back(g.source(inner, k));
  return reduce(g, value, Op::add, ranges);
}

/// A load of a register.
template <class G>
bool is_accumulator(const G& g, Node load) {
  Node memory = g.source(g.source(load, 0), 0);
  while (g.op(memory) == Op::after) memory = g.source(memory, 0);
  return g.op(memory) == Op::buffer && unpack<BufferArgument>(g.argument(memory)).space == AddressSpace::registers;
}

inline constexpr auto yz = (y * z).is(only(DType::float32) | only(DType::float64)).as<"product">();
inline constexpr auto inner = and_more(node<Op::reduce>(x)).as<"inner">();

// clang-format off
inline constexpr auto list = rules<structural>("sums",
    named("a sum of sums", and_more(node<Op::reduce>(inner)).as<"outer">()
        >>= with(var<"outer">, var<"inner">, x)([](auto& g, auto sum, auto part, auto value) {
              return joined(g, sum, part, value); })),
    named("a sum of gated sums", and_more(node<Op::reduce>(where(v, inner, 0))).as<"outer">()
        >>= with(var<"outer">, var<"inner">, v, x)([](auto& g, auto sum, auto part, auto valid, auto value) {
              return joined(g, sum, part, where(g, valid, value, g.constant(g.dtype(value), 0))); })));
// A product that is added or not is one instruction, an addition of it or of 0 is three. An accumulator never is -0.
inline constexpr auto into_accumulators = rules<structural>("gated sums",
    named("a gated product", node<Op::add>(load(x).as<"sum">(), where(v, (y * z).as<"product">(), 0))
        >>= with(var<"sum">, v, var<"product">)([](auto& g, auto sum, auto valid, auto product) {
              return is_accumulator(g, sum) ? where(g, valid, add(g, sum, product), sum) : Node::none; })));
// Only here, and never by a back end: an elementwise value that several kernels compute, or store a part of, has to be
// one number in all of them, or `x == max(x)` finds nothing.
inline constexpr auto fused = rules<structural>("fused products",
    named("a product into an accumulator", load(x).as<"sum">() + yz
        >>= with(var<"sum">, var<"product">, y, z)([](auto& g, auto sum, auto product, auto first, auto second) {
              return is_accumulator(g, sum) ? g.make(Op::fma, g.dtype(product), {first, second, sum}) : Node::none; })));
// clang-format on

}  // namespace detail::sums

inline constexpr auto& sum_rules = detail::sums::list;
inline constexpr auto& gated_sum_rules = detail::sums::into_accumulators;
inline constexpr auto& fused_product_rules = detail::sums::fused;

/// The target has an instruction for a product that is added.
inline bool can_fuse(const PassContext& context) { return context.target.has_fma; }

}  // namespace v0
}  // namespace whittle
