// The operators of the one graph, from tensor to machine code, with what every layer must know of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <whittle/core/hash.hpp>

namespace whittle {
inline namespace v0 {

/// Operator numbers. Users' operators start at `first_user_op`; their names give their numbers (`user_op`).
///
/// Sources in brackets, argument after the semicolon:
///   constant [; bits]              a number: integers as int64, floats as the bits of a double
///   invalid []                     the value of a gated-off address or lane; poisons what uses it
///   variable [lo, hi; name]        an integer known when a kernel is launched, within bounds
///   range [size; RangeArgument]    a loop index in [0, size)
///   special [size; name]           an index that the device supplies (GPU grid), in [0, size)
///   buffer [size; BufferArgument]  memory: `size` elements of its dtype in an address space
///   parameter [size; position]     a kernel's buffer argument
///   index [buffer, offset]         an address; offset in elements
///   load [index] or [index, alternative, gate]
///   store [index, value] or [index, value, gate]
///   after [x, effects...]          x, once the effects are done
///   end [effect, ranges...]        closes loops around an effect, outermost range first
///   group [effects...]             effects without an order among them
///   sink [effects...]              a whole kernel, or a whole graph
///   reshape [x, dims...]  expand [x, dims...]  pad [x, (before, after)...]  shrink [x, (begin, end)...]
///   permute [x; 4 bits an axis]  flip [x; a bit an axis]
///   reduce [x; ReduceArgument] on tensors, reduce [x, ranges...; ReduceArgument] in kernels
///   iota [size]                    0, 1, 2, ... along one axis
///   contiguous [x]                 x, stored     detach [x]  x, without gradient
///   pullback [y, g]                rewrites to a group: for each source of y, what g, the gradient by y, gives it
// clang-format off
enum class Op : std::uint16_t {
  none,
  constant, invalid, variable, range, special,
  // unary
  neg, reciprocal, exp, log, exp2, log2, sin, sqrt, trunc, logical_not, cast, bitcast,
  // binary
  add, sub, mul, fdiv, floordiv, floormod, cdiv, cmod, max, min, pow,
  bit_and, bit_or, bit_xor, shl, shr,
  less, less_equal, equal, not_equal,
  // ternary
  where, fma,
  // memory and order
  buffer, parameter, index, load, store, after, end, group, sink, barrier,
  // tensors
  reshape, permute, expand, pad, shrink, flip, reduce, iota, contiguous, detach, pullback,
  count,
};
// clang-format on

inline constexpr Op first_user_op = Op{0x1000};
inline constexpr std::size_t op_count = static_cast<std::size_t>(Op::count);
inline constexpr std::uint8_t any_arity = 255;

/// Groups of operators; an operator can be in several.
enum class OpClass : std::uint16_t {
  elementwise = 1,
  commutative = 2,
  comparison = 4,
  movement = 8,
  leaf = 16,
  memory = 32,
  associative = 64,
};

struct OpInfo {
  std::string_view name;
  std::uint8_t arity;
  std::uint16_t classes;
};

// clang-format off
namespace detail {
inline constexpr std::uint16_t E = 1, C = 2, Q = 4, M = 8, L = 16, Y = 32, A = 64;
inline constexpr OpInfo op_table[op_count] = {
    {"none", 0, 0},
    {"const", 0, L}, {"invalid", 0, L}, {"variable", 2, L}, {"range", 1, L}, {"special", 1, L},
    {"neg", 1, E}, {"reciprocal", 1, E}, {"exp", 1, E}, {"log", 1, E}, {"exp2", 1, E}, {"log2", 1, E}, {"sin", 1, E}, {"sqrt", 1, E},
    {"trunc", 1, E}, {"not", 1, E}, {"cast", 1, E}, {"bitcast", 1, E},
    {"add", 2, E | C | A}, {"sub", 2, E}, {"mul", 2, E | C | A}, {"fdiv", 2, E}, {"floordiv", 2, E},
    {"floormod", 2, E}, {"cdiv", 2, E}, {"cmod", 2, E}, {"max", 2, E | C | A}, {"min", 2, E | C | A},
    {"pow", 2, E}, {"and", 2, E | C | A}, {"or", 2, E | C | A}, {"xor", 2, E | C | A}, {"shl", 2, E},
    {"shr", 2, E}, {"lt", 2, E | Q}, {"le", 2, E | Q}, {"eq", 2, E | C | Q}, {"ne", 2, E | C | Q},
    {"where", 3, E}, {"fma", 3, E},
    {"buffer", 1, L | Y}, {"parameter", 1, L | Y}, {"index", 2, Y}, {"load", any_arity, Y},
    {"store", any_arity, Y}, {"after", any_arity, 0}, {"end", any_arity, 0}, {"group", any_arity, 0},
    {"sink", any_arity, 0}, {"barrier", any_arity, 0},
    {"reshape", any_arity, M}, {"permute", 1, M}, {"expand", any_arity, M}, {"pad", any_arity, M},
    {"shrink", any_arity, M}, {"flip", 1, M}, {"reduce", any_arity, 0}, {"iota", 1, L},
    {"contiguous", 1, 0}, {"detach", 1, 0}, {"pullback", 2, 0},
};
}  // namespace detail
// clang-format on

constexpr const OpInfo& info(Op op) {
  return detail::op_table[static_cast<std::size_t>(op) < op_count ? static_cast<std::size_t>(op) : 0];
}
constexpr std::string_view name(Op op) { return info(op).name; }
constexpr bool in_class(Op op, OpClass which) { return (info(op).classes & static_cast<std::uint16_t>(which)) != 0; }
constexpr bool is_elementwise(Op op) { return in_class(op, OpClass::elementwise); }
/// A bit each: asked for with every node that is made.
inline constexpr std::uint64_t commutative_ops = [] {
  static_assert(op_count <= 64);
  std::uint64_t ops = 0;
  for (std::size_t op = 0; op < op_count; ++op)
    ops |= std::uint64_t{in_class(static_cast<Op>(op), OpClass::commutative)} << op;
  return ops;
}();
constexpr bool is_commutative(Op op) {
  return static_cast<std::size_t>(op) < op_count && (commutative_ops >> static_cast<unsigned>(op) & 1) != 0;
}
constexpr bool is_comparison(Op op) { return Op::less <= op && op <= Op::not_equal; }
static_assert([] {
  bool agrees = true;
  for (std::size_t i = 0; i < op_count; ++i)
    agrees = agrees && is_comparison(static_cast<Op>(i)) == in_class(static_cast<Op>(i), OpClass::comparison);
  return agrees;
}());
/// Elementwise operators that lowering takes apart: no target has them.
constexpr bool is_decomposed(Op op) { return op == Op::exp || op == Op::log; }
constexpr bool is_movement(Op op) { return in_class(op, OpClass::movement); }

constexpr bool is_user_op(Op op) { return op >= first_user_op; }
/// The number of a user's operator of that name: the same in every file and process.
constexpr Op user_op(std::string_view name) {
  constexpr std::uint64_t first = static_cast<std::uint16_t>(first_user_op);
  return static_cast<Op>(first + hash_text(name) % (0x10000 - first));
}

/// The built-in operator of that name, or `none`.
constexpr Op op_named(std::string_view text) {
  for (std::size_t i = 1; i < op_count; ++i)
    if (detail::op_table[i].name == text) return static_cast<Op>(i);
  return Op::none;
}

}  // namespace v0
}  // namespace whittle
