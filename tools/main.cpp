// The `whittle` command.
#include <cstdio>
#include <exception>

#include <whittle/version.hpp>

#include "tools/commands.hpp"

int main(int argc, char** argv) {
  using namespace whittle::tools;
  CLI::App app{"whittle: graph rewrite rules, lazy tensors and a JIT"};
  app.set_version_flag("--version", std::string("whittle ") + whittle::version_string);
  app.require_subcommand(1);
  int status = 0;
  try {
    add_simplify_command(app, status);
    add_rules_command(app, status);
    add_trace_command(app, status);
    add_info_command(app, status);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : bad_input;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "whittle: %s\n", error.what());
    return 1;
  }
  return status;
}
