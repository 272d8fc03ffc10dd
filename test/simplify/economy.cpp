// The cheaper form: the same values, never a higher cost, the same form again of what the rules make of it.
#include <catch2/catch.hpp>

#include <whittle/simplify/economy.hpp>

#include "expressions.hpp"

namespace simplify_economy {

namespace {

using namespace brute_force;

/// What is wrong with the economical form of a random expression.
std::string failure_of(unsigned seed) {
  Random random(seed);
  Graph g;
  Domain domain;
  Expressions expressions(g, random);
  expressions.make_variables(domain);
  const int kind = pick(random, 6);
  const Node given = kind == 0  ? expressions.condition(4)
                     : kind < 3 ? expressions.reshaped()
                                : expressions.index(2 + pick(random, 3));
  const Node simple = simplify(g, given), after = cheapest(g, given);
  const std::string shown =
      command_line(g, given, domain) + "\n  " + expression(g, simple) + "\n  " + expression(g, after);
  if (std::string wrong = difference(g, given, after, domain); !wrong.empty()) return shown + "\n  " + wrong;
  if (cost_of(g, after) > std::min(cost_of(g, given), cost_of(g, simple))) return "costlier: " + shown;
  const Node again = simplify(g, after);
  if (after == given && again != simple) return "another way: " + shown + "\n  " + expression(g, again);
  const Interval was = interval_of(g, simple), is = interval_of(g, again);
  if (is.low < was.low || is.high > was.high) return "looser bounds: " + shown + "\n  " + expression(g, again);
  if (const Node twice = cheapest(g, after); twice != after)
    return "not idempotent: " + shown + "\n  " + expression(g, twice);
  return "";
}

}  // namespace

TEST_CASE("economy: random expressions keep their values") {
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    const std::string failure = failure_of(seed);
    INFO("seed " << seed << ": " << failure);
    REQUIRE(failure.empty());
  }
}

TEST_CASE("economy: a hundred thousand random expressions keep their values", "[.long]") {
  for (unsigned seed = 10'000; seed < 110'000; ++seed) {
    const std::string failure = failure_of(seed);
    INFO("seed " << seed << ": " << failure);
    REQUIRE(failure.empty());
  }
}

TEST_CASE("economy: what a processor does in passing costs nothing") {
  Graph g;
  const UOp x = variable(g, "x", 0, 9), y = variable(g, "y", 0, 9);
  CHECK(cost_of(g, (x + y * -1).node) == cost_of(g, (x - y).node));
  CHECK(cost_of(g, (x < y + 1).node) == cost_of(g, (x <= y).node));
  CHECK(cost_of(g, (x * -1).node) == 2);
  CHECK(cost_of(g, (x * 3 % 7 + x * 3).node) == 1 + 1 + 3 + 1 + 16 + 1);
}

TEST_CASE("economy: remainders come from quotients that are there") {
  Graph g;
  const UOp i = variable(g, "i", 0, 5543);
  const UOp shuffled = i / 14 % 3 * 1848 + i / 14 / 3 * 14 + i % 14;
  const Node after = economize(g, simplify(shuffled).node);
  int divisions = 0;
  for (const auto& entry : detail::Form<Graph>(g, after).entries)
    divisions += g.op(entry.node) == Op::floordiv || g.op(entry.node) == Op::floormod;
  INFO(text(g, after));
  CHECK(divisions == 2);
}

TEST_CASE("economy: a position that the gate has is used in the address") {
  Graph g;
  const UOp y = variable(g, "y", 0, 27), p = variable(g, "p", 0, 2), n = variable(g, "n", 0, 7);
  const UOp row = y * 2 + p * 3 - 1, invalid = handle(g, g.invalid(DType::index));
  const UOp address = where(0 <= row && row < 56, (n * 56 + row) * 32, invalid);
  const UOp simple = simplify(address), cheap = {&g, economize(g, simple.node)};
  CHECK(cost_of(g, cheap.node) < cost_of(g, simple.node));
  CHECK(simplify(cheap) == simple);
}

TEST_CASE("economy: long expressions are left alone") {
  Graph g;
  UOp deep = variable(g, "a", 0, 9);
  const UOp b = variable(g, "b", 0, 9);
  for (int k = 0; k < 100'000; ++k) deep = min(deep + 1, b) * 3 % 1000;
  const Node simple = simplify(deep).node;
  CHECK(economize(g, simple) == simple);
}

}  // namespace simplify_economy
