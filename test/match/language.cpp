// Every element of the surface, on the one graph.
#include <catch2/catch.hpp>

#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/match.hpp>
#include <whittle/match/rule_text.hpp>

namespace match_language {

namespace {

using namespace whittle;
using namespace whittle::dsl;

inline constexpr auto b = var<"b">, f = var<"f">, t = var<"t">, x = var<"x">, y = var<"y">, z = var<"z">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">;

inline constexpr Op my_op = first_user_op, other_op = Op{0x1001};

struct Factor {
  std::int64_t value = 7;
  int calls = 0;
};

// clang-format off
inline constexpr auto alternatives = rules<unbounded>("alternatives",
    any_of(x + 1, x * 2, 3 - x) % 10                  >>= x,
    min(any_of(x, x / 2), any_of(y % 3, y % 5)) + c   >>= max(x, y) * c,
    any_of(x * y, x - y).as<"f">() / c                >>= f + c);
inline constexpr auto optional = rules<unbounded>("optional",
    (x * maybe<1>(c1) + maybe<0>(c2)) / 4             >>= min(x * c1, c2),
    (x + maybe<7>(c).as<"c1">()) % 4                  >>= x * c1);
inline constexpr auto classes = rules<structural>("classes",
    any_op<OpClass::elementwise, "f">(where(b, x, y)) >>= where(b, any_op<OpClass::elementwise, "f">(x), any_op<OpClass::elementwise, "f">(y)),
    any_op<OpClass::comparison, "f">(x, x)            >>= with(f)([](auto& g, auto n) { return g.constant(bool_scalar(g.op(n) == Op::less_equal)); }),
    any_op<OpClass::movement, "f">(node<Op::detach>(x)) >>= with(f, x)([](auto& g, auto n, auto p) {
      return g.make(g.op(n), g.dtype(n), {p}, g.argument(n));
    }));
inline constexpr auto several = rules<unbounded>("several",
    x / c   >>= first(0 |= when(x >= 0 && x < c), -1 |= when(x < 0 && x >= -c), x * 100 |= when(c == 1), 55 |= when(x > 50)));
inline constexpr auto long_guards = rules<unbounded>("long guards",
    x + c   >>= x |= when(
        c != 1 && c != 2 && c != 3 && c != 4 && c != 5 && c != 6 && c != 7 && c != 8 && c != 9 && c != 10 &&
        c != 11 && c != 12 && c != 13 && c != 14 && c != 15 && c != 16 && c != 17 && c != 18 && c != 19 && c != 20 &&
        c != 21 && c != 22 && c != 23 && c != 24 && c != 25 && c != 26 && c != 27 && c != 28 && c != 29 && c != 30 &&
        c != 31 && c != 32 && c != 33 && c != 34 && c != 35 && c != 36 && c != 37 && c != 38 && c != 39 && c != 40),
    x * c   >>= x |= when(c != 1 && (c != 2 && (c != 3 && (c != 4 && (c != 5 && (c != 6 && (c != 7 && (c != 8 && (x > 3 && c != 9))))))))),
    // A set has room for 24 records a rule on right sides and in guards, wherever they are.
    x - 1 >>= x + -1, x - 2 >>= x + -2, x - 3 >>= x + -3, x - 4 >>= x + -4, x - 5 >>= x + -5, x - 6 >>= x + -6);
inline constexpr auto lambdas = rules<unbounded>("lambdas",
    x * c   >>= with(x, c)([](auto& g, auto p, auto q) { return g.scalar(q).as_int() == 3 ? g.make(Op::neg, DType::index, {p}) : Node::none; }),
    x * c   >>= with(x)([](auto& g, auto& context, auto p) { ++context.calls; return g.make(Op::add, DType::index, {p, g.constant(DType::index, context.value)}); }) |= when(c > 3),
    x - y   >>= with()([](auto& g) { return g.constant(DType::index, 42); }));
inline constexpr auto restricted = rules<structural>("restricted",
    x.is(any_float) + y                               >>= x,
    cast<DType::int32>(x.is(DType::boolean))          >>= where(x, 1, 0),
    cast(x).is(DType::float64)                        >>= x,
    (x * y).is(any_unsigned)                          >>= y);
inline constexpr auto literals = rules<structural>("literals",
    where(b, true, false)                             >>= b,
    where(b, 1, 0)                                    >>= cast(b),
    x * 2.5                                           >>= x - 0.5,
    x + -0.0                                          >>= x,
    5 * x                                             >>= 6 * x + 1);
inline constexpr auto user_operators = rules<structural>("user operators",
    node<my_op>(node<my_op>(x))                       >>= x,
    node<my_op>(c)                                    >>= node<other_op>(c, c),
    node_with<other_op, 5>(x)                         >>= x);
inline constexpr auto counts = rules<structural>("counts",
    every<Op::sink>(c)                                >>= group(),
    and_more(node<Op::group>(x, x)).as<"f">()         >>= with(f, x)([](auto& g, auto n, auto p) { return g.arity(n) > 2 ? p : Node::none; }),
    every<Op::end>(x.is(DType::index))                >>= group());
inline constexpr auto in_order = rules<unbounded>("in order",
    named("first", x + y                              >>= with(x)([](auto& g, auto p) { return g.op(p) == Op::variable ? p : Node::none; })),
    named("second", x + y                             >>= x * y));
inline constexpr auto guards = rules<unbounded>("guards",
    x / c                                             >>= 1 |= when(10 / (c - 2) == 5),
    x % c                                             >>= 1 |= when(!(c < 5) || c * c == 9),
    x * c                                             >>= 1 |= when(c + 9223372036854775807 > 0 && -c < 0),
    where(b, x, y)                                    >>= x |= when(b));
inline constexpr auto float_guards = rules<floating>("float guards",
    x * c                                             >>= x + x |= when(c == 2),
    x + c                                             >>= x |= when(c < 0.5 && c > 0.25));
inline constexpr auto c_division = rules<wrapping>("c division",
    x / 1                                             >>= x,
    x % 1                                             >>= 0);
inline constexpr auto no_constants = rules<unbounded>("no constants", nonconstant<"x"> * y >>= y);
// Six rules of 161 rows, which is more than there is room for at first; the last has no guard.
inline constexpr auto many_rows = rules<unbounded>("many rows",
    (x + y) * min(z, t) - max(x + z, t)               >>= x - y,
    (x + y) * min(z, t) - max(x * z, t)               >>= y - x,
    (x + y) * max(z, t) - min(x + z, t)               >>= z - x,
    (x + y) * max(z, t) - min(x * z, t)               >>= t - x,
    x * y + max(z, t) - min(x * z, t)                 >>= t - x,
    x - (y - z)                                       >>= (x - y) + z);
inline constexpr auto constant_first = rules<unbounded>("constant first", 0 + x >>= x, c * x >>= x + c);
// clang-format on

/// The graph of one test, and what one matcher makes of a node there.
struct World {
  Graph g;
  UOp i = variable(g, "i", 0, 9), j = variable(g, "j", -4, 4), n = variable(g, "n", 0, 100, DType::int32);
  UOp p = variable(g, "p", 0, 1, DType::boolean), r = handle(g, buffer(g, DType::float32, 4));
  UOp number(std::int64_t value) { return constant(g, value); }

  template <const auto& Set, class Context = NoContext>
  UOp once(UOp given, Context&& context = {}) {
    using M = matcher<Set, Graph, std::remove_cvref_t<Context>>;
    const auto match = M::match(g, given.node, context);
    last_rule = match.rule;
    return match.found() ? handle(g, match.node) : UOp{};
  }
  std::uint32_t last_rule = 0;
};

}  // namespace

TEST_CASE("match: any_of tries its patterns") {
  World w;
  CHECK(w.once<alternatives>((w.i + 1) % 10) == w.i);
  CHECK(w.once<alternatives>(w.i * 2 % 10) == w.i);
  CHECK(w.once<alternatives>((3 - w.i) % 10) == w.i);
  CHECK(w.once<alternatives>((w.i + 2) % 10).is_empty());
  CHECK(w.once<alternatives>(min(w.j % 5, w.i) + 3) == max(w.i, w.j) * 3);
  CHECK(w.once<alternatives>(min(w.i / 2, w.j % 3) + 3) == max(w.i / 2, w.j) * 3);  // in order: x before x / 2
  CHECK(w.once<alternatives>(w.i * w.j / 5) == w.i * w.j + 5);                      // whichever it is has the name
  CHECK(w.once<alternatives>((w.i - w.j) / 5) == w.i - w.j + 5);
  CHECK(w.once<alternatives>((w.i + w.j) / 5).is_empty());
}

TEST_CASE("match: maybe fills in what is missing") {
  World w;
  CHECK(w.once<optional>((w.i * 6 + 3) / 4) == min(w.i * 6, 3));
  CHECK(w.once<optional>((w.i + 3) / 4) == min(w.i * 1, 3));
  CHECK(w.once<optional>(w.i * 6 / 4) == min(w.i * 6, 0));
  CHECK(w.once<optional>(w.i / 4) == min(w.i * 1, 0));
  CHECK(w.once<optional>((w.i + 3) % 4) == w.i * 3);  // by its second name
  CHECK(w.once<optional>(w.i % 4) == w.i * 7);
}

TEST_CASE("match: classes of operators") {
  World w;
  CHECK(w.once<classes>(-where(w.p, w.i, w.j)) == where(w.p, -w.i, -w.j));
  CHECK(w.once<classes>(where(w.p, w.i, w.j).cast(DType::int32)) ==
        where(w.p, w.i.cast(DType::int32), w.j.cast(DType::int32)));
  CHECK(w.once<classes>(w.i <= w.i) == constant(w.g, 1, DType::boolean));
  CHECK(w.once<classes>(w.i < w.i) == constant(w.g, 0, DType::boolean));
  CHECK(w.once<classes>(w.i < w.j).is_empty());
  const Node detached = w.g.make(Op::detach, DType::float32, {w.r.node});
  CHECK(w.once<classes>(handle(w.g, flip(w.g, detached, 1))).node == flip(w.g, w.r.node, 1));
  CHECK(w.once<classes>(handle(w.g, contiguous(w.g, detached))).is_empty());
}

TEST_CASE("match: first takes the first replacement whose guard is true") {
  World w;
  CHECK(w.once<several>(w.i / 10) == w.number(0));
  CHECK(w.once<several>((w.j - 5) / 10) == w.number(-1));
  CHECK(w.once<several>(w.i / 1) == w.i * 100);
  CHECK(w.once<several>((w.i + 60) / 3) == w.number(55));
  CHECK(w.once<several>(w.i / 3).is_empty());
}

TEST_CASE("match: lambdas may decline, and take a context") {
  World w;
  Factor factor;
  CHECK(w.once<lambdas>(w.i * 3, factor) == -w.i);
  CHECK(w.once<lambdas>(w.i * 4, factor) == w.i + 7);
  CHECK(w.last_rule == 1);
  CHECK(w.once<lambdas>(w.i * 2, factor).is_empty());
  CHECK(w.once<lambdas>(w.i - w.j, factor) == w.number(42));
  CHECK(factor.calls == 1);
}

TEST_CASE("match: dtypes of patterns") {
  World w;
  const UOp real = handle(w.g, load(w.g, index_of(w.g, w.r.node, 0)));
  CHECK(w.once<restricted>(real + real) == real);
  CHECK(w.once<restricted>(w.i + w.j).is_empty());
  CHECK(w.once<restricted>(w.p.cast(DType::int32)) == where(w.p, constant(w.g, 1, DType::int32), 0));
  CHECK(w.once<restricted>(w.p.cast(DType::int16)).is_empty());
  CHECK(w.once<restricted>(w.n.cast(DType::float64)) == w.n);
  const UOp u = variable(w.g, "u", 0, 9, DType::uint8), v = variable(w.g, "v", 0, 9, DType::uint8);
  CHECK(!w.once<restricted>(u * v).is_empty());
  CHECK(w.once<restricted>(w.n * w.n).is_empty());
}

TEST_CASE("match: literals have a dtype") {
  World w;
  const UOp yes = constant(w.g, 1, DType::boolean), no = constant(w.g, 0, DType::boolean);
  CHECK(w.once<literals>(where(w.p, yes, no)) == w.p);
  CHECK(w.once<literals>(where(w.p, constant(w.g, 1, DType::int32), 0)) == w.p.cast(DType::int32));
  CHECK(w.last_rule == 1);
  const UOp real = handle(w.g, load(w.g, index_of(w.g, w.r.node, 0)));
  const auto number = [&](double value) { return handle(w.g, w.g.constant(float_scalar(DType::float32, value))); };
  CHECK(w.once<literals>(real * number(2.5)) == real - number(0.5));
  CHECK(w.once<literals>(real + number(-0.0)) == real);
  CHECK(w.once<literals>(real + number(0.0)).is_empty());
  CHECK(w.once<literals>(w.i * 5) == w.i * 6 + 1);  // a constant may be written first
}

TEST_CASE("match: operators of the user") {
  World w;
  const auto mine = [&](UOp x_) { return handle(w.g, w.g.make(my_op, x_.dtype(), {x_.node})); };
  CHECK(w.once<user_operators>(mine(mine(w.i))) == w.i);
  CHECK(w.once<user_operators>(mine(w.number(4))).node ==
        w.g.make(other_op, DType::index, {w.number(4).node, w.number(4).node}));
  CHECK(w.once<user_operators>(mine(w.i)).is_empty());
  CHECK(w.once<user_operators>(handle(w.g, w.g.make(other_op, DType::index, {w.i.node}, 5))) == w.i);
  CHECK(w.once<user_operators>(handle(w.g, w.g.make(other_op, DType::index, {w.i.node}, 6))).is_empty());
  CHECK(w.once<user_operators>(handle(w.g, w.g.make(Op{0x1002}, DType::index, {w.i.node}, 5))).is_empty());
}

TEST_CASE("match: any number of sources") {
  World w;
  const Node one = w.number(1).node, two = w.number(2).node, empty = w.g.make(Op::group, DType::none, {});
  CHECK(w.once<counts>(handle(w.g, sink(w.g, {one, two, one, two, one}))).node == empty);
  CHECK(w.once<counts>(handle(w.g, w.g.make(Op::sink, DType::none, {}))).node == empty);
  CHECK(w.once<counts>(handle(w.g, sink(w.g, {one, w.i.node}))).is_empty());
  CHECK(w.once<counts>(handle(w.g, group(w.g, {one, one, two}))).node == one);
  CHECK(w.once<counts>(handle(w.g, group(w.g, {one, one}))).is_empty());
  CHECK(w.once<counts>(handle(w.g, group(w.g, {one, two, two}))).is_empty());
  CHECK(w.once<counts>(handle(w.g, w.g.make(Op::end, DType::none, {one, w.i.node}))).node == empty);
  CHECK(w.once<counts>(handle(w.g, w.g.make(Op::end, DType::none, {one, w.n.node}))).is_empty());
}

TEST_CASE("match: textual order, and the next binding after a declined one") {
  World w;
  CHECK(w.once<in_order>(w.i + w.j * 2) == w.i);  // x is tried as both operands
  CHECK(w.last_rule == 0);
  CHECK(w.once<in_order>(w.i * 3 + w.j * 2) == (w.i * 3) * (w.j * 2));
  CHECK(w.last_rule == 1);
}

TEST_CASE("match: guards of many conditions, joined from either end") {
  Graph g;
  const Node n = g.variable("n", 4, 9), unknown = g.variable("m", 0, 9);
  const auto rewritten = [&](Node node) { return rewrite<matcher<long_guards, Graph>>(g, node).node; };
  for (std::int64_t k = 1; k <= 41; ++k) {
    const Node sum = add(g, n, k), product = mul(g, n, k);
    INFO(k);
    CHECK(rewritten(sum) == (k <= 40 ? sum : n));
    CHECK(rewritten(product) == (k <= 9 ? product : n));
    CHECK(rewritten(mul(g, unknown, k)) == mul(g, unknown, k));
  }
}

TEST_CASE("match: guards are three-valued") {
  World w;
  CHECK(w.once<guards>(w.i / 4) == w.number(1));
  CHECK(w.once<guards>(w.i / 2).is_empty());  // division by zero in the guard is unknown
  CHECK(w.once<guards>(w.i % 5) == w.number(1));
  CHECK(w.once<guards>(w.i % 3) == w.number(1));
  CHECK(w.once<guards>(w.i % 4).is_empty());
  CHECK(w.once<guards>(w.i * 1).is_empty());                // so is overflow
  CHECK(w.once<guards>(where(w.i < 10, w.i, w.j)) == w.i);  // known by bounds
  CHECK(w.once<guards>(where(w.i < 9, w.i, w.j)).is_empty());
  const UOp real = handle(w.g, load(w.g, index_of(w.g, w.r.node, 0)));
  const auto number = [&](double value) { return handle(w.g, w.g.constant(float_scalar(DType::float32, value))); };
  CHECK(w.once<float_guards>(real * number(2)) == real + real);
  CHECK(w.once<float_guards>(real + number(0.375)) == real);
  CHECK(w.once<float_guards>(real + number(0.5)).is_empty());
}

TEST_CASE("match: the set's arithmetic says what / and % are, and where rules fire") {
  World w;
  CHECK(w.once<c_division>(w.n / 1) == w.n);
  CHECK(w.once<c_division>(w.n % 1) == constant(w.g, 0, DType::int32));
  CHECK(w.once<c_division>(w.i / 1).is_empty());
  CHECK(w.once<c_division>(floordiv(w.n, 1)).is_empty());
  CHECK(w.once<optional>(w.n / 4).is_empty());
}

TEST_CASE("match: a constant may be written on either side") {
  World w;
  CHECK(w.once<constant_first>(w.i + 0) == w.i);
  CHECK(w.once<constant_first>(w.i * 4) == w.i + 4);
}

TEST_CASE("match: nonconstant variables") {
  World w;
  CHECK(w.once<no_constants>(w.i * 4) == w.number(4));
  CHECK(w.once<no_constants>(w.number(3) * 4).is_empty());
}

TEST_CASE("match: a set of more rows than were expected") {
  static_assert(table_of<many_rows, true>.row_count > 128);
  World world;
  const UOp i = world.i, j = world.j;
  CHECK(world.once<many_rows>(i - (j - i / 2)) == (i - j) + i / 2);
  CHECK(world.once<many_rows>((i + j) * min(i / 2, i / 3) - max(i + i / 2, i / 3)) == i - j);
  CHECK(world.last_rule == 0);
}

TEST_CASE("match: names and lines of rules") {
  CHECK(name_of(in_order, 0) == "first");
  CHECK(name_of(several, 0) == "x / c >>= 0 |= when((0 <= x) && (x < c)), -1 |= when((x < 0) && (neg(c) <= x)), x * "
                               "100 |= when(c == 1), 55 |= when(50 < x)");
  CHECK(text_of(optional, 0) == "((x * maybe(c1)) + maybe(c2)) / 4 >>= min((x * c1), c2)");
  CHECK(text_of(classes, 0) == "f(where(b, x, y)) >>= where(b, f(x), f(y))");
  const std::string place = place_of(in_order, 1);
  CHECK(place.find("'second' (language.cpp:") == 0);
  CHECK(in_order.rules[1].line == in_order.rules[0].line + 1);
}

TEST_CASE("match: sets can be joined") {
  static constexpr auto joined = concatenate("joined", optional, in_order, lambdas);
  static_assert(joined.rule_count == 7);
  static_assert(well_formed<joined>());
  World w;
  Factor factor;
  CHECK(w.once<joined>(w.i / 4, factor) == min(w.i * 1, 0));
  CHECK(w.once<joined>(w.i + w.j * 2, factor) == w.i);
  CHECK(w.once<joined>(w.i * 4, factor) == w.i + 7);
  CHECK(w.last_rule == 5);
  CHECK(name_of(joined, 3) == "second");
}

}  // namespace match_language
