// Each rule by itself, on random small instances of its left side, compared on every point: 8-bit integers where it
// is for fixed widths, NaN, infinities and both zeros where it is for floats.
#include <catch2/catch.hpp>

#include <whittle/match/rule_text.hpp>
#include <whittle/simplify.hpp>

#include "instance.hpp"

namespace simplify_soundness {

namespace {

using namespace brute_force;

struct Outcome {
  int fired = 0;
  std::string wrong;
};

template <const auto& Set>
Outcome check_rule(std::size_t rule, unsigned seed, int tries, int enough) {
  Outcome outcome;
  Random random(seed + static_cast<unsigned>(rule) * 7919u);
  for (int i = 0; i < tries && outcome.fired < enough; ++i) {
    Graph g;
    const Instance instance(g, random, RuleSetView(Set), rule);
    if (instance.root == Node::none || instance.domain.points() > 2000) continue;
    const Node after = apply_rule<matcher<Set, Graph>>(g, instance.root, rule);
    if (after == Node::none) continue;
    ++outcome.fired;
    if (g.dtype(after) != g.dtype(instance.root))
      outcome.wrong = "another dtype: " + text(g, instance.root) + " -> " + text(g, after);
    else
      outcome.wrong = difference(g, instance.root, after, instance.domain);
    if (!outcome.wrong.empty()) return outcome;
  }
  return outcome;
}

using namespace dsl;
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">;

// clang-format off
inline constexpr auto wrong_for_index = rules<unbounded>("wrong for index",
    (x / c) * c       >>= x,
    (x % c1) % c2     >>= x % c2                    |= when(c1 > 0 && c2 > 0),
    x * 0             >>= 1,
    (x % c1) / c2     >>= (x / c2) % (c1 / c2)      |= when(c1 > 0 && c2 > 0),
    x < y             >>= x + 1 < y,
    x * c             >>= with(x)([](auto&, auto p) { return p; }));
inline constexpr auto wrong_for_fixed_widths = rules<wrapping>("wrong for fixed widths",
    x < y             >>= x - y < 0,
    x + 1 < y + 1     >>= x < y,
    cdiv(x * c, c)    >>= x                         |= when(c != 0));
inline constexpr auto wrong_for_floats = rules<floating>("wrong for floats",
    x * 0             >>= 0,
    x + 0             >>= x,
    x - x             >>= 0,
    x == x            >>= true,
    fdiv(x, x)        >>= 1,
    (x + y) - y       >>= x);
// clang-format on

template <const auto& Set>
void finds_all_wrong() {
  for (std::size_t rule = 0; rule < Set.rule_count; ++rule) {
    INFO(place_of(Set, rule));
    CHECK(!check_rule<Set>(rule, 1, 30'000, 400).wrong.empty());
  }
}

template <const auto& Set>
void check_set(unsigned seed, int tries, int enough) {
  for (std::size_t rule = 0; rule < Set.rule_count; ++rule) {
    if (std::string(text_of(Set, rule)).find("bitcast") != std::string::npos) continue;  // no arithmetic in it
    const Outcome outcome = check_rule<Set>(rule, seed, tries, enough);
    INFO(place_of(Set, rule) << ": " << outcome.wrong);
    CHECK(outcome.wrong.empty());
    CHECK(outcome.fired > 0);
  }
}
void check_all(unsigned seed, int tries, int enough) {
  check_set<builtin::sum_order>(seed, tries, enough);
  check_set<simplify_rules>(seed, tries, enough);
}

/// The set alone, on instances of the left sides of all rules.
template <const auto& Set>
void ends_on_all_left_sides() {
  for (std::size_t rule = 0; rule < simplify_rules.rule_count; ++rule)
    for (unsigned i = 0; i < 20; ++i) {
      Graph g;
      Random random(i * 131u + static_cast<unsigned>(rule) * 7919u);
      const Instance instance(g, random, RuleSetView(simplify_rules), rule);
      if (instance.root == Node::none) continue;
      const auto result = rewrite<matcher<Set, Graph>>(g, instance.root);
      INFO(text(g, instance.root));
      REQUIRE(result.ok());
    }
}

}  // namespace

TEST_CASE("simplify: each rule holds on every point of small instances") { check_all(1, 30'000, 40); }

TEST_CASE("simplify: a set by itself ends on what the others would have changed") {
  ends_on_all_left_sides<builtin::index_algebra>();
  ends_on_all_left_sides<builtin::index_sums>();
  ends_on_all_left_sides<sum_order_rules>();
  ends_on_all_left_sides<builtin::divmod>();
  ends_on_all_left_sides<builtin::index_comparison>();
  Graph g;
  const UOp v = variable(g, "v", 0, 9), w = variable(g, "w", 0, 9);
  for (const UOp given : {v % 1 + 2, v % 1 + w % 1, v / 1 + v % 1, v - v / 1 + w, v % 4 + v % 1})
    CHECK(rewrite<matcher<builtin::index_sums, Graph>>(g, given.node).node != Node::none);
}

TEST_CASE("simplify: each rule holds on many instances", "[.long]") { check_all(77, 200'000, 2'000); }

// x / x is right wherever it has a value: brute force can't blame it, so it is not among these.
TEST_CASE("simplify: brute force finds wrong rules") {
  finds_all_wrong<wrong_for_index>();
  finds_all_wrong<wrong_for_fixed_widths>();
  finds_all_wrong<wrong_for_floats>();
}

}  // namespace simplify_soundness
