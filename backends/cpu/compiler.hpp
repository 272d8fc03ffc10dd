// LLVM IR text to functions that can be called.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace whittle {
inline namespace v0 {
namespace cpu {

using Entry = void (*)(void* const* buffers, const std::int64_t* variables, std::int64_t begin, std::int64_t end);

/// Machine code; it is unloaded when the last holder of `memory` lets go.
struct Code {
  Entry entry = nullptr;
  std::shared_ptr<void> memory;
  std::string assembly;  ///< if asked for
};

struct CompileOptions {
  bool vectorise = false;  ///< run LLVM's own optimisation pipeline, loop vectoriser included
  bool assembly = false;
};

/// One for the process; compiles in the calling thread, in several at once.
class Compiler {
 public:
  Compiler();
  ~Compiler();
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  /// `kernel` is its name in messages, `symbol` the function's in the text. Throws DeviceError.
  Code compile(const std::string& kernel, const std::string& symbol, const std::string& text,
               const CompileOptions& options);

  /// The processor compiled for (WHITTLE_CPU, else this one), what it can do, and LLVM's version.
  const std::string& processor() const;
  bool has(const std::string& feature) const;
  unsigned vector_bits() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
