// Read-after-write, write-after-read and write-after-write between kernels, and an order that keeps them all.
#pragma once

#include <algorithm>
#include <unordered_map>
#include <vector>

#include <whittle/ir/graph.hpp>

namespace whittle {
inline namespace v0 {

/// Kernels are numbered as they are added. A buffer's writers have the order in which they were told.
class Hazards {
 public:
  explicit Hazards(const Graph&) {}

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
    std::vector<std::uint8_t> done(kernels_.size());
    result.clear();
    for (bool moved = true; moved && result.size() < kernels_.size();) {
      moved = false;
      for (std::size_t k = 0; k < kernels_.size(); ++k) {
        if (done[k] != 0 || !std::all_of(before[k].begin(), before[k].end(), [&](std::size_t p) { return done[p] != 0; }))
          continue;
        done[k] = 1;
        moved = true;
        result.push_back(k);
      }
    }
    for (std::size_t k = 0; k < kernels_.size(); ++k)
      for (const Read& read : kernels_[k].reads)
        if (done[k] == 0 && read.effects.empty() && writers_.count(number_of(read.buffer)) != 0 &&
            std::find(blocked.begin(), blocked.end(), read.buffer) == blocked.end())
          blocked.push_back(read.buffer);
    return result.size() == kernels_.size();
  }

  /// True if the two kernels may become one: no path from one to the other but the order of reads before writes.
  bool can_join(std::size_t a, std::size_t b) const {
    const Edges hard = edges_without_own_reads(a, b);
    return !reaches(hard, a, b) && !reaches(hard, b, a);
  }

  /// Kernel b is part of kernel a from now on.
  void merge(std::size_t a, std::size_t b) {
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
  using Edges = std::vector<std::vector<std::size_t>>;  // kernel -> kernels that come before it

  Edges edges() const {
    Edges before(kernels_.size());
    const auto add = [&](std::size_t first, std::size_t then) {
      if (first != then) before[then].push_back(first);
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
    if (seen < writers.size()) add(k, writers[seen]);
  }

  Edges edges_without_own_reads(std::size_t a, std::size_t b) const {
    Hazards other = *this;
    const auto drop = [&](std::size_t reader, std::size_t writer) {
      auto& reads = other.kernels_[reader].reads;
      reads.erase(std::remove_if(reads.begin(), reads.end(),
                                 [&](const Read& read) {
                                   const auto& written = kernels_[writer].writes;
                                   return read.effects.empty() &&
                                          std::find(written.begin(), written.end(), read.buffer) != written.end();
                                 }),
                  reads.end());
    };
    drop(a, b);
    drop(b, a);
    return other.edges();
  }

  static bool reaches(const Edges& before, std::size_t from, std::size_t to) {
    std::vector<std::size_t> stack{to};
    std::vector<std::uint8_t> seen(before.size());
    while (!stack.empty()) {
      const std::size_t k = stack.back();
      stack.pop_back();
      for (std::size_t p : before[k]) {
        if (p == from) return true;
        if (seen[p] == 0) {
          seen[p] = 1;
          stack.push_back(p);
        }
      }
    }
    return false;
  }

  std::vector<Kernel> kernels_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> writers_;  // buffer -> kernels, in order
  std::unordered_map<std::uint32_t, std::size_t> kernel_of_;             // store -> kernel
};

}  // namespace v0
}  // namespace whittle
