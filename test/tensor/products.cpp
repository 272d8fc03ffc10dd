// Matrix products, convolution, pooling, softmax and losses against plain loops.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_products {

using namespace tensor_test;
using w::DType;

namespace {

struct Convolution {
  std::int64_t stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w, groups;
};

std::int64_t outputs(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t padding,
                     std::int64_t dilation) {
  return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
}

/// The definition, with seven loops.
Dense convolve(const Dense& x, const Dense& w, const Convolution& c) {
  const std::int64_t kh = w.shape[2], kw = w.shape[3], channels = w.shape[1], per_group = w.shape[0] / c.groups;
  const Sizes shape{x.shape[0], w.shape[0], outputs(x.shape[2], kh, c.stride_h, c.padding_h, c.dilation_h),
                    outputs(x.shape[3], kw, c.stride_w, c.padding_w, c.dilation_w)};
  return make_dense(shape, [&](const Sizes& i) {
    double sum = 0;
    each_index({channels, kh, kw}, [&](const Sizes& k) {
      const std::int64_t row = i[2] * c.stride_h - c.padding_h + k[1] * c.dilation_h;
      const std::int64_t column = i[3] * c.stride_w - c.padding_w + k[2] * c.dilation_w;
      if (row < 0 || row >= x.shape[2] || column < 0 || column >= x.shape[3]) return;
      sum += x({i[0], i[1] / per_group * channels + k[0], row, column}) * w({i[1], k[0], k[1], k[2]});
    });
    return sum;
  });
}

Dense pool(const Dense& x, std::int64_t size, std::int64_t stride, std::int64_t padding, bool greatest) {
  const Sizes shape{x.shape[0], x.shape[1], outputs(x.shape[2], size, stride, padding, 1),
                    outputs(x.shape[3], size, stride, padding, 1)};
  return make_dense(shape, [&](const Sizes& i) {
    double best = -1e300, sum = 0;
    each_index({size, size}, [&](const Sizes& k) {
      const std::int64_t row = i[2] * stride - padding + k[0], column = i[3] * stride - padding + k[1];
      if (row < 0 || row >= x.shape[2] || column < 0 || column >= x.shape[3]) return;
      best = std::max(best, x({i[0], i[1], row, column}));
      sum += x({i[0], i[1], row, column});
    });
    return greatest ? best : sum / static_cast<double>(size * size);
  });
}

}  // namespace

TEST_CASE("matrix products of every rank") {
  const std::pair<Sizes, Sizes> shapes[] = {{{2, 3}, {3, 4}}, {{3}, {3}},          {{3}, {3, 2}},
                                            {{2, 3}, {3}},    {{2, 2, 3}, {3, 2}}, {{2, 1, 2, 3}, {3, 3, 1}}};
  for (DType dtype : {DType::float32, DType::float64, DType::int32}) {
    for (const auto& [left, right] : shapes) {
      Fixture f;
      Random random(2);
      const Dense a = random.integers(left, -5, 5), b = random.integers(right, -5, 5);
      const w::Tensor product = w::matmul(tensor_of(a, dtype, f.context), tensor_of(b, dtype, f.context));
      CHECK(product.dtype() == dtype);
      const bool row = left.size() == 1, column = right.size() == 1;
      Sizes index_shape = sizes_of(product);
      const Dense found = dense(product);
      each_index(index_shape, [&](const Sizes& i) {
        double sum = 0;
        for (std::int64_t k = 0; k < left.back(); ++k) {
          Sizes x, y, batch(i.begin(), i.end() - (row ? 0 : 1) - (column ? 0 : 1));
          const auto broadcast = [&](const Sizes& shape, std::size_t inner) {
            Sizes index;
            for (std::size_t d = 0; d + inner < shape.size(); ++d) {
              const std::size_t at = d + batch.size() - (shape.size() - inner);
              index.push_back(shape[d] == 1 ? 0 : batch[at]);
            }
            return index;
          };
          x = broadcast(left, row ? 1 : 2);
          y = broadcast(right, column ? 1 : 2);
          if (!row) x.push_back(i[batch.size()]);
          x.push_back(k);
          y.push_back(k);
          if (!column) y.push_back(i.back());
          sum += a(x) * b(y);
        }
        REQUIRE(found(i) == sum);
      });
    }
  }
}

TEST_CASE("products of half precision add up in float32") {
  Fixture f;
  const w::Tensor a = w::ones({1, 4096}, DType::float16, f.context), b = w::ones({4096, 1}, DType::float16, f.context);
  CHECK(w::matmul(a, b).item<float>() == 4096);
  CHECK(w::matmul(a, b).dtype() == DType::float16);
}

TEST_CASE("convolution with stride, padding, dilation and groups") {
  const Convolution cases[] = {{1, 1, 0, 0, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1}, {2, 2, 1, 1, 1, 1, 1},
                               {3, 1, 0, 2, 1, 1, 1}, {1, 1, 0, 0, 2, 3, 1}, {2, 3, 2, 1, 2, 1, 1},
                               {1, 1, 1, 1, 1, 1, 2}, {2, 1, 1, 0, 1, 2, 4}};
  const Sizes kernels[] = {{3, 3}, {1, 1}, {2, 3}, {5, 1}};
  for (const Convolution& c : cases)
    for (const Sizes& kernel : kernels) {
      Fixture f;
      Random random(4);
      const Dense x = random.integers({2, 4, 7, 9}, -4, 4),
                  weight = random.integers({4, 4 / c.groups, kernel[0], kernel[1]}, -3, 3);
      if (x.shape[2] + 2 * c.padding_h < (kernel[0] - 1) * c.dilation_h + 1) continue;
      const w::Tensor result =
          w::conv2d(tensor_of(x, DType::float32, f.context), tensor_of(weight, DType::float32, f.context),
                    {.stride = {c.stride_h, c.stride_w},
                     .padding = {c.padding_h, c.padding_w},
                     .dilation = {c.dilation_h, c.dilation_w},
                     .groups = c.groups});
      check_same(dense(result), convolve(x, weight, c));
    }
}

TEST_CASE("convolution of random sizes") {
  Random random(9);
  for (int round = 0; round < 15; ++round) {
    Fixture f;
    const std::int64_t kh = random.whole(1, 4), kw = random.whole(1, 4);
    const Convolution c{random.whole(1, 5),
                        random.whole(1, 5),
                        random.whole(0, 3),
                        random.whole(0, 3),
                        random.whole(1, 3),
                        random.whole(1, 3),
                        1};
    const std::int64_t height = random.whole(1, 6) + (kh - 1) * c.dilation_h,
                       width = random.whole(1, 6) + (kw - 1) * c.dilation_w;
    const Dense x = random.integers({1, 2, height, width}, -4, 4), weight = random.integers({2, 2, kh, kw}, -3, 3);
    const w::Tensor result =
        w::conv2d(tensor_of(x, DType::float32, f.context), tensor_of(weight, DType::float32, f.context),
                  {.stride = {c.stride_h, c.stride_w},
                   .padding = {c.padding_h, c.padding_w},
                   .dilation = {c.dilation_h, c.dilation_w}});
    check_same(dense(result), convolve(x, weight, c));
  }
}

TEST_CASE("pooling") {
  Fixture f;
  Random random(6);
  const Dense x = random.dense({2, 3, 6, 7}, -4, -1);  // negative: a padded 0 would win
  const w::Tensor t = tensor_of(x, DType::float64, f.context);
  check_same(dense(w::max_pool2d(t, 2)), pool(x, 2, 2, 0, true));
  check_same(dense(w::max_pool2d(t, 3, {.stride = 1})), pool(x, 3, 1, 0, true));
  check_same(dense(w::max_pool2d(t, 3, {.stride = 2, .padding = 1})), pool(x, 3, 2, 1, true));
  check_same(dense(w::avg_pool2d(t, 2)), pool(x, 2, 2, 0, false), 1e-12);
  check_same(dense(w::avg_pool2d(t, 3, {.stride = 2, .padding = 1})), pool(x, 3, 2, 1, false), 1e-12);
}

TEST_CASE("softmax, losses, one-hot and take") {
  Fixture f;
  Random random(8);
  const Dense x = random.dense({4, 5}, -3, 3);
  const w::Tensor t = tensor_of(x, DType::float64, f.context);
  const auto row_sum = [&](std::int64_t row) {
    double sum = 0;
    for (std::int64_t k = 0; k < 5; ++k) sum += std::exp(x({row, k}));
    return sum;
  };
  check_same(dense(w::softmax(t)), make_dense({4, 5}, [&](const Sizes& i) { return std::exp(x(i)) / row_sum(i[0]); }),
             1e-12);
  check_same(dense(w::log_softmax(t)),
             make_dense({4, 5}, [&](const Sizes& i) { return x(i) - std::log(row_sum(i[0])); }), 1e-12);
  const w::Tensor labels = w::Tensor::from(std::vector<std::uint8_t>{1, 0, 4, 2}, {4}, f.context);
  const std::int64_t places[] = {1, 0, 4, 2};
  double loss = 0;
  for (std::int64_t row = 0; row < 4; ++row) loss -= (x({row, places[row]}) - std::log(row_sum(row))) / 4;
  CHECK(w::cross_entropy(t, labels).item<double>() == Approx(loss));
  CHECK(w::softmax(w::Tensor::from({1e30f, 0.f}, {2}, f.context)).to_vector<float>() == std::vector<float>{1, 0});
  CHECK(labels.one_hot(5).sum(0).to_vector<std::int32_t>() == std::vector<std::int32_t>{1, 1, 1, 0, 1});
  const w::Tensor indices = w::Tensor::from({3, 0, 3, 1}, {2, 2}, f.context);
  const std::int64_t chosen[] = {3, 0, 3, 1};
  check_same(dense(w::take(t, indices)),
             make_dense({2, 2, 5}, [&](const Sizes& i) { return x({chosen[2 * i[0] + i[1]], i[2]}); }));
  check_same(dense(w::take(t, indices, 1)),
             make_dense({4, 2, 2}, [&](const Sizes& i) { return x({i[0], chosen[2 * i[1] + i[2]]}); }));
}

}  // namespace tensor_products
