#include "engine.hpp"
#include "rules_30.hpp"

namespace matcher_bench {

std::span<const Engine> engines_of_30() {
  using whittle::Strategy;
  static constexpr Engine engines[] = {EngineOf<rules_30, Strategy::code>::engine("code"),
                                       EngineOf<rules_30, Strategy::tables>::engine("tables"),
                                       EngineOf<rules_30, Strategy::linear>::engine("linear")};
  return engines;
}

}  // namespace matcher_bench
