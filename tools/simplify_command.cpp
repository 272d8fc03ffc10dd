// whittle simplify: one expression, or a file of them.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <whittle/ir/expression.hpp>
#include <whittle/rewrite/report.hpp>
#include <whittle/simplify.hpp>

#include "tools/commands.hpp"
#include "tools/expression_parser.hpp"

namespace whittle::tools {

namespace {

using nlohmann::json;

struct Options {
  std::string expression, batch;
  std::vector<std::string> variables;
  bool explain = false, json = false;
};

struct Explanation {
  std::vector<RewriteStep<Graph>> steps;
  bool keeps = false;
  void record(const RewriteStep<Graph>& step) {
    if (keeps) steps.push_back(step);
  }
};

std::size_t node_count(const Graph& g, Node root) {
  std::vector<Node> stack{root};
  std::vector<bool> seen(g.size());
  std::size_t count = 0;
  while (!stack.empty()) {
    const Node n = stack.back();
    stack.pop_back();
    if (seen[number_of(n)]) continue;
    seen[number_of(n)] = true;
    ++count;
    if (in_class(g.op(n), OpClass::leaf)) continue;
    for (Node source : g.sources(n)) stack.push_back(source);
  }
  return count;
}

json bound(std::int64_t value) {
  const bool known =
      value != std::numeric_limits<std::int64_t>::min() && value != std::numeric_limits<std::int64_t>::max();
  return known ? json(value) : json();
}

json step_of(const Graph& g, const RewriteStep<Graph>& step) {
  const RuleInfo& rule = simplify_rules.rules[step.rule];
  return {{"rule", name_of(simplify_rules, step.rule)},
          {"place", place_of(simplify_rules, step.rule)},
          {"line", rule.line},
          {"before", expression(g, step.before)},
          {"after", expression(g, step.after)}};
}

json failure(const std::string& message, std::size_t column = 0) {
  json answer{{"error", message}};
  if (column != 0) answer["column"] = column;
  return answer;
}

/// The answer for one expression over variables that are declared.
json simplified(Graph& g, const Variables& variables, const std::string& text, bool explain) {
  ExpressionParser parser(g, variables, text);
  const Node given = parser.parse();
  if (given == Node::none) return failure(parser.error().message, parser.error().column);
  Explanation explanation;
  explanation.keeps = explain;
  const auto result = rewrite<matcher<simplify_rules, Graph, Explanation>>(g, given, explanation);
  if (!result.ok()) return failure(status_of(result, simplify_rules).message());
  const Interval bounds = interval_of(g, result.node);
  json answer{{"output", expression(g, result.node)},
              {"min", bound(bounds.low)},
              {"max", bound(bounds.high)},
              {"nodes_before", node_count(g, given)},
              {"nodes_after", node_count(g, result.node)},
              {"rewrites", result.rewrites}};
  if (explain) answer["steps"] = json::array();
  for (const auto& step : explanation.steps) answer["steps"].push_back(step_of(g, step));
  return answer;
}

void print(const json& answer) {
  if (answer.contains("steps"))
    for (const json& step : answer["steps"])
      std::printf("%s\n    %s\n    -> %s\n", step["place"].get<std::string>().c_str(),
                  step["before"].get<std::string>().c_str(), step["after"].get<std::string>().c_str());
  const auto end = [](const json& value, const char* infinite) {
    return value.is_null() ? std::string(infinite) : value.dump();
  };
  std::printf("%s    # %s..%s\n", answer["output"].get<std::string>().c_str(), end(answer["min"], "-inf").c_str(),
              end(answer["max"], "inf").c_str());
}

void print_error(const std::string& text, const json& answer) {
  if (answer.contains("column") && text.size() < 200) {
    const auto column = answer["column"].get<std::size_t>();
    std::fprintf(stderr, "    %s\n    %s^\n", text.c_str(), std::string(column - 1, ' ').c_str());
    std::fprintf(stderr, "whittle simplify: column %zu: %s\n", column, answer["error"].get<std::string>().c_str());
  } else {
    std::fprintf(stderr, "whittle simplify: %s\n", answer["error"].get<std::string>().c_str());
  }
}

int run_one(const Options& options) {
  Graph g;
  Variables variables;
  for (const std::string& declaration : options.variables)
    if (const std::string wrong = declare_variable(g, variables, declaration); !wrong.empty()) {
      if (options.json)
        std::printf("%s\n", failure(wrong).dump().c_str());
      else
        std::fprintf(stderr, "whittle simplify: --var %s\n", wrong.c_str());
      return bad_input;
    }
  const json answer = simplified(g, variables, options.expression, options.explain);
  if (options.json)
    std::printf("%s\n", answer.dump().c_str());
  else if (answer.contains("error"))
    print_error(options.expression, answer);
  else
    print(answer);
  return answer.contains("error") ? bad_input : 0;
}

/// One line of a batch: {"expr": "...", "vars": {"a": [0, 8], "b": [-3, 3, "int32"]}}.
json answer_line(const std::string& line, bool explain) {
  const json request = json::parse(line, nullptr, false);
  if (!request.is_object() || !request.contains("expr") || !request["expr"].is_string())
    return failure("expected a JSON object with \"expr\", a text");
  Graph g;
  Variables variables;
  const json declared = request.contains("vars") ? request["vars"] : json::object();
  if (!declared.is_object()) return failure("\"vars\" is no object");
  for (const auto& [name, bounds] : declared.items()) {
    if (!bounds.is_array() || bounds.size() < 2 || bounds.size() > 3 || !bounds[0].is_number_integer() ||
        !bounds[1].is_number_integer())
      return failure("'" + name + "': expected [LOW, HIGH] or [LOW, HIGH, DTYPE]");
    const DType dtype = bounds.size() == 2      ? DType::index
                        : bounds[2].is_string() ? dtype_named(bounds[2].get<std::string>())
                                                : DType::none;
    if (!is_int(dtype) && dtype != DType::boolean) return failure("'" + name + "': no integer dtype");
    const std::string wrong =
        declare_variable(g, variables, name, bounds[0].get<std::int64_t>(), bounds[1].get<std::int64_t>(), dtype);
    if (!wrong.empty()) return failure(wrong);
  }
  return simplified(g, variables, request["expr"].get<std::string>(), explain);
}

int run_batch(const Options& options) {
  std::ifstream file;
  if (options.batch != "-") file.open(options.batch);
  if (options.batch != "-" && !file) {
    std::fprintf(stderr, "whittle simplify: cannot read '%s'\n", options.batch.c_str());
    return bad_input;
  }
  std::istream& lines = options.batch == "-" ? std::cin : file;
  int status = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const json answer = answer_line(line, options.explain);
    if (answer.contains("error")) status = bad_input;
    std::printf("%s\n", answer.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
  }
  return status;
}

}  // namespace

void add_simplify_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("simplify", "Simplify an index expression in Python's notation");
  auto options = std::make_shared<Options>();
  auto* expression = command->add_option("expression", options->expression, "For example '(a*4 + b) // 4'");
  command->add_option("--var", options->variables, "A variable with its bounds: NAME=LOW..HIGH or NAME=LOW..HIGH:DTYPE")
      ->allow_extra_args(false);
  auto* batch =
      command->add_option("--batch", options->batch, "A file with a JSON object a line ('-': standard input)");
  command->add_flag("--explain", options->explain, "Show each rewrite");
  command->add_flag("--json", options->json, "For machines");
  expression->excludes(batch);
  command->callback([options, &status, command] {
    if (options->expression.empty() && options->batch.empty())
      throw CLI::RequiredError(command->get_name() + ": an expression or --batch");
    status = options->batch.empty() ? run_one(*options) : run_batch(*options);
  });
}

}  // namespace whittle::tools
