// Threads that wait for kernels.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "backends/cpu/compiler.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {

/// The thread that launches works too, so `threads - 1` are started. Makes no allocation once it is there.
class Pool {
 public:
  explicit Pool(unsigned threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  unsigned threads() const { return static_cast<unsigned>(workers_.size()) + 1; }
  /// Runs [0, count) in equal parts, one a thread; returns when all are done. Where another thread has the pool
  /// at the moment, everything is run in this one.
  void run(Entry entry, void* const* buffers, const std::int64_t* variables, std::int64_t count);

 private:
  struct Job {
    Entry entry = nullptr;
    void* const* buffers = nullptr;
    const std::int64_t* variables = nullptr;
    std::int64_t count = 0;
  };
  void work(unsigned number);
  void run_part(const Job& job, unsigned part) const;

  std::vector<std::thread> workers_;
  std::mutex in_use_;
  Job job_;
  std::atomic<std::uint32_t> round_{0};    // one more for each job
  std::atomic<std::uint32_t> pending_{0};  // workers that are not done with it
  std::atomic<bool> stop_{false};
};

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
