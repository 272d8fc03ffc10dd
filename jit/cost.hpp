// What a program costs to run, roughly: enough to decide about threads and to print rates.
#pragma once

#include <cstdint>

#include <whittle/lower/program.hpp>

namespace whittle {
inline namespace v0 {

struct Cost {
  double operations = 0;  ///< instructions, weighted by how slow they are; a vector counts as its registers
  double flops = 0;       ///< floating-point operations on elements; a fused multiply-add is two
};

/// The cost of one iteration of the parallel range (of the whole program, if it has none).
Cost cost(const Program& program);

}  // namespace v0
}  // namespace whittle
