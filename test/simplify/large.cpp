// Expressions of 10^5 nodes, in shapes that make a simplifier look at the same nodes again and again.
#include <catch2/catch.hpp>

#include <chrono>
#include <functional>

#include <whittle/ir/build.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/simplify.hpp>

#include "sanitized.hpp"

namespace simplify_large {

namespace {

using namespace whittle;

UOp var(Graph& g, int number, std::int64_t high = 99, DType dtype = DType::index) {
  return variable(g, "v" + std::to_string(number), 0, high, dtype);
}
UOp made(Graph& g, Op op, DType dtype, UOp a, UOp b) { return handle(g, g.make(op, dtype, {a.node, b.node})); }
UOp gathered(Graph& g, UOp address) {
  const Node table = buffer(g, DType::int32, 100'000);
  return handle(g, cast(g, load(g, index_of(g, table, address.node)), DType::index));
}
/// About 160 nodes, of which most have to do with the bounds of v0.
UOp nested_quotients(Graph& g) {
  const UOp x = var(g, 0, 4000);
  UOp all = x;
  for (int i = 0; i < 40; ++i) all = min(all / 3 + x % (7 + i), var(g, i + 1));
  return all;
}

/// About 120 nodes: a sum that is simpler for every smaller v0.
UOp quotients_of_one(Graph& g) {
  const UOp x = var(g, 0, 100'000);
  UOp all = x;
  for (int i = 0; i < 38; ++i) all = all + x / (99'000 - 2000 * i);
  return all;
}

struct Shape {
  const char* name;
  int nodes_a_step;
  std::function<UOp(Graph&, UOp, int)> step;  ///< the next value, of the one before and the number of the step
  DType dtype = DType::index;
};

const std::vector<Shape> shapes{
    {"minima", 2, [](Graph& g, UOp r, int i) { return min(r, var(g, i)); }},
    {"maxima of minima", 5, [](Graph& g, UOp r, int i) { return max(min(r + var(g, i % 90), var(g, i % 80) + 5), 3); }},
    {"products", 2, [](Graph& g, UOp r, int i) { return r * var(g, i, 1); }},
    {"exclusive or", 2, [](Graph& g, UOp r, int i) { return made(g, Op::bit_xor, DType::index, r, var(g, i)); }},
    {"a sum", 3, [](Graph& g, UOp r, int i) { return r + var(g, i) * (i % 7 + 2); }},
    {"a sum of quotients of one value", 3, [](Graph& g, UOp r, int i) { return r + var(g, 0, 1 << 30) / (i + 2); }},
    {"a sum of remainders of one value", 3, [](Graph& g, UOp r, int i) { return r + var(g, 0, 1 << 30) % (i + 2); }},
    {"a sum of values in two parts", 6, [](Graph& g, UOp r, int i) { return r + (var(g, i) / 4 * 4 + var(g, i) % 4); }},
    {"quotients of quotients", 3, [](Graph& g, UOp r, int i) { return r / 2 + var(g, i % 100); }},
    {"remainders of products", 4, [](Graph& g, UOp r, int i) { return (r * 3 + var(g, i % 100)) % (1000 + i % 7); }},
    {"choices, the last one inside", 4, [](Graph& g, UOp r, int i) { return where(var(g, i) < 50, r, var(g, i)); }},
    {"choices, the last one outside", 4, [](Graph& g, UOp r, int i) { return where(var(g, i) < 50, var(g, i), r); }},
    {"choices by one variable", 3,
     [](Graph& g, UOp r, int i) { return where(var(g, 0, 1 << 20) < 3 + 5 * i, r, var(g, i)); }},
    {"choices with its sum", 6,
     [](Graph& g, UOp r, int i) { return where(var(g, i % 500) < 50, r + var(g, i % 500), r + 1); }},
    {"choices between comparisons of sums", 5,
     [](Graph& g, UOp r, int i) { return where(r + var(g, i % 90) < 60 + i % 30, r, r + 1); }},
    {"gated sums", 8,
     [](Graph& g, UOp r, int i) {
       return where(var(g, i) < 90 && 2 < var(g, i + 1), r + var(g, i) * 3, var(g, i + 1));
     }},
    {"choices of one large value", 5,
     [large = UOp{}](Graph& g, UOp r, int i) mutable {
       if (i == 1) large = nested_quotients(g);
       return max(r, where(var(g, 0, 4000) < 4000 - i % 2000, large, var(g, i)));
     }},
    {"choices of a sum of quotients, under another bound each", 5,
     [large = UOp{}](Graph& g, UOp r, int i) mutable {
       if (i == 1) large = quotients_of_one(g);
       return max(r, where(var(g, 0, 100'000) < 100'000 - i, large, var(g, i)));
     }},
    {"gathers under conditions", 9,
     [](Graph& g, UOp r, int i) {
       const UOp x = gathered(g, r);
       return where(var(g, i + 1) < 50, x + var(g, i + 1) % 60, x);
     }},
    {"conjunctions of ten", 40,
     [](Graph& g, UOp r, int i) {
       UOp all = var(g, i) < 90;
       for (int k = 1; k < 10; ++k) all = all && k < var(g, i + k);
       return where(all, r + var(g, i + 3) % 7, var(g, i));
     }},
    {"sums of fixed-width integers", 2, [](Graph& g, UOp r, int i) { return r + var(g, i, 999, DType::int32); },
     DType::int32},
};

// A busy machine takes longer than one that is not; what is quadratic takes minutes.
#ifdef __OPTIMIZE__
constexpr double most_seconds = 4;
#else
constexpr double most_seconds = 40;
#endif

UOp whole(Graph& g, const Shape& shape, int nodes) {
  UOp all = var(g, 0, 99, shape.dtype);
  for (int i = 1; i < nodes / shape.nodes_a_step; ++i) all = shape.step(g, all, i);
  return all;
}

}  // namespace

TEST_CASE("large: 10^5 nodes of any shape cost what their size is") {
  for (const Shape& shape : shapes) {
    INFO(shape.name);
    Graph g;
    const UOp given = whole(g, shape, is_sanitized ? 3'000 : 100'000);
    const std::size_t nodes = g.size();
    const auto start = std::chrono::steady_clock::now();
    const UOp simple = simplify(given);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    CHECK((is_sanitized || seconds.count() < most_seconds));
    CHECK(g.size() < 20 * nodes + 100'000);
    if (shape.nodes_a_step < 9) CHECK(simplify(simple) == simple);
  }
}

}  // namespace simplify_large
