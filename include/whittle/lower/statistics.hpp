// What the process has compiled and run so far, for tables and tests.
#pragma once

#include <cstdint>
#include <vector>

#include <whittle/rewrite/pass.hpp>
#include <whittle/version.hpp>

namespace whittle {
inline namespace v0 {

struct Statistics {
  std::uint64_t graph_nodes = 0;  ///< made while scheduling and lowering
  std::uint64_t kernels_compiled = 0;
  std::uint64_t cache_hits = 0;  ///< kernels that were there already
  std::uint64_t launches = 0;
  std::uint64_t replays = 0;
  double schedule_seconds = 0, lower_seconds = 0, compile_seconds = 0;
  std::vector<PassStatistics> passes;  ///< of rewrite rules, in the order of the pipeline

  void merge(const Statistics& other);
};

/// A copy of the process's figures.
WHITTLE_API Statistics statistics();
/// Adds to the process's figures; passes count themselves.
WHITTLE_API void add_statistics(const Statistics& more);
/// Back to zero, all but the passes.
WHITTLE_API void reset_statistics();

namespace detail {
void count_launches(std::uint64_t launches, std::uint64_t replays);  // without a lock: replays are fast
}

}  // namespace v0
}  // namespace whittle
