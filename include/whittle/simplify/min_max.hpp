// Minimum and maximum of integers.
#pragma once

#include <whittle/simplify/inequality.hpp>
#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

constexpr bool share_a_base(const LinearSum& a, const LinearSum& b) {
  for (const Term& x : a.terms)
    for (const Term& y : b.terms)
      if (x.base == y.base) return true;
  return false;
}

/// Whether two expressions that are no sums are multiples of different terms.
template <class G>
constexpr bool are_unrelated_terms(const G& g, Node a, Node b) {
  const Node of_a = base_of(g, a), of_b = base_of(g, b);
  return of_a != of_b && !is_linear(g, of_a) && !is_linear(g, of_b);
}

/// Of two index expressions the one that is always their minimum or maximum; none if that is not known.
template <class G>
constexpr Node decided_of(G& g, bool is_min, Node a, Node b) {
  const Interval of_a = interval_of(g, a), of_b = interval_of(g, b);
  const bool is_small = bounds::is_small(of_a) && bounds::is_small(of_b);
  if (is_small && (is_min ? of_a.high <= of_b.low : of_b.high <= of_a.low)) return a;
  if (is_small && (is_min ? of_b.high <= of_a.low : of_a.high <= of_b.low)) return b;
  // Of unrelated operands the bounds have told all there is.
  if (is_small && are_unrelated_terms(g, a, b)) return Node::none;
  LinearSum difference, right;
  if (read_sum(g, a, difference) && read_sum(g, b, right)) {
    if (is_small && !share_a_base(difference, right)) return Node::none;
    add_scaled(g, difference, right, -1);
  } else {
    add_expression(g, difference, b, -1);
  }
  if (!difference.fits) return Node::none;
  const bounds::WideInterval all = bounds_of(g, difference);
  if (all.low < 0 && all.high > 0) return Node::none;
  return (all.high <= 0) == is_min ? a : b;
}
template <class G>
constexpr Node decided_min_max(G& g, Node n) {
  return decided_of(g, g.op(n) == Op::min, g.source(n, 0), g.source(n, 1));
}

/// A chain of minima or maxima of an index without an operand that another one decides; none if there is none. No two
/// operands but the last and an earlier one are like that.
template <class G>
constexpr Node without_decided(G& g, Node n) {
  const Op op = g.op(n);
  if (g.dtype(n) != DType::index || !is_extreme(op)) return Node::none;
  const Node a = g.source(n, 0), b = g.source(n, 1);
  if ((g.op(a) == op) == (g.op(b) == op)) return Node::none;
  const Node others = g.op(a) == op ? a : b, last = g.op(a) == op ? b : a;
  FixedVector<Node, most_terms> kept;
  bool drops = false;
  for (Node rest = others; rest != Node::none;) {
    const ChainParts parts = parts_of_chain(g, op, rest);
    const Node operand = parts.last, decided = decided_of(g, op == Op::min, operand, last);
    rest = parts.rest;
    if (decided == operand) return others;
    if (decided == last)
      drops = true;
    else if (!kept.push_back(operand))
      return Node::none;
  }
  if (!drops) return Node::none;
  Node made = last;
  for (std::size_t i = kept.size(); i-- > 0;) made = g.make(op, DType::index, {made, kept[i]});
  return made;
}

}  // namespace detail

namespace builtin {

// clang-format off
// One operand is never less than the other: for an index this is looked for in the difference, too.
inline constexpr auto decided_index_min_max = rules<unbounded>("decided index min max",
    named("decided min", min(_, _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::decided_min_max(g, n); })),
    named("decided max", max(_, _).as<"f">() >>= with(f)([](auto& g, auto n) { return detail::decided_min_max(g, n); })));

inline constexpr auto decided_min_max = rules<wrapping>("decided min max",
    min(x, y)                             >>= first(x |= when(x <= y), y |= when(y <= x)),
    max(x, y)                             >>= first(x |= when(x >= y), y |= when(y >= x)));

inline constexpr auto min_max = rules<unbounded | wrapping>("min max",
    min(x, x)                             >>= x,
    max(x, x)                             >>= x,
    min(min(x, c1), c2)                   >>= min(x, min(c1, c2)),
    max(max(x, c1), c2)                   >>= max(x, max(c1, c2)),
    min(max(x, c1), c2)                   >>= c2                        |= when(c2 <= c1),
    max(min(x, c1), c2)                   >>= c2                        |= when(c2 >= c1),
    min(x, max(x, y))                     >>= x,
    max(x, min(x, y))                     >>= x,
    min(x, min(x, y))                     >>= min(x, y),
    max(x, max(x, y))                     >>= max(x, y),
    min(min(x, c), y)                     >>= min(min(x, y), c),
    max(max(x, c), y)                     >>= max(max(x, y), c));

inline constexpr auto index_min_max = rules<unbounded>("index min max",
    min(x, y) + max(x, y)                 >>= x + y,
    min(x + c1, y + c1)                   >>= min(x, y) + c1,
    max(x + c1, y + c1)                   >>= max(x, y) + c1,
    min(x + c1, c2)                       >>= min(x, c2 - c1) + c1,
    max(x + c1, c2)                       >>= max(x, c2 - c1) + c1,
    min(x * c1, y * c1)                   >>= first(min(x, y) * c1      |= when(c1 > 0), max(x, y) * c1 |= when(c1 < 0)),
    max(x * c1, y * c1)                   >>= first(max(x, y) * c1      |= when(c1 > 0), min(x, y) * c1 |= when(c1 < 0)),
    min(x, c1) < c2                       >>= first(true                |= when(c1 < c2), x < c2         |= when(c1 >= c2)),
    max(x, c1) < c2                       >>= first(false               |= when(c1 >= c2), x < c2        |= when(c1 < c2)),
    c2 < min(x, c1)                       >>= first(false               |= when(c1 <= c2), c2 < x        |= when(c1 > c2)),
    c2 < max(x, c1)                       >>= first(true                |= when(c1 > c2), c2 < x         |= when(c1 <= c2)),
    // a bound of both or of one of them
    min(x, y) < c                         >>= x < c || y < c,
    max(x, y) < c                         >>= x < c && y < c,
    c < min(x, y)                         >>= c < x && c < y,
    c < max(x, y)                         >>= c < x || c < y);
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
