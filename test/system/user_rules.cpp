// Rules of a user's own, put into the pipeline, change what is computed, and leave when the pipeline is restored.
#include "recording.hpp"

#include <whittle/pipeline.hpp>
#include <whittle/whittle.hpp>

namespace system_user_rules {

using namespace system_test;

namespace mine {
using namespace w::dsl;
inline constexpr auto x = var<"x">, y = var<"y">;
// clang-format off
inline constexpr auto inverse = w::rules<w::floating_no_nan>("inverse functions",
    log(exp(x))          >>= x,
    exp(x) * exp(y)      >>= exp(x + y));
// clang-format on
}  // namespace mine

namespace {

/// Puts the default pipeline back, whatever a test does.
struct Restored {
  ~Restored() { w::set_pipeline(w::default_pipeline()); }
};

/// How often an operator stands in the kernels that the log holds.
std::size_t count(const Recorded& on, Op op) {
  std::size_t found = 0;
  for (const w::PlannedCall& call : on.log.calls)
    for (Node n : w::topological_order(on.context.graph(), call.sink)) found += on.context.graph().op(n) == op;
  return found;
}

std::vector<float> round_trip(Recorded& on) {
  const w::Tensor x = w::Tensor::from({1.0f, 100.0f, -3.0f}, {3}, on.context);
  on.log.clear();
  return w::log(w::exp(x)).to_vector<float>();
}

}  // namespace

TEST_CASE("system: a user's rules in the pipeline fire and change the kernel") {
  const Restored restored;
  Recorded on;
  const std::vector<float> plain = round_trip(on);
  CHECK(std::isinf(plain[1]));  // e^100 is no float32
  CHECK(count(on, Op::exp) == 1);

  w::Pipeline pipeline = w::default_pipeline();
  REQUIRE(pipeline.after("simplify tensors", w::pass<mine::inverse>("mine")));
  CHECK(pipeline.hash() != w::default_pipeline().hash());
  w::set_pipeline(pipeline);
  CHECK(round_trip(on) == std::vector<float>{1, 100, -3});
  CHECK(count(on, Op::exp) == 0);
  CHECK(count(on, Op::log) == 0);
  REQUIRE(figures("mine") != nullptr);
  CHECK(figures("mine")->expression_rewrites == 1);
  CHECK(figures("mine")->hits[0] == 1);
  CHECK(figures("mine")->hits[1] == 0);

  // A second graph in the same process, and the other rule.
  Recorded other;
  const w::Tensor a = w::Tensor::from({1.0f, 2.0f}, {2}, other.context), b = a + 1;
  other.log.clear();
  CHECK((w::exp(a) * w::exp(b)).to_vector<float>()[0] == Approx(std::exp(3.0)));
  CHECK(count(other, Op::exp) == 1);
  CHECK(figures("mine")->hits[1] == 1);

  w::set_pipeline(w::default_pipeline());
  CHECK(std::isinf(round_trip(on)[1]));
  CHECK(count(on, Op::exp) == 1);
  CHECK(figures("mine")->hits[0] == 1);
}

TEST_CASE("system: kernels compiled under one pipeline are not taken for another") {
  const Restored restored;
  Recorded on;
  const w::Tensor x = w::Tensor::from({1.0f, 2.0f}, {2}, on.context);
  (x * 2).realize();
  const std::size_t compiled = on.executor.cache().size();
  (x * 2).realize();
  CHECK(on.executor.cache().size() == compiled);
  w::Pipeline pipeline = w::default_pipeline();
  REQUIRE(pipeline.after("simplify kernel", w::pass<mine::inverse>("mine, over kernels")));
  w::set_pipeline(pipeline);
  CHECK((x * 2).to_vector<float>() == std::vector<float>{2, 4});
  CHECK(on.executor.cache().size() == compiled + 1);
}

TEST_CASE("system: a place in the pipeline that is not there") {
  w::Pipeline pipeline = w::default_pipeline();
  const std::uint64_t before = pipeline.hash();
  CHECK_FALSE(pipeline.after("no such pass", w::pass<mine::inverse>("mine")));
  CHECK_FALSE(pipeline.before("no such pass", w::pass<mine::inverse>("mine")));
  CHECK_FALSE(pipeline.remove("no such pass"));
  CHECK_FALSE(pipeline.has("no such pass"));
  CHECK(pipeline.hash() == before);
  CHECK(pipeline.has("simplify tensors"));
}

namespace mine {
inline constexpr auto endless =
    w::rules<w::floating_no_nan>("endless", exp(x) >>= sqrt(exp2(x)), sqrt(exp2(x)) >>= exp(x));
}

TEST_CASE("system: rules that do not end are an error that names them, and the tensors stay usable") {
  const Restored restored;
  Recorded on;
  const w::Tensor x = w::Tensor::from({1.0f, 2.0f}, {2}, on.context), y = w::exp(x);
  w::Pipeline pipeline = w::default_pipeline();
  REQUIRE(pipeline.before("simplify tensors", w::pass<mine::endless>("endless")));
  w::set_pipeline(pipeline);
  CHECK_THROWS_AS(y.realize(), w::Error);
  CHECK_THROWS_WITH(y.realize(), Catch::Contains("endless"));
  w::set_pipeline(w::default_pipeline());
  CHECK(y.to_vector<float>()[0] == Approx(std::exp(1.0)));
}

}  // namespace system_user_rules
