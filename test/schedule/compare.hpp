// Schedules, lowers and interprets a tensor graph, and compares it with the plain evaluator.
#pragma once

#include <catch2/catch.hpp>

#include <cmath>
#include <random>

#include <whittle/ir/evaluate.hpp>
#include <whittle/ir/text.hpp>
#include <whittle/lower/interpret.hpp>
#include <whittle/lower/pipeline.hpp>
#include <whittle/schedule/schedule.hpp>

#include "render/cuda_compiler.hpp"

namespace schedule_test {

using namespace whittle;

inline std::int64_t value_of(Graph& g, Node size, const Bindings& bindings) {
  Array result;
  REQUIRE(evaluate(g, size, bindings, result).ok());
  return result.elements[0].as_int();
}

inline Node shaped(Graph& g, Node buffer, const Shape& dims) { return reshape(g, buffer, dims); }

/// A tensor in memory, filled with small numbers that are exact in every dtype.
struct Input {
  Node buffer, tensor;
};
inline Input input(Graph& g, Bindings& bindings, std::vector<std::int64_t> dims, std::mt19937& random,
                   DType dtype = DType::float32) {
  Shape shape;
  std::int64_t size = 1;
  for (std::int64_t d : dims) {
    shape.push_back(g.constant(DType::index, d));
    size *= d;
  }
  const Node memory = buffer(g, dtype, size);
  Array content{dtype, {size}, {}};
  for (std::int64_t i = 0; i < size; ++i)
    content.elements.push_back(number(dtype, static_cast<std::int64_t>(random() % 9) -
                                                 (is_unsigned_int(dtype) || dtype == DType::boolean ? 0 : 4)));
  bindings.buffers.emplace_back(memory, content);
  return {memory, shaped(g, memory, shape)};
}

/// Stores a value into a fresh buffer.
inline Node stored(Graph& g, Node value) {
  Node size = g.constant(DType::index, 1);
  for (Node dim : shape_of(g, value)) size = detail::dim_mul(g, size, dim);
  const Node memory = buffer(g, g.dtype(value), size);
  return after(g, memory, {store(g, reshape(g, memory, shape_of(g, value)), value)});
}

inline bool close(const Scalar& a, const Scalar& b) {
  if (a.dtype != b.dtype) return false;
  if (!is_float(a.dtype)) return a.bits == b.bits;
  const double x = a.as_double(), y = b.as_double();
  return a.bits == b.bits || x == y || (std::isnan(x) && std::isnan(y)) || std::abs(x - y) <= 1e-4 * (1 + std::abs(x));
}

/// How many iterations a launch of the program divides.
inline std::int64_t constant_extent(const Program& program, const Bindings& bindings) {
  const Graph& own = *program.graph;
  const Node size = own.source(program.parallel, 0);
  if (own.is_constant(size)) return own.scalar(size).as_int();
  REQUIRE(own.op(size) == Op::variable);
  REQUIRE(bindings.variables.size() == 1);
  return bindings.variables[0].second;
}

/// Runs the kernels of `effects`; the buffers afterwards. Kernels end in `calls`.
inline Bindings run(Graph& g, const std::vector<Node>& effects, const Bindings& before, const Target& target,
                    std::size_t& calls) {
  const Schedule planned = make_schedule(g, effects);
  calls = planned.calls.size();
  Bindings memory = before;
  std::vector<std::pair<Node, std::vector<std::byte>>> bytes;
  const auto bytes_of = [&](Node buffer) -> std::vector<std::byte>& {
    for (auto& [node, content] : bytes)
      if (node == buffer) return content;
    const Array* known = before.content(buffer);
    const auto size = static_cast<std::size_t>(value_of(g, g.source(buffer, 0), before)) * size_of(g.dtype(buffer));
    bytes.emplace_back(buffer,
                       known != nullptr ? bytes_of_array(*known) : std::vector<std::byte>(size, std::byte{0x7f}));
    return bytes.back().second;
  };
  for (const KernelCall& call : planned.calls)
    for (Node buffer : call.buffers) bytes_of(buffer);
  for (const KernelCall& call : planned.calls) {
    const Program program = lower(g, call.sink, call.name, target);
    cuda_test::Collector::instance().add(g, call.sink, call.name);
    std::vector<std::span<std::byte>> buffers;
    for (Node buffer : call.buffers) buffers.emplace_back(bytes_of(buffer));
    std::vector<std::int64_t> variables;
    for (Node v : program.variables)
      for (const auto& [node, value] : before.variables)
        if (g.text_at(g.argument(node)) == program.graph->text_at(program.graph->argument(v)))
          variables.push_back(value);
    const std::int64_t end = program.parallel == Node::none ? 1 : constant_extent(program, before);
    INFO(print(g, call.sink));
    const Status status = interpret(program, buffers, variables, 0, end);
    INFO(status.message());
    REQUIRE(status.ok());
  }
  for (auto& [node, content] : bytes) {
    const Array array = array_of_bytes(g.dtype(node), content);
    bool known = false;
    for (auto& [other, old] : memory.buffers)
      if (other == node) old = array, known = true;
    if (!known) memory.buffers.emplace_back(node, array);
  }
  return memory;
}

inline Target scalar_target() { return {}; }
inline Target vector_target() {
  Target target;
  target.vector_bits = 512;
  return target;
}

/// Every effect's buffer after the kernels is what the evaluator says. Returns the number of kernels.
inline std::size_t check(Graph& g, const std::vector<Node>& effects, const Bindings& bindings) {
  std::size_t calls = 0;
  for (const Target& target : {scalar_target(), vector_target()}) {
    const Bindings memory = run(g, effects, bindings, target, calls);
    for (Node effect : effects) {
      Array expected;
      const Status status = evaluate(g, effect, bindings, expected);
      INFO(status.message());
      REQUIRE(status.ok());
      Node base = effect;
      while (g.op(base) == Op::after) base = g.source(base, 0);
      const Array* actual = memory.content(base);
      REQUIRE(actual != nullptr);
      REQUIRE(actual->elements.size() == expected.elements.size());
      for (std::size_t i = 0; i < expected.elements.size(); ++i) {
        INFO("element " << i << " of " << expected.elements.size() << ", vectors of " << target.vector_bits << " bits: "
                        << actual->elements[i].as_double() << " is not " << expected.elements[i].as_double());
        REQUIRE(close(actual->elements[i], expected.elements[i]));
      }
    }
  }
  return calls;
}

}  // namespace schedule_test
