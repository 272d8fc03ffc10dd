// Lazy tensors: a handle to a node of a graph whose value is computed when it is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <whittle/ir/shape.hpp>
#include <whittle/tensor/context.hpp>

namespace whittle {
inline namespace v0 {

class Tensor;

/// An operand: a tensor, or a number that takes the dtype of the tensor beside it. Being built from an
/// expression, it knows the user's line.
class TensorArg {
 public:
  TensorArg(const Tensor& tensor, const std::source_location& where = std::source_location::current())
      : tensor_(&tensor),
        where_(where) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  TensorArg(T number, const std::source_location& where = std::source_location::current()) : where_(where) {
    if constexpr (std::is_same_v<T, bool>)
      number_ = bool_scalar(number);
    else if constexpr (std::is_floating_point_v<T>)
      number_ = float_scalar(DType::float64, static_cast<double>(number));
    else
      number_ = {std::is_signed_v<T> ? DType::int64 : DType::uint64, static_cast<std::uint64_t>(number)};
  }
  bool is_number() const { return tensor_ == nullptr; }
  const Tensor& tensor() const { return *tensor_; }
  /// A bool, an int64, an uint64 or a float64.
  Scalar number() const { return number_; }
  const std::source_location& where() const { return where_; }

 private:
  const Tensor* tensor_ = nullptr;
  Scalar number_ = {};
  std::source_location where_;
};

namespace detail {
Tensor arithmetic(Op op, const TensorArg& a, const TensorArg& b);
Tensor divide(const TensorArg& a, const TensorArg& b);
Tensor compare(Op op, const TensorArg& a, const TensorArg& b);
Tensor bitwise(Op op, const TensorArg& a, const TensorArg& b);
Tensor complement(const Tensor& x, const std::source_location& where);
Tensor negative(const Tensor& x, const std::source_location& where);
}  // namespace detail

/// Elements added before and after an axis.
struct Padding {
  Dim before = 0, after = 0;
};
/// The elements [begin, end) of an axis.
struct Bounds {
  Dim begin = 0, end = 0;
};

/// A lazy tensor. Copies share one value: after `b = a`, `a.assign(v)` is seen through b. An operation makes
/// nodes and computes nothing; `realize`, `item`, `to_vector` and `assign`'s later reader compute.
///
/// Shapes are checked when an operation is called; a ShapeError says what was given, what was expected, and
/// the line of the call. Dtypes promote on NumPy's lattice (core/dtype.hpp); a C++ number takes the dtype of
/// the tensor beside it, except that a floating-point number makes an integer tensor float32.
class Tensor {
 public:
  using Where = std::source_location;

  /// No tensor yet: using it is an Error.
  Tensor() = default;
  Tensor(Context& context, Node node) : state_(std::in_place, context, node) {}

  /// Copies of host data, at once. `shape` defaults to one axis. Throws ShapeError where the numbers of
  /// elements differ.
  template <class T>
  static Tensor from(std::span<const T> data, const Dims& shape, Context& context = default_context(),
                     const Where& where = Where::current()) {
    static_assert(dtype_of<T> != DType::none, "Tensor::from: no dtype for this C++ type");
    return from_bytes(std::as_bytes(data), data.size(), dtype_of<T>, shape, context, where);
  }
  template <class T>
  static Tensor from(const std::vector<T>& data, const Dims& shape, Context& context = default_context(),
                     const Where& where = Where::current()) {
    return from(std::span<const T>(data), shape, context, where);
  }
  template <class T>
  static Tensor from(const std::vector<T>& data, const Where& where = Where::current()) {
    return from(std::span<const T>(data), Dims{data.size()}, default_context(), where);
  }
  template <class T>
  static Tensor from(std::initializer_list<T> data, const Where& where = Where::current()) {
    return from(data, Dims{data.size()}, default_context(), where);
  }
  template <class T>
  static Tensor from(std::initializer_list<T> data, const Dims& shape, Context& context = default_context(),
                     const Where& where = Where::current()) {
    static_assert(dtype_of<T> != DType::none, "Tensor::from: no dtype for this C++ type");
    return from_bytes(std::as_bytes(std::span<const T>(data.begin(), data.size())), data.size(), dtype_of<T>, shape,
                      context, where);
  }
  static Tensor from_bytes(std::span<const std::byte> bytes, std::size_t count, DType dtype, const Dims& shape,
                           Context& context, const Where& where);

  // Facts
  bool empty() const { return !state_; }
  Context& context() const;
  Node node() const { return context(), state_->node; }
  Graph& graph() const { return context().graph(); }
  DType dtype() const { return graph().dtype(node()); }
  Dims shape() const;
  std::size_t rank() const { return shape_of(graph(), node()).size(); }
  /// The size of an axis; negative ones count from the end.
  Dim size(int axis, const Where& where = Where::current()) const;
  /// The number of elements, with the values that variables have now.
  std::int64_t numel() const;
  bool is_realized() const { return context(), state_->realized(); }

  // Values (tensor/memory.hpp)

  /// Computes the value and keeps it in memory of the tensor's own. Everything that was assigned in the
  /// context happens in the same run.
  const Tensor& realize(const Where& where = Where::current()) const;
  /// From now on the value is `value`, broadcast to this shape and cast to this dtype; it is written into this
  /// tensor's memory when something is realised. Tensors made earlier keep the value they were made from.
  /// Works on a part too: `x.shrink(...).assign(v)` changes x.
  void assign(const TensorArg& value) const;
  /// Copies host data into the tensor's memory: no node is made and nothing is allocated once the tensor is
  /// realised. Tensors made from the old value keep it.
  template <class T>
  void write(std::span<const T> data, const Where& where = Where::current()) const {
    write_bytes(std::as_bytes(data), data.size(), dtype_of<std::remove_const_t<T>>, where);
  }
  template <class T>
  void write(const std::vector<T>& data, const Where& where = Where::current()) const {
    write(std::span<const T>(data), where);
  }
  /// The only element. Throws ShapeError where there are more.
  template <class T>
  T item(const Where& where = Where::current()) const;
  /// All elements, the last axis running fastest, converted to T.
  template <class T>
  std::vector<T> to_vector(const Where& where = Where::current()) const;
  /// Copies the elements out, without conversion. Throws where the dtype or the number of elements differs.
  template <class T>
  void read(std::span<T> out, const Where& where = Where::current()) const {
    read_bytes(std::as_writable_bytes(out), out.size(), dtype_of<T>, where);
  }

  // Operators
  friend Tensor operator+(const TensorArg& a, const TensorArg& b) { return detail::arithmetic(Op::add, a, b); }
  friend Tensor operator-(const TensorArg& a, const TensorArg& b) { return detail::arithmetic(Op::sub, a, b); }
  friend Tensor operator*(const TensorArg& a, const TensorArg& b) { return detail::arithmetic(Op::mul, a, b); }
  /// The quotient, as a float: integers become float32. `floor_divide` is for integers.
  friend Tensor operator/(const TensorArg& a, const TensorArg& b) { return detail::divide(a, b); }
  /// The remainder of floor division of integers, with the sign of the divisor, as in Python.
  friend Tensor operator%(const TensorArg& a, const TensorArg& b) { return detail::arithmetic(Op::floormod, a, b); }
  friend Tensor operator&(const TensorArg& a, const TensorArg& b) { return detail::bitwise(Op::bit_and, a, b); }
  friend Tensor operator|(const TensorArg& a, const TensorArg& b) { return detail::bitwise(Op::bit_or, a, b); }
  friend Tensor operator^(const TensorArg& a, const TensorArg& b) { return detail::bitwise(Op::bit_xor, a, b); }
  friend Tensor operator<<(const TensorArg& a, const TensorArg& b) { return detail::bitwise(Op::shl, a, b); }
  friend Tensor operator>>(const TensorArg& a, const TensorArg& b) { return detail::bitwise(Op::shr, a, b); }
  // Comparisons are elementwise, of dtype bool.
  friend Tensor operator<(const TensorArg& a, const TensorArg& b) { return detail::compare(Op::less, a, b); }
  friend Tensor operator<=(const TensorArg& a, const TensorArg& b) { return detail::compare(Op::less_equal, a, b); }
  friend Tensor operator>(const TensorArg& a, const TensorArg& b) { return detail::compare(Op::less, b, a); }
  friend Tensor operator>=(const TensorArg& a, const TensorArg& b) { return detail::compare(Op::less_equal, b, a); }
  friend Tensor operator==(const TensorArg& a, const TensorArg& b) { return detail::compare(Op::equal, a, b); }
  friend Tensor operator!=(const TensorArg& a, const TensorArg& b) { return detail::compare(Op::not_equal, a, b); }
  friend Tensor operator-(const TensorArg& x) { return detail::negative(x.tensor(), x.where()); }
  friend Tensor operator~(const TensorArg& x) { return detail::complement(x.tensor(), x.where()); }
  friend Tensor operator!(const TensorArg& x) { return detail::compare(Op::equal, x, TensorArg(0, x.where())); }

  // Functions of each element (tensor/elementwise.hpp). Integers become float32, except in abs, square and relu.
  Tensor exp(const Where& where = Where::current()) const;
  Tensor exp2(const Where& where = Where::current()) const;
  Tensor log(const Where& where = Where::current()) const;
  Tensor log2(const Where& where = Where::current()) const;
  Tensor sin(const Where& where = Where::current()) const;
  Tensor cos(const Where& where = Where::current()) const;
  Tensor sqrt(const Where& where = Where::current()) const;
  Tensor rsqrt(const Where& where = Where::current()) const;
  Tensor reciprocal(const Where& where = Where::current()) const;
  Tensor sigmoid(const Where& where = Where::current()) const;
  Tensor tanh(const Where& where = Where::current()) const;
  Tensor abs(const Where& where = Where::current()) const;
  Tensor square(const Where& where = Where::current()) const;
  /// The greater of x and 0; NaN stays, and the gradient at 0 is 0.
  Tensor relu(const Where& where = Where::current()) const;
  /// The tanh form of the Gaussian error linear unit (Hendrycks and Gimpel, 2016, arXiv:1606.08415).
  Tensor gelu(const Where& where = Where::current()) const;
  Tensor pow(const TensorArg& exponent) const;
  /// Values converted to another dtype: floats to integers towards zero.
  Tensor cast(DType dtype, const Where& where = Where::current()) const;
  Tensor to(DType dtype, const Where& where = Where::current()) const { return cast(dtype, where); }
  /// The value, as a constant for `gradient`.
  Tensor detach(const Where& where = Where::current()) const;
  /// The value, stored in memory of its own on the way to whatever uses it.
  Tensor contiguous(const Where& where = Where::current()) const;

  // Movement (tensor/movement.hpp)

  /// The same elements in order, in other dimensions; one may be -1 and is what remains.
  Tensor reshape(const Dims& dims, const Where& where = Where::current()) const;
  /// Axis k of the result is axis axes[k].
  Tensor permute(const Axes& axes, const Where& where = Where::current()) const;
  /// Two axes swapped.
  Tensor transpose(int a = -2, int b = -1, const Where& where = Where::current()) const;
  /// Axes of size 1 repeated, new ones in front; -1 keeps a size.
  Tensor expand(const Dims& dims, const Where& where = Where::current()) const;
  Tensor broadcast_to(const Dims& dims, const Where& where = Where::current()) const { return expand(dims, where); }
  /// `value` around the elements: a pair for each axis.
  Tensor pad(const std::vector<Padding>& paddings, const Where& where = Where::current()) const;
  Tensor pad(const std::vector<Padding>& paddings, double value, const Where& where = Where::current()) const;
  /// The part between bounds: a pair for each axis.
  Tensor shrink(const std::vector<Bounds>& bounds, const Where& where = Where::current()) const;
  /// Python's x[start:stop:step, ...] with steps above 0; axes that are not named stay whole.
  Tensor slice(const std::vector<Slice>& slices, const Where& where = Where::current()) const;
  /// The part at one index of an axis, without that axis.
  Tensor select(int axis, const Dim& index, const Where& where = Where::current()) const;
  /// Order reversed; no axes: all of them.
  Tensor flip(const Axes& axes = {}, const Where& where = Where::current()) const;
  /// Axes of size 1 removed; no axes: all of them.
  Tensor squeeze(const Axes& axes = {}, const Where& where = Where::current()) const;
  /// An axis of size 1 put in before `axis`.
  Tensor unsqueeze(int axis, const Where& where = Where::current()) const;
  /// The axes from `first` to `last` as one.
  Tensor flatten(int first = 0, int last = -1, const Where& where = Where::current()) const;
  /// Parts of those sizes along an axis.
  std::vector<Tensor> split(const std::vector<std::int64_t>& sizes, int axis = 0,
                            const Where& where = Where::current()) const;

  // Reductions (tensor/reduce.hpp). No axes: all of them. `keep` keeps reduced axes with size 1.

  /// Sums of float16 and bfloat16 are made in float32; sums of bool and of integers below 32 bits are int32.
  Tensor sum(const Axes& axes = {}, bool keep = false, const Where& where = Where::current()) const;
  Tensor prod(const Axes& axes = {}, bool keep = false, const Where& where = Where::current()) const;
  /// A NaN among the elements makes the result NaN; so does `min`.
  Tensor max(const Axes& axes = {}, bool keep = false, const Where& where = Where::current()) const;
  Tensor min(const Axes& axes = {}, bool keep = false, const Where& where = Where::current()) const;
  /// The mean; of integers in float32.
  Tensor mean(const Axes& axes = {}, bool keep = false, const Where& where = Where::current()) const;
  /// The sum of squared distances from the mean, over the number of elements less `correction`.
  Tensor var(const Axes& axes = {}, double correction = 1, bool keep = false,
             const Where& where = Where::current()) const;
  Tensor std(const Axes& axes = {}, double correction = 1, bool keep = false,
             const Where& where = Where::current()) const;
  Tensor any(const Axes& axes = {}, bool keep = false, const Where& where = Where::current()) const;
  Tensor all(const Axes& axes = {}, bool keep = false, const Where& where = Where::current()) const;
  /// The place of the greatest element, as int32: the first of equal ones, and of a NaN where there is one.
  Tensor argmax(int axis = -1, bool keep = false, const Where& where = Where::current()) const;
  Tensor argmin(int axis = -1, bool keep = false, const Where& where = Where::current()) const;

  // Products and losses (tensor/matmul.hpp, tensor/softmax.hpp)
  Tensor matmul(const Tensor& other, const Where& where = Where::current()) const;
  Tensor softmax(int axis = -1, const Where& where = Where::current()) const;
  Tensor log_softmax(int axis = -1, const Where& where = Where::current()) const;
  Tensor cross_entropy(const Tensor& labels, const Where& where = Where::current()) const;
  Tensor one_hot(std::int64_t classes, const Where& where = Where::current()) const;

 private:
  friend class Memory;

  void write_bytes(std::span<const std::byte> bytes, std::size_t count, DType dtype, const Where& where) const;
  void read_bytes(std::span<std::byte> bytes, std::size_t count, DType dtype, const Where& where) const;

  SharedOwner<detail::TensorState> state_;
};

namespace detail {

inline Dim dim_of(Context& context, Node node) {
  const Graph& graph = context.graph();
  if (graph.is_constant(node)) return Dim(graph.scalar(node).as_int());
  if (graph.op(node) == Op::variable) return Dim(context, node, 0);
  if (graph.op(node) == Op::add && graph.op(graph.source(node, 0)) == Op::variable &&
      graph.is_constant(graph.source(node, 1)))
    return Dim(context, graph.source(node, 0), graph.scalar(graph.source(node, 1)).as_int());
  throw ShapeError("a dimension is an expression; expected a number, or a variable plus a number");
}

inline Dims dims_of(Context& context, Node node) {
  Dims dims;
  for (Node dim : shape_of(context.graph(), node)) dims.append(dim_of(context, dim));
  return dims;
}

inline Node dim_node(Context& context, const Dim& dim) {
  Graph& graph = context.graph();
  if (dim.is_constant()) return graph.constant(DType::index, dim.offset());
  if (dim.context() != &context) throw Error("a variable of another context stands for a dimension");
  if (dim.offset() == 0) return dim.variable();
  return add(graph, dim.variable(), dim.offset());
}

inline Shape dim_nodes(Context& context, const Dims& dims) {
  Shape nodes;
  for (const Dim& dim : dims) nodes.push_back(dim_node(context, dim));
  return nodes;
}

/// The dimension with the value that its variable has now.
inline std::int64_t value_of(Context& context, const Dim& dim) {
  return dim.offset() + (dim.is_constant() ? 0 : context.value_of(dim.variable()));
}

/// The least value that the dimension can have.
inline std::int64_t least_of(const Context& context, const Dim& dim) {
  if (dim.is_constant()) return dim.offset();
  const Graph& graph = context.graph();
  return dim.offset() + graph.scalar(graph.source(dim.variable(), 0)).as_int();
}

/// The greatest value that the dimension can have.
inline std::int64_t limit_of(const Context& context, const Dim& dim) {
  if (dim.is_constant()) return dim.offset();
  const Graph& graph = context.graph();
  return dim.offset() + graph.scalar(graph.source(dim.variable(), 1)).as_int();
}

inline std::string shape_text(const Tensor& x) { return dims_text(&x.graph(), x.shape()); }

/// `axis` counted from the front. Throws ShapeError when it is out of range.
inline unsigned axis_of(const Located& at, int axis, std::size_t rank, const char* what) {
  const int size = static_cast<int>(rank);
  if (axis < -size || axis >= size)
    at.fail(std::string(what) + ": axis " + std::to_string(axis) + " for a tensor of rank " + std::to_string(rank) +
            ", expected " + (rank == 0 ? "none" : std::to_string(-size) + " to " + std::to_string(size - 1)));
  return static_cast<unsigned>(axis < 0 ? axis + size : axis);
}

/// A bit for each axis; none given: all of them. Throws ShapeError for an axis out of range or given twice.
inline std::uint32_t axis_mask(const Located& at, const Axes& axes, std::size_t rank, const char* what) {
  if (axes.all()) return (1u << rank) - 1;
  std::uint32_t mask = 0;
  for (int axis : axes) {
    const std::uint32_t bit = 1u << axis_of(at, axis, rank, what);
    if ((mask & bit) != 0) at.fail(std::string(what) + ": axis " + std::to_string(axis) + " is given twice");
    mask |= bit;
  }
  return mask;
}

}  // namespace detail

inline Context& Tensor::context() const {
  if (!state_) throw Error("an empty tensor is used; expected one that was given a value");
  if (state_->context == nullptr) throw Error("a tensor is used whose context is gone");
  return *state_->context;
}

inline Dims Tensor::shape() const { return detail::dims_of(context(), node()); }

inline Dim Tensor::size(int axis, const Where& where) const {
  const Located at(context(), where);
  return shape()[detail::axis_of(at, axis, rank(), "size")];
}

inline std::int64_t Tensor::numel() const {
  std::int64_t count = 1;
  for (const Dim& dim : shape()) count *= detail::value_of(context(), dim);
  return count;
}

}  // namespace v0
}  // namespace whittle
