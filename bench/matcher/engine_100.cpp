#include "engine.hpp"
#include "rules_100.hpp"

namespace matcher_bench {

std::span<const Engine> engines_of_100() {
  using whittle::Strategy;
  static constexpr Engine engines[] = {EngineOf<rules_100, Strategy::code>::engine("code"),
                                       EngineOf<rules_100, Strategy::tables>::engine("tables"),
                                       EngineOf<rules_100, Strategy::linear>::engine("linear")};
  return engines;
}

}  // namespace matcher_bench
