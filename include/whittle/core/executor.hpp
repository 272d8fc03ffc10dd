// Who computes: tensors ask an Executor for values, and jit/ is one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <whittle/core/owner.hpp>
#include <whittle/version.hpp>

namespace whittle {
inline namespace v0 {

struct VectorStorage;
template <class Storage>
class BasicGraph;
using Graph = BasicGraph<VectorStorage>;
enum class Node : std::uint32_t;

/// Launches that were recorded once and can be repeated without touching a graph.
class WHITTLE_API Replay {
 public:
  virtual ~Replay() = default;
  /// Runs the recorded launches. `inputs` are buffers that take the place of those given to begin_capture,
  /// one for one, of the same size and dtype. Makes no node and no heap allocation.
  virtual void run(std::span<const Node> inputs) = 0;
};

/// Memory and kernels behind the `buffer` nodes of graphs. Every call may throw DeviceError.
class WHITTLE_API Executor {
 public:
  virtual ~Executor() = default;

  /// Makes the stores below `effects` happen: each is an `after` or a `store` node whose target is a global
  /// buffer, or movement operators over one. A value read through `after(buffer, store)` is the new one, a
  /// value read from the bare buffer the old one.
  virtual void run(Graph& graph, std::span<const Node> effects) = 0;
  /// Copies bytes into a buffer node's memory, from its start.
  virtual void write(Graph& graph, Node buffer, std::span<const std::byte> bytes) = 0;
  /// Waits for what was launched and copies a buffer node's memory out.
  virtual void read(Graph& graph, Node buffer, std::span<std::byte> bytes) = 0;
  /// The memory of that buffer node is no longer needed.
  virtual void release(Graph& graph, Node buffer) = 0;
  /// All memory of that graph is no longer needed; the graph is about to go.
  virtual void forget(Graph& graph) = 0;
  /// The value that a `variable` node has in the launches from now on; must lie within its bounds.
  virtual void set_variable(Graph& graph, Node variable, std::int64_t value) = 0;
  /// Waits until everything launched is done.
  virtual void synchronize() = 0;

  /// From here to end_capture, launches are also recorded.
  virtual void begin_capture(Graph& graph, std::span<const Node> inputs) = 0;
  virtual Owner<Replay> end_capture() = 0;
};

/// The executor of the device of that name ("cpu", "interp"; empty: WHITTLE_DEVICE, else cpu). Defined by the
/// library whittle::whittle; throws DeviceError with what is missing.
WHITTLE_API Executor& executor(std::string_view device = {});

}  // namespace v0
}  // namespace whittle
