// Constants and bounds at the ends of 64 bits: no overflow, no endless rewriting, values as in 128 bits.
#include <catch2/catch.hpp>

#include <whittle/ir/build.hpp>
#include <whittle/simplify.hpp>

#include "expressions.hpp"

namespace simplify_extremes {

namespace {

using namespace brute_force;

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                       greatest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t extremes[] = {least,
                                     least + 1,
                                     greatest,
                                     greatest - 1,
                                     std::int64_t{1} << 62,
                                     -(std::int64_t{1} << 62),
                                     std::int64_t{1} << 32,
                                     3037000500,
                                     -3037000500,
                                     1,
                                     -1,
                                     2,
                                     7,
                                     0};

class Extremes {
 public:
  Extremes(Graph& graph, Random& random) : g_(graph), random_(random) {
    for (int k = 0; k < 3; ++k) {
      const std::int64_t p = extreme(), q = extreme();
      variables_.push_back(graph.variable(std::string(1, static_cast<char>('a' + k)), std::min(p, q), std::max(p, q)));
    }
  }
  Node index(int depth) {
    if (depth == 0)
      return pick(random_, 2) == 0 ? g_.constant(DType::index, extreme())
                                   : variables_[static_cast<std::size_t>(pick(random_, 3))];
    const Op op = std::initializer_list<Op>{Op::add,      Op::add,      Op::sub, Op::mul, Op::mul,
                                            Op::floordiv, Op::floormod, Op::min, Op::max}
                      .begin()[pick(random_, 9)];
    if (pick(random_, 12) == 0) return where(g_, condition(depth - 1), index(depth - 1), index(depth - 1));
    return binary(g_, op, index(depth - 1), index(depth - 1));
  }
  Node condition(int depth) {
    const Op op =
        std::initializer_list<Op>{Op::less, Op::less_equal, Op::equal, Op::not_equal}.begin()[pick(random_, 4)];
    const Node one = binary(g_, op, index(depth), index(depth));
    return depth > 0 && pick(random_, 3) == 0 ? logical_and(g_, one, condition(depth - 1)) : one;
  }
  std::vector<Node> variables_;

 private:
  std::int64_t extreme() { return extremes[pick(random_, static_cast<int>(std::size(extremes)))]; }
  Graph& g_;
  Random& random_;
};

/// The value in 128 bits; false where it has none, or one too large.
bool wide_value(const Graph& g, Node n, const std::vector<Node>& variables, const std::vector<std::int64_t>& point,
                int128& value) {
  const Op op = g.op(n);
  if (op == Op::constant) return value = g.scalar(n).as_int(), true;
  for (std::size_t k = 0; k < variables.size(); ++k)
    if (variables[k] == n) return value = point[k], true;
  int128 a = 0, b = 0;
  if (op == Op::invalid || !wide_value(g, g.source(n, 0), variables, point, a)) return false;
  if (op == Op::where) return wide_value(g, g.source(n, a != 0 ? 1 : 2), variables, point, value);
  if (op == Op::logical_not || op == Op::neg) return value = op == Op::neg ? -a : 1 - a, true;
  if (!wide_value(g, g.source(n, 1), variables, point, b)) return false;
  const int128 limit = int128{1} << 63;
  switch (op) {
  case Op::add: value = a + b; break;
  case Op::sub: value = a - b; break;
  case Op::mul:
    if (a > limit || a < -limit || b > limit || b < -limit) return false;
    value = a * b;
    break;
  case Op::floordiv:
  case Op::floormod: {
    if (b == 0) return false;
    int128 q = a / b;
    if (a % b != 0 && (a < 0) != (b < 0)) --q;
    value = op == Op::floordiv ? q : a - q * b;
    break;
  }
  case Op::min: value = a < b ? a : b; break;
  case Op::max: value = a < b ? b : a; break;
  case Op::bit_and: value = a & b; break;
  case Op::bit_or: value = a | b; break;
  case Op::less: value = a < b; break;
  case Op::less_equal: value = a <= b; break;
  case Op::equal: value = a == b; break;
  case Op::not_equal: value = a != b; break;
  default: return false;
  }
  return true;
}

}  // namespace

TEST_CASE("simplify: the ends of 64 bits") {
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    Random random(seed);
    Graph g;
    Extremes expressions(g, random);
    const Node before = pick(random, 3) == 0 ? expressions.condition(2) : expressions.index(1 + pick(random, 3));
    const auto result = rewrite<matcher<simplify_rules, Graph>>(g, before);
    INFO("seed " << seed << ": " << text(g, before) << " -> " << text(g, result.node));
    REQUIRE(result.ok());
    for (int k = 0; k < 20; ++k) {
      std::vector<std::int64_t> point;
      for (Node variable : expressions.variables_) {
        const Interval bounds = interval_of(g, variable);
        const std::int64_t choices[] = {bounds.low, bounds.high, bounds.low + (bounds.low < bounds.high ? 1 : 0),
                                        std::clamp(bounds.low / 2 + bounds.high / 2, bounds.low, bounds.high)};
        point.push_back(choices[pick(random, 4)]);
      }
      int128 was = 0, is = 0;
      if (!wide_value(g, before, expressions.variables_, point, was)) continue;
      if (!wide_value(g, result.node, expressions.variables_, point, is)) continue;
      INFO("at " << point[0] << " " << point[1] << " " << point[2]);
      REQUIRE((was == is));
    }
  }
}

}  // namespace simplify_extremes
