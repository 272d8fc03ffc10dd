// What numbers an integer node can be, modulo something: x = 4k + 1.
#pragma once

#include <cstdint>
#include <vector>

#include <whittle/core/divisor.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/interval.hpp>

namespace whittle {
inline namespace v0 {

/// A node's values are residue + k * modulus for whole numbers k. Modulus 1: nothing is known; modulus 0: it is that
/// number. 0 <= residue < modulus otherwise.
struct Congruence {
  std::int64_t modulus = 1, residue = 0;
  constexpr bool is_point() const { return modulus == 0; }
  /// Every value is a multiple of `divisor`, which is positive.
  constexpr bool is_multiple_of(std::int64_t divisor) const { return modulus % divisor == 0 && residue % divisor == 0; }
  friend constexpr bool operator==(const Congruence&, const Congruence&) = default;
};

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

}  // namespace detail::congruence

/// Congruences of integer nodes, each computed once from those of its sources.
template <class G>
class Congruences {
 public:
  constexpr explicit Congruences(G& graph) : g_(graph) {}

  /// Of a node of dtype index, or of a fixed width where nothing wraps; of any other nothing is known.
  constexpr Congruence operator()(Node root) {
    std::vector<Node> stack{root};
    while (!stack.empty()) {
      const Node n = stack.back();
      if (is_known(n) || !push_sources(n, stack)) {
        stack.pop_back();
        if (!is_known(n)) keep(n, computed(n));
      }
    }
    return known_[number_of(root)].value;
  }

 private:
  struct Entry {
    Congruence value;
    bool known = false;
  };

  constexpr bool is_known(Node n) const { return number_of(n) < known_.size() && known_[number_of(n)].known; }
  constexpr Congruence of(Node n) const { return known_[number_of(n)].value; }
  constexpr void keep(Node n, Congruence value) {
    if (number_of(n) >= known_.size()) known_.resize(g_.size());
    known_[number_of(n)] = {value, true};
  }

  constexpr bool push_sources(Node n, std::vector<Node>& stack) const {
    if (!is_elementwise(g_.op(n))) return false;
    const std::size_t before = stack.size();
    for (Node source : g_.sources(n))
      if (!is_known(source)) stack.push_back(source);
    return stack.size() != before;
  }

  constexpr Congruence computed(Node n) {
    const Op op = g_.op(n);
    if (!is_int(g_.dtype(n)) || g_.dtype(n) == DType::uint64) return {};  // uint64 is beyond the residues
    if (op == Op::constant) return {0, g_.scalar(n).as_int()};
    const Interval bounds = interval_of(g_, n);
    if (bounds.low == bounds.high) return {0, bounds.low};
    if (!is_elementwise(op) || may_wrap(n, bounds)) return {};
    if (op == Op::where) return chosen(n);
    const Congruence first = of(g_.source(n, 0));
    if (op == Op::neg) return detail::congruence::made(first.modulus, -int128{first.residue});
    if (op == Op::cast) return is_int(g_.dtype(g_.source(n, 0))) ? first : Congruence{};
    if (g_.arity(n) != 2) return {};
    return detail::congruence::binary(g_, n, first, of(g_.source(n, 1)), interval_of(g_, g_.source(n, 0)));
  }

  /// A fixed-width result that fills its dtype may have wrapped: bounds say no more than the dtype does.
  constexpr bool may_wrap(Node n, Interval bounds) const {
    const DType dtype = g_.dtype(n);
    if (dtype == DType::index) return false;
    const Interval all = dtype_interval(dtype);
    return bounds.low == all.low && bounds.high == all.high;
  }

  constexpr Congruence chosen(Node n) const {
    const Node a = g_.source(n, 1), b = g_.source(n, 2);
    if (g_.op(b) == Op::invalid) return of(a);
    return g_.op(a) == Op::invalid ? of(b) : detail::congruence::joined(of(a), of(b));
  }

  G& g_;
  std::vector<Entry> known_;
};

/// The congruence of one node; for several of a graph, keep a Congruences.
template <class G>
constexpr Congruence congruence_of(G& g, Node n) {
  return Congruences<G>(g)(n);
}

}  // namespace v0
}  // namespace whittle
