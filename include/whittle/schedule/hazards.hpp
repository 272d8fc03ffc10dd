// Read-after-write, write-after-read and write-after-write between kernels, and an order that keeps them all.
#pragma once

#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

#include <whittle/ir/graph.hpp>

namespace whittle {
inline namespace v0 {

/// Kernels are numbered as they are added. A buffer's writers have the order in which they were told.
class Hazards {
 public:
  void add_kernel() { kernels_.emplace_back(); }
  void writes(std::size_t kernel, Node buffer, Node effect) {
    kernel_of_[number_of(effect)] = kernel;
    writers_[number_of(buffer)].push_back(kernel);
    kernels_[kernel].writes.push_back(buffer);
  }
  /// Reads the buffer as it was before every store.
  void reads_old(std::size_t kernel, Node buffer) { kernels_[kernel].reads.push_back({buffer, {}}); }
  /// Reads the buffer as these effects leave it.
  void reads_after(std::size_t kernel, Node buffer, std::vector<Node> effects) {
    kernels_[kernel].reads.push_back({buffer, std::move(effects)});
  }
  void reads_temporary(std::size_t kernel, std::size_t producer) { kernels_[kernel].needs.push_back(producer); }

  /// An order of all kernels. If there is none: false, and the buffers whose old content is read in a cycle.
  bool order(std::vector<std::size_t>& result, std::vector<Node>& blocked) const {
    const Edges before = edges();
    std::vector<std::vector<std::size_t>> behind(kernels_.size());
    std::vector<std::size_t> waits(kernels_.size());
    for (std::size_t k = 0; k < kernels_.size(); ++k)
      for (const Edge& edge : before[k]) {
        behind[edge.first].push_back(k);
        ++waits[k];
      }
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;  // as added, where free
    for (std::size_t k = 0; k < kernels_.size(); ++k)
      if (waits[k] == 0) ready.push(k);
    std::vector<std::uint8_t> done(kernels_.size());
    result.clear();
    while (!ready.empty()) {
      const std::size_t k = ready.top();
      ready.pop();
      done[k] = 1;
      result.push_back(k);
      for (std::size_t next : behind[k])
        if (--waits[next] == 0) ready.push(next);
    }
    for (std::size_t k = 0; k < kernels_.size(); ++k)
      for (const Read& read : kernels_[k].reads)
        if (done[k] == 0 && read.effects.empty() && writers_.count(number_of(read.buffer)) != 0 &&
            std::find(blocked.begin(), blocked.end(), read.buffer) == blocked.end())
          blocked.push_back(read.buffer);
    return result.size() == kernels_.size();
  }

  /// True if the two kernels may become one: no path leads from one to the other, but that one reads what the
  /// other will overwrite.
  bool can_join(std::size_t a, std::size_t b) const {
    if (before_.empty()) before_ = edges();
    return !reaches(before_, a, b) && !reaches(before_, b, a);
  }

  /// Kernel b is part of kernel a from now on.
  void merge(std::size_t a, std::size_t b) {
    before_.clear();
    Kernel& into = kernels_[a];
    Kernel& from = kernels_[b];
    into.reads.insert(into.reads.end(), from.reads.begin(), from.reads.end());
    into.writes.insert(into.writes.end(), from.writes.begin(), from.writes.end());
    into.needs.insert(into.needs.end(), from.needs.begin(), from.needs.end());
    from = {};
    for (auto& item : writers_)
      for (std::size_t& writer : item.second)
        if (writer == b) writer = a;
    for (auto& item : kernel_of_)
      if (item.second == b) item.second = a;
    for (Kernel& kernel : kernels_)
      for (std::size_t& need : kernel.needs)
        if (need == b) need = a;
  }

 private:
  struct Read {
    Node buffer;
    std::vector<Node> effects;  // none: as it was
  };
  struct Kernel {
    std::vector<Read> reads;
    std::vector<Node> writes;
    std::vector<std::size_t> needs;
  };
  struct Edge {
    std::size_t first;
    bool only_overwrites;  // `first` reads what the later kernel overwrites, and no more
  };
  using Edges = std::vector<std::vector<Edge>>;  // kernel -> kernels that come before it

  Edges edges() const {
    Edges before(kernels_.size());
    const auto add = [&](std::size_t first, std::size_t then, bool only_overwrites = false) {
      if (first != then) before[then].push_back({first, only_overwrites});
    };
    for (std::size_t k = 0; k < kernels_.size(); ++k) {
      for (std::size_t producer : kernels_[k].needs) add(producer, k);
      for (const Read& read : kernels_[k].reads) order_read(k, read, add);
    }
    for (const auto& item : writers_)
      for (std::size_t w = 1; w < item.second.size(); ++w) add(item.second[w - 1], item.second[w]);
    return before;
  }

  /// A read comes after the last writer that it wants to see, and before the next one.
  template <class Add>
  void order_read(std::size_t k, const Read& read, const Add& add) const {
    const auto found = writers_.find(number_of(read.buffer));
    if (found == writers_.end()) return;
    const std::vector<std::size_t>& writers = found->second;
    std::size_t seen = 0;
    for (Node effect : read.effects) {
      const auto writer = kernel_of_.find(number_of(effect));
      if (writer == kernel_of_.end()) continue;
      for (std::size_t w = 0; w < writers.size(); ++w)
        if (writers[w] == writer->second) seen = std::max(seen, w + 1);
    }
    if (seen > 0) add(writers[seen - 1], k);
    if (seen < writers.size()) add(k, writers[seen], seen == 0);
  }

  /// A path from one kernel to another; the bare edge of an overwritten read between the two doesn't count.
  static bool reaches(const Edges& before, std::size_t from, std::size_t to) {
    std::vector<std::size_t> stack{to};
    std::vector<std::uint8_t> seen(before.size());
    while (!stack.empty()) {
      const std::size_t k = stack.back();
      stack.pop_back();
      for (const Edge& edge : before[k]) {
        if (edge.first == from && !(k == to && edge.only_overwrites)) return true;
        if (edge.first == from || seen[edge.first] != 0) continue;
        seen[edge.first] = 1;
        stack.push_back(edge.first);
      }
    }
    return false;
  }

  std::vector<Kernel> kernels_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> writers_;  // buffer -> kernels, in order
  std::unordered_map<std::uint32_t, std::size_t> kernel_of_;             // store -> kernel
  mutable Edges before_;                                                 // kept between merges
};

}  // namespace v0
}  // namespace whittle
