// Random expressions over a few small variables, and comparison of two expressions on every point.
#pragma once

#include <random>
#include <string>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/ir/expression.hpp>
#include <whittle/ir/graph.hpp>

#include "brute_force.hpp"

namespace brute_force {

using Random = std::mt19937;
inline int pick(Random& random, int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); }

/// Variables of a graph with the values that they take.
struct Domain {
  std::vector<Node> variables;
  std::vector<std::vector<Value>> values;

  void add(Node variable, std::vector<Value> all) {
    variables.push_back(variable);
    values.push_back(std::move(all));
  }
  void add_range(Node variable, std::int64_t low, std::int64_t high) {
    std::vector<Value> all;
    for (std::int64_t v = low; v <= high; ++v) all.push_back(Value::of(v));
    add(variable, std::move(all));
  }
  std::size_t points() const {
    std::size_t count = 1;
    for (const auto& all : values) count *= all.size();
    return count;
  }
};

/// What is wrong with `after` in the place of `before`; empty if they agree on every point. A `range` has to stay
/// below its extent: other points do not count.
inline std::string difference(const Graph& g, Node before, Node after, const Domain& domain) {
  for (std::size_t i = 0; i < domain.points(); ++i) {
    Point point;
    std::size_t rest = i;
    std::string where;
    for (std::size_t k = 0; k < domain.variables.size(); ++k) {
      const auto& all = domain.values[k];
      const Value value = all[rest % all.size()];
      rest /= all.size();
      point[domain.variables[k]] = value;
      where += " " + text(g, domain.variables[k]) + "=" +
               (value.kind == Value::Kind::real ? std::to_string(value.real) : std::to_string(value.number));
    }
    bool reachable = true;
    for (Node variable : domain.variables)
      if (g.op(variable) == Op::range)
        reachable = reachable && point[variable].number < Evaluator(g, point)(g.source(variable, 0)).number;
    if (!reachable || same(Evaluator(g, point)(before), Evaluator(g, point)(after))) continue;
    const Value was = Evaluator(g, point)(before), is = Evaluator(g, point)(after);
    const auto shown = [](const Value& v) {
      if (v.kind == Value::Kind::invalid) return std::string("invalid");
      return v.kind == Value::Kind::real ? std::to_string(v.real) : std::to_string(v.number);
    };
    return text(g, before) + " -> " + text(g, after) + " at" + where + ": was " + shown(was) + ", is " + shown(is);
  }
  return "";
}

/// What repeats a failure from the command line, where all variables are indices.
inline std::string command_line(Graph& g, Node n, const Domain& domain) {
  std::string line = "whittle simplify '" + expression(g, n) + "'";
  for (Node variable : domain.variables) {
    const Interval bounds = interval_of(g, variable);
    line += " --var " + text(g, variable) + "=" + std::to_string(bounds.low) + ".." + std::to_string(bounds.high);
  }
  return line;
}

/// Index and bool expressions.
class Expressions {
 public:
  /// `with_invalid`: gates may be among them.
  Expressions(Graph& graph, Random& random, bool with_invalid = true)
      : g_(graph),
        random_(random),
        with_invalid_(with_invalid) {}

  /// Up to three variables with at most a few hundred points in all.
  void make_variables(Domain& domain) {
    const int count = 1 + pick(4 - 1);
    for (int i = 0; i < count; ++i) {
      const std::int64_t low = pick(3) == 0 ? -pick(5) : 0;
      const std::int64_t high = low + pick(count == 1 ? 40 : count == 2 ? 12 : 6);
      variables_.push_back(g_.variable(std::string(1, static_cast<char>('a' + i)), low, high));
      domain.add_range(variables_.back(), low, high);
    }
  }

  Node index(int depth) {
    if (depth == 0 || pick(8) == 0)
      return pick(5) == 0 ? number(pick(25) - 8)
                          : variables_[static_cast<std::size_t>(pick(static_cast<int>(variables_.size())))];
    switch (pick(16)) {
    case 0:
    case 1:
    case 2:
    case 3: return add(g_, index(depth - 1), index(depth - 1));
    case 4: return sub(g_, index(depth - 1), index(depth - 1));
    case 5:
    case 6:
    case 7: return mul(g_, index(depth - 1), number(pick(14) - 3));
    case 8:
    case 9: return floordiv(g_, index(depth - 1), divisor());
    case 10:
    case 11: return floormod(g_, index(depth - 1), divisor());
    case 12: return min(g_, index(depth - 1), index(depth - 1));
    case 13: return max(g_, index(depth - 1), index(depth - 1));
    case 14: return gated(depth);
    default: return pick(3) == 0 ? neg(g_, index(depth - 1)) : mul(g_, index(depth - 1), index(depth - 1));
    }
  }

  Node condition(int depth) {
    depth = depth == 0 ? 1 : depth;
    switch (pick(12)) {
    case 0:
    case 1:
    case 2: return less(g_, index(depth - 1), index(depth - 1));
    case 3: return less_equal(g_, index(depth - 1), index(depth - 1));
    case 4: return equal(g_, index(depth - 1), index(depth - 1));
    case 5: return not_equal(g_, index(depth - 1), index(depth - 1));
    case 6:
    case 7:
    case 8: return logical_and(g_, condition(depth - 1), condition(depth - 1));
    case 9: return logical_or(g_, condition(depth - 1), condition(depth - 1));
    case 10: return less(g_, number(pick(12) - 3), index(depth - 1));
    default: return logical_not(g_, condition(depth - 1));
    }
  }

  /// Reshapes of a flat index: quotients and remainders of one sum, put together again.
  Node reshaped() {
    const auto part = [&] { return mul(g_, leaf(), number(1 + pick(9))); };
    const Node flat = add(g_, add(g_, part(), part()), leaf());
    const std::int64_t d = 2 + pick(8), e = 2 + pick(5);
    const Node inner = floormod(g_, flat, number(d)), middle = floormod(g_, floordiv(g_, flat, number(d)), number(e));
    const Node outer = floordiv(g_, flat, number(d * e));
    switch (pick(with_invalid_ ? 4 : 3)) {
    case 0: return add(g_, mul(g_, middle, number(d)), inner);
    case 1: return add(g_, mul(g_, add(g_, mul(g_, outer, number(e)), middle), number(d)), inner);
    case 2: return add(g_, mul(g_, outer, number(e)), middle);
    default:
      return where(g_, less(g_, inner, number(1 + pick(4))), add(g_, mul(g_, outer, number(7)), inner),
                   g_.invalid(DType::index));
    }
  }

 private:
  int pick(int count) { return brute_force::pick(random_, count); }
  Node number(std::int64_t value) { return g_.constant(DType::index, value); }
  Node leaf() { return variables_[static_cast<std::size_t>(pick(static_cast<int>(variables_.size())))]; }
  Node divisor() {
    static constexpr std::int64_t divisors[] = {2, 3, 4, 5, 6, 8, 9, 12, 20, 31, -2, -3, 1, -1};
    return number(divisors[pick(14)]);
  }
  Node gated(int depth) {
    const Node otherwise = with_invalid_ && pick(3) == 0 ? g_.invalid(DType::index) : index(depth - 1);
    return where(g_, condition(depth - 1), index(depth - 1), otherwise);
  }

  Graph& g_;
  Random& random_;
  bool with_invalid_;
  std::vector<Node> variables_;
};

}  // namespace brute_force
