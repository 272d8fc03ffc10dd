// Time of whole rewrites with the built-in simplifier, and of making nodes, per distinct node of the input graph.
//
//   rewrite [--json]
#include <whittle/ir/build.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/rewrite/parallel.hpp>
#include <whittle/simplify.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <random>

namespace {

using namespace whittle;

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Random index expressions: sums, scalings, divisions, remainders and choices over 16 ranges, all below one sink.
Node random_expressions(Graph& g, std::size_t nodes, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  std::vector<Node> pool;
  for (std::uint32_t r = 0; r < 16; ++r) pool.push_back(g.range(g.constant(DType::index, 3 + 5 * r), r));
  std::vector<Node> roots;
  while (g.size() < nodes) {
    const auto recent = [&] { return pool[pool.size() - 1 - below(std::min<std::size_t>(pool.size(), 64))]; };
    const Node x = recent(), y = recent();
    const auto constant = static_cast<std::int64_t>(1 + below(12));
    Node made = Node::none;
    switch (below(8)) {
    case 0: made = mul(g, x, constant); break;
    case 1: made = floordiv(g, x, constant); break;
    case 2: made = floormod(g, x, constant); break;
    case 3: made = where(g, less(g, x, y), x, y); break;
    case 4: made = add(g, x, constant); break;
    case 5: made = min(g, x, y); break;
    default: made = add(g, x, y);
    }
    pool.push_back(made);
    if (below(16) == 0) roots.push_back(made);
    // Start afresh now and then, as an index expression is small.
    if (pool.size() > 400) {
      roots.push_back(pool.back());
      pool.resize(16);
      for (std::uint32_t r = 0; r < 16; ++r)
        pool[r] = g.range(g.constant(DType::index, static_cast<std::int64_t>(3 + below(60))),
                          static_cast<std::uint32_t>(below(1000)));
    }
  }
  return sink(g, roots);
}

struct Figure {
  const char* name;
  std::size_t nodes;
  double nanoseconds;  // a node
  std::uint64_t rewrites;
};

using Rules = matcher<simplify_rules, Graph>;

/// `run(graph, root)`, each time on a graph of its own.
Figure rewrite_figure(const char* name, std::size_t nodes, const auto& run) {
  Figure best{name, 0, 1e30, 0};
  for (std::uint32_t repeat = 0; repeat < 3; ++repeat) {
    Graph g;
    const Node root = random_expressions(g, nodes, 7);
    best.nodes = topological_order(g, root).size();
    const double seconds = seconds_of([&] { best.rewrites = run(g, root).rewrites; });
    best.nanoseconds = std::min(best.nanoseconds, 1e9 * seconds / static_cast<double>(best.nodes));
  }
  return best;
}
Figure rewrite_figure(std::size_t nodes) {
  return rewrite_figure("rewrite, built-in rules, random index expressions", nodes,
                        [](Graph& g, Node root) { return rewrite<Rules>(g, root); });
}
Figure parallel_figure(std::size_t nodes) {
  return rewrite_figure("the same, two threads", nodes,
                        [](Graph& g, Node root) { return rewrite_parallel<Rules>(g, root, {}, {.threads = 2}); });
}

Figure make_figure(std::size_t nodes) {
  Figure best{"make a node, from an empty table, random sources", nodes, 1e30, 0};
  for (std::uint32_t repeat = 0; repeat < 3; ++repeat) {
    std::mt19937 random(repeat);
    std::vector<std::uint32_t> picks(2 * nodes);
    for (std::uint32_t& pick : picks) pick = static_cast<std::uint32_t>(random());
    Graph g;
    const Node x = g.variable("x", 0, 100);
    const double seconds = seconds_of([&] {
      Node last = x;
      for (std::size_t i = 0; i < nodes; ++i) {
        const Node a{1 + picks[2 * i] % (g.size() - 1)};
        last = g.make(Op::add, DType::index, {last, a});
      }
    });
    best.nanoseconds = std::min(best.nanoseconds, 1e9 * seconds / static_cast<double>(nodes));
  }
  return best;
}

}  // namespace

int main(int count, char** values) {
  const bool json = count > 1 && std::strcmp(values[1], "--json") == 0;
  const Figure figures[] = {rewrite_figure(10'000),  rewrite_figure(100'000),  rewrite_figure(1'000'000),
                            parallel_figure(10'000), parallel_figure(100'000), parallel_figure(1'000'000),
                            make_figure(10'000),     make_figure(1'000'000)};
  std::printf(json ? "[\n" : "%-52s %10s %12s %12s\n", "", "nodes", "ns a node", "rewrites");
  for (const Figure& f : figures)
    std::printf(json ? "  {\"name\": \"%s\", \"nodes\": %zu, \"ns_per_node\": %.1f, \"rewrites\": %llu}%s\n"
                     : "%-52s %10zu %12.1f %12llu%s\n",
                f.name, f.nodes, f.nanoseconds, static_cast<unsigned long long>(f.rewrites),
                json && &f != &figures[std::size(figures) - 1] ? "," : "");
  if (json) std::puts("]");
}
