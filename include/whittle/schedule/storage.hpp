// What is stored between kernels: a value is kept in memory where computing it again would repeat a reduction.
#pragma once

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <vector>

#include <whittle/ir/shape.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/schedule/joined_sums.hpp>

namespace whittle {
inline namespace v0 {

/// Decides which nodes of a tensor graph are stored. The rules, in this order, until nothing changes:
/// what is asked for (`contiguous`); a reduction, or costly arithmetic, that an expand would repeat; a
/// reduction over a reduction, but for sums that join; a reduction that several kernels use; a value that several use
/// and that is computed from many, so that kernels of a chain such as x = x + f(x) do not grow with its length.
class StorageDecision {
 public:
  StorageDecision(Graph& graph, std::span<const Node> roots)
      : graph_(graph),
        order_(topological_order(graph, roots)),
        users_(graph, order_),
        joined_(graph, users_, order_) {
    const std::size_t count = graph.size();
    stored_.resize(count);
    inside_.resize(count);
    cost_.resize(count);
    reads_.resize(count);
    place_.resize(count);
    user_.resize(count);
    many_.resize(count);
    for (Node n : order_)
      if (graph.op(n) == Op::contiguous) store(n);
    do {
      changed_ = false;
      find_users();
      for (Node n : order_) visit(n);
    } while (changed_);
  }

  bool is_stored(Node n) const { return stored_[number_of(n)] != 0; }
  /// The value contains a reduction that is computed where it is used.
  bool has_reduction(Node n) const { return inside_[number_of(n)] != 0; }
  const std::vector<Node>& order() const { return order_; }

 private:
  static constexpr std::uint32_t repeat_limit = 5;  // operations that an expand may repeat
  static constexpr std::uint32_t cost_limit = 1000;
  static constexpr int read_limit = 24;  // values in memory from which a value may be computed more than once

  void store(Node n) {
    if (is_memory(n) || stored_[number_of(n)] != 0) return;
    stored_[number_of(n)] = 1;
    changed_ = true;
  }
  bool is_memory(Node n) const {
    const Op op = graph_.op(n);
    return op == Op::buffer || op == Op::after || op == Op::constant || op == Op::variable || op == Op::iota ||
           op == Op::store || op == Op::sink || op == Op::group;
  }

  /// Below movement operators: the node whose value they move, or a part of it that is stored.
  Node base(Node n) const {
    while (stored_[number_of(n)] == 0 && (is_movement(graph_.op(n)) || graph_.op(n) == Op::detach))
      n = graph_.source(n, 0);
    return n;
  }

  bool repeats(Node expand) const {
    const Shape from = shape_of(graph_, graph_.source(expand, 0)), to = shape_of(graph_, expand);
    return !(from == to);
  }

  std::uint32_t own_cost(Node n) const {
    switch (graph_.op(n)) {
    case Op::exp:
    case Op::log:
    case Op::exp2:
    case Op::log2:
    case Op::sin:
    case Op::pow: return 8;
    case Op::sqrt:
    case Op::fdiv:
    case Op::reciprocal: return 4;
    case Op::cast:
    case Op::bitcast:
    case Op::where:
    case Op::neg: return 0;
    default: return is_elementwise(graph_.op(n)) ? 1 : 0;
    }
  }

  void visit(Node n) {
    const std::uint32_t i = number_of(n);
    const Op op = graph_.op(n);
    if (is_memory(n)) return;
    if (op == Op::expand && repeats(n)) guard_source(n, repeat_limit);
    if (op == Op::reduce && !joined_.contains(base(graph_.source(n, 0)))) guard_source(n, cost_limit);
    bool inside = op == Op::reduce;
    std::uint32_t cost = own_cost(n);
    reads_[i] = reads_of(n);
    for (Node s : graph_.sources(n)) {
      if (stored_[number_of(s)] != 0) continue;
      inside = inside || inside_[number_of(s)] != 0;
      cost = std::min(cost_limit, cost + cost_[number_of(s)]);
    }
    inside_[i] = inside;
    cost_[i] = cost;
    const bool is_worth_it = inside ? !joined_.contains(n) : std::popcount(reads_[i]) > read_limit;
    if (is_worth_it && many_[i] != 0 && !is_movement(op)) store(users_.used_part(n));
  }

  /// From which values in memory a value is computed: a bit each, of which 64 are told apart.
  std::uint64_t reads_of(Node n) {
    std::uint64_t reads = 0;
    for (Node s : graph_.sources(n)) {
      const bool is_read = stored_[number_of(s)] != 0 || graph_.op(s) == Op::buffer || graph_.op(s) == Op::after;
      reads |= is_read ? place_bit(s) : reads_[number_of(s)];
    }
    return reads;
  }
  /// They are numbered as they are met.
  std::uint64_t place_bit(Node stored) {
    std::uint32_t& place = place_[number_of(stored)];
    if (place == 0) place = ++places_;
    return std::uint64_t{1} << place % 64;
  }

  /// Stores what `n` would compute again and again: a reduction, or more than `limit` operations.
  void guard_source(Node n, std::uint32_t limit) {
    const Node source = base(graph_.source(n, 0));
    if (stored_[number_of(source)] == 0 && (inside_[number_of(source)] != 0 || cost_[number_of(source)] > limit))
      store(users_.used_part(source));
    const Node kept = base(graph_.source(n, 0));
    for (Node m = graph_.source(n, 0); m != kept && stored_[number_of(kept)] != 0; m = graph_.source(m, 0))
      inside_[number_of(m)] = 0, cost_[number_of(m)] = 0;
  }

  /// For each node, the kernel that uses it, or that several do.
  void find_users() {
    std::fill(user_.begin(), user_.end(), 0u);
    std::fill(many_.begin(), many_.end(), std::uint8_t{0});
    for (std::size_t k = order_.size(); k-- > 0;) {
      const Node n = order_[k];
      const std::uint32_t i = number_of(n);
      const bool is_root = stored_[i] != 0 || graph_.op(n) == Op::store;
      const std::uint32_t user = is_root ? i : user_[i];
      const bool many = !is_root && many_[i] != 0;
      for (Node s : graph_.sources(n)) {
        std::uint32_t& known = user_[number_of(s)];
        if (many || (known != 0 && user != 0 && known != user)) many_[number_of(s)] = 1;
        if (user != 0) known = user;
      }
    }
  }

  Graph& graph_;
  std::vector<Node> order_;
  Users users_;
  JoinedSums joined_;
  std::vector<std::uint8_t> stored_, inside_, many_;
  std::vector<std::uint32_t> cost_, user_, place_;
  std::vector<std::uint64_t> reads_;
  std::uint32_t places_ = 0;
  bool changed_ = false;
};

}  // namespace v0
}  // namespace whittle
