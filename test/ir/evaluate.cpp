#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/ir/evaluate.hpp>

namespace ir_evaluate {

using namespace whittle;

namespace {

Array numbers(DType dtype, std::vector<std::int64_t> shape, std::vector<std::int64_t> values) {
  Array array{dtype, std::move(shape), {}};
  for (std::int64_t v : values) array.elements.push_back(number(dtype, v));
  return array;
}

std::vector<std::int64_t> ints(const Array& array) {
  std::vector<std::int64_t> values;
  for (const Scalar& x : array.elements) values.push_back(x.as_int());
  return values;
}

using Ints = std::vector<std::int64_t>;

/// A graph with an int32 buffer of 0, 1, ..., 23.
struct World {
  Graph g;
  Node data = buffer(g, DType::int32, 24);
  Node x = reshape(g, data, {2, 3, 4});
  Node n = g.variable("n", 1, 8);
  Bindings bindings;
  World() {
    Array content{DType::int32, {24}, {}};
    for (int i = 0; i < 24; ++i) content.elements.push_back(number(DType::int32, i));
    bindings.buffers.push_back({data, content});
    bindings.variables.push_back({n, 3});
  }
  Array value(Node node) {
    Array result;
    const Status status = evaluate(g, node, bindings, result);
    INFO(status.message());
    REQUIRE(status.ok());
    return result;
  }
  std::string fault(Node node) {
    Array result;
    return evaluate(g, node, bindings, result).message();
  }
};

}  // namespace

TEST_CASE("evaluate: movement") {
  World w;
  Graph& g = w.g;
  const Node row = reshape(g, iota(g, 4, DType::int32), {1, 4});
  CHECK(w.value(permute(g, w.x, {2, 0, 1})) ==
        numbers(DType::int32, {4, 2, 3},
                {0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23}));
  CHECK(w.value(expand(g, row, {2, 4})) == numbers(DType::int32, {2, 4}, {0, 1, 2, 3, 0, 1, 2, 3}));
  CHECK(w.value(pad(g, row, {1, 0, 1, 2})) ==
        numbers(DType::int32, {2, 7}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0}));
  CHECK(w.value(shrink(g, w.x, {1, 2, 0, 2, 1, w.n})) == numbers(DType::int32, {1, 2, 2}, {13, 14, 17, 18}));
  CHECK(w.value(flip(g, row, 2)) == numbers(DType::int32, {1, 4}, {3, 2, 1, 0}));
  CHECK(w.value(pad(g, shrink(g, row, {0, 0, 0, 4}), {1, 0, 0, 0})) == numbers(DType::int32, {1, 4}, {0, 0, 0, 0}));
  CHECK(w.value(contiguous(g, detach(g, row))) == w.value(row));
  CHECK(w.value(iota(g, w.n)) == numbers(DType::index, {3}, {0, 1, 2}));
}

TEST_CASE("evaluate: reduce") {
  World w;
  Graph& g = w.g;
  CHECK(w.value(reduce(g, w.x, Op::add, 4u)) == numbers(DType::int32, {2, 3, 1}, {6, 22, 38, 54, 70, 86}));
  CHECK(w.value(reduce(g, w.x, Op::max, 7u)) == numbers(DType::int32, {1, 1, 1}, {23}));
  CHECK(w.value(reduce(g, w.x, Op::add, 0u)) == w.value(w.x));
  const Node none = shrink(g, w.x, {0, 0, 0, 3, 0, 4});
  CHECK(w.value(reduce(g, none, Op::add, 7u)) == numbers(DType::int32, {1, 1, 1}, {0}));
  CHECK(w.value(reduce(g, none, Op::max, 7u)) == numbers(DType::int32, {1, 1, 1}, {-2147483648}));
  CHECK(w.value(reduce(g, none, Op::add, 2u)) == numbers(DType::int32, {0, 1, 4}, {}));
  // In float32 until the end: 2048 + 1 + 1 in float16 would stay 2048.
  const Node half = pad(g, reshape(g, g.constant(DType::float16, 2048), {1}), {0, 2});
  const Node ones = cast(g, less(g, g.constant(DType::index, 0), iota(g, 3)), DType::float16);
  CHECK(w.value(reduce(g, add(g, half, ones), Op::add, 1u)) == numbers(DType::float16, {1}, {2050}));
}

TEST_CASE("evaluate: stores and what is read after them") {
  World w;
  Graph& g = w.g;
  const Node first = after(g, w.data, {store(g, shrink(g, w.data, {0, 2}), 100)});
  CHECK(ints(w.value(shrink(g, first, {0, 4}))) == Ints{100, 100, 2, 3});
  CHECK(ints(w.value(shrink(g, w.data, {0, 4}))) == Ints{0, 1, 2, 3});
  // A second store over the first, into a transposed and flipped view, of a value that reads the old and the new.
  const Node view = flip(g, permute(g, shrink(g, reshape(g, first, {6, 4}), {0, 2, 0, 2}), {1, 0}), 1);
  const Node value = add(g, view, shrink(g, reshape(g, w.data, {6, 4}), {0, 2, 0, 2}));
  const Node second = after(g, first, {store(g, view, value)});
  // view = [[101, 5], [100, 4]] by column; positions: [1, 5], [0, 4].
  CHECK(ints(w.value(shrink(g, second, {0, 6}))) == Ints{104, 100, 2, 3, 9, 6});
  // A chain on a view, and a store that only orders another buffer.
  const Node other = buffer(g, DType::int32, 3);
  const Node filled = after(g, other, {store(g, other, iota(g, 3, DType::int32)), first});
  CHECK(ints(w.value(filled)) == Ints{0, 1, 2});
  const Node viewed = after(g, reshape(g, other, {3, 1}), {store(g, shrink(g, other, {1, 2}), 7)});
  CHECK(w.value(viewed) == numbers(DType::int32, {3, 1}, {0, 7, 0}));
  CHECK(w.fault(add(g, other, 1)).find("nothing is bound") != std::string::npos);
}

TEST_CASE("evaluate: stores are not done twice") {
  World w;
  Graph& g = w.g;
  Node state = buffer(g, DType::int32, 4);
  w.bindings.buffers.push_back({state, numbers(DType::int32, {4}, {0, 0, 0, 0})});
  for (int i = 0; i < 4; ++i)
    state =
        after(g, state,
              {store(g, shrink(g, state, {i / 2, i / 2 + 2}), add(g, shrink(g, state, {i / 2, i / 2 + 2}), 1 << i))});
  CHECK(ints(w.value(state)) == Ints{3, 15, 12, 0});
}

TEST_CASE("evaluate: gather, scatter and invalid") {
  World w;
  Graph& g = w.g;
  const Node position = iota(g, 4), good = less(g, position, 2), far = mul(g, position, 20);
  const Node offset = where(g, good, far, g.invalid(DType::index));
  CHECK(ints(w.value(load(g, index_of(g, w.data, mul(g, position, 2))))) == Ints{0, 2, 4, 6});
  CHECK(ints(w.value(load(g, index_of(g, w.data, offset)))) == Ints{0, 20, 0, 0});
  CHECK(ints(w.value(where(g, good, load(g, index_of(g, w.data, offset)), -1))) == Ints{0, 20, -1, -1});
  CHECK(ints(w.value(load(g, index_of(g, w.data, far), 5, good))) == Ints{0, 20, 5, 5});
  CHECK(ints(w.value(add(g, offset, 1))) == Ints{1, 21, 0, 0});
  CHECK(w.fault(load(g, index_of(g, w.data, far))).find("touches element 40 of buffer") != std::string::npos);
  const Node scattered = after(g, w.data, {store(g, index_of(g, w.data, offset), -5)});
  const Array result = w.value(scattered);
  CHECK(result.elements[0].as_int() == -5);
  CHECK(result.elements[20].as_int() == -5);
  CHECK(result.elements[1].as_int() == 1);
  CHECK(w.value(g.invalid(DType::float32)) == numbers(DType::float32, {}, {0}));
}

TEST_CASE("evaluate: faults are said, not hidden") {
  World w;
  Graph& g = w.g;
  CHECK(w.fault(g.range(w.n, 1)) ==
        "range (node " + std::to_string(number_of(g.range(w.n, 1))) + ") is no operator of a tensor graph");
  CHECK(w.fault(store(g, w.x, 1)).find("has no value") != std::string::npos);
  CHECK(w.fault(g.variable("m", 0, 1)).find("\"m\" has no value") != std::string::npos);
  CHECK(w.fault(reshape(g, w.x, {5})).find("makes 5 elements of 24") != std::string::npos);
  CHECK(w.fault(add(g, w.x, reshape(g, w.x, {4, 6}))).find("different shapes") != std::string::npos);
  CHECK(w.fault(after(g, w.data, {store(g, contiguous(g, w.data), 1)})).find("nothing") == std::string::npos);
  CHECK(w.fault(iota(g, 1 << 30)).find("too large") != std::string::npos);
  CHECK(w.fault(iota(g, sub(g, w.n, 5))).find("negative") != std::string::npos);
  CHECK(w.fault(add(g, g.constant(DType::index, INT64_MAX), w.n)).find("cannot be computed") != std::string::npos);
  CHECK(w.fault(sin(g, w.n)).find("cannot be computed") != std::string::npos);
  w.bindings.variables[0].second = 9;
  CHECK(w.fault(w.n).find("\"n\" is 9, out of its bounds") != std::string::npos);
  w.bindings.buffers[0].second.elements.pop_back();
  CHECK(w.fault(w.x).find("is bound to 23 elements of int32, expected 24 of int32") != std::string::npos);
}

TEST_CASE("evaluate: memory holds what was written") {
  const DType all[] = {DType::boolean,  DType::int8,    DType::int16,  DType::int32,  DType::int64,
                       DType::uint8,    DType::uint16,  DType::uint32, DType::uint64, DType::float16,
                       DType::bfloat16, DType::float32, DType::float64};
  for (DType dtype : all) {
    for (std::uint64_t stored = 0; stored < (size_of(dtype) == 1 ? 256u : 65536u); ++stored) {
      const std::uint64_t wide = size_of(dtype) > 2 ? stored << (bits(dtype) - 16) : stored;
      const Scalar value = from_stored_bits(dtype, wide);
      if (is_float(dtype) && value.as_double() != value.as_double()) continue;
      REQUIRE(stored_bits(value) == (dtype == DType::boolean ? (wide != 0 ? 1 : 0) : wide));
    }
  }
}

TEST_CASE("evaluate: a deep graph needs no stack") {
  World w;
  Node n = w.g.constant(DType::int32, 0);
  for (int i = 0; i < 50000; ++i) n = add(w.g, mul(w.g, n, 1), 1);
  CHECK(w.value(n).elements[0].as_int() == 50000);
}

}  // namespace ir_evaluate
