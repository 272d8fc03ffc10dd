// A value that several kernels compute is one number in all of them.
#include <catch2/catch.hpp>

#include <whittle/whittle.hpp>

namespace system_rounding {

namespace w = whittle;
using w::DType;

TEST_CASE("rounding: a value computed again is the value that was stored") {
  for (const char* device : {"cpu", "interp"})
    for (const DType dtype : {DType::float32, DType::float64, DType::float16})
      for (const std::int64_t size : {7, 16, 100, 1000}) {
        CAPTURE(device, name(dtype), size);
        w::Context context(device);
        context.seed(3);
        const auto random = [&] { return w::rand({size}, DType::float32, context).cast(dtype).realize(); };
        const w::Tensor a = random(), b = random(), c = random();
        const w::Tensor sum = (a * b + c).realize(), difference = (c - a * b).realize(),
                        products = (a * b - c * c).realize();
        // Here the product has another use, so that a back end left to itself may round it.
        const w::Tensor product = a * b;
        const w::Tensor same = (product + c == sum) & (c - product == difference) & (product - c * c == products);
        w::realize({product, same});
        CHECK(same.cast(DType::int32).sum().item<int>() == size);
      }
}

TEST_CASE("rounding: a maximum is found where it came from") {
  for (const std::int64_t size : {9, 64, 300}) {
    w::Context context("cpu");
    context.seed(4);
    const w::Tensor x = w::rand({8, size}, DType::float32, context).realize();
    const w::Tensor scale = w::rand({8, 1}, DType::float32, context).realize();
    const w::Tensor y = x * scale + 0.25, greatest = y.max({1}, true).realize();
    const w::Tensor found = (y == greatest).cast(DType::int32).sum({1});
    for (const std::int32_t count : found.to_vector<std::int32_t>()) CHECK(count >= 1);
  }
}

}  // namespace system_rounding
