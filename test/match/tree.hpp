// The tests' own tree: pointers, no dense index, no constants, no dtypes. Rules reach it through its traits alone.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include <whittle/match/traits.hpp>

namespace tree {

struct Vertex {
  whittle::Op op = whittle::Op::none;
  std::string label;  // of leaves
  std::vector<const Vertex*> children;
};

/// Owns its vertices; equal ones are not shared.
struct Forest {
  std::deque<Vertex> vertices;
  const Vertex* leaf(std::string label) {
    return &vertices.emplace_back(Vertex{whittle::Op::variable, std::move(label), {}});
  }
  const Vertex* make(whittle::Op op, std::vector<const Vertex*> children) {
    return &vertices.emplace_back(Vertex{op, {}, std::move(children)});
  }
};

inline std::string text(const Vertex* v) {
  if (v->children.empty()) return v->label;
  std::string all = std::string(name(v->op)) + "(";
  for (const Vertex* child : v->children) all += (child == v->children[0] ? "" : " ") + text(child);
  return all + ")";
}

}  // namespace tree

template <>
struct whittle::graph_traits<tree::Forest> {
  using node = const tree::Vertex*;
  static node none() { return nullptr; }
  static Op op(const tree::Forest&, node n) { return n->op; }
  static std::uint32_t arity(const tree::Forest&, node n) { return static_cast<std::uint32_t>(n->children.size()); }
  static node source(const tree::Forest&, node n, std::uint32_t k) { return n->children[k]; }
  static node make(tree::Forest& forest, Op op, DType, std::span<const node> sources, std::uint64_t) {
    return forest.make(op, {sources.begin(), sources.end()});
  }
};
