#include "compare.hpp"

namespace schedule_kernels {

namespace {

using namespace schedule_test;

Node matmul(Graph& g, Node a, Node b) {
  const Shape left = shape_of(g, a), right = shape_of(g, b);
  const Node one = g.constant(DType::index, 1);
  const Node x = expand(g, reshape(g, a, {left[0], one, left[1]}), {left[0], right[1], left[1]});
  const Node y = expand(g, reshape(g, permute(g, b, {1, 0}), {one, right[1], left[1]}), {left[0], right[1], left[1]});
  return reshape(g, reduce(g, mul(g, x, y), Op::add, 4), {left[0], right[1]});
}

TEST_CASE("schedule: a + b is one kernel") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(1);
  const Input a = input(g, bindings, {3, 5}, random), b = input(g, bindings, {3, 5}, random);
  CHECK(check(g, {stored(g, add(g, a.tensor, b.tensor))}, bindings) == 1);
}

TEST_CASE("schedule: matmul and bias is one kernel") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(2);
  const Input a = input(g, bindings, {16, 12}, random), b = input(g, bindings, {12, 32}, random);
  const Input bias = input(g, bindings, {1, 32}, random);
  const Node product = matmul(g, a.tensor, b.tensor);
  CHECK(check(g, {stored(g, add(g, product, expand(g, bias.tensor, {16, 32})))}, bindings) == 1);
}

TEST_CASE("schedule: softmax is correct") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(3);
  const Input a = input(g, bindings, {4, 10}, random);
  const Node greatest = reduce(g, a.tensor, Op::max, 2);
  const Node e = exp2(g, sub(g, a.tensor, expand(g, greatest, {4, 10})));
  const Node total = reduce(g, e, Op::add, 2);
  CHECK(check(g, {stored(g, fdiv(g, e, expand(g, total, {4, 10})))}, bindings) <= 3);
}

TEST_CASE("schedule: an update in place of two buffers is one kernel with two stores") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(4);
  const Input p = input(g, bindings, {64}, random), m = input(g, bindings, {64}, random),
              d = input(g, bindings, {64}, random);
  const Node momentum = add(g, mul(g, m.buffer, g.constant(float_scalar(DType::float32, 0.5))), d.buffer);
  const Node new_m = after(g, m.buffer, {store(g, m.buffer, momentum)});
  const Node new_p = after(g, p.buffer, {store(g, p.buffer, sub(g, p.buffer, new_m))});
  CHECK(check(g, {new_m, new_p}, bindings) == 1);
}

TEST_CASE("schedule: a buffer reversed in place is copied first") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(5);
  const Input p = input(g, bindings, {17}, random);
  CHECK(check(g, {after(g, p.buffer, {store(g, p.buffer, flip(g, p.buffer, 1))})}, bindings) == 2);
}

TEST_CASE("schedule: pad, shrink, reshape and permute become indices") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(6);
  const Input a = input(g, bindings, {6, 10}, random);
  const Node padded = pad(g, a.tensor, {1, 2, 0, 3});
  const Node mixed = reshape(g, permute(g, reshape(g, padded, {3, 3, 13}), {1, 2, 0}), {39, 3});
  CHECK(check(g, {stored(g, shrink(g, mixed, {3, 30, 0, 2}))}, bindings) == 1);
}

TEST_CASE("schedule: a sum of moved sums is one kernel") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(9);
  const Input a = input(g, bindings, {4, 6, 5}, random);
  const Node inner = reduce(g, a.tensor, Op::add, 4);
  const Node moved = permute(g, reshape(g, pad(g, inner, {1, 0, 0, 2, 0, 0}), {5, 2, 4}), {1, 0, 2});
  const Node outer = reduce(g, flip(g, shrink(g, moved, {0, 2, 0, 5, 1, 4}), 1), Op::add, 2);
  CHECK(check(g, {stored(g, outer)}, bindings) == 1);
  const Node again = reduce(g, pad(g, outer, {1, 0, 0, 0, 0, 0}), Op::add, 1);
  CHECK(check(g, {stored(g, again)}, bindings) == 1);
}

TEST_CASE("schedule: a sum that is used twice, spread out or padded with many zeros is stored") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(10);
  const Input a = input(g, bindings, {4, 6, 5}, random);
  const Node inner = reduce(g, a.tensor, Op::add, 4);
  const Node twice = add(g, reduce(g, inner, Op::add, 1), reduce(g, shrink(g, inner, {1, 3, 0, 6, 0, 1}), Op::add, 1));
  const Node spread = reduce(g, mul(g, expand(g, inner, {4, 6, 3}), 2), Op::add, 1);
  const Node padded = reduce(g, pad(g, inner, {40, 40, 0, 0, 0, 0}), Op::add, 1);
  for (const Node value : {spread, padded}) CHECK(check(g, {stored(g, value)}, bindings) == 2);
  check(g, {stored(g, twice)}, bindings);
  check(g, {stored(g, inner), stored(g, reduce(g, pad(g, inner, {1, 0, 0, 0, 0, 0}), Op::add, 1))}, bindings);
}

TEST_CASE("schedule: greatest of sums, and sums of what is greatest, are no sums of sums") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(11);
  const Input a = input(g, bindings, {4, 6, 5}, random);
  for (const auto& [outer, inner] : {std::pair{Op::max, Op::add}, std::pair{Op::add, Op::max}}) {
    const Node below = reduce(g, a.tensor, inner, 4);
    CHECK(check(g, {stored(g, reduce(g, pad(g, below, {1, 0, 0, 0, 0, 0}), outer, 1))}, bindings) == 2);
  }
}

TEST_CASE("schedule: kernels of a long chain read no more than those of a short one") {
  const auto most_buffers = [](std::size_t steps, bool has_gates) {
    Graph g;
    Bindings bindings;
    std::mt19937 random(12);
    const Input a = input(g, bindings, {4, 4}, random);
    Node x = a.tensor;
    for (std::size_t k = 0; k < steps; ++k) {
      const Node sums = expand(g, reduce(g, x, Op::add, 2), {4, 4});
      const Node gate = has_gates ? input(g, bindings, {4, 4}, random).tensor : x;
      x = add(g, x, mul(g, mul(g, sums, gate), g.constant(float_scalar(DType::float32, 0.125))));
    }
    const Node result = stored(g, x);
    if (steps < 40) check(g, {result}, bindings);  // the evaluator takes long for more
    std::size_t most = 0;
    for (const KernelCall& call : make_schedule(g, std::vector<Node>{result}).calls)
      most = std::max(most, call.buffers.size());
    return most;
  };
  for (const bool has_gates : {false, true}) {
    CHECK(most_buffers(8, has_gates) > 8);  // of a short chain nothing but the sums is stored
    CHECK(most_buffers(30, has_gates) <= 48);
    CHECK(most_buffers(200, has_gates) <= 48);
  }
}

// The last of the file: it compiles what the others scheduled.
TEST_CASE("schedule: each kernel of these tests is CUDA text that compiles") {
  CHECK(cuda_test::Collector::instance().check() > 0);
}

TEST_CASE("schedule: a store into a part of a buffer that was stored to twice") {
  Graph g;
  Bindings bindings;
  std::mt19937 random(8);
  const Input p = input(g, bindings, {8}, random), x = input(g, bindings, {3}, random);
  const Node once = after(g, p.buffer, {store(g, p.buffer, add(g, p.buffer, 1))});
  const Node twice = after(g, once, {store(g, once, mul(g, once, 2))});
  check(g, {after(g, twice, {store(g, shrink(g, twice, {2, 5}), x.buffer)})}, bindings);
}

}  // namespace

}  // namespace schedule_kernels
