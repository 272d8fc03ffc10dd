// The default pipeline: the one file in which the built-in rule sets are compiled for run time.
#include <whittle/lower/pipeline.hpp>

#include <chrono>
#include <cstdlib>

#include <whittle/core/error.hpp>
#include <whittle/ir/import.hpp>
#include <whittle/ir/lower_operators.hpp>
#include <whittle/ir/trace.hpp>
#include <whittle/lower/accumulate.hpp>
#include <whittle/lower/clamp.hpp>
#include <whittle/lower/decompose_rules.hpp>
#include <whittle/lower/expand.hpp>
#include <whittle/lower/gate_rules.hpp>
#include <whittle/lower/index_width.hpp>
#include <whittle/lower/late_rules.hpp>
#include <whittle/lower/linearize.hpp>
#include <whittle/lower/merge_ranges.hpp>
#include <whittle/lower/optimize.hpp>
#include <whittle/lower/sum_rules.hpp>
#include <whittle/lower/vectorize.hpp>
#include <whittle/rewrite/rule_hits.hpp>
#include <whittle/schedule/schedule.hpp>
#include <whittle/schedule/tensor_rules.hpp>
#include <whittle/simplify/reduction.hpp>
#include <whittle/simplify/simplify.hpp>

namespace whittle {
inline namespace v0 {
namespace {

Node no_change(Graph&, Node root, PassContext&) { return root; }

Node lower_users_operators(Graph& graph, Node root, PassContext&) {
  throw_if_failed(lower_operators(graph, root));
  return root;
}

Pass function(std::string name, Pass::Function f) { return function_pass<Graph, PassContext>(std::move(name), f); }

/// The trace of the whole process that WHITTLE_TRACE asks for.
class EnvironmentTrace {
 public:
  EnvironmentTrace() {
    const char* path = std::getenv("WHITTLE_TRACE");
    if (path == nullptr || *path == 0) return;
    writer_ = std::make_unique<TraceWriter>();
    if (const Status status = writer_->open(path); !status.ok()) throw FileError("WHITTLE_TRACE: " + status.message());
  }
  ~EnvironmentTrace() {
    if (writer_ == nullptr) return;
    if (const Status status = writer_->finish(); !status.ok())
      std::fprintf(stderr, "whittle: WHITTLE_TRACE: %s\n", status.message().c_str());
  }
  TraceWriter* writer() { return writer_.get(); }

 private:
  std::unique_ptr<TraceWriter> writer_;
};

struct State {
  Pipeline pipeline = default_pipeline();
  std::vector<PassStatistics> statistics;
  bool times_rules = false;
  EnvironmentTrace trace;
  RewriteRecorder<Graph>* recorder = trace.writer();

  ~State() {
    std::string hits;
    for (const PassStatistics& pass : statistics)
      if (pass.rules != nullptr) hits += detail::hits_text(*pass.rules, pass.hits.data());
    detail::append_hits(hits);
  }

  PassStatistics& of(const std::string& name) {
    for (PassStatistics& known : statistics)
      if (known.name == name) return known;
    statistics.emplace_back();
    statistics.back().name = name;
    return statistics.back();
  }
};

State& state() {
  static State instance;
  return instance;
}

class Timer {
 public:
  explicit Timer(PassStatistics& statistics) : statistics_(statistics) {}
  ~Timer() { statistics_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  PassStatistics& statistics_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void run(const Pass& pass, Graph& graph, Node& root, PassContext& context) {
  PassStatistics& statistics = state().of(pass.name);
  statistics.nodes += topological_order(graph, root).size();
  statistics.times_rules = state().times_rules;
  const Timer timer(statistics);
  throw_if_failed(pass.run(graph, root, context, statistics));
}

std::size_t schedule_position(const Pipeline& pipeline) {
  std::size_t at = 0;
  while (at < pipeline.passes.size() && pipeline.passes[at].name != schedule_step) ++at;
  return at;
}

}  // namespace

Pipeline default_pipeline() {
  Pipeline pipeline;
  pipeline.passes = {
      function("lower operators", lower_users_operators),
      pass<simplify_rules>("simplify tensors"),
      pass<tensor_rules>("join movement"),
      function(schedule_step, no_change),
      pass<decompose_rules>("decompose"),
      pass<simplify_rules>("simplify kernel"),
      pass<reduction_rules>("close reductions"),
      pass<sum_rules>("join sums"),
      pass<needless_gate_rules>("drop needless gates"),
      function("merge ranges", merge_ranges),
      function("optimize", optimize),
      pass<simplify_rules>("simplify optimized"),
      function("expand", expand_ranges),
      pass<simplify_rules>("simplify expanded"),
      function("clamp uniform addresses", clamp_uniform_addresses),
      pass<gate_rules>("gate"),
      pass<invalid_value_rules>("drop invalid"),
      function("accumulate", accumulate),
      pass<gated_sum_rules>("gate sums"),
      pass<fused_product_rules>("fuse products").where(can_fuse),
      function("find runs", find_runs),
      pass<late_rules>("late index"),
      function("index width", assign_index_width),
  };
  return pipeline;
}

void set_pipeline(Pipeline pipeline) { state().pipeline = std::move(pipeline); }
const Pipeline& current_pipeline() { return state().pipeline; }
const std::vector<PassStatistics>& pass_statistics() { return state().statistics; }

void time_rules(bool on) { state().times_rules = on; }
void set_recorder(RewriteRecorder<Graph>* recorder) { state().recorder = recorder; }

const Pass* pass_with_rules(std::uint64_t hash) {
  for (const Pass& pass : current_pipeline().passes)
    if (pass.rules != nullptr && detail::hash_rules(*pass.rules) == hash) return &pass;
  return nullptr;
}

Schedule make_schedule(Graph& graph, std::span<const Node> effects) {
  const Pipeline& pipeline = current_pipeline();
  PassContext context;
  context.tensors = true;
  context.recorder = state().recorder;
  Node root = sink(graph, effects);
  for (std::size_t i = 0; i < schedule_position(pipeline); ++i) run(pipeline.passes[i], graph, root, context);
  PassStatistics& statistics = state().of(schedule_step);
  ++statistics.runs;
  const Timer timer(statistics);
  const std::vector<Node> changed(graph.sources(root).begin(), graph.sources(root).end());
  return schedule(graph, changed);
}

Program lower(const Graph& graph, Node kernel, const std::string& name, const Target& target) {
  const Pipeline& pipeline = current_pipeline();
  const auto own = std::make_shared<Graph>();
  Node root = GraphImport(*own, graph)(kernel);
  std::size_t parameters = 0;  // also those that the passes find to be unused
  for (Node n : topological_order(*own, root))
    if (own->op(n) == Op::parameter) parameters = std::max(parameters, static_cast<std::size_t>(own->argument(n)) + 1);
  PassContext context;
  context.target = target;
  context.recorder = state().recorder;
  context.subject = name;
  for (std::size_t i = schedule_position(pipeline) + 1; i < pipeline.passes.size(); ++i)
    run(pipeline.passes[i], *own, root, context);
  PassStatistics& statistics = state().of("linearize");
  ++statistics.runs;
  const Timer timer(statistics);
  Program program = linearize(*own, root, name);
  program.owned = own;
  program.parameters.resize(parameters);
  return program;
}

}  // namespace v0
}  // namespace whittle
