// Rules over a tree of one's own: no tensor, no LLVM, only <whittle/match.hpp>.
#include <whittle/match.hpp>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace w = whittle;

// An expression tree: nodes in a vector, named by their place in it.
struct Formula {
  struct Term {
    w::Op op = w::Op::none;
    std::vector<int> sources = {};
    double number = 0;      // of a constant
    std::string name = {};  // of a leaf
  };
  std::vector<Term> terms;

  int add(Term term) {
    terms.push_back(std::move(term));
    return static_cast<int>(terms.size()) - 1;
  }
  std::string text(int at) const {
    const Term& term = terms[static_cast<std::size_t>(at)];
    if (term.op == w::Op::constant) return std::to_string(static_cast<int>(term.number));
    if (!term.name.empty()) return term.name;
    std::string result = std::string(w::name(term.op)) + "(";
    for (std::size_t i = 0; i < term.sources.size(); ++i) result += (i == 0 ? "" : ", ") + text(term.sources[i]);
    return result + ")";
  }
};

// What whittle has to know of it.
template <>
struct whittle::graph_traits<Formula> {
  using node = int;
  static node none() { return -1; }
  static const Formula::Term& at(const Formula& f, node n) { return f.terms[static_cast<std::size_t>(n)]; }
  static Op op(const Formula& f, node n) { return at(f, n).op; }
  static std::uint32_t arity(const Formula& f, node n) { return static_cast<std::uint32_t>(at(f, n).sources.size()); }
  static node source(const Formula& f, node n, std::uint32_t k) { return at(f, n).sources[k]; }
  static bool is_constant(const Formula& f, node n) { return at(f, n).op == Op::constant; }
  static Scalar constant(const Formula& f, node n) { return float_scalar(DType::float64, at(f, n).number); }
  static node make_constant(Formula& f, Scalar value) { return f.add({Op::constant, {}, value.as_double()}); }
  static node make(Formula& f, Op op, DType, std::span<const node> sources, std::uint64_t) {
    return f.add({op, {sources.begin(), sources.end()}});
  }
};

// The rules. Names: x and y match anything, the same name twice the same thing; c1 and c2 match numbers.
using namespace w::dsl;
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c1 = cst<"c1">, c2 = cst<"c2">;
// clang-format off
inline constexpr auto my_rules = w::rules<w::floating_no_nan>("mine",
    x + 0          >>= x,
    x * 1          >>= x,
    x * 0          >>= 0,
    x - x          >>= 0,
    (x * c1) * c2  >>= x * (c1 * c2),
    sqrt(x * x)    >>= max(x, -x),
    log2(exp2(x))  >>= x,
    log2(x * y)    >>= log2(x) + log2(y)   |= when(x > 0 && y > 0));
// clang-format on
static_assert(w::well_formed<my_rules>());

int main() {
  Formula f;
  const int a = f.add({w::Op::none, {}, 0, "a"}), b = f.add({w::Op::none, {}, 0, "b"});
  const auto number = [&](double value) { return f.add({w::Op::constant, {}, value}); };
  const auto call = [&](w::Op op, std::vector<int> sources) { return f.add({op, std::move(sources)}); };

  // log2(exp2((a * 2) * 3 + (b - b))) + 0 * b
  const int six_a = call(w::Op::mul, {call(w::Op::mul, {a, number(2)}), number(3)});
  const int inside = call(w::Op::add, {six_a, call(w::Op::sub, {b, b})});
  const int whole =
      call(w::Op::add, {call(w::Op::log2, {call(w::Op::exp2, {inside})}), call(w::Op::mul, {number(0), b})});

  const auto result = w::rewrite<w::matcher<my_rules, Formula>>(f, whole);
  std::printf("%s\n  becomes %s by %d rewrites\n", f.text(whole).c_str(), f.text(result.node).c_str(),
              static_cast<int>(result.rewrites));
  return result.ok() && f.text(result.node) == "mul(a, 6)" ? 0 : 1;
}
