// What convolutions, reshapes and padding make of indices: no division may be left.
#include <catch2/catch.hpp>

#include <chrono>

#include <whittle/ir/uop.hpp>
#include <whittle/simplify.hpp>

#include "expressions.hpp"

namespace simplify_convolution {

namespace {

using namespace brute_force;

/// Divisions, remainders and gates of an expression.
int count(const Graph& g, Node root, std::initializer_list<Op> ops) {
  std::vector<Node> stack{root}, seen;
  int found = 0;
  while (!stack.empty()) {
    const Node n = stack.back();
    stack.pop_back();
    if (std::find(seen.begin(), seen.end(), n) != seen.end()) continue;
    seen.push_back(n);
    found += std::find(ops.begin(), ops.end(), g.op(n)) != ops.end() ? 1 : 0;
    for (Node source : g.sources(n)) stack.push_back(source);
  }
  return found;
}
int divisions(const Graph& g, Node root) { return count(g, root, {Op::floordiv, Op::floormod}); }

struct Axes {
  Graph& g;
  std::vector<UOp> indices;
  Domain domain;

  Axes(Graph& graph, const std::vector<std::int64_t>& sizes) : g(graph) {
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      indices.push_back(handle(g, g.range(g.constant(DType::index, sizes[k]), g.fresh_id())));
      domain.add_range(indices.back().node, 0, sizes[k] - 1);
    }
  }
};

UOp flat(Graph& g, const std::vector<UOp>& indices, const std::vector<std::int64_t>& sizes) {
  UOp all = constant(g, 0);
  for (std::size_t k = 0; k < indices.size(); ++k) all = all * sizes[k] + indices[k];
  return all;
}
std::vector<UOp> split(UOp flat, const std::vector<std::int64_t>& sizes) {
  std::vector<UOp> parts;
  std::int64_t below = 1;
  for (std::size_t k = sizes.size(); k-- > 0; below *= sizes[k]) parts.insert(parts.begin(), flat / below % sizes[k]);
  return parts;
}

}  // namespace

TEST_CASE("simplify: a reshape and its inverse are nothing") {
  for (const std::vector<std::int64_t>& sizes : std::vector<std::vector<std::int64_t>>{
           {3, 4, 5}, {2, 3, 4, 5}, {7, 2}, {1, 6, 1, 2}, {5, 1, 3}, {2, 2, 2, 2, 2}, {64, 28, 28}, {3, 32, 3, 224}}) {
    Graph g;
    const Axes axes(g, sizes);
    const std::vector<UOp> parts = split(flat(g, axes.indices, sizes), sizes);
    for (std::size_t k = 0; k < parts.size(); ++k) {
      INFO(text(g, parts[k].node) << " -> " << text(g, simplify(parts[k]).node));
      CHECK((sizes[k] == 1 ? simplify(parts[k]) == constant(g, 0) : simplify(parts[k]) == axes.indices[k]));
    }
  }
}

TEST_CASE("simplify: one index, split and merged in any factors, is itself") {
  for (const std::vector<std::int64_t>& sizes :
       std::vector<std::vector<std::int64_t>>{{3, 4, 5}, {5, 4, 3}, {2, 30}, {60, 1}, {2, 2, 3, 5}, {15, 2, 2}}) {
    Graph g;
    const UOp x = variable(g, "x", 0, 59);
    CHECK(simplify(flat(g, split(x, sizes), sizes)) == x);
    CHECK(simplify(flat(g, split(x * 3, sizes), sizes) % 60) == simplify(x * 3 % 60));
  }
}

TEST_CASE("simplify: reshapes from factors to other factors keep their values") {
  const std::vector<std::vector<std::int64_t>> shapes{{3, 4, 5}, {12, 5}, {6, 10}, {2, 2, 3, 5},
                                                      {4, 15},   {60},    {5, 12}, {10, 6}};
  for (const auto& from : shapes)
    for (const auto& to : shapes) {
      Graph g;
      Axes axes(g, from);
      const std::vector<UOp> parts = split(flat(g, axes.indices, from), to);
      for (const UOp& part : parts) {
        const std::string wrong = difference(g, part.node, simplify(part).node, axes.domain);
        INFO(wrong);
        CHECK(wrong.empty());
        CHECK(divisions(g, simplify(part).node) <= divisions(g, part.node));
      }
      const UOp again = simplify(flat(g, parts, to));
      INFO(text(g, flat(g, parts, to).node) << " -> " << text(g, again.node));
      CHECK(again == simplify(flat(g, axes.indices, from)));
    }
}

TEST_CASE("simplify: windows") {
  for (std::int64_t d = 1; d <= 3; ++d)
    for (std::int64_t k = 1; k <= 5; ++k)
      for (std::int64_t o : {1, 2, 6, 28})
        for (std::int64_t more : {0, 1, 5}) {
          const std::int64_t i = d * (k - 1) + o + more;
          if (i == 1) continue;
          Graph g;
          const UOp a = variable(g, "a", 0, k - 1), b = variable(g, "b", 0, o - 1), x = a * (i + d) + b;
          INFO("d " << d << " k " << k << " o " << o << " i " << i << ": " << text(g, simplify(x % i).node));
          CHECK(simplify(x % i) == simplify(a * d + b));
          CHECK(simplify(x / i) == (k == 1 ? constant(g, 0) : a));
        }
}

TEST_CASE("simplify: adjoints of windows have no division left") {
  for (std::int64_t k = 2; k <= 4; ++k)
    for (std::int64_t o = 2; o <= 7; ++o)
      for (std::int64_t more = 0; more <= 2; ++more) {
        const std::int64_t i = o + k - 2 + more + 1, c = i + 1;
        if (o > c - (k - 1)) continue;
        for (std::int64_t l : {k * i, k * i - 1, c * k, i}) {
          Graph g;
          Domain domain;
          const UOp a = variable(g, "a", 0, k - 1), b = variable(g, "b", 0, i - 1), x = a * i + b;
          domain.add_range(a.node, 0, k - 1);
          domain.add_range(b.node, 0, i - 1);
          const UOp given = where(x % c < o && x < l, (x / c) * 100 + x % c, handle(g, g.invalid(DType::index)));
          const Node result = simplify(given).node;
          const std::string wrong = difference(g, given.node, result, domain);
          INFO("k " << k << " i " << i << " o " << o << ": " << text(g, result) << " " << wrong);
          CHECK(wrong.empty());
          CHECK(divisions(g, result) == 0);
        }
      }
}

TEST_CASE("simplify: padding") {
  Graph g;
  const UOp x = variable(g, "x", 0, 31), invalid = handle(g, g.invalid(DType::index));
  CHECK(simplify(0 <= x - 1 && x - 1 < 31) == (x > 0));
  CHECK(simplify(0 <= x - 0 && x < 32) == constant(g, 1, DType::boolean));
  CHECK(simplify(where(0 <= x - 1 && x - 1 < 30, x - 1, invalid)) == where(simplify(0 < x && x < 31), x + -1, invalid));
  // two axes, and what is padded twice
  const UOp y = variable(g, "y", 0, 15);
  const UOp both =
      where(0 <= x - 2 && x - 2 < 28, where(0 <= y - 1 && y - 1 < 14, (x - 2) * 14 + (y - 1), invalid), invalid);
  const UOp result = simplify(both);
  CHECK(count(g, result.node, {Op::where}) == 1);
  CHECK(count(g, result.node, {Op::less}) == 4);
  CHECK(result.source(1) == simplify(x * 14 + y - 29));
}

TEST_CASE("simplify: dimensions that are variables") {
  Graph g;
  const UOp n = variable(g, "n", 1, 64), a = variable(g, "a", 0, 7);
  const UOp i = handle(g, g.range(n.node, g.fresh_id()));
  CHECK(simplify((a * n + i) / n) == a);
  CHECK(simplify((a * n + i) % n) == i);
  CHECK(simplify(i < n) == constant(g, 1, DType::boolean));
  CHECK(simplify(n * a / n) == a);
}

TEST_CASE("simplify: the order in which a sum is written does not matter") {
  Graph g;
  std::vector<UOp> terms;
  for (int k = 0; k < 6; ++k)
    terms.push_back(variable(g, std::string(1, static_cast<char>('p' + k)), 0, 9) * (k % 3 + 1));
  const auto sum = [&](const std::vector<UOp>& list) {
    UOp all = list[0];
    for (std::size_t k = 1; k < list.size(); ++k) all = all + list[k];
    return simplify(all);
  };
  const UOp first = sum(terms);
  Random random(3);
  for (int k = 0; k < 50; ++k) {
    std::shuffle(terms.begin(), terms.end(), random);
    CHECK(sum(terms) == first);
    CHECK(simplify((terms[0] + terms[1]) + (terms[2] + (terms[3] + (terms[4] + terms[5])))) == first);
  }
}

TEST_CASE("simplify: long sums and deep expressions") {
  Graph g;
  UOp sum = constant(g, 0);
  for (int k = 0; k < 1000; ++k) sum = sum + variable(g, "v" + std::to_string(k), 0, 9);
  CHECK(!simplify(sum).is_empty());
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9);
  UOp deep = a;
  for (int k = 0; k < 100'000; ++k) deep = min(deep + 1, b) * 3 % 1000;
  CHECK(!simplify(deep).is_empty());
}

TEST_CASE("simplify: expressions that share parts cost what their distinct parts cost") {
  Graph g;
  const UOp b = variable(g, "b", 0, 9);
  UOp shared = variable(g, "a", 0, 9);
  for (int k = 0; k < 1000; ++k) shared = min(shared + 1, b) * 3 % 1000;
  Simplifier<Graph> simplifier(g);
  const auto start = std::chrono::steady_clock::now();
  const UOp first = simplifier(shared);
  const auto middle = std::chrono::steady_clock::now();
  for (int k = 1; k <= 1000; ++k) REQUIRE(simplifier(shared * 2 + k) == simplifier(first * 2 + k));
  const auto end = std::chrono::steady_clock::now();
  CHECK(first == simplify(shared));
  CHECK(end - middle < 100 * (middle - start));  // two thousand times as long, if nothing were remembered
  CHECK(simplifier(UOp{}).is_empty());
}

TEST_CASE("simplify: sums of more terms than are looked at keep their values") {
  Graph g;
  Random random(11);
  for (int i = 0; i < 200; ++i) {
    std::vector<UOp> leaves;
    UOp sum = constant(g, pick(random, 9));
    const int terms = 28 + pick(random, 12);
    for (int k = 0; k < terms; ++k) {
      leaves.push_back(variable(g, "v" + std::to_string(k), 0, pick(random, 2)));
      sum = sum + leaves.back() * (1 + pick(random, 12));
    }
    const std::int64_t c = 2 + pick(random, 40);
    for (const UOp given : {sum % c, sum / c, where(sum % c < 1 + c / 2, sum / c, sum), min(sum, sum % c * 3)}) {
      const Node after = simplify(given).node;
      for (int trial = 0; trial < 5; ++trial) {
        Point point;
        for (const UOp& leaf : leaves)
          point[leaf.node] = Value::of(pick(random, static_cast<int>(interval_of(g, leaf.node).high) + 1));
        REQUIRE(same(Evaluator(g, point)(given.node), Evaluator(g, point)(after)));
      }
    }
  }
}

TEST_CASE("simplify: a load's address stays, whatever holds around it") {
  Graph g;
  const UOp x = variable(g, "x", 0, 31);
  const Node memory = parameter(g, DType::float32, 32, 0);
  const UOp value = handle(g, load(g, index_of(g, memory, (x % 4).node)));
  const UOp other = handle(g, g.constant(DType::float32, 0));
  CHECK(simplify(where(x < 4, value, other)) == where(x < 4, value, other));
  const UOp gated =
      handle(g, load(g, index_of(g, memory, where(x < 4, x % 4, handle(g, g.invalid(DType::index))).node)));
  const UOp simpler = handle(g, load(g, index_of(g, memory, where(x < 4, x, handle(g, g.invalid(DType::index))).node)));
  CHECK(simplify(where(x < 4, gated, other)) == where(x < 4, simpler, other));
}

}  // namespace simplify_convolution
