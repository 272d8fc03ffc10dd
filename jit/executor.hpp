// The Executor over a device: memory of buffer nodes, compiled kernels, capture and replay.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <whittle/core/executor.hpp>

#include "jit/launch.hpp"
#include "jit/planner.hpp"
#include "jit/program_cache.hpp"

namespace whittle {
inline namespace v0 {

/// May be used by several threads at once, each with graphs of its own.
class DeviceExecutor final : public Executor {
 public:
  /// The device must outlive the executor.
  DeviceExecutor(Device& device, std::unique_ptr<Planner> planner);

  void run(Graph& graph, std::span<const Node> effects) override;
  void write(Graph& graph, Node buffer, std::span<const std::byte> bytes) override;
  void read(Graph& graph, Node buffer, std::span<std::byte> bytes) override;
  void release(Graph& graph, Node buffer) override;
  void forget(Graph& graph) override;
  void set_variable(Graph& graph, Node variable, std::int64_t value) override;
  void synchronize() override;
  void begin_capture(Graph& graph, std::span<const Node> inputs) override;
  Owner<Replay> end_capture() override;

  Device& device() { return device_; }
  ProgramCache& cache() { return cache_; }

 private:
  friend class DeviceReplay;
  struct GraphState {
    std::unordered_map<std::uint32_t, std::shared_ptr<Buffer>> buffers;
    std::unordered_map<std::string, std::shared_ptr<VariableSlot>> variables;
  };
  struct Recording {
    Graph* graph = nullptr;
    std::vector<Node> inputs;
    std::vector<std::shared_ptr<Buffer>> memory;  // of the inputs
    std::vector<Launch> launches;
  };

  std::shared_ptr<Buffer> memory(Graph& graph, Node buffer);
  std::shared_ptr<VariableSlot> slot(Graph& graph, const std::string& name);
  std::shared_ptr<Kernel> kernel(Graph& graph, const PlannedCall& call);
  std::unordered_map<std::uint32_t, std::shared_ptr<Buffer>> temporaries(Graph& graph, const Plan& plan);
  Launch prepare(Graph& graph, const PlannedCall& call,
                 const std::unordered_map<std::uint32_t, std::shared_ptr<Buffer>>& temporary);

  Device& device_;
  std::unique_ptr<Planner> planner_;
  ProgramCache cache_;
  std::recursive_mutex lock_;
  std::unordered_map<const Graph*, GraphState> graphs_;
  std::unique_ptr<Recording> recording_;
};

}  // namespace v0
}  // namespace whittle
