#include "engine.hpp"
#include "rules_300.hpp"

namespace matcher_bench {

std::span<const Engine> engines_of_300() {
  using whittle::Strategy;
  static constexpr Engine engines[] = {EngineOf<rules_300, Strategy::code>::engine("code"),
                                       EngineOf<rules_300, Strategy::tables>::engine("tables"),
                                       EngineOf<rules_300, Strategy::linear>::engine("linear")};
  return engines;
}

}  // namespace matcher_bench
