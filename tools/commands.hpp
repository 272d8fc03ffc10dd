// The subcommands of `whittle`: each adds itself to the command line, and runs from there.
#pragma once

#include <CLI/CLI.hpp>

namespace whittle::tools {

/// Exit statuses: 0, 1 where a command could not do its work, 2 for input that makes no sense.
inline constexpr int bad_input = 2;

void add_rules_command(CLI::App& app, int& status);
void add_simplify_command(CLI::App& app, int& status);
void add_trace_command(CLI::App& app, int& status);
void add_info_command(CLI::App& app, int& status);

}  // namespace whittle::tools
