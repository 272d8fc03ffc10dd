// The scheduler: effects on a tensor graph become kernels in an order that respects every hazard.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <whittle/core/error.hpp>
#include <whittle/schedule/hazards.hpp>
#include <whittle/schedule/kernel_builder.hpp>
#include <whittle/schedule/storage.hpp>

namespace whittle {
inline namespace v0 {

/// Kernels in order, and the buffers that only they use: a temporary is written by call `first_use` and read
/// last by call `last_use`.
struct Schedule {
  struct Temporary {
    Node buffer;
    std::size_t first_use, last_use;
  };
  std::vector<KernelCall> calls;
  std::vector<Temporary> temporaries;
};

namespace detail {

class Scheduler {
 public:
  Scheduler(Graph& graph, std::span<const Node> effects)
      : graph_(graph),
        decision_(graph, effects),
        simplify_index_(graph, no_context_) {}

  Schedule run() {
    collect_writers();
    for (unsigned attempt = 0; attempt < 8; ++attempt) {
      plan_kernels();
      std::vector<std::size_t> order;
      std::vector<Node> blocked;
      if (hazards_.order(order, blocked)) {
        merge(order);
        if (build()) return finish();
      } else {
        for (Node buffer : blocked) copied_.push_back(buffer);
        if (blocked.empty()) break;
      }
    }
    throw GraphError("the schedule has a cycle: a value is needed both before and after a buffer is written; "
                     "realise one of the two first");
  }

 private:
  /// A kernel to be: stores of one shape.
  struct Planned {
    std::vector<KernelStore> stores;
    std::vector<Node> writes;
    bool elementwise = true;
    bool gone = false;
  };

  Node buffer_below(Node target) const {
    while (is_movement(graph_.op(target)) || graph_.op(target) == Op::after) target = graph_.source(target, 0);
    return target;
  }

  Node whole_buffer(Node target) const {
    while (graph_.op(target) == Op::reshape) target = graph_.source(target, 0);
    return graph_.op(target) == Op::buffer ? target : Node::none;
  }

  /// The stores of the graph in topological order, and the buffers that some value reads as they were.
  void collect_writers() {
    read_old_.assign(graph_.size(), 0);
    std::vector<Node> stack;
    for (Node n : decision_.order())
      if (graph_.op(n) == Op::store) {
        effects_.push_back(n);
        stack.push_back(graph_.source(n, 1));
      }
    std::vector<std::uint8_t> seen(graph_.size());
    while (!stack.empty()) {
      const Node n = stack.back();
      stack.pop_back();
      if (std::exchange(seen[number_of(n)], std::uint8_t{1}) != 0 || graph_.op(n) == Op::after) continue;
      if (graph_.op(n) == Op::buffer) read_old_[number_of(n)] = 1;
      for (Node s : graph_.sources(n)) stack.push_back(s);
    }
  }

  /// A value that an effect stores whole, into memory that nothing reads as it was, needs no other memory.
  void adopt_outputs() {
    for (Node effect : effects_) {
      const Node value = graph_.source(effect, 1), buffer = whole_buffer(graph_.source(effect, 0));
      const Op op = graph_.op(value);
      if (buffer == Node::none || read_old_[number_of(buffer)] != 0 ||
          (is_movement(op) && !decision_.is_stored(value)) || op == Op::buffer || op == Op::after ||
          op == Op::constant || plan_.stored_in(value) != Node::none)
        continue;
      plan_.buffer_of[number_of(value)] = buffer;
      adopted_[number_of(value)] = effect;
    }
  }

  void plan_kernels() {
    plan_ = {};
    planned_.clear();
    adopted_.clear();
    hazards_ = {};
    adopt_outputs();
    inline_cheap_stores();
    for (Node buffer : copied_) plan_copy(buffer);
    for (Node n : decision_.order()) {
      if (graph_.op(n) == Op::store)
        plan_store(n);
      else if (decision_.is_stored(n) && plan_.stored_in(n) == Node::none)
        plan_temporary(n);
    }
    for (std::size_t p = 0; p < planned_.size(); ++p) plan_reads(p);
  }

  /// Reading what a cheap store put into a whole buffer computes it again instead of waiting for it.
  void inline_cheap_stores() {
    for (Node n : decision_.order()) {
      if (graph_.op(n) != Op::after || graph_.op(graph_.source(n, 0)) != Op::buffer || graph_.arity(n) != 2) continue;
      const Node effect = graph_.source(n, 1);
      if (graph_.op(effect) != Op::store) continue;
      const Node value = graph_.source(effect, 1);
      const bool is_cheap = !decision_.has_reduction(value) && is_elementwise(graph_.op(value));
      if (is_cheap && whole_buffer(graph_.source(effect, 0)) != Node::none &&
          read_old_[number_of(graph_.source(n, 0))] != 0)
        plan_.inlined[number_of(n)] = value;
    }
  }

  Node fresh_buffer(Node n) {
    Node& known = temporary_of_[number_of(n)];
    if (known != Node::none) return known;
    Node size = graph_.constant(DType::index, 1);
    for (Node dim : shape_of(graph_, n)) size = dim_mul(graph_, size, dim);
    return known = buffer(graph_, graph_.dtype(n), size);
  }

  void plan_copy(Node buffer) {
    const Node copy = fresh_buffer(buffer);
    plan_.copy_of[number_of(buffer)] = copy;
    add_planned({{buffer, copy}}, copy);
  }
  void plan_temporary(Node n) {
    const Node buffer = fresh_buffer(n);
    plan_.buffer_of[number_of(n)] = buffer;
    add_planned({{n, reshape(graph_, buffer, shape_of(graph_, n))}}, buffer);
  }
  void plan_store(Node effect) {
    const Node target = graph_.source(effect, 0), buffer = buffer_below(target);
    const std::size_t number = add_planned({{graph_.source(effect, 1), target}}, buffer);
    hazards_.writes(number, buffer, effect);
    Node seen = target;
    while (is_movement(graph_.op(seen))) seen = graph_.source(seen, 0);
    if (graph_.op(seen) == Op::after) hazards_.reads_after(number, buffer, writers_of(seen));
  }
  std::size_t add_planned(std::vector<KernelStore> stores, Node buffer) {
    planned_.push_back({std::move(stores), {buffer}, true, false});
    hazards_.add_kernel();
    return planned_.size() - 1;
  }

  std::vector<Node> writers_of(Node after) const {
    std::vector<Node> effects;
    for (; graph_.op(after) == Op::after; after = graph_.source(after, 0))
      for (std::uint32_t k = 1; k < graph_.arity(after); ++k) effects.push_back(graph_.source(after, k));
    return effects;
  }

  /// Walks from a kernel's values to what it loads.
  void plan_reads(std::size_t p) {
    std::vector<Node> stack;
    std::unordered_map<std::uint32_t, bool> seen;
    for (const KernelStore& store : planned_[p].stores) stack.push_back(store.value);
    const auto is_value = [&](Node n) {
      for (const KernelStore& store : planned_[p].stores)
        if (store.value == n) return true;
      return false;
    };
    while (!stack.empty()) {
      const Node n = stack.back();
      stack.pop_back();
      if (!seen.emplace(number_of(n), true).second) continue;
      if (!is_value(n) && plan_.stored_in(n) != Node::none) {
        read_stored(p, n);
        continue;
      }
      if (graph_.op(n) == Op::reduce) planned_[p].elementwise = false;
      if (graph_.op(n) == Op::buffer) {
        read_buffer(p, n, is_value(n));
      } else if (graph_.op(n) == Op::after) {
        const Node value = StoragePlan::find(plan_.inlined, n);
        if (value != Node::none)
          stack.push_back(value);
        else
          hazards_.reads_after(p, buffer_below(n), writers_of(n));
      } else {
        for (Node s : graph_.sources(n)) stack.push_back(s);
      }
    }
  }

  void read_stored(std::size_t p, Node n) {
    const auto effect = adopted_.find(number_of(n));
    if (effect != adopted_.end())
      hazards_.reads_after(p, plan_.stored_in(n), {effect->second});
    else
      hazards_.reads_temporary(p, producer_of(plan_.stored_in(n)));
  }
  void read_buffer(std::size_t p, Node buffer, bool is_copy) {
    const Node copy = StoragePlan::find(plan_.copy_of, buffer);
    if (copy != Node::none && !is_copy)
      hazards_.reads_temporary(p, producer_of(copy));
    else
      hazards_.reads_old(p, buffer);
  }
  std::size_t producer_of(Node buffer) const {
    std::size_t p = 0;
    while (planned_[p].writes.front() != buffer) ++p;
    return p;
  }

  /// Joins elementwise kernels of one shape without a path between them: one kernel, several stores.
  void merge(const std::vector<std::size_t>& order) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      Planned& first = planned_[order[i]];
      if (first.gone || !first.elementwise) continue;
      for (std::size_t j = i + 1; j < order.size(); ++j) {
        Planned& second = planned_[order[j]];
        if (second.gone || !second.elementwise || first.stores.size() >= 4 || !mergeable(order, i, j)) continue;
        first.stores.insert(first.stores.end(), second.stores.begin(), second.stores.end());
        first.writes.insert(first.writes.end(), second.writes.begin(), second.writes.end());
        hazards_.merge(order[i], order[j]);
        second.gone = true;
      }
    }
  }
  bool mergeable(const std::vector<std::size_t>& order, std::size_t i, std::size_t j) {
    const Planned &first = planned_[order[i]], &second = planned_[order[j]];
    if (!(shape_of(graph_, first.stores[0].value) == shape_of(graph_, second.stores[0].value))) return false;
    for (Node buffer : second.writes)
      for (Node other : first.writes)
        if (buffer == other) return false;
    return hazards_.can_join(order[i], order[j]) && !unmergeable(first, second);
  }
  bool unmergeable(const Planned& first, const Planned& second) const {
    for (Node buffer : apart_) {
      const auto writes = [&](const Planned& p) { return std::count(p.writes.begin(), p.writes.end(), buffer) != 0; };
      if (writes(first) || writes(second)) return true;
    }
    return false;
  }

  /// Builds the kernels; false if one reads, at another place, a buffer that it writes: then a copy is needed.
  bool build() {
    std::vector<std::size_t> order;
    std::vector<Node> blocked;
    if (!hazards_.order(order, blocked)) return false;
    schedule_ = {};
    for (std::size_t p : order) {
      if (planned_[p].gone || stores_nothing(planned_[p])) continue;
      KernelCall call = KernelBuilder(graph_, plan_, simplify_index_).build(planned_[p].stores);
      if (const Node buffer = overlap(call); buffer != Node::none) {
        (planned_[p].stores.size() > 1 ? apart_ : copied_).push_back(buffer);
        return false;
      }
      schedule_.calls.push_back(std::move(call));
    }
    return true;
  }

  /// A loop without iterations is no kernel: what does not depend on it would be loaded before it.
  bool stores_nothing(const Planned& planned) const {
    for (Node dim : shape_of(graph_, planned.stores.front().value))
      if (graph_.is_constant(dim, 0)) return true;
    return false;
  }

  /// A buffer that the kernel writes and reads at different offsets, or none.
  Node overlap(const KernelCall& call) const {
    std::unordered_map<std::uint32_t, Node> written;  // parameter -> address stored to
    const std::vector<Node> nodes = topological_order(graph_, call.sink);
    for (Node n : nodes)
      if (graph_.op(n) == Op::store) written[number_of(graph_.source(graph_.source(n, 0), 0))] = graph_.source(n, 0);
    for (Node n : nodes) {
      if (graph_.op(n) != Op::load) continue;
      const Node address = graph_.source(n, 0), parameter = graph_.source(address, 0);
      const auto found = written.find(number_of(parameter));
      if (found != written.end() && found->second != address)
        return call.buffers[static_cast<std::size_t>(graph_.argument(parameter))];
    }
    return Node::none;
  }

  Schedule finish() {
    for (const auto& [node, buffer] : temporary_of_) {
      std::size_t first = schedule_.calls.size(), last = 0;
      for (std::size_t c = 0; c < schedule_.calls.size(); ++c)
        for (Node used : schedule_.calls[c].buffers)
          if (used == buffer) first = std::min(first, c), last = c;
      if (first < schedule_.calls.size()) schedule_.temporaries.push_back({buffer, first, last});
    }
    std::sort(schedule_.temporaries.begin(), schedule_.temporaries.end(), [&](const auto& a, const auto& b) {
      return a.first_use != b.first_use ? a.first_use < b.first_use : number_of(a.buffer) < number_of(b.buffer);
    });
    for (KernelCall& call : schedule_.calls)
      for (Node n : topological_order(graph_, call.sink))
        if (graph_.op(n) == Op::variable) call.variables.push_back(n);
    return std::move(schedule_);
  }

  Graph& graph_;
  StorageDecision decision_;
  NoContext no_context_;
  Rewriter<IndexMatcher> simplify_index_;
  std::vector<Node> effects_;
  std::vector<std::uint8_t> read_old_;
  std::vector<Node> copied_, apart_;
  std::unordered_map<std::uint32_t, Node> temporary_of_;  // stored node, or copied buffer -> temporary
  std::unordered_map<std::uint32_t, Node> adopted_;       // stored node -> the effect that stores it
  StoragePlan plan_;
  std::vector<Planned> planned_;
  Hazards hazards_;
  Schedule schedule_;
};

}  // namespace detail

/// The kernels that make `effects` (`after` and `store` nodes) happen. Throws GraphError where no order exists.
inline Schedule schedule(Graph& graph, std::span<const Node> effects) {
  return detail::Scheduler(graph, effects).run();
}

}  // namespace v0
}  // namespace whittle
