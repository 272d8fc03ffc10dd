// whittle simplify: one expression, or a file of them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <source_location>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <whittle/ir/expression.hpp>
#include <whittle/ir/trace.hpp>
#include <whittle/match/rule_text.hpp>
#include <whittle/rewrite/pass.hpp>
#include <whittle/simplify.hpp>
#include <whittle/simplify/assume.hpp>
#include <whittle/simplify/economy.hpp>

#include "tools/commands.hpp"
#include "tools/expression_parser.hpp"

namespace whittle::tools {

namespace {

using nlohmann::json;

/// A result is not cut short in the answer, unless shared parts make its text grow out of all proportion.
constexpr std::size_t longest_output = std::size_t{1} << 20;

struct SimplifyOptions {
  std::string expression, batch, trace;
  std::vector<std::string> variables, assumptions;
  bool explain = false, stats = false, json = false, time = false;
};

/// What is asked for beside the result: the context of the pass that answers it.
struct Explanation : ConditionBudget {
  struct Step {
    const RuleSetView* rules;
    RewriteStep<Graph> rewrite;
  };
  bool explains = false;
  TraceWriter* trace = nullptr;
  std::string subject;
  std::vector<Step> steps;
  const RuleSetView* rules = nullptr;  ///< of the pass that runs

  void begin(Graph& graph, const auto& pass) {
    rules = pass.rules;
    if (trace != nullptr) trace->begin(graph, {pass.name, *rules, subject, ""});
  }
  void record(const RewriteStep<Graph>& step) {
    if (explains) steps.push_back({rules, step});
    if (trace != nullptr) trace->record(step);
  }
};

struct Statistics {
  PassStatistics order, simplify;
  std::uint64_t rewrites() const { return order.rewrites() + simplify.rewrites(); }
};

struct Asked {
  bool explain = false, time = false;
  TraceWriter* trace = nullptr;
  Statistics* statistics = nullptr;
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

json step_of(const Graph& g, const Explanation::Step& step) {
  const auto& [rule, before, after] = step.rewrite;
  return {{"rule", name_of(*step.rules, rule)},
          {"place", place_of(*step.rules, rule)},
          {"line", step.rules->rules[rule].line},
          {"before", expression(g, before)},
          {"after", expression(g, after)}};
}

json failure(const std::string& message, std::size_t column = 0) {
  json answer{{"error", message}};
  if (column != 0) answer["column"] = column;
  return answer;
}

/// A step that is none of a rule, but of the function at a line of the simplifier.
json step_of(const Graph& g, std::string_view name, const std::source_location& where, Node before, Node after) {
  return {{"rule", name},
          {"place", place_text(name, where.file_name(), where.line())},
          {"line", where.line()},
          {"before", expression(g, before)},
          {"after", expression(g, after)}};
}

/// What to simplify, and under which conditions.
struct Request {
  std::string expression;
  std::vector<std::string> assumptions;
};

/// The conjunction of all assumptions, or the answer that says what is wrong with one. None: there are none.
Node assumed(Graph& g, const Variables& variables, const Request& request, json& wrong) {
  Node all = Node::none;
  for (const std::string& text : request.assumptions) {
    ExpressionParser parser(g, variables, text);
    const Node one = parser.parse();
    if (one == Node::none) {
      wrong =
          failure("in the assumption '" + text.substr(0, 200) + "': " + parser.error().message, parser.error().column);
      return one;
    }
    if (g.dtype(one) != DType::boolean) {
      wrong = failure("the assumption '" + text.substr(0, 200) + "' is a number, not a condition", 1);
      return Node::none;
    }
    all = all == Node::none ? one : logical_and(g, all, one);
  }
  return all;
}

/// What simplify() does, explained.
Status simplify_explained(Graph& g, Node& node, Explanation& explanation, Statistics& statistics) {
  static const auto order = rule_pass<sum_order_rules, Graph, Explanation>("order of sums");
  static const auto simplify = rule_pass<simplify_rules, Graph, Explanation>("simplify");
  Status status;
  std::size_t steps = 0;
  const auto run = [&](const auto& pass, Node from, PassStatistics& own) {
    if (status.ok()) status = pass.run(g, from, explanation, own);
    return from;
  };
  const auto all_rules = [&](Node ordered) {
    explanation.steps.resize(steps);  // those of an attempt before this are void
    return run(simplify, ordered, statistics.simplify);
  };
  node = detail::simplify_in_passes(
      node, explanation,
      [&](Node given) {
        const Node ordered = run(order, given, statistics.order);
        steps = explanation.steps.size();
        return ordered;
      },
      all_rules, all_rules);
  return status;
}

/// The answer for one expression over variables that are declared.
json simplified(Graph& g, const Variables& variables, const Request& request, const Asked& asked) {
  ExpressionParser parser(g, variables, request.expression);
  const Node given = parser.parse();
  if (given == Node::none) return failure(parser.error().message, parser.error().column);
  json wrong;
  const Node condition = assumed(g, variables, request, wrong);
  if (!wrong.is_null()) return wrong;
  Explanation explanation;
  explanation.explains = asked.explain;
  explanation.trace = asked.trace;
  explanation.subject = request.expression;
  Statistics own;
  Statistics& statistics = asked.statistics != nullptr ? *asked.statistics : own;
  const std::uint64_t before = statistics.rewrites();
  Node node = given;
  const auto start = std::chrono::steady_clock::now();
  if (const Status status = simplify_explained(g, node, explanation, statistics); !status.ok())
    return failure(status.message());
  json steps = json::array();
  for (const auto& step : explanation.steps) steps.push_back(step_of(g, step));
  if (condition != Node::none) {
    const Node under = simplify_under(g, condition, node);
    if (under != node) steps.push_back(step_of(g, "under the assumptions", simplify_under_place, node, under));
    node = under;
  }
  const Interval bounds = interval_of(g, node);
  node = cheapest(g, given, node, [&](const EconomyStep& step, Node from, Node to) {
    if (asked.explain) steps.push_back(step_of(g, name_of(step), step.where, from, to));
  });
  const std::chrono::duration<double, std::micro> passed = std::chrono::steady_clock::now() - start;
  json answer{{"output", expression(g, node, longest_output)},
              {"min", bound(bounds.low)},
              {"max", bound(bounds.high)},
              {"nodes_before", node_count(g, given)},
              {"nodes_after", node_count(g, node)},
              {"rewrites", statistics.rewrites() - before}};
  if (asked.time) answer["microseconds"] = passed.count();
  if (asked.explain) answer["steps"] = std::move(steps);
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
  const std::size_t column = answer.value("column", std::size_t{0});
  if (column != 0 && text.size() < 200)
    std::fprintf(stderr, "    %s\n    %s^\n", text.c_str(), std::string(column - 1, ' ').c_str());
  const std::string place = column != 0 ? "column " + std::to_string(column) + ": " : "";
  std::fprintf(stderr, "whittle simplify: %s%s\n", place.c_str(), answer["error"].get<std::string>().c_str());
}

/// Each rule of both passes that has fired, the most expensive first.
json as_json(const Statistics& statistics) {
  json list = json::array();
  for (const PassStatistics* pass : {&statistics.order, &statistics.simplify})
    for (std::size_t i = 0; i < pass->costs.size(); ++i)
      if (pass->costs[i].attempts != 0)
        list.push_back({{"place", place_of(*pass->rules, i)},
                        {"pass", pass->rules->name},
                        {"hits", pass->hits[i]},
                        {"attempts", pass->costs[i].attempts},
                        {"milliseconds", 1e3 * pass->costs[i].seconds}});
  std::sort(list.begin(), list.end(), [](const json& a, const json& b) {
    return a["milliseconds"].get<double>() > b["milliseconds"].get<double>();
  });
  return list;
}

void print(const Statistics& statistics) {
  std::fprintf(stderr, "%8s %9s %10s  %-14s %s\n", "hits", "attempts", "ms", "pass", "rule");
  for (const json& rule : as_json(statistics))
    std::fprintf(stderr, "%8d %9d %10.4f  %-14s %s\n", rule["hits"].get<int>(), rule["attempts"].get<int>(),
                 rule["milliseconds"].get<double>(), rule["pass"].get<std::string>().c_str(),
                 rule["place"].get<std::string>().c_str());
}

int run_one(const SimplifyOptions& options, const Asked& asked) {
  Graph g;
  Variables variables;
  for (const std::string& declaration : options.variables) {
    const ParseError wrong = declare_variable(g, variables, declaration);
    if (wrong.message.empty()) continue;
    if (options.json)
      std::printf("%s\n", failure(wrong.message, wrong.column).dump().c_str());
    else
      print_error(declaration, failure("--var " + wrong.message, wrong.column));
    return bad_input;
  }
  json answer = simplified(g, variables, {options.expression, options.assumptions}, asked);
  if (asked.statistics != nullptr && options.json) answer["rules"] = as_json(*asked.statistics);
  if (options.json)
    std::printf("%s\n", answer.dump().c_str());
  else if (answer.contains("error"))
    print_error(options.expression, answer);
  else
    print(answer);
  return answer.contains("error") ? bad_input : 0;
}

/// An integer that 64 bits hold.
bool is_bound(const json& value) {
  return value.is_number_integer() &&
         (!value.is_number_unsigned() ||
          value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
}

/// One line of a batch: {"expr": "...", "vars": {"a": [0, 8], "b": [-3, 3, "int32"]}, "assume": "a < b"}.
json answer_line(const std::string& line, const Asked& asked) {
  const json request = json::parse(line, nullptr, false);
  if (!request.is_object() || !request.contains("expr") || !request["expr"].is_string())
    return failure("expected a JSON object with \"expr\", a text");
  Graph g;
  Variables variables;
  const json declared = request.contains("vars") ? request["vars"] : json::object();
  if (!declared.is_object()) return failure("\"vars\" is no object");
  for (const auto& [name, bounds] : declared.items()) {
    if (!bounds.is_array() || bounds.size() < 2 || bounds.size() > 3 || !is_bound(bounds[0]) || !is_bound(bounds[1]))
      return failure("'" + name + "': expected [LOW, HIGH] or [LOW, HIGH, DTYPE]");
    const DType dtype = bounds.size() == 2      ? DType::index
                        : bounds[2].is_string() ? dtype_named(bounds[2].get<std::string>())
                                                : DType::none;
    if (!is_int(dtype) && dtype != DType::boolean) return failure("'" + name + "': no integer dtype");
    const std::string wrong =
        declare_variable(g, variables, name, bounds[0].get<std::int64_t>(), bounds[1].get<std::int64_t>(), dtype);
    if (!wrong.empty()) return failure(wrong);
  }
  Request asks{request["expr"].get<std::string>(), {}};
  if (request.contains("assume")) {
    if (!request["assume"].is_string()) return failure("\"assume\" is no text");
    asks.assumptions.push_back(request["assume"].get<std::string>());
  }
  return simplified(g, variables, asks, asked);
}

int run_batch(const SimplifyOptions& options, const Asked& asked) {
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
    const json answer = answer_line(line, asked);
    if (answer.contains("error")) status = bad_input;
    std::printf("%s\n", answer.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
  }
  return status;
}

int run(const SimplifyOptions& options) {
  TraceWriter trace;
  Statistics statistics;
  statistics.order.times_rules = statistics.simplify.times_rules = true;
  Asked asked{options.explain, options.time, options.trace.empty() ? nullptr : &trace,
              options.stats ? &statistics : nullptr};
  if (asked.trace != nullptr)
    if (const Status opened = trace.open(options.trace); !opened.ok()) {
      std::fprintf(stderr, "whittle simplify: %s\n", opened.message().c_str());
      return 1;
    }
  int status = options.batch.empty() ? run_one(options, asked) : run_batch(options, asked);
  if (options.stats && !(options.json && options.batch.empty())) print(statistics);
  if (asked.trace == nullptr) return status;
  if (const Status finished = trace.finish(); !finished.ok()) {
    std::fprintf(stderr, "whittle simplify: %s\n", finished.message().c_str());
    status = 1;
  }
  return status;
}

}  // namespace

void add_simplify_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("simplify", "Simplify an index expression in Python's notation");
  auto options = std::make_shared<SimplifyOptions>();
  auto* expression = command->add_option("expression", options->expression, "For example '(a*4 + b) // 4'");
  command->add_option("--var", options->variables, "A variable with its bounds: NAME=LOW..HIGH or NAME=LOW..HIGH:DTYPE")
      ->allow_extra_args(false);
  auto* assume =
      command->add_option("--assume", options->assumptions, "A condition that holds, such as 'a < b'; several")
          ->allow_extra_args(false);
  auto* batch =
      command->add_option("--batch", options->batch, "A file with a JSON object a line ('-': standard input)");
  command->add_flag("--explain", options->explain, "Show each rewrite");
  command->add_flag("--stats", options->stats, "Each rule's hits, attempts and time, on standard error");
  command->add_option("--trace", options->trace, "Write each rewrite into this file, for `whittle trace`");
  command->add_flag("--json", options->json, "For machines");
  command->add_flag("--time", options->time, "Add the microseconds that the rewriting took to the answers in JSON");
  expression->excludes(batch);
  assume->excludes(batch);
  command->callback([options, &status, command, expression, batch] {
    if (expression->count() + batch->count() == 0)
      throw CLI::RequiredError(command->get_name() + ": an expression or --batch");
    status = run(*options);
  });
}

}  // namespace whittle::tools
