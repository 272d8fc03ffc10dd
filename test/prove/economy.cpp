// What economize puts in the place of something by itself, stated as rules: they hold. (What it shares, the rules take
// apart again: that is checked whenever it does so.)
#include <catch2/catch.hpp>

#include <whittle/prove/counterexample.hpp>
#include <whittle/simplify/names.hpp>

#include "sanitized.hpp"
#include "tools/settle.hpp"

namespace prove_economy {

namespace {

using namespace whittle;
using namespace whittle::builtin;

// clang-format off
inline constexpr auto statements = rules<unbounded>("economy",
    x % c                 >>= x - (x / c) * c                          |= when(c > 0),
    (x / c1) % c2 < c3    >>= x % (c1 * c2) < c3 * c1                  |= when(c1 > 0 && c2 > 0),
    c3 < (x / c1) % c2    >>= c3 * c1 + (c1 - 1) < x % (c1 * c2)       |= when(c1 > 0 && c2 > 0),
    x < y * c             >>= x / c < y                                |= when(c > 0),
    y * c < x + 1         >>= y < x / c + 1                            |= when(c > 0),
    0 < x + y * c         >>= 0 < x + y                                |= when(c > 0 && x >= 0 && y >= 0));
// clang-format on

}  // namespace

TEST_CASE("economy: its steps hold on every point of small numbers") {
  for (std::size_t rule = 0; rule < statements.rule_count; ++rule)
    for (const prove::Obligation& obligation : prove::obligations_of(statements, rule)) {
      const prove::Verdict verdict = check_exhaustively(obligation, prove::scale_of_points(obligation, 200'000, 8));
      INFO(place_of(statements, rule) << ": " << (verdict.holds ? "" : counterexample_text(obligation, verdict)));
      CHECK(verdict.holds);
      CHECK(verdict.decided > 0);
    }
}

TEST_CASE("economy: Z3 proves its steps, or tries them on a box") {
  const tools::Prover prover({tools::Z3::is_installed(), 2 * prove::smt_steps_a_second, 200'000});
  for (std::size_t rule = 0; rule < statements.rule_count; rule += is_sanitized ? 3 : 1) {
    const tools::RuleProof proof = prover(statements, rule);
    INFO(place_of(statements, rule) << ": " << text_of(proof.method) << ": " << proof.detail);
    CHECK((is_proved(proof.method) || proof.method == tools::Method::box));
  }
}

}  // namespace prove_economy
