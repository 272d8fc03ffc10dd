// Users' operators on graphs: text, checks, bounds, evaluation, lowering.
#include <catch2/catch.hpp>

#include <random>
#include <string>

#include <whittle/ir/evaluate.hpp>
#include <whittle/ir/import.hpp>
#include <whittle/ir/parse.hpp>
#include <whittle/ir/verify.hpp>

#include "ir/operator_cases.hpp"

namespace ir_operator {

using namespace whittle;
using Catch::Contains;

namespace {

template <class O>
Node applied(Graph& g, const O& op, std::initializer_list<Node> sources) {
  Node made = Node::none;
  REQUIRE(apply(g, op, sources, made).message() == "");
  return made;
}

template <class O>
std::string refusal(Graph& g, const O& op, std::initializer_list<Node> sources) {
  Node made = Node::none;
  const std::string message = apply(g, op, sources, made).message();
  CHECK(made == Node::none);
  return message;
}

std::string lowering_fault(Graph& g, Node n) {
  const Node before = n;
  const std::string message = lower_operators(g, n).message();
  CHECK(n == before);
  return message;
}

Node real(Graph& g, double value, DType dtype = DType::float32) { return g.constant(float_scalar(dtype, value)); }

Array value_of(const Graph& g, Node n, const Bindings& bindings = {}) {
  Array result;
  REQUIRE(evaluate(g, n, bindings, result).message() == "");
  return result;
}

/// A buffer of random numbers.
Node random_input(Graph& g, Bindings& bindings, std::vector<std::int64_t> dims, DType dtype, unsigned seed) {
  std::mt19937 random(seed);
  std::int64_t size = 1;
  Shape shape;
  for (std::int64_t d : dims) size *= d, shape.push_back(g.constant(DType::index, d));
  const Node memory = buffer(g, dtype, size);
  Array content{dtype, {size}, {}};
  for (std::int64_t i = 0; i < size; ++i)
    content.elements.push_back(is_float(dtype) ? float_scalar(dtype, static_cast<double>(random() % 2000) / 100 - 10)
                                               : int_scalar(dtype, static_cast<std::int64_t>(random())));
  bindings.buffers.emplace_back(memory, content);
  return reshape(g, memory, shape);
}

/// The operator, evaluated as its user says, is what its lowering is.
void compare_with_lowering(const Graph& from, Node n, const Bindings& bindings, double tolerance) {
  Graph g;
  GraphImport import(g, from);
  Node lowered = import(n);
  Bindings there;
  for (const auto& [memory, content] : bindings.buffers) there.buffers.emplace_back(import(memory), content);
  REQUIRE(lower_operators(g, lowered).message() == "");
  CHECK(verify_tensor(g, lowered).message() == "");
  for (Node each : topological_order(g, lowered)) CHECK_FALSE(is_user_op(g.op(each)));
  const Array expected = value_of(from, n, bindings), found = value_of(g, lowered, there);
  REQUIRE(found.dtype == expected.dtype);
  REQUIRE(found.shape == expected.shape);
  for (std::size_t i = 0; i < expected.elements.size(); ++i) {
    if (is_float(found.dtype))
      CHECK(found.elements[i].as_double() ==
            Approx(expected.elements[i].as_double()).epsilon(tolerance).margin(tolerance));
    else
      CHECK(found.elements[i] == expected.elements[i]);
  }
}

}  // namespace

TEST_CASE("operator: names are numbers, the same everywhere") {
  STATIC_REQUIRE(user_op("softplus") == own::softplus.number);
  STATIC_REQUIRE(is_user_op(user_op("softplus")));
  STATIC_REQUIRE(static_cast<unsigned>(user_op("softplus")) == 20807);  // part of the text form of graphs
  STATIC_REQUIRE(detail::is_operator_name("erf_2") == true);
  for (const char* bad : {"", "add", "none", "op4711", "a b", "2x", "x=1", "%1"})
    CHECK_FALSE(detail::is_operator_name(bad));
  CHECK(detail::is_operator_name("op"));
  CHECK(detail::is_operator_name("opera"));
}

TEST_CASE("operator: the text form has its name where the graph knows it") {
  Graph g;
  const Node n = applied(g, own::damped, {real(g, 2), applied(g, own::softplus, {real(g, 1)})});
  const std::string text = print(g, n);
  CHECK_THAT(text, Contains("= softplus float32 %") && Contains("= damped float32 %"));
  CHECK(expression(g, n) == "damped(2.0, softplus(1.0))");
  Node read = Node::none;
  REQUIRE(parse(g, text, read).ok());
  CHECK(read == n);

  Graph fresh;
  REQUIRE(add_operator(fresh, own::damped).ok());
  REQUIRE(parse(fresh, text, read).ok());
  CHECK(print(fresh, read) == text);
  CHECK(fresh.key(read) == g.key(n));

  Graph stranger;
  CHECK_THAT(parse(stranger, text, read).message(),
             Contains("line 3, column 6: expected an operator, found 'softplus'"));
  read = GraphImport(stranger, g)(n);
  CHECK(print(stranger, read) == text);
}

TEST_CASE("operator: one that the graph does not know has its number") {
  Graph g;
  const Node n = g.make(own::softplus.number, DType::float32, {real(g, 1)});
  CHECK_THAT(print(g, n), Contains("= op20807 float32 %1"));
  Node read = Node::none;
  REQUIRE(parse(g, print(g, n), read).ok());
  CHECK(read == n);
  CHECK(verify_tensor(g, n).ok());
  CHECK_THAT(lowering_fault(g, n), Contains("op20807") && Contains("add_operator"));
  Array result;
  CHECK_THAT(evaluate(g, n, {}, result).message(), Contains("op20807") && Contains("no operator of a tensor graph"));
}

TEST_CASE("operator: wrong numbers of operands and dtypes are refused by name") {
  Graph g;
  const Node f = real(g, 1), i = g.constant(DType::int32, 1);
  CHECK(refusal(g, own::softplus, {f, f}) == "softplus: 2 operands, expected 1");
  CHECK(refusal(g, own::damped, {}) == "damped: 0 operands, expected 2");
  CHECK(refusal(g, own::softplus, {i}) ==
        "softplus: operands of dtype int32, expected one of float16, bfloat16, float32, float64");
  CHECK(refusal(g, own::popcount, {i}) == "popcount: operands of dtype int32, expected one of uint8, uint32");
  CHECK(refusal(g, own::damped, {f, real(g, 1, DType::float64)}) ==
        "damped: operands of dtypes float32 and float64, expected one dtype");
  CHECK(g.operators().empty());

  REQUIRE(add_operator(g, own::softplus).ok());
  REQUIRE(add_operator(g, own::smaller).ok());
  Node read = Node::none;
  CHECK_THAT(parse(g, "%1 = const float32 1\n%2 = softplus float32 %1 %1", read).message(),
             Contains("'softplus' with 2 sources"));
  CHECK_THAT(verify_tensor(g, g.make(own::softplus.number, DType::float32, {f, f})).message(),
             Contains("softplus") && Contains("has the wrong number of sources"));
  CHECK_THAT(verify_tensor(g, g.make(own::softplus.number, DType::int32, {i})).message(),
             Contains("softplus") && Contains("operands of dtype int32"));
  CHECK_THAT(verify_kernel(g, g.make(own::smaller.number, DType::float32, {f, f})).message(),
             Contains("smaller") && Contains("the result is float32, expected bool"));
  Array result;
  CHECK_THAT(evaluate(g, g.make(own::softplus.number, DType::float32, {f, f}), {}, result).message(),
             Contains("softplus") && Contains("has the wrong number of sources"));
}

TEST_CASE("operator: two of one number or name cannot be in a graph") {
  Graph g;
  applied(g, own::cube_root, {real(g, 1)});
  CHECK_THAT(refusal(g, own::sawtooth, {real(g, 1)}),
             Contains("'cbrt' and 'acos_sawtooth' have the same number, 9065") && Contains("rename one"));
  applied(g, own::softplus, {real(g, 1)});
  CHECK_THAT(refusal(g, own::other::softplus, {real(g, 1)}), Contains("two operators 'softplus'"));
  CHECK(add_operator(g, own::softplus).ok());
  CHECK(g.operators().size() == 2);

  // One that uses an operator whose name is taken.
  Graph taken;
  REQUIRE(add_operator(taken, own::other::softplus).ok());
  CHECK_THAT(add_operator(taken, own::damped).message(), Contains("two operators 'softplus'"));
  CHECK(taken.operators().size() == 1);

  // Another shared library's copy of the same operator.
  const UserOperator copy = user_operator<own::Softplus>;
  CHECK(add_operator(g, copy).ok());
  CHECK(g.operators().size() == 2);
}

namespace {
constexpr Interval bounds_of_popcount(std::int64_t low, std::int64_t high, DType dtype) {
  Graph g;
  g.operators().push_back(&user_operator<own::Popcount>);
  return interval_of(g, g.make(own::popcount.number, dtype, {g.variable("n", low, high, dtype)}));
}
inline constexpr auto least =
    rules<wrapping>("least", dsl::min(own::x, own::y) >>= own::x |= dsl::when(own::x <= own::y));
}  // namespace

TEST_CASE("operator: its bounds are those of nodes, in constant expressions, too") {
  STATIC_REQUIRE(bounds_of_popcount(0, 255, DType::uint8) == Interval{0, 8});
  STATIC_REQUIRE(bounds_of_popcount(3, 9, DType::uint32) == Interval{1, 4});
  Graph g;
  const Node n = g.variable("n", 0, 9, DType::uint32), count = applied(g, own::popcount, {n});
  const Node bounded = min(g, count, g.constant(DType::uint32, 4)),
             not_bounded = min(g, count, g.constant(DType::uint32, 3));
  CHECK(rewrite<matcher<least, Graph>>(g, bounded).node == count);
  CHECK(rewrite<matcher<least, Graph>>(g, not_bounded).node == not_bounded);
  CHECK(interval_of(g, add(g, count, g.constant(DType::uint32, 1))) == Interval{1, 5});
  CHECK(interval_of(g, applied(g, own::smaller, {real(g, 1), real(g, 2)})) == Interval{0, 1});
}

TEST_CASE("operator: the plain evaluator asks the operator") {
  Graph g;
  CHECK(value_of(g, applied(g, own::softplus, {real(g, 0)})).elements[0] ==
        float_scalar(DType::float32, std::log(2.0)));
  CHECK(value_of(g, applied(g, own::popcount, {g.constant(DType::uint8, 0xb7)})).elements[0] ==
        number(DType::uint8, 6));
  CHECK(value_of(g, applied(g, own::smaller, {real(g, -1), real(g, 2)})).elements[0] == bool_scalar(true));
  CHECK(value_of(g, applied(g, own::smaller, {g.constant(DType::int8, -3), g.constant(DType::int8, 2)})).elements[0] ==
        bool_scalar(false));
  Array result;
  CHECK_THAT(evaluate(g, applied(g, own::bare, {real(g, 1)}), {}, result).message(),
             Contains("bare") && Contains("has no evaluate"));
}

TEST_CASE("operator: lowering gives what evaluating gives") {
  Graph g;
  Bindings bindings;
  const Node a = random_input(g, bindings, {4, 25}, DType::float32, 1),
             b = random_input(g, bindings, {4, 25}, DType::float32, 2);
  const Node p = applied(g, own::softplus, {a});
  compare_with_lowering(g, p, bindings, 1e-6);
  compare_with_lowering(g, applied(g, own::damped, {mul(g, a, b), applied(g, own::softplus, {p})}), bindings, 1e-4);
  compare_with_lowering(g, applied(g, own::smaller, {a, p}), bindings, 0);
  compare_with_lowering(g, applied(g, own::dot, {a, p}), bindings, 1e-5);
  compare_with_lowering(g, applied(g, own::popcount, {random_input(g, bindings, {64}, DType::uint32, 3)}), bindings, 0);
  compare_with_lowering(g, applied(g, own::popcount, {random_input(g, bindings, {64}, DType::uint8, 4)}), bindings, 0);
}

TEST_CASE("operator: one with a shape of its own") {
  Graph g;
  Bindings bindings;
  const Node a = random_input(g, bindings, {4, 3}, DType::float32, 1),
             b = random_input(g, bindings, {3, 4}, DType::float32, 2);
  const Node fits = applied(g, own::dot, {a, a}), misfit = applied(g, own::dot, {a, b});
  CHECK(shape_text(g, shape_of(g, fits)) == "(4, 1)");
  CHECK(verify_tensor(g, fits).message() == "");
  CHECK_THAT(verify_tensor(g, misfit).message(), Contains("dot") && Contains("shapes (4, 3) and (3, 4) do not fit"));
  CHECK_THAT(verify_tensor(g, applied(g, own::damped, {a, b})).message(), Contains("damped") && Contains("(3, 4)"));
}

TEST_CASE("operator: what cannot be lowered is said by name, and the graph is as it was") {
  Graph g;
  const Node f = real(g, 1);
  CHECK_THAT(lowering_fault(g, neg(g, applied(g, own::bare, {f}))), Contains("bare has no lowering"));
  CHECK_THAT(lowering_fault(g, applied(g, own::choosy, {f})),
             Contains("no rule of its lowering fits choosy(1.0) of dtype float32"));
  CHECK_THAT(lowering_fault(g, applied(g, own::widening, {f})),
             Contains("widening is lowered to float64 (), expected float32 ()"));
  REQUIRE(add_operator(g, own::egg).ok());
  CHECK_THAT(lowering_fault(g, applied(g, own::chicken, {f})),
             Contains("does not end") && Contains("chicken") && Contains("egg"));
  Node lowered = applied(g, own::choosy, {real(g, 1, DType::float64)});
  CHECK(lower_operators(g, lowered).ok());
  CHECK(expression(g, lowered) == "2.0");
}

}  // namespace ir_operator
