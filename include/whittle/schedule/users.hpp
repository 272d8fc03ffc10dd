// Who uses a node of a tensor graph, where that is one other node.
#pragma once

#include <vector>

#include <whittle/ir/shape.hpp>

namespace whittle {
inline namespace v0 {

class Users {
 public:
  Users(const Graph& graph, const std::vector<Node>& order) : graph_(graph), user_(graph.size()), uses_(graph.size()) {
    for (Node n : order)
      for (Node s : graph.sources(n)) {
        ++uses_[number_of(s)];
        user_[number_of(s)] = n;
      }
  }

  bool is_single(Node n) const { return uses_[number_of(n)] == 1; }

  /// The part of `n` that is used: where only a shrink uses it, also below other movement, that shrink; else `n`.
  Node used_part(Node n) const {
    Node part = n;
    while (is_single(n)) {
      n = user_[number_of(n)];
      const Op op = graph_.op(n);
      if (!is_movement(op) || op == Op::pad || op == Op::expand) break;
      if (op == Op::shrink) part = n;
    }
    return part;
  }

 private:
  const Graph& graph_;
  std::vector<Node> user_;
  std::vector<std::uint32_t> uses_;
};

}  // namespace v0
}  // namespace whittle
