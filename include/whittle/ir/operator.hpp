// Operators of a user's own: a class says what one means, in a header of the user's.
//
//   inline constexpr struct Softplus : op<"softplus"> {
//     static double evaluate(double x) { return std::log1p(std::exp(x)); }
//     static constexpr auto lower    = rules<floating>("softplus", self(x) >>= log(exp(x) + 1));
//     static constexpr auto gradient = rules<floating>("gradient of softplus",
//         pullback(self(x), g) >>= group(g / (exp(-x) + 1)));
//   } softplus;
//
// All members are optional; docs/operators.md says what each is for.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <whittle/ir/array.hpp>
#include <whittle/ir/shape.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/ir/user_operator.hpp>
#include <whittle/match.hpp>
#include <whittle/match/rule_text.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// Whether a text form can hold the name, and nothing else in it is read as that.
constexpr bool is_operator_name(std::string_view name) {
  bool is_number = name.starts_with("op") && name.size() > 2;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_', digit = c >= '0' && c <= '9';
    if (!letter && (!digit || i == 0)) return false;
    is_number = is_number && (i < 2 || digit);
  }
  return !name.empty() && !is_number && name != "none" && op_named(name) == Op::none;
}

}  // namespace detail

namespace dsl {

/// In a class of an operator, `using uses = operators<Softplus>;`: its rules make those, too.
template <class... Classes>
struct operators {};

/// What an operator of a user's own is derived from: its name, its number of operands, and the defaults of what the
/// class can say of it. An object of the class is called in rules: `softplus(x) + y`.
template <NameLiteral Name, std::uint8_t Arity = 1>
struct op : detail::OperatorBase {
  static constexpr std::string_view name{Name.text, sizeof Name.text - 1};
  static_assert(detail::is_operator_name(name),
                "an operator's name has letters, digits and _, and is no built-in operator's");
  static_assert(Arity > 0 && Arity <= most_user_operands, "an operator has one to three operands");

  using uses = operators<>;
  static constexpr std::uint8_t arity = Arity;
  static constexpr Op number = user_op(name);
  /// The dtypes that the operands, all of one, can have.
  static constexpr DTypes operands = any_float;
  static constexpr DType result(DType operand) { return operand; }

  /// The operator as a pattern, for rules in the class itself.
  template <class... Patterns>
    requires(PatternLike<Patterns> && ...)
  static constexpr auto self(const Patterns&... patterns) {
    static_assert(sizeof...(Patterns) == Arity, "the operator has another number of operands");
    return node<number>(patterns...);
  }
  template <class... Patterns>
    requires(PatternLike<Patterns> && ...)
  constexpr auto operator()(const Patterns&... patterns) const {
    return self(patterns...);
  }
};

}  // namespace dsl

namespace detail {

template <class O>
concept HasGradient = requires { O::gradient; };
template <class O>
concept HasLowering = requires { O::lower; };

constexpr bool mentions(const RuleSetView& set, PatternSpan left, Op op) {
  for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i)
    if (set.records[i].kind == RecordKind::operation && set.records[i].op == op) return true;
  return false;
}
/// Whether the left side of each rule has that operator at its root.
constexpr bool all_begin_with(const RuleSetView& set, Op op) {
  for (std::size_t i = 0; i < set.rule_count; ++i) {
    const PatternSpan left = set.rules[i].left;
    const PatternRecord& root = set.records[left.begin + left.size - 1];
    if (root.kind != RecordKind::operation || root.op != op) return false;
  }
  return true;
}
constexpr bool all_mention(const RuleSetView& set, Op op) {
  for (std::size_t i = 0; i < set.rule_count; ++i)
    if (!mentions(set, set.rules[i].left, op)) return false;
  return true;
}

template <const auto& Set>
Node made_by_rules(Graph& graph, Node n) {
  NoContext none;
  return matcher<Set, Graph>::match(graph, n, none).node;
}

/// Calls `f` with the numbers 0, 1, ..., Count - 1 as constants.
template <std::size_t Count, class F>
constexpr auto with_numbers(F f) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return f(std::integral_constant<std::size_t, I>{}...);
  }(std::make_index_sequence<Count>{});
}

template <class O>
constexpr Interval interval_by(std::span<const Interval> x) {
  return with_numbers<O::arity>([&](auto... i) { return O::interval(x[i]...); });
}

/// A number of C++ as one of `dtype`.
template <class T>
std::optional<Scalar> scalar_of(DType dtype, T value) {
  Scalar exact;
  if constexpr (std::is_floating_point_v<T>)
    exact = float_scalar(DType::float64, static_cast<double>(value));
  else
    exact = {std::is_signed_v<T> ? DType::int64 : DType::uint64, static_cast<std::uint64_t>(value)};
  return operate(Op::cast, dtype, std::span<const Scalar>(&exact, 1));
}
template <class T>
std::optional<Scalar> scalar_of(DType dtype, std::optional<T> value) {
  return value ? scalar_of(dtype, *value) : std::nullopt;
}

/// Floats are computed with as double, integers and bools as int64.
template <class O>
std::optional<Scalar> evaluate_by(DType dtype, std::span<const Scalar> x) {
  if constexpr ((O::operands & any_float) != DTypes{})
    if (is_float(x[0].dtype))
      return with_numbers<O::arity>([&](auto... i) { return scalar_of(dtype, O::evaluate(x[i].as_double()...)); });
  if constexpr ((O::operands & any_float) != O::operands)
    if (!is_float(x[0].dtype))
      return with_numbers<O::arity>([&](auto... i) { return scalar_of(dtype, O::evaluate(x[i].as_int()...)); });
  return std::nullopt;
}

template <class O, std::size_t... I>
constexpr bool can_evaluate(std::index_sequence<I...>) {
  return requires { O::evaluate((static_cast<void>(I), 0.0)...); };
}

template <class O>
std::uint64_t hash_by() {
  std::uint64_t hash = combine(hash_text(O::name), O::arity);
  for (std::size_t i = 0; i < dtype_count; ++i)
    if (const auto operand = static_cast<DType>(i); O::operands.contains(operand))
      hash = combine(hash, i * dtype_count + static_cast<std::size_t>(O::result(operand)));
  const auto add_rules = [&](const RuleSetView& set) {
    for (std::size_t i = 0; i < set.rule_count; ++i)
      hash = combine(combine(hash, hash_text(text_of(set, i))), set.rules[i].line);
  };
  if constexpr (HasGradient<O>) add_rules(O::gradient);
  if constexpr (HasLowering<O>) add_rules(O::lower);
  return hash;
}

template <class Uses>
inline constexpr std::span<const UserOperator* const> used_operators{};

template <OperatorClass O>
constexpr UserOperator described() {
  UserOperator made;
  made.name = O::name;
  made.op = O::number;
  made.arity = O::arity;
  made.operands = O::operands;
  made.result = &O::result;
  made.uses = used_operators<typename O::uses>;
  made.hash = &hash_by<O>;
  if constexpr (HasGradient<O>) {
    static_assert(all_begin_with(O::gradient, Op::pullback) && all_mention(O::gradient, O::number),
                  "each rule of an operator's `gradient` is pullback(self(...), g) >>= group(...)");
    made.gradient = &made_by_rules<O::gradient>;
  }
  if constexpr (HasLowering<O>) {
    static_assert(all_begin_with(O::lower, O::number), "each rule of an operator's `lower` is self(...) >>= ...");
    made.lower = &made_by_rules<O::lower>;
  }
  if constexpr (requires { &O::interval; }) made.interval = &interval_by<O>;
  if constexpr (HasShape<O>) made.shape = &O::shape;
  if constexpr (HasShape<O> && requires { &O::evaluate; })
    made.evaluate_arrays = &O::evaluate;
  else if constexpr (can_evaluate<O>(std::make_index_sequence<O::arity>{}))
    made.evaluate = &evaluate_by<O>;
  return made;
}

}  // namespace detail

/// The operator that a class describes, as graphs know it.
template <OperatorClass O>
inline constexpr UserOperator user_operator = detail::described<O>();

namespace detail {
template <OperatorClass... Os>
  requires(sizeof...(Os) > 0)
inline constexpr const UserOperator* list_of_operators[] = {&user_operator<Os>...};
template <OperatorClass O, OperatorClass... Os>
inline constexpr std::span<const UserOperator* const> used_operators<dsl::operators<O, Os...>>{
    list_of_operators<O, Os...>};

/// Found by the operator's base class, so that tensor/apply.hpp costs those who have no operators nothing.
template <OperatorClass O>
constexpr const UserOperator& description_of(const O&) {
  return user_operator<O>;
}
}  // namespace detail

/// The graph knows the operator from now on: for `parse`, and for rules that make it where none of it was.
template <OperatorClass O>
Status add_operator(Graph& graph, const O&) {
  return add_operator(graph, user_operator<O>);
}

/// Makes the operator over those nodes, in a graph that knows it from now on. Fails, and makes nothing, where the
/// number of sources or their dtypes are not the operator's, or where its name or number is taken.
template <OperatorClass O>
Status apply(Graph& graph, const O&, std::initializer_list<Node> sources, Node& made) {
  const std::span<const Node> list(sources.begin(), sources.size());
  if (list.size() != O::arity)
    return Status::failure(std::string(O::name) + ": " + std::to_string(list.size()) + " operands, expected " +
                           std::to_string(O::arity));
  const DType dtype = O::result(graph.dtype(list[0]));
  const std::string fault = detail::dtype_fault(graph, user_operator<O>, list, dtype);
  if (!fault.empty()) return Status::failure(std::string(O::name) + ": " + fault);
  if (Status status = add_operator(graph, user_operator<O>); !status.ok()) return status;
  made = graph.make(O::number, dtype, list);
  return {};
}

}  // namespace v0
}  // namespace whittle
