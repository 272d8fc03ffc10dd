// Polynomials with integer coefficients over named unknowns.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace whittle {
inline namespace v0 {
namespace prove {

class Polynomial {
 public:
  using Monomial = std::vector<std::string>;  ///< unknowns in order, each as often as its power

  Polynomial() = default;
  Polynomial(std::int64_t constant) { add(constant, {}); }  // NOLINT: converts on purpose
  static Polynomial unknown(const std::string& name) {
    Polynomial made;
    made.add(1, {name});
    return made;
  }

  bool is_zero() const { return terms_.empty(); }
  bool contains(const std::string& name) const {
    for (const auto& [monomial, coefficient] : terms_)
      if (std::find(monomial.begin(), monomial.end(), name) != monomial.end()) return true;
    return false;
  }

  friend bool operator==(const Polynomial&, const Polynomial&) = default;
  friend Polynomial operator+(Polynomial a, const Polynomial& b) {
    for (const auto& [monomial, coefficient] : b.terms_) a.add(coefficient, monomial);
    return a;
  }
  friend Polynomial operator*(const Polynomial& a, const Polynomial& b) {
    Polynomial made;
    for (const auto& [x, p] : a.terms_)
      for (const auto& [y, q] : b.terms_) {
        Monomial both(x);
        both.insert(both.end(), y.begin(), y.end());
        std::sort(both.begin(), both.end());
        made.add(p * q, both);
      }
    return made;
  }
  friend Polynomial operator-(const Polynomial& a, const Polynomial& b) { return a + Polynomial(-1) * b; }

  /// The polynomial K for which as much as can be of this is `divisor` * K; 0 if the divisor is not one monomial.
  Polynomial quotient_by(const Polynomial& divisor) const {
    Polynomial quotient;
    if (divisor.terms_.size() != 1) return quotient;
    const auto& [by, factor] = *divisor.terms_.begin();
    for (const auto& [monomial, coefficient] : terms_) {
      if (coefficient % factor != 0 || !std::includes(monomial.begin(), monomial.end(), by.begin(), by.end())) continue;
      Monomial rest;
      std::set_difference(monomial.begin(), monomial.end(), by.begin(), by.end(), std::back_inserter(rest));
      quotient.add(coefficient / factor, rest);
    }
    return quotient;
  }

  /// As an SMT-LIB term.
  std::string text() const {
    std::string sum;
    for (const auto& [monomial, coefficient] : terms_) {
      const std::string number =
          coefficient < 0 ? "(- " + std::to_string(coefficient).substr(1) + ")" : std::to_string(coefficient);
      std::string product = monomial.empty() ? " " + number : coefficient == 1 && monomial.size() == 1 ? " " : " (*";
      if (!monomial.empty() && coefficient != 1) product += " " + number;
      for (const std::string& name : monomial) product += (product == " " ? "" : " ") + name;
      sum += product + (product.starts_with(" (*") ? ")" : "");
    }
    if (terms_.empty()) return "0";
    return terms_.size() == 1 ? sum.substr(1) : "(+" + sum + ")";
  }

 private:
  void add(std::int64_t coefficient, const Monomial& monomial) {
    const std::int64_t sum = (terms_[monomial] += coefficient);
    if (sum == 0) terms_.erase(monomial);
  }
  std::map<Monomial, std::int64_t> terms_ = {};
};

}  // namespace prove
}  // namespace v0
}  // namespace whittle
