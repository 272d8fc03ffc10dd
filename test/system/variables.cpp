// A dimension that is a bounded variable: one kernel, compiled once, serves every size.
#include "recording.hpp"

#include <numeric>

#include <whittle/lower/statistics.hpp>
#include <whittle/whittle.hpp>

namespace system_variables {

using namespace system_test;

namespace {

constexpr std::int64_t most = 37;

std::vector<float> first_numbers(std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

/// The numbers 0.5 x + 1 for x = 1, 2, ..., `rows` x 3 of them, for each size that the variable takes.
void check_elementwise(Recorded& on, w::Variable& n) {
  auto step = w::capture([&](const w::Tensor& x) { return x * 0.5 + 1; });
  const w::Tensor x = w::zeros({n, 3}, DType::float32, on.context).realize();
  x.write(first_numbers(most * 3));
  for (std::int64_t size = 0; size <= most; ++size) {
    n.set(size);
    const std::vector<float> found = step(x).to_vector<float>();
    REQUIRE(found.size() == static_cast<std::size_t>(size * 3));
    for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(found[i] == 0.5f * static_cast<float>(i + 1) + 1);
  }
}

/// Sums over the variable dimension, and a matrix product with it.
void check_reductions(Recorded& on, w::Variable& n) {
  const w::Tensor x = w::zeros({n, 4}, DType::float32, on.context).realize();
  const w::Tensor weights = w::Tensor::from(first_numbers(4 * 2), {4, 2}, on.context);
  auto step =
      w::capture([&](const w::Tensor& rows) { return std::vector<w::Tensor>{rows.sum(0), rows.matmul(weights)}; });
  x.write(first_numbers(most * 4));
  for (std::int64_t size : {1, 2, 17, 0, 36, 37, 5}) {
    n.set(size);
    const std::vector<w::Tensor> results = step(x);
    const std::vector<float> sums = results[0].to_vector<float>(), products = results[1].to_vector<float>();
    REQUIRE(sums.size() == 4);
    REQUIRE(products.size() == static_cast<std::size_t>(size * 2));
    for (std::size_t k = 0; k < 4; ++k) {
      float expected = 0;
      for (std::int64_t row = 0; row < size; ++row) expected += static_cast<float>(row * 4) + static_cast<float>(k + 1);
      CHECK(sums[k] == expected);
    }
    for (std::size_t i = 0; i < products.size(); ++i) {
      float expected = 0;
      for (std::size_t k = 0; k < 4; ++k) expected += static_cast<float>((i / 2 * 4 + k + 1) * (k * 2 + i % 2 + 1));
      CHECK(products[i] == expected);
    }
  }
}

/// Realised anew for each size, without a captured step: the cache of programs must serve.
void check_without_capture(Recorded& on, w::Variable& n) {
  const w::Tensor x = w::zeros({n}, DType::int32, on.context).realize();
  std::vector<std::int32_t> content(most);
  std::iota(content.begin(), content.end(), 0);
  x.write(content);
  const std::uint64_t before = w::statistics().kernels_compiled;
  for (std::int64_t size : {1, 37, 16, 0, 8}) {
    n.set(size);
    CHECK((x * 3).sum().item<std::int32_t>() == 3 * size * (size - 1) / 2);
  }
  CHECK(w::statistics().kernels_compiled == before + 1);
}

}  // namespace

TEST_CASE("system: one kernel compiled once runs for a variable's whole range") {
  for (const char* device : {"cpu", "interp"}) {
    INFO(device);
    Recorded on(device);
    w::Variable n = w::variable("n", 0, most, on.context);
    n.set(most);
    const std::uint64_t before = w::statistics().kernels_compiled;
    check_elementwise(on, n);
    CHECK(w::statistics().kernels_compiled == before + 2);  // zeros, and the step
    check_reductions(on, n);
    CHECK(w::statistics().kernels_compiled <= before + 5);  // zeros of another size, and two kernels
    check_without_capture(on, n);
  }
}

TEST_CASE("system: one kernel for a variable's range keeps within its buffers") {
  w::DeviceOptions options;
  SECTION("by checks") { options.bounds_checks = true; }
  SECTION("by guard pages") { options.guard_pages = true; }
  Recorded on("cpu", options);
  w::Variable n = w::variable("n", 0, most, on.context);
  n.set(most);
  check_elementwise(on, n);
  check_reductions(on, n);
  CHECK_NOTHROW(on.device->synchronize());
}

// The last of the file: it compiles what the others scheduled.
TEST_CASE("system: each kernel with a variable is CUDA text that compiles") {
  CHECK(cuda_test::Collector::instance().check() >= 3);
}

}  // namespace system_variables
