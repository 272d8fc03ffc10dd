// Sums of an index in structural order, before any two of their quotients and remainders meet.
#pragma once

#include <whittle/simplify/long_sum.hpp>
#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// A sum, a difference or a negative in structural order, like terms collected. Quotients and remainders are left as
/// they are, and so are multiples of sums. None if it is so already, or a difference or a negative of a long sum.
template <class G>
constexpr Node ordered_sum(G& g, Node n) {
  if (g.op(n) == Op::add && is_short_chain_in_order(g, n)) return Node::none;
  LinearSum sum;
  sum.distributes = false;
  for (Node source : g.sources(n)) sum.fits = sum.fits && is_short_chain(g, source);
  if (sum.fits) add_expression(g, sum, n, 1);
  if (!sum.fits) return g.op(n) == Op::add ? canonical_long_sum(g, n, false) : Node::none;
  const Node ordered = expression(g, sum);
  return ordered != n ? ordered : Node::none;
}

}  // namespace detail

namespace builtin {

// clang-format off

// Multiples of a sum stay multiples also where they add up to that sum, so that it does not matter which of
// them meet first: S * 1 is left.
inline constexpr auto sum_order = rules<unbounded>("sum order",
    named("ordered sum", any_of(_ + _, _ - _, -_, _ * 1).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::ordered_sum(g, n); })),
    x - y                                         >>= x + -y,
    -(x + y)                                      >>= -x + -y);
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
