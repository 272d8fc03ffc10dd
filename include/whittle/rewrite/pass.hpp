// Passes and pipelines: named steps over a graph that a program can list, change and time.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include <whittle/core/error.hpp>
#include <whittle/rewrite/report.hpp>
#include <whittle/rewrite/rule_by_rule.hpp>
#include <whittle/rewrite/trace.hpp>

namespace whittle {
inline namespace v0 {

/// What one pass did, summed over its runs.
struct PassStatistics {
  std::string name;
  std::uint64_t runs = 0;
  std::uint64_t nodes = 0;  ///< distinct nodes that it was given
  std::uint64_t expression_rewrites = 0, lambda_rewrites = 0;
  double seconds = 0;
  const RuleSetView* rules = nullptr;
  std::vector<std::uint64_t> hits;  ///< by rule
  bool times_rules = false;         ///< set it before a run: then rules are tried one by one, and timed
  std::vector<RuleCost> costs;      ///< by rule, of the runs that were timed
  std::uint64_t rewrites() const { return expression_rewrites + lambda_rewrites; }
};

namespace detail {

/// The context of a PassMatcher: the compiled rules of a pass, and the context that their lambdas get.
template <class G, class Context>
struct PassRules {
  using Function = Match<G> (*)(G&, node_of<G>, Context&, Normalizer<G>*);
  Context& inner;
  Function match;
  void record(const RewriteStep<G>& step)
    requires requires(Context& c) { c.record(step); }
  {
    inner.record(step);
  }
};
/// Calls a pass's rules. With it all passes over one kind of graph share a driver, which takes longer to compile than
/// the rules of most of them.
template <class G, class Context>
struct PassMatcher {
  using graph_type = G;
  using context_type = PassRules<G, Context>;
  static Match<G> match(G& graph, node_of<G> n, context_type& rules, Normalizer<G>* normalizer = nullptr) {
    return rules.match(graph, n, rules.inner, normalizer);
  }
};

}  // namespace detail

/// A step over the graph below `root`: rules compiled in the file that made the pass, or a function.
/// `Context` is what the rules' lambdas and the function get beside the graph.
template <class G, class Context>
struct BasicPass {
  using node = node_of<G>;
  using Rules = detail::PassRules<G, Context>;
  using Function = node (*)(G&, node root, Context&);

  std::string name;
  Order order = Order::bottom_up;
  typename Rules::Function match = nullptr;
  Function function = nullptr;                  ///< of a pass without rules
  bool (*condition)(const Context&) = nullptr;  ///< where it is false, the pass does nothing; null: always
  const RuleSetView* rules = nullptr;
  TableView table = {};  ///< the rules as data, by which one of them alone is applied
  const detail::LambdaCall<G, Context>* lambdas = nullptr;
  std::uint64_t hash = 0;  ///< of the name and the text of the rules

  /// The pass, only where the condition holds.
  BasicPass where(bool (*holds)(const Context&)) const {
    BasicPass limited = *this;
    limited.condition = holds;
    return limited;
  }

  /// What one rule alone makes of a node: replays a recorded rewrite.
  Match<G> apply(G& graph, node n, Context& context, std::size_t rule) const {
    return match_rule<G, Context>(table, lambdas, graph, n, context, rule);
  }

  /// Runs the pass; a failure (rules that do not end) leaves the graph as it was and says so. What a lambda throws
  /// is thrown on, nested in a GraphError that names its rule, with `root` as it was.
  Status run(G& graph, node& root, Context& context, PassStatistics& statistics) const {
    if (condition != nullptr && !condition(context)) return {};
    ++statistics.runs;
    if (function != nullptr) {
      root = function(graph, root, context);
      return {};
    }
    statistics.rules = rules;
    statistics.hits.resize(rules->rule_count);
    std::vector<std::uint64_t> counts(rules->rule_count);
    RewriteOptions options;
    options.order = order;
    options.counts = counts.data();
    if constexpr (requires { context.begin(graph, *this); }) context.begin(graph, *this);
    if (statistics.times_rules) statistics.costs.resize(rules->rule_count);
    const RewriteResult<G> result =
        run_rules(graph, root, context, options, statistics.times_rules ? statistics.costs.data() : nullptr);
    if (!result.ok()) return status_of(result, *rules);
    root = result.node;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      statistics.hits[i] += counts[i];
      (rules->rules[i].is_lambda ? statistics.lambda_rewrites : statistics.expression_rewrites) += counts[i];
    }
    return {};
  }

 private:
  using Tables = detail::RuleByRule<G, Context>;
  static RewriteResult<G> by_tables(G& graph, node root, Tables& tables, RewriteOptions options) {
    return v0::rewrite<detail::RuleByRuleMatcher<G, Context>>(graph, root, tables, options);
  }

  RewriteResult<G> run_rules(G& graph, node root, Context& context, RewriteOptions options, RuleCost* costs) const {
#ifdef __cpp_exceptions
    try {
#endif
      Rules compiled{context, match};
      if (costs == nullptr) return v0::rewrite<detail::PassMatcher<G, Context>>(graph, root, compiled, options);
      Tables tables{table, lambdas, context, costs};
      return by_tables(graph, root, tables, options);
#ifdef __cpp_exceptions
    } catch (const std::exception& error) {
      std::throw_with_nested(GraphError(blame(graph, root, context, options) + ": " + error.what()));
    } catch (...) {
      std::throw_with_nested(GraphError(blame(graph, root, context, options)));
    }
#endif
  }

#ifdef __cpp_exceptions
  /// Says which rule threw: that is known only where rules are tried one by one, so the pass is run again.
  std::string blame(G& graph, node root, Context& context, RewriteOptions options) const {
    const std::string what = "rewriting with '" + std::string(rules->name) + "': ";
    Tables tables{table, lambdas, context};
    tables.records = false;
    options.counts = nullptr;
    try {
      by_tables(graph, root, tables, options);
    } catch (...) {
      if (tables.current != detail::no_rule) return what + "the rule " + place_of(*rules, tables.current) + " threw";
    }
    return what + "an exception was thrown";
  }
#endif
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
  pass.match = [](G& graph, node_of<G> n, Context& context, detail::Normalizer<G>* normalizer) {
    const Match<G> match = matcher<Set, G, Context>::match(graph, n, context, normalizer);
#ifdef WHITTLE_COUNT_RULES
    if (match.found()) detail::count_rule<matcher<Set, G, Context>>(match.rule);  // the shared driver cannot tell
#endif
    return match;
  };
  pass.rules = &detail::view_of_set<Set>;
  pass.table = matcher<Set, G, Context>::table;
  pass.lambdas = matcher<Set, G, Context>::lambdas.of;
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
