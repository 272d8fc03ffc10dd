// Casts between dtypes as LLVM IR.
#pragma once

#include "backends/cpu/ir_writer.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {

/// A cast's value: float to integer saturates (NaN gives 0), anything to bool is "not zero", and half
/// precision is rounded, though it is held as float32.
Value cast(IrWriter& writer, const Value& value, DType from, DType to);
Value bitcast(IrWriter& writer, const Value& value, DType from, DType to);

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
