// Halide 14's simplifier, with its own rules, over a workload that bench/matcher.cpp exports.
//
//   halide_rival FILE [REPEATS]     a line of JSON
//
// It remembers nothing of shared expressions, so that its time is also given for a node of the roots' trees.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <Halide.h>

#include "exported.hpp"

namespace {

using namespace Halide::Internal;
using Halide::Expr;
using matcher_bench::ExportedNode;

Expr leaf_of(const ExportedNode& node) {
  const Halide::Type type = node.is_truth ? Halide::Bool() : Halide::Int(32);
  if (node.op == "const") return make_const(type, node.number);
  return Variable::make(type, node.op + std::to_string(node.number));
}

Expr expression_of(const ExportedNode& node, const std::vector<Expr>& before) {
  if (node.op == "const" || node.is_leaf()) return leaf_of(node);
  const auto source = [&](std::size_t k) { return before[node.sources[k]]; };
  if (node.op == "not") return Not::make(source(0));
  if (node.op == "where") return Select::make(source(0), source(1), source(2));
  const Expr a = source(0), b = source(1);
  if (node.op == "add") return Add::make(a, b);
  if (node.op == "sub") return Sub::make(a, b);
  if (node.op == "mul") return Mul::make(a, b);
  if (node.op == "floordiv") return Div::make(a, b);
  if (node.op == "floormod") return Mod::make(a, b);
  if (node.op == "min") return Min::make(a, b);
  if (node.op == "max") return Max::make(a, b);
  if (node.op == "lt") return LT::make(a, b);
  if (node.op == "le") return LE::make(a, b);
  return node.op == "eq" ? EQ::make(a, b) : NE::make(a, b);
}

struct Roots {
  std::vector<Expr> expressions;
  double tree_nodes = 0;
};

Roots roots_of(const std::vector<ExportedNode>& nodes) {
  Roots roots;
  std::vector<Expr> made;
  std::vector<double> sizes;
  for (const ExportedNode& node : nodes) {
    double size = 1;
    for (std::size_t source : node.sources)
      if (!node.is_leaf()) size += sizes[source];
    if (node.op == "sink") {
      for (std::size_t source : node.sources) roots.expressions.push_back(made[source]);
      roots.tree_nodes = size;
      break;
    }
    made.push_back(expression_of(node, made));
    sizes.push_back(size);
  }
  return roots;
}

double nanoseconds_for(const Roots& roots) {
  const auto start = std::chrono::steady_clock::now();
  for (const Expr& root : roots.expressions) simplify(root);
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int count, char** values) {
  if (count < 2) return 2;
  const std::vector<ExportedNode> nodes = matcher_bench::read_exported(values[1]);
  const Roots roots = roots_of(nodes);
  double best = 1e30;
  for (int repeats = count > 2 ? std::atoi(values[2]) : 3; repeats > 0; --repeats)
    best = std::min(best, nanoseconds_for(roots));
  std::printf("{\"what\": \"rival\", \"engine\": \"Halide 14, its own rules\", \"nodes\": %zu, \"ns_per_node\": %.1f, "
              "\"ns_per_tree_node\": %.1f, \"note\": \"%.0f nodes as trees\"}\n",
              nodes.size(), best / static_cast<double>(nodes.size()), best / roots.tree_nodes, roots.tree_nodes);
}
