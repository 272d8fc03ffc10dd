// whittle rules --unfired.
#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include <whittle/rewrite/rule_hits.hpp>

#include "tools/commands.hpp"
#include "tools/rule_lists.hpp"

namespace whittle::tools {

namespace {

using Hits = std::map<std::string, std::uint64_t>;

/// Adds the lines of a file: hits, a tabulator, and what names the rule. An empty sentence if all is well.
std::string add_hits(Hits& hits, const std::string& path) {
  std::ifstream file(path);
  if (!file) return "cannot read '" + path + "'";
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    char* end = nullptr;
    const std::uint64_t count = std::strtoull(line.c_str(), &end, 10);
    if (end == line.c_str() || *end != '\t')
      return path + ", line " + std::to_string(number) + ": expected a number and a rule, after a tabulator";
    hits[end + 1] += count;
  }
  return "";
}

}  // namespace

int print_unfired(const std::vector<RuleSetView>& sets, const std::vector<std::string>& files, bool json) {
  Hits hits;
  for (const std::string& path : files)
    if (const std::string wrong = add_hits(hits, path); !wrong.empty()) {
      std::fprintf(stderr, "whittle rules: %s\n", wrong.c_str());
      return bad_input;
    }
  nlohmann::json list = nlohmann::json::array();
  std::set<std::string> seen;  // a set can be a part of several
  std::size_t unfired = 0;
  for (const RuleSetView& set : sets)
    for (std::size_t i = 0; i < set.rule_count; ++i) {
      const std::string key = detail::hits_key(set, i);
      if (!seen.insert(key).second) continue;
      const auto found = hits.find(key);
      const std::uint64_t count = found == hits.end() ? 0 : found->second;
      unfired += count == 0 ? 1 : 0;
      list.push_back({{"set", set.name},
                      {"name", name_of(set, i)},
                      {"file", short_file(set.rules[i].file)},
                      {"line", set.rules[i].line},
                      {"kind", set.rules[i].is_lambda ? "lambda" : "expression"},
                      {"hits", count}});
    }
  if (json) {
    std::printf("%s\n", list.dump(2).c_str());
    return unfired == 0 ? 0 : 1;
  }
  for (const nlohmann::json& rule : list)
    if (rule["hits"] == 0) {
      const std::string place = rule["file"].get<std::string>() + ":" + std::to_string(rule["line"].get<unsigned>());
      std::printf("%-24s  %-36s  %s\n", rule["set"].get<std::string>().c_str(), place.c_str(),
                  rule["name"].get<std::string>().c_str());
    }
  std::printf("%zu of %zu rules did not fire\n", unfired, list.size());
  return unfired == 0 ? 0 : 1;
}

}  // namespace whittle::tools
