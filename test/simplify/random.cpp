// Random index expressions: the same values on every point before and after, bounds that hold, idempotence.
#include <catch2/catch.hpp>

#include <whittle/rewrite/report.hpp>
#include <whittle/simplify.hpp>

#include "expressions.hpp"
#include "sanitized.hpp"

namespace simplify_random {

namespace {

using namespace brute_force;

/// Bounds of an expression may be lost only where a condition was used to simplify it.
bool keeps_bounds(Graph& g, Node before, Node after) {
  if (g.op(after) == Op::invalid || g.op(after) == Op::where) return true;
  const Interval was = interval_of(g, before), is = interval_of(g, after);
  return is.low >= was.low && is.high <= was.high;
}

bool contains_where(const Graph& g, Node root) {
  std::vector<Node> stack{root};
  while (!stack.empty()) {
    const Node n = stack.back();
    stack.pop_back();
    if (g.op(n) == Op::where) return true;
    for (Node source : g.sources(n)) stack.push_back(source);
  }
  return false;
}

std::string failure_of(unsigned seed, std::vector<std::uint64_t>& counts) {
  Random random(seed);
  Graph g;
  Domain domain;
  Expressions expressions(g, random);
  expressions.make_variables(domain);
  const int kind = pick(random, 6), depth = 2 + pick(random, 4);
  const Node before = kind == 0  ? expressions.condition(4)
                      : kind < 3 ? expressions.reshaped()
                                 : expressions.index(depth);
  // The rules alone, and after the pass that puts sums in order.
  Node given = before;
  if (seed % 2 == 0) given = rewrite<matcher<sum_order_rules, Graph>>(g, before).node;
  NoContext context;
  RewriteOptions options;
  options.counts = counts.data();
  options.budget = 20'000;
  const auto result = rewrite<matcher<simplify_rules, Graph>>(g, given, context, options);
  const std::string shown = command_line(g, before, domain) + "\n  " + expression(g, result.node);
  if (!result.ok()) return shown + ": " + status_of(result, simplify_rules).message();
  if (std::string wrong = difference(g, before, result.node, domain); !wrong.empty()) return shown + "\n  " + wrong;
  if (!contains_where(g, before) && !keeps_bounds(g, before, result.node)) return "looser bounds: " + shown;
  if (const Node again = simplify(g, result.node); again != result.node)
    return "not idempotent: " + shown + "\n  " + expression(g, again);
  return "";
}

void check(unsigned first, unsigned count, std::vector<std::uint64_t>& counts) {
  for (unsigned seed = first; seed < first + count; ++seed) {
    const std::string failure = failure_of(seed, counts);
    INFO("seed " << seed << ": " << failure);
    REQUIRE(failure.empty());
  }
}

}  // namespace

TEST_CASE("simplify: random expressions keep their values") {
  std::vector<std::uint64_t> counts(simplify_rules.rule_count);
  check(1, is_sanitized ? 4'000 : 10'000, counts);
}

TEST_CASE("simplify: a million random expressions keep their values", "[.long]") {
  std::vector<std::uint64_t> counts(simplify_rules.rule_count);
  check(100'000, 1'000'000, counts);
  for (std::size_t rule = 0; rule < simplify_rules.rule_count; ++rule)
    if (counts[rule] == 0) WARN("never fired: " << place_of(simplify_rules, rule));
}

}  // namespace simplify_random
