#include "tools/expression_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>

#include <whittle/ir/interval.hpp>

namespace whittle::tools {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_identifier(std::string_view text) {
  if (text.empty() || !is_letter(text[0])) return false;
  for (char c : text)
    if (!is_letter(c) && !is_digit(c)) return false;
  return true;
}

struct Infix {
  std::string_view symbol;
  Op op;
};

/// Python's binary operators, those that bind least first.
constexpr std::array<std::array<Infix, 4>, 6> levels = {{
    {{{"|", Op::bit_or}}},
    {{{"^", Op::bit_xor}}},
    {{{"&", Op::bit_and}}},
    {{{"<<", Op::shl}, {">>", Op::shr}}},
    {{{"+", Op::add}, {"-", Op::sub}}},
    {{{"*", Op::mul}, {"//", Op::floordiv}, {"%", Op::floormod}, {"/", Op::fdiv}}},
}};

constexpr std::array<std::string_view, 6> comparisons = {"<=", "<", ">=", ">", "==", "!="};

}  // namespace

/// One level of nesting.
class ExpressionParser::Depth {
 public:
  explicit Depth(int& depth) : depth_(depth) { ++depth_; }
  ~Depth() { --depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  int& depth_;
};

Node ExpressionParser::parse() {
  if (text_.size() > longest) {
    fail("longer than " + std::to_string(longest) + " characters", longest);
    return Node::none;
  }
  const Value value = choice();
  if (!value) return Node::none;
  skip_spaces();
  if (at_ < text_.size()) {
    fail(text_[at_] == ')' ? "this ')' closes nothing" : "expected an operator or the end");
    return Node::none;
  }
  return value->node;
}

void ExpressionParser::skip_spaces() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
    ++at_;
}

/// The longest operator symbol that stands here.
std::string_view ExpressionParser::next_symbol() const {
  for (std::string_view symbol : {"//", "<<", ">>", "<=", ">=", "==", "!=", "**"})
    if (text_.substr(at_).starts_with(symbol)) return symbol;
  return at_ < text_.size() ? text_.substr(at_, 1) : std::string_view{};
}

bool ExpressionParser::accept(std::string_view symbol) {
  skip_spaces();
  if (next_symbol() != symbol) return false;
  at_ += symbol.size();
  return true;
}

bool ExpressionParser::accept_word(std::string_view word) {
  skip_spaces();
  const std::string_view rest = text_.substr(at_);
  if (!rest.starts_with(word)) return false;
  if (rest.size() > word.size() && (is_letter(rest[word.size()]) || is_digit(rest[word.size()]))) return false;
  at_ += word.size();
  return true;
}

ExpressionParser::Value ExpressionParser::fail(std::string message, std::size_t column) {
  if (error_.message.empty()) error_ = {column + 1, std::move(message)};
  return std::nullopt;
}

ExpressionParser::Value ExpressionParser::boolean(Value value, std::size_t column) {
  if (!value || value->dtype() == DType::boolean) return value;
  return fail("expected a condition, and this is a number", column);
}

/// Gives a constant the dtype of what it meets; false if the dtypes do not fit.
bool ExpressionParser::adapt(UOp& a, UOp& b) const {
  if (a.dtype() == b.dtype()) return true;
  const auto becomes = [&](UOp& number, DType dtype) {
    if (!number.is_constant() || number.dtype() != DType::index || dtype == DType::boolean) return false;
    const std::int64_t value = number.scalar().as_int();
    if (is_fixed_int(dtype) && wrap_to(dtype, value) != value) return false;
    number = {&graph_, graph_.constant(dtype, value)};
    return true;
  };
  return becomes(a, b.dtype()) || becomes(b, a.dtype());
}

ExpressionParser::Value ExpressionParser::combine(Op op, Value a, Value b, std::size_t column) {
  if (!a || !b) return std::nullopt;
  if (!adapt(*a, *b))
    return fail("operands of dtypes " + std::string(v0::name(a->dtype())) + " and " + std::string(v0::name(b->dtype())),
                column);
  const bool is_bool = a->dtype() == DType::boolean, is_real = is_float(a->dtype());
  const bool logical = op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor;
  if (is_bool && !logical && !is_comparison(op)) return fail("expected numbers, and these are conditions", column);
  if (is_real && (logical || op == Op::shl || op == Op::shr)) return fail("expected integers", column);
  if (op == Op::fdiv && !is_real) return fail("'/' is for floats; '//' is the floor quotient", column);
  const bool divides = op == Op::floordiv || op == Op::floormod;
  if (divides && is_real) return fail("'//' and '%' are for integers", column);
  if (divides && interval_of(graph_, b->node) == Interval{0, 0}) return fail("division by zero", column);
  if (op == Op::sub && b->is_constant() && b->dtype() == DType::index)  // x - 3 is x + -3, as it is written
    return a->binary(Op::add, -b->scalar().as_int());
  return a->binary(op, *b);
}

ExpressionParser::Value ExpressionParser::compare(std::string_view symbol, Value a, Value b, std::size_t column) {
  if (symbol == "<") return combine(Op::less, a, b, column);
  if (symbol == "<=") return combine(Op::less_equal, a, b, column);
  if (symbol == ">") return combine(Op::less, b, a, column);
  if (symbol == ">=") return combine(Op::less_equal, b, a, column);
  return combine(symbol == "==" ? Op::equal : Op::not_equal, a, b, column);
}

ExpressionParser::Value ExpressionParser::choice() {
  const Depth level(depth_);
  if (depth_ > deepest) return fail("nested too deeply");
  const Value chosen = disjunction();
  if (!chosen) return chosen;
  skip_spaces();
  if (!accept_word("if")) return chosen;
  skip_spaces();
  const std::size_t column = at_;
  const Value condition = boolean(disjunction(), column);
  if (!condition) return condition;
  if (!accept_word("else")) return fail("expected 'else'");
  const std::size_t other_column = at_;
  Value other = choice();
  if (!other) return other;
  UOp a = *chosen, b = *other;
  if (!adapt(a, b)) return fail("the branches have different dtypes", other_column);
  return where(*condition, a, b);
}

ExpressionParser::Value ExpressionParser::disjunction() {
  skip_spaces();
  std::size_t column = at_;
  Value value = conjunction();
  while (value && accept_word("or")) {
    value = boolean(value, column);
    skip_spaces();
    column = at_;
    value = combine(Op::bit_or, value, boolean(conjunction(), column), column);
  }
  return value;
}

ExpressionParser::Value ExpressionParser::conjunction() {
  skip_spaces();
  std::size_t column = at_;
  Value value = negation();
  while (value && accept_word("and")) {
    value = boolean(value, column);
    skip_spaces();
    column = at_;
    value = combine(Op::bit_and, value, boolean(negation(), column), column);
  }
  return value;
}

ExpressionParser::Value ExpressionParser::negation() {
  bool negated = false;
  while (accept_word("not")) negated = !negated;
  skip_spaces();
  const std::size_t column = at_;
  const Value value = comparison();
  if (!negated || !value) return value;
  const Value condition = boolean(value, column);
  return condition ? Value(!*condition) : condition;
}

/// a < b <= c is a < b and b <= c.
ExpressionParser::Value ExpressionParser::comparison() {
  Value left = binary(0), all;
  bool compares = false;
  while (left) {
    skip_spaces();
    const std::string_view symbol = next_symbol();
    const std::size_t column = at_;
    bool is_one = false;
    for (std::string_view known : comparisons) is_one = is_one || known == symbol;
    if (!is_one) break;
    at_ += symbol.size();
    const Value right = binary(0);
    const Value one = compare(symbol, left, right, column);
    if (!one) return one;
    all = compares ? combine(Op::bit_and, all, one, column) : one;
    compares = true;
    left = right;
  }
  return compares && left ? all : left;
}

ExpressionParser::Value ExpressionParser::binary(std::size_t level) {
  if (level == levels.size()) return unary();
  Value value = binary(level + 1);
  while (value) {
    skip_spaces();
    const std::string_view symbol = next_symbol();
    const Infix* found = nullptr;
    for (const Infix& infix : levels[level])
      if (!symbol.empty() && infix.symbol == symbol) found = &infix;
    if (found == nullptr) return value;
    const std::size_t column = at_;
    at_ += symbol.size();
    value = combine(found->op, value, binary(level + 1), column);
  }
  return value;
}

ExpressionParser::Value ExpressionParser::unary() {
  const Depth level(depth_);
  if (depth_ > deepest) return fail("nested too deeply");
  skip_spaces();
  const std::size_t column = at_;
  if (accept("+")) return unary();
  if (accept("-")) {
    const Value value = unary();
    if (!value) return value;
    if (value->dtype() == DType::boolean) return fail("expected a number, and this is a condition", column);
    if (!value->is_constant() || value->dtype() != DType::index) return -*value;
    return UOp{&graph_, graph_.constant(DType::index, -value->scalar().as_int())};
  }
  if (accept("~")) {
    const Value value = unary();
    if (!value) return value;
    if (is_float(value->dtype())) return fail("expected an integer", column);
    return value->dtype() == DType::boolean ? !*value : (*value ^ -1);
  }
  return primary();
}

ExpressionParser::Value ExpressionParser::primary() {
  skip_spaces();
  if (at_ >= text_.size()) return fail("expected a value, and the expression ends");
  if (is_digit(text_[at_]) || text_[at_] == '.') return number();
  if (is_letter(text_[at_])) return name();
  const std::size_t column = at_;
  if (!accept("(")) return fail("expected a value, not '" + std::string(1, text_[at_]) + "'");
  const Value value = choice();
  if (!value || accept(")")) return value;
  if (at_ < text_.size()) return fail("expected ')' or an operator");
  return fail("this '(' is not closed", column);
}

ExpressionParser::Value ExpressionParser::number() {
  const std::size_t column = at_;
  const char* const begin = text_.data() + at_;
  const char* const end = text_.data() + text_.size();
  const char* digits = begin;
  while (digits != end && is_digit(*digits)) ++digits;
  if (digits != end && (*digits == '.' || *digits == 'e')) {
    double real = 0;
    const auto [stop, code] = std::from_chars(begin, end, real);
    if (code != std::errc{}) return fail("not a number", column);
    at_ += static_cast<std::size_t>(stop - begin);
    return UOp{&graph_, graph_.constant(float_scalar(DType::float32, real))};
  }
  std::int64_t value = 0;
  const auto [stop, code] = std::from_chars(begin, digits, value);
  if (code != std::errc{}) return fail("a number beyond 64 bits", column);
  at_ += static_cast<std::size_t>(stop - begin);
  if (at_ < text_.size() && is_letter(text_[at_])) return fail("a number and a name without an operator between them");
  return UOp{&graph_, graph_.constant(DType::index, value)};
}

ExpressionParser::Value ExpressionParser::name() {
  const std::size_t column = at_;
  while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
  const std::string_view word = text_.substr(column, at_ - column);
  if (word == "True" || word == "False") return UOp{&graph_, graph_.constant(bool_scalar(word == "True"))};
  if (word == "invalid") return UOp{&graph_, graph_.invalid(DType::index)};
  if (accept("(")) return call(word, column);
  if (const auto found = variables_.find(word); found != variables_.end()) return found->second;
  return fail("'" + std::string(word) + "' is not declared; give its bounds with --var " + std::string(word) +
                  "=LOW..HIGH",
              column);
}

ExpressionParser::Value ExpressionParser::call(std::string_view function, std::size_t column) {
  std::vector<UOp> arguments;
  std::vector<std::size_t> columns;
  do {
    skip_spaces();
    columns.push_back(at_);
    const Value argument = choice();
    if (!argument) return argument;
    arguments.push_back(*argument);
  } while (accept(","));
  if (!accept(")"))
    return fail(at_ < text_.size() ? "expected ',' or ')'" : "the '(' of this call is not closed",
                at_ < text_.size() ? at_ : column);
  if (function == "where") {
    if (arguments.size() != 3) return fail("where takes a condition and two values", column);
    const Value condition = boolean(arguments[0], columns[0]);
    if (!condition) return condition;
    if (!adapt(arguments[1], arguments[2])) return fail("the branches have different dtypes", columns[2]);
    return where(*condition, arguments[1], arguments[2]);
  }
  if (function == "min" || function == "max") {
    if (arguments.size() < 2) return fail(std::string(function) + " takes two values or more", column);
    Value value = arguments[0];
    for (std::size_t i = 1; i < arguments.size(); ++i)
      value = combine(function == "min" ? Op::min : Op::max, value, arguments[i], columns[i]);
    return value;
  }
  return fail("'" + std::string(function) + "' is no function; there are where, min and max", column);
}

std::string declare_variable(Graph& graph, Variables& variables, std::string_view name, std::int64_t low,
                             std::int64_t high, DType dtype) {
  const std::string quoted = "'" + std::string(name) + "'";
  if (!is_identifier(name)) return quoted + " is no name of a variable";
  if (low > high)
    return quoted + ": the lower bound, " + std::to_string(low) + ", is above the upper, " + std::to_string(high);
  if (variables.contains(name)) return quoted + " is declared twice";
  if (wrap_to(dtype, low) != low || wrap_to(dtype, high) != high)
    return quoted + ": the bounds do not fit " + std::string(v0::name(dtype));
  variables[std::string(name)] = variable(graph, name, low, high, dtype);
  return "";
}

ParseError declare_variable(Graph& graph, Variables& variables, std::string_view declaration) {
  const auto wrong = [&](std::size_t at, const std::string& message) {
    return ParseError{at + 1, "'" + std::string(declaration) + "': " + message};
  };
  const std::size_t equals = declaration.find('='), dots = declaration.find("..");
  if (equals == std::string_view::npos || dots == std::string_view::npos || dots < equals)
    return wrong(0, "expected NAME=LOW..HIGH or NAME=LOW..HIGH:DTYPE");
  if (!is_identifier(declaration.substr(0, equals))) return wrong(0, "no name of a variable");
  const std::size_t colon = std::min(declaration.find(':', dots), declaration.size());
  const DType dtype = colon == declaration.size()
                          ? DType::index
                          : dtype_named(declaration.substr(std::min(colon + 1, declaration.size())));
  if (!is_int(dtype) && dtype != DType::boolean) return wrong(colon + 1, "no integer dtype");
  const auto number = [&](std::size_t begin, std::size_t end, std::int64_t& value) {
    const auto [stop, code] = std::from_chars(declaration.data() + begin, declaration.data() + end, value);
    return code == std::errc{} && stop == declaration.data() + end;
  };
  std::int64_t low = 0, high = 0;
  if (!number(equals + 1, dots, low)) return wrong(equals + 1, "no number of 64 bits");
  if (!number(dots + 2, colon, high)) return wrong(dots + 2, "no number of 64 bits");
  const std::string message = declare_variable(graph, variables, declaration.substr(0, equals), low, high, dtype);
  return message.empty() ? ParseError{} : ParseError{equals + 2, message};
}

}  // namespace whittle::tools
