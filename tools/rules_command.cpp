// whittle rules: the built-in rule sets.
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <whittle/match/rule_text.hpp>
#include <whittle/pipeline.hpp>
#include <whittle/simplify.hpp>

#include "tools/commands.hpp"
#include "tools/rule_lists.hpp"

namespace whittle::tools {

namespace {

struct RulesOptions {
  std::string set, smt_directory;
  std::vector<std::string> hits_files;
  bool stats = false, json = false, prove = false, critical_pairs = false;
  ProofOptions proofs;
  StatisticsOptions statistics;
};

nlohmann::json as_json(const RuleSetView& set) {
  nlohmann::json rules = nlohmann::json::array();
  std::size_t lambdas = 0;
  for (std::size_t i = 0; i < set.rule_count; ++i) {
    const RuleInfo& rule = set.rules[i];
    lambdas += rule.is_lambda ? 1 : 0;
    rules.push_back({{"name", name_of(set, i)},
                     {"text", text_of(set, i)},
                     {"file", short_file(rule.file)},
                     {"line", rule.line},
                     {"kind", rule.is_lambda ? "lambda" : "expression"},
                     {"arithmetic", arithmetic_text(rule.arithmetic)}});
  }
  return {{"set", set.name}, {"expressions", set.rule_count - lambdas}, {"lambdas", lambdas}, {"rules", rules}};
}

void print_rules(const nlohmann::json& set) {
  std::printf("%s: %zu rules\n", set["set"].get<std::string>().c_str(), set["rules"].size());
  for (const nlohmann::json& rule : set["rules"]) {
    const std::string place = rule["file"].get<std::string>() + ":" + std::to_string(rule["line"].get<unsigned>());
    std::printf("  %-10s  %-36s  %s\n", rule["kind"].get<std::string>().c_str(), place.c_str(),
                rule["name"].get<std::string>().c_str());
  }
}

/// The built-in sets, and after them those of the passes that are made of other rules.
std::vector<RuleSetView> sets_and_passes() {
  std::vector<RuleSetView> sets(std::begin(simplify_sets), std::end(simplify_sets));
  for (const Pass& pass : current_pipeline().passes)
    if (pass.rules != nullptr) sets.push_back(*pass.rules);
  return sets;
}

int run(const RulesOptions& options) {
  if (options.stats || options.statistics.by_rule || options.statistics.times) {
    print_pass_statistics(options.statistics, options.json);
    return 0;
  }
  const std::vector<RuleSetView> sets = rule_sets_named(options.set);
  if (sets.empty()) {
    std::string names;
    for (const RuleSetView& set : simplify_sets) names += (names.empty() ? "" : ", ") + std::string(set.name);
    std::fprintf(stderr, "whittle rules: there is no set '%s'; the sets are: %s\n", options.set.c_str(), names.c_str());
    return bad_input;
  }
  if (!options.hits_files.empty()) {
    const std::vector<RuleSetView> with_passes = options.set.empty() ? sets_and_passes() : sets;
    return print_unfired(with_passes, options.hits_files, options.json);
  }
  if (options.critical_pairs) return print_critical_pairs(options.set, options.json);
  if (!options.smt_directory.empty())
    if (const int status = write_smt(sets, options.smt_directory, options.proofs); status != 0) return status;
  if (options.prove) return print_proofs(sets, options.proofs, options.json);
  if (!options.smt_directory.empty()) return 0;
  nlohmann::json lists = nlohmann::json::array();
  for (const RuleSetView& set : sets) lists.push_back(as_json(set));
  if (options.json)
    std::printf("%s\n", lists.dump(2).c_str());
  else
    for (const nlohmann::json& set : lists) print_rules(set);
  return 0;
}

}  // namespace

std::vector<RuleSetView> rule_sets_named(const std::string& name) {
  std::vector<RuleSetView> sets;
  for (const RuleSetView& set : simplify_sets)
    if (name.empty() || name == set.name) sets.push_back(set);
  return sets;
}

void add_rules_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("rules", "List the built-in rewrite rules");
  auto options = std::make_shared<RulesOptions>();
  command->add_option("--set", options->set, "Only the set of this name");
  command->add_flag("--stats", options->stats,
                    "Each pass: its expression and lambda rules, and what they rewrite in a training step");
  command->add_flag("--by-rule", options->statistics.by_rule,
                    "With --stats: each rule that fires there, with its hits");
  command->add_flag("--time", options->statistics.times,
                    "With --stats: each rule's time, too: guards, lambda and right side, where its pattern matches");
  command->add_option("--unfired", options->hits_files,
                      "Rules, also of the passes, that fire in none of these files, which runs with the environment "
                      "variable WHITTLE_RULE_HITS=FILE append to");
  command->add_flag("--critical-pairs", options->critical_pairs,
                    "Expression rules that overlap and lead to different normal forms; with --set, of that set");
  command->add_flag("--prove", options->prove, "How each rule is proved: by Z3, or on every point of small numbers");
  command->add_option("--smt", options->smt_directory, "Write each rule as SMT-LIB 2 into this directory");
  command->add_option("--timeout", options->proofs.seconds, "About how many seconds Z3 has for a case of a rule (10)")
      ->check(CLI::Range(1, 800));
  command->add_option("--bits", options->proofs.bits, "Width of integers in proofs by Z3 (8)")
      ->check(CLI::Range(8, 64));
  command->add_flag("--json", options->json, "For machines");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace whittle::tools
