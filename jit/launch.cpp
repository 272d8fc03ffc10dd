#include "jit/launch.hpp"

#include <cstdio>
#include <cstdlib>

#include <whittle/core/error.hpp>

namespace whittle {
inline namespace v0 {
namespace {

[[noreturn]] void refuse(const Launch& launch, const Launch::Variable& variable) {
  const std::string which = "kernel " + launch.kernel->name() + ": variable '" + variable.slot->name + "' ";
  if (!variable.slot->known) throw DeviceError(which + "has no value: set it before the launch");
  throw DeviceError(which + "is " + std::to_string(variable.slot->value) + ", outside its bounds " +
                    std::to_string(variable.bounds.low) + " to " + std::to_string(variable.bounds.high));
}

void print(Device& device, const Launch& launch) {
  const double seconds = device.elapsed();
  const KernelInterface& about = launch.kernel->interface();
  double bytes = 0;
  for (std::size_t i = 0; i < about.sizes.size(); ++i)
    bytes +=
        static_cast<double>(about.sizes[i].evaluate(launch.values)) * static_cast<double>(size_of(about.parameters[i]));
  const double flops = about.cost.flops * static_cast<double>(about.parallel.evaluate(launch.values));
  std::fprintf(stderr, "whittle: %-40s %10.3f ms", about.name.c_str(), seconds * 1e3);
  if (seconds > 0) std::fprintf(stderr, " %8.2f GFLOP/s %8.2f GB/s", flops / seconds * 1e-9, bytes / seconds * 1e-9);
  std::fprintf(stderr, "\n");
}

}  // namespace

int debug_level() {
  static const int level = [] {
    const char* text = std::getenv("WHITTLE_DEBUG");
    return text == nullptr ? 0 : std::atoi(text);
  }();
  return level;
}

void run(Device& device, Launch& launch) {
  for (std::size_t i = 0; i < launch.variables.size(); ++i) {
    const Launch::Variable& each = launch.variables[i];
    const std::int64_t value = each.slot->value;
    if (!each.slot->known || value < each.bounds.low || value > each.bounds.high) refuse(launch, each);
    launch.values[i] = value;
  }
  const bool shows = debug_level() >= 2;
  if (shows) device.set_profiling(true);
  device.launch(*launch.kernel, launch.buffers, launch.values);
  if (shows) print(device, launch);
}

}  // namespace v0
}  // namespace whittle
