// economize(), simplify_under(), resolve() and congruences in constant expressions.
#include <whittle/ir/divisibility.hpp>
#include <whittle/simplify/assume.hpp>
#include <whittle/simplify/economy.hpp>

namespace static_economy {

namespace {

using namespace whittle;

constexpr bool shares_a_quotient() {
  Graph g;
  const UOp i = variable(g, "i", 0, 59), q = i / 14;
  return cheapest(g, (q * 100 + i % 14).node) == (q * 86 + i).node;
}
static_assert(shares_a_quotient());

constexpr bool knows_conditions() {
  Graph g;
  const UOp x = variable(g, "x", 0, 31);
  return simplify_under(x < 8, x % 8) == x && resolve(x < 32) == true && !resolve(x < 9);
}
static_assert(knows_conditions());

constexpr bool knows_divisors() {
  Graph g;
  const UOp x = variable(g, "x", 0, 31);
  return congruence_of(g, (x * 4 + 1).node) == Congruence{4, 1};
}
static_assert(knows_divisors());

}  // namespace

}  // namespace static_economy
