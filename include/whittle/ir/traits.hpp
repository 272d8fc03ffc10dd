// The one graph as a client of the rules.
#pragma once

#include <whittle/ir/graph.hpp>
#include <whittle/ir/interval.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {

template <class Storage>
struct graph_traits<BasicGraph<Storage>> {
  using G = BasicGraph<Storage>;
  using node = Node;
  static constexpr bool constants_last = true;

  static constexpr Node none() { return Node::none; }
  static constexpr Op op(const G& g, Node n) { return g.op(n); }
  static constexpr std::uint32_t arity(const G& g, Node n) { return g.arity(n); }
  static constexpr Node source(const G& g, Node n, std::uint32_t k) { return g.source(n, k); }
  static constexpr Node source_of_few(const G& g, Node n, std::uint32_t k) { return g.source_of_few(n, k); }
  static constexpr Node source_or_none(const G& g, Node n, std::uint32_t k) { return g.source(n, k); }
  static constexpr std::uint32_t operand_code(const G& g, Node n) { return g.operand_code(n); }
  static constexpr OperandCodes operand_codes(const G& g, Node n) { return g.operand_codes(n); }
  static constexpr DType dtype(const G& g, Node n) { return g.dtype(n); }
  static constexpr std::uint64_t argument(const G& g, Node n) { return g.argument(n); }
  static constexpr bool is_constant(const G& g, Node n) { return g.is_constant(n); }
  static constexpr Scalar constant(const G& g, Node n) { return g.scalar(n); }
  static constexpr std::uint64_t constant_bits(const G& g, Node n) { return g.argument(n); }
  static constexpr Node make_constant(G& g, Scalar value) { return g.constant(value); }
  static constexpr Interval interval(G& g, Node n) { return interval_of(g, n); }
  static constexpr std::uint32_t index(const G&, Node n) { return number_of(n); }
  static constexpr Node node_at(const G&, std::uint32_t index) { return Node{index}; }
  static constexpr Node make(G& g, Op op, DType dtype, std::span<const Node> sources, std::uint64_t argument) {
    return g.make(op, dtype, sources, argument);
  }
  static constexpr Node make(G& g, Op op, DType dtype, Node a, Node b, std::uint64_t argument) {
    return g.make(op, dtype, a, b, argument);
  }
  static void begin_copies(G& to, const G& from, std::size_t nodes) { to.begin_copies(from, nodes); }
  static constexpr Node copy(G& to, const G& from, Node n, const auto& copy_of) { return to.copy(from, n, copy_of); }
  static constexpr bool has_only_copied_ids(const G& to, const G& from) { return to.last_id() == from.last_id(); }
};

}  // namespace v0
}  // namespace whittle
