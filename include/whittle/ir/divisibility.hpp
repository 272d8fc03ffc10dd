// What numbers an integer node can be, modulo something: x = 4k + 1.
#pragma once

#include <cstdint>
#include <vector>

#include <whittle/core/divisor.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/interval.hpp>

namespace whittle {
inline namespace v0 {

namespace detail::congruence {

/// Numbers beyond 64 bits are not followed.
constexpr Congruence made(int128 modulus, int128 residue) {
  if (!fits_int64(modulus) || !fits_int64(residue)) return {};
  if (modulus == 0) return {0, static_cast<std::int64_t>(residue)};
  residue %= modulus;
  return {static_cast<std::int64_t>(modulus), static_cast<std::int64_t>(residue < 0 ? residue + modulus : residue)};
}

/// What holds for the values of both.
constexpr Congruence joined(Congruence a, Congruence b) {
  const int128 apart = int128{a.residue} - b.residue;
  if (!fits_int64(apart)) return {};
  const std::int64_t modulus =
      greatest_common_divisor(greatest_common_divisor(a.modulus, b.modulus), static_cast<std::int64_t>(apart));
  return made(modulus, a.residue);
}

constexpr Congruence sum(Congruence a, Congruence b, int sign) {
  return made(greatest_common_divisor(a.modulus, b.modulus), int128{a.residue} + sign * int128{b.residue});
}

/// (m k + r) (n j + s) = m n kj + m s k + n r j + r s.
constexpr Congruence product(Congruence a, Congruence b) {
  const int128 mn = int128{a.modulus} * b.modulus, ms = int128{a.modulus} * b.residue,
               nr = int128{b.modulus} * a.residue;
  if (!fits_int64(mn) || !fits_int64(ms) || !fits_int64(nr)) return {};
  const auto least = static_cast<std::int64_t>(mn);
  const std::int64_t modulus = greatest_common_divisor(greatest_common_divisor(least, static_cast<std::int64_t>(ms)),
                                                       static_cast<std::int64_t>(nr));
  return made(modulus, int128{a.residue} * b.residue);
}

/// By one positive number that divides the modulus: (c m k + r) / c = m k + r / c, floor and truncated alike if x >= 0.
constexpr Congruence quotient(Congruence a, std::int64_t c) {
  if (a.modulus % c != 0) return {};
  return made(a.modulus / c, bounds::floor_quotient(a.residue, c));
}
constexpr Congruence remainder(Congruence a, std::int64_t c) {
  const std::int64_t modulus = greatest_common_divisor(a.modulus, c);
  return modulus == c ? made(0, a.residue - bounds::floor_quotient(a.residue, c) * c) : made(modulus, a.residue);
}

/// The bits below the lowest of modulus are those of the residue.
constexpr std::int64_t known_low_bits(Congruence a) {
  return a.modulus == 0 ? std::int64_t{1} << 62 : a.modulus & -a.modulus;
}
constexpr Congruence bitwise(Op op, Congruence a, Congruence b) {
  const std::int64_t bit = known_low_bits(a) < known_low_bits(b) ? known_low_bits(a) : known_low_bits(b);
  const std::int64_t x = a.residue & (bit - 1), y = b.residue & (bit - 1);
  Congruence both = made(bit, op == Op::bit_and ? x & y : op == Op::bit_or ? x | y : x ^ y);
  // zeros below a mask's lowest bit stay
  for (const Congruence mask : {a, b}) {
    const std::int64_t lowest = mask.residue == 0 ? known_low_bits(mask) : mask.residue & -mask.residue;
    const bool is_lower = mask.residue == 0 || lowest < known_low_bits(mask);
    if (op == Op::bit_and && is_lower && lowest > both.modulus && lowest > 0) both = {lowest, 0};
  }
  return both;
}

template <class G>
constexpr Congruence binary(const G& g, Node n, Congruence a, Congruence b, Interval of_a) {
  const bool by_number = b.modulus == 0 && b.residue > 0;
  switch (g.op(n)) {
  case Op::add: return sum(a, b, 1);
  case Op::sub: return sum(a, b, -1);
  case Op::mul: return product(a, b);
  case Op::floordiv: return by_number ? quotient(a, b.residue) : Congruence{};
  case Op::floormod: return by_number ? remainder(a, b.residue) : Congruence{};
  case Op::cdiv: return by_number && of_a.low >= 0 ? quotient(a, b.residue) : Congruence{};
  case Op::cmod: return by_number && of_a.low >= 0 ? remainder(a, b.residue) : Congruence{};
  case Op::min:
  case Op::max: return joined(a, b);
  case Op::bit_and:
  case Op::bit_or:
  case Op::bit_xor: return bitwise(g.op(n), a, b);
  case Op::shl: return by_number && b.residue < 62 ? product(a, {0, std::int64_t{1} << b.residue}) : Congruence{};
  case Op::shr: return by_number && b.residue < 62 ? quotient(a, std::int64_t{1} << b.residue) : Congruence{};
  default: return {};
  }
}

/// A fixed-width result that fills its dtype may have wrapped: bounds say no more than the dtype does.
constexpr bool may_wrap(DType dtype, Interval bounds) {
  if (dtype == DType::index) return false;
  const Interval all = dtype_interval(dtype);
  return bounds.low == all.low && bounds.high == all.high;
}

template <class G>
constexpr Congruence chosen(const G& g, Node n) {
  const Node a = g.source(n, 1), b = g.source(n, 2);
  if (g.op(b) == Op::invalid) return *g.find_congruence(a);
  if (g.op(a) == Op::invalid) return *g.find_congruence(b);
  return joined(*g.find_congruence(a), *g.find_congruence(b));
}

/// uint64 is beyond the residues.
constexpr bool is_followed(DType dtype) { return is_int(dtype) && dtype != DType::uint64; }

/// Whether nothing is known of a sum or a choice, because nothing is of one of its sources.
template <class G>
constexpr bool is_unknown(const G& g, Node n) {
  const Op op = g.op(n);
  if (op != Op::add && op != Op::sub && op != Op::min && op != Op::max && op != Op::where) return false;
  for (std::uint32_t k = op == Op::where ? 1 : 0; k < g.arity(n); ++k) {
    const Congruence* const known = g.find_congruence(g.source(n, k));
    if (known != nullptr && known->modulus == 1 && g.op(g.source(n, k)) != Op::invalid) return true;
  }
  return false;
}

/// From those of the node's sources: they are kept, unless nothing is known.
template <class G>
constexpr Congruence computed(G& g, Node n) {
  const Op op = g.op(n);
  const DType dtype = g.dtype(n);
  if (!is_followed(dtype)) return {};
  if (op == Op::constant) return {0, g.scalar(n).as_int()};
  const Interval bounds = interval_of(g, n);
  if (bounds.low == bounds.high) return {0, bounds.low};
  if (!is_elementwise(op) || may_wrap(dtype, bounds) || is_unknown(g, n)) return {};
  if (op == Op::where) return chosen(g, n);
  const Congruence first = *g.find_congruence(g.source(n, 0));
  if (op == Op::neg) return made(first.modulus, -int128{first.residue});
  if (op == Op::cast) return is_int(g.dtype(g.source(n, 0))) ? first : Congruence{};
  if (g.arity(n) != 2) return {};
  return binary(g, n, first, *g.find_congruence(g.source(n, 1)), interval_of(g, g.source(n, 0)));
}

/// Keeps the congruences of sources that have none to wait for, and puts another one that a node's congruence waits for
/// on a stack; true if there is none.
template <class G>
constexpr bool has_sources(G& g, Node n, std::vector<Node>& pending) {
  const auto waits = [&](Node node) { return is_elementwise(g.op(node)) && is_followed(g.dtype(node)); };
  if (!waits(n)) return true;
  Node unknown = Node::none;
  for (std::uint32_t k = 0; k < g.arity(n); ++k) {
    const Node source = g.source(n, k);
    if (g.find_congruence(source) != nullptr) continue;
    if (waits(source))
      unknown = source;
    else
      g.keep_congruence(source, computed(g, source));
  }
  if (unknown == Node::none || is_unknown(g, n)) return true;
  pending.push_back(unknown);
  return false;
}

/// Keeps the congruence of a node and of what it depends on.
template <class G>
constexpr void compute(G& g, Node root) {
  std::vector<Node> pending{root};
  while (!pending.empty()) {
    const Node n = pending.back();
    if (!has_sources(g, n, pending)) continue;
    g.keep_congruence(n, computed(g, n));
    pending.pop_back();
  }
}

}  // namespace detail::congruence

/// What a node of dtype index, or of a fixed width where nothing wraps, is modulo something, computed once and kept in
/// the graph; of any other nothing is known.
template <class G>
constexpr Congruence congruence_of(G& g, Node n) {
  if (g.find_congruence(n) == nullptr) detail::congruence::compute(g, n);
  return *g.find_congruence(n);
}

}  // namespace v0
}  // namespace whittle
