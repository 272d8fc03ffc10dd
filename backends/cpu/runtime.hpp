// What compiled kernels may call: the C library's functions and a few of our own, by name.
#pragma once

#include <span>

namespace whittle {
inline namespace v0 {
namespace cpu {

struct RuntimeFunction {
  const char* name;
  void* address;
};

std::span<const RuntimeFunction> runtime_functions();

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
