#include "jit/extent.hpp"

#include <algorithm>
#include <string>

#include <whittle/core/error.hpp>

namespace whittle {
inline namespace v0 {
namespace {

constexpr std::size_t stack_depth = 64;

std::int64_t apply(Op op, std::int64_t a, std::int64_t b) {
  const auto wrap = [](int128 value) { return wrap_to(DType::int64, value); };
  switch (op) {
  case Op::add: return wrap(int128{a} + b);
  case Op::sub: return wrap(int128{a} - b);
  case Op::mul: return wrap(int128{a} * b);
  case Op::max: return std::max(a, b);
  case Op::min: return std::min(a, b);
  default: break;
  }
  if (b == 0) return 0;
  const int128 quotient = int128{a} / b, remainder = int128{a} % b;
  const bool below = remainder != 0 && (remainder < 0) != (b < 0);
  switch (op) {
  case Op::cdiv: return wrap(quotient);
  case Op::cmod: return wrap(remainder);
  case Op::floordiv: return wrap(quotient - (below ? 1 : 0));
  default: return wrap(remainder + (below ? b : 0));
  }
}

bool is_binary(Op op) {
  switch (op) {
  case Op::add:
  case Op::sub:
  case Op::mul:
  case Op::max:
  case Op::min:
  case Op::cdiv:
  case Op::cmod:
  case Op::floordiv:
  case Op::floormod: return true;
  default: return false;
  }
}

[[noreturn]] void refuse(Op op) {
  throw DeviceError("a size is computed by '" + std::string(name(op)) + "', which sizes cannot be");
}

}  // namespace

Extent::Extent(const Graph& graph, Node size, std::span<const Node> variables) {
  if (graph.is_constant(size)) {
    constant_ = graph.scalar(size).as_int();
    return;
  }
  compile(graph, size, variables);
  std::size_t depth = 0, deepest = 0;
  for (const Step& step : steps_) {
    depth += step.op == Op::constant || step.op == Op::variable ? 1u : 0u;
    if (is_binary(step.op)) --depth;
    deepest = std::max(deepest, depth);
  }
  if (deepest > stack_depth) throw DeviceError("a size is an expression of more than 64 levels");
}

void Extent::compile(const Graph& graph, Node node, std::span<const Node> variables) {
  const Op op = graph.op(node);
  if (op == Op::constant) {
    steps_.push_back({op, graph.scalar(node).as_int()});
  } else if (const auto found = std::find(variables.begin(), variables.end(), node); found != variables.end()) {
    steps_.push_back({Op::variable, found - variables.begin()});
  } else if (op == Op::cast) {
    compile(graph, graph.source(node, 0), variables);
  } else if (is_binary(op)) {
    compile(graph, graph.source(node, 0), variables);
    compile(graph, graph.source(node, 1), variables);
    steps_.push_back({op, 0});
  } else {
    refuse(op);
  }
}

std::int64_t Extent::evaluate(std::span<const std::int64_t> variables) const {
  if (steps_.empty()) return constant_;
  std::int64_t stack[stack_depth];
  std::size_t top = 0;
  for (const Step& step : steps_) {
    if (step.op == Op::constant) {
      stack[top++] = step.number;
    } else if (step.op == Op::variable) {
      stack[top++] = variables[static_cast<std::size_t>(step.number)];
    } else {
      --top;
      stack[top - 1] = apply(step.op, stack[top - 1], stack[top]);
    }
  }
  return stack[0];
}

namespace {

/// Bounds by interval arithmetic over the few operators that sizes have.
Interval bounds(const Graph& graph, Node node) {
  const Op op = graph.op(node);
  if (op == Op::constant) return {graph.scalar(node).as_int(), graph.scalar(node).as_int()};
  if (op == Op::variable) return {bounds(graph, graph.source(node, 0)).low, bounds(graph, graph.source(node, 1)).high};
  if (op == Op::range || op == Op::special)
    return {0, std::max<std::int64_t>(1, bounds(graph, graph.source(node, 0)).high) - 1};
  if (op == Op::cast) return bounds(graph, graph.source(node, 0));
  if (!is_binary(op)) refuse(op);
  const Interval a = bounds(graph, graph.source(node, 0)), b = bounds(graph, graph.source(node, 1));
  if (op == Op::cmod || op == Op::floormod) return {std::min<std::int64_t>(0, a.low), std::max(a.high, b.high)};
  const std::int64_t corners[] = {apply(op, a.low, b.low), apply(op, a.low, b.high), apply(op, a.high, b.low),
                                  apply(op, a.high, b.high)};
  return {*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4)};
}

}  // namespace

std::int64_t greatest(const Graph& graph, Node size) { return bounds(graph, size).high; }

}  // namespace v0
}  // namespace whittle
