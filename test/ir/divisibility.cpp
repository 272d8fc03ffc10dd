// Congruences are sound: every value that the plain evaluator gives is one of those they allow.
#include <catch2/catch.hpp>

#include <random>

#include <whittle/ir/build.hpp>
#include <whittle/ir/divisibility.hpp>
#include <whittle/ir/evaluate.hpp>
#include <whittle/ir/expression.hpp>
#include <whittle/ir/uop.hpp>

namespace ir_divisibility {

using namespace whittle;

namespace {

bool allows(Congruence known, std::int64_t value) {
  if (known.is_point()) return value == known.residue;
  const std::int64_t rest = value % known.modulus;
  return (rest < 0 ? rest + known.modulus : rest) == known.residue;
}

}  // namespace

TEST_CASE("divisibility: what is known of operators") {
  Graph g;
  const UOp x = variable(g, "x", 0, 100), y = variable(g, "y", -50, 50);
  const auto known = [&](UOp n) { return congruence_of(g, n.node); };
  CHECK(known(x) == Congruence{1, 0});
  CHECK(known(x * 4 + 1) == Congruence{4, 1});
  CHECK(known(x * 4 + y * 6) == Congruence{2, 0});
  CHECK(known(constant(g, 7)) == Congruence{0, 7});
  CHECK(known(x * 12 / 4) == Congruence{3, 0});
  CHECK(known((x * 12 + 7) / 4) == Congruence{3, 1});
  CHECK(known((x * 12 + 7) % 8) == Congruence{4, 3});
  CHECK(known((x * 12 + 7) % 4) == Congruence{0, 3});
  CHECK(known((x * 4 + 2) * (y * 6 + 3)) == Congruence{12, 6});
  CHECK(known(min(x * 8 + 1, y * 12 + 5)) == Congruence{4, 1});
  CHECK(known(where(x < y, x * 6 + 1, y * 9 - 2)) == Congruence{3, 1});
  CHECK(known(-(x * 5 + 2)) == Congruence{5, 3});
  CHECK(known((x * 16 + 5) & 7) == Congruence{16, 5});
  CHECK(known(x & -8) == Congruence{8, 0});
  CHECK(known((x * 16 + 4) | 1) == Congruence{16, 5});
  CHECK(known(x << 3) == Congruence{8, 0});
  CHECK(known(variable(g, "n", 0, 100, DType::uint8) * 4) == Congruence{1, 0});  // may wrap: 100 * 4
  CHECK(known(variable(g, "m", 0, 50, DType::uint8) * 4) == Congruence{4, 0});
  CHECK(known(x * 24).is_multiple_of(8));
  CHECK(!known(x * 24 + 4).is_multiple_of(8));
}

TEST_CASE("divisibility: random expressions have values that it allows") {
  static constexpr Op ops[] = {Op::add,      Op::add,     Op::sub,  Op::mul, Op::mul, Op::floordiv,
                               Op::floormod, Op::cdiv,    Op::cmod, Op::min, Op::max, Op::bit_and,
                               Op::bit_or,   Op::bit_xor, Op::shl,  Op::shr};
  std::mt19937_64 random(7);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  std::size_t informative = 0;
  for (int trial = 0; trial < 600; ++trial) {
    Graph g;
    const DType dtype = trial % 3 == 0 ? DType::int8 : trial % 3 == 1 ? DType::uint8 : DType::index;
    const std::int64_t low = dtype == DType::uint8 ? 0 : -static_cast<std::int64_t>(below(6));
    const std::vector<Node> variables{g.variable("a", low, low + 5, dtype), g.variable("b", low, low + 7, dtype)};
    std::vector<Node> pool = variables;
    for (std::int64_t value : {2, 3, 4, 6, 8, 12}) pool.push_back(g.constant(dtype, value));
    for (int k = 0; k < 8; ++k) {
      const Node a = pool[below(pool.size())], b = pool[below(pool.size())];
      pool.push_back(below(9) == 0 ? where(g, less(g, a, b), a, b) : binary(g, ops[below(16)], a, b));
    }
    for (std::int64_t x = low; x <= low + 5; ++x)
      for (std::int64_t y = low; y <= low + 7; ++y) {
        const Bindings bindings{{}, {{variables[0], x}, {variables[1], y}}};
        for (Node n : pool) {
          Array result;
          if (!evaluate(g, n, bindings, result).ok()) continue;  // an index that leaves int64
          const std::int64_t value = result.elements[0].as_int();
          const Congruence known = congruence_of(g, n);
          informative += known.modulus != 1;
          INFO(expression(g, n) << " = " << value << " at " << x << ", " << y << ": " << known.residue << " mod "
                                << known.modulus);
          REQUIRE(allows(known, value));
        }
      }
  }
  CHECK(informative > 10'000);
}

}  // namespace ir_divisibility
