// The way from tensors to linear programs as a value that a program can print and change.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <whittle/lower/context.hpp>

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
Pipeline default_pipeline();

/// The pipeline of everything that is compiled from now on.
void set_pipeline(Pipeline pipeline);
const Pipeline& current_pipeline();

/// A pass of a user's rules, compiled in the file that calls this.
template <const auto& Set>
Pass pass(std::string name, Order order = Order::bottom_up) {
  return rule_pass<Set, Graph, PassContext>(std::move(name), order);
}

/// What the passes did since the process began, in the order of the pipeline; scheduling included.
const std::vector<PassStatistics>& pass_statistics();

/// Runs the passes over tensors and schedules. Throws GraphError.
Schedule make_schedule(Graph& graph, std::span<const Node> effects);

/// Runs the passes over a kernel and puts it in order for a target. Throws GraphError.
Program lower(Graph& graph, Node sink, const std::string& name, const Target& target);

}  // namespace v0
}  // namespace whittle
