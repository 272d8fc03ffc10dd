#include "jit/executor.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>

#include <whittle/core/error.hpp>
#include <whittle/core/hash.hpp>

#include "jit/memory_plan.hpp"
#include <whittle/lower/statistics.hpp>

namespace whittle {
inline namespace v0 {
namespace {

/// The memory that a buffer node needs, with variables at their greatest.
std::size_t bytes_of(const Graph& graph, Node buffer) {
  if (graph.op(buffer) != Op::buffer)
    throw DeviceError("memory belongs to buffer nodes, and this is a '" + std::string(name(graph.op(buffer))) + "'");
  const std::int64_t size = greatest(graph, graph.source(buffer, 0));
  const int128 bytes = int128{size} * static_cast<std::int64_t>(size_of(graph.dtype(buffer)));
  if (size < 0 || !fits_int64(bytes)) throw DeviceError("a buffer of " + std::to_string(size) + " elements cannot be");
  return static_cast<std::size_t>(bytes);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Interval bounds_of(const Graph& graph, Node variable) {
  return {graph.scalar(graph.source(variable, 0)).as_int(), graph.scalar(graph.source(variable, 1)).as_int()};
}

}  // namespace

/// Recorded launches, with the places where an input's buffer stands.
class DeviceReplay final : public Replay {
 public:
  DeviceReplay(DeviceExecutor& executor, DeviceExecutor::Recording recording)
      : executor_(executor),
        graph_(*recording.graph),
        inputs_(std::move(recording.inputs)),
        memory_(std::move(recording.memory)),
        launches_(std::move(recording.launches)),
        places_(inputs_.size()) {
    for (Launch& launch : launches_)
      for (Buffer*& given : launch.buffers)
        for (std::size_t i = 0; i < memory_.size(); ++i)
          if (given == memory_[i].get()) places_[i].push_back(&given);
  }

  void run(std::span<const Node> inputs) override {
    const std::lock_guard guard(executor_.lock_);
    if (inputs.size() != inputs_.size())
      throw DeviceError("a replay of " + std::to_string(inputs_.size()) + " inputs is given " +
                        std::to_string(inputs.size()));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (graph_.op(inputs[i]) != Op::buffer || graph_.dtype(inputs[i]) != graph_.dtype(inputs_[i]) ||
          graph_.source(inputs[i], 0) != graph_.source(inputs_[i], 0))
        throw DeviceError("input " + std::to_string(i) +
                          " of a replay is not of the size and dtype that were captured");
      memory_[i] = executor_.memory(graph_, inputs[i]);
      for (Buffer** place : places_[i]) *place = memory_[i].get();
    }
    for (Launch& launch : launches_) whittle::run(executor_.device_, launch);
    detail::count_launches(launches_.size(), 1);
  }

 private:
  DeviceExecutor& executor_;
  Graph& graph_;
  std::vector<Node> inputs_;
  std::vector<std::shared_ptr<Buffer>> memory_;
  std::vector<Launch> launches_;
  std::vector<std::vector<Buffer**>> places_;  // by input
};

DeviceExecutor::DeviceExecutor(Device& device, std::unique_ptr<Planner> planner)
    : device_(device),
      planner_(std::move(planner)) {}

std::shared_ptr<Buffer> DeviceExecutor::memory(Graph& graph, Node buffer) {
  auto& buffers = graphs_[&graph].buffers;
  const auto found = buffers.find(number_of(buffer));
  if (found != buffers.end()) return found->second;
  auto made = std::make_shared<Buffer>(device_.allocate(bytes_of(graph, buffer)));
  buffers.emplace(number_of(buffer), made);
  return made;
}

std::shared_ptr<VariableSlot> DeviceExecutor::slot(Graph& graph, const std::string& name) {
  auto& known = graphs_[&graph].variables[name];
  if (known == nullptr) known = std::make_shared<VariableSlot>(VariableSlot{name, false, 0});
  return known;
}

std::shared_ptr<Kernel> DeviceExecutor::kernel(Graph& graph, const PlannedCall& call) {
  const Target target = device_.target();
  const std::uint64_t key =
      program_key(graph, call.sink, target, combine(device_.fingerprint(), planner_->fingerprint()));
  Statistics figures;
  if (auto found = cache_.find(key)) {
    figures.cache_hits = 1;
    add_statistics(figures);
    return found;
  }
  const auto begin = std::chrono::steady_clock::now();
  const std::uint32_t nodes = graph.size();
  const Program program = planner_->lower(graph, call, target);
  figures.graph_nodes = graph.size() - nodes;
  figures.lower_seconds = seconds_since(begin);
  const auto compile = std::chrono::steady_clock::now();
  std::shared_ptr<Kernel> made = cache_.insert(key, device_.compile(program));
  figures.compile_seconds = seconds_since(compile);
  figures.kernels_compiled = 1;
  add_statistics(figures);
  if (debug_level() >= 4) std::fprintf(stderr, "%s\n", std::string(made->source()).c_str());
  if (debug_level() >= 6) std::fprintf(stderr, "%s\n", std::string(made->assembly()).c_str());
  return made;
}

std::unordered_map<std::uint32_t, std::shared_ptr<Buffer>> DeviceExecutor::temporaries(Graph& graph, const Plan& plan) {
  std::vector<Lifetime> lifetimes;
  for (const PlannedTemporary& each : plan.temporaries)
    lifetimes.push_back({bytes_of(graph, each.buffer), each.first, each.last});
  const MemoryPlan planned = plan_memory(lifetimes);
  std::vector<std::shared_ptr<Buffer>> blocks;
  for (std::size_t bytes : planned.blocks) blocks.push_back(std::make_shared<Buffer>(device_.allocate(bytes)));
  std::unordered_map<std::uint32_t, std::shared_ptr<Buffer>> made;
  for (std::size_t i = 0; i < plan.temporaries.size(); ++i)
    made.emplace(number_of(plan.temporaries[i].buffer), blocks[planned.block_of[i]]);
  return made;
}

Launch DeviceExecutor::prepare(Graph& graph, const PlannedCall& call,
                               const std::unordered_map<std::uint32_t, std::shared_ptr<Buffer>>& temporary) {
  Launch launch;
  launch.kernel = kernel(graph, call);
  for (Node buffer : call.buffers) {
    const auto found = temporary.find(number_of(buffer));
    launch.owners.push_back(found != temporary.end() ? found->second : memory(graph, buffer));
    launch.buffers.push_back(launch.owners.back().get());
  }
  // By name: the kernel may have been compiled for an equal sink of another graph.
  for (const std::string& name : launch.kernel->interface().variables) {
    Launch::Variable variable{slot(graph, name), {}};
    for (Node node : call.variables)
      if (graph.text_at(graph.argument(node)) == name) variable.bounds = bounds_of(graph, node);
    launch.variables.push_back(std::move(variable));
  }
  launch.values.resize(launch.variables.size());
  return launch;
}

void DeviceExecutor::run(Graph& graph, std::span<const Node> effects) {
  const std::lock_guard guard(lock_);
  const auto begin = std::chrono::steady_clock::now();
  const std::uint32_t nodes = graph.size();
  const Plan plan = planner_->plan(graph, effects);
  Statistics figures;
  figures.schedule_seconds = seconds_since(begin);
  figures.graph_nodes = graph.size() - nodes;
  add_statistics(figures);
  // Everything is compiled and has its memory before the first kernel runs: a failure leaves nothing half done.
  const auto temporary = temporaries(graph, plan);
  std::vector<Launch> launches;
  for (const PlannedCall& call : plan.calls) launches.push_back(prepare(graph, call, temporary));
  for (Launch& launch : launches) whittle::run(device_, launch);
  detail::count_launches(launches.size(), 0);
  if (recording_ == nullptr || recording_->graph != &graph) return;
  for (Launch& launch : launches) recording_->launches.push_back(std::move(launch));
}

void DeviceExecutor::write(Graph& graph, Node buffer, std::span<const std::byte> bytes) {
  const std::lock_guard guard(lock_);
  device_.copy_in_sync(*memory(graph, buffer), bytes);
}

void DeviceExecutor::read(Graph& graph, Node buffer, std::span<std::byte> bytes) {
  const std::lock_guard guard(lock_);
  device_.copy_out_sync(bytes, *memory(graph, buffer));
}

void DeviceExecutor::release(Graph& graph, Node buffer) {
  const std::lock_guard guard(lock_);
  const auto found = graphs_.find(&graph);
  if (found != graphs_.end()) found->second.buffers.erase(number_of(buffer));
}

void DeviceExecutor::forget(Graph& graph) {
  const std::lock_guard guard(lock_);
  graphs_.erase(&graph);
  if (recording_ != nullptr && recording_->graph == &graph) recording_ = nullptr;
}

void DeviceExecutor::set_variable(Graph& graph, Node variable, std::int64_t value) {
  const std::lock_guard guard(lock_);
  if (graph.op(variable) != Op::variable)
    throw DeviceError("a value is given to a '" + std::string(name(graph.op(variable))) + "', which is no variable");
  const std::string name(graph.text_at(graph.argument(variable)));
  const Interval bounds = bounds_of(graph, variable);
  if (value < bounds.low || value > bounds.high)
    throw DeviceError("variable '" + name + "' cannot be " + std::to_string(value) + ": its bounds are " +
                      std::to_string(bounds.low) + " to " + std::to_string(bounds.high));
  const auto which = slot(graph, name);
  which->value = value;
  which->known = true;
}

void DeviceExecutor::synchronize() { device_.synchronize(); }

void DeviceExecutor::begin_capture(Graph& graph, std::span<const Node> inputs) {
  const std::lock_guard guard(lock_);
  if (recording_ != nullptr) throw DeviceError("a capture is under way already: end it before another begins");
  auto recording = std::make_unique<Recording>();
  recording->graph = &graph;
  recording->inputs.assign(inputs.begin(), inputs.end());
  for (Node input : inputs) recording->memory.push_back(memory(graph, input));
  recording_ = std::move(recording);
}

Owner<Replay> DeviceExecutor::end_capture() {
  const std::lock_guard guard(lock_);
  if (recording_ == nullptr) throw DeviceError("there is no capture to end");
  const std::unique_ptr<Recording> recording = std::move(recording_);
  return std::make_unique<DeviceReplay>(*this, std::move(*recording));
}

Executor& executor(std::string_view name) {
  static std::mutex lock;
  // Never destroyed, as devices are: static tensors may release their memory after everything else is gone.
  static auto& made = *new std::map<std::string, std::unique_ptr<DeviceExecutor>, std::less<>>;
  const char* wanted = std::getenv("WHITTLE_DEVICE");
  const std::string which(!name.empty() ? name : wanted != nullptr && *wanted != '\0' ? wanted : "cpu");
  const std::lock_guard guard(lock);
  const auto found = made.find(which);
  if (found != made.end()) return *found->second;
  return *made.emplace(which, std::make_unique<DeviceExecutor>(whittle::device(which), make_planner())).first->second;
}

}  // namespace v0
}  // namespace whittle
