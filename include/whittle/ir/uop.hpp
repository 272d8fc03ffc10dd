// The user's handle of a node: a graph and a node in it, with C++'s operators.
#pragma once

#include <concepts>
#include <cstdint>

#include <whittle/ir/build.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/traits.hpp>  // a user of handles with <whittle/match.hpp> needs them

namespace whittle {
inline namespace v0 {

/// A node together with its graph. Operators build nodes there; an integer becomes a constant of the other
/// operand's dtype. `==` is identity and gives bool, which is equality because nodes are hash-consed; `eq`
/// and `ne` build comparisons. As in rules, `/` and `%` are floor on dtype index and C's on fixed-width
/// integers. Operands of two graphs give the empty handle, and so does an empty operand.
template <class G>
struct BasicUOp {
  G* graph = nullptr;
  Node node = Node::none;

  constexpr bool is_empty() const { return graph == nullptr || node == Node::none; }
  constexpr Op op() const { return graph->op(node); }
  constexpr DType dtype() const { return graph->dtype(node); }
  constexpr std::uint32_t arity() const { return graph->arity(node); }
  constexpr BasicUOp source(std::uint32_t i) const { return {graph, graph->source(node, i)}; }
  constexpr bool is_constant() const { return graph->is_constant(node); }
  constexpr Scalar scalar() const { return graph->scalar(node); }
  constexpr operator Node() const { return node; }

  constexpr BasicUOp unary(Op op) const {
    return is_empty() ? BasicUOp{} : BasicUOp{graph, v0::unary(*graph, op, node)};
  }
  constexpr BasicUOp cast(DType to) const {
    return is_empty() ? BasicUOp{} : BasicUOp{graph, v0::cast(*graph, node, to)};
  }

  /// The right operand of an operator: a handle or an integer.
  class Right {
   public:
    constexpr Right(BasicUOp handle) : graph_(handle.graph), operand_(handle.node) {}
    template <std::integral T>
    constexpr Right(T number) : operand_(number),
                                is_number_(true) {}
    constexpr bool fits(const BasicUOp& left) const {
      return !left.is_empty() && (is_number_ || (graph_ == left.graph && operand_.is_node()));
    }
    constexpr const Operand& operand() const { return operand_; }

   private:
    G* graph_ = nullptr;
    Operand operand_;
    bool is_number_ = false;
  };

  constexpr BasicUOp binary(Op op, const Right& b) const {
    return b.fits(*this) ? BasicUOp{graph, v0::binary(*graph, op, node, b.operand())} : BasicUOp{};
  }
  /// The operator with its operands the other way round: for a number on the left.
  template <std::integral T>
  static constexpr BasicUOp binary(Op op, T a, BasicUOp b) {
    return b.is_empty() ? BasicUOp{} : BasicUOp{b.graph, v0::binary(*b.graph, op, a, b.node)};
  }
  constexpr Op division() const {
    return is_float(dtype()) ? Op::fdiv : dtype() == DType::index ? Op::floordiv : Op::cdiv;
  }
  constexpr Op remainder() const { return dtype() == DType::index ? Op::floormod : Op::cmod; }

  friend constexpr bool operator==(const BasicUOp&, const BasicUOp&) = default;

  // clang-format off
  friend constexpr BasicUOp operator+(BasicUOp a, Right b) { return a.binary(Op::add, b); }
  friend constexpr BasicUOp operator-(BasicUOp a, Right b) { return a.binary(Op::sub, b); }
  friend constexpr BasicUOp operator*(BasicUOp a, Right b) { return a.binary(Op::mul, b); }
  friend constexpr BasicUOp operator/(BasicUOp a, Right b) { return a.is_empty() ? a : a.binary(a.division(), b); }
  friend constexpr BasicUOp operator%(BasicUOp a, Right b) { return a.is_empty() ? a : a.binary(a.remainder(), b); }
  friend constexpr BasicUOp operator&(BasicUOp a, Right b) { return a.binary(Op::bit_and, b); }
  friend constexpr BasicUOp operator|(BasicUOp a, Right b) { return a.binary(Op::bit_or, b); }
  friend constexpr BasicUOp operator^(BasicUOp a, Right b) { return a.binary(Op::bit_xor, b); }
  friend constexpr BasicUOp operator<<(BasicUOp a, Right b) { return a.binary(Op::shl, b); }
  friend constexpr BasicUOp operator>>(BasicUOp a, Right b) { return a.binary(Op::shr, b); }
  friend constexpr BasicUOp operator<(BasicUOp a, Right b) { return a.binary(Op::less, b); }
  friend constexpr BasicUOp operator<=(BasicUOp a, Right b) { return a.binary(Op::less_equal, b); }
  friend constexpr BasicUOp operator>(BasicUOp a, Right b) { return swapped(Op::less, a, b); }
  friend constexpr BasicUOp operator>=(BasicUOp a, Right b) { return swapped(Op::less_equal, a, b); }
  friend constexpr BasicUOp operator&&(BasicUOp a, BasicUOp b) { return a.binary(Op::bit_and, b); }
  friend constexpr BasicUOp operator||(BasicUOp a, BasicUOp b) { return a.binary(Op::bit_or, b); }

  template <std::integral T> friend constexpr BasicUOp operator+(T a, BasicUOp b) { return binary(Op::add, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator-(T a, BasicUOp b) { return binary(Op::sub, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator*(T a, BasicUOp b) { return binary(Op::mul, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator/(T a, BasicUOp b) { return b.is_empty() ? b : binary(b.division(), a, b); }
  template <std::integral T> friend constexpr BasicUOp operator%(T a, BasicUOp b) { return b.is_empty() ? b : binary(b.remainder(), a, b); }
  template <std::integral T> friend constexpr BasicUOp operator&(T a, BasicUOp b) { return binary(Op::bit_and, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator|(T a, BasicUOp b) { return binary(Op::bit_or, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator^(T a, BasicUOp b) { return binary(Op::bit_xor, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator<<(T a, BasicUOp b) { return binary(Op::shl, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator>>(T a, BasicUOp b) { return binary(Op::shr, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator<(T a, BasicUOp b) { return binary(Op::less, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator<=(T a, BasicUOp b) { return binary(Op::less_equal, a, b); }
  template <std::integral T> friend constexpr BasicUOp operator>(T a, BasicUOp b) { return b < a; }
  template <std::integral T> friend constexpr BasicUOp operator>=(T a, BasicUOp b) { return b <= a; }

  friend constexpr BasicUOp operator-(BasicUOp a) { return a.unary(Op::neg); }
  friend constexpr BasicUOp operator!(BasicUOp a) { return a.unary(Op::logical_not); }
  friend constexpr BasicUOp operator~(BasicUOp a) { return !a.is_empty() && is_int(a.dtype()) ? a.binary(Op::bit_xor, -1) : !a; }

  friend constexpr BasicUOp eq(BasicUOp a, Right b) { return a.binary(Op::equal, b); }
  friend constexpr BasicUOp ne(BasicUOp a, Right b) { return a.binary(Op::not_equal, b); }
  friend constexpr BasicUOp min(BasicUOp a, Right b) { return a.binary(Op::min, b); }
  friend constexpr BasicUOp max(BasicUOp a, Right b) { return a.binary(Op::max, b); }
  friend constexpr BasicUOp pow(BasicUOp a, Right b) { return a.binary(Op::pow, b); }
  friend constexpr BasicUOp floordiv(BasicUOp a, Right b) { return a.binary(Op::floordiv, b); }
  friend constexpr BasicUOp floormod(BasicUOp a, Right b) { return a.binary(Op::floormod, b); }
  friend constexpr BasicUOp cdiv(BasicUOp a, Right b) { return a.binary(Op::cdiv, b); }
  friend constexpr BasicUOp cmod(BasicUOp a, Right b) { return a.binary(Op::cmod, b); }
  friend constexpr BasicUOp exp(BasicUOp a) { return a.unary(Op::exp); }
  friend constexpr BasicUOp log(BasicUOp a) { return a.unary(Op::log); }
  friend constexpr BasicUOp exp2(BasicUOp a) { return a.unary(Op::exp2); }
  friend constexpr BasicUOp log2(BasicUOp a) { return a.unary(Op::log2); }
  friend constexpr BasicUOp sin(BasicUOp a) { return a.unary(Op::sin); }
  friend constexpr BasicUOp sqrt(BasicUOp a) { return a.unary(Op::sqrt); }
  friend constexpr BasicUOp trunc(BasicUOp a) { return a.unary(Op::trunc); }
  friend constexpr BasicUOp reciprocal(BasicUOp a) { return a.unary(Op::reciprocal); }
  // clang-format on

  friend constexpr BasicUOp where(BasicUOp condition, BasicUOp a, Right b) {
    if (!b.fits(a) || condition.graph != a.graph || condition.is_empty()) return {};
    return {a.graph, v0::where(*a.graph, condition.node, a.node, b.operand())};
  }
  template <std::integral T>
  friend constexpr BasicUOp where(BasicUOp condition, T a, BasicUOp b) {
    if (b.is_empty() || condition.graph != b.graph || condition.is_empty()) return {};
    return {b.graph, v0::where(*b.graph, condition.node, a, b.node)};
  }

 private:
  /// a > b is b < a.
  static constexpr BasicUOp swapped(Op op, BasicUOp a, const Right& b) {
    return b.fits(a) ? BasicUOp{a.graph, v0::binary(*a.graph, op, b.operand(), a.node)} : BasicUOp{};
  }
};

using UOp = BasicUOp<Graph>;

/// Handles of the graph's leaves: `variable(g, "n", 1, 32)`, `constant(g, 3)`, `handle(g, node)`.
template <class Storage>
constexpr BasicUOp<BasicGraph<Storage>> handle(BasicGraph<Storage>& g, Node n) {
  return {&g, n};
}
template <class Storage>
constexpr BasicUOp<BasicGraph<Storage>> constant(BasicGraph<Storage>& g, std::int64_t value,
                                                 DType dtype = DType::index) {
  return {&g, g.constant(dtype, value)};
}
template <class Storage>
constexpr BasicUOp<BasicGraph<Storage>> variable(BasicGraph<Storage>& g, std::string_view name, std::int64_t low,
                                                 std::int64_t high, DType dtype = DType::index) {
  return {&g, g.variable(name, low, high, dtype)};
}

}  // namespace v0
}  // namespace whittle
