// The built-in rule sets, and how lists of rules name files and arithmetics.
#pragma once

#include <string>
#include <vector>

#include <whittle/match/rule_set.hpp>

namespace whittle::tools {

/// The built-in sets in the order in which they are tried, or the one of that name; none if there is none.
std::vector<RuleSetView> rule_sets_named(const std::string& name);

/// The arithmetic as rule sets write it.
inline std::string arithmetic_text(Arithmetic arithmetic) {
  std::string text;
  const auto add = [&](Arithmetic one, const char* name) {
    if (arithmetic.includes(one)) text += (text.empty() ? "" : " | ") + std::string(name);
  };
  add(unbounded, "unbounded");
  add(wrapping, "wrapping");
  add(floating, "floating");
  add(floating_no_nan, "floating_no_nan");
  add(boolean, "boolean");
  add(structural, "structural");
  return text;
}

/// A header's path as it is included.
inline std::string short_file(const char* file) {
  const std::string path = file;
  const std::size_t include = path.rfind("include/");
  return include == std::string::npos ? path : path.substr(include + 8);
}

struct ProofOptions {
  unsigned seconds = 10;  ///< that Z3 has for a case of a rule
  unsigned bits = 8;      ///< of fixed-width integers
};

struct StatisticsOptions {
  bool by_rule = false, times = false;
};

/// `whittle rules --stats`: what each pass, or each rule of it, does in a training step.
void print_pass_statistics(const StatisticsOptions& options, bool json);
/// `whittle rules --unfired`: the rules of these sets that none of the files (rewrite/rule_hits.hpp) has. Status 1
/// where there is one.
int print_unfired(const std::vector<RuleSetView>& sets, const std::vector<std::string>& files, bool json);
/// `whittle rules --critical-pairs`.
int print_critical_pairs(const std::string& set, bool json);

/// `whittle rules --prove`: how each rule is proved. Status 1 where a rule that could be is not, or Z3 is missing.
int print_proofs(const std::vector<RuleSetView>& sets, const ProofOptions& options, bool json);
/// `whittle rules --smt`: a file of SMT-LIB 2 for each expression rule.
int write_smt(const std::vector<RuleSetView>& sets, const std::string& directory, const ProofOptions& options);

}  // namespace whittle::tools
