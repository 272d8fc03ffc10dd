#include "jit/planner.hpp"

#include <whittle/lower/pipeline.hpp>
#include <whittle/schedule/schedule.hpp>

namespace whittle {
inline namespace v0 {
namespace {

class DefaultPlanner final : public Planner {
 public:
  std::uint64_t fingerprint() const override { return current_pipeline().hash(); }

  Plan plan(Graph& graph, std::span<const Node> effects) override {
    Schedule made = make_schedule(graph, effects);
    Plan plan;
    for (KernelCall& call : made.calls)
      plan.calls.push_back({call.sink, std::move(call.name), std::move(call.buffers), std::move(call.variables)});
    for (const auto& each : made.temporaries) plan.temporaries.push_back({each.buffer, each.first_use, each.last_use});
    return plan;
  }

  Program lower(Graph& graph, const PlannedCall& call, const Target& target) override {
    return whittle::lower(graph, call.sink, call.name, target);
  }
};

}  // namespace

std::unique_ptr<Planner> make_planner() { return std::make_unique<DefaultPlanner>(); }

}  // namespace v0
}  // namespace whittle
