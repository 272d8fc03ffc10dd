#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

#include <whittle/ir/build.hpp>
#include <whittle/ir/shape.hpp>

namespace ir_shape {

using namespace whittle;

namespace {

struct World {
  Graph g;
  Node n = g.variable("n", 1, 8);
  Node x = reshape(g, buffer(g, DType::float32, 24), {2, 3, 4});
  Node y = reshape(g, buffer(g, DType::float32, mul(g, n, 3)), {n, 1, 3});
  std::string fault(Node node) {
    const std::string message = check_shape(g, node).message();
    return message.substr(message.find(": ") == std::string::npos ? 0 : message.find(": ") + 2);
  }
};

}  // namespace

TEST_CASE("shape: what fits") {
  World w;
  Graph& g = w.g;
  for (Node node : {add(g, w.x, 1), add(g, w.x, w.n), reshape(g, w.x, {6, 4}), reshape(g, w.y, {w.n, 3}),
                    expand(g, w.y, {w.n, w.n, 3}), permute(g, w.x, {2, 0, 1}), pad(g, w.x, {0, 1, w.n, 2, 0, 0}),
                    shrink(g, w.y, {0, w.n, 0, 1, 1, 3}), shrink(g, w.x, {0, 2, 3, 3, 4, 4}), flip(g, w.x, 7),
                    reduce(g, w.x, Op::add, 7u), store(g, w.x, w.x), store(g, w.x, 0), w.n}) {
    INFO(check_shape(g, node).message());
    CHECK(check_shape(g, node).ok());
  }
}

TEST_CASE("shape: what does not fit is said") {
  World w;
  Graph& g = w.g;
  CHECK(w.fault(add(g, w.x, w.y)).find("expected") != std::string::npos);
  CHECK(w.fault(reshape(g, w.x, {5, 4})) == "cannot make (5, 4) of (2, 3, 4): 20 elements of 24");
  CHECK(w.fault(reshape(g, w.x, {-1, 4})) == "a dimension is negative");
  CHECK(w.fault(expand(g, w.x, {2, 3, 5})).find("cannot expand (2, 3, 4) to (2, 3, 5)") == 0);
  CHECK(w.fault(expand(g, w.y, {2, w.n, 1, 3})).find("cannot expand (n, 1, 3) to (2, n, 1, 3)") == 0);
  CHECK(w.fault(permute(g, w.x, {0, 0, 1})) == "the axes are not a permutation of the source's");
  CHECK(w.fault(permute(g, w.x, {0, 1, 2, 3})) == "more axes than the source has");
  CHECK(w.fault(pad(g, w.x, {0, 1})) == "2 bounds for rank 3, expected a pair for each axis");
  CHECK(w.fault(pad(g, w.x, {0, 1, 0, 1, -1, 0})) == "the bounds of axis 2 do not fit (2, 3, 4)");
  CHECK(w.fault(shrink(g, w.x, {0, 2, 2, 1, 0, 4})) == "the bounds of axis 1 do not fit (2, 3, 4)");
  CHECK(w.fault(shrink(g, w.x, {0, 3, 0, 3, 0, 4})) == "the bounds of axis 0 do not fit (2, 3, 4)");
  CHECK(w.fault(flip(g, w.x, 8)) == "an axis is not below the rank, 3");
  CHECK(w.fault(reduce(g, w.x, Op::add, 9u)) == "an axis is not below the rank, 3");
  CHECK(w.fault(store(g, w.x, w.y)) == "a value of shape (n, 1, 3) for a target of shape (2, 3, 4)");
}

TEST_CASE("shape: a deep graph needs no stack") {
  World w;
  Node node = w.x;
  for (int i = 0; i < 200000; ++i) node = add(w.g, node, 1);
  CHECK(shape_of(w.g, node) == shape_of(w.g, w.x));
}

TEST_CASE("shape: a malformed node has some shape") {
  World w;
  Graph& g = w.g;
  CHECK(shape_of(g, permute(g, w.x, {9, 9, 9})).size() == 3);
  CHECK(shape_of(g, pad(g, w.x, {1, 1, 1})).size() == 3);
  CHECK(shape_of(g, g.make(Op::load, DType::int8, {})).empty());
}

}  // namespace ir_shape
