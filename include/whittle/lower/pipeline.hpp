// The way from tensors to linear programs as a value that a program can print and change.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <whittle/lower/context.hpp>
#include <whittle/version.hpp>

namespace whittle {
inline namespace v0 {

struct KernelCall;
struct Schedule;

/// The name of the step between passes over tensors and passes over kernels.
inline constexpr const char* schedule_step = "schedule";

/// The passes that whittle runs: those before "schedule" over the tensor graph, those after it over each kernel.
///
///     auto p = whittle::default_pipeline();
///     p.after("simplify tensors", whittle::pass<my_rules>("mine"));
///     whittle::set_pipeline(p);
WHITTLE_API Pipeline default_pipeline();

/// The pipeline of everything that is compiled from now on.
WHITTLE_API void set_pipeline(Pipeline pipeline);
WHITTLE_API const Pipeline& current_pipeline();

/// A pass of a user's rules, compiled in the file that calls this.
template <const auto& Set>
Pass pass(std::string name, Order order = Order::bottom_up) {
  return rule_pass<Set, Graph, PassContext>(std::move(name), order);
}

/// What the passes did since the process began, in the order of the pipeline; scheduling included.
WHITTLE_API const std::vector<PassStatistics>& pass_statistics();

/// Rules of passes are timed one by one, which is slower, or not (at first).
WHITTLE_API void time_rules(bool on);

/// Hands every rewrite of passes to a recorder from now on, which has to live until another one, or null, is set. At
/// first that is a TraceWriter of the file that WHITTLE_TRACE names, if it names one.
WHITTLE_API void set_recorder(RewriteRecorder<Graph>* recorder);

/// The pass of the current pipeline whose rules have that hash (`TracedPass::hash`), or null: for replaying.
WHITTLE_API const Pass* pass_with_rules(std::uint64_t hash);

/// Runs the passes over tensors and schedules. Throws GraphError.
WHITTLE_API Schedule make_schedule(Graph& graph, std::span<const Node> effects);

/// Runs the passes over a kernel, in a graph of its own that the program keeps, and puts it in order for a
/// target. Throws GraphError.
WHITTLE_API Program lower(const Graph& graph, Node sink, const std::string& name, const Target& target);

}  // namespace v0
}  // namespace whittle
