// Validity moves from addresses and values to the gates of loads and stores.
#pragma once

#include <whittle/match/language.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::gate {

using namespace dsl;
using dsl::var;  // tensors have a function of that name
inline constexpr auto p = var<"p">, i = var<"i">, x = var<"x">, y = var<"y">;
inline constexpr auto v = var<"v">, w = var<"w">, u = var<"u">, n = var<"n">;

// clang-format off
inline constexpr auto list = rules<structural>("gates",
    load(index(p, where(v, i, invalid)))              >>= node<Op::load>(index(p, i), 0, v),
    store(index(p, where(v, i, invalid)), x)          >>= node<Op::store>(index(p, i), x, v),
    load(index(p, invalid))                           >>= 0,
    store(index(p, invalid), x)                       >>= node<Op::store>(index(p, 0), x, false),
    where(v, node<Op::load>(i, x, v), y)              >>= node<Op::load>(i, y, v),
    where(w, node<Op::load>(i, x, v & w), x)          >>= node<Op::load>(i, x, v & w),
    where(w, node<Op::load>(i, x, (v & w) & u), x)    >>= node<Op::load>(i, x, (v & w) & u));

// An address in its buffer needs no gate: that of a load can be lifted, since nobody asks for the value elsewhere.
inline constexpr auto needless = rules<structural>("needless gates",
    load(index(node<Op::parameter>(n).as<"p">(), where(v, i, invalid))) >>= load(index(p, i)) |= when(i >= 0 && i < n));

// Once no address is gated by it any more: nobody asks for the value that an invalid one stands for.
inline constexpr auto leftover = rules<structural>("invalid values",
    where(v, x, invalid) >>= x,
    where(v, invalid, x) >>= x);
// clang-format on

}  // namespace detail::gate

/// load(index(p, where(valid, i, invalid))) and its kin.
inline constexpr auto& gate_rules = detail::gate::list;
inline constexpr auto& needless_gate_rules = detail::gate::needless;
inline constexpr auto& invalid_value_rules = detail::gate::leftover;

}  // namespace v0
}  // namespace whittle
