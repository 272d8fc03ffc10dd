#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/lower/interpret.hpp>

namespace lower_interpret {

using namespace whittle;

namespace {

/// A program from a list of nodes, with vectors where they depend on a vector range.
struct Kernel {
  Graph g;
  Program program;
  std::vector<std::vector<std::int32_t>> buffers;
  std::vector<std::int64_t> variables;

  Kernel() {
    program.graph = &g;
    program.name = "k";
  }
  Node int32(std::int64_t value) { return g.constant(DType::int32, value); }
  Node put(Node n, std::uint32_t lanes = 1) {
    program.instructions.push_back({n, lanes});
    return n;
  }
  Node range(Node size, std::uint32_t id, RangeKind kind, std::uint32_t lanes = 1) {
    return put(g.make(Op::range, DType::int32, {size}, pack(RangeArgument{id, kind, {}})), lanes);
  }
  Node param(std::uint64_t position, std::vector<std::int32_t> content) {
    const Node p = put(parameter(g, DType::int32, static_cast<std::int64_t>(content.size()), position));
    buffers.push_back(std::move(content));
    return p;
  }
  Status run(std::int64_t begin = 0, std::int64_t end = 1) {
    std::vector<std::span<std::byte>> memory;
    for (auto& b : buffers) memory.push_back(std::as_writable_bytes(std::span(b)));
    return interpret(program, memory, variables, begin, end);
  }
};

using Ints = std::vector<std::int32_t>;

}  // namespace

TEST_CASE("interpret: a sum with an accumulator, in parts") {
  Kernel k;
  Graph& g = k.g;
  const Node out = k.param(0, {9, 9, 9}), in = k.param(1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const Node row = k.range(k.int32(3), 1, RangeKind::parallel);
  k.program.parallel = row;
  const Node accumulator = k.put(buffer(g, DType::int32, 1, AddressSpace::registers));
  const Node cell = k.put(index_of(g, accumulator, k.int32(0)));
  const Node zero = k.put(store(g, cell, 0));
  const Node column = k.range(k.int32(4), 2, RangeKind::reduce);
  const Node offset = k.put(add(g, k.put(mul(g, row, 4)), column));
  const Node x = k.put(load(g, k.put(index_of(g, in, offset))));
  const Node ready = k.put(after(g, cell, {zero}));
  const Node sum = k.put(add(g, k.put(load(g, ready)), x));
  const Node done = k.put(end(g, k.put(store(g, cell, sum)), {column}));
  const Node result = k.put(load(g, k.put(after(g, cell, {done}))));
  const Node last = k.put(end(g, k.put(store(g, k.put(index_of(g, out, row)), result)), {row}));
  k.put(sink(g, {last}));
  REQUIRE(k.run(1, 3).ok());
  CHECK(k.buffers[0] == Ints{9, 26, 42});
  REQUIRE(k.run(0, 1).ok());
  CHECK(k.buffers[0] == Ints{10, 26, 42});
  REQUIRE(k.run(2, 2).ok());
  CHECK(k.run(0, 4).message() ==
        "kernel k: range (node " + std::to_string(number_of(row)) + ") is launched beyond its size");
}

TEST_CASE("interpret: vectors, gathers, gates and a fold of lanes") {
  Kernel k;
  Graph& g = k.g;
  const Node out = k.param(0, {0, 0, 0, 0}), in = k.param(1, {10, 11, 12, 13, 14}), total = k.param(2, {0});
  const Node lane = k.range(k.int32(4), 1, RangeKind::vector, 4);
  const Node run_address = k.put(g.make(Op::index, DType::int32, {in, k.int32(1), lane}), 4);
  const Node run = k.put(load(g, run_address), 4);  // 11 12 13 14
  const Node valid = k.put(less(g, lane, 3), 4);
  const Node far = k.put(mul(g, lane, 2), 4);
  const Node gathered = k.put(load(g, k.put(index_of(g, in, far), 4), -1, valid), 4);  // 10 12 14 -1
  const Node sum = k.put(add(g, run, gathered), 4);
  const Node address = k.put(g.make(Op::index, DType::int32, {out, k.int32(0), lane}), 4);
  k.put(store(g, address, sum, k.put(less(g, k.int32(0), lane), 4)), 4);
  const Node folded = k.put(reduce(g, sum, Op::add, {lane}));
  k.put(store(g, k.put(index_of(g, total, k.int32(0))), folded));
  REQUIRE(k.run().ok());
  CHECK(k.buffers[0] == Ints{0, 24, 27, 13});
  CHECK(k.buffers[2] == Ints{85});
}

TEST_CASE("interpret: wide accumulators and loops without a turn") {
  Kernel k;
  Graph& g = k.g;
  const Node out = k.param(0, {0, 0}), n = g.variable("n", 0, 5, DType::int32);
  k.program.variables = {n};
  const Node lane = k.range(k.int32(2), 1, RangeKind::vector, 2);
  const Node accumulator = k.put(buffer(g, DType::int32, 1, AddressSpace::registers), 2);
  const Node cell = k.put(index_of(g, accumulator, k.int32(0)), 2);
  k.put(store(g, cell, lane), 2);
  const Node outer = k.range(k.int32(2), 2, RangeKind::loop), inner = k.range(n, 3, RangeKind::loop);
  const Node more = k.put(store(g, cell, k.put(add(g, k.put(load(g, cell), 2), 1), 2)), 2);
  k.put(end(g, more, {outer, inner}));
  k.put(store(g, k.put(g.make(Op::index, DType::int32, {out, k.int32(0), lane}), 2), k.put(load(g, cell), 2)), 2);
  k.variables = {3};
  REQUIRE(k.run().ok());
  CHECK(k.buffers[0] == Ints{6, 7});
  k.variables = {0};
  REQUIRE(k.run().ok());
  CHECK(k.buffers[0] == Ints{0, 1});
  k.variables = {};
  CHECK(k.run().message() == "kernel k: a variable has no value");
}

TEST_CASE("interpret: a grid") {
  Kernel k;
  Graph& g = k.g;
  const Node out = k.param(0, {0, 0, 0});
  const Node thread = k.put(g.make(Op::special, DType::int32, {k.int32(3)}, g.text("global")));
  k.program.grid = thread;
  k.put(store(g, k.put(index_of(g, out, thread)), k.put(mul(g, thread, thread)), k.put(less(g, thread, 2))));
  REQUIRE(k.run(0, 3).ok());
  CHECK(k.buffers[0] == Ints{0, 1, 0});
}

TEST_CASE("interpret: faults have names") {
  Kernel k;
  Graph& g = k.g;
  const Node out = k.param(0, {0, 0});
  const Node n = k.put(store(g, k.put(index_of(g, out, k.int32(2))), 1));
  CHECK(k.run().message() ==
        "kernel k: store (node " + std::to_string(number_of(n)) + ") touches element 2 of parameter 0, which has 2");

  Kernel early;
  const Node cell = early.put(
      index_of(early.g, early.put(buffer(early.g, DType::int32, 1, AddressSpace::registers)), early.int32(0)));
  early.put(load(early.g, cell));
  CHECK(early.run().message().find("nothing was stored to") != std::string::npos);

  Kernel unordered;
  unordered.put(neg(unordered.g, add(unordered.g, unordered.int32(1), unordered.int32(2))));
  CHECK(unordered.run().message().find("is not computed before it") != std::string::npos);

  Kernel open;
  open.range(open.int32(3), 1, RangeKind::loop);
  CHECK(open.run().message().find("is a loop without end") != std::string::npos);
}

}  // namespace lower_interpret
