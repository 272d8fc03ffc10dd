// What is recorded of rewrites, whatever the graph.
//
// A context hands them on: the driver calls its `record(step)` if it has one, and a context without it costs nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <whittle/match/rule_text.hpp>
#include <whittle/rewrite/rewrite.hpp>

namespace whittle {
inline namespace v0 {

/// One run of a pass, as a recorder hears of it.
struct RunDescription {
  std::string_view pass;
  RuleSetView rules;
  std::string_view subject;   ///< what is rewritten: the name of a kernel
  std::string_view settings;  ///< of the context, if replaying needs them
};

/// Takes the rewrites of passes. Keep a pointer to one in a context, whose `record` hands the steps on.
template <class G>
class RewriteRecorder {
 public:
  RewriteRecorder() = default;
  RewriteRecorder(const RewriteRecorder&) = delete;
  RewriteRecorder& operator=(const RewriteRecorder&) = delete;
  virtual ~RewriteRecorder() = default;
  /// The steps that follow are those of this run, over that graph.
  virtual void begin(G& graph, const RunDescription& run) = 0;
  virtual void record(const RewriteStep<G>& step) = 0;
};

/// A rule that a trace mentions.
struct TracedRule {
  std::uint32_t number = 0;  ///< in its set
  std::string name, file;
  std::uint32_t line = 0;
};

struct TracedPass {
  std::string name, set;
  std::uint64_t hash = 0;  ///< of the texts of the rules
  std::vector<TracedRule> rules;

  const TracedRule* find(std::uint32_t number) const {
    for (const TracedRule& rule : rules)
      if (rule.number == number) return &rule;
    return nullptr;
  }
};

struct TracedRun {
  std::uint32_t pass = 0;  ///< its place among the passes
  std::string subject, settings;
};

template <class Node>
struct TracedStep {
  std::uint32_t run = 0, rule = 0;
  Node before = {}, after = {};
};

/// Keeps the steps of one graph in memory.
template <class G>
class StepList final : public RewriteRecorder<G> {
 public:
  std::vector<TracedPass> passes;
  std::vector<TracedRun> runs;
  std::vector<TracedStep<node_of<G>>> steps;

  void begin(G&, const RunDescription& run) override {
    std::uint32_t pass = 0;
    while (pass < passes.size() && passes[pass].name != run.pass) ++pass;
    if (pass == passes.size()) passes.push_back({std::string(run.pass), run.rules.name, 0, {}});
    runs.push_back({pass, std::string(run.subject), std::string(run.settings)});
  }
  void record(const RewriteStep<G>& step) override {
    steps.push_back({static_cast<std::uint32_t>(runs.size() - 1), step.rule, step.before, step.after});
  }
};

}  // namespace v0
}  // namespace whittle
