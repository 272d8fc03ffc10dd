// Rule sets, their matchers and the driver in constant expressions, and the whole-set checks.
#include <whittle/ir/traits.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/match.hpp>
#include <whittle/simplify.hpp>

namespace static_match {

namespace {

using namespace whittle;

namespace language {

using namespace whittle::dsl;

inline constexpr auto b = var<"b">, x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">;

// clang-format off
inline constexpr auto mine = rules<unbounded>("mine",
    x + 0                   >>= x,
    (x * c1) / c2           >>= x * (c1 / c2)       |= when(c2 > 0 && c1 % c2 == 0),
    where(b, x, x)          >>= x,
    x % c                   >>= x                   |= when(x >= 0 && x < c),
    named("swap", x - y     >>= with(x, y)([](auto& g, auto p, auto q) { return g.make(Op::sub, DType::index, {q, p}); }) |= when(x < y)));
inline constexpr auto logs = rules<floating_no_nan>("logs",
    log2(exp2(x))           >>= x,
    log2(x * y)             >>= log2(x) + log2(y)   |= when(x > 0 && y > 0));
// Far more rows than most rules have, and conditions on constants.
inline constexpr auto wide = rules<unbounded>("wide",
    ((x + c1) * y + c2) * (x * y + b) + (x * c)     >>= x       |= when(c1 < 5 && c2 < c1 && c1 % c2 == 0),
    ((x + c1) * y + c2) * (x * y + b) + (y * c)     >>= y       |= when(c1 < 4 && c2 < c1 && c1 % c2 == 0),
    ((x + c1) * y + c2) * (x * y + b) + (b * c)     >>= b       |= when(c1 < 3 && c2 < c1 && c1 % c2 == 0));
// clang-format on

}  // namespace language

static_assert(well_formed<language::mine>());
static_assert(well_formed<language::logs>());
static_assert(well_formed<language::wide>());
static_assert(table_of<language::wide, true>.row_count > 90);
static_assert(well_formed<simplify_rules>());
static_assert(language::mine.rule_count == 5);
static_assert(language::mine.rules[1].line == language::mine.rules[0].line + 1);
static_assert(sizeof(Pattern<1>) <= 48);

template <class F>
constexpr bool becomes(F build) {
  Graph g;
  const UOp a = variable(g, "a", 0, 8), b = variable(g, "b", 9, 12);
  const auto [given, expected] = build(g, a, b);
  return rewrite<matcher<language::mine, Graph>>(g, given.node).node == expected.node;
}
struct Pair {
  UOp given, expected;
};

static_assert(becomes([](Graph&, UOp a, UOp) { return Pair{a * 12 / 4, a * 3}; }));
static_assert(becomes([](Graph&, UOp a, UOp) { return Pair{a * 12 / 5, a * 12 / 5}; }));
static_assert(becomes([](Graph&, UOp a, UOp b) { return Pair{where(a < b, b + 0, b), b}; }));
static_assert(becomes([](Graph&, UOp a, UOp) { return Pair{(a + 2) % 11, a + 2}; }));
static_assert(becomes([](Graph&, UOp a, UOp) { return Pair{(a + 3) % 11, (a + 3) % 11}; }));
static_assert(becomes([](Graph&, UOp a, UOp b) { return Pair{a - b, b - a}; }));

}  // namespace

}  // namespace static_match
