// The devices there are: a new target is a folder under backends/ and a line in the table.
#include <map>
#include <mutex>

#include <whittle/core/error.hpp>

#include "jit/device.hpp"

namespace whittle {
inline namespace v0 {

// Each is defined in backends/<name>/.
std::unique_ptr<Device> make_cpu_device(const DeviceOptions& options);
std::unique_ptr<Device> make_interp_device(const DeviceOptions& options);

namespace {

struct Maker {
  std::string_view name;
  std::unique_ptr<Device> (*make)(const DeviceOptions&);
  std::string_view missing;  // why there is no `make`
};

#if defined(WHITTLE_HAS_LLVM) && WHITTLE_HAS_LLVM
constexpr auto cpu_maker = &make_cpu_device;
#else
constexpr std::unique_ptr<Device> (*cpu_maker)(const DeviceOptions&) = nullptr;
#endif

constexpr Maker makers[] = {
    {"cpu", cpu_maker, "whittle was built without LLVM: install llvm-19-dev and configure with -DWHITTLE_LLVM=ON"},
    {"interp", &make_interp_device, ""},
    {"cuda", nullptr, "the NVIDIA back end is not part of this build: it needs NVRTC and a driver (libcuda.so)"},
    {"amd", nullptr, "the AMD back end is not part of this build"},
    {"dsp", nullptr, "the Hexagon back end is not part of this build"},
    {"webgpu", nullptr, "the WebGPU back end is not part of this build"},
};

}  // namespace

std::unique_ptr<Device> make_device(std::string_view name, const DeviceOptions& options) {
  std::string names;
  for (const Maker& each : makers) {
    if (each.name == name) {
      if (each.make == nullptr) throw DeviceError("device " + std::string(name) + ": " + std::string(each.missing));
      return each.make(options);
    }
    if (each.make != nullptr) names += (names.empty() ? "" : ", ") + std::string(each.name);
  }
  throw DeviceError("there is no device '" + std::string(name) + "'; there are: " + names);
}

Device& device(std::string_view name) {
  static std::mutex lock;
  // Never destroyed: buffers of other static objects may outlive any order of destruction.
  static auto& made = *new std::map<std::string, std::unique_ptr<Device>, std::less<>>;
  const std::lock_guard guard(lock);
  const auto found = made.find(name);
  if (found != made.end()) return *found->second;
  return *made.emplace(std::string(name), make_device(name, DeviceOptions::from_environment())).first->second;
}

std::vector<DeviceEntry> devices() {
  std::vector<DeviceEntry> entries;
  for (const Maker& each : makers)
    entries.push_back({each.name, each.make != nullptr ? "" : std::string(each.missing)});
  return entries;
}

}  // namespace v0
}  // namespace whittle
