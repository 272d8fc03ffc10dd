// The driver: applies a matcher to a whole graph until nothing matches. Iterative, whatever the graph's depth.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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
class Rewriter {
 public:
  using G = typename Matcher::graph_type;
  using Context = typename Matcher::context_type;
  using node = node_of<G>;
  using T = graph_traits<G>;

  constexpr Rewriter(G& graph, Context& context, RewriteOptions options = {})
      : graph_(graph),
        context_(context),
        options_(options) {}

  constexpr RewriteResult<G> operator()(node root) {
    RewriteResult<G> result;
    const std::uint64_t before = rewrites_;
    reopen();
    stack_.push_back(root);
    while (!stack_.empty() && failure_ == RewriteFailure::none) step();
    result.rewrites = rewrites_ - before;
    result.failure = failure_;
    result.node = failure_ == RewriteFailure::none ? memo_[number(root)].result : root;
    if (!result.ok()) describe(result);
    return result;
  }

 private:
  enum class Mark : std::uint8_t { unseen, open, forwarded, done };
  struct Memo {
    node result = T::none();  // forwarded: the node whose result is this node's
    Mark mark = Mark::unseen;
  };

  /// Takes up what a lambda's exception has cut short: the nodes on the stack are as if never seen.
  constexpr void reopen() {
    for (; !stack_.empty(); stack_.pop_back())
      if (Memo& memo = memo_[number(stack_.back())]; memo.mark != Mark::done) memo = {};
  }

  constexpr std::uint32_t number(node n) {
    const std::uint32_t i = numbering_(graph_, n);
    if (i >= memo_.size()) memo_.resize(i + 1 + i / 2);
    return i;
  }

  constexpr void step() {
    const node n = stack_.back();
    const std::uint32_t i = number(n);
    switch (memo_[i].mark) {
    case Mark::done: stack_.pop_back(); break;
    case Mark::forwarded: forward(i, memo_[i].result); break;
    case Mark::unseen:
      if (options_.order == Order::top_down && try_rules(n, i)) break;
      memo_[i].mark = Mark::open;
      [[fallthrough]];
    case Mark::open: visit(n, i);
    }
  }

  /// The result of node i is that of another, which has to be done first.
  constexpr void forward(std::uint32_t i, node to) {
    memo_[i] = {to, Mark::forwarded};
    const Memo target = memo_[number(to)];
    if (target.mark == Mark::done)
      finish(i, target.result);
    else if (target.mark == Mark::unseen)
      stack_.push_back(to);
    else
      failure_ = RewriteFailure::rules_loop;
  }

  constexpr void finish(std::uint32_t i, node result) {
    memo_[i] = {result, Mark::done};
    stack_.pop_back();
  }

  /// Closes a node whose sources are done; pushes those that are not.
  constexpr void visit(node n, std::uint32_t i) {
    const std::size_t before = stack_.size();
    bool same = true;
    for (std::uint32_t k = T::arity(graph_, n); k-- > 0;) {
      const node source = T::source(graph_, n, k);
      const Memo known = memo_[number(source)];
      if (known.mark == Mark::done) {
        same = same && known.result == source;
      } else if (known.mark == Mark::unseen) {
        stack_.push_back(source);
      } else {
        failure_ = rules_lead_to(source) ? RewriteFailure::rules_loop : RewriteFailure::graph_is_cyclic;
        return;
      }
    }
    if (stack_.size() == before) close(n, i, same);
  }

  /// Whether a rule has part in the cycle that leads from the top of the stack back to a node below.
  constexpr bool rules_lead_to(node n) {
    std::size_t at = stack_.size();
    while (at > 0 && memo_[number(stack_[at - 1])].mark != Mark::forwarded && !(stack_[at - 1] == n)) --at;
    return at == 0 || !(stack_[at - 1] == n) || memo_[number(n)].mark == Mark::forwarded;
  }

  constexpr void close(node n, std::uint32_t i, bool same) {
    const node rebuilt = same ? n : rebuild(n);
    if (options_.order == Order::top_down) {
      if (!(rebuilt == n)) memo_[number(rebuilt)] = {rebuilt, Mark::done};
      finish(i, rebuilt);
    } else if (!(rebuilt == n)) {
      forward(i, rebuilt);
    } else if (!try_rules(n, i)) {
      finish(i, n);
    }
  }

  /// The node over its sources' results.
  constexpr node rebuild(node n) {
    sources_.clear();
    for (std::uint32_t k = 0; k < T::arity(graph_, n); ++k)
      sources_.push_back(memo_[number(T::source(graph_, n, k))].result);
    return T::make(graph_, T::op(graph_, n), detail::dtype_in(graph_, n), std::span<const node>(sources_),
                   detail::argument_in(graph_, n));
  }

  constexpr bool try_rules(node n, std::uint32_t i) {
    const Match<G> match = Matcher::match(graph_, n, context_);
    if (!match.found()) return false;
    recent_[rewrites_ % RewriteResult<G>::most_recent] = match.rule;
    ++rewrites_;
    if (options_.counts != nullptr) ++options_.counts[match.rule];
#ifdef WHITTLE_COUNT_RULES
    if constexpr (requires { Matcher::rules(); })
      if (!std::is_constant_evaluated()) detail::count_rule<Matcher>(match.rule);
#endif
    if constexpr (requires { context_.record(RewriteStep<G>{}); })
      context_.record(RewriteStep<G>{match.rule, n, match.node});
    forward(i, match.node);
    if (rewrites_ > options_.budget) failure_ = RewriteFailure::budget_spent;
    return true;
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
  std::vector<Memo> memo_;
  std::vector<node> stack_, sources_;
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
