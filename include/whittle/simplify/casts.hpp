// Casts.
#pragma once

#include <whittle/core/dtype.hpp>
#include <whittle/ir/interval.hpp>
#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// How many bits of whole numbers a dtype holds exactly, the sign apart.
constexpr unsigned exact_bits(DType dtype) {
  switch (dtype) {
  case DType::boolean: return 1;
  case DType::float16: return 11;
  case DType::bfloat16: return 8;
  case DType::float32: return 24;
  case DType::float64: return 53;
  case DType::index: return 1000;
  default: return is_unsigned_int(dtype) ? v0::bits(dtype) : v0::bits(dtype) - 1;
  }
}

/// Every value of `from` is a value of `to`.
constexpr bool holds_exactly(DType from, DType to) {
  if (from == to) return true;
  if (to == DType::boolean || (is_float(from) && !is_float(to))) return false;
  if (is_float(from)) {
    if (from == DType::float64 || bits(to) <= 16) return false;
    return bits(from) < bits(to);
  }
  if (is_unsigned_int(to) && (is_signed_int(from) || from == DType::index)) return false;
  return exact_bits(from) <= exact_bits(to);
}

/// A cast of a cast of x: the inner one can go where it loses nothing, or where both only drop upper bits.
template <class G>
constexpr Node joined_cast(G& g, Node outer, Node x) {
  const DType from = g.dtype(x), through = g.dtype(g.source(outer, 0)), to = g.dtype(outer);
  const bool drops_bits = is_fixed_int(to) && is_fixed_int(through) && is_int(from) && bits(to) <= bits(through);
  const bool saturates = is_float(through) && is_int(to) && !is_float(from) && !holds_exactly(from, to);
  // an integer becomes a short float by way of float32, a float64 directly
  const bool rounds_twice = through == DType::float64 && to == DType::bfloat16 && is_int(from) && exact_bits(from) > 24;
  if (saturates || rounds_twice || (!holds_exactly(from, through) && !drops_bits)) return Node::none;
  return from == to ? x : g.make(Op::cast, to, {x});
}

template <class G>
constexpr Node dropped_cast(G& g, Node outer, Node x) {
  return g.dtype(outer) == g.dtype(x) ? x : Node::none;
}

}  // namespace detail

namespace builtin {

// clang-format off
inline constexpr auto casts = rules<structural>("casts",
    named("cast to its own dtype", cast(x).as<"f">()       >>= with(f, x)([](auto& g, auto n, auto p) { return detail::dropped_cast(g, n, p); })),
    named("cast of a cast",        cast(cast(x)).as<"f">() >>= with(f, x)([](auto& g, auto n, auto p) { return detail::joined_cast(g, n, p); })),
    // by way of a bool, all bits but one are lost
    node<Op::bitcast>(node<Op::bitcast>(x).is(any_int | any_float)) >>= node<Op::bitcast>(x),
    cast<DType::boolean>(where(b, c1, c2))                 >>= where(b, c1 != 0, c2 != 0),
    cast(x.is(DType::boolean)) != 0                        >>= x,
    cast(x.is(DType::boolean)) == 0                        >>= !x);
// clang-format on

}  // namespace builtin
}  // namespace v0
}  // namespace whittle
