// Sums of fixed-width integers, modulo 2^bits: like terms collected.
#pragma once

#include <whittle/simplify/linear.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// What is added, less what is subtracted, plus a constant: p + q * 2 - (r + s) + 3.
template <class G>
constexpr Node wrapping_expression(G& g, const LinearSum& sum) {
  const DType dtype = sum.dtype;
  const LinearSum added = part_of_sign(sum, 1), taken = part_of_sign(sum, -1);
  const Node constant = g.constant(dtype, sum.constant);
  if (sum.is_constant()) return constant;
  if (added.is_constant() && sum.constant != 0) return g.make(Op::sub, dtype, {constant, expression(g, taken)});
  Node made = Node::none;
  if (taken.is_constant())
    made = expression(g, added);
  else if (!added.is_constant())
    made = g.make(Op::sub, dtype, {expression(g, added), expression(g, taken)});
  else
    made = sum.terms.size() == 1 ? scaled(g, sum, sum.terms[0]) : g.make(Op::neg, dtype, {expression(g, taken)});
  return sum.constant == 0 ? made : g.make(Op::add, dtype, {made, constant});
}

/// What add_expression() says of a sum that is written out.
constexpr std::uint32_t cost_of_addends(const LinearSum& sum) {
  std::uint32_t cost = sum.constant != 0 ? cost_of(Op::add) : 0;
  for (const Term& term : sum.terms)
    cost += cost_of(Op::add) + (term.coefficient == 1 || term.coefficient == -1 ? 0 : cost_of(Op::mul));
  return cost;
}

/// A sum or a difference with like terms collected; none if that is not cheaper, or leaves more than `most_terms`
/// terms. What stays is in the order in which it was written: parts of running sums are often used by themselves.
template <class G>
constexpr Node collected_sum(G& g, Node n) {
  LinearSum sum(g.dtype(n));
  const std::uint32_t cost = add_expression(g, sum, n, 1);
  if (!sum.fits || cost_of_addends(sum) >= cost) return Node::none;
  const Node made = wrapping_expression(g, sum);
  return made == n || !keeps_bounds(g, n, made) ? Node::none : made;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
