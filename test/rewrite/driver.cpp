// The driver: orders, memo, budgets, loops, cycles, depth, records.
#include <catch2/catch.hpp>

#include <random>
#include <vector>

#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/match.hpp>
#include <whittle/rewrite/report.hpp>
#include <whittle/rewrite/substitute.hpp>

namespace rewrite_driver {

namespace {

using namespace whittle;
using namespace whittle::dsl;

inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">;

// clang-format off
inline constexpr auto constants_out = rules<unbounded>("constants out",
    x + 0               >>= x,
    (x + c1) + c2       >>= x + (c1 + c2),
    x * 1               >>= x);
inline constexpr auto swaps = rules<unbounded>("swaps",
    x + y               >>= y * x,
    named("back", x * y >>= x + y));
inline constexpr auto grows = rules<unbounded>("grows",
    x * c               >>= x * (c + 1));
inline constexpr auto wraps = rules<unbounded>("wraps",
    x - c               >>= (x - c) + 1);
inline constexpr auto distributes = rules<unbounded>("distributes",
    (x + y) * c         >>= x * c + y * c,
    x * 2               >>= x + x,
    min(x, x)           >>= x);
inline constexpr auto halves = rules<unbounded>("halves",
    min(x, x)           >>= x,
    max(x, y)           >>= min(x, y));
inline constexpr auto of_missing = rules<unbounded>("of missing",
    max(x, min(x, y) + maybe<0>(c1)) >>= min(y, c1),
    c1                               >>= c1 + 7 |= when(c1 == 0));
// What a right side makes within itself is rewritten before the whole is made.
inline constexpr auto within = rules<unbounded>("within",
    min(x, c)           >>= min(x * 1, c),
    x * 1               >>= x);
inline constexpr auto counts_down = rules<unbounded>("counts down",
    x * c               >>= x * (c - 1) + x                  |= when(c > 1),
    x - x               >>= 0,
    max(x, c)           >>= (x - x) + c);
inline constexpr auto of_many = rules<unbounded>("of many",
    node<Op::group>(x, y) >>= node<Op::group>(x, x + y, y, x * 1, x),
    x * 1               >>= x,
    x + y               >>= y * x);
// clang-format on

struct Recorder {
  std::vector<RewriteStep<Graph>> steps;
  void record(const RewriteStep<Graph>& step) { steps.push_back(step); }
};

/// A graph of numbered nodes, whose edges can make cycles.
struct Cyclic {
  std::vector<std::vector<unsigned>> sources;
};

}  // namespace
}  // namespace rewrite_driver

template <>
struct whittle::graph_traits<rewrite_driver::Cyclic> {
  using node = unsigned;
  static node none() { return ~0u; }
  static Op op(const rewrite_driver::Cyclic&, node) { return Op::add; }
  static std::uint32_t arity(const rewrite_driver::Cyclic& g, node n) {
    return static_cast<std::uint32_t>(g.sources[n].size());
  }
  static node source(const rewrite_driver::Cyclic& g, node n, std::uint32_t k) { return g.sources[n][k]; }
  static node make(rewrite_driver::Cyclic& g, Op, DType, std::span<const node> sources, std::uint64_t) {
    g.sources.emplace_back(sources.begin(), sources.end());
    return static_cast<node>(g.sources.size() - 1);
  }
};

namespace rewrite_driver {

TEST_CASE("rewrite: bottom-up ends where nothing matches") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9);
  const UOp given = ((a + 1) + 2) * 1 + (b + ((a + 3) + 0));
  const auto result = rewrite<matcher<constants_out, Graph>>(g, given.node);
  CHECK(result.ok());
  CHECK(result.node == ((a + 3) + (b + (a + 3))).node);
  CHECK(rewrite<matcher<constants_out, Graph>>(g, result.node).rewrites == 0);
}

TEST_CASE("rewrite: top-down takes the root first") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9);
  // bottom-up, the operand is a sum of two by the time the product is looked at
  const UOp given = (min(a, a) + b) * 2;
  RewriteOptions top;
  top.order = Order::top_down;
  const auto down = rewrite<matcher<distributes, Graph>>(g, given.node, top);
  CHECK(down.node == ((a + a) + (b + b)).node);
  const UOp twice = max(a, a);
  CHECK(rewrite<matcher<halves, Graph>>(g, twice.node).node == a.node);
  CHECK(rewrite<matcher<halves, Graph>>(g, twice.node, top).node == a.node);
  // what is rebuilt from rewritten sources is not tried again
  const UOp outer = max(max(a, a), a);
  CHECK(rewrite<matcher<halves, Graph>>(g, outer.node).node == a.node);
  CHECK(rewrite<matcher<halves, Graph>>(g, outer.node, top).node == min(a, a).node);
}

TEST_CASE("rewrite: of a graph only what is below the root, wherever that lies") {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    Graph g;
    std::vector<Node> nodes = {g.variable("n", 0, 9), g.variable("m", 0, 9)};
    for (std::uint32_t i = 0; i < 200; ++i) {
      const Node a = nodes[random() % nodes.size()], b = nodes[random() % nodes.size()];
      const Node n = g.constant(DType::index, static_cast<std::int64_t>(random() % 3));
      nodes.push_back(g.make(random() % 2 != 0 ? Op::add : Op::mul, DType::index, {a, random() % 2 != 0 ? b : n}));
    }
    using M = matcher<constants_out, Graph>;
    NoContext context;
    const Node root = nodes[random() % nodes.size()];
    const auto all = Rewriter<M, false>(g, context)(root), swept = Rewriter<M, true>(g, context)(root);
    REQUIRE(swept.node == all.node);
    REQUIRE(swept.rewrites == all.rewrites);
  }
}

TEST_CASE("rewrite: one memo for several roots") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9);
  UOp shared = a;
  for (int i = 0; i < 100; ++i) shared = (shared + 1) + 2;
  NoContext none;
  Rewriter<matcher<constants_out, Graph>> rewriter(g, none);
  const auto first = rewriter((shared + 5).node), second = rewriter((shared + 6).node), third = rewriter(shared.node);
  CHECK(first.node == (a + 305).node);
  CHECK(second.node == (a + 306).node);
  CHECK(second.rewrites == 1);
  CHECK(third.rewrites == 0);
  Rewriter<matcher<constants_out, Graph>, false> sparse(g, none);  // numbers of its own: the same results
  CHECK(sparse((shared + 5).node).node == first.node);
}

/// All strategies, and with rewrites recorded one after another as they are written.
template <const auto& Set>
void check_strategies(Graph& g, Node given, Node wanted, std::uint64_t rewrites) {
  Recorder recorder;
  const auto recorded = rewrite<matcher<Set, Graph, Recorder>>(g, given, recorder);
  const auto code = rewrite<matcher<Set, Graph, NoContext, Strategy::code>>(g, given);
  const auto tables = rewrite<matcher<Set, Graph, NoContext, Strategy::tables>>(g, given);
  const auto linear = rewrite<matcher<Set, Graph, NoContext, Strategy::linear>>(g, given);
  for (const auto& result : {recorded, code, tables, linear}) {
    CHECK(result.ok());
    CHECK(result.node == wanted);
    CHECK(result.rewrites == rewrites);
  }
  CHECK(recorder.steps.size() == rewrites);
}

TEST_CASE("rewrite: what a right side makes within itself") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9);
  const UOp zero = handle(g, g.constant(DType::index, 0)), five = handle(g, g.constant(DType::index, 5));
  // what a rule has made a constant of does not fold: it was none where it was written
  check_strategies<counts_down>(g, max(a, 5).node, g.make(Op::add, DType::index, {zero.node, five.node}), 2);
  check_strategies<of_many>(g, g.make(Op::group, DType::none, {a.node, b.node}),
                            g.make(Op::group, DType::none, {a.node, (b * a).node, b.node, a.node, a.node}), 3);
  // right sides within right sides need no stack
  UOp sum = a * 1;
  for (int i = 1; i < 50'000; ++i) sum = sum + a;
  check_strategies<counts_down>(g, (a * 50'000).node, sum.node, 49'999);
}

TEST_CASE("rewrite: what stands for an operand that is missing is rewritten, too") {
  Graph g;
  const UOp a = variable(g, "a", 1, 9), b = variable(g, "b", 1, 9);
  check_strategies<of_missing>(g, max(a, min(a, b)).node, min(b, 7).node, 2);
}

TEST_CASE("rewrite: a right side that is its left side once it is rewritten") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9);
  CHECK(rewrite<matcher<within, Graph>>(g, min(a, 5).node).failure == RewriteFailure::rules_loop);
  CHECK(rewrite<matcher<within, Graph, NoContext, Strategy::code>>(g, min(a, 5).node).failure ==
        RewriteFailure::rules_loop);
  Recorder recorder;
  CHECK(rewrite<matcher<within, Graph, Recorder>>(g, min(a, 5).node, recorder).failure == RewriteFailure::rules_loop);
}

TEST_CASE("rewrite: rules that lead back to where they came from") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9);
  const auto result = rewrite<matcher<swaps, Graph>>(g, (a + b).node);
  CHECK(result.failure == RewriteFailure::rules_loop);
  CHECK(result.node == (a + b).node);
  const std::string message = status_of(result, swaps).message();
  CHECK(message.find("rewriting with 'swaps' does not end: rules lead back to a node they came from") == 0);
  CHECK(message.find("'x + y >>= y * x' (driver.cpp:") != std::string::npos);
  CHECK(message.find("'back' (driver.cpp:") != std::string::npos);
}

TEST_CASE("rewrite: a rule whose result holds its left side") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9);
  const auto result = rewrite<matcher<wraps, Graph>>(g, (a - 2).node);
  CHECK(result.failure == RewriteFailure::rules_loop);
}

TEST_CASE("rewrite: a budget ends what grows") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9);
  RewriteOptions options;
  options.budget = 1000;
  const auto result = rewrite<matcher<grows, Graph>>(g, (a * 2).node, options);
  CHECK(result.failure == RewriteFailure::budget_spent);
  CHECK(result.node == (a * 2).node);
  const std::string message = status_of(result, grows).message();
  CHECK(message.find("its budget is spent after 1001 rewrites; last fired: 'x * c >>= x * (c + 1)' (driver.cpp:") !=
        std::string::npos);
  CHECK(status_of(rewrite<matcher<constants_out, Graph>>(g, a.node), constants_out).ok());
}

TEST_CASE("rewrite: a cyclic graph is an error, not a hang") {
  Cyclic g{{{1, 2}, {2, 0}, {}}};
  static constexpr auto nothing = rules<structural>("nothing", x* y >>= y);
  const auto result = rewrite<matcher<nothing, Cyclic>>(g, 0u);
  CHECK(result.failure == RewriteFailure::graph_is_cyclic);
  CHECK(status_of(result, nothing).message() == "rewriting with 'nothing': the graph has a cycle");
  Cyclic self{{{0}}};
  CHECK(rewrite<matcher<nothing, Cyclic>>(self, 0u).failure == RewriteFailure::graph_is_cyclic);
  Cyclic none{{{1, 1}, {2, 2}, {}}};
  CHECK(rewrite<matcher<nothing, Cyclic>>(none, 0u).ok());
}

TEST_CASE("rewrite: a chain of a million nodes needs no stack") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9);
  UOp chain = a;
  for (int i = 0; i < 500'000; ++i) chain = handle(g, neg(g, (chain * 1).node));
  const auto result = rewrite<matcher<constants_out, Graph>>(g, chain.node);
  CHECK(result.ok());
  CHECK(result.rewrites == 500'000);
  RewriteOptions top;
  top.order = Order::top_down;
  CHECK(rewrite<matcher<constants_out, Graph>>(g, chain.node, top).node == result.node);
  const Replacing<Graph> replacing[]{{a.node, (a + 1).node}};
  CHECK(Substitution<Graph>(g, replacing)(chain.node) != chain.node);
}

TEST_CASE("rewrite: counts and records") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9);
  const UOp given = ((a + 1) + 2) + 0;
  std::uint64_t counts[constants_out.rule_count] = {};
  RewriteOptions options;
  options.counts = counts;
  Recorder recorder;
  const auto result = rewrite<matcher<constants_out, Graph, Recorder>>(g, given.node, recorder, options);
  REQUIRE(recorder.steps.size() == 2);
  CHECK(result.rewrites == 2);
  CHECK(recorder.steps[0].before == ((a + 1) + 2).node);
  CHECK(recorder.steps[0].after == (a + 3).node);
  CHECK(recorder.steps[0].rule == 1);
  CHECK(counts[0] + counts[1] + counts[2] == 2);
  CHECK(counts[1] == 1);
}

TEST_CASE("rewrite: substitution") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9), i = variable(g, "i", 0, 9);
  const auto replaced = [&](UOp root, std::vector<Replacing<Graph>> list) {
    return handle(g, Substitution<Graph>(g, std::span<const Replacing<Graph>>(list))(root.node));
  };
  CHECK(replaced(a * a + b, {{a.node, i.node}}) == i * i + b);
  CHECK(replaced(a + b, {{a.node, b.node}, {b.node, a.node}}) == a + b);  // all at once
  CHECK(replaced(a + b, {{a.node, (a + 1).node}}) == (a + 1) + b);        // not looked into
  CHECK(replaced(a + b, {{(a + b).node, i.node}, {a.node, b.node}}) == i);
  CHECK(replaced(a + b, {}) == a + b);
  const auto not_products = [&](Node n) { return g.op(n) != Op::mul; };
  const Replacing<Graph> one[]{{a.node, i.node}};
  Substitution<Graph, decltype(not_products)> partial(g, one, not_products);
  CHECK(partial((a * b + a).node) == (a * b + i).node);
}

}  // namespace rewrite_driver
