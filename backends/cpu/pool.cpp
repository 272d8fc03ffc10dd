#include "backends/cpu/pool.hpp"

#include <whittle/core/scalar.hpp>

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

// Kernels often follow each other within microseconds, and waking a thread costs several.
constexpr int spins = 2000;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// Waits until `value` is no longer `old`: spinning first, then asleep.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int i = 0; i < spins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

Pool::Pool(unsigned threads) {
  for (unsigned number = 1; number < threads; ++number) workers_.emplace_back([this, number] { work(number); });
}

Pool::~Pool() {
  stop_.store(true);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Pool::run_part(const Job& job, unsigned part) const {
  const auto parts = static_cast<std::int64_t>(threads());
  const auto bound = [&](std::int64_t i) { return static_cast<std::int64_t>(int128{job.count} * i / parts); };
  const std::int64_t begin = bound(part), end = bound(part + 1);
  if (begin < end) job.entry(job.buffers, job.variables, begin, end);
}

void Pool::work(unsigned number) {
  std::uint32_t seen = 0;
  for (;;) {
    wait_for_change(round_, seen);
    seen = round_.load(std::memory_order_acquire);
    if (stop_.load()) return;
    run_part(job_, number);
    if (pending_.fetch_sub(1, std::memory_order_acq_rel) == 1) pending_.notify_one();
  }
}

void Pool::run(Entry entry, void* const* buffers, const std::int64_t* variables, std::int64_t count) {
  const std::unique_lock lock(in_use_, std::try_to_lock);
  if (!lock.owns_lock() || workers_.empty()) {
    if (count > 0) entry(buffers, variables, 0, count);
    return;
  }
  job_ = {entry, buffers, variables, count};
  pending_.store(static_cast<std::uint32_t>(workers_.size()), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  run_part(job_, 0);
  for (std::uint32_t left = pending_.load(std::memory_order_acquire); left != 0;
       left = pending_.load(std::memory_order_acquire))
    wait_for_change(pending_, left);
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
