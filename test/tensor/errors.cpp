// Bad input: each message says what was given, what was expected, and the line of the call.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_errors {

using namespace tensor_test;
using w::DType;

namespace {

/// The message of what `call` throws, which must be an E and name the line `line` of this file.
template <class E = w::ShapeError, class Call>
std::string message_of(Call call, int line) {
  try {
    call();
  } catch (const E& error) {
    const std::string text = error.what();
    INFO(text);
    CHECK(text.find("errors.cpp:" + std::to_string(line)) != std::string::npos);
    return text;
  }
  FAIL("nothing was thrown");
  return {};
}

void check_message(const std::string& text, std::initializer_list<const char*> parts) {
  INFO(text);
  for (const char* part : parts) CHECK(text.find(part) != std::string::npos);
}

}  // namespace

#define CHECK_ERROR(Kind, call, ...) check_message(message_of<w::Kind>([&] { (void)(call); }, __LINE__), {__VA_ARGS__})

TEST_CASE("shapes that do not fit") {
  Fixture f;
  const auto of = [&](const w::Dims& dims) { return w::zeros(dims, DType::float32, f.context); };
  const w::Tensor a = of({2, 3}), b = of({2, 4});
  CHECK_ERROR(ShapeError, a + b, "+", "(2, 3)", "(2, 4)", "expected equal sizes");
  CHECK_ERROR(ShapeError, w::maximum(a, b), "max", "(2, 3)", "(2, 4)");
  CHECK_ERROR(ShapeError, w::where(a < 1, a, b), "where", "(2, 4)");
  CHECK_ERROR(ShapeError, w::matmul(a, b), "matmul", "(2, 3)", "(2, 4)", "expected");
  CHECK_ERROR(ShapeError, a.reshape({4, 2}), "reshape", "(4, 2)", "(2, 3)", "8 elements wanted of 6");
  CHECK_ERROR(ShapeError, a.reshape({-1, 4}), "reshape", "(2, 3)", "6 elements are no multiple of 4");
  CHECK_ERROR(ShapeError, a.reshape({-1, -1}), "more than one dimension is -1");
  CHECK_ERROR(ShapeError, a.expand({2, 4}), "expand", "(2, 3)", "(2, 4)");
  CHECK_ERROR(ShapeError, a.pad({{1, 1}}), "pad", "rank 2", "expected one for each axis");
  CHECK_ERROR(ShapeError, a.pad({{-1, 1}, {0, 0}}), "pad", "-1", "expected 0 or more");
  CHECK_ERROR(ShapeError, a.shrink({{0, 3}, {0, 3}}), "shrink", "(0, 3)", "(2, 3)");
  CHECK_ERROR(ShapeError, w::cat({a, of({2, 3, 1})}), "cat", "(2, 3, 1)");
  CHECK_ERROR(ShapeError, w::cat({a, b}, 0), "cat", "(2, 4)", "expected the other sizes to be equal");
  CHECK_ERROR(ShapeError, w::stack({a, b}), "stack", "(2, 4)");
  CHECK_ERROR(ShapeError, a.split({1, 2}), "split", "3", "expected its size");
  CHECK_ERROR(ShapeError, a.assign(b), "assign", "(2, 4)", "(2, 3)");
  CHECK_ERROR(ShapeError, a.item<float>(), "item", "(2, 3)", "expected one element");
  CHECK_ERROR(ShapeError, w::Tensor::from(std::vector<float>(5), {2, 3}, f.context), "from", "5 elements", "(2, 3)");
  CHECK_ERROR(ShapeError, a.write(std::vector<float>(5)), "write", "5 elements", "expected 6");
  CHECK_ERROR(ShapeError, w::zeros({2, -3}, DType::float32, f.context), "(2, -3)", "expected");
  CHECK_ERROR(ShapeError, w::conv2d(of({1, 3, 5, 5}), of({4, 2, 3, 3})), "conv2d", "(1, 3, 5, 5)", "(4, 2, 3, 3)");
  CHECK_ERROR(ShapeError, w::conv2d(of({1, 2, 5, 5}), of({4, 2, 6, 6})), "conv2d", "a window of 6 does not fit");
  CHECK_ERROR(ShapeError, w::conv2d(of({2, 5, 5}), of({4, 2, 3, 3})), "conv2d",
              "expected (pictures, channels, height, width)");
  CHECK_ERROR(ShapeError, w::max_pool2d(of({1, 1, 2, 2}), 3), "max_pool2d", "a window of 3");
  CHECK_ERROR(ShapeError, w::cross_entropy(a, of({3})), "cross_entropy", "(3)", "expected (2)");
  CHECK_ERROR(ShapeError, w::Linear(3, 4, true, f.context)(b), "matmul", "(2, 4)");
  CHECK_ERROR(ShapeError, w::BatchNorm2d(3, f.context)(of({1, 2, 4, 4})), "BatchNorm2d", "(1, 2, 4, 4)",
              "expected (n, 3");
}

TEST_CASE("axes out of range, and reductions over nothing") {
  Fixture f;
  const w::Tensor a = w::zeros({2, 3}, DType::float32, f.context), none = w::zeros({0, 3}, DType::float32, f.context);
  CHECK_ERROR(ShapeError, a.sum(2), "sum", "axis 2", "rank 2", "expected -2 to 1");
  CHECK_ERROR(ShapeError, a.max(-3), "max", "axis -3");
  CHECK_ERROR(ShapeError, a.mean({0, -2}), "mean", "axis -2 is given twice");
  CHECK_ERROR(ShapeError, a.permute({0, 0}), "permute", "given twice");
  CHECK_ERROR(ShapeError, a.permute({0}), "permute", "1 axes", "rank 2");
  CHECK_ERROR(ShapeError, w::softmax(a, 5), "max", "axis 5");
  CHECK_ERROR(ShapeError, a.argmax(4), "argmax", "axis 4");
  CHECK_ERROR(ShapeError, a.squeeze(0), "squeeze", "expected size 1");
  CHECK_ERROR(ShapeError, a.select(0, 2), "select", "index (2)", "(2, 3)");
  CHECK_ERROR(ShapeError, none.max(0), "max", "nothing to reduce along axis 0", "(0, 3)");
  CHECK_ERROR(ShapeError, none.argmin(0), "argmin", "nothing to reduce");
  CHECK_ERROR(ShapeError, none.mean(), "mean", "nothing to reduce");
  CHECK(none.sum().item<float>() == 0);
  CHECK(none.prod(0).to_vector<float>() == std::vector<float>{1, 1, 1});
}

TEST_CASE("dtypes that do not mix") {
  Fixture f;
  const w::Tensor a = w::ones({2}, DType::float32, f.context), i = w::ones({2}, DType::int32, f.context),
                  u = w::ones({2}, DType::uint8, f.context);
  CHECK_ERROR(Error, a & i, "&", "given float32", "expected integers or bools");
  CHECK_ERROR(Error, a << 1, "<<", "given float32", "expected integers");
  CHECK_ERROR(Error, ~a, "~", "given float32");
  CHECK_ERROR(Error, u + 300, "300 does not fit uint8");
  CHECK_ERROR(Error, u - -1, "-1 does not fit uint8");
  CHECK_ERROR(Error, w::where(i, a, a), "where", "int32", "expected a bool tensor");
  CHECK_ERROR(Error, w::floor_divide(a, 2), "floor_divide", "given float32");
  CHECK_ERROR(Error, a.one_hot(3), "one_hot", "given float32");
  CHECK_ERROR(Error, a.cast(DType::none), "cast", "none");
  CHECK_ERROR(Error, a.write(std::vector<int>{1, 2}), "write", "given int32", "expected float32");
  CHECK_ERROR(Error, w::rand({2}, DType::int32, f.context), "rand", "int32", "expected a float");
  CHECK_ERROR(Error, w::gradient(i.sum(), {a}), "gradient", "loss of dtype int32");
  CHECK_ERROR(Error, w::gradient(a.sum(), {i}), "gradient", "parameter of dtype int32");
  CHECK_ERROR(ShapeError, w::gradient(a, {a}), "gradient", "(2)", "expected one element");
}

TEST_CASE("tensors of two contexts") {
  Fixture f, g;
  const w::Tensor a = w::ones({2}, DType::float32, f.context), b = w::ones({2}, DType::float32, g.context);
  CHECK_ERROR(Error, a + b, "two contexts are mixed");
  CHECK_ERROR(Error, w::where(a > 0, a, b), "two contexts are mixed");
  CHECK_ERROR(Error, w::matmul(a, b), "two contexts");
  CHECK_ERROR(Error, w::cat({a, b}), "two contexts");
  CHECK_ERROR(Error, a.assign(b), "two contexts");
  CHECK_ERROR(Error, w::gradient(a.sum(), {b}), "two contexts");
  CHECK_THROWS_WITH(w::realize({a, b}), Catch::Contains("two contexts"));
  w::Variable n = w::variable("n", 1, 4, g.context);
  CHECK_THROWS_AS(w::zeros({n}, DType::float32, f.context), w::Error);
}

TEST_CASE("variables out of bounds, and dimensions that are no number") {
  Fixture f;
  CHECK_ERROR(Error, w::variable("n", 5, 4, f.context), "variable n", "5", "4");
  w::Variable n = w::variable("n", 1, 8, f.context);
  CHECK_THROWS_WITH(n.set(9), Catch::Contains("given 9, expected 1 to 8"));
  const w::Tensor x = w::zeros({n, 3}, DType::float32, f.context), y = w::zeros({4, 3}, DType::float32, f.context);
  CHECK_ERROR(ShapeError, x + y, "(n, 3)", "(4, 3)");
  CHECK_ERROR(ShapeError, x.flatten(), "reshape", "(n, 3)", "product with a variable");
  CHECK_ERROR(ShapeError, y.shrink({{0, n}, {0, 3}}), "shrink", "(4, 3)");
  CHECK_THROWS_AS(x.shape()[0].value(), w::ShapeError);
}

TEST_CASE("nodes know the user's line") {
  Fixture f;
  const w::Tensor a = w::ones({2, 2}, DType::float32, f.context);
  const w::Tensor b = a + 2, c = w::softmax(a);
  const int line = __LINE__ - 1;
  for (const w::Tensor& x : {b, c}) {
    const w::Origin origin = f.context.graph().origin(x.node());
    CHECK(origin.line == static_cast<unsigned>(line));
    CHECK(std::string(origin.file).find("errors.cpp") != std::string::npos);
  }
}

}  // namespace tensor_errors
