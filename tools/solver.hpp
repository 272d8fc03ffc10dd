// Z3 as a process.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace whittle::tools {

/// What Z3 says of one case of a script.
struct SolverAnswer {
  enum class Kind { none, unsat, sat, unknown } kind = Kind::none;
  std::string values;  ///< after `sat`: Z3's values of the names, else what it had to say
};

/// Z3 4.8 or newer, on the search path.
class Z3 {
 public:
  static bool is_installed() { return std::system("command -v z3 >/dev/null 2>&1") == 0; }  // NOLINT

  /// Runs a script of whittle::prove::smt_of: an answer for each of the `cases`. Z3 is killed after the limit, and what
  /// it had said by then counts: Z3 4.8.12 can hang in its own time limit.
  static std::vector<SolverAnswer> run(const std::string& script, std::size_t cases, unsigned most_seconds = 60) {
    return parse(output_of(script, most_seconds), cases);
  }

 private:
  static std::string output_of(const std::string& script, unsigned most_seconds) {
    char path[] = "/tmp/whittle-prove-XXXXXX";
    const int file = mkstemp(path);
    if (file < 0) return "";
    std::FILE* out = fdopen(file, "w");
    std::fputs(script.c_str(), out);
    std::fclose(out);
    std::string text;
    const std::string command = "timeout -k 1 " + std::to_string(most_seconds) + " z3 -smt2 " + path + " 2>&1";
    if (std::FILE* z3 = popen(command.c_str(), "r"); z3 != nullptr) {
      char buffer[4096];
      while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, z3)) text.append(buffer, size);
      pclose(z3);
    }
    unlink(path);
    return text;
  }

  static std::vector<SolverAnswer> parse(const std::string& output, std::size_t cases) {
    using Kind = SolverAnswer::Kind;
    std::vector<SolverAnswer> answers(cases);
    SolverAnswer* current = nullptr;
    for (std::size_t at = 0; at < output.size();) {
      const std::size_t end = output.find('\n', at);
      const std::string line = output.substr(at, end - at);
      at = end == std::string::npos ? output.size() : end + 1;
      if (line.starts_with("case ")) {
        const std::size_t number = std::strtoul(line.c_str() + 5, nullptr, 10);
        current = number < cases ? &answers[number] : nullptr;
      } else if (current == nullptr || line.find("model is not available") != std::string::npos) {
        continue;
      } else if (current->kind == Kind::none && (line == "sat" || line == "unsat")) {
        current->kind = line == "sat" ? Kind::sat : Kind::unsat;
      } else if (current->kind == Kind::none) {
        current->kind = Kind::unknown;
        if (line != "unknown") current->values = line;
      } else if (line.find("(error") != std::string::npos) {
        current->kind = Kind::unknown;  // a script that Z3 does not understand proves nothing
        current->values = line;
      } else {
        current->values += line;
      }
    }
    return answers;
  }
};

}  // namespace whittle::tools
