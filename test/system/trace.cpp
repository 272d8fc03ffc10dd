// A whole lowering, traced: every rewrite is written, read back and taken again; nothing is when it is off.
#include "recording.hpp"

#include <whittle/ir/trace.hpp>
#include <whittle/pipeline.hpp>
#include <whittle/whittle.hpp>

namespace system_trace {

using namespace system_test;

namespace {

/// No recorder afterwards, whatever a test does.
struct Traced {
  explicit Traced(w::TraceWriter& writer) { w::set_recorder(&writer); }
  Traced(const Traced&) = delete;
  ~Traced() { w::set_recorder(nullptr); }
};

std::uint64_t rewrites_so_far() {
  std::uint64_t sum = 0;
  for (const w::PassStatistics& pass : w::pass_statistics()) sum += pass.rewrites();
  return sum;
}

/// A padded convolution with a softmax behind it, its gradient, and sums over windows.
float some_kernels(const char* device) {
  const std::unique_ptr<w::Device> own = w::make_device(device, {});
  w::DeviceExecutor executor(*own, w::make_planner());
  w::Context context(executor);
  std::vector<float> numbers(128);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 11) / 8;
  const w::Tensor pictures = w::Tensor::from(numbers, {2, 1, 8, 8}, context);
  numbers.resize(27);
  const w::Tensor filters = w::Tensor::from(numbers, {3, 1, 3, 3}, context);
  const w::Tensor x = w::relu(w::conv2d(pictures, filters, {.padding = 1}));
  const w::Tensor loss = (w::max_pool2d(x, 2).flatten(1) + 1).softmax(-1).max(-1).sum();
  return w::gradient(loss, {filters})[0].sum().item<float>() + loss.item<float>();
}

}  // namespace

TEST_CASE("system: a traced lowering is read back and every step can be taken again") {
  for (const char* device : {"cpu", "interp"}) {
    INFO(device);
    w::TraceWriter writer;
    const std::uint64_t before = rewrites_so_far();
    float result = 0;
    {
      const Traced traced(writer);
      result = some_kernels(device);
    }
    const std::uint64_t rewrites = rewrites_so_far() - before;
    CHECK(some_kernels(device) == result);
    REQUIRE(writer.finish().ok());
    w::Trace trace;
    CHECK(w::read_trace(writer.text(), trace).message() == "");
    CHECK(trace.steps.size() == rewrites);
    CHECK(trace.steps.size() > (device == std::string("cpu") ? 150u : 40u));
    std::map<std::string, const w::Pass*> passes;
    for (const w::TracedPass& pass : trace.passes) passes[pass.name] = w::pass_with_rules(pass.hash);
    std::string faults;
    for (const auto& step : trace.steps) {
      const w::Pass* pass = passes[trace.pass_of(step).name];
      REQUIRE(pass != nullptr);
      w::PassContext context = w::read_settings(trace.runs[step.run].settings);
      faults += w::replay(trace, step, *pass, context).message();
    }
    CHECK(faults == "");
    CHECK(trace.passes.size() > 5);
  }
}

TEST_CASE("system: nothing is traced when no recorder is set") {
  w::TraceWriter writer;
  const std::string head = writer.text();
  some_kernels("interp");
  CHECK(writer.text() == head);
  w::set_recorder(nullptr);
  some_kernels("interp");
  CHECK(writer.steps() == 0);
}

TEST_CASE("system: rules that are timed rewrite the same") {
  const float plain = some_kernels("cpu");
  w::time_rules(true);
  CHECK(some_kernels("cpu") == plain);
  w::time_rules(false);
  std::uint64_t attempts = 0, hits = 0;
  for (const w::PassStatistics& pass : w::pass_statistics())
    for (std::size_t i = 0; i < pass.costs.size(); ++i) {
      attempts += pass.costs[i].attempts;
      hits += pass.costs[i].attempts != 0 ? pass.hits[i] : 0;
      if (pass.costs[i].attempts == 0) CHECK(pass.costs[i].seconds == 0);
    }
  CHECK(hits > 100);
  CHECK(attempts > 100);
}

TEST_CASE("system: the settings of a context round-trip") {
  w::PassContext context;
  context.target = {"a_device", 512, true, true, 64, w::any_float, true};
  context.tensors = true;
  const w::PassContext read = w::read_settings(w::settings_text(context));
  CHECK(w::settings_text(read) == w::settings_text(context));
  CHECK(read.target.device == "a_device");
  CHECK(read.target.vector_bits == 512);
  CHECK(read.target.native == w::any_float);
  CHECK(read.target.has_fma);
  CHECK(read.target.grid);
  CHECK(read.target.bounds_checks);
  CHECK(read.tensors);
  CHECK_FALSE(w::read_settings("cpu").tensors);
  CHECK(w::settings_text(w::read_settings("")).find("grid") == std::string::npos);
}

namespace mine {
using namespace w::dsl;
inline constexpr auto x = var<"x">;
inline constexpr auto thrower = w::rules<w::floating_no_nan>(
    "thrower",
    named("no exponentials", exp(x) >>= with(x)([](auto&, Node) -> Node { throw std::domain_error("too steep"); })));
}  // namespace mine

TEST_CASE("system: a rule of the pipeline that throws is named, and the tensors stay usable") {
  w::Context context("cpu");
  const w::Tensor x = w::ones({3}, DType::float32, context), y = w::exp(x);
  w::Pipeline pipeline = w::default_pipeline();
  REQUIRE(pipeline.before("simplify tensors", w::pass<mine::thrower>("mine")));
  w::set_pipeline(pipeline);
  CHECK_THROWS_AS(y.realize(), w::GraphError);
  CHECK_THROWS_WITH(y.realize(), Catch::Contains("'no exponentials' (trace.cpp:") && Catch::Contains("too steep"));
  w::set_pipeline(w::default_pipeline());
  CHECK(y.to_vector<float>()[0] == Approx(std::exp(1.0)));
}

}  // namespace system_trace
