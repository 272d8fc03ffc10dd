// whittle rules: the built-in rule sets.
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <whittle/match/rule_text.hpp>
#include <whittle/simplify.hpp>

#include "tools/commands.hpp"
#include "tools/rule_lists.hpp"

namespace whittle::tools {

namespace {

struct Options {
  std::string set, smt_directory;
  bool stats = false, json = false, prove = false;
  ProofOptions proofs;
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

int run(const Options& options) {
  if (options.stats) {
    print_pass_statistics(options.json);
    return 0;
  }
  const std::vector<RuleSetView> sets = rule_sets_named(options.set);
  if (sets.empty()) {
    std::string names;
    for (const RuleSetView& set : simplify_sets) names += (names.empty() ? "" : ", ") + std::string(set.name);
    std::fprintf(stderr, "whittle rules: there is no set '%s'; the sets are: %s\n", options.set.c_str(), names.c_str());
    return bad_input;
  }
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
  auto options = std::make_shared<Options>();
  command->add_option("--set", options->set, "Only the set of this name");
  command->add_flag("--stats", options->stats,
                    "Each pass: its expression and lambda rules, and what they rewrite in a training step");
  command->add_flag("--prove", options->prove, "How each rule is proved: by Z3, or on every point of small numbers");
  command->add_option("--smt", options->smt_directory, "Write each rule as SMT-LIB 2 into this directory");
  command->add_option("--timeout", options->proofs.seconds, "Seconds that Z3 has for a case of a rule (10)")
      ->check(CLI::Range(1, 3600));
  command->add_option("--bits", options->proofs.bits, "Width of integers in proofs by Z3 (8)")
      ->check(CLI::Range(8, 64));
  command->add_flag("--json", options->json, "For machines");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace whittle::tools
