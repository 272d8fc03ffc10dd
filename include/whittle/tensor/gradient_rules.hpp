// Reverse-mode differentiation as rules: what the gradient by an operator's result gives each of its sources.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <whittle/ir/expression.hpp>
#include <whittle/ir/shape.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/ir/user_operator.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/match.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// The sum over axes, which stay with size 1: half precision adds up in float32.
template <class G>
Node summed(G& graph, Node x, std::uint32_t axes) {
  if (axes == 0) return x;
  const DType dtype = graph.dtype(x);
  return cast(graph, reduce(graph, cast(graph, x, bits(dtype) < 32 ? DType::float32 : dtype), Op::add, axes), dtype);
}

/// Pairs of what lies before and behind the part [begin, end) of each axis of `whole`.
template <class G>
std::vector<Node> outside(G& graph, const Shape& whole, std::span<const Node> bounds) {
  std::vector<Node> pairs;
  for (std::size_t k = 0; k < whole.size(); ++k) {
    pairs.push_back(bounds[2 * k]);
    pairs.push_back(dim_sub(graph, whole[k], bounds[2 * k + 1]));
  }
  return pairs;
}

/// Bounds of what lies between the paddings of each axis of `inner`.
template <class G>
std::vector<Node> inside(G& graph, const Shape& inner, std::span<const Node> paddings) {
  std::vector<Node> pairs;
  for (std::size_t k = 0; k < inner.size(); ++k) {
    pairs.push_back(paddings[2 * k]);
    pairs.push_back(dim_add(graph, paddings[2 * k], inner[k]));
  }
  return pairs;
}

template <class G>
std::vector<Node> later_sources(const G& graph, Node n) {
  return {graph.sources(n).begin() + 1, graph.sources(n).end()};
}

inline constexpr double natural_log_of_2 = 0.693147180559945309417232121458;
inline constexpr double right_angle = 1.57079632679489661923132169164;

}  // namespace detail

namespace gradients {

using namespace dsl;
using dsl::var;  // tensors have a function of that name

inline constexpr auto x = var<"x">, y = var<"y">, z = var<"z">, c = var<"c">, g = var<"g">;

// An entry for a source without a gradient (the condition of a where) is there for its place alone.
// clang-format off
inline constexpr auto elementwise_rules = rules<floating>("gradient of elementwise operators",
    pullback(-x, g)                           >>= group(-g),
    pullback(reciprocal(x).as<"y">(), g)      >>= group(-(g * y * y)),
    pullback(exp(x).as<"y">(), g)             >>= group(g * y),
    pullback(log(x), g)                       >>= group(g / x),
    pullback(exp2(x).as<"y">(), g)            >>= group(g * y * detail::natural_log_of_2),
    pullback(log2(x), g)                      >>= group(g / (x * detail::natural_log_of_2)),
    pullback(sin(x), g)                       >>= group(g * sin(x + detail::right_angle)),
    pullback(sqrt(x).as<"y">(), g)            >>= group(g * 0.5 / y),
    pullback(contiguous(x), g)                >>= group(g),

    pullback(x + y, g)                        >>= group(g, g),
    pullback(x - y, g)                        >>= group(g, -g),
    pullback(x * y, g)                        >>= group(g * y, g * x),
    pullback(fdiv(x, y).as<"z">(), g)         >>= group(g / y, -(g * z / y)),
    pullback(pow(x, y).as<"z">(), g)          >>= group(g * y * pow(x, y - 1),
                                                        where(x > 0, g * z * (log2(x) * detail::natural_log_of_2), 0)),
    pullback(max(x, y), g)                    >>= group(where(x > y, g, where(x == y, g * 0.5, 0)),
                                                        where(x < y, g, where(x == y, g * 0.5, 0))),
    pullback(min(x, y), g)                    >>= group(where(x < y, g, where(x == y, g * 0.5, 0)),
                                                        where(x > y, g, where(x == y, g * 0.5, 0))),

    pullback(where(c, x, y), g)               >>= group(c, where(c, g, 0), where(c, 0, g)),
    pullback(node<Op::fma>(x, y, z), g)       >>= group(g * y, g * x, g));

inline constexpr auto structural_rules = rules<structural>("gradient of casts, movement and reductions",
    pullback(cast(x), g) >>= with(x, g)([](auto& graph, auto source, auto gradient) {
      return v0::group(graph, {v0::cast(graph, gradient, graph.dtype(source))});
    }),
    pullback(and_more(node<Op::reshape>(x)), g) >>= with(x, g)([](auto& graph, auto source, auto gradient) {
      return v0::group(graph, {v0::reshape(graph, gradient, shape_of(graph, source))});
    }),
    pullback(and_more(node<Op::expand>(x)), g) >>= with(x, g)([](auto& graph, auto source, auto gradient) {
      const Shape from = shape_of(graph, source), to = shape_of(graph, gradient);
      std::uint32_t axes = 0;
      for (std::size_t k = 0; k < from.size(); ++k)
        if (!(from[k] == to[k])) axes |= 1u << k;
      return v0::group(graph, {detail::summed(graph, gradient, axes)});
    }),
    pullback(node<Op::permute>(x).as<"y">(), g) >>= with(x, y, g)([](auto& graph, auto source, auto result, auto gradient) {
      unsigned inverse[max_rank] = {};
      const std::size_t rank = shape_of(graph, source).size();
      for (unsigned k = 0; k < rank; ++k) inverse[permuted_axis(graph.argument(result), k)] = k;
      return v0::group(graph, {v0::permute(graph, gradient, std::span<const unsigned>(inverse, rank))});
    }),
    pullback(and_more(node<Op::pad>(x)).template as<"y">(), g) >>= with(x, y, g)([](auto& graph, auto source, auto result, auto gradient) {
      const std::vector<Node> paddings = detail::later_sources(graph, result);
      return v0::group(graph, {v0::shrink(graph, gradient, detail::inside(graph, shape_of(graph, source), paddings))});
    }),
    pullback(and_more(node<Op::shrink>(x)).template as<"y">(), g) >>= with(x, y, g)([](auto& graph, auto source, auto result, auto gradient) {
      const std::vector<Node> bounds = detail::later_sources(graph, result);
      return v0::group(graph, {v0::pad(graph, gradient, detail::outside(graph, shape_of(graph, source), bounds))});
    }),
    pullback(node<Op::flip>(x).as<"y">(), g) >>= with(y, g)([](auto& graph, auto result, auto gradient) {
      return v0::group(graph, {v0::flip(graph, gradient, graph.argument(result))});
    }),
    pullback(node<Op::reduce>(x).as<"y">(), g) >>= with(x, y, g)([](auto& graph, auto source, auto result, auto gradient) {
      const auto [op, unused, axes] = unpack<ReduceArgument>(graph.argument(result));
      const Shape shape = shape_of(graph, source);
      const Node spread = v0::expand(graph, gradient, shape), found = v0::expand(graph, result, shape);
      if (op == Op::add) return v0::group(graph, {spread});
      if (op == Op::mul) return v0::group(graph, {fdiv(graph, mul(graph, spread, found), source)});
      // The greatest or least: equal ones share the gradient.
      const Node chosen = equal(graph, source, found), zero = graph.constant(graph.dtype(gradient), 0);
      const Node ones = v0::where(graph, chosen, graph.constant(graph.dtype(gradient), 1), zero);
      const Node share = fdiv(graph, gradient, detail::summed(graph, ones, axes));
      return v0::group(graph, {v0::where(graph, chosen, v0::expand(graph, share, shape), zero)});
    }));
// clang-format on

}  // namespace gradients

/// What `pullback(y, g)` becomes, for every operator that has a gradient.
inline constexpr auto gradient_rules =
    concatenate("gradient", gradients::elementwise_rules, gradients::structural_rules);

namespace detail {

/// Whether a change of a source changes the node's value smoothly; what lies in memory is a leaf.
template <class G>
bool passes_gradients(const G& graph, Node n) {
  const Op op = graph.op(n);
  return is_float(graph.dtype(n)) && op != Op::detach && op != Op::after && op != Op::trunc && op != Op::bitcast &&
         op != Op::buffer;
}

/// The gradient as the source's shape: a source of rank 0 met every element, and gets their sum.
template <class G>
Node fitted(G& graph, Node gradient, Node source) {
  const Shape from = shape_of(graph, gradient), to = shape_of(graph, source);
  if (from.size() == to.size()) return gradient;
  return reshape(graph, summed(graph, gradient, (1u << from.size()) - 1), to);
}

/// One reverse walk from `loss`: users before sources, contributions added up.
template <class Matcher, class G>
class ReverseWalk {
 public:
  ReverseWalk(G& graph, Node loss, std::span<const Node> by)
      : graph_(graph),
        order_(topological_order(graph, loss)),
        wanted_(graph.size()),
        gradients_(graph.size()) {
    for (Node n : by) wanted_[number_of(n)] = true;
    for (Node n : order_) {
      if (wanted_[number_of(n)] || !passes_gradients(graph_, n)) continue;
      for (Node source : graph_.sources(n)) wanted_[number_of(n)] = wanted_[number_of(n)] || wanted_[number_of(source)];
    }
    gradients_[number_of(loss)] = spread_one(loss);
  }

  /// ok, or which operator has no rule.
  Status run() {
    for (std::size_t i = order_.size(); i-- > 0;) {
      const Node n = order_[i], gradient = gradients_[number_of(n)];
      if (gradient == Node::none || !reaches_further(n)) continue;
      const std::uint32_t before = graph_.size();
      const Node parts = pulled_back(n, pullback(graph_, n, gradient));
      if (parts == Node::none) return Status::failure("no gradient rule for operator " + op_text(graph_, graph_.op(n)));
      if (Status status = check_parts(n, parts); !status.ok()) return status;
      give(n, parts);
      for (std::uint32_t made = before; made < graph_.size(); ++made) graph_.set_origin(Node{made}, graph_.origin(n));
    }
    return {};
  }

  /// Node::none where the loss does not depend on `n`.
  Node operator[](Node n) const { return gradients_[number_of(n)]; }

 private:
  Node spread_one(Node loss) {
    const Node one = graph_.constant(graph_.dtype(loss), 1);
    const Shape shape = shape_of(graph_, loss);
    return shape.empty() ? one : reshape(graph_, one, shape);
  }

  /// What the rules of a node's operator make of its pullback: a group, or none.
  Node pulled_back(Node n, Node pullback) {
    if (is_user_op(graph_.op(n))) {
      const UserOperator* const known = find_operator(graph_, graph_.op(n));
      return known != nullptr && known->gradient != nullptr ? known->gradient(graph_, pullback) : Node::none;
    }
    typename Matcher::context_type context{};
    return Matcher::match(graph_, pullback, context).node;
  }

  /// Whether the rule of a user's operator gives each source what it can take.
  Status check_parts(Node n, Node parts) {
    if (!is_user_op(graph_.op(n))) return {};
    const std::string rule = "the gradient rule of " + op_text(graph_, graph_.op(n)) + " gives ";
    if (graph_.op(parts) != Op::group || graph_.arity(parts) != graph_.arity(n))
      return Status::failure(rule + expression(graph_, parts, 200) + ", expected a group of " +
                             std::to_string(graph_.arity(n)));
    for (std::uint32_t k = 0; k < graph_.arity(n); ++k) {
      const Node part = graph_.source(parts, k), source = graph_.source(n, k);
      const Shape from = shape_of(graph_, part), to = shape_of(graph_, source);
      if (graph_.dtype(part) == graph_.dtype(source) && (from == to || to.empty())) continue;
      return Status::failure(rule + std::string(name(graph_.dtype(part))) + " " + shape_text(graph_, from) +
                             " for operand " + std::to_string(k) + ", which is " +
                             std::string(name(graph_.dtype(source))) + " " + shape_text(graph_, to));
    }
    return {};
  }

  bool reaches_further(Node n) const {
    if (!passes_gradients(graph_, n)) return false;
    for (Node source : graph_.sources(n))
      if (wanted_[number_of(source)]) return true;
    return false;
  }

  void give(Node n, Node group) {
    for (std::uint32_t k = 0; k < graph_.arity(group); ++k) {
      const Node source = graph_.source(n, k);
      if (!wanted_[number_of(source)]) continue;
      const Node part = fitted(graph_, graph_.source(group, k), source);
      Node& sum = gradients_[number_of(source)];
      sum = sum == Node::none ? part : add(graph_, sum, part);
    }
  }

  G& graph_;
  std::vector<Node> order_;
  std::vector<bool> wanted_;
  std::vector<Node> gradients_;
};

}  // namespace detail

}  // namespace v0
}  // namespace whittle
