#include <catch2/catch.hpp>

#include <string>

#include <whittle/ir/build.hpp>
#include <whittle/ir/verify.hpp>

namespace ir_verify {

using namespace whittle;

namespace {

struct World {
  Graph g;
  Node n = g.variable("n", 1, 8), f = g.constant(DType::float32, 1), i = g.constant(DType::int32, 1),
       t = g.constant(bool_scalar(true));
  Node data = buffer(g, DType::float32, 24), x = reshape(g, data, {2, 3, 4});
  Node effect = store(g, data, 0);

  /// The rule's name, or nothing.
  std::string tensor(Node node) { return name_in(verify_tensor(g, node).message()); }
  std::string kernel(Node node) { return name_in(verify_kernel(g, node).message()); }
  static std::string name_in(const std::string& message) {
    if (message.empty()) return message;
    const std::size_t begin = message.find(") ") + 2;
    return message.substr(begin, message.find(": ", begin) - begin);
  }
};

}  // namespace

TEST_CASE("verify: well-formed graphs pass") {
  World w;
  Graph& g = w.g;
  const Node y = where(g, less(g, w.x, 1), exp2(g, w.x), g.invalid(DType::float32));
  const Node next = after(g, w.data, {store(g, w.x, y)});
  const Node root = sink(g, {contiguous(g, reduce(g, pad(g, reshape(g, next, {24}), {w.n, 0}), Op::max, 1u)),
                             cast(g, add(g, iota(g, w.n), 1), DType::uint8), bitcast(g, w.f, DType::int32)});
  CHECK(verify_tensor(g, root).message() == "");
  const Node p = parameter(g, DType::float32, 64, 0), r = g.range(w.n, 1), k = g.range(w.n, 2, RangeKind::reduce);
  const Node sum = reduce(g, load(g, index_of(g, p, add(g, mul(g, r, 8), k)), 0, less(g, k, 3)), Op::add, {k});
  CHECK(verify_kernel(g, sink(g, {end(g, store(g, index_of(g, p, r), sum), {r})})).message() == "");
}

TEST_CASE("verify: the message says what and where") {
  World w;
  const Node bad = w.g.make(Op::where, DType::int32, {w.n, w.i, w.i});
  CHECK(verify_tensor(w.g, w.g.make(Op::neg, DType::int32, {bad})).message() ==
        "where (node " + std::to_string(number_of(bad)) + ") has a condition that is not bool: where(n, 1, 1)");
  const Node unfit = reshape(w.g, w.x, {5});
  CHECK(verify_tensor(w.g, unfit).message().find("cannot make (5) of (2, 3, 4): 5 elements of 24") !=
        std::string::npos);
}

TEST_CASE("verify: faults of every stage") {
  World w;
  Graph& g = w.g;
  const auto make = [&](Op op, DType dtype, std::initializer_list<Node> sources, std::uint64_t argument = 0) {
    return g.make(op, dtype, sources, argument);
  };
  const DType i32 = DType::int32, f32 = DType::float32, none = DType::none;
  const struct {
    Node node;
    const char* fault;
  } cases[] = {
      {make(Op::neg, i32, {}), "has the wrong number of sources"},
      {make(Op::where, i32, {w.t, w.i}), "has the wrong number of sources"},
      {make(Op::load, f32, {w.data, w.f}), "has the wrong number of sources"},
      {make(Op::reshape, f32, {}), "has the wrong number of sources"},
      {make(Op::less, i32, {w.i, w.i}), "is a comparison, but its dtype is not bool"},
      {make(Op::less, DType::boolean, {w.i, w.f}), "has operands of different dtypes"},
      {make(Op::add, f32, {w.i, w.f}), "has operands of different dtypes"},
      {make(Op::add, f32, {w.i, w.i}), "has a source of another dtype than its own"},
      {make(Op::where, f32, {w.t, w.f, w.i}), "has a source of another dtype than its own"},
      {make(Op::fma, f32, {w.f, w.f, w.i}), "has a source of another dtype than its own"},
      {make(Op::cast, i32, {w.effect}), "has an operand without a value"},
      {make(Op::sin, i32, {w.i}), "is for floats"},
      {make(Op::fdiv, i32, {w.i, w.i}), "is for floats"},
      {make(Op::floordiv, f32, {w.f, w.f}), "is for integers"},
      {make(Op::shl, DType::boolean, {w.t, w.t}), "is for integers"},
      {make(Op::bit_xor, f32, {w.f, w.f}), "is for integers and bools"},
      {make(Op::logical_not, i32, {w.i}), "is for bools"},
      {make(Op::bitcast, i32, {w.t}), "is a bitcast between different widths"},
      {make(Op::variable, i32, {w.n, w.i}), "has bounds that are no constants of its dtype, or in the wrong order"},
      {g.variable("m", 5, 4), "has bounds that are no constants of its dtype, or in the wrong order"},
      {make(Op::buffer, f32, {w.f}), "has a size that is no integer"},
      {make(Op::range, f32, {w.n}), "is a loop index that is no integer"},
      {make(Op::index, f32, {w.data, w.f}), "has an offset that is no integer"},
      {make(Op::index, f32, {w.f, w.n}), "is no address in a buffer"},
      {make(Op::index, i32, {w.data, w.n}), "has another dtype than its first source"},
      {make(Op::after, i32, {w.data, w.effect}), "has another dtype than its first source"},
      {load(g, w.f), "loads from what is no address"},
      {make(Op::load, f32, {index_of(g, w.data, 0), w.f, w.i}), "has a gate that is not bool"},
      {make(Op::store, none, {w.data, w.f, w.i}), "has a gate that is not bool"},
      {make(Op::load, f32, {index_of(g, w.data, 0), w.i, w.t}), "has an alternative of another dtype"},
      {make(Op::store, none, {w.f, w.f}), "stores to what is no view of a buffer"},
      {make(Op::store, none, {w.data, w.i}), "stores a value of another dtype"},
      {make(Op::store, f32, {w.data, w.f}), "is an effect, but has a dtype"},
      {make(Op::sink, f32, {}), "is an effect, but has a dtype"},
      {make(Op::end, none, {w.effect, w.n}), "closes what is no range"},
      {reduce(g, w.f, Op::sub, 0u), "folds with an operator that cannot fold its dtype"},
      {reduce(g, w.f, Op::bit_and, 0u), "folds with an operator that cannot fold its dtype"},
  };
  for (const auto& [node, fault] : cases) {
    INFO(fault);
    CHECK(w.tensor(node) == fault);
    CHECK(w.kernel(sink(g, {node})).find(fault) != std::string::npos);
  }
}

TEST_CASE("verify: faults of one stage") {
  World w;
  Graph& g = w.g;
  const Node r = g.range(w.n, 1);
  CHECK(w.tensor(r) == "has no place in a tensor graph");
  CHECK(w.tensor(end(g, w.effect, {r})) == "has no place in a tensor graph");
  CHECK(w.kernel(iota(g, w.n)) == "has no place in a kernel graph");
  CHECK(w.kernel(contiguous(g, w.f)) == "has no place in a kernel graph");
  CHECK(w.kernel(w.x) == "has no place in a kernel graph");
  CHECK(w.kernel(reduce(g, w.f, Op::add, {w.n})) == "reduces over what is no range");
  CHECK(w.tensor(reduce(g, w.x, Op::add, {w.n})) == "reduces over more than axes");
  CHECK(w.tensor(g.make(Op::flip, DType::int32, {w.x})) == "has another dtype than its first source");
  CHECK(w.tensor(g.make(Op::reshape, DType::float32, {w.f, w.f})) == "has a dimension or bound that is no integer");
  CHECK(w.tensor(permute(g, w.x, {0, 0, 1})) == "has sources that do not fit");
  CHECK(w.tensor(add(g, w.x, w.data)) == "has sources that do not fit");
}

}  // namespace ir_verify
