// The plain evaluator: what a tensor graph means, computed node by node as the user built it. Slow and obvious;
// it uses no rule, no folding and no lowering, so that all of those can be checked against it.
//
// - Operators on numbers: scalar_operation.hpp; a user's operator: its own `evaluate`.
// - reduce folds in row-major order, starting from the operator's neutral element (so a sum of -0 is +0), in
//   float32 for float16, bfloat16 and float32; invalid elements are left out.
// - invalid is 0 where it reaches the result; an operator with an invalid operand is invalid, `where` only if
//   the operand it takes is; a load from an invalid address is invalid, a store to one does nothing.
// - pad adds zeros. A buffer has rank 1, and is what was bound to it; `after` is its source once the stores
//   below have been done, in the order of the graph. A buffer that nothing is bound to is zero before its
//   first store, and may not be read.
// - Of memory, whole tensors are known, and index [buffer, offsets] as a gather or scatter on the flat buffer.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <whittle/core/status.hpp>
#include <whittle/ir/array.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/text.hpp>
#include <whittle/ir/walk.hpp>

namespace whittle {
inline namespace v0 {

/// What the leaves of a graph are: the contents of buffers and the values of variables.
struct Bindings {
  std::vector<std::pair<Node, Array>> buffers;
  std::vector<std::pair<Node, std::int64_t>> variables;

  const Array* content(Node buffer) const {
    for (const auto& [node, array] : buffers)
      if (node == buffer) return &array;
    return nullptr;
  }
  const std::int64_t* value(Node variable) const {
    for (const auto& [node, number] : variables)
      if (node == variable) return &number;
    return nullptr;
  }
};

namespace detail {

/// Row-major positions in an array of some shape.
inline void unravel(std::size_t flat, const std::vector<std::int64_t>& shape, std::vector<std::int64_t>& index) {
  index.resize(shape.size());
  for (std::size_t k = shape.size(); k-- > 0;) {
    index[k] = static_cast<std::int64_t>(flat % static_cast<std::size_t>(shape[k]));
    flat /= static_cast<std::size_t>(shape[k]);
  }
}
inline std::size_t ravel(const std::vector<std::int64_t>& index, const std::vector<std::int64_t>& shape) {
  std::size_t flat = 0;
  for (std::size_t k = 0; k < shape.size(); ++k)
    flat = flat * static_cast<std::size_t>(shape[k]) + static_cast<std::size_t>(index[k]);
  return flat;
}

template <class G>
class Evaluator {
 public:
  Evaluator(const G& graph, const v0::Bindings& bindings) : g_(graph), bindings_(bindings), values_(graph.size()) {}

  Status run(Node root, Array& result) {
    for (Node n : topological_order(g_, root)) {
      if (has_value(n)) evaluate(n);
      if (!fault_.ok()) return fault_;
    }
    if (!has_value(root)) return fail(root, "has no value"), fault_;
    const Array& value = value_of(root);
    if (!fault_.ok()) return fault_;
    result = value;
    for (Scalar& x : result.elements)
      if (x.dtype == DType::none) x = {result.dtype, 0};
    return {};
  }

 private:
  using Dims = std::vector<std::int64_t>;
  static constexpr std::int64_t most_elements = std::int64_t{1} << 28;

  bool has_value(Node n) const {
    switch (g_.op(n)) {
    case Op::index:
    case Op::store:
    case Op::group:
    case Op::sink:
    case Op::end:
    case Op::barrier: return false;
    default: return true;
    }
  }
  bool is_memory(Node n) const { return g_.op(n) == Op::buffer || g_.op(n) == Op::parameter; }

  void fail(Node n, const std::string& what) {
    if (fault_.ok())
      fault_ = Status::failure(op_text(g_, g_.op(n)) + " (node " + number_text(number_of(n)) + ") " + what);
  }

  /// A value that was computed before. An array without dtype is that of a buffer without content.
  const Array& value_of(Node n) {
    const Array& value = values_[number_of(n)];
    if (value.dtype == DType::none) fail(base_of(n), "is read, but nothing is bound to it");
    return value;
  }
  const Array& source(Node n, std::uint32_t i) { return value_of(g_.source(n, i)); }
  std::int64_t dim(Node n, std::uint32_t i) {
    const Array& value = source(n, i);
    if (!value.elements.empty()) return value.elements[0].as_int();
    fail(n, "has a dimension that is not a number");
    return 0;
  }

  bool check_size(Node n, const Dims& shape) {
    int128 size = 1;
    for (std::int64_t d : shape) {
      if (d < 0) return fail(n, "has a negative dimension"), false;
      size *= d;
      if (size > most_elements) return fail(n, "is too large for the plain evaluator"), false;
    }
    return fault_.ok();
  }
  Array zeros(Node n, const Dims& shape, DType dtype) {
    return check_size(n, shape) ? Array::filled(shape, number(dtype, 0)) : Array{};
  }

  void evaluate(Node n) {
    Array& value = values_[number_of(n)];
    const Op op = g_.op(n);
    if (is_elementwise(op)) return void(value = elementwise(n));
    if (is_movement(op)) return void(value = view(n));
    switch (op) {
    case Op::constant: value = Array::of(g_.scalar(n)); break;
    case Op::invalid: value = {g_.dtype(n), {}, {Scalar{}}}; break;
    case Op::variable: value = variable(n); break;
    case Op::buffer:
    case Op::parameter: value = buffer(n); break;
    case Op::reduce: value = reduce(n); break;
    case Op::iota: value = iota(n); break;
    case Op::load: value = load(n); break;
    case Op::after: value = after(n); break;
    case Op::contiguous:
    case Op::detach: value = source(n, 0); break;
    default: value = user_operator(n);
    }
  }

  Array variable(Node n) {
    const std::int64_t* const bound = bindings_.value(n);
    if (bound == nullptr) return fail(n, quoted_text(g_.text_at(g_.argument(n))) + " has no value"), Array{};
    if (*bound < dim(n, 0) || *bound > dim(n, 1))
      return fail(n, quoted_text(g_.text_at(g_.argument(n))) + " is " + number_text(*bound) + ", out of its bounds"),
             Array{};
    return Array::of(int_scalar(g_.dtype(n), *bound));
  }

  Array buffer(Node n) {
    const Array* const content = bindings_.content(n);
    if (content == nullptr) return {};
    const std::int64_t size = dim(n, 0);
    if (content->dtype != g_.dtype(n) || static_cast<std::int64_t>(content->elements.size()) != size)
      return fail(n, "is bound to " + number_text(content->elements.size()) + " elements of " +
                         std::string(name(content->dtype)) + ", expected " + number_text(size) + " of " +
                         std::string(name(g_.dtype(n)))),
             Array{};
    return {content->dtype, {size}, content->elements};
  }

  Array iota(Node n) {
    Array result = zeros(n, {dim(n, 0)}, g_.dtype(n));
    for (std::size_t i = 0; i < result.elements.size(); ++i) {
      const Scalar position{DType::index, i};
      const auto element = operate(Op::cast, result.dtype, std::span<const Scalar>(&position, 1));
      result.elements[i] = element.value_or(Scalar{});
    }
    return result;
  }

  Array elementwise(Node n) {
    const std::uint32_t arity = g_.arity(n);
    if (arity == 0 || arity > 3) return fail(n, "has the wrong number of sources"), Array{};
    const Array* sources[3] = {};
    Dims shape;
    for (std::uint32_t i = 0; i < arity; ++i) {
      sources[i] = &source(n, i);
      if (sources[i]->shape.empty()) continue;
      if (!shape.empty() && shape != sources[i]->shape) return fail(n, "has sources of different shapes"), Array{};
      shape = sources[i]->shape;
    }
    if (!fault_.ok()) return {};
    Array result = zeros(n, shape, g_.dtype(n));
    for (std::size_t k = 0; k < result.elements.size() && fault_.ok(); ++k) {
      Scalar x[3];
      for (std::uint32_t i = 0; i < arity; ++i) x[i] = sources[i]->elements[sources[i]->shape.empty() ? 0 : k];
      result.elements[k] = element(n, std::span<const Scalar>(x, arity));
    }
    return result;
  }
  Scalar element(Node n, std::span<const Scalar> x) {
    const bool chooses = g_.op(n) == Op::where && x.size() == 3 && x[0].dtype != DType::none;
    if (chooses) return x[0].as_bool() ? x[1] : x[2];
    for (const Scalar& s : x)
      if (s.dtype == DType::none) return {};
    const auto result = compute(n, x);
    if (!result)
      fail(n, "cannot be computed in " + std::string(name(g_.dtype(n))) + " from " + constant_text(x[0]) +
                  (x.size() > 1 ? " and " + constant_text(x[1]) : ""));
    return result.value_or(Scalar{});
  }

  std::optional<Scalar> compute(Node n, std::span<const Scalar> x) const {
    if (!is_user_op(g_.op(n))) return operate(g_.op(n), g_.dtype(n), x);
    return find_operator(g_, g_.op(n))->evaluate(g_.dtype(n), x);
  }

  Array user_operator(Node n) {
    const UserOperator* const known = is_user_op(g_.op(n)) ? find_operator(g_, g_.op(n)) : nullptr;
    if (known == nullptr) return fail(n, "is no operator of a tensor graph"), Array{};
    if (known->arity != g_.arity(n)) return fail(n, "has the wrong number of sources"), Array{};
    if (known->evaluate != nullptr) return elementwise(n);
    if (known->evaluate_arrays == nullptr) return fail(n, "has no evaluate to be computed with"), Array{};
    std::vector<Array> sources;
    for (std::uint32_t i = 0; i < g_.arity(n); ++i) sources.push_back(source(n, i));
    if (!fault_.ok()) return {};
    Array result = known->evaluate_arrays(sources);
    std::size_t size = 1;
    for (std::int64_t d : result.shape) size *= static_cast<std::size_t>(d);
    if (result.dtype != g_.dtype(n) || result.elements.size() != size)
      return fail(n, "is evaluated to an array of another dtype or size than it has"), Array{};
    return result;
  }

  // Movement

  Array view(Node n) {
    const Array& from = values_[number_of(g_.source(n, 0))];
    if (from.dtype == DType::none) return {};  // a view of a buffer that is only stored to
    return move(n, from, number(g_.dtype(n), 0));
  }

  Dims moved_shape(Node n, const Dims& from) {
    Dims shape = from;
    const Op op = g_.op(n);
    const std::size_t bounds = g_.arity(n) - 1;
    if (op == Op::reshape || op == Op::expand) {
      shape.clear();
      for (std::uint32_t i = 1; i < g_.arity(n); ++i) shape.push_back(dim(n, i));
      if (op == Op::expand && shape.size() != from.size()) fail(n, "changes the rank");
    } else if (op == Op::permute) {
      for (unsigned k = 0; k < shape.size(); ++k) {
        const unsigned axis = permuted_axis(g_.argument(n), k);
        if (axis >= from.size()) return fail(n, "has an axis that is not below the rank"), shape;
        shape[k] = from[axis];
      }
    } else if (op == Op::pad || op == Op::shrink) {
      if (bounds != 2 * from.size()) return fail(n, "needs a pair of bounds for each axis"), shape;
      for (std::uint32_t k = 0; k < shape.size(); ++k) {
        const std::int64_t a = dim(n, 2 * k + 1), b = dim(n, 2 * k + 2);
        if (a < 0 || b < 0 || (op == Op::shrink && (a > b || b > from[k]))) fail(n, "has bounds beyond its source");
        if (a > most_elements || b > most_elements) fail(n, "is too large for the plain evaluator");
        if (fault_.ok()) shape[k] = op == Op::pad ? a + shape[k] + b : b - a;
      }
    }
    return shape;
  }

  /// The element of the source that element `index` of the result is; nothing: the result is padded there.
  bool source_index(Node n, const Dims& from, const Dims& to, std::size_t flat, Dims& index, Dims& scratch) {
    unravel(flat, to, index);
    switch (g_.op(n)) {
    case Op::reshape: unravel(flat, from, index); return true;
    case Op::expand:
      for (std::size_t k = 0; k < index.size(); ++k)
        if (from[k] == 1) index[k] = 0;
      return true;
    case Op::permute:
      scratch = index;
      for (unsigned k = 0; k < index.size(); ++k) index[permuted_axis(g_.argument(n), k)] = scratch[k];
      return true;
    case Op::flip:
      for (std::size_t k = 0; k < index.size(); ++k)
        if (((g_.argument(n) >> k) & 1u) != 0) index[k] = from[k] - 1 - index[k];
      return true;
    case Op::shrink:
      for (std::uint32_t k = 0; k < index.size(); ++k) index[k] += dim(n, 2 * k + 1);
      return true;
    default:  // pad
      for (std::uint32_t k = 0; k < index.size(); ++k) {
        index[k] -= dim(n, 2 * k + 1);
        if (index[k] < 0 || index[k] >= from[k]) return false;
      }
      return true;
    }
  }

  Array move(Node n, const Array& from, Scalar padding) {
    const Dims shape = moved_shape(n, from.shape);
    if (!check_size(n, shape)) return {};
    Array result = Array::filled(shape, padding);
    if (g_.op(n) == Op::reshape && result.elements.size() != from.elements.size())
      return fail(n,
                  "makes " + number_text(result.elements.size()) + " elements of " + number_text(from.elements.size())),
             Array{};
    if (g_.op(n) == Op::expand)
      for (std::size_t k = 0; k < shape.size(); ++k)
        if (from.shape[k] != 1 && from.shape[k] != shape[k])
          return fail(n, "changes a dimension that is not 1"), Array{};
    Dims index, scratch;
    for (std::size_t k = 0; k < result.elements.size(); ++k)
      if (source_index(n, from.shape, shape, k, index, scratch))
        result.elements[k] = from.elements[ravel(index, from.shape)];
    return result;
  }

  // Reduce

  Array reduce(Node n) {
    const auto argument = unpack<ReduceArgument>(g_.argument(n));
    const DType dtype = g_.dtype(n);
    const DType held = bits(dtype) == 16 && is_float(dtype) ? DType::float32 : dtype;
    const Array& from = source(n, 0);
    const auto start = fold_start(argument.op, held);
    if (!fault_.ok()) return {};
    if (!start || g_.arity(n) != 1) return fail(n, "is no reduce of a tensor graph"), Array{};
    Dims shape = from.shape;
    for (std::size_t k = 0; k < shape.size(); ++k)
      if (((argument.axes >> k) & 1u) != 0) shape[k] = 1;
    if (!check_size(n, shape)) return {};
    Array result = Array::filled(shape, *start);
    Dims index;
    for (std::size_t i = 0; i < from.elements.size() && fault_.ok(); ++i) {
      if (from.elements[i].dtype == DType::none) continue;
      unravel(i, from.shape, index);
      for (std::size_t k = 0; k < shape.size(); ++k) index[k] = shape[k] == 1 ? 0 : index[k];
      Scalar& sum = result.elements[ravel(index, shape)];
      const Scalar pair[2] = {sum, {held, from.elements[i].bits}};
      const auto next = operate(argument.op, held, pair);
      if (!next) fail(n, "cannot be computed in " + std::string(name(dtype)));
      sum = next.value_or(Scalar{});
    }
    result.dtype = dtype;
    for (Scalar& x : result.elements) x = is_float(dtype) ? float_scalar(dtype, x.as_double()) : Scalar{dtype, x.bits};
    return result;
  }

  // Memory

  /// The buffer that a view, or a view of an `after`, looks at; else the node that is no view.
  Node base_of(Node n) const {
    while (is_movement(g_.op(n)) || g_.op(n) == Op::after || g_.op(n) == Op::index) n = g_.source(n, 0);
    return n;
  }

  /// For each element of a store's target its position in the buffer; invalid where it has none.
  Array positions(Node target) {
    std::vector<Node> views;
    Node n = target;
    for (; is_movement(g_.op(n)) || g_.op(n) == Op::after; n = g_.source(n, 0))
      if (g_.op(n) != Op::after) views.push_back(n);
    if (g_.op(n) == Op::index) {
      if (views.empty() && is_memory(base_of(n))) return source(n, 1);
    } else if (is_memory(n)) {
      Array result = zeros(n, {dim(n, 0)}, DType::index);
      for (std::size_t i = 0; i < result.elements.size(); ++i) result.elements[i].bits = i;
      for (std::size_t k = views.size(); k-- > 0 && fault_.ok();) result = move(views[k], result, Scalar{});
      return result;
    }
    fail(target, "is stored to, but is no view of a buffer");
    return {};
  }

  bool in_bounds(Node n, Node base, std::int64_t offset, std::size_t size) {
    if (offset >= 0 && static_cast<std::uint64_t>(offset) < size) return true;
    fail(n, "touches element " + number_text(offset) + " of " + op_text(g_.op(base)) + " (node " +
                number_text(number_of(base)) + "), which has " + number_text(size));
    return false;
  }

  Array load(Node n) {
    const Node address = g_.arity(n) == 0 ? Node::none : g_.source(n, 0);
    if ((g_.arity(n) != 1 && g_.arity(n) != 3) || g_.op(address) != Op::index)
      return fail(n, "is no load from an index"), Array{};
    const Array& memory = source(address, 0);
    const Array& offsets = source(address, 1);
    const Array *const alternative = g_.arity(n) == 3 ? &source(n, 1) : nullptr, *const gate = alternative
                                                                                                   ? &source(n, 2)
                                                                                                   : nullptr;
    if (!fault_.ok()) return {};
    const auto at = [](const Array& array, std::size_t i) { return array.elements[array.shape.empty() ? 0 : i]; };
    Array result{g_.dtype(n), offsets.shape, {}};
    for (std::size_t i = 0; i < offsets.elements.size(); ++i) {
      const Scalar offset = offsets.elements[i];
      Scalar value;
      if (gate != nullptr && !at(*gate, i).as_bool())
        value = at(*alternative, i);
      else if (offset.dtype == DType::none)
        value = {};
      else if (in_bounds(n, base_of(address), offset.as_int(), memory.elements.size()))
        value = memory.elements[static_cast<std::size_t>(offset.as_int())];
      result.elements.push_back(value);
    }
    return result;
  }

  void apply_store(Node n, Array& content) {
    if (g_.arity(n) < 2) return fail(n, "has no value to store");
    const Array places = positions(g_.source(n, 0));
    const Array& value = source(n, 1);
    const Array* const gate = g_.arity(n) > 2 ? &source(n, 2) : nullptr;
    if (!fault_.ok()) return;
    if (!value.shape.empty() && value.shape != places.shape)
      return fail(n, "has a value of another shape than its target");
    for (std::size_t i = 0; i < places.elements.size(); ++i) {
      const Scalar place = places.elements[i], x = value.elements[value.shape.empty() ? 0 : i];
      if (place.dtype == DType::none || x.dtype == DType::none) continue;
      if (gate != nullptr && !gate->elements[gate->shape.empty() ? 0 : i].as_bool()) continue;
      if (!in_bounds(n, base_of(n), place.as_int(), content.elements.size())) return;
      content.elements[static_cast<std::size_t>(place.as_int())] = x;
    }
  }

  /// Whether memory that a node stands for can depend on stores below this source of it.
  bool orders(Node n, std::uint32_t i) const {
    switch (g_.op(n)) {
    case Op::after:
    case Op::group:
    case Op::sink:
    case Op::end:
    case Op::barrier: return true;
    case Op::store:
    case Op::index: return i == 0;
    default: return is_movement(g_.op(n)) && i == 0;
    }
  }

  /// The stores to `base` that must be done before `n`, in order.
  std::vector<Node> stores_before(Node n, Node base) const {
    std::vector<Node> stores;
    std::vector<bool> seen(g_.size());
    std::vector<std::pair<Node, std::uint32_t>> path{{n, 0}};
    while (!path.empty()) {
      const auto [top, next] = path.back();
      if (next < g_.arity(top)) {
        ++path.back().second;
        const Node below = g_.source(top, next);
        if (!orders(top, next) || seen[number_of(below)]) continue;
        seen[number_of(below)] = true;
        path.push_back({below, 0});
        continue;
      }
      if (g_.op(top) == Op::store && g_.arity(top) != 0 && base_of(g_.source(top, 0)) == base) stores.push_back(top);
      path.pop_back();
    }
    return stores;
  }

  Array after(Node n) {
    const Node base = base_of(n);
    if (!is_memory(base)) return source(n, 0);
    const Array* const bound = &values_[number_of(base)];
    Array content = bound->dtype != DType::none ? *bound : zeros(base, {dim(base, 0)}, g_.dtype(base));
    for (Node store : stores_before(n, base)) apply_store(store, content);
    std::vector<Node> views;
    for (Node m = n; m != base; m = g_.source(m, 0))
      if (is_movement(g_.op(m))) views.push_back(m);
    for (std::size_t k = views.size(); k-- > 0 && fault_.ok();)
      content = move(views[k], content, number(g_.dtype(n), 0));
    return content;
  }

  const G& g_;
  const v0::Bindings& bindings_;  // match/ has another `Bindings` in namespace detail
  std::vector<Array> values_;
  Status fault_;
};

}  // namespace detail

/// The value of `root`, a node of a tensor graph. A failure says which node could not be computed and why.
template <class G>
Status evaluate(const G& graph, Node root, const Bindings& bindings, Array& result) {
  return detail::Evaluator<G>(graph, bindings).run(root, result);
}

}  // namespace v0
}  // namespace whittle
