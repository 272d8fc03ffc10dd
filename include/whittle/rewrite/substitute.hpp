// Replaces nodes by others, everywhere below a root.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

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
    stack_.push_back(root);
    while (!stack_.empty()) {
      const node n = stack_.back();
      const std::uint32_t i = slot(n);
      if (done_[i] == 0 && push_sources(n)) continue;
      stack_.pop_back();
      if (done_[i] != 0) continue;
      results_[i] = rebuilt(n);
      done_[i] = 1;
    }
    return results_[slot(root)];
  }

 private:
  constexpr void replace(const Replacing<G>& replacement) {
    const std::uint32_t i = slot(replacement.from);
    results_[i] = replacement.to;
    done_[i] = 1;
  }
  constexpr std::uint32_t slot(node n) {
    const std::uint32_t i = number_(graph_, n);
    if (i == results_.size()) {
      results_.push_back(n);
      done_.push_back(enters_(n) ? 0 : 1);
    }
    return i;
  }
  constexpr bool push_sources(node n) {
    const std::size_t before = stack_.size();
    for (std::uint32_t k = T::arity(graph_, n); k-- > 0;)
      if (const node source = T::source(graph_, n, k); done_[slot(source)] == 0) stack_.push_back(source);
    return stack_.size() != before;
  }
  constexpr node rebuilt(node n) {
    bool changed = false;
    sources_.clear();
    for (std::uint32_t k = 0; k < T::arity(graph_, n); ++k) {
      const node source = T::source(graph_, n, k);
      sources_.push_back(results_[slot(source)]);
      changed = changed || !(sources_.back() == source);
    }
    if (!changed) return n;
    return T::make(graph_, T::op(graph_, n), detail::dtype_in(graph_, n), std::span<const node>(sources_),
                   detail::argument_in(graph_, n));
  }

  G& graph_;
  Enters enters_;
  detail::Numbering<G, false> number_;
  std::vector<node> results_, stack_, sources_;
  std::vector<std::uint8_t> done_;
};

/// `root` with each `from` replaced by its `to`.
template <class G, class Enters = EnterAll>
constexpr node_of<G> substitute(G& graph, node_of<G> root, std::span<const Replacing<G>> replacements,
                                Enters enters = {}) {
  return Substitution<G, Enters>(graph, replacements, enters)(root);
}

}  // namespace v0
}  // namespace whittle
