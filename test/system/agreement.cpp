// Each operation of tensors, on random shapes and dtypes, gives on the device cpu what the plain evaluator says: as it
// is, with a check on every address, and with buffers that end where memory ends.
#include "agreement_layouts.hpp"
#include "recording.hpp"
#include "sanitized.hpp"
#include "tensor/evaluator_executor.hpp"

namespace system_agreement {

using namespace system_test;

namespace {

/// Sanitizers see the first test whole; of the other two nearly all is code that they do not watch.
constexpr std::uint64_t sanitized_stride = is_sanitized ? 3 : 1;

double tolerance(DType dtype) {
  switch (dtype) {
  case DType::float16: return 1e-2;
  case DType::bfloat16: return 6e-2;
  case DType::float64: return 1e-10;
  default: return 5e-5;
  }
}

/// The first difference between two tensors, or nothing.
std::string difference(const Tensor& found, const Tensor& expected, DType precision) {
  if (found.dtype() != expected.dtype()) return "the dtypes differ";
  if (w::detail::shape_text(found) != w::detail::shape_text(expected)) return "the shapes differ";
  if (!w::is_float(found.dtype())) {
    const auto a = found.to_vector<std::int64_t>(), b = expected.to_vector<std::int64_t>();
    for (std::size_t i = 0; i < b.size(); ++i)
      if (a[i] != b[i])
        return "element " + std::to_string(i) + " is " + std::to_string(a[i]) + ", expected " + std::to_string(b[i]);
    return {};
  }
  const auto a = found.to_vector<double>(), b = expected.to_vector<double>();
  const double allowed = std::max(tolerance(found.dtype()), tolerance(precision));
  for (std::size_t i = 0; i < b.size(); ++i) {
    const bool same = (std::isnan(a[i]) && std::isnan(b[i])) || a[i] == b[i] ||
                      std::abs(a[i] - b[i]) <= allowed * (1 + std::abs(b[i]));
    if (!same)
      return "element " + std::to_string(i) + " is " + std::to_string(a[i]) + ", expected " + std::to_string(b[i]);
  }
  return {};
}

/// What is wrong with an operation on a dtype, or nothing.
std::string disagreement(const Operation& operation, DType dtype, std::uint64_t seed, w::Context& context) {
  tensor_test::EvaluatorExecutor evaluator;
  w::Context reference(evaluator);
  context.seed(seed);
  reference.seed(seed);
  try {
    Draw on_device(context, dtype, seed), by_evaluator(reference, dtype, seed);
    const Tensors found = operation.make(on_device), expected = operation.make(by_evaluator);
    if (found.size() != expected.size()) return "another number of results";
    w::realize(found);
    w::realize(expected);
    for (std::size_t i = 0; i < found.size(); ++i)
      if (const std::string why = difference(found[i], expected[i], dtype); !why.empty())
        return "result " + std::to_string(i) + " of shape " + w::detail::shape_text(found[i]) + ": " + why;
  } catch (const std::exception& error) {
    return std::string("threw ") + error.what();
  }
  return {};
}

/// All operations on all dtypes that they take, or every `stride`-th of these pairs.
void check_all(w::Context& context, std::uint64_t first_seed, std::uint64_t stride = 1) {
  std::uint64_t seed = first_seed;
  std::size_t checked = 0;
  for (const Operation& operation : operations())
    for (DType dtype : all_dtypes) {
      if (!operation.dtypes.contains(dtype)) continue;
      if (++seed % stride != 0) continue;
      ++checked;
      INFO(operation.name << " of " << w::name(dtype) << ", seed " << seed);  // for a signal
      const std::string why = disagreement(operation, dtype, seed, context);
      if (!why.empty()) FAIL_CHECK(why);
    }
  CHECK(checked > 600 / stride);
}

}  // namespace

TEST_CASE("system: every operation agrees with the plain evaluator") {
  Recorded on;
  check_all(on.context, 1000);
}

TEST_CASE("system: every operation agrees with the plain evaluator, each address checked") {
  w::DeviceOptions options;
  options.bounds_checks = true;
  Recorded on("cpu", options);
  on.log.collects_cuda = false;
  check_all(on.context, 2000, sanitized_stride);
  CHECK_NOTHROW(on.device->synchronize());
}

TEST_CASE("system: every operation agrees with the plain evaluator, buffers ending at guard pages") {
  w::DeviceOptions options;
  options.guard_pages = true;
  Recorded on("cpu", options);
  on.log.collects_cuda = false;
  check_all(on.context, 3000, sanitized_stride);
}

// The last of the file: it compiles what the first test scheduled.
TEST_CASE("system: each kernel of every operation is CUDA text that compiles") {
  CHECK(cuda_test::Collector::instance().check() > 500);
}

}  // namespace system_agreement
