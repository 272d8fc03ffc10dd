// The driver: applies a matcher to a whole graph until nothing matches. Iterative, whatever the graph's depth.
#pragma once

#include <cstdint>
#include <span>

#include <whittle/core/growing_array.hpp>
#include <whittle/match/matcher.hpp>
#include <whittle/rewrite/numbering.hpp>
#ifdef WHITTLE_COUNT_RULES
#  include <whittle/rewrite/rule_hits.hpp>
#endif

namespace whittle {
inline namespace v0 {

/// bottom_up: a node after its sources, until no rule matches it. top_down: a node before its sources; what is
/// rebuilt from rewritten sources is not tried again.
enum class Order : std::uint8_t { bottom_up, top_down };

enum class RewriteFailure : std::uint8_t { none, budget_spent, rules_loop, graph_is_cyclic };

/// One rewrite, as a recorder gets it.
template <class G>
struct RewriteStep {
  std::uint32_t rule;
  node_of<G> before, after;
};

struct RewriteOptions {
  Order order = Order::bottom_up;
  /// The most rewrites in all; what loops ends here with the names of the rules.
  std::uint64_t budget = 10'000'000;
  /// If given: an array with an entry for each rule, counted up at each rewrite.
  std::uint64_t* counts = nullptr;
};

/// What came of a rewrite. After a failure `node` is what went in, and the graph's nodes are as they were.
template <class G>
struct RewriteResult {
  static constexpr std::size_t most_recent = 8;
  node_of<G> node = graph_traits<G>::none();
  std::uint64_t rewrites = 0;
  RewriteFailure failure = RewriteFailure::none;
  std::uint32_t recent[most_recent] = {};  ///< the last rules that fired, when it failed
  std::uint32_t recent_count = 0;
  constexpr bool ok() const { return failure == RewriteFailure::none; }
};

/// Rewrites graphs with one matcher, and remembers every node it has done: later calls on the same graph reuse
/// the results of earlier ones. `Dense` keeps them by the graph's own numbers; without it a rewriter costs what
/// it looks at, however large the graph is.
template <class Matcher, bool Dense = detail::HasIndex<typename Matcher::graph_type>>
class Rewriter : private detail::Normalizer<typename Matcher::graph_type> {
 public:
  using G = typename Matcher::graph_type;
  using Context = typename Matcher::context_type;
  using node = node_of<G>;
  using T = graph_traits<G>;

  constexpr Rewriter(G& graph, Context& context, RewriteOptions options = {})
      : detail::Normalizer<G>{&normal_form_in},
        graph_(graph),
        context_(context),
        options_(options) {}

  constexpr RewriteResult<G> operator()(node root) {
    RewriteResult<G> result = (*this)(std::span<node>(&root, 1));
    result.node = root;
    return result;
  }
  /// Several nodes: their results are put in their place, after a failure none. The result's own node is none.
  constexpr RewriteResult<G> operator()(std::span<node> roots) {
    RewriteResult<G> result;
    const std::uint64_t before = rewrites_;
    const bool is_first = memo_.empty();
    reopen();
    if constexpr (keeps_none) settle_as_itself(T::none());
    if constexpr (detail::HasNodeAt<G> && Dense)
      if (is_first && options_.order == Order::bottom_up) sweep(roots);
    for (node root : roots)
      if (failure_ == RewriteFailure::none && memo_[number(root)].mark != Mark::done) settle(root);
    result.rewrites = rewrites_ - before;
    result.failure = failure_;
    if (result.ok())
      for (node& root : roots) root = memo_[number(root)].result;
    else
      describe(result);
    return result;
  }

  /// `n` is its own result: the rules do not see it, and nothing below it is looked at.
  constexpr void keep(node n) {
    settle_as_itself(n);
    has_kept_ = true;
  }

 private:
  /// wanted: not seen by the rules yet, and below the root. open: its result waits for that of another node.
  enum class Mark : std::uint32_t { unseen, wanted, open, done };  // without padding, so that memos are set at once
  struct Memo {
    node result = T::none();  // of what is done
    Mark mark = Mark::unseen;
    constexpr bool is_new() const { return mark == Mark::unseen || mark == Mark::wanted; }
  };
  /// Then none() is its own result, and what has few sources need not be asked how many.
  static constexpr bool keeps_none = Dense && detail::GivesNone<G>;
  static constexpr std::uint32_t most_depth = 16;  ///< of right sides within right sides
  /// A node whose result is being looked for, and what it has become so far.
  struct Frame {
    node current = T::none();
    std::size_t first_open = 0;  // its own nodes among open_: all have the result of this frame
    std::uint32_t next_source = 0;
    bool same = true;       // the sources before the next are their own results
    bool is_tried = false;  // by top-down rules
  };

  /// Takes up what a lambda's exception has cut short: nodes without a result are as if never seen.
  constexpr void reopen() {
    for (; open_.size() > 0; open_.pop()) memo_[open_.back()] = {};
    frames_.clear();
    depth_ = options_.order == Order::bottom_up ? 0 : most_depth;
  }

  constexpr std::uint32_t number(node n) {
    const std::uint32_t i = numbering_(graph_, n);
    if (i >= memo_.size()) [[unlikely]]
      memo_.resize_ahead(i + i / 8 + 64);  // what is set is still in the cache when it is written to
    return i;
  }

  constexpr void settle_as_itself(node n) {
    const std::uint32_t i = number(n);
    memo_[i] = {n, Mark::done};
  }
  constexpr const Memo& memo_of_known(node n) {
    if constexpr (Dense)
      return memo_[T::index(graph_, n)];
    else
      return memo_[number(n)];
  }

  /// All below the roots in the order of their numbers, sources first: neither stack nor jumps through memory.
  constexpr void sweep(std::span<const node> roots) {
    std::uint32_t last = 0;
    for (node root : roots) {
      const std::uint32_t i = number(root);
      memo_[i].mark = Mark::wanted;
      if (last < i) last = i;
    }
    for (std::uint32_t end = last + 1, begin; end > 0; end = begin) {
      begin = end - 1 - (end - 1) % looked_at_once;
      if (is_any_wanted(begin, end)) want_sources(begin, end);
    }
    if constexpr (keeps_none) settle_as_itself(T::none());
    for (std::uint32_t i = 0; i <= last; ++i)
      if (memo_[i].mark == Mark::wanted && !settle_above_done(T::node_at(graph_, i), i)) return;
  }
  static constexpr std::uint32_t looked_at_once = 64;
  constexpr bool is_any_wanted(std::uint32_t begin, std::uint32_t end) const {
    for (std::uint32_t i = begin; i < end; ++i)
      if (memo_[i].mark == Mark::wanted) return true;
    return false;
  }
  /// Wants the sources of what is wanted. Without a branch: which nodes of a graph are still in use no processor could
  /// foresee.
  constexpr void want_sources(std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t i = end; i-- > begin;) {
      const std::uint32_t is_wanted{memo_[i].mark == Mark::wanted};
      for_each_source(T::node_at(graph_, i), [&](node source) {
        Mark& mark = memo_[T::index(graph_, source)].mark;
        static_assert(static_cast<std::uint32_t>(Mark::wanted) == 1);
        mark = static_cast<Mark>(static_cast<std::uint32_t>(mark) | is_wanted);  // what is done stays so
      });
    }
  }
  WHITTLE_INLINE constexpr void for_each_source(node n, const auto& act) const {
    detail::for_each_source<keeps_none>(graph_, n, act);
  }

  /// A node whose sources are done; false if what a rule made of it has failed.
  WHITTLE_INLINE constexpr bool settle_above_done(node n, std::uint32_t i) {
    bool same = true;
    for_each_source(n, [&](node source) { same &= memo_[T::index(graph_, source)].result == source; });
    if (!same) return settle_rebuilt(n, i);
    const Match<G> match = find_match(n);
    if (match.found()) return settle_as(n, n, match);
    memo_[i] = {n, Mark::done};
    return true;
  }
  constexpr bool settle_rebuilt(node n, std::uint32_t i) {
    const node rebuilt = rebuild(n);
    const std::uint32_t to = number(rebuilt);
    if (memo_[to].mark == Mark::done) {
      memo_[i] = memo_[to];
      return true;
    }
    const Match<G> match = find_match(rebuilt);
    if (match.found()) return settle_as(n, rebuilt, match);
    const Memo done{rebuilt, Mark::done};  // read back from one entry for the other it would wait for its own stores
    memo_[i] = done;
    memo_[to] = done;
    return true;
  }
  /// What a node, rebuilt over its sources' results, has become by a rule. Apart, so that nodes which none matches keep
  /// the registers.
  [[gnu::noinline]] constexpr bool settle_as(node n, node rebuilt, const Match<G>& match) {
    open(number(n));
    if (!(rebuilt == n)) open(number(rebuilt));
    close(0, follow(match.node, makes_final_sources(match.rule)));
    return failure_ == RewriteFailure::none;
  }

  /// The result of what a rule has made of an open node. All nodes that lead to it are opened.
  constexpr node follow(node made, bool has_final_sources) {
    while (failure_ == RewriteFailure::none) {
      const std::uint32_t i = number(made);
      const Memo known = memo_[i];
      if (known.mark == Mark::done) return known.result;
      if (known.mark == Mark::open) {
        failure_ = RewriteFailure::rules_loop;
        return made;
      }
      if (!has_final_sources && !are_sources_results(made)) return settle(made);
      open(i);
      const Match<G> match = find_match(made);
      if (!match.found()) return made;
      made = match.node;
      has_final_sources = makes_final_sources(match.rule);
    }
    return made;
  }
  /// Whether all sources of what an expression rule makes are results.
  constexpr bool makes_final_sources(std::uint32_t rule) const {
    if constexpr (makes_only_results)
      return depth_ < most_depth && !has_kept_ && !Matcher::table.rules[rule].is_lambda;
    else
      return false;
  }
  constexpr bool are_sources_results(node n) {
    bool all = true;
    for_each_source(n, [&](node source) {
      const Memo& known = memo_[number(source)];
      all &= (known.mark == Mark::done) & (known.result == source);
    });
    return all;
  }

  // What a right side makes within itself is brought to normal form while it is made, from the leaves up: then what it
  // is made into has its final sources at once. Beyond some depth, and where rewrites are recorded as they are
  // written, it is left to frames.
  static constexpr bool records = requires(Context& c) { c.record(RewriteStep<G>{}); };
  static constexpr bool normalizes = !records && requires(G& g, node n, Context& c, detail::Normalizer<G>* normalizer) {
    Matcher::match(g, n, c, normalizer);
  };
  /// All that lies below a node which is matched are results, and what a right side makes within itself is, too. What
  /// stands for an operand that is missing need not be, nor what a context or a lambda makes.
  static constexpr bool find_makes_only_results() {
    if constexpr (
        normalizes && requires { Matcher::table.rows; } &&
        !requires(G& g, node n, Context& c) { c.conform(g, n, n); }) {
      for (std::size_t row = 0; row < Matcher::table.row_count; ++row)
        if (Matcher::table.rows[row].has_default) return false;
      return true;
    } else {
      return false;
    }
  }
  static constexpr bool makes_only_results = find_makes_only_results();
  static constexpr node normal_form_in(detail::Normalizer<G>& self, node made) {
    return static_cast<Rewriter&>(self).normal_form(made);
  }
  constexpr node normal_form(node made) {
    if (depth_ == most_depth) return made;
    if (const Memo& known = memo_[number(made)]; known.mark == Mark::done) return known.result;
    ++depth_;
    const std::size_t first = open_.size();
    const node result = follow(made, makes_only_results && !has_kept_);
    close(first, result);
    --depth_;
    return result;
  }

  constexpr void open(std::uint32_t i) {
    memo_[i].mark = Mark::open;
    open_.append(i);
  }
  /// All nodes that have been opened since have their result.
  constexpr void close(std::size_t first, node result) {
    for (; open_.size() > first; open_.pop()) memo_[open_.back()] = {result, Mark::done};
  }

  /// The result of a node of which nothing is known.
  constexpr node settle(node n) {
    const std::size_t base = frames_.size();
    push(n);
    while (frames_.size() > base && failure_ == RewriteFailure::none) step();
    return failure_ == RewriteFailure::none ? memo_[number(n)].result : n;
  }

  constexpr void push(node n) {
    if (frames_.empty()) frames_.reserve(16);  // enough for most expressions
    frames_.append(n, open_.size());
    open(number(n));
  }

  constexpr void step() {
    const node n = frames_.back().current;
    if (options_.order == Order::top_down && !frames_.back().is_tried) {
      const Match<G> match = find_match(n);
      if (match.found()) {
        lead_to(match.node);
        return;
      }
      frames_.back().is_tried = true;
    }
    if (!are_sources_done(n)) return;
    const node rebuilt = frames_.back().same ? n : rebuild(n);
    if (options_.order == Order::top_down) {
      memo_[number(rebuilt)] = {rebuilt, Mark::done};
      return finish(rebuilt);
    }
    if (!(rebuilt == n) && !lead_to(rebuilt)) return;
    const Match<G> match = find_match(rebuilt);
    if (match.found())
      lead_to(match.node);
    else
      finish(rebuilt);
  }

  /// Whether all sources of the last frame's node are done; else the first that is not has a frame now, or the rewrite
  /// has failed.
  constexpr bool are_sources_done(node n) {
    Frame& frame = frames_.back();
    for (const std::uint32_t count = T::arity(graph_, n); frame.next_source < count; ++frame.next_source) {
      const node source = T::source(graph_, n, frame.next_source);
      const Memo& known = memo_[number(source)];
      if (known.mark == Mark::done) {
        frame.same = frame.same && known.result == source;
      } else if (known.is_new()) {
        push(source);
        return false;
      } else {
        failure_ = rules_lead_to(source) ? RewriteFailure::rules_loop : RewriteFailure::graph_is_cyclic;
        return false;
      }
    }
    return true;
  }

  /// The last frame's node has the result of another; true if that has to be found first.
  constexpr bool lead_to(node to) {
    const std::uint32_t i = number(to);
    if (memo_[i].mark == Mark::done) {
      finish(memo_[i].result);
      return false;
    }
    if (!memo_[i].is_new()) {
      failure_ = RewriteFailure::rules_loop;
      return false;
    }
    open(i);
    frames_.back() = {to, frames_.back().first_open};
    return true;
  }

  /// The last frame's nodes have their result.
  constexpr void finish(node result) {
    close(frames_.back().first_open, result);
    frames_.pop();
  }

  /// Whether a rule has part in the cycle that leads from the last frame back to a node that is open.
  constexpr bool rules_lead_to(node n) {
    const std::uint32_t i = number(n);
    std::size_t end = open_.size();
    for (std::size_t f = frames_.size(); f-- > 0; end = frames_[f].first_open) {
      if (end - frames_[f].first_open > 1) return true;
      if (open_[frames_[f].first_open] == i) return false;
    }
    return true;
  }

  /// The node over its sources' results.
  constexpr node rebuild(node n) {
    const std::size_t count = T::arity(graph_, n);
    const auto result = [&](std::uint32_t k) { return memo_of_known(detail::few_source<G>(graph_, n, k)).result; };
    if (count == 2)
      return detail::make_of_two(graph_, T::op(graph_, n), detail::dtype_in(graph_, n), result(0), result(1),
                                 detail::argument_in(graph_, n));
    if (count > detail::few_sources) [[unlikely]]
      return rebuild_of_many(n);
    node results[detail::few_sources] = {T::none(), T::none(), T::none()};
    for (std::uint32_t k = 0; k < count; ++k) results[k] = result(k);
    return over(n, std::span<const node>(results, count));
  }
  constexpr node rebuild_of_many(node n) {
    sources_.clear();
    for_each_source(n, [&](node source) { sources_.append(memo_of_known(source).result); });
    return over(n, std::span<const node>(sources_.data(), sources_.size()));
  }
  WHITTLE_INLINE constexpr node over(node n, std::span<const node> sources) {
    return T::make(graph_, T::op(graph_, n), detail::dtype_in(graph_, n), sources, detail::argument_in(graph_, n));
  }

  WHITTLE_INLINE constexpr Match<G> match_of(node n) {
    if constexpr (normalizes)
      return Matcher::match(graph_, n, context_, this);
    else
      return Matcher::match(graph_, n, context_);
  }
  /// What a rule makes of a node: counted, recorded and checked against the budget.
  constexpr Match<G> find_match(node n) {
    const Match<G> match = match_of(n);
    if (!match.found()) return match;
    recent_[rewrites_ % RewriteResult<G>::most_recent] = match.rule;
    ++rewrites_;
    if (options_.counts != nullptr) ++options_.counts[match.rule];
#ifdef WHITTLE_COUNT_RULES
    if constexpr (requires { Matcher::rules(); })
      if (!std::is_constant_evaluated()) detail::count_rule<Matcher>(match.rule);
#endif
    if constexpr (requires { context_.record(RewriteStep<G>{}); })
      context_.record(RewriteStep<G>{match.rule, n, match.node});
    if (rewrites_ > options_.budget) failure_ = RewriteFailure::budget_spent;
    return match;
  }

  constexpr void describe(RewriteResult<G>& result) const {
    for (std::uint32_t k = 0; k < RewriteResult<G>::most_recent && k < rewrites_; ++k) {
      bool seen = false;
      for (std::uint32_t j = 0; j < result.recent_count; ++j) seen = seen || result.recent[j] == recent_[k];
      if (!seen) result.recent[result.recent_count++] = recent_[k];
    }
  }

  G& graph_;
  Context& context_;
  RewriteOptions options_;
  detail::Numbering<G, Dense> numbering_;
  GrowingArray<Memo> memo_;
  GrowingArray<Frame> frames_;
  GrowingArray<std::uint32_t> open_;
  std::uint32_t depth_ = 0;
  bool has_kept_ = false;  ///< nodes whose sources need not be results
  GrowingArray<node> sources_;
  std::uint32_t recent_[RewriteResult<G>::most_recent] = {};
  std::uint64_t rewrites_ = 0;
  RewriteFailure failure_ = RewriteFailure::none;
};

/// Rewrites everything below `root` with a matcher's rules.
template <class Matcher>
constexpr RewriteResult<typename Matcher::graph_type>
rewrite(typename Matcher::graph_type& graph, node_of<typename Matcher::graph_type> root,
        typename Matcher::context_type& context, RewriteOptions options = {}) {
  return Rewriter<Matcher>(graph, context, options)(root);
}
template <class Matcher>
constexpr auto rewrite(typename Matcher::graph_type& graph, node_of<typename Matcher::graph_type> root,
                       RewriteOptions options = {}) {
  typename Matcher::context_type context{};
  return Rewriter<Matcher>(graph, context, options)(root);
}

}  // namespace v0
}  // namespace whittle
