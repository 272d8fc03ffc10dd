// What a user's graph and rules can do wrong: cycles, lambdas that throw, lambdas that never end.
#include <catch2/catch.hpp>

#include <stdexcept>

#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/match.hpp>
#include <whittle/rewrite/pass.hpp>
#include <whittle/rewrite/report.hpp>

namespace rewrite_failures {

namespace {

using namespace whittle;
using namespace whittle::dsl;
using Catch::Matchers::Contains;

inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">;

/// Throws at every 7; else takes the zero away.
template <class G>
Node refuse_sevens(G& g, Node a, Node constant) {
  if (g.is_constant(constant, 7)) throw std::out_of_range("seven is too much");
  return g.is_constant(constant, 0) ? a : Node::none;
}

// clang-format off
inline constexpr auto throws = rules<unbounded>("throws",
    x * 1               >>= x,
    named("no sevens", x + c >>= with(x, c)([](auto& g, Node a, Node n) { return refuse_sevens(g, a, n); })),
    x - x               >>= with(x)([](auto&, Node) -> Node { throw 3; }));
inline constexpr auto loops = rules<unbounded>("loops",
    named("there", x + y >>= with(x, y)([](auto& g, Node a, Node b) { return g.make(Op::mul, DType::index, {a, b}); })),
    named("back", x * y  >>= with(x, y)([](auto& g, Node a, Node b) { return g.make(Op::add, DType::index, {a, b}); })));
inline constexpr auto grows = rules<unbounded>("grows",
    named("one more", x * c >>= with(x, c)([](auto& g, Node a, Node n) {
      return g.make(Op::mul, DType::index, {a, g.constant(DType::index, g.scalar(n).as_int() + 1)});
    })));
inline constexpr auto first_of_two = rules<structural>("first of two",
    named("drop", min(x, y) >>= x));
// clang-format on

using Throws = matcher<throws, Graph>;

/// A graph of numbered nodes: min where there are two sources, add otherwise; its edges can make cycles.
struct Edges {
  std::vector<std::vector<unsigned>> sources;
  friend bool operator==(const Edges&, const Edges&) = default;
};

}  // namespace
}  // namespace rewrite_failures

template <>
struct whittle::graph_traits<rewrite_failures::Edges> {
  using node = unsigned;
  static node none() { return ~0u; }
  static Op op(const rewrite_failures::Edges& g, node n) { return g.sources[n].size() == 2 ? Op::min : Op::add; }
  static std::uint32_t arity(const rewrite_failures::Edges& g, node n) {
    return static_cast<std::uint32_t>(g.sources[n].size());
  }
  static node source(const rewrite_failures::Edges& g, node n, std::uint32_t k) { return g.sources[n][k]; }
  static node make(rewrite_failures::Edges& g, Op, DType, std::span<const node> sources, std::uint64_t) {
    g.sources.emplace_back(sources.begin(), sources.end());
    return static_cast<node>(g.sources.size() - 1);
  }
};

namespace rewrite_failures {

TEST_CASE("failures: a cycle is told from a loop of rules, also after rules have fired") {
  // 0 = (1, 2, 3); 1 = min(4, 4), which a rule replaces; 3 = (0): the cycle
  Edges g{{{1, 2, 3}, {4, 4}, {4}, {0}, {}}};
  const Edges given = g;
  const auto result = rewrite<matcher<first_of_two, Edges>>(g, 0u);
  CHECK(result.rewrites == 1);
  CHECK(result.failure == RewriteFailure::graph_is_cyclic);
  CHECK(result.node == 0u);
  CHECK(status_of(result, first_of_two).message() == "rewriting with 'first of two': the graph has a cycle");
  CHECK(g == given);
  RewriteOptions top;
  top.order = Order::top_down;
  CHECK(rewrite<matcher<first_of_two, Edges>>(g, 0u, top).failure == RewriteFailure::graph_is_cyclic);
  // a pass says it, too
  const auto pass = rule_pass<first_of_two, Edges, NoContext>("mine");
  NoContext none;
  PassStatistics statistics;
  unsigned root = 0;
  CHECK(pass.run(g, root, none, statistics).message() == "rewriting with 'first of two': the graph has a cycle");
  CHECK(root == 0u);
  // cycles of one, two and a thousand nodes, at the root or below
  Edges ring;
  for (unsigned i = 0; i < 1000; ++i) ring.sources.push_back({(i + 1) % 1000});
  CHECK(rewrite<matcher<first_of_two, Edges>>(ring, 17u).failure == RewriteFailure::graph_is_cyclic);
}

TEST_CASE("failures: lambdas that lead back to where they came from, or never end") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9), given = a + b;
  const auto result = rewrite<matcher<loops, Graph>>(g, given.node);
  CHECK(result.failure == RewriteFailure::rules_loop);
  CHECK(result.node == given.node);
  CHECK_THAT(status_of(result, loops).message(),
             Contains("'there' (failures.cpp:") && Contains("'back' (failures.cpp:"));
  RewriteOptions options;
  options.budget = 1000;
  const UOp product = a * 2;
  const auto endless = rewrite<matcher<grows, Graph>>(g, product.node, options);
  CHECK(endless.failure == RewriteFailure::budget_spent);
  CHECK(endless.node == product.node);
  CHECK_THAT(status_of(endless, grows).message(), Contains("'one more' (failures.cpp:"));
  CHECK(given == a + b);
  CHECK(product == a * 2);
}

TEST_CASE("failures: what a lambda throws reaches the caller, and the rewriter goes on") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9);
  const UOp good = (a * 1 + 0) * (b + 0), bad = good * ((a * b) * 1 + 7);
  NoContext none;
  Rewriter<Throws> rewriter(g, none);
  const auto expected = rewrite<Throws>(g, good.node).node;
  CHECK(expected == (a * b).node);
  for (int again = 0; again < 3; ++again) {
    CHECK_THROWS_AS(rewriter(bad.node), std::out_of_range);
    const auto result = rewriter(good.node);  // some of its nodes were open when it threw
    CHECK(result.ok());
    CHECK(result.node == expected);
  }
  CHECK(rewriter((good - b).node).node == (a * b - b).node);
  CHECK_THROWS_AS(rewriter((a - a).node), int);
  Rewriter<Throws, false> sparse(g, none);
  CHECK_THROWS_AS(sparse(bad.node), std::out_of_range);
  CHECK(sparse(good.node).node == expected);
  CHECK(bad == good * ((a * b) * 1 + 7));
}

TEST_CASE("failures: a pass names the rule that threw, and leaves its root") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), given = (a * 1) * (a + 7);
  for (const bool timed : {false, true}) {
    const auto pass = rule_pass<throws, Graph, NoContext>("mine");
    NoContext none;
    PassStatistics statistics;
    statistics.times_rules = timed;
    Node root = given.node;
    try {
      (void)pass.run(g, root, none, statistics);
      FAIL("it did not throw");
    } catch (const GraphError& error) {
      CHECK_THAT(error.what(), Contains("rewriting with 'throws': the rule 'no sevens' (failures.cpp:") &&
                                   Contains(" threw: seven is too much"));
      CHECK_THROWS_AS(std::rethrow_if_nested(error), std::out_of_range);
    }
    CHECK(root == given.node);
    CHECK(statistics.rewrites() == 0);
    root = (a - a).node;
    CHECK_THROWS_WITH(pass.run(g, root, none, statistics),
                      Contains("x - x >>= lambda' (failures.cpp:") && Contains(" threw") && !Contains("seven"));
    root = (a * 1).node;
    CHECK(pass.run(g, root, none, statistics).ok());
    CHECK(root == a.node);
    CHECK(statistics.hits[0] == 1);
  }
}

TEST_CASE("failures: a pass that times its rules gives the same results") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), given = ((a * 1) * 1 + 0) + 0;
  const auto pass = rule_pass<throws, Graph, NoContext>("mine");
  NoContext none;
  PassStatistics statistics;
  statistics.times_rules = true;
  Node root = given.node;
  REQUIRE(pass.run(g, root, none, statistics).ok());
  CHECK(root == a.node);
  CHECK(statistics.hits == std::vector<std::uint64_t>{1, 1, 0});  // equal nodes are rewritten once
  REQUIRE(statistics.costs.size() == 3);
  CHECK(statistics.costs[0].attempts == 1);
  CHECK(statistics.costs[1].attempts == 1);
  CHECK(statistics.costs[1].seconds > 0);
  CHECK(statistics.costs[2].attempts == 0);
}

}  // namespace rewrite_failures
