// What passes over a kernel see beside the graph.
#pragma once

#include <whittle/ir/shape.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/lower/program.hpp>
#include <whittle/rewrite/pass.hpp>

namespace whittle {
inline namespace v0 {

/// What passes see beside the graph: over kernels, the target; over tensors, that nodes have shapes.
struct PassContext {
  Target target;
  bool tensors = false;

  /// A literal on a right side takes the shape of the node replaced.
  Node conform(Graph& graph, Node made, Node replaced) const {
    if (!tensors || !is_value(graph, replaced)) return made;
    const Shape wanted = shape_of(graph, replaced);
    if (wanted.empty() || !shape_of(graph, made).empty()) return made;
    Shape ones;
    while (ones.size() < wanted.size()) ones.push_back(graph.constant(DType::index, 1));
    return expand(graph, reshape(graph, made, ones), wanted);
  }

 private:
  static bool is_value(const Graph& graph, Node n) { return is_elementwise(graph.op(n)) || graph.op(n) == Op::reduce; }
};

using Pass = BasicPass<Graph, PassContext>;
using Pipeline = BasicPipeline<Graph, PassContext>;

}  // namespace v0
}  // namespace whittle
