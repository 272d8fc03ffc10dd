// whittle rules --critical-pairs.
#include <cstdio>
#include <set>

#include <nlohmann/json.hpp>

#include <whittle/prove/critical_pairs.hpp>
#include <whittle/simplify.hpp>

#include "tools/rule_lists.hpp"

namespace whittle::tools {

namespace {

nlohmann::json as_json(const prove::CriticalPair& pair) {
  return {{"outer", place_of(simplify_rules, pair.outer)},
          {"inner", place_of(simplify_rules, pair.inner)},
          {"dtype", std::string(name(pair.dtype))},
          {"over_invalid", pair.over_invalid},
          {"term", pair.term},
          {"by_outer", pair.by_outer},
          {"by_inner", pair.by_inner},
          {"end_of_outer", pair.end_of_outer},
          {"end_of_inner", pair.end_of_inner}};
}

void print(const prove::CriticalPair& pair) {
  std::printf("%s\n%s\n    %s    # %s\n    -> %s\n       %s\n    -> %s\n       %s\n",
              place_of(simplify_rules, pair.outer).c_str(), place_of(simplify_rules, pair.inner).c_str(),
              pair.term.c_str(), std::string(name(pair.dtype)).c_str(), pair.by_outer.c_str(),
              pair.end_of_outer.c_str(), pair.by_inner.c_str(), pair.end_of_inner.c_str());
}

}  // namespace

int print_critical_pairs(const std::string& set, bool json) {
  std::set<std::pair<std::string, unsigned>> places;  // of the rules of the set
  for (const RuleSetView& each : rule_sets_named(set))
    for (std::size_t i = 0; i < each.rule_count; ++i) places.insert({each.rules[i].file, each.rules[i].line});
  const auto is_of_set = [&](std::size_t rule) {
    return set.empty() || places.contains({simplify_rules.rules[rule].file, simplify_rules.rules[rule].line});
  };
  prove::CriticalPairSearch<matcher<simplify_rules, Graph>> search;
  const prove::CriticalPairs& found =
      search([&](std::size_t outer, std::size_t inner) { return is_of_set(outer) || is_of_set(inner); });
  if (json) {
    nlohmann::json list = nlohmann::json::array();
    for (const prove::CriticalPair& pair : found.differing) list.push_back(as_json(pair));
    const nlohmann::json report = {{"rules", found.rules},       {"not_stated", found.not_stated},
                                   {"overlaps", found.overlaps}, {"examined", found.examined},
                                   {"pairs", found.pairs},       {"unfinished", found.unfinished},
                                   {"differing", list}};
    std::printf("%s\n", report.dump(2).c_str());
    return 0;
  }
  std::size_t over_invalid = 0;  // Invalid comes first on purpose: their results are told to differ, and no more
  for (const prove::CriticalPair& pair : found.differing)
    if (pair.over_invalid)
      ++over_invalid;
    else
      print(pair);
  std::printf("%zu expression rules (%zu more can't be stated): %zu overlaps, on %zu of them both rules fire, in %zu "
              "pairs of rules; %zu pairs lead to different normal forms, %zu of them (not shown; --json has them) over "
              "Invalid, of which the first rules take care; %zu instances did not end\n",
              found.rules, found.not_stated, found.overlaps, found.examined, found.pairs, found.differing.size(),
              over_invalid, found.unfinished);
  return 0;
}

}  // namespace whittle::tools
