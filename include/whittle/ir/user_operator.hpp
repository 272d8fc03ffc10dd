// What a graph knows of users' operators. ir/operator.hpp is how a user writes one.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <whittle/core/status.hpp>
#include <whittle/ir/graph.hpp>

namespace whittle {
inline namespace v0 {

struct Array;

/// The most operands that a user's operator can have.
inline constexpr std::uint8_t most_user_operands = 3;

/// A user's operator as graphs know it: a constant of static storage. What is null, its author has not said.
struct UserOperator {
  using RuleOf = Node (*)(Graph&, Node);  ///< what its rules make of a node; none where none of them fits

  std::string_view name;
  Op op = Op::none;
  std::uint8_t arity = 1;
  DTypes operands;                            ///< the dtypes that its operands, all of one, can have
  DType (*result)(DType) = nullptr;           ///< of the operands' dtype
  std::span<const UserOperator* const> uses;  ///< other operators that its rules make
  std::uint64_t (*hash)() = nullptr;          ///< of dtypes, and of the rules' texts and lines
  RuleOf gradient = nullptr;                  ///< of pullback(y, g), where y is a node of the operator
  RuleOf lower = nullptr;                     ///< in terms of other operators
  Interval (*interval)(std::span<const Interval>) = [](std::span<const Interval>) { return Interval{}; };
  std::optional<Scalar> (*evaluate)(DType result, std::span<const Scalar>) = nullptr;
  Array (*evaluate_arrays)(std::span<const Array>) = nullptr;  ///< of an operator with a shape of its own
  /// Nothing where the sources do not fit; null: the operator is elementwise.
  std::optional<Shape> (*shape)(Graph&, std::span<const Shape>) = nullptr;
};

namespace detail {
/// What every class of an operator is derived from.
struct OperatorBase {};
template <class O>
concept HasShape = requires { &O::shape; };
}  // namespace detail

/// A class that describes an operator of a user's own (ir/operator.hpp).
template <class T>
concept OperatorClass = std::derived_from<T, detail::OperatorBase>;

/// The place of the operator among those that the graph knows; their number if it does not know it.
template <class G>
constexpr std::size_t operator_position(const G& g, Op op) {
  std::size_t at = 0;
  while (at < g.operators().size() && g.operators()[at]->op != op) ++at;
  return at;
}
/// The operator of that number, or null if the graph does not know it.
template <class G>
constexpr const UserOperator* find_operator(const G& g, Op op) {
  const std::size_t at = operator_position(g, op);
  return at < g.operators().size() ? g.operators()[at] : nullptr;
}
/// The operator of that name, or null.
template <class G>
constexpr const UserOperator* find_operator(const G& g, std::string_view name) {
  for (const UserOperator* known : g.operators())
    if (known->name == name) return known;
  return nullptr;
}

namespace detail {

/// Whether they, which have one number, are one operator.
inline Status check_same(const UserOperator& known, const UserOperator& added) {
  if (&known == &added) return {};
  const std::string name(added.name);
  if (known.name != added.name)
    return Status::failure("the operators '" + std::string(known.name) + "' and '" + name + "' have the same number, " +
                           std::to_string(static_cast<unsigned>(added.op)) +
                           ", which their names give them: rename one");
  if (known.hash() == added.hash()) return {};  // another shared library's copy
  return Status::failure("there are two operators '" + name + "' with different rules or signatures: rename one");
}

}  // namespace detail

/// The graph knows the operator, and those that it uses, from now on. Fails, and adds none, where it knows another of
/// that name, or one whose name gives the same number.
template <class G>
Status add_operator(G& g, const UserOperator& added) {
  if (const UserOperator* const known = find_operator(g, added.op); known != nullptr)
    return detail::check_same(*known, added);
  const std::size_t before = g.operators().size();
  g.operators().push_back(&added);
  for (const UserOperator* each : added.uses)
    if (Status status = add_operator(g, *each); !status.ok()) return g.operators().resize(before), status;
  return {};
}

namespace detail {

inline std::string dtypes_text(DTypes dtypes) {
  std::string text;
  for (std::size_t i = 0; i < dtype_count; ++i)
    if (dtypes.contains(static_cast<DType>(i)))
      text += (text.empty() ? "" : ", ") + std::string(name(static_cast<DType>(i)));
  return text;
}

/// Why the operator over these sources, as many as it has, cannot be of that dtype; empty if it can.
template <class G>
std::string dtype_fault(const G& g, const UserOperator& op, std::span<const Node> sources, DType dtype) {
  const DType operand = g.dtype(sources[0]);
  for (Node source : sources)
    if (g.dtype(source) != operand)
      return "operands of dtypes " + std::string(name(operand)) + " and " + std::string(name(g.dtype(source))) +
             ", expected one dtype";
  if (!op.operands.contains(operand))
    return "operands of dtype " + std::string(name(operand)) + ", expected one of " + dtypes_text(op.operands);
  if (dtype == op.result(operand)) return {};
  return "the result is " + std::string(name(dtype)) + ", expected " + std::string(name(op.result(operand)));
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
