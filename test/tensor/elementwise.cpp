// Operations on each element against plain loops, on random shapes and dtypes.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_elementwise {

using namespace tensor_test;
using w::DType;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The index into an operand of a broadcast result.
Sizes broadcast_index(const Sizes& index, const Sizes& shape) {
  Sizes own(index.end() - static_cast<std::ptrdiff_t>(shape.size()), index.end());
  for (std::size_t k = 0; k < own.size(); ++k)
    if (shape[k] == 1) own[k] = 0;
  return own;
}

/// Two shapes that broadcast to a third.
struct Shapes {
  Sizes result, a, b;
  explicit Shapes(Random& random) : result(random.shape(1, 4)) {
    const auto operand = [&] {
      Sizes own(result.begin() + random.whole(0, static_cast<std::int64_t>(result.size()) - 1), result.end());
      for (std::int64_t& size : own)
        if (random.whole(0, 3) == 0) size = 1;
      return own;
    };
    a = result;
    b = operand();
    if (random.whole(0, 1) == 0) std::swap(a, b);
  }
};

using Binary = std::function<w::Tensor(const w::Tensor&, const w::Tensor&)>;

void check_binary(const Binary& operation, const std::function<double(double, double)>& expected, DType dtype,
                  double low, double high, double tolerance) {
  Random random(static_cast<unsigned>(dtype) + 7);
  for (int round = 0; round < 4; ++round) {
    Fixture f;
    const Shapes shapes(random);
    const bool whole = !w::is_float(dtype);
    const auto numbers = [&](const Sizes& shape) {
      return whole ? random.integers(shape, static_cast<std::int64_t>(low), static_cast<std::int64_t>(high))
                   : random.dense(shape, low, high);
    };
    const w::Tensor a = tensor_of(numbers(shapes.a), dtype, f.context),
                    b = tensor_of(numbers(shapes.b), dtype, f.context);
    const Dense x = dense(a), y = dense(b);
    const Dense reference = make_dense(shapes.result, [&](const Sizes& i) {
      return expected(x(broadcast_index(i, x.shape)), y(broadcast_index(i, y.shape)));
    });
    check_same(dense(operation(a, b)), reference, tolerance);
  }
}

double floor_mod(double a, double b) { return a - b * std::floor(a / b); }

/// x |-> f(x) on numbers of [low, high] and on special ones.
void check_unary(const std::function<w::Tensor(const w::Tensor&)>& operation, double (*expected)(double), double low,
                 double high, std::vector<double> special = {}) {
  for (DType dtype : {DType::float32, DType::float64, DType::float16}) {
    Fixture f;
    Random random(3);
    Dense x = random.dense({20}, low, high);
    x.data.insert(x.data.end(), special.begin(), special.end());
    x.shape = {static_cast<std::int64_t>(x.data.size())};
    const w::Tensor a = tensor_of(x, dtype, f.context), result = operation(a);
    CHECK(result.dtype() == dtype);
    const Dense held = dense(a);
    const double tolerance = dtype == DType::float64 ? 1e-12 : dtype == DType::float32 ? 3e-6 : 4e-3;
    check_same(dense(result), make_dense(held.shape, [&](const Sizes& i) { return expected(held(i)); }), tolerance);
  }
}

}  // namespace

TEST_CASE("arithmetic of floats") {
  for (DType dtype : {DType::float32, DType::float64}) {
    const double eps = dtype == DType::float64 ? 1e-13 : 1e-6;
    check_binary([](auto& a, auto& b) { return a + b; }, [](double a, double b) { return a + b; }, dtype, -9, 9, eps);
    check_binary([](auto& a, auto& b) { return a - b; }, [](double a, double b) { return a - b; }, dtype, -9, 9, eps);
    check_binary([](auto& a, auto& b) { return a * b; }, [](double a, double b) { return a * b; }, dtype, -9, 9, eps);
    check_binary([](auto& a, auto& b) { return a / b; }, [](double a, double b) { return a / b; }, dtype, 1, 9, eps);
    check_binary([](auto& a, auto& b) { return w::maximum(a, b); }, [](double a, double b) { return std::max(a, b); },
                 dtype, -9, 9, 0);
    check_binary([](auto& a, auto& b) { return w::minimum(a, b); }, [](double a, double b) { return std::min(a, b); },
                 dtype, -9, 9, 0);
    check_binary([](auto& a, auto& b) { return w::pow(a, b); }, [](double a, double b) { return std::pow(a, b); },
                 dtype, 0.5, 3, 2e-6);
  }
}

TEST_CASE("arithmetic and bits of integers") {
  for (DType dtype : {DType::int8, DType::int32, DType::int64, DType::uint8, DType::uint32}) {
    const double low = w::is_signed_int(dtype) ? -7 : 0;
    const auto whole = [](double x) { return static_cast<std::int64_t>(x); };
    const auto as_double = [](auto x) { return static_cast<double>(x); };
    check_binary([](auto& a, auto& b) { return a + b; }, [](double a, double b) { return a + b; }, dtype, low, 9, 0);
    check_binary([](auto& a, auto& b) { return a * b; }, [](double a, double b) { return a * b; }, dtype, low, 9, 0);
    check_binary([](auto& a, auto& b) { return a % (b * b + 1); },
                 [](double a, double b) { return floor_mod(a, b * b + 1); }, dtype, low, 9, 0);
    check_binary([](auto& a, auto& b) { return w::floor_divide(a, b * b + 1); },
                 [](double a, double b) { return std::floor(a / (b * b + 1)); }, dtype, low, 9, 0);
    check_binary([](auto& a, auto& b) { return a & b; },
                 [&](double a, double b) { return as_double(whole(a) & whole(b)); }, dtype, low, 9, 0);
    check_binary([](auto& a, auto& b) { return a | b; },
                 [&](double a, double b) { return as_double(whole(a) | whole(b)); }, dtype, low, 9, 0);
    check_binary([](auto& a, auto& b) { return a ^ b; },
                 [&](double a, double b) { return as_double(whole(a) ^ whole(b)); }, dtype, low, 9, 0);
    check_binary([](auto& a, auto& b) { return a << (b & 3); },
                 [&](double a, double b) { return a * as_double(1 << (whole(b) & 3)); }, dtype, low, 7, 0);
    check_binary([](auto& a, auto& b) { return a >> (b & 3); },
                 [&](double a, double b) { return as_double(whole(a) >> (whole(b) & 3)); }, dtype, low, 9, 0);
  }
}

TEST_CASE("comparisons and choice") {
  for (DType dtype : {DType::float32, DType::int32, DType::uint8, DType::float16}) {
    check_binary([](auto& a, auto& b) { return a < b; }, [](double a, double b) { return a < b ? 1. : 0.; }, dtype, 0,
                 3, 0);
    check_binary([](auto& a, auto& b) { return a <= b; }, [](double a, double b) { return a <= b ? 1. : 0.; }, dtype, 0,
                 3, 0);
    check_binary([](auto& a, auto& b) { return a > b; }, [](double a, double b) { return a > b ? 1. : 0.; }, dtype, 0,
                 3, 0);
    check_binary([](auto& a, auto& b) { return a >= b; }, [](double a, double b) { return a >= b ? 1. : 0.; }, dtype, 0,
                 3, 0);
    check_binary([](auto& a, auto& b) { return a == b; }, [](double a, double b) { return a == b ? 1. : 0.; }, dtype, 0,
                 3, 0);
    check_binary([](auto& a, auto& b) { return a != b; }, [](double a, double b) { return a != b ? 1. : 0.; }, dtype, 0,
                 3, 0);
    check_binary([](auto& a, auto& b) { return w::where(a < b, a, b); },
                 [](double a, double b) { return std::min(a, b); }, dtype, 0, 3, 0);
  }
}

TEST_CASE("functions of each element") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check_unary([](auto& x) { return w::exp(x); }, std::exp, -4, 4, {-infinity, infinity, nan, 0});
  check_unary([](auto& x) { return w::exp2(x); }, std::exp2, -4, 4, {-infinity, infinity, nan, 0});
  check_unary([](auto& x) { return w::log(x); }, std::log, 0.1, 9, {0, infinity, -1, nan});
  check_unary([](auto& x) { return w::log2(x); }, std::log2, 0.1, 9, {0, infinity, -1, nan});
  check_unary([](auto& x) { return w::sin(x); }, std::sin, -4, 4, {infinity, nan});
  check_unary([](auto& x) { return w::cos(x); }, std::cos, -2, 2, {infinity, nan});
  check_unary([](auto& x) { return w::sqrt(x); }, std::sqrt, 0, 9, {infinity, -1, nan});
  check_unary([](auto& x) { return w::rsqrt(x); }, [](double x) { return 1 / std::sqrt(x); }, 0.5, 9, {0, nan});
  check_unary([](auto& x) { return w::reciprocal(x); }, [](double x) { return 1 / x; }, 0.5, 9, {0, infinity, nan});
  check_unary([](auto& x) { return w::sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }, -9, 9,
              {-1000, 1000, -infinity, infinity, nan});
  check_unary([](auto& x) { return w::tanh(x); }, std::tanh, -4, 4, {-1000, 1000, nan});
  check_unary([](auto& x) { return w::abs(x); }, std::fabs, -4, 4, {-infinity, nan});
  check_unary([](auto& x) { return w::square(x); }, [](double x) { return x * x; }, -4, 4, {-infinity, nan});
  check_unary([](auto& x) { return w::relu(x); }, [](double x) { return x < 0 ? 0 : x; }, -4, 4,
              {-infinity, infinity, nan, 0});
  check_unary([](auto& x) { return w::gelu(x); },
              [](double x) {
                return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
              },
              -4, 4);
  check_unary([](auto& x) { return -x; }, [](double x) { return -x; }, -4, 4, {infinity, nan});
  check_unary([](auto& x) { return x.pow(3); }, [](double x) { return x * x * x; }, -2, 2);
}

TEST_CASE("dtypes promote, and numbers take the dtype of the tensor beside them") {
  Fixture f;
  const auto of = [&](DType dtype) { return w::ones({2}, dtype, f.context); };
  CHECK((of(DType::int32) + of(DType::float16)).dtype() == DType::float16);
  CHECK((of(DType::int8) + of(DType::uint8)).dtype() == DType::int16);
  CHECK((of(DType::float16) + of(DType::bfloat16)).dtype() == DType::float32);
  CHECK((of(DType::float16) + 1).dtype() == DType::float16);
  CHECK((of(DType::float16) + 1.5).dtype() == DType::float16);
  CHECK((2.0 * of(DType::float64)).dtype() == DType::float64);
  CHECK((of(DType::uint8) + 1).dtype() == DType::uint8);
  CHECK((of(DType::int32) * 0.5f).dtype() == DType::float32);
  CHECK((of(DType::int32) / 2).dtype() == DType::float32);
  CHECK((of(DType::int32) / 2).to_vector<float>() == std::vector<float>{0.5f, 0.5f});
  CHECK((of(DType::boolean) + of(DType::boolean)).dtype() == DType::int32);
  CHECK((of(DType::boolean) & of(DType::boolean)).dtype() == DType::boolean);
  CHECK((of(DType::boolean) == true).dtype() == DType::boolean);
  CHECK((!of(DType::boolean)).to_vector<bool>() == std::vector<bool>{false, false});
  CHECK((~of(DType::int8)).to_vector<std::int8_t>() == std::vector<std::int8_t>{-2, -2});
  CHECK(w::exp(of(DType::int32)).dtype() == DType::float32);
  CHECK(w::where(of(DType::boolean), 1, 2.5).dtype() == DType::float32);
  CHECK(w::where(of(DType::boolean), 1, 2).dtype() == DType::int32);
}

TEST_CASE("casts") {
  Fixture f;
  const w::Tensor x = w::Tensor::from({-1.75, 0.5, 2.99, 300.0}, {4}, f.context);
  CHECK(x.cast(DType::int32).to_vector<std::int32_t>() == std::vector<std::int32_t>{-1, 0, 2, 300});
  CHECK(x.to(DType::boolean).to_vector<bool>() == std::vector<bool>{true, true, true, true});
  CHECK(x.cast(DType::int32).cast(DType::uint8).to_vector<std::uint8_t>() == std::vector<std::uint8_t>{255, 0, 2, 44});
  CHECK(x.cast(DType::bfloat16).to_vector<float>()[2] == 2.984375f);
}

TEST_CASE("NaN is not lost by max and min") {
  Fixture f;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const w::Tensor x = w::Tensor::from({1., nan, 3.}, {3}, f.context);
  for (const w::Tensor& result : {w::maximum(x, 2), w::minimum(2, x)}) {
    const std::vector<double> found = result.to_vector<double>();
    CHECK(found[0] + found[2] == (found[0] == 2 ? 5 : 3));
    CHECK(std::isnan(found[1]));
  }
  CHECK(std::isnan(x.max().item<double>()));
  CHECK(std::isnan(x.min().item<double>()));
  CHECK(x.argmax().item<std::int32_t>() == 1);
}

}  // namespace tensor_elementwise
