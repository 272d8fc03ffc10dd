// How each rule of a set is proved: by Z3, or where that is undecided or absent, on every point of small numbers.
#pragma once

#include <string>
#include <vector>

#include <whittle/prove/counterexample.hpp>
#include <whittle/prove/lambda_statements.hpp>
#include <whittle/prove/smt.hpp>
#include <whittle/prove/smt_quotients.hpp>

#include "tools/solver.hpp"

namespace whittle::tools {

enum class Method {
  z3,
  exhaustive,  ///< every value of fixed-width integers and bools
  minifloat,   ///< every value of 8-bit floats
  box,         ///< every index in a box around 0
  statement,   ///< of a lambda rule: what it states is proved, and only tested to be what the lambda does
  lambda,      ///< not proved: C++ can't be exported, and it states nothing
  vacuous,     ///< not proved: nothing fires at the scale tried
  not_stated,  ///< not proved: it has no obligation in this language
  refuted,
};

inline const char* text_of(Method method) {
  constexpr const char* texts[] = {"z3",     "exhaustive", "minifloat",  "box",    "statement",
                                   "lambda", "vacuous",    "not stated", "refuted"};
  return texts[static_cast<std::size_t>(method)];
}
inline bool is_proved(Method method) { return method <= Method::statement; }

/// How one rule is proved: by the weakest of the methods that its cases took.
struct RuleProof {
  Method method = Method::z3;
  std::size_t cases = 0;
  std::size_t by_z3 = 0;  ///< of the cases
  std::string detail;     ///< the scale of numbers that were tried, a counterexample, or why there is no proof
};

class Prover {
 public:
  struct Options {
    bool use_z3 = true;
    unsigned steps = 2 * prove::smt_steps_a_second;  ///< Z3's limit for a case; it is tried in two ways
    std::uint64_t most_points = 3'000'000;           ///< of a case that Z3 does not decide
    unsigned bits = 8;                               ///< of fixed-width integers, for Z3
  };

  explicit Prover(const Options& options) : options_(options) {}

  RuleProof operator()(const RuleSetView& set, std::size_t rule) const {
    return (*this)(set, rule, set.rules[rule].arithmetic);
  }
  RuleProof operator()(const RuleSetView& set, std::size_t rule, Arithmetic arithmetic) const {
    if (set.rules[rule].is_lambda) return statement_of(name_of(set, rule));
    return prove_all(prove::obligations_of(set, rule, arithmetic));
  }

 private:
  using Kind = SolverAnswer::Kind;

  RuleProof prove_all(const std::vector<prove::Obligation>& all) const {
    RuleProof proof;
    proof.cases = all.size();
    if (all.empty()) return {Method::not_stated, 0, 0, "no dtypes fit it"};
    const std::vector<SolverAnswer> answers = ask_z3(all);
    for (std::size_t i = 0; i < all.size() && proof.method != Method::refuted; ++i) add(proof, all[i], answers[i]);
    return proof;
  }

  /// A lambda rule by the statement of the same name.
  RuleProof statement_of(const std::string& name) const {
    const RuleSetView statements(builtin::lambda_statements);
    if (name == builtin::tested_lambda)
      return {Method::statement, 0, 0,
              "states cast(cast(x)) >>= cast(x) for some dtypes: tested with all of up to 16 bits"};
    const std::size_t rule = prove::statement_named(name);
    if (rule == statements.rule_count) return {Method::lambda, 0, 0, "its right side is C++"};
    std::vector<prove::Obligation> all;
    for (const prove::Obligation& obligation : prove::obligations_of(statements, rule))
      if (obligation.problem == nullptr) all.push_back(obligation);
    RuleProof proof = prove_all(all);
    if (!is_proved(proof.method)) return proof;
    proof.detail = "states " + text_of(statements, rule) + " (" + text_of(proof.method) + ")";
    proof.method = Method::statement;
    return proof;
  }

  std::vector<SolverAnswer> ask_z3(const std::vector<prove::Obligation>& all) const {
    std::vector<SolverAnswer> answers(all.size());
    if (!options_.use_z3) return answers;
    const unsigned seconds_a_case = 1 + options_.steps / (prove::smt_steps_a_second / 4);  // more than Z3's own limit
    const unsigned limit = 5 + static_cast<unsigned>(all.size()) * seconds_a_case;
    answers = Z3::run(script_of(all, answers, false), all.size(), limit);
    bool is_undecided = false;
    for (const SolverAnswer& answer : answers) is_undecided = is_undecided || answer.kind == Kind::unknown;
    if (!is_undecided) return answers;
    const std::vector<SolverAnswer> again = Z3::run(script_of(all, answers, true), all.size(), limit);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (again[i].kind == Kind::unsat || again[i].kind == Kind::sat) answers[i] = again[i];
    return answers;
  }

  /// The cases not yet answered: first in the form that Z3 decides best, then as they stand, with divisions taken
  /// apart.
  std::string script_of(const std::vector<prove::Obligation>& all, const std::vector<SolverAnswer>& answers,
                        bool takes_apart) const {
    std::string script;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].problem != nullptr || (answers[i].kind != Kind::none && answers[i].kind != Kind::unknown)) continue;
      prove::SmtSizes sizes;
      sizes.bits = options_.bits;
      std::string one = takes_apart ? "" : prove::smt_with_quotients(all[i]);
      if (one.empty()) one = prove::smt_of(all[i], sizes);
      const std::string check = "(check-sat)";
      if (takes_apart)
        one.replace(one.find(check), check.size(),
                    "(check-sat-using (then simplify propagate-values solve-eqs purify-arith smt))");
      script += "(reset)\n" + prove::smt_limit(options_.steps) + "(echo \"case " + std::to_string(i) + "\")\n" + one;
    }
    return script;
  }

  static void weaken(RuleProof& proof, Method method, const std::string& detail) {
    if (method < proof.method || (method == proof.method && !proof.detail.empty())) return;
    proof.method = method;
    proof.detail = detail;
  }

  static Method method_for(const prove::Obligation& obligation) {
    Method method = Method::exhaustive;
    for (const prove::Term& term : obligation.terms) {
      if (term.dtype == DType::index) return Method::box;
      if (is_float(term.dtype)) method = Method::minifloat;
    }
    return method;
  }

  static std::string scale_text(Method method, const prove::Scale& scale) {
    if (method == Method::box)
      return "every index from -" + std::to_string(scale.box) + " to " + std::to_string(scale.box);
    if (method == Method::minifloat) return "every float of 8 bits";
    return "every integer of " + std::to_string(scale.bits) + " bits";
  }

  /// To Z3 a power is any function; points know what it is.
  static bool has_power(const prove::Obligation& obligation) {
    for (const prove::Term& term : obligation.terms)
      if (term.kind == prove::TermKind::operation && term.op == Op::pow) return true;
    return false;
  }

  void add(RuleProof& proof, const prove::Obligation& obligation, const SolverAnswer& answer) const {
    if (obligation.problem != nullptr) return weaken(proof, Method::not_stated, obligation.problem);
    if (answer.kind == Kind::unsat) {
      ++proof.by_z3;
      return;
    }
    // What Z3 refutes is tried natively, too: its functions without a meaning refute more than there is.
    const prove::Scale scale = prove::scale_of_points(obligation, options_.most_points, 8);
    const prove::Verdict verdict = prove::check_exhaustively(obligation, scale);
    if (!verdict.holds) return weaken(proof, Method::refuted, prove::counterexample_text(obligation, verdict));
    if (answer.kind == Kind::sat && !has_power(obligation))
      return weaken(proof, Method::refuted, "Z3: " + answer.values);
    if (verdict.decided == 0) return weaken(proof, Method::vacuous, prove::case_text(obligation));
    const Method method = method_for(obligation);
    weaken(proof, method, scale_text(method, scale));
  }

  Options options_;
};

}  // namespace whittle::tools
