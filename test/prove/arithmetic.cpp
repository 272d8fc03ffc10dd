// A rule that holds for unbounded integers alone, or for floats alone, does not fire on wrapping integers.
#include <catch2/catch.hpp>

#include <whittle/match/rule_text.hpp>
#include <whittle/prove/counterexample.hpp>
#include <whittle/simplify.hpp>

#include "simplify/instance.hpp"

namespace prove_arithmetic {

namespace {

using namespace whittle;
using brute_force::apply_rule;

/// The set, with all its rules let loose on wrapping integers.
template <class Set>
constexpr Set for_wrapping(Set set) {
  for (RuleInfo& rule : set.rules) rule.arithmetic = wrapping;
  return set;
}

using namespace dsl;
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto local_floats = rules<floating>("floats alone", -x < 0 >>= 0 < x, x < y >>= -y < -x);

inline constexpr auto loose_integers = for_wrapping(integer_rules);
inline constexpr auto loose_floats = for_wrapping(float_rules);
inline constexpr auto loose_local = for_wrapping(local_floats);

/// The left side of an obligation at one point: variables have one value, constants are constants.
class PointInstance {
 public:
  PointInstance(Graph& g, const prove::Obligation& obligation, const std::vector<prove::Value>& values) {
    for (std::uint16_t t = 0; t < obligation.guard_begin; ++t)
      made_.push_back(make(g, obligation.terms[t], t, values[t]));
    root = made_[obligation.left];
  }
  Node root = Node::none;
  brute_force::Point point;

 private:
  Node make(Graph& g, const prove::Term& term, std::uint16_t t, const prove::Value& value) {
    if (term.kind == prove::TermKind::operation) {
      std::vector<Node> sources;
      for (std::size_t k = 0; k < term.arity; ++k) sources.push_back(made_[term.sources[k]]);
      return g.make(term.op, term.dtype, sources);
    }
    if (term.kind != prove::TermKind::variable) return g.constant(int_scalar(term.dtype, value.number));
    const Node made = g.variable("v" + std::to_string(t), value.number, value.number, term.dtype);
    point[made] = brute_force::Value::of(value.number);
    return made;
  }
  std::vector<Node> made_;
};

struct Count {
  int refuted = 0, fired_loose = 0;
};

/// For each rule of the arithmetic that wrapping integers refute: it would be wrong there, and does not fire.
template <const auto& Set, const auto& Loose>
Count check(Arithmetic arithmetic) {
  Count count;
  for (std::size_t rule = 0; rule < Set.rule_count; ++rule) {
    if (!(Set.rules[rule].arithmetic == arithmetic) || Set.rules[rule].is_lambda) continue;
    for (const prove::Obligation& obligation : prove::obligations_of(Set, rule, wrapping)) {
      if (obligation.problem != nullptr) continue;
      const prove::Verdict verdict = check_exhaustively(obligation, prove::scale_of_points(obligation, 1'000'000, 8));
      if (verdict.holds) continue;
      ++count.refuted;
      Graph g;
      const PointInstance instance(g, obligation, verdict.counterexample);
      INFO(place_of(Set, rule) << ": " << prove::counterexample_text(obligation, verdict));
      CHECK(apply_rule<matcher<Set, Graph>>(g, instance.root, rule) == Node::none);
      const Node wrong = apply_rule<matcher<Loose, Graph>>(g, instance.root, rule);
      if (wrong == Node::none) continue;  // an earlier replacement, or constants that do not fold
      ++count.fired_loose;
      // at 8 bits the graph itself shows what the proof says
      if (prove::scale_of_points(obligation, 1'000'000, 8).bits != 8) continue;
      brute_force::Evaluator values(g, instance.point);
      CHECK((!same(values(instance.root), values(wrong)) || !values(wrong).has_value()));
    }
  }
  return count;
}

}  // namespace

TEST_CASE("arithmetic: rules for unbounded integers alone don't fire on wrapping integers") {
  const Count count = check<integer_rules, loose_integers>(unbounded);
  CHECK(count.refuted >= 40);
  CHECK(count.fired_loose == count.refuted);
}

TEST_CASE("arithmetic: rules for floats alone don't fire on wrapping integers") {
  const Count built_in = check<float_rules, loose_floats>(floating);
  CHECK(built_in.refuted == built_in.fired_loose);
  const Count local = check<local_floats, loose_local>(floating);
  CHECK(local.refuted == 4);  // signed and unsigned
  CHECK(local.fired_loose == 4);
}

}  // namespace prove_arithmetic
