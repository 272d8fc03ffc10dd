// What a condition says of index expressions: bounds of linear sums.
#pragma once

#include <whittle/simplify/inequality.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

inline constexpr std::size_t most_clauses = 12;
using Clauses = FixedVector<Node, most_clauses>;

/// low <= sum <= high; the sum has no constant and no common factor, and its first coefficient is positive.
struct BoundedSum {
  LinearSum sum;
  int128 low = 0, high = 0;
  constexpr BoundedSum() {}  // by default g++ would set all terms of arrays of these to 0
  constexpr BoundedSum(const LinearSum& bounded, int128 least, int128 greatest)
      : sum(bounded),
        low(least),
        high(greatest) {}
  friend constexpr bool operator==(const BoundedSum& a, const BoundedSum& b) {
    return a.sum.terms == b.sum.terms && a.low == b.low && a.high == b.high;
  }
};

/// What holds where a condition does.
struct Premises {
  Clauses clauses;
  FixedVector<BoundedSum, most_clauses> bounds;
  bool contradict = false;
};

/// The operands of a conjunction; if there are too many, some of them.
template <class G>
constexpr Clauses clauses_of(const G& g, Node condition) {
  Clauses pending{condition}, clauses;
  while (!pending.empty() && clauses.size() < most_clauses) {
    const Node top = pending.back();
    pending.pop_back();
    if (g.op(top) == Op::bit_and) {
      pending.push_back(g.source(top, 1));
      pending.push_back(g.source(top, 0));
    } else {
      clauses.push_back(top);
    }
  }
  return clauses;
}

/// Notes low <= sum + constant <= high.
template <class G>
constexpr void note_bounds(G& g, Premises& known, LinearSum sum, int128 low, int128 high) {
  low -= sum.constant;
  high -= sum.constant;
  sum.constant = 0;
  if (!sum.fits || sum.is_constant()) return;
  std::int64_t d = common_factor(sum);
  if (sum.terms[0].coefficient < 0) {
    const int128 least = -high;
    high = -low;
    low = least;
    d = -d;
  }
  for (Term& term : sum.terms) term.coefficient /= d;
  const int128 size = d < 0 ? -d : d;
  low = low <= -bounds::infinite ? low : -floor_quotient(-low, size);
  high = high >= bounds::infinite ? high : floor_quotient(high, size);
  BoundedSum* at = nullptr;
  for (BoundedSum& other : known.bounds)
    if (other.sum.terms == sum.terms) at = &other;
  if (at == nullptr) {
    const bounds::WideInterval all = bounds_of(g, sum);
    if (!known.bounds.push_back({sum, all.low, all.high})) return;
    at = &known.bounds.back();
  }
  at->low = bounds::greater(at->low, low);
  at->high = bounds::lesser(at->high, high);
  known.contradict = known.contradict || at->low > at->high;
}

/// A clause, and the difference of the indices that it compares.
struct ReadClause {
  Node clause;
  Op op = Op::none;  ///< less or equal; none if the clause bounds no index
  LinearSum difference;
};

template <class G>
constexpr ReadClause read_clause(const G& g, Node clause) {
  const Op op = g.op(clause);
  if ((op != Op::less && op != Op::equal) || g.dtype(g.source(clause, 0)) != DType::index)
    return {clause, Op::none, {}};
  return {clause, op, linear_difference(g, g.source(clause, 0), g.source(clause, 1))};
}

template <class G>
constexpr void note_clause(G& g, Premises& known, const ReadClause& read) {
  known.clauses.push_back(read.clause);
  if (read.op == Op::less) note_bounds(g, known, read.difference, -bounds::infinite * 2, -1);
  if (read.op == Op::equal) note_bounds(g, known, read.difference, 0, 0);
}

template <class G>
constexpr Premises premises_of(G& g, const Clauses& clauses) {
  Premises known;
  for (Node clause : clauses) note_clause(g, known, read_clause(g, clause));
  return known;
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
