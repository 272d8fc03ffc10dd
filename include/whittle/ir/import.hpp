// Copies from one graph into another.
#pragma once

#include <span>
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
    std::vector<Node> sources;
    for (Node n : topological_order(from_, root)) {
      if (copies_[number_of(n)] != Node::none) continue;
      sources.clear();
      for (Node s : from_.sources(n)) sources.push_back(copies_[number_of(s)]);
      const std::uint64_t argument = from_.has_text(n) ? to_.text(from_.text_at(from_.argument(n))) : from_.argument(n);
      copies_[number_of(n)] = to_.make(from_.op(n), from_.dtype(n), sources, argument);
    }
    return copies_[number_of(root)];
  }

 private:
  Graph& to_;
  const Graph& from_;
  std::vector<Node> copies_;
};

}  // namespace v0
}  // namespace whittle
