// Random tensor graphs: scheduled, lowered with and without vectors, interpreted, compared with the evaluator.
#include "compare.hpp"

namespace schedule_random_graphs {

namespace {

using namespace schedule_test;

class RandomGraph {
 public:
  explicit RandomGraph(std::uint32_t seed) : random_(seed) {}

  void check_one() {
    for (unsigned i = 0; i < 2 + random_() % 2; ++i) pool_.push_back(input(g_, bindings_, dims(), random_).tensor);
    for (unsigned i = 0; i < 3 + random_() % 8; ++i) pool_.push_back(grow());
    std::vector<Node> effects{stored(g_, pool_.back())};
    if (random_() % 2 == 0) effects.push_back(stored(g_, pick()));
    check(g_, effects, bindings_);
  }

 private:
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  Node pick() { return pool_[below(static_cast<std::uint32_t>(pool_.size()))]; }
  std::vector<std::int64_t> dims() {
    std::vector<std::int64_t> list;
    for (std::uint32_t k = 0; k < 1 + below(3); ++k) list.push_back(1 + below(6));
    return list;
  }
  std::int64_t size(Node dim) { return g_.scalar(dim).as_int(); }

  Node grow() {
    const Node x = pick();
    const Shape shape = shape_of(g_, x);
    switch (below(10)) {
    case 0: return add(g_, x, x == pool_[0] ? x : exp2_small(x));
    case 1: return mul(g_, x, g_.constant(float_scalar(DType::float32, 0.5)));
    case 2: return other(x, Op::add);
    case 3: return other(x, Op::mul);
    case 4: return reduced(x, shape);
    case 5: return reshaped(x, shape);
    case 6: return permuted(x, shape);
    case 7: return padded(x, shape);
    case 8: return shrunk(x, shape);
    default: return expanded(x, shape);
    }
  }
  Node exp2_small(Node x) { return min(g_, x, g_.constant(DType::float32, 2)); }

  /// Another tensor, reshaped, shrunk or padded to x's shape where that is simple, else x itself.
  Node other(Node x, Op op) {
    const Node y = pick();
    if (shape_of(g_, y) == shape_of(g_, x)) return binary(g_, op, x, y);
    const Shape shape = shape_of(g_, x);
    std::int64_t a = 1, b = 1;
    for (Node d : shape) a *= size(d);
    for (Node d : shape_of(g_, y)) b *= size(d);
    if (a == b) return binary(g_, op, x, reshape(g_, y, shape));
    return where(g_, less(g_, x, g_.constant(DType::float32, 1)), x, g_.constant(DType::float32, 1));
  }
  Node reduced(Node x, const Shape& shape) {
    static constexpr Op ops[] = {Op::add, Op::add, Op::max, Op::min};
    return shape.empty()
               ? x
               : reduce(g_, x, ops[below(4)], std::uint32_t{1} << below(static_cast<std::uint32_t>(shape.size())));
  }
  Node reshaped(Node x, const Shape& shape) {
    std::int64_t total = 1;
    for (Node d : shape) total *= size(d);
    std::vector<Node> dims;
    for (std::int64_t rest = total; rest > 1 && dims.size() < 4;) {
      std::int64_t factor = 2 + below(static_cast<std::uint32_t>(rest));
      while (rest % factor != 0) factor = factor % rest + 1;
      dims.push_back(g_.constant(DType::index, factor));
      if (factor == 1) break;
      rest /= factor;
      if (dims.size() == 4 && rest != 1) return reshape(g_, x, {total});
    }
    std::int64_t product = 1;
    for (Node d : dims) product *= size(d);
    return product == total ? reshape(g_, x, dims) : reshape(g_, x, {total});
  }
  Node permuted(Node x, const Shape& shape) {
    std::vector<unsigned> axes;
    for (unsigned k = 0; k < shape.size(); ++k) axes.push_back(k);
    std::shuffle(axes.begin(), axes.end(), random_);
    return below(3) == 0 ? flip(g_, x, below(1u << shape.size())) : permute(g_, x, axes);
  }
  Node padded(Node x, const Shape& shape) {
    std::vector<Node> pairs;
    for (std::size_t k = 0; k < 2 * shape.size(); ++k) pairs.push_back(g_.constant(DType::index, below(3)));
    return pad(g_, x, pairs);
  }
  Node shrunk(Node x, const Shape& shape) {
    std::vector<Node> pairs;
    for (Node d : shape) {
      const std::int64_t begin = below(static_cast<std::uint32_t>(size(d)));
      pairs.push_back(g_.constant(DType::index, begin));
      pairs.push_back(g_.constant(DType::index, begin + 1 + below(static_cast<std::uint32_t>(size(d) - begin))));
    }
    return shrink(g_, x, pairs);
  }
  Node expanded(Node x, const Shape& shape) {
    if (shape.size() >= 4) return x;
    Shape ones = shape, wide = shape;
    ones.push_back(g_.constant(DType::index, 1));
    wide.push_back(g_.constant(DType::index, 1 + below(4)));
    return expand(g_, reshape(g_, x, ones), wide);
  }

  std::mt19937 random_;
  Graph g_;
  Bindings bindings_;
  std::vector<Node> pool_;
};

TEST_CASE("schedule: random graphs agree with the evaluator") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    RandomGraph(seed).check_one();
  }
}

TEST_CASE("schedule: each kernel of the random graphs is CUDA text that compiles") {
  CHECK(cuda_test::Collector::instance().check() > 0);
}

}  // namespace

}  // namespace schedule_random_graphs
