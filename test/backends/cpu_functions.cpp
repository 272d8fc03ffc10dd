// How far exp2, log2 and sin are from the C library's double, over all magnitudes.
#include <catch2/catch.hpp>

#include "backends/program_builder.hpp"

#include <cmath>

namespace backends_cpu_functions {

using namespace test;

namespace {

/// The greatest error in units in the last place of the exact result, over every 4001st float up to `limit`.
double worst_error(Op op, double (*exact)(double), float limit) {
  constexpr std::int64_t count = 1 << 20, lanes = 16;
  ProgramBuilder b("function");
  const Node in = b.parameter(DType::float32, count), out = b.parameter(DType::float32, count, true);
  const Node loop = b.range(count / lanes, RangeKind::parallel), vector = b.range(lanes, RangeKind::vector);
  const Node offset = b.make(Op::mul, DType::int32, {loop, b.number(lanes)});
  b.end(b.store(b.run(out, offset, vector), b.make(op, DType::float32, {b.load(b.run(in, offset, vector))})), loop);
  std::vector<float> x;
  for (std::uint64_t bits = 0; x.size() < count; bits += 4001)
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  std::vector<std::vector<std::byte>> contents{bytes_of(x), std::vector<std::byte>(count * 4)};
  run(w::device("cpu"), b.finish(), contents);
  const std::vector<float> y = values_of<float>(contents[1]);
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::fabs(x[i]) > limit) continue;
    const double expected = exact(static_cast<double>(x[i]));
    const float nearest = static_cast<float>(expected);
    INFO(x[i] << ": " << y[i] << ", expected " << nearest);
    if (std::isnan(nearest) || std::isinf(nearest)) {
      REQUIRE((std::isnan(nearest) ? std::isnan(y[i]) : y[i] == nearest));
      continue;
    }
    REQUIRE(std::isfinite(y[i]));
    int exponent = 0;
    std::frexp(nearest, &exponent);
    worst = std::max(worst,
                     std::fabs(static_cast<double>(y[i]) - expected) / std::ldexp(1.0, std::max(exponent - 24, -149)));
  }
  return worst;
}

}  // namespace

TEST_CASE("cpu: exp2, log2 and sin are accurate", "[cpu]") {
  CHECK(worst_error(Op::exp2, [](double x) { return std::exp2(x); }, INFINITY) < 1.5);
  CHECK(worst_error(Op::log2, [](double x) { return std::log2(x); }, INFINITY) < 2.0);
  CHECK(worst_error(Op::sin, [](double x) { return std::sin(x); }, INFINITY) < 2.0);
}

}  // namespace backends_cpu_functions
