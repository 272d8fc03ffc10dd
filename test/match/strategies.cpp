// The fast ways against the plain ones: decision trees as code and as tables, guards and bounds in 64 bits.
#include <catch2/catch.hpp>

#include <random>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/simplify.hpp>

namespace match_strategies {

namespace {

using namespace whittle;

namespace names {
using namespace whittle::dsl;
constexpr auto b = var<"b">, f = var<"f">, x = var<"x">, y = var<"y">, z = var<"z">;
constexpr auto c = cst<"c">, d = cst<"d">;

// clang-format off
constexpr auto lambda_kinds = rules<unbounded>("lambda kinds",
    (x + y) + (z * maybe<1>(c)) >>= with(x, y, z, c)([](auto& g, auto p, auto q, auto r, auto s) { return g.make(Op::where, DType::index, {g.constant(bool_scalar(true)), g.make(Op::min, DType::index, {p, q}), g.make(Op::max, DType::index, {r, s})}); }),
    (x * maybe<3>(d)) % c       >>= with(d, x)([](auto& g, auto p, auto q) { return g.make(Op::floordiv, DType::index, {q, p}); }) |= when(d > 2),
    min(_, _).as<"f">()         >>= with(f)([](auto& g, auto p) { return g.make(Op::neg, DType::index, {p}); }),
    where(b, x, y)              >>= with(b, x, y)([](auto& g, auto p, auto q, auto r) { return g.op(p) == Op::less ? g.make(Op::where, DType::index, {p, r, q}) : Node::none; }));
// clang-format on
}  // namespace names
using names::lambda_kinds;

template <Strategy How>
using by = matcher<simplify_rules, Graph, NoContext, How>;

/// Random expressions of indices, truth values, fixed-width integers and floats, with invalid ones among them.
Node random_expressions(Graph& g, std::uint32_t seed, std::size_t count) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  std::vector<Node> indices, truths, ints, floats;
  for (std::uint32_t r = 0; r < 6; ++r) indices.push_back(g.range(g.constant(DType::index, 1 + 5 * r), r));
  indices.push_back(g.variable("n", -7, 40));
  indices.push_back(g.invalid(DType::index));
  for (std::int64_t value : {-3, -1, 0, 1, 2, 4, 12}) indices.push_back(g.constant(DType::index, value));
  truths = {g.constant(bool_scalar(true)), g.constant(bool_scalar(false)), g.variable("b", 0, 1, DType::boolean)};
  ints = {g.variable("i", -9, 100, DType::int32), g.constant(DType::int32, 1), g.constant(DType::int32, -4)};
  for (double value : {0.0, -0.0, 1.0, -1.0, 2.5}) floats.push_back(g.constant(float_scalar(DType::float32, value)));
  floats.push_back(g.make(Op::cast, DType::float32, {ints[0]}));
  const auto of = [&](const std::vector<Node>& pool) {
    return pool[pool.size() - 1 - below(std::min<std::size_t>(pool.size(), 24))];
  };
  constexpr Op arithmetic[] = {Op::add, Op::add, Op::mul, Op::sub, Op::floordiv, Op::floormod, Op::min, Op::max};
  constexpr Op wrapped[] = {Op::add, Op::mul, Op::sub, Op::cdiv, Op::cmod, Op::bit_and, Op::bit_or, Op::bit_xor};
  constexpr Op real[] = {Op::add, Op::mul, Op::sub, Op::fdiv, Op::min, Op::max};
  constexpr Op compares[] = {Op::less, Op::less_equal, Op::equal, Op::not_equal};
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<Node>& pool = below(3) != 0 ? indices : below(2) != 0 ? ints : floats;
    const DType dtype = g.dtype(pool[0]);
    const Op op = &pool == &indices ? arithmetic[below(8)] : &pool == &ints ? wrapped[below(8)] : real[below(6)];
    switch (below(8)) {
    case 0: pool.push_back(g.make(Op::where, dtype, {of(truths), of(pool), of(pool)})); break;
    case 1: truths.push_back(g.make(compares[below(4)], DType::boolean, {of(pool), of(pool)})); break;
    case 2:
      truths.push_back(g.make(below(2) != 0 ? Op::bit_and : Op::bit_or, DType::boolean, {of(truths), of(truths)}));
      break;
    case 3: truths.push_back(g.make(Op::logical_not, DType::boolean, {of(truths)})); break;
    case 4: pool.push_back(g.make(op, dtype, {of(pool), pool[below(pool.size())]})); break;
    default: pool.push_back(g.make(op, dtype, {of(pool), of(pool)}));
    }
  }
  std::vector<Node> roots;
  for (const std::vector<Node>* pool : {&indices, &truths, &ints, &floats})
    roots.insert(roots.end(), pool->begin(), pool->end());
  return sink(g, roots);
}

/// What a strategy makes of random expressions, all in one graph: the result, and the hits of each rule.
struct Outcome {
  std::uint64_t nodes = 0, key = 0, rewrites = 0;
  std::vector<std::uint64_t> hits = std::vector<std::uint64_t>(simplify_rules.rule_count);
  friend bool operator==(const Outcome&, const Outcome&) = default;
};
template <Strategy How>
Outcome outcome_of(std::uint32_t first_seed, std::uint32_t batches) {
  Graph g;
  NoContext context;
  Outcome outcome;
  RewriteOptions options;
  options.counts = outcome.hits.data();
  std::vector<Node> roots;
  for (std::uint32_t i = 0; i < batches; ++i) roots.push_back(random_expressions(g, first_seed + i, 150));
  outcome.nodes = g.size();
  const auto result = rewrite<by<How>>(g, sink(g, roots), context, options);
  REQUIRE(result.ok());
  outcome.key = g.key(result.node);
  outcome.rewrites = result.rewrites;
  return outcome;
}

TEST_CASE("strategies: all give the same rewrites, rule by rule") {
  const std::uint32_t seeds = 60;
  std::uint64_t rewrites = 0;
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    const Outcome plain = outcome_of<Strategy::linear>(seed, 1);
    REQUIRE(outcome_of<Strategy::tables>(seed, 1) == plain);
    REQUIRE(outcome_of<Strategy::code>(seed, 1) == plain);
    rewrites += plain.rewrites;
  }
  CHECK(rewrites > 30 * seeds);
}

TEST_CASE("strategies: a graph of 100,000 random nodes") {
  const Outcome plain = outcome_of<Strategy::linear>(1000, 800);
  CHECK(plain.nodes > 100'000);
  CHECK(outcome_of<Strategy::tables>(1000, 800) == plain);
  CHECK(outcome_of<Strategy::code>(1000, 800) == plain);
  CHECK(plain.rewrites > 25'000);
}

TEST_CASE("strategies: lambdas of any number of names, of operands that may be missing, and with guards") {
  Graph g;
  NoContext context;
  for (std::uint32_t seed = 0; seed < 60; ++seed) random_expressions(g, seed, 150);
  std::size_t found[4] = {};
  for (std::uint32_t i = 1, size = g.size(); i < size; ++i) {
    const Node n{i};
    const auto plain = matcher<lambda_kinds, Graph, NoContext, Strategy::linear>::match(g, n, context);
    const auto tables = matcher<lambda_kinds, Graph, NoContext, Strategy::tables>::match(g, n, context);
    const auto code = matcher<lambda_kinds, Graph, NoContext, Strategy::code>::match(g, n, context);
    REQUIRE(tables.node == plain.node);
    REQUIRE(code.node == plain.node);
    REQUIRE(tables.rule == plain.rule);
    if (plain.found()) ++found[plain.rule];
  }
  for (std::size_t count : found) CHECK(count > 5);
}

TEST_CASE("strategies: small sets are code, large ones tables") {
  STATIC_REQUIRE(matcher<builtin::logic, Graph>::strategy ==
                 (most_rows_as_code > 0 ? Strategy::code : Strategy::tables));  // unoptimised
  STATIC_REQUIRE(matcher<simplify_rules, Graph>::strategy == Strategy::tables);
}

TEST_CASE("Guards in 64 bits say what guards in 128 bits say") {
  using namespace whittle::detail;
  std::mt19937_64 random(3);
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                         greatest = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t ends[] = {least, least + 1, -(std::int64_t{1} << 32), -7,           -2,      -1, 0, 1, 2,
                                   3,     12,        std::int64_t{1} << 40,    greatest - 1, greatest};
  const auto fact = [&] {
    NarrowFact made{ends[random() % 14], ends[random() % 14]};
    if (random() % 2 == 0) made.high = made.low;
    if (made.low > made.high) std::swap(made.low, made.high);
    return made;
  };
  const auto wide = [](NarrowFact f) { return Fact{Fact::Kind::integer, f.has_low(), f.has_high(), f.low, f.high, 0}; };
  constexpr Op ops[] = {Op::less, Op::less_equal, Op::equal,    Op::not_equal, Op::bit_and, Op::bit_or, Op::add,
                        Op::sub,  Op::mul,        Op::floordiv, Op::floormod,  Op::min,     Op::max};
  std::size_t decided = 0;
  for (int i = 0; i < 200'000; ++i) {
    const NarrowFact a = fact(), b = fact();
    if (a.low == greatest || a.high == least || b.low == greatest || b.high == least) continue;
    const Op op = ops[random() % 13];
    const bool are_truths = (op == Op::bit_and || op == Op::bit_or) && a.is_truth() && b.is_truth();
    NarrowFact narrow;
    if (!narrow_fact_of(op, a, b, narrow)) continue;
    ++decided;
    const Fact expected = fact_of(op, wide(a), wide(b), are_truths), made = wide(narrow);
    CAPTURE(name(op), a.low, a.high, b.low, b.high);
    REQUIRE(made.has_low == expected.has_low);
    REQUIRE(made.has_high == expected.has_high);
    REQUIRE((!made.has_low || made.low == expected.low));
    REQUIRE((!made.has_high || made.high == expected.high));
  }
  CHECK(decided > 30'000);
}

TEST_CASE("Bounds in 64 bits are the bounds in 128 bits") {
  using namespace whittle::detail;
  std::mt19937_64 random(4);
  constexpr std::int64_t limit = std::int64_t{1} << 31;
  constexpr std::int64_t ends[] = {-limit, 1 - limit, -100, -13, -2, -1, 0, 1, 2, 3, 12, 99, limit - 1, limit};
  constexpr Op ops[] = {Op::add, Op::sub, Op::mul, Op::min, Op::max, Op::floordiv, Op::floormod, Op::less};
  const auto bounds_in = [&](std::size_t k) {
    const std::int64_t a = ends[(random() >> k) % 14], b = ends[(random() >> k) % 14];
    return random() % 2 == 0 ? Interval{a, a} : Interval{std::min(a, b), std::max(a, b)};
  };
  Graph g;
  for (int i = 0; i < 50'000; ++i) {
    const Interval a = bounds_in(3), b = bounds_in(7);
    const Node x = g.variable("x", a.low, a.high), y = g.variable("y", b.low, b.high);
    const Op op = ops[random() % 8];
    const Node n = g.make(op, op == Op::less ? DType::boolean : DType::index, {x, y});
    Interval small;
    static_cast<void>(interval_of(g, n));
    if (!bounds::small_interval(g, n, small)) continue;
    const Interval expected = bounds::narrow(g.dtype(n), bounds::elementwise_interval(g, n));
    CAPTURE(name(op), a.low, a.high, b.low, b.high);
    REQUIRE(small == expected);
  }
}

}  // namespace

}  // namespace match_strategies
