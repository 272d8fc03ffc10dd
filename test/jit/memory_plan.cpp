#include <catch2/catch.hpp>

#include "jit/memory_plan.hpp"

#include <random>

namespace jit_memory_plan {

namespace w = whittle;

TEST_CASE("memory plan: memory is used again once it is free", "[jit]") {
  const w::Lifetime chain[] = {{100, 0, 1}, {80, 1, 2}, {90, 2, 3}, {10, 3, 4}};
  const w::MemoryPlan plan = w::plan_memory(chain);
  CHECK(plan.blocks == std::vector<std::size_t>{100, 80});
  CHECK(plan.block_of == std::vector<std::size_t>{0, 1, 0, 1});
}

TEST_CASE("memory plan: a free block grows rather than a new one is made", "[jit]") {
  const w::Lifetime chain[] = {{10, 0, 0}, {50, 1, 1}};
  CHECK(w::plan_memory(chain).blocks == std::vector<std::size_t>{50});
}

TEST_CASE("memory plan: random lifetimes never share while both live", "[jit]") {
  std::mt19937 random(7);
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::vector<w::Lifetime> lives(random() % 40);
    for (w::Lifetime& life : lives) {
      life.first = random() % 30;
      life.last = life.first + random() % 6;
      life.bytes = random() % 1000;
    }
    const w::MemoryPlan plan = w::plan_memory(lives);
    for (std::size_t a = 0; a < lives.size(); ++a) {
      REQUIRE(plan.blocks[plan.block_of[a]] >= lives[a].bytes);
      for (std::size_t b = a + 1; b < lives.size(); ++b)
        REQUIRE(
            (plan.block_of[a] != plan.block_of[b] || lives[a].last < lives[b].first || lives[b].last < lives[a].first));
    }
  }
}

}  // namespace jit_memory_plan
