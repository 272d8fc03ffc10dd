// What whittle did, as one table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include <whittle/pipeline.hpp>
#include <whittle/tensor/context.hpp>

namespace support {

/// A training step's time, and the kernels that it launches.
struct StepCost {
  double seconds = 0;
  std::uint64_t kernels = 0;
};

inline void print_table(const StepCost& step) {
  namespace w = whittle;
  std::printf("%-30s %12s %12s %12s %10s\n", "pass", "runs", "by rules", "by lambdas", "ms");
  std::uint64_t rules = 0, lambdas = 0;
  double seconds = 0;
  for (const w::PassStatistics& pass : w::pass_statistics()) {
    std::printf("%-30s %12llu %12llu %12llu %10.1f\n", pass.name.c_str(), static_cast<unsigned long long>(pass.runs),
                static_cast<unsigned long long>(pass.expression_rewrites),
                static_cast<unsigned long long>(pass.lambda_rewrites), 1e3 * pass.seconds);
    rules += pass.expression_rewrites;
    lambdas += pass.lambda_rewrites;
    seconds += pass.seconds;
  }
  std::printf("%-30s %12s %12llu %12llu %10.1f\n", "all passes", "", static_cast<unsigned long long>(rules),
              static_cast<unsigned long long>(lambdas), 1e3 * seconds);
  const w::Statistics done = w::statistics();
  const double all = static_cast<double>(std::max<std::uint64_t>(rules + lambdas, 1));
  std::printf("\n%.0f %% of all rewrites came from expression rules\n", 100 * static_cast<double>(rules) / all);
  std::printf("graph nodes %u, kernels compiled %llu, graph to kernels %.0f ms, LLVM %.0f ms\n",
              w::default_context().graph().size(), static_cast<unsigned long long>(done.kernels_compiled),
              1e3 * (done.schedule_seconds + done.lower_seconds), 1e3 * done.compile_seconds);
  std::printf("%.1f ms a training step of %llu kernels\n", 1e3 * step.seconds,
              static_cast<unsigned long long>(step.kernels));
}

}  // namespace support
