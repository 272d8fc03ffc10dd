#include "backends/cpu/runtime.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <whittle/ir/scalar_operation.hpp>

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

// The float functions through double: at most half an ulp off, and the same in every C library.
float sine(float x) { return static_cast<float>(std::sin(static_cast<double>(x))); }
float power(float x, float y) { return static_cast<float>(std::pow(static_cast<double>(x), static_cast<double>(y))); }

// Half precision where the processor has no instruction; bits of float32 and of float16.
std::uint32_t to_float16(std::uint32_t bits) {
  const auto value = static_cast<double>(std::bit_cast<float>(bits));
  return static_cast<std::uint32_t>(stored_bits(float_scalar(DType::float16, value)));
}
std::uint32_t from_float16(std::uint32_t bits) {
  return std::bit_cast<std::uint32_t>(static_cast<float>(from_stored_bits(DType::float16, bits).as_double()));
}

template <class Result, class... Arguments>
void* address(Result (*function)(Arguments...)) {
  return reinterpret_cast<void*>(function);
}

using Unary = double (*)(double);
using Binary = double (*)(double, double);

}  // namespace

std::span<const RuntimeFunction> runtime_functions() {
  static const RuntimeFunction table[] = {
      {"sinf", address(&sine)},
      {"powf", address(&power)},
      {"whittle_to_float16", address(&to_float16)},
      {"whittle_from_float16", address(&from_float16)},
      {"exp2", address(static_cast<Unary>(&std::exp2))},
      {"log2", address(static_cast<Unary>(&std::log2))},
      {"sin", address(static_cast<Unary>(&std::sin))},
      {"pow", address(static_cast<Binary>(&std::pow))},
      // LLVM itself makes calls of these: loops that copy or fill, and rounding where there is no instruction.
      {"memcpy", address(&std::memcpy)},
      {"memmove", address(&std::memmove)},
      {"memset", address(&std::memset)},
      {"floor", address(static_cast<Unary>(&std::floor))},
      {"trunc", address(static_cast<Unary>(&std::trunc))},
      {"floorf", address(static_cast<float (*)(float)>(&std::floor))},
      {"truncf", address(static_cast<float (*)(float)>(&std::trunc))},
      {"fma", address(static_cast<double (*)(double, double, double)>(&std::fma))},
      {"fmaf", address(static_cast<float (*)(float, float, float)>(&std::fma))},
  };
  return table;
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
