// CUDA text compiled by clang, without a toolkit and without a GPU; and a collector of kernels that compiles many at
// once, because starting the compiler costs more than a kernel.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

#include <catch2/catch.hpp>

#include <whittle/core/error.hpp>
#include <whittle/lower/pipeline.hpp>
#include <whittle/render/cuda.hpp>

namespace cuda_test {

namespace w = whittle;

inline bool has_clang() { return std::system("clang++-19 --version > /dev/null 2>&1") == 0; }

/// Compiles a file of CUDA text to PTX and gives back what the compiler said; nothing where it is content.
inline std::string compile(const std::string& source, const char* optimisation = "-O1") {
  const std::string stem = "/tmp/whittle_cuda_" + std::to_string(::getpid());
  std::ofstream(stem + ".cu") << source;
  const std::string command = "clang++-19 -x cuda --cuda-device-only --cuda-gpu-arch=sm_80 -nocudainc -nocudalib -S " +
                              std::string(optimisation) +
                              " -Wall -Werror -Wno-unused -Wno-bitwise-instead-of-logical "
                              "-Wno-unknown-cuda-version -o " +
                              stem + ".ptx " + stem + ".cu > " + stem + ".log 2>&1";
  const int status = std::system(command.c_str());
  std::ifstream log(stem + ".log");
  std::string said((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
  if (status != 0 && said.empty()) said = "status " + std::to_string(status);
  for (const char* end : {".cu", ".ptx", ".log"}) std::remove((stem + end).c_str());
  return status == 0 ? "" : said;
}

inline w::Target grid_target() {
  w::Target target;
  target.device = "cuda";
  target.grid = true;
  return target;
}

/// The kernels that the tests of this process schedule, as CUDA text. Equal ones count once.
class Collector {
 public:
  static Collector& instance() {
    static Collector one;
    return one;
  }

  void add(const w::Graph& graph, w::Node sink, const std::string& name) {
    try {
      w::Program program = w::lower(graph, sink, name, grid_target());
      program.name = "kernel";
      const std::string text = w::render_cuda_kernel(program);
      if (!seen_.insert(text).second) return;
      program.name = name + "_number_" + std::to_string(seen_.size());
      pending_ += w::render_cuda_kernel(program);
      ++pending_count_;
    } catch (const w::Error& error) {
      refused_.push_back(name + ": " + error.what());
    }
  }

  /// To be called by the last test case of a file: compiles what was collected since the last call. Returns how
  /// many kernels that were.
  std::size_t check() {
    for (const std::string& each : std::exchange(refused_, {})) FAIL_CHECK("not rendered as CUDA: " << each);
    const std::string source = std::string(w::cuda_prelude) + std::exchange(pending_, {});
    const std::size_t count = std::exchange(pending_count_, 0);
    if (!has_clang()) {
      WARN("clang++-19 is not installed: the CUDA text of " << count << " kernels is not compiled");
      return count;
    }
    // Unoptimised: whether the text is right does not depend on it, and it is several times faster.
    CHECK(compile(source, "-O0") == "");
    return count;
  }

 private:
  std::set<std::string> seen_;
  std::string pending_;
  std::size_t pending_count_ = 0;
  std::vector<std::string> refused_;
};

}  // namespace cuda_test
