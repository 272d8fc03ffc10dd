// simplify() in constant expressions: the same graph, matcher and driver as at run time.
#include <whittle/simplify.hpp>

namespace static_simplify {

namespace {

using namespace whittle;

/// What the expressions below are made of: index variables a in 0..2, b in 0..3, c in 0..4, x in 0..59, y in -5..5,
/// conditions p and q, and n of int32.
struct Leaves {
  Graph& g;
  UOp a = variable(g, "a", 0, 2), b = variable(g, "b", 0, 3), c = variable(g, "c", 0, 4);
  UOp x = variable(g, "x", 0, 59), y = variable(g, "y", -5, 5);
  UOp p = variable(g, "p", 0, 1, DType::boolean), q = variable(g, "q", 0, 1, DType::boolean);
  UOp n = variable(g, "n", -1000, 1000, DType::int32), real = variable(g, "real", 0, 0, DType::float32);
  UOp invalid = handle(g, g.invalid(DType::index));
  constexpr UOp number(std::int64_t value) const { return constant(g, value); }
  constexpr UOp truth(bool value) const { return constant(g, value ? 1 : 0, DType::boolean); }
};

struct Pair {
  UOp given, expected;
};

/// Both sides simplify to the same node.
template <class F>
constexpr bool holds(F build) {
  Graph g;
  const Leaves leaves{g};
  const Pair pair = build(leaves);
  return !pair.given.is_empty() && simplify(pair.given) == simplify(pair.expected);
}
/// The left side simplifies to the right side as it stands.
template <class F>
constexpr bool becomes(F build) {
  Graph g;
  const Leaves leaves{g};
  const Pair pair = build(leaves);
  return !pair.given.is_empty() && simplify(pair.given) == pair.expected;
}

using L = const Leaves&;

// identities
static_assert(becomes([](L v) { return Pair{v.x * 0 + v.y, v.y}; }));
static_assert(becomes([](L v) { return Pair{v.x - v.x, v.number(0)}; }));
static_assert(becomes([](L v) { return Pair{v.x + v.x * 3, v.x * 4}; }));
static_assert(holds([](L v) { return Pair{(v.x + 3) - v.y + (v.y - 5), v.x - 2}; }));
static_assert(holds([](L v) { return Pair{(v.x + v.y) * 3 - v.x * 2 - v.y - v.y, v.x + v.y}; }));
static_assert(becomes([](L v) { return Pair{v.n * 1 + 0, v.n}; }));
static_assert(becomes([](L v) { return Pair{(v.n + v.n * 5) - v.n * 6, constant(v.g, 0, DType::int32)}; }));
static_assert(becomes([](L v) { return Pair{-(-v.real) * 1, v.real}; }));
static_assert(becomes([](L v) { return Pair{v.real + 0, v.real + 0}; }));  // -0 + 0 is 0
static_assert(becomes([](L v) { return Pair{pow(v.real, 0), constant(v.g, 1, DType::float32)}; }));
static_assert(becomes([](L v) { return Pair{pow(pow(v.real, 1), 2), v.real * v.real}; }));
static_assert(becomes([](L v) { return Pair{pow(v.real, 3), pow(v.real, 3)}; }));  // x * x * x rounds twice

// reshapes: merged and split dimensions
static_assert(becomes([](L v) { return Pair{((v.a * 4 + v.b) * 5 + v.c) % 5, v.c}; }));
static_assert(becomes([](L v) { return Pair{((v.a * 4 + v.b) * 5 + v.c) / 5 % 4, v.b}; }));
static_assert(becomes([](L v) { return Pair{((v.a * 4 + v.b) * 5 + v.c) / 20, v.a}; }));
static_assert(holds([](L v) { return Pair{((v.a * 4 + v.b) * 5 + v.c) / 10, v.a * 2 + v.b / 2}; }));
static_assert(holds([](L v) { return Pair{((v.a * 4 + v.b) * 5 + v.c) % 10, v.b % 2 * 5 + v.c}; }));
static_assert(becomes([](L v) { return Pair{v.x / 20 * 20 + v.x / 5 % 4 * 5 + v.x % 5, v.x}; }));
static_assert(becomes([](L v) { return Pair{v.x % 20 / 5 * 5 + v.x % 5, v.x % 20}; }));
static_assert(becomes([](L v) { return Pair{v.x / 4 / 5, v.x / 20}; }));

// windows: (a * (i + d) + b) % i with a < 3, b < 28
constexpr bool window(std::int64_t i, std::int64_t d) {
  Graph g;
  const UOp a = variable(g, "a", 0, 2), b = variable(g, "b", 0, 27), flat = a * (i + d) + b;
  return simplify(flat % i) == simplify(a * d + b) && simplify(flat / i) == a;
}
static_assert(window(30, 1));
static_assert(window(32, 2));

// and their adjoint, where the gate tells what the remainder is
constexpr bool adjoint() {
  Graph g;
  const UOp a = variable(g, "a", 0, 2), b = variable(g, "b", 0, 29), flat = a * 30 + b;
  const UOp invalid = handle(g, g.invalid(DType::index));
  const UOp index = where(flat % 31 < 28 && flat < 90, flat / 31 * 100 + flat % 31, invalid);
  return simplify(index) == where(a < b + 1 && b < a + 28, a * 99 + b, invalid);
}
static_assert(adjoint());

// thirty nodes
static_assert(becomes([](L v) {
  const UOp a = variable(v.g, "n", 0, 95), b = variable(v.g, "m", 0, 783), flat = a * 784 + b;
  const UOp index = ((flat / 25088 % 3 * 32 + flat / 784 % 32) * 28 + flat / 28 % 28) * 28 + flat % 28;
  return Pair{index + min(a + 5, a + 9) - 5, a * 785 + b};
}));

// padding
static_assert(becomes([](L v) { return Pair{v.x + 1 > 0 && v.x + 1 < 61, v.truth(true)}; }));
static_assert(holds([](L v) { return Pair{0 <= v.x - 1 && v.x - 1 < 60, 0 < v.x}; }));
static_assert(holds([](L v) { return Pair{where(v.x < 4, v.x % 4, v.invalid), where(v.x < 4, v.x, v.invalid)}; }));
static_assert(holds([](L v) {
  return Pair{where(v.x < 4, v.x + 1, v.invalid) * 2, where(v.x < 4, v.x * 2 + 2, v.invalid)};
}));

// comparisons
static_assert(becomes([](L v) { return Pair{v.x < 60, v.truth(true)}; }));
static_assert(becomes([](L v) { return Pair{v.x * 4 + v.b < 8, v.x < 2}; }));
static_assert(becomes([](L v) { return Pair{v.x / 4 < 3, v.x < 12}; }));
static_assert(holds([](L v) { return Pair{!(v.x < v.y), v.y <= v.x}; }));
static_assert(becomes([](L v) { return Pair{eq(v.x * 2, 3), v.truth(false)}; }));
static_assert(becomes([](L v) { return Pair{v.x < 5 && v.x < 9 && v.x < 7, v.x < 5}; }));

// choices
static_assert(becomes([](L v) { return Pair{min(v.x + 3, v.x + 5), v.x + 3}; }));
static_assert(becomes([](L v) { return Pair{where(v.p, v.x, v.x), v.x}; }));
static_assert(becomes([](L v) { return Pair{where(v.p, where(v.p, v.x, v.y), v.y), where(v.p, v.x, v.y)}; }));
static_assert(holds([](L v) { return Pair{where(v.p, where(v.q, v.x, v.y), v.y), where(v.p && v.q, v.x, v.y)}; }));
static_assert(becomes([](L v) { return Pair{v.p && !v.p, v.truth(false)}; }));
static_assert(becomes([](L v) { return Pair{where(v.p, v.x * 4, v.y * 8 + 4) % 4, v.number(0)}; }));
static_assert(becomes([](L v) { return Pair{(where(v.p, v.x * 6 + 1, v.y * 9 - 2) + v.y) % 3, (v.y + 1) % 3}; }));
static_assert(becomes([](L v) { return Pair{(min(v.x * 4, v.y * 8) * 3 + v.x) % 12, v.x % 12}; }));

}  // namespace

}  // namespace static_simplify
