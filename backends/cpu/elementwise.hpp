// Elementwise operators as LLVM IR, with the meaning that ir/evaluate.hpp gives them.
#pragma once

#include <span>

#include <whittle/core/op.hpp>

#include "backends/cpu/ir_writer.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {

/// A source of an elementwise operator: `value` is of register_kind(dtype), in as many lanes as the result.
struct Operand {
  Value value;
  DType dtype = DType::none;
};

/// Whether `elementwise` has that operator on sources and result of these dtypes.
bool supports(Op op, DType result, DType source);

/// The result of an operator; all sources have the same number of lanes.
Value elementwise(IrWriter& writer, Op op, DType result, std::span<const Operand> sources);

/// A register's value as memory holds it (half precision rounded, bool as a byte), and back.
Value to_memory(IrWriter& writer, const Value& value, DType dtype);
Value from_memory(IrWriter& writer, const Value& value, DType dtype);

/// Folds the lanes into one by a fixed tree of halves.
Value fold_lanes(IrWriter& writer, Op op, DType dtype, const Value& vector);

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
