#include "exporting.hpp"

#include <cstdio>
#include <string>

#include <whittle/match/rule_text.hpp>

#include "rules_300.hpp"
#include "workload.hpp"

namespace matcher_bench {
namespace {

using namespace whittle;

const char* kind_text(RecordKind kind) {
  switch (kind) {
  case RecordKind::variable: return "variable";
  case RecordKind::constant: return "constant";
  case RecordKind::integer: return "integer";
  case RecordKind::truth: return "truth";
  default: return "operation";
  }
}

void print_records(const RuleSetView& set, PatternSpan span) {
  std::printf("[");
  for (std::uint32_t i = span.begin; i < span.begin + span.size; ++i) {
    const PatternRecord& record = set.records[i];
    const bool truth = record.dtypes == only(DType::boolean);
    std::printf("%s[\"%s\", \"%s\", \"%s\", %u, %lld, %s]", i == span.begin ? "" : ", ", kind_text(record.kind),
                std::string(name(record.op)).c_str(), detail::name_text(record.name).c_str(), unsigned{record.arity},
                static_cast<long long>(record.bits), truth ? "true" : "false");
  }
  std::printf("]");
}

}  // namespace

void export_workload(const char* kind_name, std::size_t nodes) {
  const Workload on = make_workload(kind_named(kind_name), nodes);
  std::vector<std::size_t> number(on.graph.size());
  std::size_t next = 0;
  for (Node n : on.order) {
    number[number_of(n)] = next++;
    std::printf("[\"%s\", \"%s\", %lld", std::string(name(on.graph.op(n))).c_str(),
                on.graph.dtype(n) == DType::boolean ? "bool" : "index", static_cast<long long>(on.graph.argument(n)));
    for (Node s : on.graph.sources(n)) std::printf(", %zu", number[number_of(s)]);
    std::printf("]\n");
  }
}

void export_rules(unsigned count) {
  const RuleSetView set = count == 30    ? RuleSetView(rules_30)
                          : count == 100 ? RuleSetView(rules_100)
                                         : RuleSetView(rules_300);
  for (std::size_t r = 0; r < set.rule_count; ++r) {
    const ReplacementInfo& replacement = set.replacements[set.rules[r].replacements];
    std::printf("{\"left\": ");
    print_records(set, set.rules[r].left);
    std::printf(", \"right\": ");
    print_records(set, replacement.right);
    std::printf(", \"guard\": ");
    print_records(set, replacement.guard);
    std::printf("}\n");
  }
}

}  // namespace matcher_bench
