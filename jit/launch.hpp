// A kernel with everything that it is given: what the executor runs and a replay repeats.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "jit/device.hpp"

namespace whittle {
inline namespace v0 {

/// The current value of a variable; shared by all launches that use it.
struct VariableSlot {
  std::string name;
  bool known = false;
  std::int64_t value = 0;
};

struct Launch {
  struct Variable {
    std::shared_ptr<const VariableSlot> slot;
    Interval bounds;  ///< what the kernel was made for
  };
  std::shared_ptr<Kernel> kernel;
  std::vector<std::shared_ptr<Buffer>> owners;
  std::vector<Buffer*> buffers;
  std::vector<Variable> variables;
  std::vector<std::int64_t> values;  ///< room for the variables' values
};

/// Takes the variables' current values, launches, and prints a line where WHITTLE_DEBUG asks for it. No heap
/// allocation otherwise. Throws DeviceError where a variable has no value or lies outside its bounds.
void run(Device& device, Launch& launch);

/// WHITTLE_DEBUG.
int debug_level();

}  // namespace v0
}  // namespace whittle
