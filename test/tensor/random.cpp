// The random numbers: published vectors of the generator, reproducibility, moments.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_random {

using namespace tensor_test;
using w::DType;

namespace {

struct Vector {
  std::uint32_t counter[2], key[2], expected[2];
};

}  // namespace

TEST_CASE("Threefry-2x32-20 gives the words of Random123's kat_vectors") {
  const Vector vectors[] = {
      {{0, 0}, {0, 0}, {0x6b200159, 0x99ba4efe}},
      {{0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}, {0x1cb996fc, 0xbb002be7}},
      {{0x243f6a88, 0x85a308d3}, {0x13198a2e, 0x03707344}, {0xc4923a9c, 0x483df7a0}},
  };
  Fixture f;
  for (const Vector& v : vectors) {
    const auto word = [&](std::uint32_t x) { return w::Tensor::from({x}, {1}, f.context); };
    const auto [x0, x1] = w::threefry2x32({word(v.key[0]), word(v.key[1])}, {word(v.counter[0]), word(v.counter[1])});
    CHECK(x0.item<std::uint32_t>() == v.expected[0]);
    CHECK(x1.item<std::uint32_t>() == v.expected[1]);
  }
}

TEST_CASE("a seed gives the same numbers again, another call others") {
  Fixture f, g;
  f.context.seed(42);
  g.context.seed(42);
  const auto first = w::rand({50}, DType::float32, f.context).to_vector<float>();
  CHECK(w::rand({5, 10}, DType::float32, g.context).to_vector<float>() == first);
  CHECK(w::rand({50}, DType::float32, f.context).to_vector<float>() != first);
  f.context.seed(42);
  CHECK(w::rand({50}, DType::float32, f.context).to_vector<float>() == first);
  f.context.seed(std::uint64_t{42} << 32);
  CHECK(w::rand({50}, DType::float32, f.context).to_vector<float>() != first);
}

TEST_CASE("uniform numbers lie in [0, 1) and are spread evenly, in every float dtype") {
  for (DType dtype : {DType::float32, DType::float64, DType::float16, DType::bfloat16}) {
    Fixture f;
    const auto numbers = w::rand({2000}, dtype, f.context).to_vector<double>();
    double mean = 0, square = 0;
    for (double x : numbers) {
      REQUIRE(x >= 0);
      REQUIRE(x < 1);
      mean += x / 2000;
      square += x * x / 2000;
    }
    CHECK(mean == Approx(0.5).margin(0.02));
    CHECK(square == Approx(1. / 3).margin(0.02));
  }
  Fixture f;
  const w::Tensor x = w::uniform({500}, -2, 6, DType::float32, f.context);
  CHECK(x.min().item<float>() >= -2);
  CHECK(x.max().item<float>() < 6);
  CHECK(x.mean().item<double>() == Approx(2).margin(0.3));
}

TEST_CASE("normal numbers have mean 0 and variance 1") {
  Fixture f;
  const w::Tensor x = w::randn({3000}, DType::float32, f.context);
  CHECK(x.mean().item<double>() == Approx(0).margin(0.05));
  CHECK(x.var().item<double>() == Approx(1).margin(0.08));
  CHECK(x.square().square().mean().item<double>() == Approx(3).margin(0.5));
}

TEST_CASE("a generator counts in memory") {
  Fixture f;
  w::Generator generator(7, f.context);
  const auto a = w::rand({20}, generator).to_vector<float>(), b = w::rand({20}, generator).to_vector<float>();
  CHECK(a != b);
  w::Generator again(7, f.context);
  CHECK(w::rand({20}, again).to_vector<float>() == a);
  CHECK(w::rand({20}, again).to_vector<float>() == b);
}

TEST_CASE("dropout leaves the mean and keeps what it keeps") {
  Fixture f;
  w::Generator generator(1, f.context);
  const auto kept = w::dropout(w::ones({1000}, DType::float32, f.context), 0.25, generator).to_vector<float>();
  int zeros = 0;
  for (float x : kept) {
    REQUIRE((x == 0 || x == Approx(4. / 3)));
    zeros += x == 0;
  }
  CHECK(zeros > 200);
  CHECK(zeros < 300);
  CHECK_THROWS_WITH(w::dropout(w::ones({2}, DType::float32, f.context), 1.5, generator),
                    Catch::Contains("expected 0 <= rate < 1"));
}

}  // namespace tensor_random
