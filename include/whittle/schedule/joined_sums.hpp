// Sums of which a sum is made: computed in one loop over the ranges of both.
#pragma once

#include <algorithm>
#include <unordered_map>
#include <vector>

#include <whittle/ir/interval.hpp>
#include <whittle/schedule/users.hpp>

namespace whittle {
inline namespace v0 {

/// Finds the sums that a kernel adds up further instead of storing them: each element of the inner sum is an element
/// of the outer sum once, elsewhere there are zeros, and nothing else uses it. The gradient of a convolution by its
/// input is a sum over window places of such a sum over channels.
class JoinedSums {
 public:
  JoinedSums(Graph& graph, const Users& users, const std::vector<Node>& order) : graph_(graph), users_(users) {
    for (Node n : order)
      if (is_sum(n)) visit(n);
  }

  /// The sum is computed where it is added up.
  bool contains(Node n) const {
    const auto known = sums_.find(number_of(n));
    return known != sums_.end() && known->second.is_joined;
  }

 private:
  /// Zeros that are added may cost as much as what is not written and read.
  static constexpr double most_growth = 2;

  struct Sum {
    double extent = 1;  ///< products of the sizes that are added up, inner sums' too
    double work = 0;    ///< additions with each sum stored
    bool is_joined = false;
  };

  bool is_sum(Node n) const {
    return graph_.op(n) == Op::reduce && unpack<ReduceArgument>(graph_.argument(n)).op == Op::add;
  }

  double elements(Node n) {
    double count = 1;
    for (Node dim : shape_of(graph_, n)) count *= static_cast<double>(interval_of(graph_, dim).high);
    return count;
  }

  /// What the outer sum's elements are elements of, through movement that repeats none and has no other user.
  Node moved(Node n) const {
    while (users_.is_single(n) && is_movement(graph_.op(n)) && graph_.op(n) != Op::expand) n = graph_.source(n, 0);
    return n;
  }

  void visit(Node outer) {
    const Node source = graph_.source(outer, 0), inner = moved(source);
    const double results = std::max(1.0, elements(outer)), summed = elements(source);
    const double part = elements(users_.used_part(outer)) / results;
    Sum made{summed / results, summed, false};
    const auto known = sums_.find(number_of(inner));
    if (known != sums_.end() && users_.is_single(inner)) {
      Sum& below = known->second;
      made.work += below.work;
      below.is_joined = part * summed * below.extent <= most_growth * made.work;
      if (below.is_joined) made.extent *= below.extent;
    }
    sums_[number_of(outer)] = made;
  }

  Graph& graph_;
  const Users& users_;
  std::unordered_map<std::uint32_t, Sum> sums_;
};

}  // namespace v0
}  // namespace whittle
