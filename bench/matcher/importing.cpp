#include "importing.hpp"

#include <string>

#include <whittle/ir/traits.hpp>
#include <whittle/ir/walk.hpp>

#include "exported.hpp"
#include "structural_hash.hpp"

namespace matcher_bench {
namespace {

using namespace whittle;

Node made_of(Graph& graph, const ExportedNode& node, const std::vector<Node>& before) {
  const Op op = op_named(node.op);
  std::vector<Node> sources;
  for (std::size_t source : node.sources) sources.push_back(before[source]);
  // The argument of a variable is the number of its name.
  for (std::int64_t text = 0; op == Op::variable && text <= node.number; ++text) graph.text("b" + std::to_string(text));
  const DType dtype = op == Op::sink ? DType::none : node.is_truth ? DType::boolean : DType::index;
  return graph.make(op, dtype, std::span<const Node>(sources), static_cast<std::uint64_t>(node.number));
}

}  // namespace

Workload import_workload(const char* path) {
  Workload made;
  std::vector<Node> nodes;
  for (const ExportedNode& node : read_exported(path)) nodes.push_back(made_of(made.graph, node, nodes));
  if (nodes.empty()) return made;
  made.root = nodes.back();
  made.order = topological_order(made.graph, made.root);
  return made;
}

std::vector<std::uint64_t> hashes_of_roots(const Graph& graph, Node sink) {
  std::vector<std::uint64_t> known(graph.size()), sources;
  for (Node n : topological_order(graph, sink)) {
    sources.clear();
    const bool is_leaf = graph.op(n) == Op::range || graph.op(n) == Op::variable;
    for (Node s : graph.sources(n))
      if (!is_leaf) sources.push_back(known[number_of(s)]);
    if (n == sink) return sources;
    known[number_of(n)] = structural_hash(name(graph.op(n)), graph.dtype(n) == DType::boolean,
                                          static_cast<std::int64_t>(graph.argument(n)), sources);
  }
  return {};
}

}  // namespace matcher_bench
