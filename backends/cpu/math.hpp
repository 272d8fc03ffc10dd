// Transcendental functions as vector code of our own, float32; float64 and pow call the C library lane by lane.
#pragma once

#include <initializer_list>
#include <string_view>

#include "backends/cpu/ir_writer.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {

/// 2^x, at most 1 ulp off, subnormal results included.
Value exp2(IrWriter& writer, const Value& x);
/// At most 2 ulp off; log2(0) is -infinity, log2 of negative numbers NaN.
Value log2(IrWriter& writer, const Value& x);
/// At most 2 ulp off for |x| < 2^30; beyond that the C library computes it.
Value sin(IrWriter& writer, const Value& x);
/// x^y by the C library.
Value pow(IrWriter& writer, const Value& x, const Value& y);
/// `function` of the C library (or of runtime.hpp) on each lane; arguments and result have one type.
Value per_lane(IrWriter& writer, std::string_view function, std::initializer_list<Value> arguments);

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
