// One rule set, seen by two files that are compiled differently.
#pragma once

#include <whittle/match.hpp>

#include <cstddef>

namespace odr {

using namespace whittle::dsl;

// clang-format off
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto set = rules<whittle::floating_no_nan>("odr",
    log(exp(x)) >>= x,
    log(x * y)  >>= log(x) + log(y)   |= when(x > 0 && y > 0));
// clang-format on

// What a file sees of the set.
struct View {
  const void* address;
  std::size_t size;
  bool well_formed;
  bool operator==(const View&) const = default;
};

inline View view() { return {&set, sizeof(set), whittle::well_formed<set>()}; }

View plain();      // -O0
View optimised();  // -O2

}  // namespace odr
