// Python's expressions as nodes: what `whittle simplify` reads.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <whittle/ir/uop.hpp>

namespace whittle::tools {

/// What is wrong with a text, and at which column, counted from 1.
struct ParseError {
  std::size_t column = 0;
  std::string message;
};

/// The variables an expression may use, by name.
using Variables = std::map<std::string, UOp, std::less<>>;

/// `expression` with Python's operators and precedence: + - * // % / (floats), comparisons (chained, too), and or
/// not, & | ^ ~ << >>, `a if c else b`, where(c, a, b), min, max (of two or more), True, False. Nodes are built in
/// `graph`; an error says where it is.
class ExpressionParser {
 public:
  ExpressionParser(Graph& graph, const Variables& variables, std::string_view text)
      : graph_(graph),
        variables_(variables),
        text_(text) {}

  /// The node, or none with `error` set.
  Node parse();
  const ParseError& error() const { return error_; }

 private:
  using Value = std::optional<UOp>;

  Value choice();
  Value disjunction();
  Value conjunction();
  Value negation();
  Value comparison();
  Value binary(std::size_t level);
  Value unary();
  Value primary();
  Value number();
  Value name();
  Value call(std::string_view function, std::size_t column);
  Value combine(Op op, Value a, Value b, std::size_t column);
  Value compare(std::string_view symbol, Value a, Value b, std::size_t column);
  Value boolean(Value value, std::size_t column);

  void skip_spaces();
  bool accept(std::string_view symbol);
  bool accept_word(std::string_view word);
  std::string_view next_symbol() const;
  Value fail(std::string message, std::size_t column);
  Value fail(std::string message) { return fail(std::move(message), at_); }
  bool adapt(UOp& a, UOp& b) const;

  /// Nested deeper than this is an error, so that no input can exhaust the stack.
  static constexpr int deepest = 500;
  /// And of that many characters at most, so that none takes more than seconds.
  static constexpr std::size_t longest = std::size_t{1} << 20;
  class Depth;

  Graph& graph_;
  const Variables& variables_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  ParseError error_;
};

/// A declaration `name=low..high` or `name=low..high:dtype`; no message if all is well.
ParseError declare_variable(Graph& graph, Variables& variables, std::string_view declaration);
/// The same from its parts; what is wrong, or nothing.
std::string declare_variable(Graph& graph, Variables& variables, std::string_view name, std::int64_t low,
                             std::int64_t high, DType dtype);

}  // namespace whittle::tools
