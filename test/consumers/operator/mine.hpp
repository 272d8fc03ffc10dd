// A user's header: two operators, rules about one of them, a pass, and what a file of the program makes of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include <whittle/ir/evaluate.hpp>
#include <whittle/ir/parse.hpp>
#include <whittle/operator.hpp>
#include <whittle/rewrite/pass.hpp>

namespace mine {

using namespace whittle::dsl;
using whittle::DType;
using whittle::Graph;
using whittle::Node;
using whittle::Shape;

inline constexpr auto x = var<"x">, g = var<"g">;

// clang-format off
/// The nearest number between -128 and 127.
inline constexpr struct Saturate : op<"saturate"> {
  static constexpr whittle::DTypes operands = whittle::any_int;
  static constexpr whittle::Interval interval(whittle::Interval from) {
    return {std::clamp<std::int64_t>(from.low, -128, 127), std::clamp<std::int64_t>(from.high, -128, 127)};
  }
  static std::int64_t evaluate(std::int64_t value) { return std::clamp<std::int64_t>(value, -128, 127); }
  static constexpr auto lower = rules<whittle::unbounded | whittle::wrapping>("saturate",
      self(x) >>= min(max(x, -128), 127));
} saturate;

/// The sums along the last axis, which goes.
inline constexpr struct RowSums : op<"row_sums"> {
  static std::optional<Shape> shape(Graph&, std::span<const Shape> from) {
    if (from[0].empty()) return std::nullopt;
    return Shape(std::span<const Node>(from[0].begin(), from[0].size() - 1));
  }
  static whittle::Array evaluate(std::span<const whittle::Array> from) {
    whittle::Array made{from[0].dtype, {from[0].shape.begin(), from[0].shape.end() - 1}, {}};
    const auto length = static_cast<std::size_t>(from[0].shape.back());
    for (std::size_t i = 0; i < from[0].elements.size(); i += length) {
      double sum = 0;
      for (std::size_t k = 0; k < length; ++k) sum += from[0].elements[i + k].as_double();
      made.elements.push_back(whittle::float_scalar(made.dtype, sum));
    }
    return made;
  }
  static constexpr auto lower = rules<whittle::structural>("row_sums",
      self(x).as<"y">() >>= with(var<"y">, x)([](auto& graph, auto y, auto rows) {
        const Node sums = reduce(graph, rows, whittle::Op::add, 1u << (rank_of(graph, rows) - 1));
        return whittle::reshape(graph, sums, shape_of(graph, y));
      }));
  static constexpr auto gradient = rules<whittle::structural>("gradient of row_sums",
      pullback(self(x), g) >>= with(x, g)([](auto& graph, auto rows, auto by) {
        Shape column = shape_of(graph, by);
        column.push_back(graph.constant(DType::index, 1));
        return whittle::group(graph, {whittle::expand(graph, whittle::reshape(graph, by, column), shape_of(graph, rows))});
      }));
} row_sums;

inline constexpr auto about_saturate = rules<whittle::unbounded | whittle::wrapping>("about saturate",
    saturate(saturate(x)) >>= saturate(x),
    saturate(x)           >>= x             |= when(x >= -128 && x <= 127),
    min(saturate(x), 127) >>= saturate(x));
// clang-format on
static_assert(whittle::well_formed<about_saturate>());
static_assert(whittle::well_formed<Saturate::lower>());

using Pipeline = whittle::BasicPipeline<Graph, whittle::NoContext>;

inline Pipeline pipeline() {
  Pipeline made;
  made.passes = {whittle::rule_pass<about_saturate, Graph, whittle::NoContext>("about saturate")};
  return made;
}

/// What a file sees of all this, and the texts that its graphs have.
struct View {
  const void *saturate_object, *operator_object;
  std::uint64_t hash;
  std::string before, rewritten, lowered;
  std::int64_t value;
  double sum;
  bool operator==(const View&) const = default;
};

inline Node rewritten(Graph& graph, Node n) {
  whittle::NoContext none;
  whittle::PassStatistics statistics;
  for (const auto& pass : pipeline().passes)
    if (!pass.run(graph, n, none, statistics).ok()) return Node::none;
  return n;
}

/// The value of a node without buffers, times that of n = 300.
inline std::int64_t value_at_300(const Graph& graph, Node root, Node n) {
  whittle::Array value;
  if (!whittle::evaluate(graph, root, {{}, {{n, 300}}}, value).ok()) return -1;
  return value.elements[0].as_int();
}

inline double sum_of_rows(Graph& graph) {
  const Node ones = whittle::expand(
      graph, whittle::reshape(graph, graph.constant(whittle::float_scalar(DType::float32, 1)), {1, 1}), {2, 5});
  Node sums = Node::none;
  whittle::Array value;
  if (!apply(graph, row_sums, {ones}, sums).ok() || !whittle::check_shape(graph, sums).ok()) return -1;
  if (whittle::shape_text(graph, shape_of(graph, sums)) != "(2)") return -2;
  if (!whittle::evaluate(graph, sums, {}, value).ok()) return -3;
  const whittle::Array plain = value;
  if (!whittle::lower_operators(graph, sums).ok() || !whittle::evaluate(graph, sums, {}, value).ok()) return -4;
  return plain == value ? value.elements[1].as_double() : -5;
}

inline View view() {
  Graph graph;
  const Node n = graph.variable("n", 100, 1000), small = whittle::floormod(graph, n, 100);
  Node once = Node::none, twice = Node::none, needless = Node::none;
  if (!apply(graph, saturate, {n}, once).ok() || !apply(graph, saturate, {once}, twice).ok() ||
      !apply(graph, saturate, {small}, needless).ok())
    return {};
  const Node difference = sub(graph, twice, needless), made = rewritten(graph, difference);
  Node lowered = made;
  if (!whittle::lower_operators(graph, lowered).ok()) return {};
  View seen{&saturate,
            &whittle::user_operator<Saturate>,
            pipeline().hash(),
            whittle::print(graph, difference),
            whittle::expression(graph, made),
            whittle::expression(graph, lowered),
            value_at_300(graph, lowered, n),
            sum_of_rows(graph)};
  if (value_at_300(graph, difference, n) != seen.value || value_at_300(graph, made, n) != seen.value) return {};
  Node read = Node::none;
  return whittle::parse(graph, seen.before, read).ok() && read == difference ? seen : View{};
}

View view_of_other_file();  // other.cpp

}  // namespace mine
