// The driver on several threads: parts of a graph are rewritten in graphs of their own.
#pragma once

#include <atomic>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <whittle/rewrite/parts.hpp>
#include <whittle/rewrite/rewrite.hpp>

namespace whittle {
inline namespace v0 {

struct ParallelOptions {
  unsigned threads = 0;               ///< with the calling one; 0: as many as the hardware has
  std::uint32_t nodes_a_part = 4096;  ///< about
};

namespace detail {

/// A graph of which parts can be rewritten in other graphs (match/traits.hpp).
template <class G>
concept CopyableInParts = std::is_default_constructible_v<G> && HasNodeAt<G> &&
                          requires(G& to, const G& from, node_of<G> n, node_of<G> (*copy_of)(node_of<G>)) {
                            graph_traits<G>::begin_copies(to, from, std::size_t{});
                            { graph_traits<G>::copy(to, from, n, copy_of) } -> std::same_as<node_of<G>>;
                            { graph_traits<G>::has_only_copied_ids(to, from) } -> std::same_as<bool>;
                          };

/// Copies what lies below some nodes into another graph. Its memory serves many copies.
template <CopyableInParts G>
class PartCopier {
 public:
  using node = node_of<G>;
  using T = graph_traits<G>;

  /// Puts the copies in the place of the nodes.
  void operator()(G& to, const G& from, std::span<node> nodes) {
    T::begin_copies(to, from, want_below(from, nodes));
    const auto copy_of = [this, &from](node n) { return copies_[T::index(from, n)]; };
    for (std::uint32_t word = 0; word < end_; ++word)
      for (; wanted_[word] != 0; wanted_[word] &= wanted_[word] - 1) {
        const std::uint32_t i = 64 * word + static_cast<std::uint32_t>(std::countr_zero(wanted_[word]));
        copies_[i] = T::copy(to, from, T::node_at(from, i), copy_of);
      }
    for (node& n : nodes) n = copy_of(n);
  }

 private:
  /// Wants all below, from the greatest number down, and counts them.
  std::size_t want_below(const G& from, std::span<const node> nodes) {
    end_ = 0;
    for (node n : nodes) {
      const std::uint32_t end = T::index(from, n) / 64 + 1;
      end_ = end_ > end ? end_ : end;
    }
    wanted_.resize_ahead(end_);
    copies_.resize_ahead(64 * std::size_t{end_}, T::none());
    const auto want = [&](node n) { wanted_[T::index(from, n) / 64] |= bit_of(T::index(from, n)); };
    for (node n : nodes) want(n);
    std::size_t count = 0;
    for (std::uint32_t word = end_; word-- > 0;) {
      for (std::uint64_t left = wanted_[word]; left != 0;) {
        const auto k = static_cast<std::uint32_t>(std::bit_width(left)) - 1;
        for_each_source<GivesNone<G>>(from, T::node_at(from, 64 * word + k), want);
        left = wanted_[word] & (bit_of(k) - 1);
      }
      count += static_cast<std::size_t>(std::popcount(wanted_[word]));
    }
    if constexpr (GivesNone<G>) wanted_[T::index(from, T::none()) / 64] &= ~bit_of(T::index(from, T::none()));
    return count;
  }
  static constexpr std::uint64_t bit_of(std::uint32_t i) { return std::uint64_t{1} << i % 64; }

  GrowingArray<node> copies_;           // by number
  GrowingArray<std::uint64_t> wanted_;  // a bit each, by number; all 0 again in the end
  std::uint32_t end_ = 0;               // of the words that are in use
};

/// One part and what has become of it.
template <class Matcher>
struct PartRewrite {
  using G = typename Matcher::graph_type;
  using node = node_of<G>;

  G results;                ///< without what was made on the way
  std::vector<node> nodes;  ///< in the place of the root's sources
  std::vector<std::uint64_t> counts;
  RewriteResult<G> result;
  bool has_only_copied_ids = true;
#ifdef __cpp_exceptions
  std::exception_ptr exception;  ///< of a lambda
#endif

  void run(const G& whole, node root, Part part, PartCopier<G>& copy, RewriteOptions options) {
#ifdef __cpp_exceptions
    try {
#endif
      for (std::uint32_t k = part.begin; k < part.end; ++k) nodes.push_back(graph_traits<G>::source(whole, root, k));
      if (options.counts != nullptr) {
        counts.resize(Matcher::table.rule_count);
        options.counts = counts.data();
      }
      G graph;
      copy(graph, whole, nodes);
      typename Matcher::context_type context{};
      result = Rewriter<Matcher>(graph, context, options)(std::span<node>(nodes));
      has_only_copied_ids = graph_traits<G>::has_only_copied_ids(graph, whole);
      if (result.ok()) copy(results, graph, nodes);
#ifdef __cpp_exceptions
    } catch (...) {
      exception = std::current_exception();
    }
#endif
  }
  bool is_ok() const {
#ifdef __cpp_exceptions
    if (exception != nullptr) return false;
#endif
    return result.ok();
  }
};

/// Rewrites the parts below a root on several threads.
template <class Matcher>
class ParallelRewrite {
 public:
  using G = typename Matcher::graph_type;
  using node = node_of<G>;
  using T = graph_traits<G>;

  ParallelRewrite(G& graph, node root, GrowingArray<Part> parts, RewriteOptions options)
      : graph_(graph),
        root_(root),
        options_(options),
        parts_(std::move(parts)),
        rewrites_(parts_.size()),
        first_failed_(parts_.size()) {}

  RewriteResult<G> operator()(std::size_t threads) {
    run_on(threads < parts_.size() ? threads : parts_.size());
    const std::size_t failed = first_failed_;
    if (failed < rewrites_.size()) return fail(rewrites_[failed]);
    for (const PartRewrite<Matcher>& part : rewrites_)
      if (!part.has_only_copied_ids) return rewrite<Matcher>(graph_, root_, options_);
    return join();
  }

 private:
  void run_on(std::size_t threads) {
    std::vector<std::thread> others;
    others.reserve(threads);
#ifdef __cpp_exceptions
    try {
#endif
      while (others.size() + 1 < threads) others.emplace_back([this] { work(); });
#ifdef __cpp_exceptions
    } catch (...) {  // the system gives no more threads: those that there are do it
    }
#endif
    work();
    for (std::thread& other : others) other.join();
  }
  /// Takes parts in order until none is left. None after one that has failed: then the first that fails is the same
  /// whatever the threads do.
  void work() {
    PartCopier<G> copy;
    for (std::size_t k; (k = next_++) < rewrites_.size() && k < first_failed_;) {
      rewrites_[k].run(graph_, root_, parts_[k], copy, options_);
      if (rewrites_[k].is_ok()) continue;
      for (std::size_t first = first_failed_; k < first && !first_failed_.compare_exchange_weak(first, k);) {}
    }
  }
  RewriteResult<G> fail(PartRewrite<Matcher>& part) {
#ifdef __cpp_exceptions
    if (part.exception != nullptr) std::rethrow_exception(part.exception);
#endif
    part.result.node = root_;
    return part.result;
  }

  /// Brings all results into the graph, and tries the rules on the root above them.
  RewriteResult<G> join() {
    PartCopier<G> copy;
    std::vector<node> sources;
    std::uint64_t rewrites = 0;
    for (PartRewrite<Matcher>& part : rewrites_) {
      copy(graph_, part.results, part.nodes);
      sources.insert(sources.end(), part.nodes.begin(), part.nodes.end());
      rewrites += part.result.rewrites;
      for (std::size_t rule = 0; rule < part.counts.size(); ++rule) options_.counts[rule] += part.counts[rule];
    }
    typename Matcher::context_type context{};
    Rewriter<Matcher> last(graph_, context, options_);
    for (node source : sources) last.keep(source);
    const node over = T::make(graph_, T::op(graph_, root_), dtype_in(graph_, root_), std::span<const node>(sources),
                              argument_in(graph_, root_));
    RewriteResult<G> result = last(over);
    result.rewrites += rewrites;
    if (!result.ok()) result.node = root_;
    return result;
  }

  G& graph_;
  node root_;
  RewriteOptions options_;
  GrowingArray<Part> parts_;
  std::vector<PartRewrite<Matcher>> rewrites_;
  std::atomic<std::size_t> next_ = 0, first_failed_;
};

}  // namespace detail

/// rewrite() on several threads: a root's sources and what lies below them are rewritten in parts, each in a graph of
/// its own, and the results are copied back, without what was made on the way. They are the same as rewrite()'s, and
/// depend, down to the numbers of nodes, on the graph and not on the threads.
///
/// One thread rewrites all at once top-down, where the parts would have much in common, and where rules give ids (a
/// new buffer's). Rules without context: they would share it. The budget is that of each part. What a lambda throws is
/// thrown on, with the graph as it was.
template <class Matcher>
RewriteResult<typename Matcher::graph_type>
rewrite_parallel(typename Matcher::graph_type& graph, node_of<typename Matcher::graph_type> root,
                 RewriteOptions options = {}, ParallelOptions parallel = {}) {
  using G = typename Matcher::graph_type;
  constexpr bool has_copies = detail::CopyableInParts<G>;
  constexpr bool has_context = !std::is_empty_v<typename Matcher::context_type>;
  static_assert(has_copies, "graph_traits of the graph lack node_at, begin_copies, copy or has_only_copied_ids, or it "
                            "cannot be made without arguments");
  static_assert(!has_context, "rules on several threads cannot have a context");
  if constexpr (has_copies && !has_context) {
    GrowingArray<detail::Part> parts;
    if (options.order == Order::bottom_up)
      parts = detail::parts_of(detail::weights_of_sources(graph, root), parallel.nodes_a_part);
    if (parts.size() < 2) return rewrite<Matcher>(graph, root, options);
    const std::size_t threads = parallel.threads != 0 ? parallel.threads : std::thread::hardware_concurrency();
    return detail::ParallelRewrite<Matcher>(graph, root, std::move(parts), options)(threads);
  } else {
    return {};
  }
}

}  // namespace v0
}  // namespace whittle
