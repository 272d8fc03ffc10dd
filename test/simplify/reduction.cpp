// Reductions of closed form against folding place by place.
#include <catch2/catch.hpp>

#include <random>

#include <whittle/ir/uop.hpp>
#include <whittle/simplify.hpp>
#include <whittle/simplify/reduction.hpp>

#include "expressions.hpp"
#include "sanitized.hpp"

namespace simplify_reduction {

namespace {

using namespace brute_force;

Value sum_of(DType dtype, const Value& a, const Value& b) {
  if (a.kind == Value::Kind::real) return Value::of_real(kept_real(dtype, a.real + b.real));
  return Value::of(kept(dtype, a.number + b.number));
}

/// The value of an expression whose root may be a sum over ranges.
Value value_of(const Graph& g, Node n, Point point, std::uint32_t range = 1) {
  if (g.op(n) != Op::reduce) return Evaluator(g, point)(n);
  if (range == g.arity(n)) return Evaluator(g, point)(g.source(n, 0));
  const Node over = g.source(n, range);
  const std::int64_t size = Evaluator(g, point)(g.source(over, 0)).number;
  Value sum = is_float(g.dtype(n)) ? Value::of_real(0) : Value::of(0);
  for (std::int64_t place = 0; place < size; ++place) {
    point[over] = Value::of(place);
    sum = sum_of(g.dtype(n), sum, value_of(g, n, point, range + 1));
  }
  return sum;
}

Node closed(Graph& g, Node n) { return rewrite<matcher<reduction_rules, Graph>>(g, n).node; }

/// Sums made at random of what the rules take, and of what they must leave.
struct RandomSum {
  Graph g;
  std::mt19937 random;
  Node x = g.variable("x", -3, 6), y = g.variable("y", 0, 4);
  Node r{}, s{};

  explicit RandomSum(unsigned seed) : random(seed) {
    const Node sizes[] = {g.constant(DType::index, 1 + below(5)), y, add(g, y, 1)};
    r = g.range(sizes[below(3)], 0);
    s = g.range(sizes[below(3)], 1);
  }

  std::int64_t below(std::int64_t limit) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(limit)); }
  Node index(bool with_range) {
    const Node leaves[] = {x, y, g.constant(DType::index, below(7) - 3), floordiv(g, x, 2), s, r};
    const Node a = leaves[below(with_range ? 6 : 5)], b = leaves[below(with_range ? 6 : 5)];
    switch (below(4)) {
    case 0: return a;
    case 1: return add(g, a, mul(g, b, below(5) - 2));
    case 2: return with_range && below(4) == 0 ? mul(g, a, b) : sub(g, a, b);
    default: return mul(g, a, below(5) - 2);
    }
  }
  Node clause() {
    const DType dtypes[] = {DType::int32, DType::int8, DType::uint64, DType::index, DType::index, DType::index};
    const DType dtype = dtypes[below(6)];
    const Node of_range = below(2) == 0 ? r : add(g, r, index(false)), other = index(below(6) == 0);
    const Node a = cast(g, of_range, dtype), b = cast(g, other, dtype);
    switch (below(5)) {
    case 0: return g.make(Op::equal, DType::boolean, {a, b});
    case 1: return less(g, a, b);
    case 2: return less(g, b, a);
    case 3: return less(g, cast(g, x, dtype), b);
    default: return logical_not(g, less(g, a, b));
    }
  }
  Node sum() {
    const DType dtypes[] = {DType::index, DType::int32, DType::int8, DType::uint8, DType::float32};
    const Node value = cast(g, index(true), dtypes[below(5)]);
    Node body = value;
    if (below(4) != 0) {
      Node condition = clause();
      for (std::int64_t more = below(3); more > 0; --more) condition = bit_and(g, condition, clause());
      body = where(g, condition, value, below(8) == 0 ? 1 : 0);
    }
    return below(2) == 0 ? reduce(g, body, Op::add, {r}) : reduce(g, body, Op::add, {r, s});
  }
};

}  // namespace

TEST_CASE("reductions: random sums are what folding gives") {
  std::size_t found = 0;
  for (unsigned seed = 0; seed < 10000; seed += is_sanitized ? 7 : 1) {
    RandomSum any(seed);
    Graph& g = any.g;
    Node sum = any.sum();
    if (seed % 2 == 0) sum = simplify(g, sum);  // as kernels have them
    if (g.op(sum) != Op::reduce) continue;
    const Node made = closed(g, sum);
    found += made != sum;
    if (made == sum) continue;
    for (std::int64_t x = -3; x <= 6; x += 1 + static_cast<std::int64_t>(seed % 2))
      for (std::int64_t y = 0; y <= 4; ++y) {
        Point point{{any.x, Value::of(x)}, {any.y, Value::of(y)}};
        if (Evaluator(g, point)(g.source(any.s, 0)).number == 0) continue;
        point[any.s] = Value::of(0);  // where the sum is not over s
        const Value expected = value_of(g, sum, point), is = value_of(g, made, point);
        INFO("seed " << seed << ", x = " << x << ", y = " << y << "\n" << print(g, sum) << print(g, made));
        REQUIRE(same(is, expected));
      }
  }
  CHECK(found > (is_sanitized ? 200u : 1500u));
}

TEST_CASE("reductions: closed forms") {
  Graph g;
  const Node x = g.variable("x", 0, 9), r = g.range(g.constant(DType::index, 10), 0),
             s = g.range(g.constant(DType::index, 4), 1);
  const auto sum = [&](Node value, std::initializer_list<Node> ranges) {
    return simplify(g, closed(g, reduce(g, value, Op::add, ranges)));
  };
  CHECK(sum(x, {r}) == simplify(g, mul(g, x, 10)));
  CHECK(sum(r, {r}) == g.constant(DType::index, 45));
  CHECK(sum(add(g, mul(g, r, 4), s), {r, s}) == g.constant(DType::index, 780));
  CHECK(sum(where(g, less(g, r, x), g.constant(DType::index, 1), 0), {r}) == x);  // counting: arange
  CHECK(sum(where(g, less(g, r, x), r, 0), {r}) == simplify(g, floordiv(g, mul(g, sub(g, x, 1), x), 2)));
  CHECK(sum(where(g, g.make(Op::equal, DType::boolean, {r, x}), mul(g, r, r), 0), {r}) == simplify(g, mul(g, x, x)));

  // Not of floats, which round; nor where a range may be empty.
  const Node real = cast(g, x, DType::float32), maybe = g.range(x, 2);
  CHECK(g.op(closed(g, reduce(g, real, Op::add, {r}))) == Op::reduce);
  CHECK(closed(g, reduce(g, real, Op::max, {r})) == real);
  CHECK(closed(g, reduce(g, real, Op::min, {r, maybe})) == reduce(g, real, Op::min, {maybe}));
  CHECK(g.op(closed(g, reduce(g, mul(g, r, r), Op::add, {r}))) == Op::reduce);
  // Tensors have axes and no ranges.
  CHECK(g.op(closed(g, reduce(g, x, Op::add, 1u))) == Op::reduce);
}

}  // namespace simplify_reduction
