// What each pass of the default pipeline is made of, and what it does on a training step of a small network.
#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include <whittle/pipeline.hpp>
#include <whittle/whittle.hpp>

#include "tools/commands.hpp"
#include "tools/rule_lists.hpp"

namespace whittle::tools {

namespace {

/// Two convolutions with batch norm and pooling, as examples/fashion_mnist.cpp trains them, on a few pictures.
void train_one_step() {
  Conv2d conv1{1, 16, 3, {.padding = 1}, false}, conv2{16, 32, 3, {.padding = 1}, false};
  BatchNorm2d norm1{16}, norm2{32};
  Linear linear{32 * 7 * 7, 10};
  Sgd optimizer(parameters_of(conv1, norm1, conv2, norm2, linear), 0.01, {.momentum = 0.9});
  const Tensor pictures = rand({4, 1, 28, 28}), labels = arange(4);
  Tensor x = max_pool2d(relu(norm1(conv1(pictures))), 2);
  x = max_pool2d(relu(norm2(conv2(x))), 2);
  const Tensor loss = cross_entropy(linear(x.flatten(1)), labels);
  optimizer.step(loss);
  loss.item<float>();
}

const PassStatistics* figures_of(const Pass& pass) {
  for (const PassStatistics& done : pass_statistics())
    if (done.name == pass.name) return &done;
  return nullptr;
}

nlohmann::json as_json(const Pass& pass) {
  std::size_t lambdas = 0;
  const std::size_t rules = pass.rules == nullptr ? 0 : pass.rules->rule_count;
  for (std::size_t i = 0; i < rules; ++i) lambdas += pass.rules->rules[i].is_lambda ? 1 : 0;
  nlohmann::json made = {{"pass", pass.name},
                         {"kind", pass.rules == nullptr ? "function" : "rules"},
                         {"expression_rules", rules - lambdas},
                         {"lambda_rules", lambdas},
                         {"expression_rewrites", 0},
                         {"lambda_rewrites", 0},
                         {"nodes", 0},
                         {"milliseconds", 0.0}};
  if (const PassStatistics* done = figures_of(pass); done != nullptr)
    made.update({{"expression_rewrites", done->expression_rewrites},
                 {"lambda_rewrites", done->lambda_rewrites},
                 {"nodes", done->nodes},
                 {"milliseconds", 1e3 * done->seconds}});
  return made;
}

nlohmann::json rules_as_json(const PassStatistics& done, bool times) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t i = 0; i < done.hits.size(); ++i) {
    const std::uint64_t attempts = i < done.costs.size() ? done.costs[i].attempts : 0;
    if (done.hits[i] == 0 && attempts == 0) continue;
    const RuleInfo& rule = done.rules->rules[i];
    list.push_back({{"pass", done.name},
                    {"name", name_of(*done.rules, i)},
                    {"file", short_file(rule.file)},
                    {"line", rule.line},
                    {"hits", done.hits[i]}});
    if (times) list.back().update({{"attempts", attempts}, {"milliseconds", 1e3 * done.costs[i].seconds}});
  }
  return list;
}

void print_by_rule(const PassStatistics& done, bool times) {
  std::printf("%s\n", done.name.c_str());
  const nlohmann::json list = rules_as_json(done, times);
  std::vector<nlohmann::json> rules(list.begin(), list.end());
  const char* key = times ? "milliseconds" : "hits";
  std::sort(rules.begin(), rules.end(), [&](const nlohmann::json& a, const nlohmann::json& b) {
    return a[key].get<double>() > b[key].get<double>();
  });
  for (const nlohmann::json& rule : rules) {
    const std::string place = rule["file"].get<std::string>() + ":" + std::to_string(rule["line"].get<unsigned>());
    std::printf("%10d", rule["hits"].get<int>());
    if (times) std::printf(" %10d %10.3f", rule["attempts"].get<int>(), rule["milliseconds"].get<double>());
    std::printf("  %-34s  %s\n", place.c_str(), rule["name"].get<std::string>().c_str());
  }
}

/// Each rule of each pass that has fired, or was tried where its pattern matched.
void print_rule_statistics(bool json, bool times) {
  nlohmann::json all = nlohmann::json::array();
  if (!json) std::printf("%10s%s  rule\n", "hits", times ? "   attempts         ms" : "");
  for (const Pass& pass : current_pipeline().passes) {
    const PassStatistics* done = figures_of(pass);
    if (done == nullptr || pass.rules == nullptr) continue;
    if (!json) print_by_rule(*done, times);
    for (const nlohmann::json& rule : rules_as_json(*done, times)) all.push_back(rule);
  }
  if (json) std::printf("%s\n", all.dump(2).c_str());
}

void print_passes(bool json) {
  nlohmann::json passes = nlohmann::json::array();
  std::uint64_t by_rules = 0, by_lambdas = 0;
  for (const Pass& pass : current_pipeline().passes) {
    passes.push_back(as_json(pass));
    by_rules += passes.back()["expression_rewrites"].get<std::uint64_t>();
    by_lambdas += passes.back()["lambda_rewrites"].get<std::uint64_t>();
  }
  if (json) {
    std::printf("%s\n", passes.dump(2).c_str());
    return;
  }
  std::printf("%-20s %12s %8s %12s %10s %10s %10s\n", "pass", "expressions", "lambdas", "rewrites", "by lambdas",
              "nodes", "ms");
  for (const nlohmann::json& pass : passes)
    std::printf("%-20s %12d %8d %12d %10d %10d %10.2f\n", pass["pass"].get<std::string>().c_str(),
                pass["expression_rules"].get<int>(), pass["lambda_rules"].get<int>(),
                pass["expression_rewrites"].get<int>() + pass["lambda_rewrites"].get<int>(),
                pass["lambda_rewrites"].get<int>(), pass["nodes"].get<int>(), pass["milliseconds"].get<double>());
  const double all = static_cast<double>(by_rules + by_lambdas);
  std::printf("on a training step of a small convolutional network; %.0f %% of its rewrites by expression rules\n",
              all > 0 ? 100 * static_cast<double>(by_rules) / all : 0);
}

}  // namespace

void print_pass_statistics(const StatisticsOptions& options, bool json) {
  time_rules(options.times);
  train_one_step();
  time_rules(false);
  if (options.by_rule || options.times)
    print_rule_statistics(json, options.times);
  else
    print_passes(json);
}

}  // namespace whittle::tools
