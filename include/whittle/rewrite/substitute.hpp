// Replaces nodes by others, everywhere below a root.
#pragma once

#include <cstdint>
#include <span>

#include <whittle/core/growing_array.hpp>
#include <whittle/rewrite/numbering.hpp>

namespace whittle {
inline namespace v0 {

/// A node, and what is to stand in its place.
template <class G>
struct Replacing {
  node_of<G> from, to;
};

/// Enters every node.
struct EnterAll {
  constexpr bool operator()(const auto&) const { return true; }
};

/// Replaces nodes below roots, all at once; a replacement is not looked into. Sources are visited only of nodes
/// that `enters(node)` allows. Iterative; costs what it visits, and several roots share their work.
template <class G, class Enters = EnterAll>
class Substitution {
 public:
  using node = node_of<G>;
  using T = graph_traits<G>;

  constexpr Substitution(G& graph, std::span<const Replacing<G>> replacements, Enters enters = {})
      : graph_(graph),
        enters_(enters) {
    for (const Replacing<G>& replacement : replacements) replace(replacement);
  }
  constexpr Substitution(G& graph, node from, node to) : graph_(graph), enters_() { replace({from, to}); }

  constexpr node operator()(node root) {
    if (!known(root).is_done) frames_.append(root);
    while (!frames_.empty()) step();
    return known(root).result;
  }

 private:
  /// What a node becomes, once it is done.
  struct Known {
    node result;
    bool is_done;
  };
  struct Frame {
    node from;
    std::uint32_t next_source = 0;
    bool same = true;  // the sources before the next stay what they are
  };

  constexpr void replace(const Replacing<G>& replacement) { known(replacement.from) = {replacement.to, true}; }
  constexpr Known& known(node n) {
    const std::uint32_t i = number_(graph_, n);
    if (i == known_.size()) known_.append(n, !enters_(n));
    return known_[i];
  }
  /// Goes on with the last frame's node.
  constexpr void step() {
    Frame& frame = frames_.back();
    const node n = frame.from;
    for (const std::uint32_t count = T::arity(graph_, n); frame.next_source < count; ++frame.next_source) {
      const node source = T::source(graph_, n, frame.next_source);
      const Known& of_source = known(source);
      if (!of_source.is_done) return frames_.append(source);
      frame.same = frame.same && of_source.result == source;
    }
    known(n) = {frame.same ? n : rebuilt(n), true};
    frames_.pop();
  }
  constexpr node rebuilt(node n) {
    sources_.clear();
    for (std::uint32_t k = 0; k < T::arity(graph_, n); ++k) sources_.append(known(T::source(graph_, n, k)).result);
    return T::make(graph_, T::op(graph_, n), detail::dtype_in(graph_, n),
                   std::span<const node>(sources_.data(), sources_.size()), detail::argument_in(graph_, n));
  }

  G& graph_;
  Enters enters_;
  detail::Numbering<G, false> number_;
  GrowingArray<Known> known_;
  GrowingArray<Frame> frames_;
  GrowingArray<node> sources_;
};

/// `root` with each `from` replaced by its `to`.
template <class G, class Enters = EnterAll>
constexpr node_of<G> substitute(G& graph, node_of<G> root, std::span<const Replacing<G>> replacements,
                                Enters enters = {}) {
  return Substitution<G, Enters>(graph, replacements, enters)(root);
}

}  // namespace v0
}  // namespace whittle
