// What is written in different orders is one expression.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <numeric>

#include <whittle/ir/expression.hpp>
#include <whittle/simplify.hpp>

#include "brute_force.hpp"
#include "expressions.hpp"

namespace simplify_order {

namespace {

using namespace brute_force;

std::size_t at_random(Random& random, std::size_t count) {
  return static_cast<std::size_t>(pick(random, static_cast<int>(count)));
}

/// The operands joined one after another; or in pairs, these in pairs again, and so on.
template <class Join>
UOp joined(std::vector<UOp> operands, bool in_pairs, Join join) {
  if (!in_pairs) return std::accumulate(operands.begin() + 1, operands.end(), operands[0], join);
  while (operands.size() > 1) {
    std::vector<UOp> pairs;
    for (std::size_t k = 0; k < operands.size(); k += 2)
      pairs.push_back(k + 1 < operands.size() ? join(operands[k], operands[k + 1]) : operands[k]);
    operands = pairs;
  }
  return operands[0];
}

/// Expressions with the terms of their sums and differences in other orders and brackets.
class Reordered {
 public:
  Reordered(Graph& g, Random& random) : g_(g), random_(random) {}

  Node operator()(Node n) {
    if (const auto known = done_.find(n); known != done_.end()) return known->second;
    return done_[n] = is_sum(n) ? sum(n) : over_reordered(n);
  }

 private:
  struct Signed {
    Node node;
    bool is_negative;
  };
  bool is_sum(Node n) const { return g_.dtype(n) == DType::index && (g_.op(n) == Op::add || g_.op(n) == Op::sub); }

  void collect(Node n, bool is_negative, std::vector<Signed>& terms) {
    if (!is_sum(n)) return terms.push_back({(*this)(n), is_negative});
    collect(g_.source(n, 0), is_negative, terms);
    collect(g_.source(n, 1), is_negative != (g_.op(n) == Op::sub), terms);
  }
  Node sum(Node n) {
    std::vector<Signed> terms;
    collect(n, false, terms);
    std::shuffle(terms.begin(), terms.end(), random_);
    while (terms.size() > 1) {
      const auto k = static_cast<std::ptrdiff_t>(at_random(random_, terms.size() - 1));
      terms[static_cast<std::size_t>(k)] =
          joined(terms[static_cast<std::size_t>(k)], terms[static_cast<std::size_t>(k) + 1]);
      terms.erase(terms.begin() + k + 1);
    }
    return terms[0].is_negative ? neg(g_, terms[0].node) : terms[0].node;
  }
  Signed joined(Signed a, Signed b) {
    if (a.is_negative == b.is_negative) return {whittle::add(g_, a.node, b.node), a.is_negative};
    return {a.is_negative ? sub(g_, b.node, a.node) : sub(g_, a.node, b.node), false};
  }
  Node over_reordered(Node n) {
    std::vector<Node> sources(g_.sources(n).begin(), g_.sources(n).end());
    if (sources.empty()) return n;
    for (Node& source : sources) source = (*this)(source);
    return g_.with_sources(n, sources);
  }

  Graph& g_;
  Random& random_;
  std::map<Node, Node> done_;
};

/// In every order that is tried the joined operands become one node, which simplifying leaves as it is.
template <class Join>
void check_orders(std::vector<UOp> operands, int orders, Join join) {
  Random random(3);
  const UOp first = simplify(joined(operands, false, join));
  REQUIRE(simplify(first) == first);
  for (int k = 0; k < orders; ++k) {
    std::shuffle(operands.begin(), operands.end(), random);
    REQUIRE(simplify(joined(operands, k % 2 == 0, join)) == first);
  }
}

constexpr auto add = [](UOp a, UOp b) { return a + b; };

std::vector<UOp> variables(Graph& g, int count, std::int64_t high, DType dtype = DType::index) {
  std::vector<UOp> all;
  for (int k = 0; k < count; ++k) all.push_back(variable(g, "v" + std::to_string(k), 0, high, dtype));
  return all;
}

}  // namespace

TEST_CASE("order: sums of an index, short and long") {
  for (int count : {2, 6, 31, 33, 34, 100, 1000}) {
    Graph g;
    std::vector<UOp> terms = variables(g, count, 9);
    for (std::size_t k = 0; k < terms.size(); ++k) {
      if (k % 7 == 3) terms[k] = terms[k] / 3;
      if (k % 7 == 5) terms[k] = terms[k] % 4;
      terms[k] = terms[k] * (1 + static_cast<int>(k % 5));
    }
    for (int k = 0; k < count / 5; ++k) terms.push_back(terms[static_cast<std::size_t>(2 * k)] * 3);  // like terms
    terms.push_back(constant(g, 5));
    check_orders(terms, 8, add);
  }
}

TEST_CASE("order: long sums become short ones, and nothing") {
  Graph g;
  const std::vector<UOp> terms = variables(g, 100, 9);
  const auto sum_of = [&](std::size_t begin, std::size_t end) {
    return joined(
        {terms.begin() + static_cast<std::ptrdiff_t>(begin), terms.begin() + static_cast<std::ptrdiff_t>(end)}, false,
        add);
  };
  const UOp all = sum_of(0, 100);
  CHECK(simplify(all - sum_of(20, 100)) == simplify(sum_of(0, 20)));
  CHECK(simplify(all - sum_of(40, 100)) == simplify(sum_of(0, 40)));
  CHECK(simplify(all - sum_of(0, 100)) == constant(g, 0));
  CHECK(simplify(all + sum_of(0, 100)) == simplify(joined(terms, true, add) * 2));
  CHECK(simplify(all * 3 + 4 - all * 2) == simplify(all + 4));
}

TEST_CASE("order: values in two parts are put together wherever they stand in a long sum") {
  Graph g;
  const std::vector<UOp> values = variables(g, 100, 99);
  std::vector<UOp> parts;
  for (const UOp& v : values)
    for (const UOp& part : {v / 12 * 12, v / 4 % 3 * 4, v % 4}) parts.push_back(part);
  check_orders(parts, 8, add);
  CHECK(simplify(joined(parts, true, add)) == simplify(joined(values, false, add)));
}

TEST_CASE("order: about as many terms as a short sum holds, with multiples of sums and parts of values") {
  Random random(7);
  for (int i = 0; i < 300; ++i) {
    Graph g;
    const std::vector<UOp> v = variables(g, 60, 99);
    std::vector<UOp> terms(v.begin(), v.begin() + 20 + pick(random, 20));
    for (int k = 0; k < 3; ++k) {
      const UOp x = v[at_random(random, 60)], y = v[at_random(random, 60)], z = v[at_random(random, 60)];
      const UOp sum = std::vector{x + 1, x + y + z, x * 2 + y, x / 4 + x % 8, x - y / 2}[at_random(random, 5)];
      for (int multiple : {3, 1 - pick(random, 4) * 2, -4}) terms.push_back(sum * multiple);
      for (const UOp& part : {sum / 4 * 4, sum % 4}) terms.push_back(part);
    }
    check_orders(terms, 4, add);
  }
}

TEST_CASE("order: differences of long sums") {
  Random random(29);
  for (int i = 0; i < 20; ++i) {
    Graph g;
    std::vector<UOp> terms = variables(g, 70, 99);
    for (std::size_t k = 0; k < 30; ++k) terms.push_back(terms[k] / 4 * pick(random, 5) + terms[at_random(random, 70)]);
    const UOp first = simplify(joined(terms, false, add));
    std::shuffle(terms.begin(), terms.end(), random);
    std::vector<UOp> added(terms.begin(), terms.begin() + 50), taken(terms.begin() + 50, terms.end());
    for (UOp& term : taken) term = -term;
    CHECK(simplify(joined(added, true, add) - joined(taken, i % 2 == 0, add)) == first);
    CHECK(simplify(-(joined(taken, false, add) - joined(added, false, add))) == first);
  }
}

TEST_CASE("order: long sums keep their values") {
  Random random(17);
  for (int i = 0; i < 30; ++i) {
    Graph g;
    const std::vector<UOp> leaves = variables(g, 60, 9);
    std::vector<UOp> terms;
    for (int k = 0; k < 90; ++k)
      terms.push_back(leaves[static_cast<std::size_t>(pick(random, 60))] * (pick(random, 9) - 4));
    const UOp given = joined(terms, i % 2 == 0, add);
    const Node after = simplify(given).node;
    Point point;
    for (const UOp& leaf : leaves) point[leaf.node] = Value::of(pick(random, 10));
    REQUIRE(same(Evaluator(g, point)(given.node), Evaluator(g, point)(after)));
  }
}

TEST_CASE("order: like terms of fixed-width integers are collected wherever they stand") {
  for (DType dtype : {DType::int8, DType::int32, DType::int64, DType::uint8, DType::uint32}) {
    INFO(name(dtype));
    Graph g;
    const std::vector<UOp> v = variables(g, 4, 5, dtype);
    const UOp a = v[0], b = v[1], c = v[2], d = v[3];
    CHECK(simplify((a + b + c) - a - c) == b);
    CHECK(simplify((a - b) - a) == simplify(-b));
    CHECK(simplify(a * 3 - b - a * 3 + b) == constant(g, 0, dtype));
    CHECK(simplify((a + b) - (c + a) + (c - b)) == constant(g, 0, dtype));
    CHECK(simplify((3 - a) + (c - b) + a) == c - b + 3);
    CHECK(simplify(-a - (b - a) - 7) == simplify(-7 - b));
    CHECK(simplify((d * 2 + b) + (c - d)) == simplify((b + c + d * 3) - d * 2));
    const UOp running = a + b + d;  // each part may be used by itself
    CHECK(simplify(running + c) == running + c);
    CHECK(simplify(running + a) == running + a);  // a * 2 is no cheaper
    CHECK(simplify(running - (c - d * 2)) == simplify((a - c + d) + (b + d * 2)));
  }
}

TEST_CASE("order: a sum that wraps once it is collected stays") {
  Graph g;
  const UOp a = variable(g, "a", 200, 210, DType::uint8), b = variable(g, "b", 90, 99, DType::uint8);
  const UOp given = (a - b) + (b - 90) - (a - 190);
  const Interval known = interval_of(g, given.node), after = interval_of(g, simplify(given).node);
  CHECK(after.low >= known.low);
  CHECK(after.high <= known.high);
}

TEST_CASE("order: quotients and remainders of one value") {
  Random random(5);
  for (int i = 0; i < 1000; ++i) {
    Graph g;
    const UOp x = variable(g, "x", pick(random, 2) * -50, 10 + pick(random, 1000)), y = variable(g, "y", 0, 99);
    std::vector<UOp> terms;
    for (std::int64_t k = 2 + pick(random, 5); k > 0; --k) {
      const UOp value = i % 2 == 0 ? x : std::vector{x, x + 1, x + y, x * 2 + y, x + 5}[at_random(random, 5)];
      const std::int64_t c = std::int64_t{2} << pick(random, 3), d = std::int64_t{2} << pick(random, 2);
      const UOp part = std::vector{
          value, value / c, value % c, value / c % d, value % (c * d) / c, value / c / d}[at_random(random, 6)];
      terms.push_back(part * (pick(random, 2) == 0 ? 1 : pick(random, 17) - 8));
    }
    const UOp first = joined(terms, false, add);
    std::shuffle(terms.begin(), terms.end(), random);
    const UOp second = joined(terms, true, add);
    INFO(expression(g, first.node));
    CHECK(simplify(first) == simplify(second));
    CHECK(simplify(first - second) == constant(g, 0));
    CHECK(simplify(handle(g, g.make(Op::equal, DType::boolean, {first.node, second.node}))) ==
          constant(g, 1, DType::boolean));
    CHECK(simplify(simplify(second) < simplify(first) + 1) == constant(g, 1, DType::boolean));
    CHECK(simplify(simplify(first) - simplify(second)) == constant(g, 0));
  }
}

TEST_CASE("order: all sums of random expressions") {
  Random random(31);
  for (int i = 0; i < 10'000; ++i) {
    Graph g;
    Domain domain;
    Expressions make(g, random);
    make.make_variables(domain);
    const Node given = i % 4 == 0 ? make.condition(3) : i % 4 == 1 ? make.reshaped() : make.index(4);
    const Node reordered = Reordered(g, random)(given);
    INFO(expression(g, given) << "\n" << expression(g, reordered));
    const Node simple = simplify(g, given);
    CHECK(simplify(g, reordered) == simple);
    CHECK(simplify(g, simple) == simple);
  }
}

TEST_CASE("order: minima and maxima of multiples, and of what another one decides") {
  Graph g;
  const std::vector<UOp> v = variables(g, 4, 9);
  const std::vector<UOp> operands{v[0], v[0] + 8, v[1] * 2, v[2] * 3, v[3] * 5, v[3] * 5 - 2, v[1] * 2 + v[2]};
  for (Op op : {Op::min, Op::max}) {
    const auto join = [&](UOp a, UOp b) { return handle(g, g.make(op, DType::index, {a.node, b.node})); };
    check_orders(operands, 40, join);
    const std::vector<UOp> left = op == Op::min ? std::vector{v[0], v[1] * 2, v[2] * 3, v[3] * 5 - 2}
                                                : std::vector{v[0] + 8, v[2] * 3, v[3] * 5, v[1] * 2 + v[2]};
    CHECK(simplify(joined(operands, false, join)) == simplify(joined(left, true, join)));
  }
}

TEST_CASE("order: products, bounds and bits") {
  Graph g;
  std::vector<UOp> operands = variables(g, 5, 3);
  operands.push_back(operands[1]);
  operands.push_back(constant(g, 2));
  for (Op op : {Op::mul, Op::min, Op::max, Op::bit_and, Op::bit_or, Op::bit_xor}) {
    INFO(name(op));
    check_orders(operands, 12, [&](UOp a, UOp b) { return handle(g, g.make(op, a.dtype(), {a.node, b.node})); });
  }
}

}  // namespace simplify_order
