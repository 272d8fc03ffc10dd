// Whole programs by hand: loops, accumulators, gates, gathers, variables; cpu against interp, threads against one.
#include <catch2/catch.hpp>

#include <random>

#include "backends/program_cases.hpp"

namespace backends_cpu_programs {

using namespace test;

namespace {

using Contents = std::vector<std::vector<std::byte>>;

void same_on_both(const ProgramCase& each) {
  INFO(each.builder->program.name);
  Contents expected = each.contents, found = each.contents;
  const auto interp = w::make_device("interp", {});
  run(*interp, each.builder->program, expected, each.variables);
  w::DeviceOptions options;
  options.bounds_checks = GENERATE(false, true);
  options.guard_pages = true;
  options.threads = GENERATE(1u, 2u);
  const auto cpu = w::make_device("cpu", options);
  run(*cpu, each.builder->program, found, each.variables);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const DType type = each.builder->graph.dtype(each.builder->program.parameters[i].node);
    const auto a = decode(type, expected[i]), b = decode(type, found[i]);
    for (std::size_t k = 0; k < a.size(); ++k) {
      INFO("buffer " << i << ", element " << k << ": " << a[k].as_double() << ", " << b[k].as_double());
      REQUIRE(distance(type, a[k], b[k]) <= each.tolerance);
    }
  }
}

}  // namespace

TEST_CASE("cpu: dot product with a scalar accumulator", "[cpu]") { same_on_both(dot_product()); }
TEST_CASE("cpu: matrix product with vector accumulators", "[cpu]") {
  same_on_both(matrix_product(GENERATE(1u, 8u, 14u, 28u)));
}
TEST_CASE("cpu: row sums and maxima folded over lanes", "[cpu]") {
  const std::uint32_t lanes = GENERATE(1u, 3u, 8u, 14u, 28u);
  const DType type =
      GENERATE(DType::float32, DType::int32, DType::float64, DType::int8, DType::float16, DType::bfloat16);
  same_on_both(row_folds(lanes, type));
}
TEST_CASE("cpu: gated loads and stores", "[cpu]") {
  const std::uint32_t lanes = GENERATE(1u, 3u, 8u, 14u, 28u);
  const DType type = GENERATE(DType::float32, DType::boolean, DType::int64, DType::bfloat16, DType::uint8);
  same_on_both(gated_shift(lanes, type));
}
TEST_CASE("cpu: gathers and scatters", "[cpu]") {
  const std::uint32_t lanes = GENERATE(1u, 3u, 8u, 14u, 28u);
  const DType type = GENERATE(DType::float32, DType::int16, DType::boolean, DType::float64, DType::float16);
  same_on_both(gather_reversed(lanes, type, GENERATE(false, true)));
}
TEST_CASE("cpu: sizes that variables give", "[cpu]") { same_on_both(variable_sizes(GENERATE(0, 1, 5, 9))); }
TEST_CASE("cpu: a whole kernel behind one scalar gate", "[cpu]") { same_on_both(scalar_gate(GENERATE(1u, 8u, 14u))); }
TEST_CASE("cpu: several accumulators in one buffer", "[cpu]") { same_on_both(accumulator_array()); }

TEST_CASE("cpu: any number of threads gives the same bits", "[cpu]") {
  std::vector<std::vector<std::byte>> results;
  for (unsigned threads : {1u, 2u, 3u, 5u}) {
    ProgramCase each = row_exponentials();
    w::DeviceOptions options;
    options.threads = threads;
    const auto cpu = w::make_device("cpu", options);
    for (int repeat = 0; repeat < 20; ++repeat) {
      Contents contents = each.contents;
      run(*cpu, each.builder->program, contents, {});
      results.push_back(contents.back());
      REQUIRE(results.back() == results.front());
    }
  }
}

}  // namespace backends_cpu_programs
