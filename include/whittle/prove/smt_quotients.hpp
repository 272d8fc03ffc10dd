// Rules about quotients of indices as SMT-LIB 2 in a form that Z3 can decide: polynomials, and quotients as unknowns.
//
// Of `c1 % c2 == 0` in a guard it is used that c1 = c2 * k, and of c1 == c2 * c3 the same. A quotient q of a by b is an
// unknown with b * q <= a < b * q + b for positive b. Two quotients are equal, or one is greater by 1 at least: said of
// those whose difference matters, that is all Z3 lacks.
#pragma once

#include <map>
#include <optional>

#include <whittle/prove/polynomial.hpp>
#include <whittle/prove/smt_sorts.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {
namespace detail {

class QuotientScript {
 public:
  explicit QuotientScript(const Obligation& all) : all_(all) {}

  /// Nothing where the obligation has other operators.
  std::string text() {
    if (all_.problem != nullptr || all_.arithmetic.mask != unbounded.mask) return "";
    for (const Term& term : all_.terms)
      if (!is_known(term)) return "";
    if (all_.has_guard) use_equations(all_.guard);
    std::string assertions;
    const auto assume = [&](const std::string& what) { assertions += "(assert " + what + ")\n"; };
    if (all_.has_guard) assume(condition(all_.guard));
    const std::string left = value(all_.left);
    for (const std::string& divisor : divisors_) assume("(distinct " + divisor + " 0)");
    divisors_.clear();
    const std::string right = value(all_.right);
    std::string claim = "(= " + left + " " + right + ")";
    for (const std::string& divisor : divisors_) claim = "(and " + claim + " (distinct " + divisor + " 0))";
    assume("(not " + claim + ")");
    note_differences();
    std::string declarations;
    for (const std::string& name : names_) declarations += "(declare-const " + name + " Int)\n";
    return "(set-logic QF_NIA)\n" + declarations + facts_ + assertions + "(check-sat)\n";
  }

 private:
  struct Quotient {
    Polynomial a, b, q;
  };

  static bool is_known(const Term& term) {
    if (term.kind == TermKind::integer || term.kind == TermKind::truth) return true;
    if (term.kind == TermKind::variable || term.kind == TermKind::constant) return term.dtype == DType::index;
    if (term.kind != TermKind::operation) return false;
    if (term.dtype == DType::index)
      return term.op == Op::add || term.op == Op::sub || term.op == Op::mul || term.op == Op::neg ||
             term.op == Op::floordiv || term.op == Op::floormod;
    return is_comparison(term.op) || (term.op == Op::bit_and && term.is_exact);
  }
  bool is_leaf(std::uint16_t t) const { return all_.terms[t].kind <= TermKind::constant; }
  std::string name_of(std::uint16_t t) const { return "x" + std::to_string(t); }

  Polynomial unknown(const std::string& name) {
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
    return Polynomial::unknown(name);
  }

  /// Takes what the guard's equations say of one name.
  void use_equations(std::uint16_t t) {
    const Term& term = all_.terms[t];
    if (term.op == Op::bit_and) {
      use_equations(term.sources[0]);
      return use_equations(term.sources[1]);
    }
    if (term.op != Op::equal) return;
    const Term& first = all_.terms[term.sources[0]];
    const Term& second = all_.terms[term.sources[1]];
    if (is_leaf(term.sources[0])) return define(term.sources[0], polynomial(term.sources[1]));
    const bool divides = first.op == Op::floormod && second.kind == TermKind::integer && second.bits == 0;
    if (!divides || !is_leaf(first.sources[0])) return;
    const std::string factor = name_of(first.sources[0]) + ".k";
    define(first.sources[0], polynomial(first.sources[1]) * unknown(factor));
  }
  void define(std::uint16_t leaf, const Polynomial& meaning) {
    if (meanings_.count(leaf) != 0 || meaning.contains(name_of(leaf))) return;
    for (const auto& [other, known] : meanings_)
      if (known.contains(name_of(leaf))) return;  // used already
    for (const Quotient& quotient : quotients_)
      if (quotient.a.contains(name_of(leaf)) || quotient.b.contains(name_of(leaf))) return;
    meanings_[leaf] = meaning;
  }

  Polynomial polynomial(std::uint16_t t) {
    const Term& term = all_.terms[t];
    if (term.kind == TermKind::integer) return Polynomial(static_cast<std::int64_t>(term.bits));
    if (const auto known = meanings_.find(t); known != meanings_.end()) return known->second;
    if (is_leaf(t)) return unknown(name_of(t));
    const Polynomial a = polynomial(term.sources[0]);
    if (term.op == Op::neg) return Polynomial(0) - a;
    const Polynomial b = polynomial(term.sources[1]);
    if (term.op == Op::add) return a + b;
    if (term.op == Op::sub) return a - b;
    if (term.op == Op::mul) return a * b;
    divisors_.push_back(b.text());
    const Polynomial q = quotient(a, b);
    return term.op == Op::floordiv ? q : a - b * q;
  }

  Polynomial quotient(const Polynomial& a, const Polynomial& b) {
    if (const Polynomial exact = a.quotient_by(b); exact * b == a) return exact;
    for (const Quotient& known : quotients_)
      if (known.a == a && known.b == b) return known.q;
    const Polynomial q = unknown("q" + std::to_string(quotients_.size()));
    quotients_.push_back({a, b, q});
    const std::string least = (b * q).text(), next = (b * q + b).text();
    facts_ += "(assert (=> (> " + b.text() + " 0) (and (<= " + least + " " + a.text() + ") (< " + a.text() + " " +
              next + "))))\n(assert (=> (< " + b.text() + " 0) (and (>= " + least + " " + a.text() + ") (> " +
              a.text() + " " + next + "))))\n";
    return q;
  }

  std::string condition(std::uint16_t t) {
    const Term& term = all_.terms[t];
    if (term.kind == TermKind::truth) return term.bits != 0 ? "true" : "false";
    if (term.op == Op::bit_and) return "(and " + condition(term.sources[0]) + " " + condition(term.sources[1]) + ")";
    const std::string a = polynomial(term.sources[0]).text(), b = polynomial(term.sources[1]).text();
    const std::string function = term.op == Op::less         ? "<"
                                 : term.op == Op::less_equal ? "<="
                                 : term.op == Op::equal      ? "="
                                                             : "distinct";
    return "(" + function + " " + a + " " + b + ")";
  }
  std::string value(std::uint16_t t) {
    return all_.terms[t].dtype == DType::boolean ? condition(t) : polynomial(t).text();
  }

  /// True of any integer; it makes Z3 look at this one.
  void note_case(const Polynomial& d) {
    if (d.is_zero()) return;
    facts_ += "(assert (or (= " + d.text() + " 0) (>= " + d.text() + " 1) (<= " + d.text() + " (- 1))))\n";
  }
  void note_differences() {
    for (std::size_t i = 0; i < quotients_.size(); ++i) {
      const Quotient& x = quotients_[i];
      if (const Polynomial part = x.a.quotient_by(x.b); !part.is_zero()) note_case(x.q - part);
      for (std::size_t k = 0; k < i; ++k) {
        const Quotient& y = quotients_[k];
        note_case(x.q - y.q - (x.b == y.b ? (x.a - y.a).quotient_by(x.b) : Polynomial()));
      }
    }
  }

  const Obligation& all_;
  std::map<std::uint16_t, Polynomial> meanings_ = {};
  std::vector<Quotient> quotients_ = {};
  std::vector<std::string> names_ = {}, divisors_ = {};
  std::string facts_ = {};
};

}  // namespace detail

/// An obligation about sums, products and quotients of indices as a script that is unsatisfiable if and only if it
/// holds; nothing if there is more to it.
inline std::string smt_with_quotients(const Obligation& obligation) {
  return detail::QuotientScript(obligation).text();
}

}  // namespace prove
}  // namespace v0
}  // namespace whittle
