#include <whittle/simplify.hpp>

#include "engine.hpp"

namespace matcher_bench {

std::span<const Engine> engines_of_builtin() {
  using whittle::Strategy;
  static constexpr Engine engines[] = {EngineOf<whittle::simplify_rules, Strategy::tables>::engine("tables")};
  return engines;
}

}  // namespace matcher_bench
