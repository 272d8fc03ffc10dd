// From a linear program to LLVM IR.
#pragma once

#include <string>

#include <whittle/lower/program.hpp>

namespace whittle {
inline namespace v0 {
namespace cpu {

struct RenderOptions {
  bool bounds_checks = false;
  bool has_fma = true;         ///< the processor has fused multiply-add
  bool has_f16c = true;        ///< and conversions of half precision
  unsigned vector_bits = 512;  ///< of its registers
};

/// What a kernel with bounds checks reports; its address follows the buffers in the kernel's first argument.
struct Fault {
  std::int64_t parameter = -1;  ///< position of the buffer; -1: no fault
  std::int64_t offset = 0;      ///< in elements
};

/// The name of the kernel's function: the program's, with what LLVM or an assembler would mind replaced.
std::string symbol(const Program& program);

/// Throws DeviceError, which names the kernel, where the program has what the renderer does not know.
void check(const Program& program);

/// The module's text: `void symbol(ptr buffers, ptr variables, i64 begin, i64 end)`. Checks first.
std::string render(const Program& program, const RenderOptions& options);

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
