// whittle rules: the built-in rule sets.
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <whittle/match/rule_text.hpp>
#include <whittle/simplify.hpp>

#include "tools/commands.hpp"

namespace whittle::tools {

namespace {

const std::vector<RuleSetView>& built_in_sets() {
  static const std::vector<RuleSetView> sets{builtin::invalid_values,
                                             builtin::folding,
                                             builtin::casts,
                                             builtin::floats,
                                             builtin::algebra,
                                             builtin::index_algebra,
                                             builtin::wrapping_algebra,
                                             builtin::bitwise,
                                             builtin::divmod,
                                             builtin::comparison,
                                             builtin::index_comparison,
                                             builtin::min_max,
                                             builtin::index_min_max,
                                             builtin::select_arithmetic,
                                             builtin::single_values,
                                             builtin::logic,
                                             builtin::negation,
                                             builtin::select,
                                             builtin::validity};
  return sets;
}

std::string arithmetic_text(Arithmetic arithmetic) {
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

std::string short_file(const char* file) {
  const std::string path = file;
  const std::size_t include = path.rfind("include/");
  return include == std::string::npos ? path : path.substr(include + 8);
}

struct Options {
  std::string set;
  bool stats = false, json = false;
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
  nlohmann::json sets = nlohmann::json::array();
  for (const RuleSetView& set : built_in_sets())
    if (options.set.empty() || options.set == set.name) sets.push_back(as_json(set));
  if (sets.empty()) {
    std::string names;
    for (const RuleSetView& set : built_in_sets()) names += (names.empty() ? "" : ", ") + std::string(set.name);
    std::fprintf(stderr, "whittle rules: there is no set '%s'; the sets are: %s\n", options.set.c_str(), names.c_str());
    return bad_input;
  }
  if (options.json)
    std::printf("%s\n", sets.dump(2).c_str());
  else
    for (const nlohmann::json& set : sets) print_rules(set);
  return 0;
}

}  // namespace

void add_rules_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("rules", "List the built-in rewrite rules");
  auto options = std::make_shared<Options>();
  command->add_option("--set", options->set, "Only the set of this name");
  command->add_flag("--stats", options->stats,
                    "Each pass: its expression and lambda rules, and what they rewrite in a training step");
  command->add_flag("--json", options->json, "For machines");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace whittle::tools
