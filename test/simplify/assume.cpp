// Expressions and questions under a condition.
#include <catch2/catch.hpp>

#include <whittle/ir/uop.hpp>
#include <whittle/simplify/assume.hpp>

#include "expressions.hpp"

namespace simplify_assume {

using namespace brute_force;

TEST_CASE("assume: an index under a condition") {
  Graph g;
  const UOp x = variable(g, "x", 0, 31), y = variable(g, "y", 0, 31);
  CHECK(simplify_under(x < 8, x % 8) == x);
  CHECK(simplify_under(x < 8 && y < 4, (x * 4 + y) % 32 / 4) == x);
  CHECK(simplify_under(x + y < 8, (x + y) / 8) == constant(g, 0));
  CHECK(simplify_under(eq(x, 3), x * y - y * 3) == constant(g, 0));
  CHECK(simplify_under(x < 40, x % 8) == x % 8);          // says nothing
  CHECK(simplify_under(x < 4 && 9 < x, x % 8) == x % 8);  // holds nowhere
}

TEST_CASE("assume: a remainder with bounds of its own is seen through") {
  Graph g;
  const UOp x = variable(g, "x", 0, 785);
  const UOp all = 1 < x % 131 && x % 131 < 128 && 392 < x && x < 524;
  CHECK(simplify(all) == simplify(394 < x && x < 521));
  CHECK(simplify_under(all, x % 131) == simplify(x - 393));
}

TEST_CASE("assume: clauses that follow from others go") {
  Graph g;
  const UOp x = variable(g, "x", 0, 31), y = variable(g, "y", 0, 31);
  const UOp yes = constant(g, 1, DType::boolean), no = constant(g, 0, DType::boolean);
  CHECK(simplify_under(x < 5, x < 7 && y < 3) == (y < 3));
  CHECK(simplify_under(x < 5, 9 < x) == no);
  CHECK(simplify_under(x + y < 5, x + y < 7) == yes);
  CHECK(simplify((x + y < 5) && (x + y < 7)) == simplify(x + y < 5));
}

TEST_CASE("assume: bounds that begin or end at 0 decide comparisons") {
  Graph g;
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b", 0, 9), c = variable(g, "c", 0, 1),
            d = variable(g, "d", 0, 50);
  const UOp yes = constant(g, 1, DType::boolean), no = constant(g, 0, DType::boolean);
  const UOp positive = 0 < a + b;
  CHECK(simplify_under(positive, 0 < a * 2 + b * 2 + c) == yes);
  CHECK(simplify_under(positive, eq(a + b, 0)) == no);
  CHECK(simplify_under(positive, (a + b) * 3 <= c) == no);
  CHECK(simplify_under(positive, eq(a * 2 + b * 2 + d, 1)) == no);
  CHECK(simplify_under(positive, max(a * 2 + b * 2, c + 1)) == simplify(a * 2 + b * 2));
  CHECK(simplify(where(positive, where(eq(a + b, 0), d % 7, d % 5), a)) == simplify(where(positive, d % 5, a)));
  const UOp negative = b < a;
  CHECK(simplify_under(negative, b * 2 < a * 2 + c) == yes);
  CHECK(simplify_under(negative, eq(a, b)) == no);
  // what stays open
  CHECK(simplify_under(positive, 1 < a + b) == simplify(1 < a + b));
  CHECK(simplify_under(positive, eq(a + b, 1)) == simplify(eq(a + b, 1)));
}

TEST_CASE("assume: comparisons are true, false or unknown") {
  Graph g;
  const UOp x = variable(g, "x", 0, 31), n = variable(g, "n", 1, 64);
  CHECK(resolve(x < 32) == true);
  CHECK(resolve(x * 2 + 1 < x + 1 && x < 0) == false);
  CHECK(resolve(eq(x * 2, 7)) == false);
  CHECK(resolve(x < n) == std::nullopt);
  const UOp odd = where(x < 9, x * 4 + 1, n * 6 + 3);  // divisors that only a congruence tells
  CHECK(resolve(eq(odd, n * 2)) == false);
  CHECK(resolve(ne(odd, n * 2)) == true);
  CHECK(resolve(eq(odd, n)) == std::nullopt);
  CHECK(resolve(g, (x < 9).node, (x < n && n < 5).node) == std::nullopt);
  CHECK(resolve(g, (x < 9).node, (x < 5).node) == true);
  CHECK(resolve(UOp{}) == std::nullopt);
}

TEST_CASE("assume: which padded accesses need a gate") {
  Graph g;
  const UOp x = variable(g, "x", 0, 33), y = variable(g, "y", 0, 3), invalid = handle(g, g.invalid(DType::index));
  const auto gated = [&](UOp condition, UOp index) { return where(condition, index, invalid).node; };
  const auto size = [&](std::int64_t elements) { return g.constant(DType::index, elements); };
  CHECK(needs_gate(g, gated(1 <= x && x < 33, x - 1), size(32)));
  CHECK(!needs_gate(g, gated(x < 32, x), size(34)));  // other elements, but elements
  CHECK(!needs_gate(g, gated(x < 34, x), size(34)));  // it always holds
  CHECK(needs_gate(g, gated(x < 32, x * 4 + y), size(128)));
  CHECK(!needs_gate(g, (x * 4 + y).node, size(136)));
}

TEST_CASE("assume: random expressions keep their values where the condition holds") {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    Random random(seed);
    Graph g;
    Domain domain;
    Expressions expressions(g, random, false);
    expressions.make_variables(domain);
    const Node condition = expressions.condition(2), given = expressions.index(3), nothing = g.invalid(DType::index);
    const Node under = simplify_under(g, condition, given);
    const std::string wrong =
        difference(g, where(g, condition, given, nothing), where(g, condition, under, nothing), domain);
    INFO("seed " << seed << ": under " << text(g, condition) << ": " << wrong);
    REQUIRE(wrong.empty());
    const auto known = resolve(g, condition);
    if (known) {
      const std::string other = difference(g, condition, g.constant(bool_scalar(*known)), domain);
      INFO("seed " << seed << ": " << other);
      REQUIRE(other.empty());
    }
  }
}

}  // namespace simplify_assume
