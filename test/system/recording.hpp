// A device of the test's own whose plans are remembered: which kernels ran, what they stored, their CUDA text.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <whittle/ir/text.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/pipeline.hpp>
#include <whittle/tensor/context.hpp>

#include "jit/executor.hpp"
#include "render/cuda_compiler.hpp"

namespace system_test {

namespace w = whittle;
using w::DType;
using w::Graph;
using w::Node;
using w::Op;

/// The library's planner, with a memory. Every kernel it plans is also rendered for the CUDA compiler.
class RecordingPlanner final : public w::Planner {
 public:
  struct Log {
    std::vector<w::PlannedCall> calls;
    std::vector<w::PlannedTemporary> temporaries;
    bool collects_cuda = true;
    void clear() { calls.clear(), temporaries.clear(); }
  };
  explicit RecordingPlanner(Log& log) : log_(log) {}

  std::uint64_t fingerprint() const override { return inner_->fingerprint(); }
  w::Plan plan(Graph& graph, std::span<const Node> effects) override {
    w::Plan made = inner_->plan(graph, effects);
    log_.calls.insert(log_.calls.end(), made.calls.begin(), made.calls.end());
    log_.temporaries.insert(log_.temporaries.end(), made.temporaries.begin(), made.temporaries.end());
    if (log_.collects_cuda)
      for (const w::PlannedCall& call : made.calls) cuda_test::Collector::instance().add(graph, call.sink, call.name);
    return made;
  }
  w::Program lower(Graph& graph, const w::PlannedCall& call, const w::Target& target) override {
    return inner_->lower(graph, call, target);
  }

 private:
  Log& log_;
  std::unique_ptr<w::Planner> inner_ = w::make_planner();
};

/// A context on a device of its own.
struct Recorded {
  explicit Recorded(const char* name = "cpu", const w::DeviceOptions& options = {})
      : device(w::make_device(name, options)),
        executor(*device, std::make_unique<RecordingPlanner>(log)) {}

  RecordingPlanner::Log log;
  std::unique_ptr<w::Device> device;
  w::DeviceExecutor executor;
  w::Context context{executor};
};

/// What a pass did since the process began; null if it never ran.
inline const w::PassStatistics* figures(const std::string& pass) {
  for (const w::PassStatistics& each : w::pass_statistics())
    if (each.name == pass) return &each;
  return nullptr;
}

/// The elements of a buffer of constant size.
inline std::int64_t elements_of(const Graph& graph, Node buffer) {
  return graph.scalar(graph.source(buffer, 0)).as_int();
}

/// Whether loads are all that the value is made of: no arithmetic on what lies in memory. Offsets are not looked at;
/// the condition of a choice may be one on offsets.
inline bool only_loads(const Graph& graph, Node value) {
  switch (graph.op(value)) {
  case Op::load:
  case Op::constant:
  case Op::invalid: return true;
  case Op::where: break;
  default: return false;
  }
  for (Node n : w::topological_order(graph, graph.source(value, 0)))
    if (graph.op(n) == Op::load) return false;
  return only_loads(graph, graph.source(value, 1)) && only_loads(graph, graph.source(value, 2));
}

/// Whether a kernel stores elements that it only moves from one place to another: a pad, an expand, a window. A copy
/// of a whole buffer, each element to its own place, is none.
inline bool only_moves(const Graph& graph, Node sink) {
  for (Node n : w::topological_order(graph, sink)) {
    if (graph.op(n) != Op::store || !only_loads(graph, graph.source(n, 1))) continue;
    const Node address = graph.source(n, 0), value = graph.source(n, 1);
    const bool copies =
        graph.op(value) == Op::load && graph.source(graph.source(value, 0), 1) == graph.source(address, 1) &&
        graph.source(graph.source(graph.source(value, 0), 0), 0) == graph.source(graph.source(address, 0), 0);
    if (!copies && graph.op(value) != Op::constant) return true;
  }
  return false;
}

}  // namespace system_test
