#include "jit/memory_plan.hpp"

#include <algorithm>
#include <numeric>

namespace whittle {
inline namespace v0 {

MemoryPlan plan_memory(std::span<const Lifetime> lifetimes) {
  MemoryPlan plan;
  plan.block_of.resize(lifetimes.size());
  std::vector<std::size_t> order(lifetimes.size()), busy_until;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (lifetimes[a].first != lifetimes[b].first) return lifetimes[a].first < lifetimes[b].first;
    return lifetimes[a].bytes != lifetimes[b].bytes ? lifetimes[a].bytes > lifetimes[b].bytes : a < b;
  });
  for (const std::size_t which : order) {
    const Lifetime& life = lifetimes[which];
    std::size_t best = plan.blocks.size();
    for (std::size_t b = 0; b < plan.blocks.size(); ++b) {
      if (busy_until[b] >= life.first) continue;
      if (best == plan.blocks.size()) {
        best = b;
        continue;
      }
      const bool fits = plan.blocks[b] >= life.bytes, best_fits = plan.blocks[best] >= life.bytes;
      const bool better = fits && best_fits ? plan.blocks[b] < plan.blocks[best] : plan.blocks[b] > plan.blocks[best];
      if (better) best = b;
    }
    if (best == plan.blocks.size()) {
      plan.blocks.push_back(0);
      busy_until.push_back(0);
    }
    plan.blocks[best] = std::max(plan.blocks[best], life.bytes);
    busy_until[best] = life.last;
    plan.block_of[which] = best;
  }
  return plan;
}

}  // namespace v0
}  // namespace whittle
