// Dense arrays of doubles with the obvious loops: what tensor operations are compared with.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include <whittle/tensor/functions.hpp>

namespace tensor_test {

using Sizes = std::vector<std::int64_t>;

/// Row-major numbers of some shape.
struct Dense {
  Sizes shape;
  std::vector<double> data;

  explicit Dense(Sizes sizes, double value = 0) : shape(std::move(sizes)), data(count(shape), value) {}
  Dense(Sizes sizes, std::vector<double> values) : shape(std::move(sizes)), data(std::move(values)) {}

  static std::size_t count(const Sizes& sizes) {
    std::size_t total = 1;
    for (std::int64_t size : sizes) total *= static_cast<std::size_t>(size);
    return total;
  }
  std::size_t flat(const Sizes& index) const {
    std::size_t position = 0;
    for (std::size_t k = 0; k < shape.size(); ++k)
      position = position * static_cast<std::size_t>(shape[k]) + static_cast<std::size_t>(index[k]);
    return position;
  }
  double& operator()(const Sizes& index) { return data[flat(index)]; }
  double operator()(const Sizes& index) const { return data[flat(index)]; }
};

/// Calls `visit(index)` for every index of a shape, in row-major order.
inline void each_index(const Sizes& shape, const std::function<void(const Sizes&)>& visit) {
  Sizes index(shape.size());
  for (std::size_t i = 0; i < Dense::count(shape); ++i) {
    std::size_t rest = i;
    for (std::size_t k = shape.size(); k-- > 0;) {
      index[k] = static_cast<std::int64_t>(rest % static_cast<std::size_t>(shape[k]));
      rest /= static_cast<std::size_t>(shape[k]);
    }
    visit(index);
  }
}

/// A dense array of a shape whose elements are a function of their index.
inline Dense make_dense(const Sizes& shape, const std::function<double(const Sizes&)>& element) {
  Dense result(shape);
  each_index(shape, [&](const Sizes& index) { result(index) = element(index); });
  return result;
}

inline Sizes sizes_of(const whittle::Tensor& tensor) {
  Sizes sizes;
  for (const whittle::Dim& dim : tensor.shape()) sizes.push_back(dim.value());
  return sizes;
}

inline Dense dense(const whittle::Tensor& tensor) { return {sizes_of(tensor), tensor.to_vector<double>()}; }

inline whittle::Tensor tensor_of(const Dense& values, whittle::DType dtype, whittle::Context& context) {
  return whittle::Tensor::from(values.data, whittle::Dims(values.shape), context).cast(dtype).realize();
}

inline void check_same(const Dense& found, const Dense& expected, double tolerance = 0) {
  REQUIRE(found.shape == expected.shape);
  for (std::size_t i = 0; i < expected.data.size(); ++i) {
    const bool equal = std::isnan(expected.data[i]) ? std::isnan(found.data[i])
                                                    : found.data[i] == expected.data[i] ||
                                                          std::abs(found.data[i] - expected.data[i]) <=
                                                              tolerance * std::max(1.0, std::abs(expected.data[i]));
    if (!equal) {
      INFO("element " << i << ": " << found.data[i] << ", expected " << expected.data[i]);
      REQUIRE(equal);
    }
  }
  SUCCEED();
}

/// Random shapes and numbers, the same in every run.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() % (1u << 24)) / (1u << 24);
  }
  Sizes shape(std::int64_t least_rank, std::int64_t most_rank) {
    Sizes sizes(static_cast<std::size_t>(whole(least_rank, most_rank)));
    for (std::int64_t& size : sizes) size = whole(1, 4);
    return sizes;
  }
  Dense dense(const Sizes& shape, double low = -3, double high = 3) {
    return make_dense(shape, [&](const Sizes&) { return real(low, high); });
  }
  Dense integers(const Sizes& shape, std::int64_t low, std::int64_t high) {
    return make_dense(shape, [&](const Sizes&) { return static_cast<double>(whole(low, high)); });
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tensor_test
