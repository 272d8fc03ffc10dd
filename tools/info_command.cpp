// whittle info: the version, the compiler, and which devices there are.
#include <cstdio>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include <whittle/core/error.hpp>
#include <whittle/core/executor.hpp>
#include <whittle/version.hpp>

#include "tools/commands.hpp"

namespace whittle::tools {

namespace {

/// What keeps a device from working; empty if nothing does.
std::string obstacle(const char* device) {
  try {
    executor(device);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

int run(bool as_json) {
  nlohmann::json devices = nlohmann::json::array();
  for (const char* device : {"cpu", "interp"}) {
    const std::string missing = obstacle(device);
    nlohmann::json entry{{"name", device}, {"available", missing.empty()}};
    if (!missing.empty()) entry["reason"] = missing;
    devices.push_back(entry);
  }
  if (as_json) {
    std::printf(
        "%s\n",
        nlohmann::json{{"version", version_string}, {"compiler", __VERSION__}, {"devices", devices}}.dump(2).c_str());
    return 0;
  }
  std::printf("whittle %s, compiled by %s\n", version_string, __VERSION__);
  for (const auto& device : devices)
    std::printf("  %-8s %s\n", device["name"].get<std::string>().c_str(),
                device["available"].get<bool>() ? "available" : device["reason"].get<std::string>().c_str());
  return 0;
}

}  // namespace

void add_info_command(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("info", "Show the version and the devices");
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "For machines");
  command->callback([as_json, &status] { status = run(*as_json); });
}

}  // namespace whittle::tools
