// whittle trace: what a trace holds, and whether its steps can be taken again.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <whittle/ir/expression.hpp>
#include <whittle/ir/trace.hpp>
#include <whittle/pipeline.hpp>

#include "tools/commands.hpp"

namespace whittle::tools {

namespace {

using nlohmann::json;
using Step = TracedStep<Node>;

struct TraceOptions {
  std::string file, pass, rule;
  bool summary = false, replay = false, json = false;
};

bool has_part(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string place_text(const TracedRule& rule) { return rule.file + ":" + std::to_string(rule.line); }

json as_json(const Trace& trace, std::size_t number) {
  const Step& step = trace.steps[number];
  const TracedRule& rule = trace.rule_of(step);
  return {{"step", number},
          {"pass", trace.pass_of(step).name},
          {"subject", trace.runs[step.run].subject},
          {"rule", rule.name},
          {"place", place_text(rule)},
          {"before", expression(trace.graph, step.before)},
          {"after", expression(trace.graph, step.after)}};
}

/// Takes steps again, with the passes of the current pipeline.
class Replay {
 public:
  explicit Replay(Trace& trace) : trace_(trace) {}

  Status operator()(const Step& step) {
    const TracedPass& traced = trace_.pass_of(step);
    if (const auto known = passes_.find(traced.hash); known == passes_.end())
      passes_[traced.hash] = pass_with_rules(traced.hash);
    const Pass* pass = passes_[traced.hash];
    if (pass == nullptr)
      return Status::failure("replaying '" + traced.name + "': this whittle has no pass with these rules ('" +
                             traced.set + "')");
    PassContext context = read_settings(trace_.runs[step.run].settings);
    return replay(trace_, step, *pass, context);
  }

 private:
  Trace& trace_;
  std::map<std::uint64_t, const Pass*> passes_;
};

void print_step(const json& step) {
  const std::string subject = step["subject"].get<std::string>();
  std::printf("%zu: %s%s%s: '%s' (%s)\n    %s\n    -> %s\n", step["step"].get<std::size_t>(),
              step["pass"].get<std::string>().c_str(), subject.empty() ? "" : ", ", subject.c_str(),
              step["rule"].get<std::string>().c_str(), step["place"].get<std::string>().c_str(),
              step["before"].get<std::string>().c_str(), step["after"].get<std::string>().c_str());
}

/// The rules of each pass with the number of steps of each.
void print_summary(const Trace& trace, const std::vector<std::size_t>& steps, bool as_lines) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> counts;
  for (std::size_t i : steps) ++counts[{trace.runs[trace.steps[i].run].pass, trace.steps[i].rule}];
  json list = json::array();
  for (const auto& [key, count] : counts) {
    const TracedPass& pass = trace.passes[key.first];
    const TracedRule& rule = *pass.find(key.second);
    list.push_back({{"pass", pass.name}, {"rule", rule.name}, {"place", place_text(rule)}, {"steps", count}});
  }
  if (!as_lines) return void(std::printf("%s\n", list.dump(2).c_str()));
  for (const json& rule : list)
    std::printf("%8zu  %-20s  %-26s  %s\n", rule["steps"].get<std::size_t>(), rule["pass"].get<std::string>().c_str(),
                rule["place"].get<std::string>().c_str(), rule["rule"].get<std::string>().c_str());
}

int print_replay(Trace& trace, const std::vector<std::size_t>& steps, bool as_json) {
  Replay replay(trace);
  json failures = json::array();
  for (std::size_t i : steps)
    if (const Status status = replay(trace.steps[i]); !status.ok())
      failures.push_back({{"step", i}, {"error", status.message()}});
  if (as_json) {
    std::printf("%s\n", json{{"steps", steps.size()}, {"failures", failures}}.dump(2).c_str());
  } else {
    for (const json& failure : failures)
      std::printf("step %zu: %s\n", failure["step"].get<std::size_t>(), failure["error"].get<std::string>().c_str());
    std::printf("%zu of %zu steps give the same node again\n", steps.size() - failures.size(), steps.size());
  }
  return failures.empty() ? 0 : 1;
}

int run(const TraceOptions& options) {
  std::ifstream file(options.file, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "whittle trace: cannot read '%s'\n", options.file.c_str());
    return bad_input;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Trace trace;
  const Status status = read_trace(text, trace);
  if (!status.ok()) std::fprintf(stderr, "whittle trace: %s: %s\n", options.file.c_str(), status.message().c_str());
  std::vector<std::size_t> steps;
  for (std::size_t i = 0; i < trace.steps.size(); ++i)
    if (has_part(trace.pass_of(trace.steps[i]).name, options.pass) &&
        (has_part(trace.rule_of(trace.steps[i]).name, options.rule) ||
         has_part(place_text(trace.rule_of(trace.steps[i])), options.rule)))
      steps.push_back(i);
  if (options.replay) return status.ok() ? print_replay(trace, steps, options.json) : bad_input;
  if (options.summary)
    print_summary(trace, steps, !options.json);
  else
    for (std::size_t i : steps)
      if (const json step = as_json(trace, i); options.json)
        std::printf("%s\n", step.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
      else
        print_step(step);
  return status.ok() ? 0 : bad_input;
}

}  // namespace

void add_trace_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("trace", "Print the rewrites that a trace file holds. One is written by "
                                              "`whittle simplify --trace FILE`, and by any program that compiles "
                                              "tensors where the environment has WHITTLE_TRACE=FILE");
  auto options = std::make_shared<TraceOptions>();
  command->add_option("file", options->file, "The trace")->required();
  command->add_option("--pass", options->pass, "Only steps of passes with this text in their name");
  command->add_option("--rule", options->rule,
                      "Only steps of rules with this text in their name or place (algebra.hpp:33)");
  command->add_flag("--summary", options->summary, "The number of steps of each rule");
  command->add_flag("--replay", options->replay, "Apply each rule again, and see that it gives the same node");
  command->add_flag("--json", options->json, "For machines: an object a step, a line each");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace whittle::tools
