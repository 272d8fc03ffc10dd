// Rules as SMT-LIB, and what Z3 says of them.
#include <catch2/catch.hpp>

#include <map>

#include <whittle/simplify.hpp>

#include "sanitized.hpp"
#include "tools/settle.hpp"

#include "wrong_rules.hpp"

namespace prove_smt {

namespace {

using namespace whittle;
using tools::Method;
using tools::RuleProof;

/// False, with a message that shows in every run, where Z3 is missing.
bool has_z3() {
  if (tools::Z3::is_installed()) return true;
  WARN("SKIPPED: z3 is not installed (apt-get install z3); rules are tried on small numbers only");
  return false;
}

constexpr tools::Prover::Options quick{true, 4'000'000, 200'000};

/// What Z3 says of the cases of a rule, and nothing else.
std::vector<tools::SolverAnswer> ask(const RuleSetView& set, std::size_t rule) {
  return tools::Z3::run(prove::smt_of(set, rule), prove::obligations_of(set, rule).size());
}

void z3_refutes(const RuleSetView& set) {
  using Kind = tools::SolverAnswer::Kind;
  for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
    INFO(place_of(set, rule));
    bool is_refuted = false;
    for (const tools::SolverAnswer& answer : ask(set, rule)) {
      CHECK(answer.kind != Kind::none);
      CHECK(answer.values.find("error") == std::string::npos);
      is_refuted = is_refuted || answer.kind == Kind::sat;
    }
    CHECK(is_refuted);
  }
}

}  // namespace

TEST_CASE("smt: a rule as text") {
  CHECK(prove::smt_of(prove::obligations_of(wrong_rules::for_index, 5)[0]) ==
        "(set-logic QF_NIA)\n"
        "; floor: div is Euclid's, which is the same for positive divisors\n"
        "(define-fun floordiv ((a Int) (b Int)) Int (ite (> b 0) (div a b) (div (- a) (- b))))\n"
        "(define-fun floormod ((a Int) (b Int)) Int (- a (* b (floordiv a b))))\n"
        "(define-fun cdiv ((a Int) (b Int)) Int (ite (>= a 0) (div a b) (div (- a) (- b))))\n"
        "(define-fun cmod ((a Int) (b Int)) Int (- a (* b (cdiv a b))))\n"
        "(declare-const x Int)\n"
        "(define-fun t2 () Int (* x 0))\n"
        "(define-fun t3 () Int (floordiv x x))\n"
        "(define-fun t5 () Int (* t3 0))\n"
        "; the left side has a value, and the right side has not, or another one\n"
        "(assert (not (and (distinct x 0) (= t2 t5))))\n"
        "(check-sat)\n"
        "(get-value ( x))\n");
  CHECK(prove::smt_of(simplify_rules, 17).empty());  // a lambda
}

TEST_CASE("smt: Z3 agrees with the native check on floor division") {
  if (!has_z3()) return;
  // 7 / -2 = -4, -7 / 2 = -4, 7 % -2 = -1, -7 % 2 = 1; and C's: -3 and 1
  for (const char* fact : {"(= (floordiv 7 (- 2)) (- 4))", "(= (floordiv (- 7) 2) (- 4))",
                           "(= (floordiv (- 7) (- 2)) 3)", "(= (floormod 7 (- 2)) (- 1))", "(= (floormod (- 7) 2) 1)",
                           "(= (floormod (- 7) (- 2)) (- 1))", "(= (cdiv 7 (- 2)) (- 3))", "(= (cdiv (- 7) 2) (- 3))",
                           "(= (cdiv (- 7) (- 2)) 3)", "(= (cmod 7 (- 2)) 1)", "(= (cmod (- 7) 2) (- 1))"}) {
    const std::string script = "(echo \"case 0\")\n" +
                               prove::detail::SmtWriter{}.definitions(prove::detail::SmtSort::integer) +
                               "(assert (not " + fact + "))\n(check-sat)\n";
    INFO(fact);
    CHECK(tools::Z3::run(script, 1)[0].kind == tools::SolverAnswer::Kind::unsat);
  }
}

TEST_CASE("smt: every built-in expression rule is proved") {
  const bool use_z3 = has_z3();
  const tools::Prover prover({use_z3, quick.steps, quick.most_points});
  std::map<std::string, int> counts;
  std::size_t seen = 0;
  for (const RuleSetView& set : simplify_sets)
    for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
      if (is_sanitized && ++seen % 8 != 0) continue;  // nearly all of the time is Z3's, which is not sanitized
      const RuleProof proof = prover(set, rule);
      ++counts[text_of(proof.method)];
      INFO(place_of(set, rule) << ": " << text_of(proof.method) << ": " << proof.detail);
      CHECK((is_proved(proof.method) || proof.method == Method::lambda));
      CHECK((!is_proved(proof.method) || set.rules[rule].is_lambda == (proof.method == Method::statement)));
    }
  CHECK(counts["lambda"] <= 10);
  if (!is_sanitized) CHECK(counts["statement"] == 9);
  if (use_z3 && !is_sanitized) CHECK(counts["z3"] >= 210);
}

TEST_CASE("smt: Z3 refutes wrong rules") {
  if (!has_z3()) return;
  z3_refutes(wrong_rules::for_index);
  z3_refutes(wrong_rules::for_fixed_widths);
  z3_refutes(wrong_rules::for_floats);
  z3_refutes(wrong_rules::for_finite_floats);
  z3_refutes(wrong_rules::for_truths);
  z3_refutes(wrong_rules::for_any);
}

TEST_CASE("smt: quotients as unknowns prove what is right, and nothing else") {
  if (!has_z3()) return;
  const auto ask_about = [](const RuleSetView& set, std::size_t rule) {
    const std::string script = prove::smt_with_quotients(prove::obligations_of(set, rule)[0]);
    if (script.empty()) return tools::SolverAnswer::Kind::none;
    return tools::Z3::run(prove::smt_limit(10'000'000) + "(echo \"case 0\")\n" + script, 1, 60)[0].kind;
  };
  using Kind = tools::SolverAnswer::Kind;
  for (std::size_t rule = 0; rule < 7; ++rule) {
    const Kind said = ask_about(wrong_rules::for_index, rule);
    CHECK((said == Kind::sat || said == Kind::unknown));
  }
  CHECK(ask_about(wrong_rules::right_for_index, 0) == Kind::unsat);
  CHECK(ask_about(wrong_rules::right_for_index, 1) == Kind::none);  // cdiv
  const prove::Polynomial x = prove::Polynomial::unknown("x"), y = prove::Polynomial::unknown("y");
  CHECK(((x + y) * (x - y)).text() == "(+ (* x x) (* (- 1) y y))");
  CHECK((x * y + x * 3 + y).quotient_by(x).text() == "(+ 3 y)");
  CHECK((x - x).text() == "0");
}

TEST_CASE("smt: a prover refutes wrong rules, with and without Z3") {
  for (const bool use_z3 : {false, true}) {
    if (use_z3 && !has_z3()) return;
    const tools::Prover prover({use_z3, quick.steps, quick.most_points});
    for (const RuleSetView& set : {RuleSetView(wrong_rules::for_index), RuleSetView(wrong_rules::for_floats)})
      for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
        const RuleProof proof = prover(set, rule);
        INFO(place_of(set, rule) << ": " << proof.detail);
        CHECK(proof.method == Method::refuted);
        CHECK(proof.detail.find("becomes") != std::string::npos);
      }
    CHECK(prover(RuleSetView(wrong_rules::right_for_index), 2).method == (use_z3 ? Method::z3 : Method::box));
  }
}

}  // namespace prove_smt
