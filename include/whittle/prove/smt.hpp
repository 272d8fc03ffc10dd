// Rules as SMT-LIB 2: a script that is unsatisfiable if and only if the rule holds.
#pragma once

#include <string>
#include <vector>

#include <whittle/match/rule_text.hpp>
#include <whittle/prove/obligation.hpp>
#include <whittle/prove/smt_sorts.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {
namespace detail {

/// What SMT-LIB is told of a term: its value, where it has one, and where it is Invalid instead.
struct SmtTerm {
  std::string value, defined = "true", invalid = "false";
};

class SmtObligation {
 public:
  SmtObligation(const Obligation& all, const SmtSizes& sizes) : all_(all), writer_{sizes, has_bits(all)} {
    for (std::uint16_t t = 0; t < all.terms.size(); ++t) made_.push_back(make(t));
  }

  /// Declarations and assertions, without check-sat.
  std::string text() {
    const bool ignores_signs = all_.arithmetic == floating_no_nan;
    const SmtTerm &left = made_[all_.left], &right = made_[all_.right];
    std::string script = definitions() + body_;
    const auto assume = [&](const std::string& what) {
      if (what != "true") script += "(assert " + what + ")\n";
    };
    for (const std::string& premise : premises_) assume(premise);
    if (all_.has_guard) assume(certainly(all_.guard));
    script += "; the left side has a value, and the right side has not, or another one\n";
    assume(disjunction({left.invalid, left.defined}));
    const bool is_real = is_float(all_.terms[all_.left].dtype);
    const std::string equal = applied(is_real && ignores_signs ? "fp.eq" : "=", {left.value, right.value});
    const std::string agree = conjunction({right.defined, equal});
    std::string claim = agree;
    if (left.invalid != "false" || right.invalid != "false")
      claim = conjunction({"(= " + left.invalid + " " + right.invalid + ")", disjunction({left.invalid, agree})});
    return script + "(assert (not " + claim + "))\n";
  }

  /// The names declared.
  const std::vector<std::string>& names() const { return names_; }
  /// The logic it is in, or nothing for all of Z3's.
  std::string logic() const {
    bool has_integers = false, has_bits = false, has_reals = false;
    for (const Term& term : all_.terms) {
      const SmtSort sort = writer_.sort_of(term);
      has_integers = has_integers || sort == SmtSort::integer;
      has_reals = has_reals || sort == SmtSort::real;
      has_bits = has_bits || (sort != SmtSort::integer && sort != SmtSort::real && sort != SmtSort::truth);
    }
    if (has_functions_ || (has_integers && (has_bits || has_reals))) return "";
    return has_integers ? "QF_NIA" : has_reals ? "QF_BVFP" : "QF_BV";
  }

 private:
  static bool has_bits(const Obligation& all) {
    for (const Term& term : all.terms)
      if (term.kind == TermKind::operation && term.dtype == DType::index && works_on_bits(term.op)) return true;
    return false;
  }

  std::string definitions() const {
    std::vector<SmtSort> sorts;
    for (const Term& term : all_.terms) {
      const SmtSort sort = writer_.sort_of(term);
      bool is_known = false;
      for (SmtSort other : sorts) is_known = is_known || other == sort;
      if (!is_known) sorts.push_back(sort);
    }
    std::string text = functions_;
    for (SmtSort sort : sorts) text += writer_.definitions(sort);
    return text;
  }

  void declare(const std::string& name, const std::string& sort) {
    body_ += "(declare-const " + name + " " + sort + ")\n";
    names_.push_back(name);
  }

  SmtTerm make(std::uint16_t t) {
    const Term& term = all_.terms[t];
    const SmtSort sort = writer_.sort_of(term);
    switch (term.kind) {
    case TermKind::truth: return {term.bits != 0 ? "true" : "false"};
    case TermKind::integer: return {writer_.integer_literal(static_cast<std::int64_t>(term.bits), sort)};
    case TermKind::real: return {writer_.real_literal(std::bit_cast<double>(term.bits))};
    case TermKind::operation: return operation(t, sort);
    case TermKind::invalid: {
      const std::string name = "invalid" + std::to_string(t);  // of any value
      body_ += "(declare-const " + name + " " + writer_.name_of(sort) + ")\n";
      return {name, "true", "true"};
    }
    default: return leaf(t, sort);
    }
  }

  SmtTerm leaf(std::uint16_t t, SmtSort sort) {
    const Term& term = all_.terms[t];
    SmtTerm made;
    made.value = v0::detail::name_text(term.name);
    // longer names could be SMT-LIB's own
    if (made.value.size() > 2 || made.value.empty()) made.value += "." + std::to_string(t);
    if (made.value[0] == '.') made.value = "any" + made.value;
    declare(made.value, writer_.name_of(sort));
    if (term.may_be_invalid) {
      made.invalid = made.value + ".invalid";
      declare(made.invalid, "Bool");
    }
    if (term.kind == TermKind::range) {
      const std::string zero = writer_.integer_literal(0, sort);
      premises_.push_back(binary(Op::less_equal, term, {zero, made.value}));
      premises_.push_back(binary(Op::less, term, {made.value, made_[term.sources[0]].value}));
    }
    note_finite(t, made);
    return made;
  }

  void note_finite(std::uint16_t t, const SmtTerm& made) {
    if (all_.arithmetic != floating_no_nan || !is_float(all_.terms[t].dtype) || t >= all_.guard_begin) return;
    premises_.push_back("(not (or (fp.isNaN " + made.value + ") (fp.isInfinite " + made.value + ")))");
  }

  /// An operator on the sort of `operand`.
  std::string binary(Op op, const Term& operand, const std::vector<std::string>& x) {
    switch (writer_.sort_of(operand)) {
    case SmtSort::truth: return writer_.on_truths(op, x);
    case SmtSort::integer: return writer_.on_numbers(op, x);
    case SmtSort::real: return writer_.on_reals(op, x);
    default:
      return writer_.on_bits(op, writer_.sort_of(operand), operand.dtype == DType::uint8 && !operand.is_exact, x);
    }
  }

  /// The source of an operation; in a guard as wide as the guard's numbers.
  std::string source(const Term& term, std::size_t k) const {
    const Term& operand = all_.terms[term.sources[k]];
    const std::string& value = made_[term.sources[k]].value;
    const SmtSort sort = writer_.sort_of(operand);
    if (!term.is_exact || (sort != SmtSort::bits && sort != SmtSort::index_bits)) return value;
    const unsigned more = writer_.width_of(SmtSort::wide_bits) - writer_.width_of(sort);
    return std::string("((_ ") + (operand.dtype == DType::uint8 ? "zero" : "sign") + "_extend " + std::to_string(more) +
           ") " + value + ")";
  }

  SmtTerm operation(std::uint16_t t, SmtSort sort) {
    const Term& term = all_.terms[t];
    if (term.op == Op::where) return where(term);
    Term operand = all_.terms[term.sources[0]];
    operand.is_exact = operand.is_exact || term.is_exact;
    std::vector<std::string> sources, defined, invalid;
    for (std::size_t k = 0; k < term.arity; ++k) {
      sources.push_back(source(term, k));
      defined.push_back(made_[term.sources[k]].defined);
      invalid.push_back(made_[term.sources[k]].invalid);
    }
    std::string value = term.op == Op::cast      ? cast(operand, term, sources[0])
                        : term.op == Op::bitcast ? bitcast(operand, term, sources[0])
                                                 : binary(term.op, operand, sources);
    if (value.empty()) value = applied(function(term.op, operand, term), sources);
    const std::string name = "t" + std::to_string(t);
    body_ += "(define-fun " + name + " () " + writer_.name_of(sort) + " " + value + ")\n";
    const bool three_valued =
        term.is_exact && operand.dtype == DType::boolean && (term.op == Op::bit_and || term.op == Op::bit_or);
    SmtTerm made{name, three_valued ? known(term, sources, defined) : conjunction(defined), disjunction(invalid)};
    made.defined = conjunction({made.defined, has_value(term, operand, sources, name)});
    if (t >= all_.right_begin && term.is_constant && !is_float(term.dtype)) premises_.push_back(made.defined);
    note_finite(t, made);
    return made;
  }

  /// That a condition of the guard is true: of three truth values, neither false nor unknown.
  std::string certainly(std::uint16_t t) const {
    const Term& term = all_.terms[t];
    const bool joins = term.kind == TermKind::operation && term.dtype == DType::boolean && term.is_exact;
    if (joins && term.op == Op::bit_and && term.arity == 2)
      return conjunction({certainly(term.sources[0]), certainly(term.sources[1])});
    if (joins && term.op == Op::bit_or && term.arity == 2 && all_.terms[term.sources[0]].dtype == DType::boolean)
      return disjunction({certainly(term.sources[0]), certainly(term.sources[1])});
    return conjunction({made_[t].defined, made_[t].value});
  }

  SmtTerm where(const Term& term) {
    const SmtTerm &condition = made_[term.sources[0]], &yes = made_[term.sources[1]], &no = made_[term.sources[2]];
    SmtTerm made{choice(condition.value, yes.value, no.value), "", ""};
    made.defined = conjunction({condition.defined, choice(condition.value, yes.defined, no.defined)});
    const std::string branch = choice(condition.value, yes.invalid, no.invalid);
    made.invalid = branch == "false" ? condition.invalid
                                     : disjunction({condition.invalid, conjunction({condition.defined, branch})});
    return made;
  }

  /// Where a conjunction or disjunction in a guard is known.
  static std::string known(const Term& term, const std::vector<std::string>& x, const std::vector<std::string>& d) {
    if (d[0] == "true" && d[1] == "true") return "true";
    const bool is_and = term.op == Op::bit_and;
    const auto decisive = [&](std::size_t k) { return conjunction({d[k], is_and ? negation(x[k]) : x[k]}); };
    return disjunction({conjunction(d), decisive(0), decisive(1)});
  }

  std::string has_value(const Term& term, const Term& operand, const std::vector<std::string>& x,
                        const std::string& result) const {
    const SmtSort sort = writer_.sort_of(operand);
    if (is_division(term.op)) return "(distinct " + x[1] + " " + writer_.integer_literal(0, sort) + ")";
    if (is_shift(term.op)) {
      const std::string inside =
          "(bvult " + x[1] + " " + writer_.bits_literal(writer_.width_of(sort), writer_.width_of(sort)) + ")";
      const bool may_overflow = sort == SmtSort::index_bits && term.op == Op::shl;
      return may_overflow ? conjunction({inside, "(= (bvashr " + result + " " + x[1] + ") " + x[0] + ")"}) : inside;
    }
    if (term.op == Op::bitcast && is_float(operand.dtype) && !is_float(term.dtype))
      return "(not (fp.isNaN " + x[0] + "))";
    const bool may_overflow = term.op == Op::add || term.op == Op::sub || term.op == Op::mul || term.op == Op::neg;
    if (sort != SmtSort::index_bits || !may_overflow) return "true";
    const auto wide = [&](const std::string& text) {
      return "((_ sign_extend " + std::to_string(writer_.sizes.index_bits) + ") " + text + ")";
    };
    std::vector<std::string> operands;
    for (const std::string& one : x) operands.push_back(wide(one));
    return "(= " + wide(result) + " " + writer_.on_bits(term.op, SmtSort::wide_bits, false, operands) + ")";
  }

  /// A function of which nothing is known.
  std::string function(Op op, const Term& operand, const Term& result) {
    const std::string symbol =
        std::string(name(op)) + "." + std::string(name(operand.dtype)) + "." + std::string(name(result.dtype));
    std::string declaration = "(declare-fun " + symbol + " (";
    for (std::size_t k = 0; k < result.arity; ++k)
      declaration += (k == 0 ? "" : " ") + writer_.name_of(writer_.sort_of(operand));
    declaration += ") " + writer_.name_of(writer_.sort_of(result)) + ")\n";
    if (functions_.find(declaration) == std::string::npos) functions_ += declaration;
    has_functions_ = true;
    return symbol;
  }

  std::string truth_to_number(const Term& to, const std::string& x) const {
    const SmtSort sort = writer_.sort_of(to);
    if (sort == SmtSort::real) return choice(x, writer_.real_literal(1), writer_.real_literal(0));
    return choice(x, writer_.integer_literal(1, sort), writer_.integer_literal(0, sort));
  }

  /// Nothing where SMT-LIB has no word for it.
  std::string cast(const Term& from, const Term& to, const std::string& x) const {
    const SmtSort a = writer_.sort_of(from), b = writer_.sort_of(to);
    if (from.dtype == to.dtype) return x;
    if (a == SmtSort::truth) return truth_to_number(to, x);
    if (b == SmtSort::truth && a == SmtSort::real) return "(not (fp.isZero " + x + "))";
    if (b == SmtSort::truth) return "(distinct " + x + " " + writer_.integer_literal(0, a) + ")";
    if (a == SmtSort::bits && b == SmtSort::bits) return x;
    return "";
  }
  std::string bitcast(const Term& from, const Term& to, const std::string& x) const {
    if (from.dtype == to.dtype) return x;
    const unsigned width = writer_.sizes.exponent + writer_.sizes.significand;
    const std::string as_float = "((_ to_fp " + writer_.float_size() + ") ";
    if (is_float(to.dtype) && width == writer_.sizes.bits)
      return as_float +
             (from.dtype == DType::boolean ? choice(x, writer_.bits_literal(1, width), writer_.bits_literal(0, width))
                                           : x) +
             ")";
    const std::string stored = is_float(from.dtype) ? "(fp.to_ieee_bv " + x + ")" : x;
    if (to.dtype == DType::boolean) return "(distinct " + stored + " " + writer_.bits_literal(0, width) + ")";
    return from.dtype == DType::boolean ? truth_to_number(to, x) : stored;
  }

  const Obligation& all_;
  SmtWriter writer_;
  std::vector<SmtTerm> made_ = {};
  std::vector<std::string> premises_ = {}, names_ = {};
  std::string body_ = {}, functions_ = {};
  bool has_functions_ = false;
};

}  // namespace detail

/// An obligation as a script for Z3 that ends with check-sat; `unsat` says that it is proved, and after `sat`
/// get-value gives a point where it fails.
inline std::string smt_of(const Obligation& obligation, const SmtSizes& sizes = {}) {
  detail::SmtObligation made(obligation, sizes);
  const std::string body = made.text(), logic = made.logic();
  std::string script = logic.empty() ? "" : "(set-logic " + logic + ")\n";
  script += body + "(check-sat)\n(get-value (";
  for (const std::string& name : made.names()) script += " " + name;
  return made.names().empty() ? script.substr(0, script.rfind("(get-value")) : script + "))\n";
}

inline constexpr unsigned smt_steps_a_second = 5'000'000;  ///< about
/// What Z3 may do for one answer, in units of its own, so that proofs do not depend on the machine: Z3 4.8.12 can hang
/// at the end of a time limit, too. Some of its steps take long without being counted; those end in three times the
/// time.
inline std::string smt_limit(unsigned steps) {
  const unsigned milliseconds = static_cast<unsigned>(std::uint64_t{steps} * 3'000 / smt_steps_a_second);
  return "(set-option :rlimit " + std::to_string(steps) + ")\n(set-option :timeout " + std::to_string(milliseconds) +
         ")\n";
}

/// All obligations of a rule as one script, each after a line that Z3 echoes, `case <number>`, and with a limit of its
/// own. Nothing for a lambda rule.
inline std::string smt_of(const RuleSetView& set, std::size_t rule, unsigned steps = 10 * smt_steps_a_second,
                          const SmtSizes& sizes = {}) {
  const std::vector<Obligation> all = obligations_of(set, rule);
  std::string script = all.empty() ? "" : "; " + place_of(set, rule) + "\n; " + text_of(set, rule) + "\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].problem != nullptr) continue;
    script += (i == 0 ? "" : "(reset)\n") + smt_limit(steps) + "(echo \"case " + std::to_string(i) + "\")\n" +
              smt_of(all[i], sizes);
  }
  return script;
}

}  // namespace prove
}  // namespace v0
}  // namespace whittle
