// A node as one line of mathematics, for messages: (x + 3) // 4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <whittle/ir/graph.hpp>
#include <whittle/ir/text.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// An operator between its operands, and how tightly it binds in Python; without a symbol it is written as a call.
struct InfixForm {
  std::string_view symbol;
  int precedence = 0;
};

constexpr InfixForm infix_form(Op op) {
  switch (op) {
  case Op::less: return {"<", 1};
  case Op::less_equal: return {"<=", 1};
  case Op::equal: return {"==", 1};
  case Op::not_equal: return {"!=", 1};
  case Op::bit_or: return {"|", 2};
  case Op::bit_xor: return {"^", 3};
  case Op::bit_and: return {"&", 4};
  case Op::shl: return {"<<", 5};
  case Op::shr: return {">>", 5};
  case Op::add: return {"+", 6};
  case Op::sub: return {"-", 6};
  case Op::mul: return {"*", 7};
  case Op::fdiv: return {"/", 7};
  case Op::floordiv: return {"//", 7};
  case Op::floormod: return {"%", 7};
  default: return {};
  }
}
inline constexpr int prefix_precedence = 8, not_precedence = 0;

/// Writes an expression from a stack of pieces, so that depth costs no recursion.
template <class G>
class ExpressionWriter {
 public:
  ExpressionWriter(const G& graph, std::size_t longest) : g_(graph), longest_(longest) {}

  std::string write(Node root) {
    pieces_.push_back({root, -1, {}});
    while (!pieces_.empty()) {
      if (text_.size() > longest_) return text_.substr(0, longest_) + "...";
      const Piece piece = pieces_.back();
      pieces_.pop_back();
      if (piece.node == Node::none)
        text_ += piece.text;
      else
        expand(piece.node, piece.least);
    }
    return text_;
  }

 private:
  struct Piece {
    Node node;
    int least;  ///< an operator that binds less than this goes into parentheses
    std::string text;
  };

  /// Replaces a node by its pieces, last one first.
  void expand(Node n, int least) {
    const Op op = g_.op(n);
    const InfixForm infix = g_.arity(n) == 2 ? infix_form(op) : InfixForm{};
    if (infix.precedence != 0) return expand_infix(n, infix, least);
    if (g_.arity(n) == 1 && (op == Op::neg || op == Op::logical_not)) return expand_prefix(n, op == Op::neg, least);
    if (op == Op::constant) return void(text_ += constant(g_.scalar(n), least));
    if (op == Op::index && g_.arity(n) >= 2) {
      put("]");
      put(g_.source(n, 1), -1);
      put("[");
      return put(g_.source(n, 0), prefix_precedence + 1);
    }
    if (op == Op::load && g_.arity(n) == 1) return put(g_.source(n, 0), least);
    text_ += leaf_or_function(n);
    const bool is_leaf = g_.arity(n) == 0 || in_class(op, OpClass::leaf);
    if (!is_leaf) expand_call(n);
  }

  void expand_infix(Node n, InfixForm infix, int least) {
    const Node right = g_.source(n, 1);
    const bool parenthesised = infix.precedence < least;
    std::string symbol = " " + std::string(infix.symbol) + " ";
    if (parenthesised) put(")");
    const bool subtracts = g_.op(n) == Op::add && g_.is_constant(right) && is_negative(g_.scalar(right));
    if (subtracts) {
      put(magnitude(g_.scalar(right)));
      symbol = " - ";
    } else {
      put(right, infix.precedence + 1);
    }
    put(symbol);
    put(g_.source(n, 0), infix.precedence == 1 ? 2 : infix.precedence);
    if (parenthesised) put("(");
  }
  void expand_prefix(Node n, bool is_neg, int least) {
    const int precedence = is_neg ? prefix_precedence : not_precedence;
    const bool parenthesised = precedence < least;
    if (parenthesised) put(")");
    put(g_.source(n, 0), is_neg ? prefix_precedence : not_precedence);
    put(is_neg ? "-" : "not ");
    if (parenthesised) put("(");
  }
  void expand_call(Node n) {
    put(")");
    for (std::uint32_t i = g_.arity(n); i-- > 0;) {
      put(g_.source(n, i), -1);
      if (i != 0) put(", ");
    }
    put("(");
  }

  std::string leaf_or_function(Node n) const {
    switch (g_.op(n)) {
    case Op::variable:
    case Op::special: return std::string(g_.text_at(g_.argument(n)));
    case Op::range: return "r" + number_text(unpack<RangeArgument>(g_.argument(n)).id);
    case Op::buffer: return "b" + number_text(unpack<BufferArgument>(g_.argument(n)).id);
    case Op::parameter: return "p" + number_text(g_.argument(n));
    case Op::cast: return std::string(name(g_.dtype(n)));
    case Op::iota:
      return "iota(" + (g_.is_constant(g_.source(n, 0)) ? constant_text(g_.scalar(g_.source(n, 0))) : "n") + ")";
    case Op::reduce: return "reduce_" + op_text(unpack<ReduceArgument>(g_.argument(n)).op);
    default: return op_text(g_, g_.op(n));
    }
  }

  static bool is_negative(Scalar value) { return constant_text(value).starts_with('-'); }
  static std::string magnitude(Scalar value) { return constant(value, -1).substr(1); }
  static std::string constant(Scalar value, int least) {
    std::string text = constant_text(value);
    if (value.dtype == DType::boolean) return value.bits != 0 ? "True" : "False";
    if (is_float(value.dtype) && text.find_first_of(".einb") == std::string::npos) text += ".0";
    return text[0] == '-' && least > prefix_precedence ? "(" + text + ")" : text;
  }
  void put(std::string text) { pieces_.push_back({Node::none, 0, std::move(text)}); }
  void put(Node n, int least) { pieces_.push_back({n, least, {}}); }

  const G& g_;
  const std::size_t longest_;
  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace detail

/// `n` in Python's notation, where // and % are floor: what `whittle simplify` reads. Shared nodes are
/// written wherever they are used; after `longest` characters the text is cut.
template <class G>
std::string expression(const G& g, Node n, std::size_t longest = 4000) {
  return detail::ExpressionWriter<G>(g, longest).write(n);
}

}  // namespace v0
}  // namespace whittle
