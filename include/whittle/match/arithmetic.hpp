// The arithmetic a rule set is written for: what has to be proved, and which dtypes its rules fire on.
#pragma once

#include <whittle/core/dtype.hpp>
#include <whittle/core/op.hpp>

namespace whittle {
inline namespace v0 {

/// Kinds of numbers; a set can be for several at once (`unbounded | wrapping`).
struct Arithmetic {
  unsigned mask = 0;
  friend constexpr Arithmetic operator|(Arithmetic a, Arithmetic b) { return {a.mask | b.mask}; }
  friend constexpr bool operator==(Arithmetic, Arithmetic) = default;
  constexpr bool includes(Arithmetic other) const { return (mask & other.mask) == other.mask; }
};

inline constexpr Arithmetic unbounded{1};        ///< the index type: integers without overflow
inline constexpr Arithmetic wrapping{2};         ///< fixed-width integers modulo 2^bits
inline constexpr Arithmetic floating{4};         ///< IEEE numbers, with NaN, infinities and -0
inline constexpr Arithmetic floating_no_nan{8};  ///< floats that are not NaN or infinite, signs of zero ignored
inline constexpr Arithmetic boolean{16};
inline constexpr Arithmetic structural{32};  ///< no arithmetic: rules about shape, memory and order, any dtype

/// The dtypes of values in that arithmetic.
constexpr DTypes dtypes_of(Arithmetic arithmetic) {
  DTypes types{};
  if ((arithmetic.mask & unbounded.mask) != 0) types = types | only(DType::index);
  if ((arithmetic.mask & wrapping.mask) != 0) types = types | any_fixed_int;
  if ((arithmetic.mask & (floating.mask | floating_no_nan.mask)) != 0) types = types | any_float;
  if ((arithmetic.mask & boolean.mask) != 0) types = types | only(DType::boolean);
  if ((arithmetic.mask & structural.mask) != 0) types = any_dtype;
  return types;
}

/// What `/` and `%` mean: floor on the index type, C's on fixed-width integers, the quotient of floats.
constexpr Op divide_in(Arithmetic arithmetic) {
  if ((arithmetic.mask & unbounded.mask) != 0) return Op::floordiv;
  if ((arithmetic.mask & wrapping.mask) != 0) return Op::cdiv;
  return Op::fdiv;
}
constexpr Op remainder_in(Arithmetic arithmetic) {
  return (arithmetic.mask & unbounded.mask) != 0 ? Op::floormod : Op::cmod;
}

}  // namespace v0
}  // namespace whittle
