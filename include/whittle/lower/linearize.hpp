// A kernel's nodes in order of execution: each in the outermost loop that it can be in.
#pragma once

#include <algorithm>

#include <whittle/lower/context.hpp>
#include <whittle/lower/ranges.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

class Linearizer {
 public:
  Linearizer(Graph& g, Node sink) : g_(g), sets_(g, sink), emitted_(g.size()) {
    for (Node r : sets_.ranges())
      if (kind_of(g, r) == RangeKind::vector) {
        vector_ = r;
        vector_mask_ |= sets_[r];
      }
  }

  Program operator()(Node sink, std::string name) {
    block(sink, vector_mask_);
    widen_accumulators();
    program_.graph = &g_;
    program_.name = std::move(name);
    return std::move(program_);
  }

 private:
  std::uint32_t lanes_of(Node n) const {
    return vector_ != Node::none && (sets_[n] & vector_mask_) != 0
               ? static_cast<std::uint32_t>(constant_size(g_, vector_))
               : 1;
  }

  void emit(Node n, std::uint32_t lanes) {
    program_.instructions.push_back({n, lanes});
    if (g_.op(n) == Op::parameter) parameter(n);
    if (g_.op(n) == Op::variable) program_.variables.push_back(n);
    if (g_.op(n) == Op::special) program_.grid = n;
    if (g_.op(n) == Op::range && kind_of(g_, n) == RangeKind::parallel) program_.parallel = n;
    if (g_.op(n) == Op::store) written(n);
  }

  void parameter(Node n) {
    const auto position = static_cast<std::size_t>(g_.argument(n));
    if (program_.parameters.size() <= position) program_.parameters.resize(position + 1);
    program_.parameters[position].node = n;
  }
  void written(Node store) {
    Node base = g_.source(g_.source(store, 0), 0);
    while (g_.op(base) == Op::after) base = g_.source(base, 0);
    if (g_.op(base) == Op::parameter) program_.parameters[static_cast<std::size_t>(g_.argument(base))].written = true;
  }

  /// Everything below `top` that needs no more than the open loops.
  void block(Node top, std::uint64_t open) {
    for (Node n : topological_order(g_, top)) {
      if (number_of(n) < emitted_.size() && emitted_[number_of(n)] != 0) continue;
      if ((sets_[n] & ~open) != 0) continue;
      emitted_[number_of(n)] = 1;
      if (g_.op(n) == Op::end)
        loop(n, open);
      else if (g_.op(n) != Op::sink)
        emit(n, lanes_of(n));
    }
  }

  void loop(Node closing, std::uint64_t open) {
    const Node effect = g_.source(closing, 0), range = g_.source(closing, 1);
    emitted_[number_of(range)] = 1;
    emit(range, 1);
    block(effect, open | sets_[range]);
    emit(closing, 1);
  }

  /// An accumulator is as wide as what is stored in it.
  void widen_accumulators() {
    std::vector<std::uint32_t> lanes(g_.size(), 1);
    for (const Instruction& at : program_.instructions) {
      if (g_.op(at.node) != Op::store && g_.op(at.node) != Op::load) continue;
      Node base = g_.source(g_.source(at.node, 0), 0);
      while (g_.op(base) == Op::after) base = g_.source(base, 0);
      lanes[number_of(base)] = std::max(lanes[number_of(base)], at.lanes);
    }
    for (Instruction& at : program_.instructions)
      if (g_.op(at.node) == Op::buffer) at.lanes = lanes[number_of(at.node)];
  }

  Graph& g_;
  RangeSets sets_;
  std::vector<std::uint8_t> emitted_;
  Node vector_ = Node::none;
  std::uint64_t vector_mask_ = 0;
  Program program_;
};

/// One `end` a range: end [x, outer, inner] becomes end [end [x, inner], outer].
inline Node nest_ends(Graph& g, Node sink) {
  return rebuild(g, sink, [&](Node n, const std::vector<Node>& sources) {
    if (g.op(n) != Op::end) return g.with_sources(n, sources);
    Node nested = sources[0];
    for (std::size_t k = sources.size(); k-- > 1;) nested = end(g, nested, {sources[k]});
    return nested;
  });
}

}  // namespace detail

/// The linear program of a fully lowered kernel.
inline Program linearize(Graph& g, Node sink, std::string name) {
  const Node nested = detail::nest_ends(g, sink);
  return detail::Linearizer(g, nested)(nested, std::move(name));
}

}  // namespace v0
}  // namespace whittle
