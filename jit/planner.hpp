// What the executor asks of schedule/ and lower/, so that only planner.cpp compiles their rule sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <whittle/lower/program.hpp>

namespace whittle {
inline namespace v0 {

struct PlannedCall {
  Node sink = Node::none;
  std::string name;
  std::vector<Node> buffers;  ///< buffer nodes by parameter position
  std::vector<Node> variables;
};

/// A buffer that lives only between the calls `first` and `last`.
struct PlannedTemporary {
  Node buffer = Node::none;
  std::size_t first = 0, last = 0;
};

struct Plan {
  std::vector<PlannedCall> calls;
  std::vector<PlannedTemporary> temporaries;
};

class Planner {
 public:
  virtual ~Planner() = default;
  /// What kernels depend on besides their sink and the target: the passes.
  virtual std::uint64_t fingerprint() const { return 0; }
  virtual Plan plan(Graph& graph, std::span<const Node> effects) = 0;
  virtual Program lower(Graph& graph, const PlannedCall& call, const Target& target) = 0;
};

/// The scheduler and the lowering of include/whittle.
std::unique_ptr<Planner> make_planner();

}  // namespace v0
}  // namespace whittle
