// How long the simplifier takes for what a kernel asks of it: one index expression, first time, in a graph of its own;
// and how that grows with long sums and deep graphs.
//
//   simplify [--json]
#include <whittle/ir/uop.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/simplify/economy.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

using namespace whittle;

/// An element of a reshaped tensor: (3, 32, 28, 28) read as (96, 784), from one flat index.
UOp reshaped(Graph& g) {
  const UOp a = variable(g, "a", 0, 95), b = variable(g, "b", 0, 783), flat = a * 784 + b;
  return ((flat / 25088 % 3 * 32 + flat / 784 % 32) * 28 + flat / 28 % 28) * 28 + flat % 28;
}

/// An input of a padded convolution, gated; of one that is padded in both directions, or above and below alone.
template <bool Both>
UOp convolution(Graph& g) {
  const UOp n = variable(g, "n", 0, 7), c = variable(g, "c", 0, 15), y = variable(g, "y", 0, 27);
  const UOp x = variable(g, "x", 0, 27), p = variable(g, "p", 0, 2), q = variable(g, "q", 0, 2);
  const UOp row = y * 2 + p - 1, column = x * 2 + q - 1, invalid = handle(g, g.invalid(DType::index));
  UOp valid = 0 <= row && row < 56;
  if (Both) valid = valid && 0 <= column && column < 56;
  return where(valid, ((n * 16 + c) * 56 + row) * 56 + column, invalid);
}

UOp sum(Graph& g, int terms) {
  UOp all = constant(g, 0);
  for (int k = 0; k < terms; ++k) all = all + variable(g, "v" + std::to_string(k), 0, 9) * (1 + k % 7);
  return all;
}

UOp quotients(Graph& g, int terms) {
  const UOp x = variable(g, "x", 0, 1 << 30);
  UOp all = constant(g, 0);
  for (int k = 0; k < terms; ++k) all = all + x / (k + 2);
  return all;
}

/// Each choice inside the next one.
UOp choices(Graph& g, int count) {
  UOp all = constant(g, 0);
  for (int k = 0; k < count; ++k) {
    const UOp v = variable(g, "v" + std::to_string(k), 0, 99);
    all = where(v < 50, all + v % 60, v);
  }
  return all;
}

UOp deep(Graph& g, int levels) {
  const UOp b = variable(g, "b", 0, 9);
  UOp all = variable(g, "a", 0, 9);
  for (int k = 0; k < levels; ++k) all = min(all + 1, b) * 3 % 1000;
  return all;
}

struct Figure {
  std::string name;
  std::size_t nodes;
  double microseconds, economical;
};

/// The least of several runs, each in a fresh graph.
template <class Make>
Figure figure(const std::string& name, int repeats, Make make) {
  Figure best{name, 0, 1e30, 1e30};
  for (int k = 0; k < repeats; ++k) {
    Graph g;
    const UOp given = make(g);
    best.nodes = topological_order(g, given.node).size();
    const auto start = std::chrono::steady_clock::now();
    const Node simple = simplify(given).node;
    const auto middle = std::chrono::steady_clock::now();
    economize(g, simple);
    const auto end = std::chrono::steady_clock::now();
    best.microseconds = std::min(best.microseconds, std::chrono::duration<double, std::micro>(middle - start).count());
    best.economical = std::min(best.economical, std::chrono::duration<double, std::micro>(end - middle).count());
  }
  return best;
}

}  // namespace

int main(int count, char** values) {
  const bool json = count > 1 && std::strcmp(values[1], "--json") == 0;
  std::vector<Figure> figures{figure("reshaped element", 200, reshaped),
                              figure("convolution, one gate", 200, convolution<false>),
                              figure("convolution, two gates", 200, convolution<true>)};
  for (int terms : {10, 30, 100, 300, 1000, 33'000})
    figures.push_back(
        figure("sum of " + std::to_string(terms), terms < 10'000 ? 20 : 3, [&](Graph& g) { return sum(g, terms); }));
  figures.push_back(figure("quotients, sum of 33000", 3, [](Graph& g) { return quotients(g, 33'000); }));
  figures.push_back(figure("choices, 14000 nested", 3, [](Graph& g) { return choices(g, 14'000); }));
  for (int levels : {100, 25'000})
    figures.push_back(figure("chain of " + std::to_string(levels), 3, [&](Graph& g) { return deep(g, levels); }));
  std::printf(json ? "[\n" : "%-24s %10s %14s %16s\n", "", "nodes", "simplify, us", "economize, us");
  for (const Figure& f : figures)
    std::printf(json ? "  {\"name\": \"%s\", \"nodes\": %zu, \"simplify_us\": %.1f, \"economize_us\": %.1f}%s\n"
                     : "%-24s %10zu %14.1f %16.1f%s\n",
                f.name.c_str(), f.nodes, f.microseconds, f.economical, json && &f != &figures.back() ? "," : "");
  if (json) std::puts("]");
}
