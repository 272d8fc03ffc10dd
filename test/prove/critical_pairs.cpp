// Critical pairs: found where two rules overlap, and told from those that lead to the same end.
#include <catch2/catch.hpp>

#include <whittle/match.hpp>
#include <whittle/prove/critical_pairs.hpp>

namespace prove_critical_pairs {

namespace {

using namespace whittle;
using namespace whittle::dsl;

inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">;

// clang-format off
inline constexpr auto confluent = rules<unbounded>("confluent",
    -(-x)               >>= x,
    min(x, x)           >>= x,
    max(x, x)           >>= x,
    min(x, max(x, y))   >>= x);
inline constexpr auto at_the_root = rules<unbounded>("at the root",
    x * 2               >>= x + x,
    x * c               >>= x - c       |= when(c == 2));
inline constexpr auto below = rules<unbounded>("below",
    (x + y) / c         >>= y / c       |= when(c > 6),
    x + 1               >>= x);
inline constexpr auto apart = rules<unbounded>("apart",
    x * 2               >>= x + x,
    x * 3               >>= x,
    min(x, x)           >>= x,
    max(x, y)           >>= y           |= when(x < y));
inline constexpr auto guarded_apart = rules<unbounded>("guarded apart",
    x * c               >>= x - 1       |= when(c > 3),
    x * c               >>= x - 2       |= when(c < 3));
inline constexpr auto by_order = rules<unbounded>("by order",
    min(x, y + 1)       >>= x,
    named("other order", min(x * 2, y) >>= y));
inline constexpr auto with_itself = rules<unbounded>("with itself",
    (x - y) - c         >>= y);
inline constexpr auto lambdas = rules<unbounded>("lambdas",
    x * 2               >>= x,
    x * 2               >>= with(x)([](auto& g, Node) { return g.constant(DType::index, 1); }));
// clang-format on

template <const auto& Set>
prove::CriticalPairs search() {
  prove::CriticalPairSearch<matcher<Set, Graph>> pairs;
  return pairs([](std::size_t, std::size_t) { return true; });
}

}  // namespace

TEST_CASE("critical pairs: of a confluent set none differ") {
  const prove::CriticalPairs found = search<confluent>();
  for (const prove::CriticalPair& pair : found.differing)
    FAIL_CHECK(pair.term << " -> " << pair.end_of_outer << " or " << pair.end_of_inner);
  CHECK(found.rules == 4);
  CHECK(found.pairs == 2);  // the first with itself, the third inside of the last
  CHECK(found.examined >= found.pairs);
}

TEST_CASE("critical pairs: at the root, with constants that satisfy both guards") {
  const prove::CriticalPairs found = search<at_the_root>();
  REQUIRE(found.differing.size() == 1);
  CHECK(found.differing[0].outer == 0);
  CHECK(found.differing[0].inner == 1);
  CHECK(found.differing[0].dtype == DType::index);
  CHECK(found.differing[0].term == "a * 2");
  CHECK(found.differing[0].by_outer == "a + a");
  CHECK(found.differing[0].by_inner == "a - 2");
}

TEST_CASE("critical pairs: below the root") {
  const prove::CriticalPairs found = search<below>();
  REQUIRE(found.differing.size() == 1);
  const prove::CriticalPair& pair = found.differing[0];
  CHECK(pair.outer == 0);
  CHECK(pair.inner == 1);
  INFO(pair.term << " -> " << pair.by_outer << " or " << pair.by_inner);
  CHECK(pair.end_of_outer != pair.end_of_inner);
}

TEST_CASE("critical pairs: rules that never meet") {
  CHECK(search<apart>().pairs == 0);
  const prove::CriticalPairs guarded = search<guarded_apart>();
  CHECK(guarded.overlaps > 0);
  CHECK(guarded.pairs == 0);
}

TEST_CASE("critical pairs: operands of commutative operators in either order") {
  const prove::CriticalPairs found = search<by_order>();
  REQUIRE(found.differing.size() == 1);
  CHECK(found.differing[0].term.find("* 2") != std::string::npos);
}

TEST_CASE("critical pairs: a rule with itself") {
  const prove::CriticalPairs found = search<with_itself>();
  REQUIRE(found.differing.size() == 1);
  CHECK(found.differing[0].outer == 0);
  CHECK(found.differing[0].inner == 0);
}

TEST_CASE("critical pairs: lambda rules are left out") {
  const prove::CriticalPairs found = search<lambdas>();
  CHECK(found.rules == 1);
  CHECK(found.not_stated == 0);
  CHECK(found.differing.empty());
}

}  // namespace prove_critical_pairs
