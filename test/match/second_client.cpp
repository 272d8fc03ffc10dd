// Rules on a graph that is not ours: numbering without a dense index, no constants, no order of operands.
#include <catch2/catch.hpp>

#include <whittle/match.hpp>

#include "tree.hpp"

namespace match_second_client {

namespace {

using namespace whittle;
using namespace whittle::dsl;

inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">;

// clang-format off
inline constexpr auto on_trees = rules<structural>("on trees",
    -(-x)                     >>= x,
    x * y + x * z             >>= x * (y + z),
    (x - y) + y               >>= x,
    max(x, min(x, y))         >>= x,
    any_op<OpClass::comparison, "f">(-x, -y) >>= any_op<OpClass::comparison, "f">(y, x),
    node<Op::group>(x)        >>= x,
    sin(x)                    >>= with(x)([](auto& forest, auto p) { return forest.make(Op::sqrt, {p}); }));
inline constexpr auto needs_constants = rules<structural>("needs constants",
    x + 0                     >>= x,
    maybe<1>(y) * x - x       >>= y);
// clang-format on

std::string rewritten(tree::Forest& forest, const tree::Vertex* root) {
  const auto result = rewrite<matcher<on_trees, tree::Forest>>(forest, root);
  REQUIRE(result.ok());
  return text(result.node);
}

}  // namespace

TEST_CASE("second client: a tree without numbers or constants") {
  tree::Forest f;
  const auto *a = f.leaf("a"), *b = f.leaf("b"), *c = f.leaf("c");
  const auto neg = [&](const tree::Vertex* v) { return f.make(Op::neg, {v}); };
  CHECK(rewritten(f, neg(neg(neg(a)))) == "neg(a)");
  CHECK(rewritten(f, f.make(Op::less, {neg(a), neg(b)})) == "lt(b a)");
  CHECK(rewritten(f, f.make(Op::not_equal, {neg(a), neg(b)})) == "ne(b a)");
  CHECK(rewritten(f, f.make(Op::group, {a})) == "a");
  CHECK(rewritten(f, f.make(Op::sin, {c})) == "sqrt(c)");
}

TEST_CASE("second client: commutative operators in every order") {
  tree::Forest f;
  const auto *a = f.leaf("a"), *b = f.leaf("b"), *c = f.leaf("c");
  const std::vector<const tree::Vertex*> left{f.make(Op::mul, {a, b}), f.make(Op::mul, {b, a})};
  const std::vector<const tree::Vertex*> right{f.make(Op::mul, {a, c}), f.make(Op::mul, {c, a})};
  for (const auto* p : left)
    for (const auto* q : right) {
      CHECK(rewritten(f, f.make(Op::add, {p, q})) == "mul(a add(b c))");
      CHECK(rewritten(f, f.make(Op::add, {q, p})) == "mul(a add(c b))");
    }
  const auto* difference = f.make(Op::sub, {a, b});
  CHECK(rewritten(f, f.make(Op::add, {difference, b})) == "a");
  CHECK(rewritten(f, f.make(Op::add, {b, difference})) == "a");
  CHECK(rewritten(f, f.make(Op::max, {f.make(Op::min, {b, a}), a})) == "a");
}

TEST_CASE("second client: a name twice means the same node, not an equal one") {
  tree::Forest f;
  const auto *a = f.leaf("a"), *other = f.leaf("a");
  CHECK(rewritten(f, f.make(Op::add, {f.make(Op::sub, {a, other}), other})) == "a");
  CHECK(rewritten(f, f.make(Op::add, {f.make(Op::sub, {other, a}), other})) == "add(sub(a a) a)");
}

TEST_CASE("second client: shared vertices are rewritten once") {
  tree::Forest f;
  const tree::Vertex* v = f.leaf("a");
  for (int i = 0; i < 60; ++i) v = f.make(Op::add, {f.make(Op::neg, {f.make(Op::neg, {v})}), v});  // 2^60 paths
  NoContext none;
  Rewriter<matcher<on_trees, tree::Forest>> rewriter(f, none);
  const auto result = rewriter(v);
  CHECK(result.ok());
  CHECK(result.rewrites == 60);
  CHECK(rewriter(v).rewrites == 0);  // the memo is there
}

TEST_CASE("second client: rules that need constants do not fire where there are none") {
  tree::Forest f;
  const auto* a = f.leaf("a");
  const auto result = rewrite<matcher<needs_constants, tree::Forest>>(f, f.make(Op::sub, {a, a}));
  CHECK(result.rewrites == 0);
}

}  // namespace match_second_client
