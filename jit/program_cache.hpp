// Compiled kernels by what they were compiled from, in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "jit/device.hpp"

namespace whittle {
inline namespace v0 {

/// Everything that a kernel depends on: the sink's structural key, the target, the device's choices.
std::uint64_t program_key(const Graph& graph, Node sink, const Target& target, std::uint64_t fingerprint);

/// Of one device. May be used by several threads.
class ProgramCache {
 public:
  std::shared_ptr<Kernel> find(std::uint64_t key) const;
  /// The kernel that is there already, if two threads compiled the same one.
  std::shared_ptr<Kernel> insert(std::uint64_t key, std::shared_ptr<Kernel> kernel);
  std::size_t size() const;
  void clear();

 private:
  mutable std::mutex lock_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Kernel>> kernels_;
};

}  // namespace v0
}  // namespace whittle
