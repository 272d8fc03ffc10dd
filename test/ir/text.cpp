#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/ir/expression.hpp>
#include <whittle/ir/parse.hpp>
#include <whittle/ir/text.hpp>
#include <whittle/ir/uop.hpp>

namespace ir_text {

using namespace whittle;

namespace {

std::string round_trip(const std::string& text) {
  Graph g;
  Node root = Node::none;
  const Status status = parse(g, text, root);
  return status.ok() ? print(g, root) : status.message();
}

std::string fault(const std::string& text) {
  Graph g;
  Node root = Node::none;
  const Status status = parse(g, text, root);
  CHECK(root == Node::none);
  return status.message();
}

/// Any nodes at all, well-formed or not, as long as their arity is right.
Node random_graph(Graph& g, std::mt19937_64& random, std::size_t size) {
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  std::vector<Node> nodes{g.constant(DType::index, 7)};
  while (nodes.size() < size) {
    const auto op = static_cast<Op>(1 + below(op_count - 1));
    const auto dtype = static_cast<DType>(below(dtype_count));
    const std::size_t arity = info(op).arity == any_arity ? below(12) : info(op).arity;
    std::vector<Node> sources;
    for (std::size_t i = 0; i < arity; ++i) sources.push_back(nodes[below(nodes.size())]);
    std::uint64_t argument = below(3) == 0 ? random() : 0;
    if (op == Op::variable || op == Op::special) argument = g.text("v" + std::to_string(below(9)) + "\"\n\\");
    if (op == Op::range && below(2) == 0) argument = pack(RangeArgument{7, static_cast<RangeKind>(below(5)), {}});
    if (op == Op::reduce && below(2) == 0)
      argument = pack(ReduceArgument{Op::max, 0, static_cast<std::uint32_t>(below(99))});
    if (op == Op::permute && below(2) == 0) argument = 0x3021;
    if (op == Op::constant && below(2) == 0)
      argument = number(dtype, static_cast<std::int64_t>(below(1000)) - 500).bits;
    nodes.push_back(g.make(op, dtype, sources, argument));
  }
  return g.make(Op::sink, DType::none, std::span<const Node>(nodes));
}

}  // namespace

TEST_CASE("text: a small kernel") {
  Graph g;
  const Node out = parameter(g, DType::float32, 64, 0), in = parameter(g, DType::float32, 64, 1);
  const Node r = g.range(g.constant(DType::index, 8), 1),
             k = g.range(g.constant(DType::index, 8), 2, RangeKind::reduce);
  const Node sum = reduce(g, load(g, index_of(g, in, add(g, mul(g, r, 8), k))), Op::add, {k});
  const Node root = sink(g, {end(g, store(g, index_of(g, out, r), sum), {r})});
  const std::string text = print(g, root);
  CHECK(text.find("range index %2 id=2 kind=reduce") == std::string::npos);
  CHECK(text.find(" id=2 kind=reduce\n") != std::string::npos);
  CHECK(text.find(" op=add\n") != std::string::npos);
  CHECK(text.find("parameter float32 %1 position=0\n") != std::string::npos);
  CHECK(round_trip(text) == text);
}

TEST_CASE("text: constants are written as people write them") {
  Graph g;
  const auto line = [&](Scalar value) {
    const std::string text = print(g, g.constant(value));
    CHECK(round_trip(text) == text);
    return text.substr(std::string("%1 = const ").size(), text.size() - std::string("%1 = const \n").size());
  };
  CHECK(line(float_scalar(DType::float32, 0.1)) == "float32 0.1");
  CHECK(line(float_scalar(DType::float64, 0.1)) == "float64 0.1");
  CHECK(line(float_scalar(DType::float16, 65504)) == "float16 65504");
  CHECK(line(float_scalar(DType::float32, -0.0)) == "float32 -0");
  CHECK(line(float_scalar(DType::bfloat16, INFINITY)) == "bfloat16 inf");
  CHECK(line(float_scalar(DType::float64, -INFINITY)) == "float64 -inf");
  CHECK(line(float_scalar(DType::float32, NAN)) == "float32 nan");
  CHECK(line(int_scalar(DType::int64, std::numeric_limits<std::int64_t>::min())) == "int64 -9223372036854775808");
  CHECK(line(int_scalar(DType::uint64, -1)) == "uint64 18446744073709551615");
  CHECK(line(bool_scalar(true)) == "bool true");
  CHECK(line({DType::boolean, 5}) == "bool bits=0x5");
  CHECK(line({DType::float32, 0x3fb999999999999a}) == "float32 bits=0x3fb999999999999a");
  CHECK(line({DType::float64, 0xfff8000000000001}) == "float64 bits=0xfff8000000000001");
  CHECK(line({DType::uint8, 300}) == "uint8 bits=0x12c");
}

TEST_CASE("text: every float of 16 bits comes back") {
  Graph g;
  std::string text, again;
  std::vector<Node> nodes;
  for (DType dtype : {DType::float16, DType::bfloat16})
    for (int i = 0; i < 65536; ++i) {
      const bool half = dtype == DType::float16;
      const int fraction = half ? 10 : 7, exponent = (i & 0x7fff) >> fraction, bias = half ? 15 : 127;
      const double significand = (i & ((1 << fraction) - 1)) + (exponent != 0 ? 1 << fraction : 0);
      const double value = std::ldexp(significand, (exponent != 0 ? exponent : 1) - bias - fraction);
      nodes.push_back(g.constant(float_scalar(dtype, i > 0x7fff ? -value : value)));
    }
  const std::string printed = print(g, g.make(Op::sink, DType::none, std::span<const Node>(nodes)));
  CHECK((round_trip(printed) == printed));
}

TEST_CASE("text: random graphs come back byte for byte") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 300; ++i) {
    Graph g;
    const std::string text = print(g, random_graph(g, random, 5 + random() % 60));
    REQUIRE(round_trip(text) == text);
  }
}

TEST_CASE("text: creation order does not show") {
  Graph a, b;
  const UOp x = variable(a, "x", 0, 9), y = variable(a, "y", 0, 9);
  const UOp v = variable(b, "y", 0, 9), u = variable(b, "x", 0, 9);
  CHECK(print(a, x * 2 + y * x) == print(b, v * u + 2 * u));
}

TEST_CASE("text: a deep graph needs no stack") {
  Graph g;
  UOp x = variable(g, "x", 0, 9);
  for (int i = 0; i < 200000; ++i) x = x - i;
  CHECK(print(g, x).size() > 1000000);
  CHECK(expression(g, x).size() == 4003);
}

TEST_CASE("text: ids that were read are not given again") {
  Graph g;
  Node root = Node::none;
  REQUIRE(parse(g, "%1 = const index 4\n%2 = buffer float32 %1 id=5 space=local\n", root).ok());
  CHECK(g.fresh_id() == 6);
  CHECK(unpack<BufferArgument>(g.argument(root)).space == AddressSpace::local);
}

TEST_CASE("text: empty lines and comments") {
  CHECK(round_trip("# a graph\n\n%9 = const index 4  # four\r\n   \n%4 = range index %9 id=1 kind=loop") ==
        "%1 = const index 4\n%2 = range index %1 id=1 kind=loop\n");
}

TEST_CASE("text: faults name line and column") {
  CHECK(fault("") == "line 1, column 1: expected a node");
  CHECK(fault("%1 = const index 4\n%2 = add index %1 %7\n") == "line 2, column 19: no node has the label %7 yet");
  CHECK(fault("%1 = const index 4\n%1 = const index 5\n") == "line 2, column 1: the label %1 is taken");
  CHECK(fault("%1 = konst index 4") == "line 1, column 6: expected an operator, found 'konst'");
  CHECK(fault("%1 = const indx 4") == "line 1, column 12: expected a dtype, found 'indx'");
  CHECK(fault("%1 = const int8 128") == "line 1, column 17: expected a constant of dtype int8, found '128'");
  CHECK(fault("%1 = const float32 1.5x") == "line 1, column 20: expected a constant of dtype float32, found '1.5x'");
  CHECK(fault("%1 = const index 4\n%2 = add index %1\n") == "line 2, column 6: 'add' with 1 sources");
  CHECK(fault("%1 = const index 4\n%2 = range index %1 id=1 kind=lop") ==
        "line 2, column 31: expected one of loop, parallel, reduce, vector, unroll");
  CHECK(fault("%1 = const index 4\n%2 = neg index %1 id=1") == "line 2, column 19: 'neg' has no attribute 'id'");
  CHECK(fault("%1 = const index 4\n%2 = variable index %1 %1 name=\"x") == "line 2, column 32: the text has no end");
  CHECK(fault("%1 = const index 4\n%2 = variable index %1 %1") == "line 2, column 26: expected name=\"...\"");
  CHECK(fault("%1 = const index 4 5") == "line 1, column 20: expected the end of the line");
  CHECK(fault("1 = const index 4") == "line 1, column 1: expected a label: % and a number");
  CHECK(fault("%1 const index 4") == "line 1, column 4: expected '='");
  CHECK(fault("%1 = permute int8 %1 axes=0") == "line 1, column 19: no node has the label %1 yet");
}

TEST_CASE("text: cutting a text anywhere gives a fault or a graph") {
  std::mt19937_64 random(2);
  Graph g;
  const std::string text = print(g, random_graph(g, random, 40));
  for (std::size_t length = 0; length < text.size(); ++length) {
    Graph fresh;
    Node root = Node::none;
    const Status status = parse(fresh, text.substr(0, length), root);
    CHECK(status.ok() == (root != Node::none));
    std::string damaged = text;
    damaged[length] = static_cast<char>(random() % 96 + 32);
    (void)parse(fresh, damaged, root).ok();
  }
}

TEST_CASE("text: expressions") {
  Graph g;
  const UOp x = variable(g, "x", 0, 9), y = variable(g, "y", 0, 9);
  const auto text = [&](UOp e) { return expression(g, e.node); };
  CHECK(text((x + 3) / 4) == "(x + 3) // 4");
  const std::string sum = text(x - 3 + y * 2);  // the order of a sum's terms is the graph's
  CHECK((sum == "x - 3 + y * 2" || sum == "y * 2 + (x - 3)"));
  CHECK(text(x + -3) == "x - 3");
  CHECK(text(x - (y - 1)) == "x - (y - 1)");
  CHECK(text((x - y) - x) == "x - y - x");
  CHECK(text(x * -1) == "x * -1");
  CHECK(text(-(x - y)) == "-(x - y)");
  CHECK(text(-x / 2) == "-x // 2");
  CHECK(text(!(x < y)) == "not x < y");
  CHECK(text(where(!(x < y), x % 4, 7)) == "where(not x < y, x % 4, 7)");
  CHECK(text(cdiv(x, 2)) == "cdiv(x, 2)");
  CHECK(text((x < y) & (y < 3)).size() == std::string("(x < y) & (y < 3)").size());
  CHECK(text(x.cast(DType::float32) / 2) == "float32(x) / 2.0");
  const Node p = parameter(g, DType::float32, 8, 2);
  CHECK(expression(g, load(g, index_of(g, p, (x + 1).node))) == "p2[x + 1]");
}

}  // namespace ir_text
