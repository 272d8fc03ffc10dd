// Patterns as constexpr values: flat arrays of small records in post-order.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <whittle/core/op.hpp>
#include <whittle/core/scalar.hpp>

namespace whittle {
inline namespace v0 {

/// The name of a pattern variable, at most 15 characters; part of a record, so that names compare as numbers.
struct VariableName {
  std::uint64_t first, second;
  static constexpr unsigned most = 16;
  constexpr bool empty() const { return first == 0; }
  /// The i-th character; 0 past the end.
  constexpr char at(unsigned i) const { return static_cast<char>((i < 8 ? first : second) >> (8 * (i % 8))); }
  friend constexpr bool operator==(const VariableName&, const VariableName&) = default;
};

/// A string literal as a template argument.
template <std::size_t Size>
struct NameLiteral {
  char text[Size] = {};
  constexpr NameLiteral(const char (&literal)[Size]) {  // NOLINT: converts on purpose
    for (std::size_t i = 0; i < Size; ++i) text[i] = literal[i];
  }
  constexpr VariableName packed() const {
    static_assert(Size > 1, "a pattern variable needs a name");
    static_assert(Size <= 16, "the name of a pattern variable has at most 15 characters");
    VariableName name{};
    for (std::size_t i = 0; i + 1 < Size; ++i)
      (i < 8 ? name.first : name.second) |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * (i % 8));
    return name;
  }
};

enum class RecordKind : std::uint8_t {
  operation,     ///< an operator over the sub-patterns before it
  any_operator,  ///< any operator of a class; its name binds the node whose operator it was
  variable,      ///< any node, or if bits is 1 any but a constant; a repeated name means the same node
  constant,      ///< a constant node
  integer,
  real,
  truth,         ///< literals
  anything,      ///< any node, not bound
  alternatives,  ///< one of its sub-patterns
  optional,      ///< an operand that may be missing; then its name is bound to a default
};

/// How many sources an operation has: just its sub-patterns, more after them, or any number all alike.
enum class Sources : std::uint8_t { exact, prefix, every };

struct PatternRecord {
  RecordKind kind;
  std::uint8_t arity;
  Sources sources;
  bool has_argument;
  Op op;  // any_operator: the bits of an OpClass
  DTypes dtypes;
  VariableName name;
  std::uint64_t bits;  // literal, default or argument
  std::uint16_t size;  ///< of the sub-pattern that ends with this record
};

/// Division and remainder as written `/` and `%`: the arithmetic of the rule set decides which they are.
inline constexpr Op op_divide = Op{0x0f00}, op_remainder = Op{0x0f01};

/// A pattern of `Size` records.
template <std::size_t Size>
struct Pattern {
  PatternRecord records[Size] = {};

  /// The pattern, for nodes of these dtypes only.
  constexpr Pattern is(DTypes dtypes) const {
    Pattern restricted = *this;
    restricted.records[Size - 1].dtypes = restricted.records[Size - 1].dtypes & dtypes;
    return restricted;
  }
  constexpr Pattern is(DType dtype) const { return is(only(dtype)); }
  /// The pattern, with the node that it matches bound to a name.
  template <NameLiteral Name>
  constexpr Pattern as() const {
    Pattern named = *this;
    named.records[Size - 1].name = Name.packed();
    if constexpr (Size > 1)
      if (records[Size - 1].kind == RecordKind::optional)
        named.records[Size - 2].name = Name.packed();  // of the default
    return named;
  }
};

namespace detail {

template <class T>
inline constexpr bool is_pattern = false;
template <std::size_t N>
inline constexpr bool is_pattern<Pattern<N>> = true;

constexpr PatternRecord literal_record(bool value) {
  return {RecordKind::truth, 0, Sources::exact, false, Op::none, only(DType::boolean), {}, value ? 1u : 0u, 1};
}
constexpr PatternRecord literal_record(std::integral auto value) {
  return {RecordKind::integer, 0, Sources::exact, false, Op::none, any_dtype, {}, static_cast<std::uint64_t>(value), 1};
}
constexpr PatternRecord literal_record(std::floating_point auto value) {
  return {RecordKind::real,
          0,
          Sources::exact,
          false,
          Op::none,
          any_float,
          {},
          std::bit_cast<std::uint64_t>(static_cast<double>(value)),
          1};
}

template <std::size_t N>
constexpr const Pattern<N>& to_pattern(const Pattern<N>& pattern) {
  return pattern;
}
template <class T>
  requires std::is_arithmetic_v<T>
constexpr Pattern<1> to_pattern(T literal) {
  return {{literal_record(literal)}};
}

template <std::size_t N>
constexpr void append(PatternRecord*& at, const Pattern<N>& pattern) {
  for (std::size_t i = 0; i < N; ++i) at[i] = pattern.records[i];
  at += N;
}

template <std::size_t... Ns>
constexpr auto compose(const PatternRecord& root, const Pattern<Ns>&... parts) {
  Pattern<(Ns + ... + 1)> whole;
  PatternRecord* at = whole.records;
  (append(at, parts), ...);
  *at = root;
  at->arity = sizeof...(Ns);
  at->size = (Ns + ... + 1);
  return whole;
}

constexpr PatternRecord operation_record(Op op, DTypes dtypes = any_dtype) {
  return {RecordKind::operation, 0, Sources::exact, false, op, dtypes, {}, 0, 1};
}

}  // namespace detail

template <class T>
concept PatternLike = detail::is_pattern<T> || std::is_arithmetic_v<T>;

/// At least one side is a pattern, the other may be a literal.
template <class A, class B>
concept PatternOperands = PatternLike<A> && PatternLike<B> && (detail::is_pattern<A> || detail::is_pattern<B>);

}  // namespace v0
}  // namespace whittle
