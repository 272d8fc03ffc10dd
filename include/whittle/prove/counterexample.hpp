// Why a rule does not hold, in words.
#pragma once

#include <cstdio>
#include <string>

#include <whittle/match/rule_text.hpp>
#include <whittle/prove/exhaustive.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {

inline std::string text_of(const Value& value, DType dtype) {
  if (value.state == Value::State::invalid) return "invalid";
  if (value.state == Value::State::undefined) return "no value";
  if (dtype == DType::boolean) return value.number != 0 ? "true" : "false";
  if (!is_float(dtype)) return std::to_string(value.number);
  char digits[40];
  std::snprintf(digits, sizeof digits, "%g", value.real);
  return digits;
}

/// The names of an obligation with the readings of their dtypes, such as "x int8, c int8".
inline std::string case_text(const Obligation& all) {
  std::string text;
  for (const Term& term : all.terms) {
    if (!detail::is_leaf(term)) continue;
    text += (text.empty() ? "" : ", ") + (term.name.empty() ? "_" : v0::detail::name_text(term.name)) + " " +
            std::string(name(term.dtype));
  }
  return text;
}

/// The point where the sides differ: "x = 3, c = 2: 1 becomes 0"; empty if the verdict has none.
inline std::string counterexample_text(const Obligation& all, const Verdict& verdict) {
  if (verdict.counterexample.empty()) return "";
  std::string text;
  for (std::size_t t = 0; t < all.terms.size(); ++t) {
    const Term& term = all.terms[t];
    if (!detail::is_leaf(term)) continue;
    const std::string shown = term.name.empty() ? "_" : v0::detail::name_text(term.name);
    text += (text.empty() ? "" : ", ") + shown + " = " + prove::text_of(verdict.counterexample[t], term.dtype);
  }
  const DType dtype = all.terms[all.left].dtype;
  return text + (text.empty() ? "" : ": ") + prove::text_of(verdict.counterexample[all.left], dtype) + " becomes " +
         prove::text_of(verdict.counterexample[all.right], dtype) + " (" + std::string(name(dtype)) + ")";
}

}  // namespace prove
}  // namespace v0
}  // namespace whittle
