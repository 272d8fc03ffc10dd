// The cpu back end against what ir/scalar_operation.hpp says, for every operator, dtype and number of lanes.
#include <catch2/catch.hpp>

#include "backends/elementwise_cases.hpp"
#include "sanitized.hpp"

namespace backends_cpu_elementwise {

using namespace test;

namespace {

void compare(w::Device& device, const ElementwiseCase& each, std::uint32_t lanes) {
  const auto columns = operands(each, lanes);
  const std::size_t count = columns[0].size();
  ProgramBuilder b(name_of(each) + "_x" + std::to_string(lanes));
  build(b, each, count, lanes);
  std::vector<std::vector<std::byte>> contents;
  for (const auto& column : columns) contents.push_back(encode(column));
  contents.emplace_back(count * w::size_of(each.result));
  INFO(b.program.name);
  run(device, b.program, contents);
  const auto results = decode(each.result, contents.back());
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<w::Scalar> x;
    std::string given;
    for (const auto& column : columns) {
      x.push_back(column[i]);
      given += " " + (w::is_float(column[i].dtype) ? std::to_string(column[i].as_double())
                                                   : std::to_string(column[i].as_int()));
    }
    const w::Scalar expected = w::operate(each.op, each.result, x).value();
    const double apart = distance(each.result, expected, results[i]);
    if (!(apart <= tolerance(each))) {
      INFO(given << ": expected " << (w::is_float(each.result) ? expected.as_double() : double(expected.as_int()))
                 << ", got " << (w::is_float(each.result) ? results[i].as_double() : double(results[i].as_int())));
      CHECK(apart <= tolerance(each));
    }
  }
}

}  // namespace

TEST_CASE("cpu: every elementwise operator on every dtype", "[cpu]") {
  const auto device = w::make_device("cpu", {});
  const std::uint32_t lanes = GENERATE(1u, 8u, 14u);
  // Nearly all of the time is LLVM's, which is not sanitized: there a third of the cases, another one for each width.
  std::uint32_t number = lanes == 1 ? 0 : lanes == 8 ? 1 : 2;
  for (const ElementwiseCase& each : elementwise_cases())
    if (!is_sanitized || number++ % 3 == 0) compare(*device, each, lanes);
}

}  // namespace backends_cpu_elementwise
