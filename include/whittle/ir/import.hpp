// Copies from one graph into another.
#pragma once

#include <vector>

#include <whittle/ir/user_operator.hpp>
#include <whittle/ir/walk.hpp>

namespace whittle {
inline namespace v0 {

/// Makes the nodes below roots of one graph in another; several calls share what they have copied. Structural
/// keys stay the same. The users' operators that `from` knows are known to `to`, except where their numbers are taken.
class GraphImport {
 public:
  GraphImport(Graph& to, const Graph& from) : to_(to), from_(from), copies_(from.size(), Node::none) {
    for (const UserOperator* known : from.operators())
      if (find_operator(to, known->op) == nullptr) to.operators().push_back(known);
  }

  Node operator()(Node root) {
    const auto copy_of = [this](Node n) { return copies_[number_of(n)]; };
    for (Node n : topological_order(from_, root))
      if (copy_of(n) == Node::none) copies_[number_of(n)] = to_.copy(from_, n, copy_of);
    return copies_[number_of(root)];
  }

 private:
  Graph& to_;
  const Graph& from_;
  std::vector<Node> copies_;
};

}  // namespace v0
}  // namespace whittle
