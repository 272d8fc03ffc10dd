// Hash-consing: equal descriptions are one node, whatever the graph has grown to.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <whittle/ir/graph.hpp>

using namespace whittle;

namespace {

using Description = std::tuple<Op, std::vector<Node>, std::uint64_t>;

/// Makes nodes, and looks each up in a map beside the graph.
class Checked {
 public:
  Node make(Op op, std::vector<Node> sources, std::uint64_t argument = 0) {
    const Node made = graph.make(op, DType::index, sources, argument);
    if (is_commutative(op)) sources = {graph.source(made, 0), graph.source(made, 1)};
    const auto [known, is_new] = known_.try_emplace({op, sources, argument}, made);
    if (known->second != made) ++mistakes;
    if (is_new != (number_of(made) + 1 == graph.size() && seen_ < graph.size())) ++mistakes;
    seen_ = graph.size();
    return made;
  }
  Graph graph;
  std::size_t mistakes = 0;

 private:
  std::map<Description, Node> known_;
  std::uint32_t seen_ = 0;
};

enum class Sources { recent, anywhere, few };

/// Nodes of one to five sources; half of them are made twice.
Checked random_graph(Sources from, std::size_t nodes) {
  constexpr Op ops[] = {Op::neg, Op::add, Op::mul, Op::sub, Op::where, Op::group};
  Checked checked;
  std::mt19937 random(11);
  for (std::uint64_t i = 0; i < 64; ++i) checked.make(Op::constant, {}, i);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  const auto pick = [&] {
    const std::uint32_t size = checked.graph.size(), among = from == Sources::anywhere ? size - 1 : 64;
    return Node{from == Sources::few ? 1 + below(64) : size - 1 - below(among)};
  };
  while (checked.graph.size() < nodes) {
    const Op op = ops[below(6)];
    const std::size_t count = op == Op::group ? 4 + below(2) : op == Op::where ? 3 : op == Op::neg ? 1 : 2;
    std::vector<Node> sources;
    while (sources.size() < count) sources.push_back(pick());
    const std::uint64_t argument = from == Sources::few ? below(1000) : 0;
    const Node made = checked.make(op, sources, argument);
    if (checked.make(op, sources, argument) != made) ++checked.mistakes;
  }
  return checked;
}

}  // namespace

TEST_CASE("Names are found again, however many there are", "[ir]") {
  Graph g;
  std::vector<Node> all;
  for (int k = 0; k < 3'000; ++k) all.push_back(g.variable("name" + std::to_string(k), 0, 9));
  CHECK(g.text_count() == 3'000);
  for (int k = 0; k < 3'000; ++k) {
    REQUIRE(g.variable("name" + std::to_string(k), 0, 9) == all[static_cast<std::size_t>(k)]);
    REQUIRE(g.text_at(g.argument(all[static_cast<std::size_t>(k)])) == "name" + std::to_string(k));
  }
  CHECK(g.text("") == 3'000);
  CHECK(g.text("") == 3'000);
}

TEST_CASE("Equal descriptions are one node", "[ir]") {
  for (const Sources from : {Sources::recent, Sources::anywhere, Sources::few}) {
    CAPTURE(static_cast<int>(from));
    CHECK(random_graph(from, 30'000).mistakes == 0);
  }
}

TEST_CASE("A node may have any number of users", "[ir]") {
  Graph graph;
  const Node x = graph.variable("x", 0, 9);
  std::vector<Node> users;
  for (std::uint64_t i = 0; i < 20'000; ++i) users.push_back(graph.make(Op::neg, DType::index, {x}, i));
  const std::uint32_t size = graph.size();
  bool same = true;
  for (std::uint64_t i = 0; i < users.size(); ++i) same = same && graph.make(Op::neg, DType::index, {x}, i) == users[i];
  CHECK(same);
  CHECK(graph.size() == size);

  // What comes later has users of its own, each a new node once.
  Node last = users.back();
  for (int i = 0; i < 20'000; ++i) last = graph.make(Op::add, DType::index, {last, x});
  CHECK(graph.size() == size + 20'000);
  last = users.back();
  for (int i = 0; i < 20'000; ++i) last = graph.make(Op::add, DType::index, {last, x});
  CHECK(graph.size() == size + 20'000);
}

TEST_CASE("In large graphs a node and its slots take at most 56 bytes", "[ir]") {
  const auto most_bytes_a_node = [](const auto& make_next) {
    Graph graph;
    const Node x = graph.variable("x", 0, 9);
    Node last = x;
    std::size_t most = 0;
    for (std::uint64_t i = 0; graph.size() < 200'000; ++i) {
      last = make_next(graph, x, last, i);
      if (graph.size() > 10'000) most = std::max(most, (graph.bytes() + graph.size() - 1) / graph.size());
    }
    return most;
  };
  CHECK(most_bytes_a_node(
            [](Graph& g, Node x, Node last, std::uint64_t) { return g.make(Op::add, DType::index, {last, x}); }) <= 56);
  CHECK(most_bytes_a_node(
            [](Graph& g, Node x, Node, std::uint64_t i) { return g.make(Op::neg, DType::index, {x}, i); }) <= 56);
  CHECK(most_bytes_a_node([](Graph& g, Node x, Node last, std::uint64_t i) {
          return i % 2 != 0 ? g.make(Op::neg, DType::index, {x}, i) : g.make(Op::add, DType::index, {last, x});
        }) <= 56);
}

TEST_CASE("Room that is reserved leaves nodes where they are", "[ir]") {
  Graph graph;
  const Node x = graph.variable("x", 0, 9);
  std::vector<Node> chain{x};
  for (int i = 0; i < 100; ++i) chain.push_back(graph.make(Op::add, DType::index, {chain.back(), x}));
  graph.reserve(50'000);
  for (std::size_t i = 1; i < chain.size(); ++i)
    CHECK(graph.make(Op::add, DType::index, {chain[i - 1], x}) == chain[i]);
}

TEST_CASE("Keys of different nodes differ, and those of constants are greater", "[ir]") {
  Graph graph;
  std::mt19937 random(5);
  std::vector<Node> pool;
  for (std::int64_t value = -500; value < 500; ++value) pool.push_back(graph.constant(DType::index, value));
  for (std::uint32_t id = 0; id < 1000; ++id) pool.push_back(graph.range(pool[600], id));
  constexpr Op ops[] = {Op::add, Op::sub, Op::mul, Op::floordiv, Op::where, Op::neg};
  while (graph.size() < 400'000) {
    const auto any = [&] { return pool[random() % pool.size()]; };
    const Op op = ops[random() % std::size(ops)];
    const Node sources[] = {any(), any(), any()};
    pool.push_back(graph.make(op, DType::index, std::span<const Node>(sources, info(op).arity)));
  }
  std::vector<std::uint64_t> keys, constants;
  for (std::uint32_t n = 1; n < graph.size(); ++n)
    (graph.is_constant(Node{n}) ? constants : keys).push_back(graph.key(Node{n}));
  std::sort(keys.begin(), keys.end());
  std::sort(constants.begin(), constants.end());
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
  CHECK(std::adjacent_find(constants.begin(), constants.end()) == constants.end());
  CHECK(keys.back() < constants.front());
}

TEST_CASE("A node of two sources has their codes", "[ir]") {
  Graph graph;
  const Node zero = graph.constant(DType::index, 0), seven = graph.constant(DType::index, 7),
             truth = graph.constant(bool_scalar(true)), x = graph.range(seven, 0);
  const Node sum = graph.make(Op::add, DType::index, {seven, x}), own = graph.make(user_op("own"), DType::index, {x});
  constexpr std::uint32_t over = OperandCode::over_constant;
  const auto codes = [&](Op op, Node a, Node b) { return graph.operand_codes(graph.make(op, DType::index, {a, b})); };
  CHECK(codes(Op::sub, sum, zero).first() == OperandCode::of(Op::add));
  CHECK(codes(Op::sub, sum, zero).second() == OperandCode::zero);
  CHECK(codes(Op::bit_and, truth, x).second() == OperandCode::one);  // constants come last
  CHECK(codes(Op::add, seven, sum).second() == OperandCode::constant);
  CHECK(codes(Op::sub, own, seven).first() == 0);  // of users' operators there is no telling
  constexpr std::uint32_t shared = OperandCodes::shared;
  CHECK(codes(Op::sub, sum, sum).first_and_relation() == OperandCode::of(Op::add) + over + OperandCodes::same + shared);
  CHECK(codes(Op::sub, sum, x).first_and_relation() == OperandCode::of(Op::add) + over + shared);
  CHECK(codes(Op::sub, x, sum).first_and_relation() ==
        OperandCode::of(Op::range) + shared);  // of one operand, a number
  CHECK(codes(Op::sub, x, sum).second_is_over_constant());
  CHECK(!codes(Op::sub, sum, x).second_is_over_constant());
  CHECK(codes(Op::sub, graph.make(Op::sub, DType::index, {x, sum}), x).first() == OperandCode::of(Op::sub));
  CHECK(!codes(Op::sub, graph.make(Op::sub, DType::index, {x, sum}), x).first_is_over_constant());
  CHECK(graph.operand_codes(own).first() == OperandCode::of(Op::range));
  CHECK(graph.operand_codes(own).second() == 0);
  CHECK(graph.operand_code(sum) == OperandCode::of(Op::add));
  CHECK(graph.operand_code(zero) == OperandCode::zero);
  CHECK(graph.operand_code(own) == 0);
}

TEST_CASE("A node's key tells whether it is an operator over a constant", "[ir]") {
  Graph graph;
  const Node seven = graph.constant(DType::index, 7), truth = graph.constant(bool_scalar(true));
  std::vector<Node> nodes = {seven, truth, graph.range(seven, 0), graph.variable("n", 0, 7)};
  constexpr Op ops[] = {Op::add, Op::sub, Op::mul, Op::floordiv, Op::floormod, Op::where, Op::neg, Op::constant};
  for (const Op op : {Op::add, Op::sub, Op::mul, Op::floordiv, Op::floormod})
    for (const Node a : {nodes[0], nodes[2], nodes[3]})
      for (const Node b : {nodes[0], nodes[2], nodes[3]}) nodes.push_back(graph.make(op, DType::index, {a, b}));
  nodes.push_back(graph.make(Op::where, DType::index, {truth, seven, nodes[2]}));
  nodes.push_back(graph.make(Op::where, DType::index, {truth, nodes[2], seven}));
  nodes.push_back(graph.make(Op::neg, DType::index, {seven}));
  std::size_t told = 0;
  for (const Node n : nodes)
    for (const Op op : ops) {
      const bool expected = graph.op(n) == op && graph.arity(n) > 1 && graph.is_constant(graph.source(n, 1));
      REQUIRE(graph.is_over_constant(n, op) == expected);
      told += expected ? 1 : 0;
    }
  CHECK(told > 10);
}

TEST_CASE("Two nodes share one that is either of them or a source of it, whatever they are", "[ir]") {
  std::size_t mistakes = 0;
  for (std::uint32_t choice = 0; choice < 1u << 12; ++choice) {  // all choices among four nodes
    const auto node = [&](std::uint32_t k) { return Node{choice >> 2 * k & 3}; };
    const Node a = node(0), b = node(1), of_a[] = {node(2), node(3)}, of_b[] = {node(4), node(5)};
    bool expected = false;
    for (const Node x : of_a) expected = expected || x == b || x == of_b[0] || x == of_b[1];
    for (const Node y : of_b) expected = expected || y == a;
    if (detail::share_a_node(a, of_a, b, of_b) != expected) ++mistakes;
  }
  CHECK(mistakes == 0);
  constexpr Node given[] = {Node{1}, Node{2}}, others[] = {Node{3}, Node{4}};
  STATIC_REQUIRE(!detail::share_a_node(Node{5}, given, Node{6}, others));
  STATIC_REQUIRE(detail::share_a_node(Node{4}, given, Node{6}, others));
}
