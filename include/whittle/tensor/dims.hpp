// Dimensions and axes as a user writes them.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <whittle/core/error.hpp>
#include <whittle/core/fixed_vector.hpp>
#include <whittle/ir/graph.hpp>

namespace whittle {
inline namespace v0 {

class Context;

/// A bounded integer whose value is set when kernels run, not when they are compiled. Made by `variable`.
class Variable {
 public:
  Variable(Context& context, Node node) : context_(&context), node_(node) {}
  /// The value from now on. Throws Error when it is out of the bounds.
  void set(std::int64_t value);
  /// The value set last, the upper bound before that.
  std::int64_t value() const;
  Context& context() const { return *context_; }
  Node node() const { return node_; }

 private:
  Context* context_;
  Node node_;
};

/// One dimension: a number, a bounded variable, or a bounded variable plus a number.
class Dim {
 public:
  Dim() = default;
  template <std::integral T>
  Dim(T number) : offset_(static_cast<std::int64_t>(number)) {}
  Dim(const Variable& variable) : context_(&variable.context()), variable_(variable.node()) {}
  Dim(Context& context, Node variable, std::int64_t offset)
      : offset_(offset),
        context_(&context),
        variable_(variable) {}

  bool is_constant() const { return variable_ == Node::none; }
  Node variable() const { return variable_; }
  Context* context() const { return context_; }
  /// The number, or what is added to the variable.
  std::int64_t offset() const { return offset_; }
  /// The number. Throws ShapeError where the dimension is a variable.
  std::int64_t value() const {
    if (!is_constant()) throw ShapeError("a dimension is a variable where a number was expected");
    return offset_;
  }
  operator std::int64_t() const { return value(); }  // NOLINT: converts on purpose

  friend bool operator==(const Dim& a, const Dim& b) { return a.variable_ == b.variable_ && a.offset_ == b.offset_; }
  template <std::integral T>
  friend bool operator==(const Dim& a, T b) {
    return a == Dim(b);
  }
  template <std::integral T>
  friend Dim operator+(Dim a, T b) {
    a.offset_ += static_cast<std::int64_t>(b);
    return a;
  }
  template <std::integral T>
  friend Dim operator-(const Dim& a, T b) {
    return a + -static_cast<std::int64_t>(b);
  }

 private:
  std::int64_t offset_ = 0;
  Context* context_ = nullptr;
  Node variable_ = Node::none;
};

inline Dim operator+(const Variable& variable, std::int64_t offset) { return Dim(variable) + offset; }
inline Dim operator-(const Variable& variable, std::int64_t offset) { return Dim(variable) + -offset; }

/// Dimensions, outermost first; at most 16. Reads from `{2, n, 4}`, `std::vector<int>` and `x.shape()`.
class Dims : public FixedVector<Dim, max_rank> {
 public:
  Dims() = default;
  Dims(std::initializer_list<Dim> list) {
    for (const Dim& dim : list) append(dim);
  }
  template <std::integral T>
  Dims(const std::vector<T>& list) {  // NOLINT: converts on purpose
    for (T number : list) append(Dim(number));
  }
  void append(const Dim& dim) {
    if (!push_back(dim)) throw ShapeError("a tensor has at most 16 dimensions");
  }
};

/// Axes to reduce, or to move: a number, a list, or none for all of them. Negative ones count from the end.
class Axes {
 public:
  Axes() = default;
  Axes(int axis) : list_{axis} {}  // NOLINT: converts on purpose
  Axes(std::initializer_list<int> axes) {
    for (int axis : axes)
      if (!list_.push_back(axis)) throw ShapeError("a tensor has at most 16 axes");
  }
  bool all() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  const int* begin() const { return list_.begin(); }
  const int* end() const { return list_.end(); }

 private:
  FixedVector<int, max_rank> list_;
};

/// A part of one axis, in the sense of Python's start:stop:step.
struct Slice {
  static constexpr std::int64_t open = std::numeric_limits<std::int64_t>::max();
  Dim start = 0, stop = open;
  std::int64_t step = 1;
};

namespace detail {

/// Dimensions for a message: (2, n, 4).
inline std::string dims_text(const Graph* graph, const Dims& dims) {
  std::string text = "(";
  for (std::size_t k = 0; k < dims.size(); ++k) {
    if (k != 0) text += ", ";
    if (dims[k].is_constant()) {
      text += std::to_string(dims[k].offset());
      continue;
    }
    text += graph != nullptr ? std::string(graph->text_at(graph->argument(dims[k].variable()))) : "?";
    if (dims[k].offset() != 0) text += "+" + std::to_string(dims[k].offset());
  }
  return text + ")";
}

}  // namespace detail

}  // namespace v0
}  // namespace whittle
