// The driver on several threads: what comes out is what one thread makes, down to the numbers of nodes; failures.
#include <catch2/catch.hpp>

#include <numeric>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <whittle/ir/text.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/match.hpp>
#include <whittle/rewrite/parallel.hpp>
#include <whittle/rewrite/report.hpp>

namespace rewrite_parallel_ {

namespace {

using namespace whittle;
using namespace whittle::dsl;
using Catch::Matchers::Contains;

inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">;

// clang-format off
inline constexpr auto tidy = rules<unbounded>("tidy",
    x + 0                         >>= x,
    (x + c1) + c2                 >>= x + (c1 + c2),
    (x * c1) * c2                 >>= x * (c1 * c2),
    (x + y) * c                   >>= x * c + y * c,
    x * 1                         >>= x,
    min(x, x)                     >>= x,
    max(x, x)                     >>= x);
inline constexpr auto formula_tidy = rules<wrapping>("formula tidy",
    x + 0                         >>= x,
    (x + c1) + c2                 >>= x + (c1 + c2),
    x * 1                         >>= x);
inline constexpr auto pairs = rules<structural>("pairs",
    node<Op::group>(x, y)         >>= node<Op::group>(y, x, x),
    min(x, x)                     >>= x);
inline constexpr auto numbered = rules<unbounded>("numbered",
    named("fresh", min(x, x)      >>= with(x)([](auto& g, Node n) {
      return g.make(Op::add, DType::index, {n, g.constant(DType::index, 100 + g.fresh_id())});
    })));
inline constexpr auto endless = rules<unbounded>("endless",
    named("there", min(x, c)      >>= max(x, c)),
    named("back", max(x, c)       >>= min(x, c)),
    x + 0                         >>= x);
inline constexpr auto throws = rules<unbounded>("throws",
    named("no 7", min(x, c)       >>= with(x, c)([](auto& g, Node n, Node constant) {
      const std::int64_t value = g.scalar(constant).as_int();
      if (value >= 700) throw std::out_of_range("what is wrong with " + std::to_string(value));
      return n;
    })));
// clang-format on

/// Expressions over shared variables, a tenth of which begins with another's, below a sink.
Node random_sink(Graph& g, std::uint32_t seed, std::size_t expressions, std::size_t nodes_each = 60) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  std::vector<Node> pool, roots;
  for (std::size_t e = 0; e < expressions; ++e) {
    if (pool.empty() || below(10) != 0) {
      pool.clear();
      for (std::size_t v = 0; v < 4; ++v)
        pool.push_back(g.variable(std::string(1, static_cast<char>('a' + below(20))), 0, 9));
    }
    for (std::size_t k = 0; k < nodes_each; ++k) {
      const Node a = pool[pool.size() - 1 - below(pool.size() < 6 ? pool.size() : 6)], b = pool[below(pool.size())];
      const Node constant = g.constant(DType::index, static_cast<std::int64_t>(below(3)));
      constexpr Op ops[] = {Op::add, Op::mul, Op::min, Op::max};
      pool.push_back(g.make(ops[below(4)], DType::index, {a, below(2) == 0 ? constant : b}));
      if (below(8) == 0) pool.push_back(where(g, less(g, a, b), b, constant));
    }
    roots.push_back(pool.back());
  }
  return sink(g, roots);
}

/// A graph of one's own: numbered nodes, equal ones as often as they are made.
struct Formula {
  struct Entry {
    Op op;
    std::vector<unsigned> sources;
    Scalar value = {};
  };
  std::vector<Entry> entries;
  unsigned add(Op op, std::vector<unsigned> sources, Scalar value = {}) {
    entries.push_back({op, std::move(sources), value});
    return static_cast<unsigned>(entries.size() - 1);
  }
  unsigned constant(std::int64_t value) { return add(Op::constant, {}, number(DType::int64, value)); }
  std::string shown(unsigned n) const {
    std::string all(info(entries[n].op).name);
    if (entries[n].sources.empty()) return all + std::to_string(entries[n].value.bits);
    for (unsigned source : entries[n].sources) all += " " + shown(source);
    return "(" + all + ")";
  }
};

ParallelOptions on(unsigned threads, std::uint32_t nodes_a_part = 200) { return {threads, nodes_a_part}; }

/// As text that has the numbers of nodes in it.
std::string numbered_text(const Graph& g, Node root) {
  std::string shown;
  for (Node n : topological_order(g, root)) shown += std::to_string(number_of(n)) + " ";
  return shown;
}

}  // namespace
}  // namespace rewrite_parallel_

template <>
struct whittle::graph_traits<rewrite_parallel_::Formula> {
  using G = rewrite_parallel_::Formula;
  using node = unsigned;
  static node none() { return ~0u; }
  static Op op(const G& g, node n) { return g.entries[n].op; }
  static std::uint32_t arity(const G& g, node n) { return static_cast<std::uint32_t>(g.entries[n].sources.size()); }
  static node source(const G& g, node n, std::uint32_t k) { return g.entries[n].sources[k]; }
  static node make(G& g, Op op, DType, std::span<const node> sources, std::uint64_t) {
    return g.add(op, {sources.begin(), sources.end()});
  }
  static bool is_constant(const G& g, node n) { return g.entries[n].op == Op::constant; }
  static Scalar constant(const G& g, node n) { return g.entries[n].value; }
  static node make_constant(G& g, Scalar value) { return g.add(Op::constant, {}, value); }
  static std::uint32_t index(const G&, node n) { return n; }
  static node node_at(const G&, std::uint32_t index) { return index; }
  static void begin_copies(G& to, const G&, std::size_t nodes) { to.entries.reserve(to.entries.size() + nodes); }
  static node copy(G& to, const G& from, node n, const auto& copy_of) {
    std::vector<node> sources;
    for (node source : from.entries[n].sources) sources.push_back(copy_of(source));
    return to.add(from.entries[n].op, std::move(sources), from.entries[n].value);
  }
  static bool has_only_copied_ids(const G&, const G&) { return true; }
};

namespace rewrite_parallel_ {

TEST_CASE("parallel: a graph of one's own") {
  Formula f;
  std::vector<unsigned> roots;
  for (unsigned k = 0; k < 100; ++k) {
    unsigned sum = f.add(Op::variable, {});
    for (unsigned j = 0; j < 10; ++j) sum = f.add(j % 3 == 0 ? Op::mul : Op::add, {sum, f.constant((k + j) % 4)});
    roots.push_back(sum);
  }
  const unsigned root = f.add(Op::sink, roots);
  Formula sequential = f;
  REQUIRE(detail::parts_of(detail::weights_of_sources(f, root), 50).size() > 10);
  const auto result = rewrite_parallel<matcher<formula_tidy, Formula>>(f, root, {}, on(3, 50));
  const auto expected = rewrite<matcher<formula_tidy, Formula>>(sequential, root);
  CHECK(result.rewrites == expected.rewrites);
  CHECK(result.rewrites > 100);
  CHECK(f.shown(result.node) == sequential.shown(expected.node));
}

TEST_CASE("parallel: as one thread, whatever the number of threads") {
  for (std::uint32_t seed = 0; seed < 12; ++seed) {
    Graph sequential;
    const auto expected = rewrite<matcher<tidy, Graph>>(sequential, random_sink(sequential, seed, 40));
    std::string numbers;
    for (unsigned threads : {1u, 2u, 3u, 8u, 0u}) {
      Graph g;
      const Node given = random_sink(g, seed, 40);
      REQUIRE(detail::parts_of(detail::weights_of_sources(g, given), 200).size() > 4);
      std::vector<std::uint64_t> counts(tidy.rule_count);
      RewriteOptions options;
      options.counts = counts.data();
      const auto result = rewrite_parallel<matcher<tidy, Graph>>(g, given, options, on(threads));
      REQUIRE(result.ok());
      REQUIRE(g.key(result.node) == sequential.key(expected.node));
      REQUIRE(print(g, result.node) == print(sequential, expected.node));
      // a node below two parts is rewritten in both
      REQUIRE(result.rewrites >= expected.rewrites);
      REQUIRE(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == result.rewrites);
      if (threads == 1) numbers = numbered_text(g, result.node);
      REQUIRE(numbered_text(g, result.node) == numbers);
      REQUIRE(g.size() < sequential.size());  // without what was made on the way
      REQUIRE(rewrite<matcher<tidy, Graph>>(g, result.node).rewrites == 0);
    }
  }
}

TEST_CASE("parallel: one thread takes what cannot be cut") {
  Graph g;
  const Node given = random_sink(g, 1, 40);
  // small graphs, top-down, one source, and nodes that all sources share
  const auto whole = rewrite_parallel<matcher<tidy, Graph>>(g, given, {}, on(2, 1'000'000));
  CHECK(whole.node == rewrite<matcher<tidy, Graph>>(g, given).node);
  RewriteOptions top;
  top.order = Order::top_down;
  CHECK(rewrite_parallel<matcher<tidy, Graph>>(g, given, top, on(2)).node ==
        rewrite<matcher<tidy, Graph>>(g, given, top).node);
  const Node one = sink(g, {g.source(given, 0)});
  CHECK(rewrite_parallel<matcher<tidy, Graph>>(g, one, {}, on(2, 1)).node ==
        rewrite<matcher<tidy, Graph>>(g, one).node);
  CHECK(rewrite_parallel<matcher<tidy, Graph>>(g, g.constant(DType::index, 3)).node == g.constant(DType::index, 3));
  const UOp a = variable(g, "a", 0, 9);
  UOp chain = a;
  for (int k = 0; k < 1000; ++k) chain = min(chain * (k % 3), a + k);
  std::vector<Node> roots;
  for (int k = 0; k < 50; ++k) roots.push_back((chain + k).node);
  const Node shared = sink(g, roots);
  CHECK(detail::parts_of(detail::weights_of_sources(g, shared), 200).size() == 1);
  CHECK(rewrite_parallel<matcher<tidy, Graph>>(g, shared, {}, on(2)).node ==
        rewrite<matcher<tidy, Graph>>(g, shared).node);
}

TEST_CASE("parallel: parts are all sources in order, cut where least is shared") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    Graph g;
    const Node given = random_sink(g, seed, 60, 10 + seed);
    const detail::SourceWeights weights = detail::weights_of_sources(g, given);
    // counted the plain way
    std::vector<std::set<Node>> below;
    for (Node source : g.sources(given)) {
      below.emplace_back();
      for (Node n : topological_order(g, source))
        if (g.arity(n) > 1) below.back().insert(n);
    }
    std::set<Node> before;
    for (std::size_t k = 0; k < below.size(); ++k) {
      std::set<Node> from_here;
      for (std::size_t j = k; j < below.size(); ++j) from_here.insert(below[j].begin(), below[j].end());
      std::size_t own = 0, shared = 0;
      for (Node n : below[k]) own += !before.contains(n);
      for (Node n : from_here) shared += before.contains(n);
      REQUIRE(weights.own[k] == own);
      REQUIRE(weights.shared[k] == shared);
      before.insert(below[k].begin(), below[k].end());
    }
    for (std::uint32_t size : {0u, 1u, 50u, 300u, 100'000u}) {
      std::uint32_t next = 0;
      const auto parts = detail::parts_of(weights, size);
      for (std::size_t p = 0; p < parts.size(); ++p) {
        REQUIRE(parts[p].begin == next);
        REQUIRE(parts[p].end > parts[p].begin);
        next = parts[p].end;
        REQUIRE((p + 1 == parts.size() || weights.shared[next] <= size / 8));
      }
      REQUIRE(next == g.arity(given));
    }
  }
}

TEST_CASE("parallel: rules see the root, whose sources are results") {
  Graph g, sequential;
  const auto two = [](Graph& to) {
    const UOp a = variable(to, "a", 0, 9), b = variable(to, "b", 0, 9);
    UOp first = a, second = b;
    for (int k = 1; k < 100; ++k) first = min(first + k, first + k), second = min(second * k, second * k);
    return group(to, {first.node, second.node});
  };
  const auto expected = rewrite<matcher<pairs, Graph>>(sequential, two(sequential));
  const auto result = rewrite_parallel<matcher<pairs, Graph>>(g, two(g), {}, on(2, 50));
  CHECK(g.arity(result.node) == 3);
  CHECK(result.rewrites == expected.rewrites);
  CHECK(print(g, result.node) == print(sequential, expected.node));
}

TEST_CASE("parallel: where rules give ids, one thread gives them") {
  const auto given = [](Graph& to) {
    std::vector<Node> roots;
    for (int k = 0; k < 40; ++k) {
      const UOp a = variable(to, "v" + std::to_string(k), 0, 9);
      roots.push_back((min(a, a) * (k + 2) + max(a, a)).node);
    }
    return sink(to, roots);
  };
  Graph g, sequential;
  const Node root = given(g);
  REQUIRE(detail::parts_of(detail::weights_of_sources(g, root), 20).size() > 3);
  const auto result = rewrite_parallel<matcher<numbered, Graph>>(g, root, {}, on(2, 20));
  CHECK(print(g, result.node) ==
        print(sequential, rewrite<matcher<numbered, Graph>>(sequential, given(sequential)).node));
  CHECK(g.last_id() == 40);
}

TEST_CASE("parallel: the first part that fails, whatever the threads do") {
  for (unsigned threads : {1u, 2u, 5u}) {
    Graph g;
    const UOp a = variable(g, "a", 0, 9);
    std::vector<Node> roots;
    for (int k = 0; k < 200; ++k) {
      UOp sum = (a + k) + 0;
      for (int j = 0; j < 5; ++j) sum = sum * (k + 2) + j;
      roots.push_back((k >= 70 ? min(sum, k * 10) : sum).node);
    }
    const Node given = sink(g, roots);
    const std::uint32_t size = g.size();
    const auto looping = rewrite_parallel<matcher<endless, Graph>>(g, given, {}, on(threads, 30));
    CHECK(looping.failure == RewriteFailure::rules_loop);
    CHECK(looping.node == given);
    CHECK_THAT(status_of(looping, endless).message(),
               Contains("'there' (parallel.cpp:") && Contains("'back' (parallel.cpp:"));
    CHECK(g.size() == size);
    RewriteOptions few;
    few.budget = 3;
    const auto spent = rewrite_parallel<matcher<tidy, Graph>>(g, given, few, on(threads, 30));
    CHECK(spent.failure == RewriteFailure::budget_spent);
    CHECK(spent.node == given);
    CHECK_THROWS_WITH((rewrite_parallel<matcher<throws, Graph>>(g, given, {}, on(threads, 30))),
                      "what is wrong with 700");
    CHECK(g.size() == size);
  }
}

TEST_CASE("parallel: the budget is each part's") {
  Graph g;
  const Node given = random_sink(g, 5, 60);
  RewriteOptions options;
  options.budget = rewrite_parallel<matcher<tidy, Graph>>(g, given, {}, on(2)).rewrites / 2;
  CHECK(rewrite_parallel<matcher<tidy, Graph>>(g, given, options, on(2)).ok());
  CHECK(rewrite<matcher<tidy, Graph>>(g, given, options).failure == RewriteFailure::budget_spent);
}

}  // namespace rewrite_parallel_
