// Passes and pipelines: named steps over a graph that a program can list, change and time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <whittle/rewrite/report.hpp>

namespace whittle {
inline namespace v0 {

/// What one pass did, summed over its runs.
struct PassStatistics {
  std::string name;
  std::uint64_t runs = 0;
  std::uint64_t nodes = 0;  ///< distinct nodes that it was given
  std::uint64_t expression_rewrites = 0, lambda_rewrites = 0;
  double seconds = 0;
  std::vector<std::uint64_t> hits;  ///< by rule
  std::uint64_t rewrites() const { return expression_rewrites + lambda_rewrites; }
};

/// A step over the graph below `root`: rules compiled in the file that made the pass, or a function.
/// `Context` is what the rules' lambdas and the function get beside the graph.
template <class G, class Context>
struct BasicPass {
  using node = node_of<G>;
  using Rewrite = RewriteResult<G> (*)(G&, node root, Context&, RewriteOptions);
  using Function = node (*)(G&, node root, Context&);

  std::string name;
  Order order = Order::bottom_up;
  Rewrite rewrite = nullptr;
  Function function = nullptr;                  ///< of a pass without rules
  bool (*condition)(const Context&) = nullptr;  ///< where it is false, the pass does nothing; null: always
  const RuleSetView* rules = nullptr;
  std::uint64_t hash = 0;  ///< of the name and the text of the rules

  /// The pass, only where the condition holds.
  BasicPass where(bool (*holds)(const Context&)) const {
    BasicPass limited = *this;
    limited.condition = holds;
    return limited;
  }

  /// Runs the pass; a failure (rules that do not end) leaves the graph as it was and says so.
  Status run(G& graph, node& root, Context& context, PassStatistics& statistics) const {
    if (condition != nullptr && !condition(context)) return {};
    ++statistics.runs;
    if (function != nullptr) {
      root = function(graph, root, context);
      return {};
    }
    statistics.hits.resize(rules->rule_count);
    std::vector<std::uint64_t> counts(rules->rule_count);
    RewriteOptions options;
    options.order = order;
    options.counts = counts.data();
    const RewriteResult<G> result = rewrite(graph, root, context, options);
    if (!result.ok()) return status_of(result, *rules);
    root = result.node;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      statistics.hits[i] += counts[i];
      (rules->rules[i].is_lambda ? statistics.lambda_rewrites : statistics.expression_rewrites) += counts[i];
    }
    return {};
  }
};

namespace detail {
inline std::uint64_t hash_rules(const RuleSetView& set) {
  std::uint64_t hash = hash_text(set.name);
  for (std::size_t i = 0; i < set.rule_count; ++i) hash = combine(hash, hash_text(text_of(set, i)));
  return hash;
}
template <const auto& Set>
inline constexpr RuleSetView view_of_set{Set};
}  // namespace detail

/// A pass of rules, compiled where this is called: a user's pass recompiles nothing else.
template <const auto& Set, class G, class Context>
BasicPass<G, Context> rule_pass(std::string name, Order order = Order::bottom_up) {
  BasicPass<G, Context> pass;
  pass.name = std::move(name);
  pass.order = order;
  pass.rewrite = [](G& graph, node_of<G> root, Context& context, RewriteOptions options) {
    return rewrite<matcher<Set, G, Context>>(graph, root, context, options);
  };
  pass.rules = &detail::view_of_set<Set>;
  pass.hash = combine(hash_text(pass.name), detail::hash_rules(*pass.rules));
  return pass;
}

/// A pass that is a function over the graph.
template <class G, class Context>
BasicPass<G, Context> function_pass(std::string name, typename BasicPass<G, Context>::Function function) {
  BasicPass<G, Context> pass;
  pass.name = std::move(name);
  pass.function = function;
  pass.hash = hash_text(pass.name);
  return pass;
}

/// Passes in order.
template <class G, class Context>
class BasicPipeline {
 public:
  using Pass = BasicPass<G, Context>;
  std::vector<Pass> passes;

  bool has(std::string_view name) const { return position(name) < passes.size(); }
  /// Puts a pass after the one of that name; false if there is none.
  bool after(std::string_view name, Pass pass) { return insert(position(name), 1, std::move(pass)); }
  /// Puts a pass before the one of that name; false if there is none.
  bool before(std::string_view name, Pass pass) { return insert(position(name), 0, std::move(pass)); }
  bool remove(std::string_view name) {
    const std::size_t at = position(name);
    if (at == passes.size()) return false;
    passes.erase(passes.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }
  /// Part of every cache key.
  std::uint64_t hash() const {
    std::uint64_t hash = 0;
    for (const Pass& pass : passes) hash = combine(hash, pass.hash);
    return hash;
  }

 private:
  std::size_t position(std::string_view name) const {
    std::size_t at = 0;
    while (at < passes.size() && passes[at].name != name) ++at;
    return at;
  }
  bool insert(std::size_t at, std::size_t offset, Pass pass) {
    if (at == passes.size()) return false;
    passes.insert(passes.begin() + static_cast<std::ptrdiff_t>(at + offset), std::move(pass));
    return true;
  }
};

}  // namespace v0
}  // namespace whittle
