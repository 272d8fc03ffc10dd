// Gathers by one-hot, and other sums of closed form, on devices: what the plain evaluator says, without a loop.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include <whittle/pipeline.hpp>
#include <whittle/whittle.hpp>

#include "recording.hpp"
#include "tensor/evaluator_executor.hpp"

namespace system_gather {

using namespace system_test;

namespace {

/// How many sums became formulas since the process began.
std::uint64_t closed_sums() {
  const w::PassStatistics* const pass = figures("close reductions");
  return pass == nullptr ? 0 : pass->rewrites();
}

/// A table with values that must not leak into other rows.
std::vector<float> table() {
  std::vector<float> values;
  for (int i = 0; i < 7 * 5; ++i) values.push_back(static_cast<float>(i) - 17.5f);
  values[5] = std::numeric_limits<float>::quiet_NaN();
  values[11] = std::numeric_limits<float>::infinity();
  values[16] = -0.0f;
  return values;
}

const std::vector<std::int32_t> places{3, 0, 6, 1, 3, -1, 7, 2147483647, -2147483647 - 1, 2};

}  // namespace

TEST_CASE("gather: rows by number are loads, and zeros where there is no such row") {
  tensor_test::EvaluatorExecutor evaluator;
  w::Context reference(evaluator);
  const auto rows = [](w::Context& context, w::DType dtype) {
    const w::Tensor from = w::Tensor::from(table(), {7, 5}, context).cast(dtype);
    return w::take(from, w::Tensor::from(places, {2, 5}, context));
  };
  for (const char* name : {"cpu", "interp"})
    for (const w::DType dtype : {DType::float32, DType::float16, DType::int8}) {
      INFO(name << " " << w::name(dtype));
      Recorded on(name);
      const std::uint64_t before = closed_sums();
      const auto found = rows(on.context, dtype).to_vector<float>();
      CHECK(closed_sums() > before);
      const auto expected = rows(reference, dtype).to_vector<float>();
      REQUIRE(found.size() == expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        INFO("element " << i << " is " << found[i] << ", expected " << expected[i]);
        CHECK((found[i] == expected[i] || (std::isnan(found[i]) && std::isnan(expected[i]))));
        CHECK(std::signbit(found[i]) == std::signbit(expected[i]));
      }
    }
}

TEST_CASE("gather: the time does not depend on the size of the table") {
  // 400,000 rows for each of 1,000 numbers would be 4 * 10^8 steps on the interpreter.
  Recorded on("interp");
  std::vector<std::int32_t> wanted(1000);
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = static_cast<std::int32_t>(i * 397);
  const w::Tensor numbers = w::Tensor::from(wanted, {1000}, on.context);
  std::vector<std::int32_t> rows(400'000);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int32_t>(i) * 3;
  const auto found = w::take(w::Tensor::from(rows, {400'000}, on.context), numbers).to_vector<std::int32_t>();
  for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(found[i] == wanted[i] * 3);
}

TEST_CASE("gather: sums of integers and masks are formulas") {
  tensor_test::EvaluatorExecutor evaluator;
  w::Context reference(evaluator);
  const auto sums = [](w::Context& context) {
    const w::Tensor line = w::arange(9, DType::int32, context);
    const w::Tensor below = line.unsqueeze(-1) > line;  // (9, 9)
    return w::stack({w::where(below, line, 0).sum(-1), below.cast(DType::int32).sum(-1),
                     w::where(below, line.unsqueeze(-1), 0).sum(-1)});
  };
  Recorded on;
  const std::uint64_t before = closed_sums();
  CHECK(sums(on.context).to_vector<std::int32_t>() == sums(reference).to_vector<std::int32_t>());
  CHECK(closed_sums() > before);
}

}  // namespace system_gather
