#include <whittle/lower/statistics.hpp>

#include <atomic>
#include <mutex>

#include <whittle/lower/pipeline.hpp>

namespace whittle {
inline namespace v0 {
namespace {

std::mutex lock;
std::atomic<std::uint64_t> all_launches{0}, all_replays{0};

Statistics& total() {
  static Statistics figures;
  return figures;
}

}  // namespace

void Statistics::merge(const Statistics& other) {
  graph_nodes += other.graph_nodes;
  kernels_compiled += other.kernels_compiled;
  cache_hits += other.cache_hits;
  launches += other.launches;
  replays += other.replays;
  schedule_seconds += other.schedule_seconds;
  lower_seconds += other.lower_seconds;
  compile_seconds += other.compile_seconds;
}

Statistics statistics() {
  const std::lock_guard guard(lock);
  Statistics copy = total();
  copy.launches += all_launches.load();
  copy.replays += all_replays.load();
  copy.passes = pass_statistics();
  return copy;
}

void add_statistics(const Statistics& more) {
  const std::lock_guard guard(lock);
  total().merge(more);
}

void reset_statistics() {
  const std::lock_guard guard(lock);
  total() = {};
  all_launches = 0;
  all_replays = 0;
}

void detail::count_launches(std::uint64_t launches, std::uint64_t replays) {
  all_launches.fetch_add(launches, std::memory_order_relaxed);
  all_replays.fetch_add(replays, std::memory_order_relaxed);
}

}  // namespace v0
}  // namespace whittle
