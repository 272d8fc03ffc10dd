// A size over constants and variables, cut loose from its graph.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <whittle/ir/graph.hpp>

namespace whittle {
inline namespace v0 {

/// Evaluates without heap allocation. Default: the number 1.
class Extent {
 public:
  Extent() = default;
  /// `variables` are the nodes whose values `evaluate` is given, in that order. Throws DeviceError where the
  /// expression has anything else.
  Extent(const Graph& graph, Node size, std::span<const Node> variables);

  std::int64_t evaluate(std::span<const std::int64_t> variables) const;
  bool is_constant() const { return steps_.empty(); }

 private:
  struct Step {
    Op op = Op::none;  // constant: push `number`; variable: push the one of that number
    std::int64_t number = 0;
  };
  void compile(const Graph& graph, Node node, std::span<const Node> variables);

  std::int64_t constant_ = 1;
  std::vector<Step> steps_;  // postfix; empty: constant_
};

/// The greatest value that the size has within its variables' bounds.
std::int64_t greatest(const Graph& graph, Node size);

}  // namespace v0
}  // namespace whittle
