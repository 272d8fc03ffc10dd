// The signs that operators are written with between two operands.
#pragma once

#include <string_view>

#include <whittle/core/op.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// The sign with its spaces; empty if the operator has none.
constexpr std::string_view infix_sign(Op op) {
  switch (op) {
  case Op::add: return " + ";
  case Op::sub: return " - ";
  case Op::mul: return " * ";
  case Op::fdiv:
  case Op::floordiv: return " / ";
  case Op::floormod: return " % ";
  case Op::bit_and: return " & ";
  case Op::bit_or: return " | ";
  case Op::bit_xor: return " ^ ";
  case Op::shl: return " << ";
  case Op::shr: return " >> ";
  case Op::less: return " < ";
  case Op::less_equal: return " <= ";
  case Op::equal: return " == ";
  case Op::not_equal: return " != ";
  default: return {};
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
