// Padding by more than a vector: masked runs of memory. Also run for a processor with AVX2 alone, whose masks are
// vectors: there LLVM 19 loaded registers whole of which no lane was wanted.
#include <catch2/catch.hpp>

#include <random>

#include <whittle/whittle.hpp>

namespace system_padding {

namespace {

namespace w = whittle;

/// What is around a picture of rows x columns.
struct Border {
  std::int64_t top, bottom, left, right;
};

template <class T>
std::vector<T> padded(const std::vector<T>& picture, std::int64_t rows, std::int64_t columns, Border border, T value) {
  std::vector<T> result;
  for (std::int64_t r = -border.top; r < rows + border.bottom; ++r)
    for (std::int64_t c = -border.left; c < columns + border.right; ++c) {
      const bool is_inside = r >= 0 && r < rows && c >= 0 && c < columns;
      result.push_back(is_inside ? picture[static_cast<std::size_t>(r * columns + c)] : value);
    }
  return result;
}

template <class T>
void check_padding() {
  std::mt19937 random(5);
  const auto below = [&](unsigned limit) { return static_cast<std::int64_t>(random() % limit); };
  for (int i = 0; i < 60; ++i) {
    const std::int64_t rows = 1 + below(5), columns = 1 + below(8);
    const Border border{below(4), below(4), 8 + below(13), below(4)};
    std::vector<T> picture;
    for (std::int64_t k = 0; k < rows * columns; ++k) picture.push_back(static_cast<T>(k + 3));
    const w::Tensor x = w::Tensor::from(picture, {rows, columns});
    const std::vector<w::Padding> around{{border.top, border.bottom}, {border.left, border.right}};
    const w::Tensor zeros = x.pad(around), ones = x.pad(around, 1.0), sum = zeros + ones;
    w::realize({zeros, ones, sum});
    CAPTURE(rows, columns, border.top, border.bottom, border.left, border.right);
    REQUIRE(zeros.to_vector<T>() == padded(picture, rows, columns, border, T{0}));
    REQUIRE(ones.to_vector<T>() == padded(picture, rows, columns, border, T{1}));
    std::vector<T> twice(picture);
    for (T& each : twice) each = static_cast<T>(2 * each);
    REQUIRE(sum.to_vector<T>() == padded(twice, rows, columns, border, T{1}));
  }
}

}  // namespace

TEST_CASE("padding: masked runs of memory keep to their masks") {
  check_padding<std::int32_t>();
  check_padding<std::int64_t>();
  check_padding<float>();
}

}  // namespace system_padding
