// The functions that rendered CUDA kernels use. No headers are needed: NVRTC and clang compile it as it is.
#pragma once

#include <string_view>

namespace whittle {
inline namespace v0 {

inline constexpr std::string_view cuda_prelude = R"(// whittle's prelude
#if defined(__clang__)
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(n) __attribute__((launch_bounds(n)))
#define THREAD_X ((long long)__nvvm_read_ptx_sreg_tid_x())
#define BLOCK_X ((long long)__nvvm_read_ptx_sreg_ctaid_x())
#define BLOCK_SIZE_X ((long long)__nvvm_read_ptx_sreg_ntid_x())
#define BARRIER() __nvvm_bar_sync(0)
#define LIBRARY_1(type, ours, theirs) extern "C" __device__ type theirs(type); __device__ inline type ours(type x) { return theirs(x); }
#define LIBRARY_2(type, ours, theirs) extern "C" __device__ type theirs(type, type); __device__ inline type ours(type x, type y) { return theirs(x, y); }
LIBRARY_1(float, w_exp2, __nv_exp2f) LIBRARY_1(double, w_exp2, __nv_exp2)
LIBRARY_1(float, w_log2, __nv_log2f) LIBRARY_1(double, w_log2, __nv_log2)
LIBRARY_1(float, w_sin, __nv_sinf) LIBRARY_1(double, w_sin, __nv_sin)
LIBRARY_2(float, w_pow, __nv_powf) LIBRARY_2(double, w_pow, __nv_pow)
__device__ inline float w_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
__device__ inline double w_fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
__device__ inline float w_sqrt(float x) { return __nvvm_sqrt_rn_f(x); }
__device__ inline double w_sqrt(double x) { return __nvvm_sqrt_rn_d(x); }
__device__ inline float w_trunc(float x) { return __builtin_truncf(x); }
__device__ inline double w_trunc(double x) { return __builtin_trunc(x); }
#else
#define THREAD_X ((long long)threadIdx.x)
#define BLOCK_X ((long long)blockIdx.x)
#define BLOCK_SIZE_X ((long long)blockDim.x)
#define BARRIER() __syncthreads()
#define LIBRARY_1(type, ours, theirs) __device__ inline type ours(type x) { return theirs(x); }
#define LIBRARY_2(type, ours, theirs) __device__ inline type ours(type x, type y) { return theirs(x, y); }
LIBRARY_1(float, w_exp2, exp2f) LIBRARY_1(double, w_exp2, exp2)
LIBRARY_1(float, w_log2, log2f) LIBRARY_1(double, w_log2, log2)
LIBRARY_1(float, w_sin, sinf) LIBRARY_1(double, w_sin, sin)
LIBRARY_2(float, w_pow, powf) LIBRARY_2(double, w_pow, pow)
LIBRARY_1(float, w_sqrt, sqrtf) LIBRARY_1(double, w_sqrt, sqrt)
LIBRARY_1(float, w_trunc, truncf) LIBRARY_1(double, w_trunc, trunc)
__device__ inline float w_fma(float a, float b, float c) { return fmaf(a, b, c); }
__device__ inline double w_fma(double a, double b, double c) { return fma(a, b, c); }
#endif

// Bits.
template <class To, class From> __device__ inline To w_bits(From x) {
  static_assert(sizeof(To) == sizeof(From), "");
  To y;
  __builtin_memcpy(&y, &x, sizeof y);
  return y;
}

// float16 and bfloat16 are held as float and lie in memory as 16 bits.
struct float16 { unsigned short bits; };
struct bfloat16 { unsigned short bits; };
__device__ inline float w_from(float16 x) { float y; asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits)); return y; }
__device__ inline float w_from(bfloat16 x) { return w_bits<float>((unsigned)x.bits << 16); }
__device__ inline float16 w_to_float16(float x) { float16 y; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x)); return y; }
__device__ inline bfloat16 w_to_bfloat16(float x) {
  unsigned u = w_bits<unsigned>(x);
  return {(unsigned short)(x != x ? (u >> 16) | 0x40u : (u + 0x7fffu + ((u >> 16) & 1u)) >> 16)};
}
// To odd: rounding the result once more gives what rounding x at once would have given.
__device__ inline float w_odd(double x) {
  float y;
  asm("cvt.rz.f32.f64 %0, %1;" : "=f"(y) : "d"(x));
  return x == x && (double)y != x ? w_bits<float>(w_bits<unsigned>(y) | 1u) : y;
}
__device__ inline float w_odd(float x) { return x; }
__device__ inline float w_round_float16(float x) { return w_from(w_to_float16(x)); }
__device__ inline float w_round_bfloat16(float x) { return w_from(w_to_bfloat16(x)); }

// Integers wrap, and dividing by zero gives 0.
template <class T> struct w_unsigned_of { using type = unsigned; };
template <> struct w_unsigned_of<long long> { using type = unsigned long long; };
template <> struct w_unsigned_of<unsigned long long> { using type = unsigned long long; };
template <class T> using w_unsigned = typename w_unsigned_of<T>::type;
template <class T> __device__ inline T w_add(T a, T b) { return (T)((w_unsigned<T>)a + (w_unsigned<T>)b); }
template <class T> __device__ inline T w_sub(T a, T b) { return (T)((w_unsigned<T>)a - (w_unsigned<T>)b); }
template <class T> __device__ inline T w_mul(T a, T b) { return (T)((w_unsigned<T>)a * (w_unsigned<T>)b); }
template <class T> __device__ inline T w_cdiv(T a, T b) { return b == 0 ? (T)0 : b == (T)-1 && (T)-1 < 0 ? w_sub((T)0, a) : (T)(a / b); }
template <class T> __device__ inline T w_cmod(T a, T b) { return b == 0 || (b == (T)-1 && (T)-1 < 0) ? (T)0 : (T)(a % b); }
template <class T> __device__ inline T w_floormod(T a, T b) { T r = w_cmod(a, b); return r != 0 && ((r < 0) != (b < 0)) ? (T)(r + b) : r; }
template <class T> __device__ inline T w_floordiv(T a, T b) { T r = w_cmod(a, b); return (T)(w_cdiv(a, b) - (r != 0 && ((r < 0) != (b < 0)) ? 1 : 0)); }
template <class T> __device__ inline T w_shl(T a, T b) { return b < 0 || b >= (T)(8 * sizeof(T)) ? (T)0 : (T)((w_unsigned<T>)a << b); }
template <class T> __device__ inline T w_shr(T a, T b) { return b < 0 || b >= (T)(8 * sizeof(T)) ? (T)(a < 0 ? -1 : 0) : (T)(a >> b); }

// A NaN on either side is the result.
template <class T> __device__ inline T w_max(T a, T b) { return a != a || a > b ? a : b; }
template <class T> __device__ inline T w_min(T a, T b) { return a != a || a < b ? a : b; }

// Float to integer saturates; NaN gives 0.
template <class T, class F> __device__ inline T w_integer(F x, T low, T high) { return x != x ? (T)0 : x <= (F)low ? low : x >= (F)high ? high : (T)x; }
)";

}  // namespace v0
}  // namespace whittle
