// The language of rules, the matcher and the driver, for any graph. No built-in rules, no tensors. Rules and failures
// as text are in match/rule_text.hpp and rewrite/report.hpp: strings take a tenth of the time that all this compiles.
#pragma once

// What users' errors point into comes first: compilers list the way to a header in each of them.
// clang-format off
#include <whittle/match/pattern.hpp>
#include <whittle/match/language.hpp>
#include <whittle/match/rule.hpp>
#include <whittle/match/rule_set.hpp>
// clang-format on
#include <whittle/match/compile.hpp>
#include <whittle/match/matcher.hpp>
#include <whittle/match/traits.hpp>
#include <whittle/rewrite/rewrite.hpp>
#include <whittle/version.hpp>
