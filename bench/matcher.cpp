// Matching and rewriting with sets of 30, 100 and 300 rules, beside a switch written by hand.
//
//   matcher [--json] [--quick]                          all tables; --quick leaves out the sizes above 10^4
//   matcher --one SET STRATEGY WORKLOAD NODES WHAT      one attempts, rewrite or make, for callgrind
//   matcher --export WORKLOAD NODES | --export-rules N  what rivals read (bench/matcher/rivals.py runs them)
//   matcher --time SET STRATEGY FILE                    the rewrite of an exported workload as a line of JSON
//   matcher --roots SET FILE                            a number for each root of the result, for rivals to agree on
//
// A node is a distinct node of the input graph; the time is that of the whole rewrite.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

#include <whittle/ir/import.hpp>
#include <whittle/ir/walk.hpp>

#include "matcher/engine.hpp"
#include "matcher/exporting.hpp"
#include "matcher/importing.hpp"
#include "matcher/workload.hpp"

namespace {

using namespace matcher_bench;
using whittle::Graph;
using whittle::Node;

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Row {
  std::string what, engine, workload;
  std::size_t nodes = 0;
  double nanoseconds = 0;  ///< a node
  std::string note = {};
};

class Report {
 public:
  explicit Report(bool json) : json_(json) {
    if (json_)
      std::puts("[");
    else
      std::printf("%-9s %-24s %-16s %9s %9s  %s\n", "", "", "", "nodes", "ns a node", "");
  }
  ~Report() {
    if (json_) std::puts(first_ ? "]" : "\n]");
  }
  void add(const Row& row) {
    if (!json_)
      std::printf("%-9s %-24s %-16s %9zu %9.1f  %s\n", row.what.c_str(), row.engine.c_str(), row.workload.c_str(),
                  row.nodes, row.nanoseconds, row.note.c_str());
    else
      std::printf("%s  {\"what\": \"%s\", \"engine\": \"%s\", \"workload\": \"%s\", \"nodes\": %zu, "
                  "\"ns_per_node\": %.2f, \"note\": \"%s\"}",
                  first_ ? "" : ",\n", row.what.c_str(), row.engine.c_str(), row.workload.c_str(), row.nodes,
                  row.nanoseconds, row.note.c_str());
    first_ = false;
    std::fflush(stdout);
  }

 private:
  bool json_, first_ = true;
};

Workload copy_of(const Workload& from) {
  Workload made;
  made.root = whittle::GraphImport(made.graph, from.graph)(from.root);
  made.order = whittle::topological_order(made.graph, made.root);
  return made;
}

std::vector<Node> attempted(const Engine& engine, const Workload& on) {
  std::vector<Node> nodes;
  for (Node n : on.order)
    if (engine.has_rules(on.graph, n)) nodes.push_back(n);
  return nodes;
}

Row attempts_row(const Engine& engine, Kind kind, Workload& on) {
  const std::vector<Node> nodes = attempted(engine, on);
  Row row{"attempt", std::string(engine.set) + ", " + engine.strategy, name_of(kind), nodes.size(), 1e30, {}};
  std::size_t found = 0;
  for (int repeat = 0; repeat < 9; ++repeat) {
    const double seconds = seconds_of([&] { found = engine.attempts(on.graph, nodes); });
    row.nanoseconds = std::min(row.nanoseconds, 1e9 * seconds / static_cast<double>(nodes.size()));
  }
  if (found != 0) row.note = std::to_string(found) + " match";
  return row;
}

int repeats_for(std::size_t nodes) { return nodes > 300'000 ? 2 : nodes > 30'000 ? 3 : 7; }

/// `key`: that of the result, which all engines of a set have to agree on.
Row rewrite_row(const Engine& engine, Kind kind, const Workload& on, std::uint64_t& key) {
  Row row{"rewrite", std::string(engine.set) + ", " + engine.strategy, name_of(kind), on.order.size(), 1e30, {}};
  for (int repeat = 0; repeat < repeats_for(on.order.size()); ++repeat) {
    Workload fresh = copy_of(on);
    whittle::RewriteResult<Graph> result;
    const double seconds = seconds_of([&] { result = engine.rewrite(fresh.graph, fresh.root); });
    row.nanoseconds = std::min(row.nanoseconds, 1e9 * seconds / static_cast<double>(on.order.size()));
    const std::uint64_t mine = fresh.graph.key(result.node);
    row.note = !result.ok() ? "FAILED" : std::to_string(result.rewrites) + " rewrites";
    if (key != 0 && key != mine) row.note += ", ANOTHER RESULT";
    key = mine;
  }
  return row;
}

[[gnu::noinline]] Node measured_make(Graph& g, Node x, const std::vector<std::uint32_t>& picks) {
  Node last = x;
  for (const std::uint32_t pick : picks)
    last = g.make(whittle::Op::add, whittle::DType::index, {last, Node{1 + pick % (g.size() - 1)}});
  return last;
}

Row make_row(std::size_t nodes) {
  Row row{"make", "a node, random sources", "from an empty table", nodes, 1e30, {}};
  for (int repeat = 0; repeat < repeats_for(nodes); ++repeat) {
    std::mt19937 random(static_cast<std::uint32_t>(repeat));
    std::vector<std::uint32_t> picks(nodes);
    for (std::uint32_t& pick : picks) pick = static_cast<std::uint32_t>(random());
    Graph g;
    const Node x = g.variable("x", 0, 100);
    const double seconds = seconds_of([&] { measured_make(g, x, picks); });
    row.nanoseconds = std::min(row.nanoseconds, 1e9 * seconds / static_cast<double>(nodes));
  }
  return row;
}

void rewrites(Report& report, Kind kind, const Workload& on) {
  for (const std::span<const Engine> set : {engines_of_30(), engines_of_100(), engines_of_300()}) {
    std::uint64_t key = 0;
    for (const Engine& engine : set)
      if (on.order.size() <= 300'000 || std::strcmp(engine.strategy, "linear") != 0)
        report.add(rewrite_row(engine, kind, on, key));
  }
}

void all_tables(bool json, bool quick) {
  Report report(json);
  for (Kind kind : {Kind::nothing, Kind::near_miss}) {
    Workload on = make_workload(kind, 10'000);
    report.add(attempts_row(hand_written, kind, on));
    for (const std::span<const Engine> set : {engines_of_30(), engines_of_100(), engines_of_300()})
      for (const Engine& engine : set) report.add(attempts_row(engine, kind, on));
  }
  for (std::size_t nodes : {std::size_t{10'000}, std::size_t{1'000'000}}) report.add(make_row(nodes));
  const Workload recorded = make_workload(Kind::recorded, 0);
  std::uint64_t key = 0;
  for (const Engine& engine : engines_of_builtin()) report.add(rewrite_row(engine, Kind::recorded, recorded, key));
  for (std::size_t nodes : {std::size_t{10'000}, std::size_t{100'000}, std::size_t{1'000'000}}) {
    if (quick && nodes > 10'000) continue;
    for (Kind kind : synthetic) rewrites(report, kind, make_workload(kind, nodes));
  }
}

const Engine* engine_named(std::string_view set, std::string_view strategy) {
  for (const std::span<const Engine> engines :
       {engines_of_30(), engines_of_100(), engines_of_300(), engines_of_builtin(), std::span(&hand_written, 1)})
    for (const Engine& engine : engines)
      if (set == engine.set && strategy == engine.strategy) return &engine;
  return nullptr;
}

bool one(const char* set, const char* strategy, const char* workload, std::size_t nodes, std::string_view what) {
  if (what == "make") {
    std::printf("%.2f ns\n", make_row(nodes).nanoseconds);
    return true;
  }
  const Engine* const engine = engine_named(set, strategy);
  if (engine == nullptr) return false;
  const Kind kind = kind_named(workload);
  Workload on = make_workload(kind, nodes);
  const std::vector<Node> tried = attempted(*engine, on);
  if (what == "attempts")
    std::printf("%zu nodes, %zu matches\n", tried.size(), engine->attempts(on.graph, tried));
  else if (engine->rewrite != nullptr)
    std::printf("%zu nodes, %llu rewrites\n", on.order.size(),
                static_cast<unsigned long long>(engine->rewrite(on.graph, on.root).rewrites));
  return true;
}

bool time_file(const char* set, const char* strategy, const char* path) {
  const Engine* const engine = engine_named(set, strategy);
  if (engine == nullptr || engine->rewrite == nullptr) return false;
  const Workload on = import_workload(path);
  std::uint64_t key = 0;
  const Row row = rewrite_row(*engine, Kind::recorded, on, key);
  std::printf("{\"what\": \"rewrite\", \"engine\": \"%s\", \"nodes\": %zu, \"ns_per_node\": %.2f, \"note\": \"%s\"}\n",
              row.engine.c_str(), row.nodes, row.nanoseconds, row.note.c_str());
  return true;
}

bool print_roots(const char* set, const char* path) {
  const Engine* engine = engine_named(set, "code");
  if (engine == nullptr) return false;
  Workload on = import_workload(path);
  const whittle::RewriteResult<Graph> result = engine->rewrite(on.graph, on.root);
  for (std::uint64_t hash : hashes_of_roots(on.graph, result.node))
    std::printf("%016llx\n", static_cast<unsigned long long>(hash));
  return result.ok();
}

}  // namespace

int main(int count, char** values) {
  const std::string_view first = count > 1 ? values[1] : "";
  if (first == "--time" && count == 5) return time_file(values[2], values[3], values[4]) ? 0 : 2;
  if (first == "--roots" && count == 4) return print_roots(values[2], values[3]) ? 0 : 2;
  if (first == "--one" && count == 7)
    return one(values[2], values[3], values[4], std::strtoul(values[5], nullptr, 10), values[6]) ? 0 : 2;
  if (first == "--export" && count == 4) {
    export_workload(values[2], std::strtoul(values[3], nullptr, 10));
    return 0;
  }
  if (first == "--export-rules" && count == 3) {
    export_rules(static_cast<unsigned>(std::strtoul(values[2], nullptr, 10)));
    return 0;
  }
  bool json = false, quick = false;
  for (int i = 1; i < count; ++i) {
    json = json || std::strcmp(values[i], "--json") == 0;
    quick = quick || std::strcmp(values[i], "--quick") == 0;
  }
  all_tables(json, quick);
}
