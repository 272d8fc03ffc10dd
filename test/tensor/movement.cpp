// Movement, creation and reductions against plain loops, on random shapes.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_movement {

using namespace tensor_test;
using w::DType;

namespace {

struct Case {
  Fixture f;
  Random random;
  Sizes shape;
  Dense values;
  w::Tensor x;
  explicit Case(unsigned seed, std::int64_t least = 1, std::int64_t most = 4)
      : random(seed),
        shape(random.shape(least, most)),
        values(random.integers(shape, -9, 9)),
        x(tensor_of(values, DType::int32, f.context)) {}
  int rank() const { return static_cast<int>(shape.size()); }
};

std::size_t place(int axis) { return static_cast<std::size_t>(axis); }

}  // namespace

TEST_CASE("reshape keeps the order; -1 is what remains") {
  for (unsigned seed = 0; seed < 8; ++seed) {
    Case c(seed);
    CHECK(c.x.reshape({-1}).to_vector<double>() == c.values.data);
    const w::Tensor back = c.x.flatten().reshape(w::Dims(c.shape));
    check_same(dense(back), c.values);
    w::Dims dims(c.shape);
    dims[0] = -1;
    CHECK(c.x.reshape(dims).shape() == c.x.shape());
    CHECK(c.x.unsqueeze(0).unsqueeze(-1).squeeze().numel() == c.x.numel());
  }
  Fixture f;
  const w::Tensor x = w::zeros({2, 3, 4}, DType::float32, f.context);
  CHECK(x.flatten(1).shape() == w::Dims{2, 12});
  CHECK(x.flatten(0, 1).shape() == w::Dims{6, 4});
  CHECK(x.unsqueeze(1).shape() == w::Dims{2, 1, 3, 4});
  CHECK(x.unsqueeze(-1).squeeze(-1).shape() == w::Dims{2, 3, 4});
}

TEST_CASE("permute, transpose and flip") {
  for (unsigned seed = 0; seed < 8; ++seed) {
    Case c(seed, 3, 3);
    const Sizes turned{c.shape[2], c.shape[0], c.shape[1]};
    check_same(dense(c.x.permute({2, 0, 1})),
               make_dense(turned, [&](const Sizes& i) { return c.values({i[1], i[2], i[0]}); }));
    check_same(dense(w::transpose(c.x)), make_dense({c.shape[0], c.shape[2], c.shape[1]},
                                                    [&](const Sizes& i) { return c.values({i[0], i[2], i[1]}); }));
    check_same(dense(c.x.flip({0, -1})), make_dense(c.shape, [&](const Sizes& i) {
                 return c.values({c.shape[0] - 1 - i[0], i[1], c.shape[2] - 1 - i[2]});
               }));
  }
}

TEST_CASE("expand, pad, shrink") {
  for (unsigned seed = 0; seed < 8; ++seed) {
    Case c(seed, 2, 2);
    check_same(dense(c.x.unsqueeze(1).expand({3, -1, 2, -1})),
               make_dense({3, c.shape[0], 2, c.shape[1]}, [&](const Sizes& i) { return c.values({i[1], i[3]}); }));
    const auto padded = [&](double filler) {
      return make_dense({c.shape[0] + 3, c.shape[1] + 1}, [&](const Sizes& i) {
        const bool inside = i[0] >= 1 && i[0] < c.shape[0] + 1 && i[1] < c.shape[1];
        return inside ? c.values({i[0] - 1, i[1]}) : filler;
      });
    };
    check_same(dense(c.x.pad({{1, 2}, {0, 1}})), padded(0));
    check_same(dense(c.x.pad({{1, 2}, {0, 1}}, -5)), padded(-5));
    const std::int64_t begin = c.random.whole(0, c.shape[0] - 1), end = c.random.whole(begin, c.shape[0]);
    check_same(dense(c.x.shrink({{begin, end}, {0, c.shape[1]}})),
               make_dense({end - begin, c.shape[1]}, [&](const Sizes& i) { return c.values({i[0] + begin, i[1]}); }));
  }
}

TEST_CASE("slices mean what Python's do") {
  Fixture f;
  const w::Tensor x = w::arange(10, DType::int32, f.context);
  const auto numbers = [](const w::Tensor& t) { return t.to_vector<std::int32_t>(); };
  using Numbers = std::vector<std::int32_t>;
  CHECK(numbers(x.slice({{2, 5}})) == Numbers{2, 3, 4});
  CHECK(numbers(x.slice({{-3}})) == Numbers{7, 8, 9});
  CHECK(numbers(x.slice({{0, -7}})) == Numbers{0, 1, 2});
  CHECK(numbers(x.slice({{1, 8, 3}})) == Numbers{1, 4, 7});
  CHECK(numbers(x.slice({{0, w::Slice::open, 4}})) == Numbers{0, 4, 8});
  CHECK(numbers(x.slice({{5, 2}})).empty());
  CHECK(numbers(x.slice({{8, 100}})) == Numbers{8, 9});
  CHECK(x.reshape({2, 5}).slice({{1}, {0, w::Slice::open, 2}}).shape() == w::Dims{1, 3});
  CHECK(numbers(x.reshape({2, 5}).select(0, -1)) == Numbers{5, 6, 7, 8, 9});
  CHECK(numbers(x.reshape({2, 5}).select(1, 3)) == Numbers{3, 8});
}

TEST_CASE("cat, stack and split") {
  for (unsigned seed = 0; seed < 6; ++seed) {
    Case c(seed, 2, 3);
    const int axis = static_cast<int>(c.random.whole(0, c.rank() - 1));
    Sizes other = c.shape;
    other[place(axis)] = c.random.whole(1, 3);
    const Dense more = c.random.integers(other, -9, 9);
    const w::Tensor y = tensor_of(more, DType::int32, c.f.context);
    Sizes joined = c.shape;
    joined[place(axis)] += other[place(axis)];
    const w::Tensor both = w::cat({c.x, y}, axis);
    check_same(dense(both), make_dense(joined, [&](Sizes i) {
                 const std::int64_t first = c.shape[place(axis)];
                 if (i[place(axis)] < first) return c.values(i);
                 i[place(axis)] -= first;
                 return more(i);
               }));
    const std::vector<w::Tensor> parts = both.split({c.shape[place(axis)], other[place(axis)]}, axis);
    check_same(dense(parts[0]), c.values);
    check_same(dense(parts[1]), more);
    check_same(dense(w::stack({c.x, c.x * 2, c.x * 3}, axis).select(axis, 1)), dense(c.x * 2));
  }
}

TEST_CASE("created tensors") {
  Fixture f;
  CHECK(w::full({2, 2}, 3, DType::none, f.context).to_vector<std::int32_t>() == std::vector<std::int32_t>(4, 3));
  CHECK(w::full({2}, 0.5, DType::none, f.context).dtype() == DType::float32);
  CHECK(w::arange(0.0, 1.0, 0.25, f.context).to_vector<float>() == std::vector<float>{0, 0.25f, 0.5f, 0.75f});
  CHECK(w::arange(3.0, 0.0, -1.0, f.context).to_vector<float>() == std::vector<float>{3, 2, 1});
  CHECK(w::eye(2, DType::float32, f.context).to_vector<float>() == std::vector<float>{1, 0, 0, 1});
  const w::Tensor x = w::arange(9, DType::int32, f.context).reshape({3, 3}) + 1;
  CHECK(w::tril(x).to_vector<std::int32_t>() == std::vector<std::int32_t>{1, 0, 0, 4, 5, 0, 7, 8, 9});
  CHECK(w::triu(x, 1).to_vector<std::int32_t>() == std::vector<std::int32_t>{0, 2, 3, 0, 0, 6, 0, 0, 0});
  CHECK(w::zeros({0, 3}, DType::float32, f.context).to_vector<float>().empty());
}

namespace {

/// Folds the axes of a mask, which keep size 1.
Dense folded(const Dense& x, unsigned mask, double start, const std::function<double(double, double)>& step) {
  Sizes shape = x.shape;
  for (std::size_t k = 0; k < shape.size(); ++k)
    if (((mask >> k) & 1u) != 0) shape[k] = 1;
  Dense result(shape, start);
  each_index(x.shape, [&](Sizes i) {
    const double value = x(i);
    for (std::size_t k = 0; k < i.size(); ++k)
      if (((mask >> k) & 1u) != 0) i[k] = 0;
    result(i) = step(result(i), value);
  });
  return result;
}

}  // namespace

TEST_CASE("reductions over every set of axes") {
  for (DType dtype : {DType::float32, DType::float64, DType::int32, DType::uint8, DType::float16}) {
    Fixture f;
    Random random(5);
    const Sizes shape{2, 3, 4};
    const Dense values = random.integers(shape, 0, 5);
    const w::Tensor x = tensor_of(values, dtype, f.context);
    const double infinity = std::numeric_limits<double>::infinity();
    const w::Axes sets[] = {{0}, {1}, {0, 1}, {2}, {-3, 2}, {1, 2}, {}};
    const unsigned masks[] = {1, 2, 3, 4, 5, 6, 7};
    for (int s = 0; s < 7; ++s) {
      const Dense total = folded(values, masks[s], 0, [](double a, double b) { return a + b; });
      const double count = 24.0 / static_cast<double>(total.data.size());
      check_same(dense(x.sum(sets[s], true)), total);
      check_same(dense(x.max(sets[s], true)),
                 folded(values, masks[s], -infinity, [](double a, double b) { return std::max(a, b); }));
      check_same(dense(x.min(sets[s], true)),
                 folded(values, masks[s], infinity, [](double a, double b) { return std::min(a, b); }));
      check_same(dense(x.mean(sets[s], true)),
                 make_dense(total.shape, [&](const Sizes& i) { return total(i) / count; }), 1e-3);
      CHECK(x.sum(sets[s]).numel() == static_cast<std::int64_t>(total.data.size()));
    }
    CHECK(x.sum().rank() == 0);
    CHECK(x.sum({0, 2}).shape() == w::Dims{3});
  }
}

TEST_CASE("the dtypes and accuracy of sums") {
  Fixture f;
  const auto of = [&](DType dtype, std::int64_t n) { return w::ones({n}, dtype, f.context); };
  CHECK(of(DType::float16, 5000).sum().item<float>() == 5000);  // in float16 it would stop at 2048
  CHECK(of(DType::bfloat16, 600).mean().item<float>() == 1);
  CHECK(of(DType::float16, 4).sum().dtype() == DType::float16);
  CHECK(of(DType::boolean, 300).sum().dtype() == DType::int32);
  CHECK(of(DType::uint8, 300).sum().item<std::int32_t>() == 300);
  CHECK(of(DType::int32, 3).mean().dtype() == DType::float32);
  CHECK((of(DType::int8, 7) * 2).prod().item<std::int32_t>() == 128);
}

TEST_CASE("variance, truth and places of extremes") {
  Fixture f;
  const w::Tensor x = w::Tensor::from({1., 2., 4., 4., 3., -5.}, {2, 3}, f.context);
  CHECK(x.var(-1).to_vector<double>()[0] == Approx(7. / 3));
  CHECK(x.var({}, 0).item<double>() == Approx(9.583333333333334));
  CHECK(x.std().item<double>() == Approx(std::sqrt(11.5)));
  CHECK(x.argmax().to_vector<std::int32_t>() == std::vector<std::int32_t>{2, 0});
  CHECK(x.argmin(0).to_vector<std::int32_t>() == std::vector<std::int32_t>{0, 0, 1});
  CHECK(w::Tensor::from({3, 7, 7}, {3}, f.context).argmax().item<std::int32_t>() == 1);
  CHECK((x > 3).any(-1).to_vector<bool>() == std::vector<bool>{true, true});
  CHECK((x > 0).all(-1).to_vector<bool>() == std::vector<bool>{true, false});
  CHECK((x > 100).any().item<bool>() == false);
  CHECK((x > 3).max().item<bool>());
}

}  // namespace tensor_movement
