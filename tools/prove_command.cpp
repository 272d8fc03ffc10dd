// whittle rules --prove and --smt.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "tools/rule_lists.hpp"
#include "tools/settle.hpp"

namespace whittle::tools {

namespace {

using Counts = std::map<Method, int>;

std::string counts_text(const Counts& counts) {
  std::string text;
  for (const auto& [method, count] : counts)
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + text_of(method);
  return text;
}

nlohmann::json as_json(const RuleSetView& set, std::size_t rule, const RuleProof& proof) {
  const RuleInfo& info = set.rules[rule];
  return {{"set", set.name},
          {"name", name_of(set, rule)},
          {"file", short_file(info.file)},
          {"line", info.line},
          {"arithmetic", arithmetic_text(info.arithmetic)},
          {"method", text_of(proof.method)},
          {"proved", is_proved(proof.method)},
          {"cases", proof.cases},
          {"cases_by_z3", proof.by_z3},
          {"detail", proof.detail}};
}

void print(const RuleSetView& set, std::size_t rule, const RuleProof& proof) {
  const RuleInfo& info = set.rules[rule];
  const std::string place = short_file(info.file) + ":" + std::to_string(info.line);
  std::printf("  %-10s  %-36s  %-20s  %s\n", text_of(proof.method), place.c_str(),
              arithmetic_text(info.arithmetic).c_str(), name_of(set, rule).c_str());
  if (!proof.detail.empty() && proof.method != Method::lambda) std::printf("  %-10s  %s\n", "", proof.detail.c_str());
  std::fflush(stdout);
}

/// The name of a file for a rule: letters and digits of its set's name, and its number there.
std::string file_of(const RuleSetView& set, std::size_t rule) {
  std::string text;
  for (const char* at = set.name; *at != 0; ++at) text += *at == ' ' ? '_' : *at;
  const std::string number = std::to_string(rule);
  return text + "-" + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number + ".smt2";
}

}  // namespace

int print_proofs(const std::vector<RuleSetView>& sets, const ProofOptions& options, bool json) {
  const bool use_z3 = Z3::is_installed();
  if (!use_z3)
    std::fprintf(stderr, "whittle rules: z3 is not installed (Debian: apt-get install z3); rules are only tried on "
                         "every point of small numbers\n");
  const Prover prover({use_z3, options.seconds * prove::smt_steps_a_second, 3'000'000, options.bits});
  nlohmann::json list = nlohmann::json::array();
  Counts all;
  bool is_missing = !use_z3;
  for (const RuleSetView& set : sets) {
    Counts counts;
    if (!json) std::printf("%s\n", set.name);
    for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
      const RuleProof proof = prover(set, rule);
      ++counts[proof.method];
      ++all[proof.method];
      is_missing = is_missing || (!is_proved(proof.method) && proof.method != Method::lambda);
      if (json)
        list.push_back(as_json(set, rule, proof));
      else
        print(set, rule, proof);
    }
    if (!json) std::printf("  %s\n\n", counts_text(counts).c_str());
  }
  if (json)
    std::printf("%s\n", list.dump(2).c_str());
  else
    std::printf("all: %s\n", counts_text(all).c_str());
  return is_missing ? 1 : 0;
}

int write_smt(const std::vector<RuleSetView>& sets, const std::string& directory, const ProofOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::size_t written = 0;
  prove::SmtSizes sizes;
  sizes.bits = options.bits;
  for (const RuleSetView& set : sets)
    for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
      const std::string script = prove::smt_of(set, rule, options.seconds * prove::smt_steps_a_second, sizes);
      if (script.empty()) continue;
      const std::filesystem::path path = std::filesystem::path(directory) / file_of(set, rule);
      std::ofstream file(path);
      file << script;
      if (!file.flush()) {
        std::fprintf(stderr, "whittle rules: cannot write %s\n", path.c_str());
        return 1;
      }
      ++written;
    }
  std::printf("%zu files in %s; `unsat` proves a case of a rule\n", written, directory.c_str());
  return 0;
}

}  // namespace whittle::tools
