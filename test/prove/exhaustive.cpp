// Rules on every point of small numbers.
#include <catch2/catch.hpp>

#include <whittle/prove/counterexample.hpp>
#include <whittle/simplify.hpp>

#include "wrong_rules.hpp"

namespace prove_exhaustive {

namespace {

using namespace whittle;
using namespace whittle::prove;

struct Tried {
  bool holds = true;
  std::uint64_t decided = 0;
  std::string why;  ///< of the first case that does not hold
};

Tried try_rule(const RuleSetView& set, std::size_t rule, std::uint64_t most_points, unsigned bits) {
  Tried tried;
  for (const Obligation& obligation : obligations_of(set, rule)) {
    if (obligation.problem != nullptr) return {false, 0, obligation.problem};
    const Verdict verdict = check_exhaustively(obligation, scale_of_points(obligation, most_points, bits));
    tried.decided += verdict.decided;
    if (verdict.holds) continue;
    return {false, tried.decided, counterexample_text(obligation, verdict)};
  }
  return tried;
}

void all_are_refuted(const RuleSetView& set) {
  for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
    const Tried tried = try_rule(set, rule, 300'000, 8);
    INFO(place_of(set, rule) << ": " << tried.why);
    CHECK(!tried.holds);
    CHECK(tried.why.find(" becomes ") != std::string::npos);
  }
}
void all_hold(const RuleSetView& set) {
  for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
    if (set.rules[rule].is_lambda) continue;
    const Tried tried = try_rule(set, rule, 50'000, 8);
    INFO(place_of(set, rule) << ": " << tried.why);
    CHECK(tried.holds);
    CHECK(tried.decided > 0);
  }
}
std::string why(const RuleSetView& set, std::size_t rule) { return try_rule(set, rule, 300'000, 8).why; }

}  // namespace

TEST_CASE("exhaustive: every built-in expression rule holds, and has points where it fires") {
  all_hold(builtin::sum_order);
  all_hold(simplify_rules);
}

TEST_CASE("exhaustive: wrong rules are refuted") {
  all_are_refuted(wrong_rules::for_index);
  all_are_refuted(wrong_rules::for_fixed_widths);
  all_are_refuted(wrong_rules::for_floats);
  all_are_refuted(wrong_rules::for_finite_floats);
  all_are_refuted(wrong_rules::for_truths);
  all_are_refuted(wrong_rules::for_any);
  all_hold(wrong_rules::right_for_index);
  all_hold(wrong_rules::right_for_finite_floats);
}

TEST_CASE("exhaustive: the reasons are the right ones") {
  using namespace wrong_rules;
  // another value, a value that is missing, and a sign
  CHECK(why(for_index, 2).find(": 0 becomes 1 (index)") != std::string::npos);
  CHECK(why(for_index, 5) == "x = 0: 0 becomes no value (index)");
  CHECK(why(for_index, 6).find("becomes no value") != std::string::npos);
  CHECK(why(for_index, 7).find("c = -") != std::string::npos);
  CHECK(why(for_fixed_widths, 3).find("(int8)") != std::string::npos);
  CHECK(why(for_fixed_widths, 4).find("(bool)") != std::string::npos);
  CHECK(why(for_floats, 1) == "x = -0: 0 becomes -0 (float32)");
  CHECK(why(for_floats, 3) == "x = nan: false becomes true (bool)");
  CHECK(why(for_any, 2).find("becomes invalid") != std::string::npos);
}

TEST_CASE("exhaustive: a case for each choice, dtype and operator") {
  using namespace wrong_rules;
  CHECK(obligations_of(for_index, 0).size() == 1);
  CHECK(obligations_of(for_index, 8).size() == 2);         // replacements
  CHECK(obligations_of(for_index, 9).size() == 1 + 1);     // with and without the operand
  CHECK(obligations_of(for_index, 10).size() == 2);        // alternatives
  CHECK(obligations_of(for_fixed_widths, 0).size() == 2);  // signed and unsigned
  CHECK(obligations_of(for_any, 0).size() == 5);           // bool, index, signed, unsigned, float
  CHECK(obligations_of(for_any, 3).size() == 4 * 5);       // comparisons of each
}

TEST_CASE("exhaustive: a scale within a number of points") {
  const std::vector<Obligation> all = obligations_of(wrong_rules::for_fixed_widths, 0);
  CHECK(points_of(all[0], scale_of_bits(8)) == 65536);
  CHECK(scale_of_points(all[0], 65536, 8).bits == 8);
  CHECK(scale_of_points(all[0], 65535, 8).bits == 7);
  const Verdict verdict = check_exhaustively(obligations_of(builtin::bitwise, 0)[1], scale_of_bits(4));
  CHECK(verdict.points == 16);
  CHECK(verdict.decided == 16);
}

}  // namespace prove_exhaustive
