// Bounds are sound: every value that the plain evaluator gives lies in them.
#include <catch2/catch.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/ir/evaluate.hpp>
#include <whittle/ir/expression.hpp>
#include <whittle/ir/interval.hpp>

namespace ir_interval {

using namespace whittle;

namespace {

/// Random expressions over three variables of a dtype, with constants that make divisions and shifts interesting.
struct Maker {
  std::mt19937_64& random;
  Graph& g;
  DType dtype;
  std::vector<Node> numbers, truths;

  std::uint64_t below(std::uint64_t bound) { return random() % bound; }
  Node any() { return numbers[below(numbers.size())]; }
  Node truth() { return truths[below(truths.size())]; }

  void start() {
    const bool is_unsigned = is_unsigned_int(dtype);
    for (const char* text : {"a", "b", "c"}) {
      const std::int64_t low = static_cast<std::int64_t>(below(is_unsigned ? 6 : 14)) - (is_unsigned ? 0 : 7);
      numbers.push_back(g.variable(text, low, low + static_cast<std::int64_t>(below(7)), dtype));
    }
    for (std::int64_t value : {0, 1, 2, 3, 5, 8, 63, 100}) numbers.push_back(g.constant(dtype, value));
    if (!is_unsigned) numbers.push_back(g.constant(dtype, -3));
    if (dtype == DType::index) numbers.push_back(g.constant(dtype, INT64_MAX / 5));
    truths.push_back(less(g, any(), any()));
  }
  void grow() {
    static constexpr Op binaries[] = {Op::add, Op::sub, Op::mul,     Op::floordiv, Op::floormod, Op::cdiv, Op::cmod,
                                      Op::max, Op::min, Op::bit_and, Op::bit_or,   Op::bit_xor,  Op::shl,  Op::shr};
    static constexpr Op comparisons[] = {Op::less, Op::less_equal, Op::equal, Op::not_equal};
    static constexpr Op connectives[] = {Op::bit_and, Op::bit_or, Op::bit_xor, Op::equal, Op::max, Op::add};
    switch (below(10)) {
    case 0: truths.push_back(binary(g, comparisons[below(4)], any(), any())); break;
    case 1: truths.push_back(binary(g, connectives[below(6)], truth(), truth())); break;
    case 2: truths.push_back(below(2) == 0 ? logical_not(g, truth()) : cast(g, any(), DType::boolean)); break;
    case 3: numbers.push_back(where(g, truth(), any(), any())); break;
    case 4: numbers.push_back(below(2) == 0 ? neg(g, any()) : fma(g, any(), any(), any())); break;
    case 5:
      numbers.push_back(below(2) == 0 ? cast(g, truth(), dtype) : cast(g, cast(g, any(), DType::int8), dtype));
      break;
    default: numbers.push_back(binary(g, binaries[below(14)], any(), any()));
    }
  }
};

void check_bounds(Graph& g, Node n, const std::vector<Node>& variables) {
  const Interval bounds = interval_of(g, n);
  Interval at[3];
  for (std::size_t i = 0; i < 3; ++i) at[i] = interval_of(g, variables[i]);
  for (std::int64_t a = at[0].low; a <= at[0].high; ++a)
    for (std::int64_t b = at[1].low; b <= at[1].high; ++b)
      for (std::int64_t c = at[2].low; c <= at[2].high; ++c) {
        Bindings bindings{{}, {{variables[0], a}, {variables[1], b}, {variables[2], c}}};
        Array value;
        if (!evaluate(g, n, bindings, value).ok()) continue;  // an index that leaves int64
        const int128 x = value.elements[0].as_wide();
        const bool low = bounds.low == Interval{}.low || x >= bounds.low;
        const bool high = bounds.high == Interval{}.high || x <= bounds.high;
        if (low && high) continue;
        FAIL(expression(g, n) << " is " << value.elements[0].as_int() << " at " << a << ", " << b << ", " << c
                              << ", out of [" << bounds.low << ", " << bounds.high << "]");
      }
}

Interval bounds_of(Op op, DType dtype, Interval a, Interval b) {
  Graph g;
  return interval_of(g, binary(g, op, g.variable("a", a.low, a.high, dtype), g.variable("b", b.low, b.high, dtype)));
}

}  // namespace

TEST_CASE("interval: sound on random expressions") {
  std::mt19937_64 random(7);
  for (DType dtype : {DType::index, DType::int8, DType::uint8, DType::int16, DType::int64, DType::uint64})
    for (int round = 0; round < 40; ++round) {
      Graph g;
      Maker maker{random, g, dtype, {}, {}};
      maker.start();
      const std::vector<Node> variables(maker.numbers.begin(), maker.numbers.begin() + 3);
      for (int i = 0; i < 14; ++i) maker.grow();
      check_bounds(g, maker.numbers.back(), variables);
      check_bounds(g, maker.truths.back(), variables);
    }
}

TEST_CASE("interval: exact for one operator on small ranges") {
  const Op exact[] = {Op::add, Op::sub,  Op::max,        Op::min,      Op::mul,  Op::floordiv, Op::cdiv,   Op::shl,
                      Op::shr, Op::less, Op::less_equal, Op::floormod, Op::cmod, Op::bit_and,  Op::bit_or, Op::bit_xor};
  for (Op op : exact)
    for (std::int64_t al = -5; al <= 4; ++al)
      for (std::int64_t ah = al; ah <= 4; ah += 2)
        for (std::int64_t bl = -4; bl <= 3; ++bl)
          for (std::int64_t bh = bl; bh <= 3; bh += 3) {
            Interval hull{INT64_MAX, INT64_MIN};
            for (std::int64_t a = al; a <= ah; ++a)
              for (std::int64_t b = bl; b <= bh; ++b) {
                const Scalar x[2] = {{DType::index, static_cast<std::uint64_t>(a)},
                                     {DType::index, static_cast<std::uint64_t>(b)}};
                const std::int64_t r = operate(op, is_comparison(op) ? DType::boolean : DType::index, x)->as_int();
                hull = {r < hull.low ? r : hull.low, r > hull.high ? r : hull.high};
              }
            const Interval got = bounds_of(op, DType::index, {al, ah}, {bl, bh});
            INFO(name(op) << " [" << al << ", " << ah << "] [" << bl << ", " << bh << "] gives [" << got.low << ", "
                          << got.high << "], exactly [" << hull.low << ", " << hull.high << "]");
            const bool loose =
                op == Op::floormod || op == Op::cmod || op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor;
            if (loose && (al != ah || bl != bh))
              REQUIRE((got.low <= hull.low && got.high >= hull.high));
            else
              REQUIRE(got == hull);
          }
}

TEST_CASE("interval: leaves") {
  Graph g;
  CHECK(interval_of(g, g.constant(DType::uint64, -1)) == Interval{0, INT64_MAX});
  CHECK(interval_of(g, g.range(g.variable("n", 1, 9), 1)) == Interval{0, 8});
  CHECK(interval_of(g, special(g, 64, "global")) == Interval{0, 63});
  CHECK(interval_of(g, load(g, index_of(g, parameter(g, DType::int8, 4, 0), 0))) == Interval{-128, 127});
  CHECK(interval_of(g, load(g, index_of(g, parameter(g, DType::boolean, 4, 0), 0))) == Interval{0, 1});
  CHECK(interval_of(g, g.constant(float_scalar(DType::float32, 1))) == Interval{});
  CHECK(interval_of(g, less(g, g.constant(DType::float32, 1), 2)) == Interval{0, 1});
  CHECK(interval_of(g, pad(g, add(g, iota(g, 4), 3), {1, 1})) == Interval{0, 6});
}

TEST_CASE("interval: an unbounded index stays unbounded") {
  const std::int64_t low = INT64_MIN, high = INT64_MAX;
  CHECK(bounds_of(Op::floordiv, DType::index, {low, high}, {2, 2}) == Interval{});
  CHECK(bounds_of(Op::floormod, DType::index, {low, high}, {8, 8}) == Interval{0, 7});
  CHECK(bounds_of(Op::bit_and, DType::index, {low, high}, {7, 7}) == Interval{0, 7});
  CHECK(bounds_of(Op::mul, DType::index, {0, high}, {0, 3}) == Interval{0, high});
  CHECK(bounds_of(Op::max, DType::index, {low, high}, {5, 5}) == Interval{5, high});
  CHECK(bounds_of(Op::less, DType::index, {low, 4}, {5, high}) == Interval{1, 1});
  CHECK(bounds_of(Op::less, DType::index, {low, high}, {high, high}) == Interval{0, 1});
}

TEST_CASE("interval: a deep graph needs no stack") {
  Graph g;
  Node n = g.variable("n", 0, 1);
  for (int i = 0; i < 300000; ++i) n = add(g, n, 1);
  CHECK(interval_of(g, n) == Interval{300000, 300001});
}

}  // namespace ir_interval
