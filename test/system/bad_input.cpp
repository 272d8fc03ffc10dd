// Bad input from outside: devices that fail, operations that a dtype has not. Files: bad_files.cpp.
#include "recording.hpp"

#include <whittle/whittle.hpp>

#include "backends/program_builder.hpp"

namespace system_bad_input {

using namespace system_test;
using Catch::Matchers::Contains;

namespace {

/// Plans as the library does, but lowers to programs that read beyond their last buffer while `faulty`.
class FaultyPlanner final : public w::Planner {
 public:
  explicit FaultyPlanner(const bool& faulty) : faulty_(faulty) {}
  std::uint64_t fingerprint() const override { return faulty_ ? 1 : 0; }
  w::Plan plan(Graph& graph, std::span<const Node> effects) override { return inner_->plan(graph, effects); }
  w::Program lower(Graph& graph, const w::PlannedCall& call, const w::Target& target) override {
    if (!faulty_) return inner_->lower(graph, call, target);
    builder_ = std::make_unique<test::ProgramBuilder>("faulty_" + call.name);
    test::ProgramBuilder& b = *builder_;
    std::vector<Node> parameters;
    for (Node buffer : call.buffers)
      parameters.push_back(b.parameter(graph.dtype(buffer), elements_of(graph, buffer), parameters.empty()));
    b.store(b.index(parameters[0], b.number(0)), b.load(b.index(parameters.back(), b.number(1000))));
    return b.finish();
  }

 private:
  const bool& faulty_;
  std::unique_ptr<test::ProgramBuilder> builder_;
  std::unique_ptr<w::Planner> inner_ = w::make_planner();
};

}  // namespace

TEST_CASE("system: a tensor used after its device failed") {
  for (const char* name : {"cpu", "interp"}) {
    INFO(name);
    bool faulty = false;
    w::DeviceOptions options;
    options.bounds_checks = true;
    const auto device = w::make_device(name, options);
    w::DeviceExecutor executor(*device, std::make_unique<FaultyPlanner>(faulty));
    w::Context context(executor);
    const w::Tensor x = w::Tensor::from({1.0f, 2.0f, 3.0f}, {3}, context), y = x * 2, z = x + 1;
    auto step = w::capture([&](const w::Tensor& inputs) { return inputs * 5; });
    CHECK(step(x).to_vector<float>() == std::vector<float>{5, 10, 15});
    CHECK(y.to_vector<float>() == std::vector<float>{2, 4, 6});
    faulty = true;
    CHECK_THROWS_WITH(z.to_vector<float>(), Contains("faulty_") && Contains("failed") && Contains("element 1000"));
    faulty = false;
    // From now on whatever needs the device says which kernel broke it: lazy, realised, written, captured, new.
    CHECK_THROWS_WITH(z.to_vector<float>(), Contains("faulty_"));
    CHECK_THROWS_AS((z + 1).realize(), w::DeviceError);
    CHECK_THROWS_WITH((y + y).to_vector<float>(), Contains("faulty_"));
    CHECK_THROWS_WITH(y.to_vector<float>(), Contains("faulty_"));
    CHECK_THROWS_WITH(x.write(std::vector<float>(3)), Contains("faulty_"));
    CHECK_THROWS_WITH(step(x), Contains("faulty_"));
    CHECK_THROWS_WITH(w::Tensor::from({1.0f}, {1}, context), Contains("faulty_"));
    CHECK_THROWS_AS(executor.synchronize(), w::Error);
    // Building graphs needs no device; other devices go on.
    CHECK((y + 1).shape() == w::Dims{3});
    w::Context other(name);
    CHECK(w::ones({2}, DType::float32, other).to_vector<float>() == std::vector<float>{1, 1});
  }
}

TEST_CASE("system: a device that cannot be had") {
  CHECK_THROWS_WITH(w::executor("toaster"), Contains("toaster") && Contains("cpu") && Contains("interp"));
  w::Context nowhere("no such device");
  const w::Tensor x = w::ones({2}, DType::float32, nowhere) + 1;
  CHECK_THROWS_WITH(x.to_vector<float>(), Contains("no such device") && Contains("there are: "));
  CHECK_THROWS_AS(x.realize(), w::DeviceError);
  CHECK(x.shape() == w::Dims{2});
}

TEST_CASE("system: a remainder of floats is refused where it is written") {
  w::Context context("cpu");
  const w::Tensor x = w::ones({2}, DType::float32, context);
  CHECK_THROWS_WITH(x % 2, Contains("%: given float32, expected integers") && Contains("bad_input.cpp:"));
  CHECK_THROWS_AS(w::ones({2}, DType::int32, context) % x, w::Error);
}

TEST_CASE("system: memory that is not there") {
  Recorded on;
  const w::Tensor huge = w::ones({1 << 20, 1 << 20, 64}, DType::float64, on.context);
  CHECK_THROWS_AS(huge.realize(), w::DeviceError);
  CHECK(w::ones({2}, DType::float32, on.context).sum().item<float>() == 2);
}

}  // namespace system_bad_input
