// Users' operators over tensors: on every device what the plain evaluator says, with gradients, and errors by name.
#include <catch2/catch.hpp>

#include <whittle/pipeline.hpp>
#include <whittle/whittle.hpp>

#include "ir/operator_cases.hpp"
#include "recording.hpp"
#include "tensor/evaluator_executor.hpp"

namespace own {
inline constexpr struct Careless : op<"careless", 2> {
  static constexpr auto gradient =
      rules<whittle::structural>("gradient of careless", pullback(self(x, y), g) >>= group(g));
} careless;
inline constexpr struct Shrinking : op<"shrinking"> {
  static constexpr auto gradient = rules<whittle::structural>(
      "gradient of shrinking", pullback(self(x), g) >>= with(g)([](auto& graph, auto by) {
                                 return whittle::group(graph, {reduce(graph, by, whittle::Op::add, 1u)});
                               }));
} shrinking;
inline constexpr auto to_softplus = rules<whittle::floating>("to softplus", log(exp(x) + 1) >>= softplus(x));
inline constexpr auto halved = rules<whittle::floating>("halved", softplus(x)* 0.5 >>= x);
}  // namespace own

namespace system_operators {

using namespace system_test;
using Catch::Contains;

namespace {

using Values = std::vector<double>;
using Inputs = std::vector<w::Tensor>;

/// Numbers between -3 and 3 that look random.
std::vector<float> numbers(std::size_t count, unsigned seed) {
  std::vector<float> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(static_cast<float>((seed = seed * 1664525u + 1013904223u) >> 8) / 2796203.0f - 3);
  return made;
}

/// What `f` makes of two inputs of shape (6, 8).
template <class F>
Values computed(w::Context& context, F f) {
  return f(w::Tensor::from(numbers(48, 1), {6, 8}, context), w::Tensor::from(numbers(48, 2), {6, 8}, context))
      .template to_vector<double>();
}

template <class F>
void check_on_devices(F f) {
  tensor_test::EvaluatorExecutor evaluator;
  w::Context reference(evaluator);
  const Values expected = computed(reference, f);
  for (const char* device : {"cpu", "interp"}) {
    w::Context context(device);
    const Values found = computed(context, f);
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[i]).epsilon(1e-5).margin(1e-5));
  }
}

/// Compares the gradient of sum(f(x, y) * x) with central differences in float64, on the device cpu.
template <class F>
void check_gradient(F f) {
  w::Context context("cpu");
  Inputs inputs;
  for (unsigned seed : {3u, 4u}) {
    const std::vector<float> drawn = numbers(6, seed);
    inputs.push_back(w::Tensor::from(Values(drawn.begin(), drawn.end()), {2, 3}, context));
  }
  const auto loss = [&]() -> w::Tensor { return (f(inputs[0], inputs[1]) * inputs[0]).sum(); };
  const Inputs gradients = w::gradient(loss(), inputs);
  for (std::size_t i = 0; i < 2; ++i) {
    const Values found = gradients[i].to_vector<double>(), at = inputs[i].to_vector<double>();
    for (std::size_t k = 0; k < at.size(); ++k) {
      const auto moved = [&](double by) {
        Values there = at;
        there[k] += by;
        inputs[i].write(there);
        return loss().template item<double>();
      };
      constexpr double h = 1e-5;
      const double expected = (moved(h) - moved(-h)) / (2 * h);
      inputs[i].write(at);
      CHECK(found[k] == Approx(expected).epsilon(1e-6).margin(1e-6));
    }
  }
}

template <class F>
std::string thrown(F f) {
  try {
    f();
  } catch (const w::Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("operators: every device computes what the plain evaluator does") {
  check_on_devices([](const auto& a, const auto&) { return w::apply(own::softplus, a); });
  check_on_devices(
      [](const auto& a, const auto& b) { return w::apply(own::softplus, w::matmul(a, b.transpose()) + 1).sum(0); });
  check_on_devices(
      [](const auto& a, const auto& b) { return w::apply(own::damped, a, w::apply(own::softplus, b)).max(1); });
  check_on_devices([](const auto& a, const auto& b) { return w::apply(own::dot, a, b + 1) * a; });
  check_on_devices([](const auto& a, const auto& b) { return w::where(w::apply(own::smaller, a, b), a, -b); });
  check_on_devices([](const auto& a, const auto&) {
    return w::apply(own::popcount, (a * 40).cast(DType::int32).cast(DType::uint8));
  });
  check_on_devices([](const auto& a, const auto&) { return w::apply(own::damped, a.select(0, 2), 0.5); });
  check_on_devices([](const auto& a, const auto&) { return w::apply(own::damped, 2, a.slice({{0, 1}})); });
  check_on_devices([](const auto& a, const auto&) { return w::apply(own::softplus, a.cast(DType::int32)); });
}

TEST_CASE("operators: gradients are those of finite differences") {
  check_gradient([](const auto& a, const auto&) { return w::apply(own::softplus, a); });
  check_gradient([](const auto& a, const auto& b) { return w::apply(own::damped, w::apply(own::softplus, b), a * b); });
  check_gradient([](const auto& a, const auto& b) { return w::apply(own::dot, a, w::exp(b)); });
  check_gradient([](const auto& a, const auto& b) { return w::apply(own::damped, a, b.sum()); });
}

TEST_CASE("operators: what does not fit is an error that names the operator and the line") {
  w::Context context("cpu");
  const w::Tensor x = w::Tensor::from(numbers(6, 1), {2, 3}, context), n = w::Tensor::from({1, 2, 3}, {3}, context);
  CHECK_THAT(thrown([&] { w::apply(own::popcount, x); }),
             Contains("popcount: operands of dtype float32, expected one of uint8, uint32") &&
                 Contains("operators.cpp:"));
  CHECK_THAT(thrown([&] { w::apply(own::popcount, n); }), Contains("popcount") && Contains("int32"));
  CHECK_THAT(thrown([&] { w::apply(own::damped, x, w::Tensor::from({1.f, 2.f}, {2}, context)); }),
             Contains("damped: shapes"));
  CHECK_THAT(thrown([&] { w::apply(own::dot, x, x.transpose()); }), Contains("dot") && Contains("do not fit"));
  CHECK_THAT(thrown([&] { w::apply(own::bare, x).realize(); }), Contains("bare has no lowering"));
  CHECK_THAT(thrown([&] { w::apply(own::choosy, x).realize(); }), Contains("no rule of its lowering fits choosy("));
  CHECK_THAT(thrown([&] { w::gradient(w::apply(own::bare, x).sum(), {x}); }),
             Contains("no gradient rule for operator bare"));
  w::apply(own::cube_root, x);
  CHECK_THAT(thrown([&] { w::apply(own::sawtooth, x); }), Contains("'cbrt' and 'acos_sawtooth' have the same number"));
  w::apply(own::softplus, x);
  CHECK_THAT(thrown([&] { w::apply(own::other::softplus, x); }), Contains("two operators 'softplus'"));
  CHECK_NOTHROW(w::apply(own::softplus, x).realize());
}

TEST_CASE("operators: a gradient rule that gives something else is named") {
  w::Context context("cpu");
  const w::Tensor x = w::Tensor::from(numbers(6, 1), {2, 3}, context);
  CHECK_THAT(thrown([&] { w::gradient(w::apply(own::careless, x, x).sum(), {x}); }),
             Contains("the gradient rule of careless gives") && Contains("expected a group of 2"));
  CHECK_THAT(thrown([&] { w::gradient(w::apply(own::shrinking, x).sum(), {x}); }),
             Contains("the gradient rule of shrinking gives float32 (1, 3) for operand 0, which is float32 (2, 3)"));
}

TEST_CASE("operators: two of one name in two contexts of one device are not confused") {
  w::Context one("cpu"), two("cpu");
  const std::vector<float> values{-1, 0, 2};
  const auto in_one = w::apply(own::softplus, w::Tensor::from(values, {3}, one)).to_vector<float>();
  const auto in_two = w::apply(own::other::softplus, w::Tensor::from(values, {3}, two)).to_vector<float>();
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(in_one[i] == Approx(std::log(1 + std::exp(values[i]))));
    CHECK(in_two[i] == Approx(std::log2(1 + std::exp2(values[i]))));
  }
}

TEST_CASE("operators: users' rules about them run before they are lowered") {
  struct Restored {
    ~Restored() { w::set_pipeline(w::default_pipeline()); }
  } restored;
  w::Pipeline pipeline = w::default_pipeline();
  REQUIRE(pipeline.before("lower operators", w::pass<own::to_softplus>("to softplus")));
  REQUIRE(pipeline.before("lower operators", w::pass<own::halved>("halve softplus")));
  w::set_pipeline(pipeline);
  w::Context context("cpu");
  const w::Tensor x = w::Tensor::from({1.0f, 100.0f}, {2}, context);
  const w::Tensor y = w::log(w::exp(x) + 1);
  CHECK_THAT(thrown([&] { y.realize(); }), Contains("add_operator"));
  w::add_operator(context, own::softplus);
  CHECK(y.to_vector<float>()[1] == 100);  // e^100 is no float32: it was softplus
  CHECK((w::apply(own::softplus, x) * 0.5).to_vector<float>() == std::vector<float>{1, 100});
}

TEST_CASE("operators: a captured step trains through one") {
  w::Context context("cpu");
  const w::Tensor x = w::Tensor::from(numbers(64, 5), {64}, context),
                  slope = w::zeros({1}, DType::float32, context).realize();
  auto step = w::capture([&](const w::Tensor& inputs) {
    const w::Tensor loss =
        w::square(w::apply(own::softplus, inputs * slope) - w::apply(own::softplus, inputs * 2)).mean();
    slope.assign(slope - 0.5 * w::gradient(loss, {slope})[0]);
    return loss;
  });
  const float first = step(x).item<float>();
  float last = first;
  for (int i = 0; i < 100; ++i) last = step(x).item<float>();
  CHECK(last < first / 1000);
  CHECK(slope.item<float>() == Approx(2).epsilon(0.01));
}

}  // namespace system_operators
