// The graph in constant expressions: what builds here works in a user's static_assert.
#include <whittle/ir/interval.hpp>
#include <whittle/ir/shape.hpp>
#include <whittle/ir/uop.hpp>

namespace static_ir {

namespace {

using namespace whittle;

template <class F>
constexpr Interval bounds(F build) {
  Graph g;
  const UOp x = variable(g, "x", 0, 10), y = variable(g, "y", -3, 4);
  return interval_of(g, build(g, x, y).node);
}

constexpr Interval unknown{};

static_assert(bounds([](Graph&, UOp x, UOp) { return x + 3; }) == Interval{3, 13});
static_assert(bounds([](Graph&, UOp x, UOp y) { return x * y; }) == Interval{-30, 40});
static_assert(bounds([](Graph&, UOp x, UOp) { return x / 4; }) == Interval{0, 2});
static_assert(bounds([](Graph&, UOp, UOp y) { return y / 2; }) == Interval{-2, 2});
static_assert(bounds([](Graph&, UOp, UOp y) { return cdiv(y, 2); }) == Interval{-1, 2});
static_assert(bounds([](Graph&, UOp, UOp y) { return y % 8; }) == Interval{0, 7});
static_assert(bounds([](Graph&, UOp, UOp y) { return cmod(y, 8); }) == Interval{-3, 4});
static_assert(bounds([](Graph&, UOp x, UOp) { return (x + 16) % 32; }) == Interval{16, 26});
static_assert(bounds([](Graph&, UOp x, UOp) { return x < 11; }) == Interval{1, 1});
static_assert(bounds([](Graph&, UOp x, UOp) { return x > 10; }) == Interval{0, 0});
static_assert(bounds([](Graph&, UOp x, UOp) { return eq(x, 5); }) == Interval{0, 1});
static_assert(bounds([](Graph&, UOp x, UOp y) { return where(x < 11, y, x); }) == Interval{-3, 4});
static_assert(bounds([](Graph&, UOp x, UOp) { return x << 2; }) == Interval{0, 40});
static_assert(bounds([](Graph&, UOp x, UOp) { return x & 3; }) == Interval{0, 3});
static_assert(bounds([](Graph&, UOp x, UOp) { return x | 16; }) == Interval{16, 31});
static_assert(bounds([](Graph&, UOp x, UOp) { return x.cast(DType::int8) + 100; }) == Interval{100, 110});
static_assert(bounds([](Graph&, UOp x, UOp) { return x.cast(DType::int8) + 120; }) == Interval{-128, 127});
static_assert(bounds([](Graph&, UOp x, UOp) { return x.cast(DType::uint8) - 1; }) == Interval{0, 255});
// Beyond int64 nothing is known on that side, and nothing looks like a single number.
static_assert(bounds([](Graph&, UOp x, UOp) { return (x << 62) + 1; }) == Interval{1, unknown.high});
static_assert(bounds([](Graph& g, UOp, UOp) { return constant(g, unknown.high) + 1; }) == unknown);
static_assert(bounds([](Graph& g, UOp, UOp) { return constant(g, unknown.high); }) ==
              Interval{unknown.high, unknown.high});
static_assert(bounds([](Graph& g, UOp x, UOp) { return where(x < 3, x, handle(g, g.invalid(DType::index))); }) ==
              Interval{0, 10});

constexpr bool handles() {
  Graph g, other;
  const UOp x = variable(g, "x", 0, 10), y = variable(g, "y", 0, 10), z = variable(other, "z", 0, 1);
  bool good = x + y == y + x && x - y != y - x && x + 1 == 1 + x && (x > y) == (y < x) && (3 > x) == (x < 3);
  good = good && (x / 2).op() == Op::floordiv && (x.cast(DType::int32) / 2).op() == Op::cdiv;
  good = good && (x.cast(DType::float32) / 2).op() == Op::fdiv && (x % 2).op() == Op::floormod;
  good = good && (x < y).dtype() == DType::boolean && eq(x, 1).op() == Op::equal && (x && y) == (x & y);
  good = good && (x + z).is_empty() && ((x + z) + 1).is_empty() && (1 / (x + z)).is_empty();
  return good && where(x < y, 1, y) == where(x < y, constant(g, 1), y);
}
static_assert(handles());

constexpr bool shapes() {
  Graph g;
  const Node n = g.variable("n", 1, 10), x = reshape(g, buffer(g, DType::float32, 24), {2, 3, 4});
  const auto is = [&](Node node, std::initializer_list<Operand> dims) {
    return shape_of(g, node) == Shape(std::span<const Node>(detail::indices(g, dims)));
  };
  bool good = is(x, {2, 3, 4}) && is(permute(g, x, {2, 0, 1}), {4, 2, 3}) && is(add(g, x, 1), {2, 3, 4});
  good = good && is(reduce(g, x, Op::add, 5u), {1, 3, 1}) && is(reduce(g, x, Op::max, 0u), {2, 3, 4});
  good = good && is(pad(g, x, {1, 2, 0, 0, n, 0}), {5, 3, add(g, n, 4)}) && is(flip(g, x, 1), {2, 3, 4});
  good = good && is(shrink(g, x, {0, 1, n, add(g, n, 1), 1, n}), {1, 1, sub(g, n, 1)});
  good = good && is(expand(g, reshape(g, n, {1}), {n}), {n}) && is(iota(g, n), {n}) && is(n, {});
  good = good && is(add(g, n, x), {2, 3, 4}) && is(after(g, x, {store(g, x, 0)}), {2, 3, 4});
  return good && is(load(g, index_of(g, buffer(g, DType::int8, 5), iota(g, 3))), {3});
}
static_assert(shapes());

}  // namespace

}  // namespace static_ir
