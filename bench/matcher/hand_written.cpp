// The left sides of rules_30.hpp with their guards, as a switch that one would write by hand.
#include <utility>

#include "engine.hpp"

namespace matcher_bench {
namespace {

using whittle::DType;
using whittle::Graph;
using whittle::Node;
using whittle::Op;

struct Hand {
  const Graph& g;

  bool is_constant(Node n) const { return g.op(n) == Op::constant; }
  bool is_number(Node n, std::int64_t value) const {
    return g.op(n) == Op::constant && static_cast<std::int64_t>(g.argument(n)) == value;
  }
  std::int64_t value(Node n) const { return static_cast<std::int64_t>(g.argument(n)); }
  bool divides(Node divisor, Node dividend) const {
    return value(divisor) > 0 && value(dividend) % value(divisor) == 0;
  }
  bool is_scaled(Node n) const { return g.op(n) == Op::mul && is_constant(g.source(n, 1)); }

  unsigned add(Node n) const {
    const Node a = g.source(n, 0), b = g.source(n, 1);
    if (is_number(b, 0)) return 1;
    if (is_constant(b)) return g.op(a) == Op::add && is_constant(g.source(a, 1)) ? 6 : 0;
    if (a == b) return 8;
    for (const auto& [p, q] : {std::pair(a, b), std::pair(b, a)}) {
      if (!is_scaled(p)) continue;
      const Node scaled = g.source(p, 0);
      if (scaled == q) return 9;
      if (is_scaled(q) && g.source(q, 0) == scaled) return 10;
      if (g.op(scaled) == Op::floordiv && g.op(q) == Op::floormod && g.source(q, 0) == g.source(scaled, 0) &&
          g.source(q, 1) == g.source(p, 1) && g.source(scaled, 1) == g.source(p, 1) && value(g.source(p, 1)) > 0)
        return 19;
    }
    return 0;
  }
  unsigned sub(Node n) const {
    const Node a = g.source(n, 0), b = g.source(n, 1);
    if (a == b) return 4;
    if (is_number(b, 0)) return 5;
    return g.op(a) == Op::add && (g.source(a, 0) == b || g.source(a, 1) == b) ? 11 : 0;
  }
  unsigned mul(Node n) const {
    const Node a = g.source(n, 0), b = g.source(n, 1);
    if (!is_constant(b)) return 0;
    if (value(b) == 1) return 2;
    if (value(b) == 0) return 3;
    return is_scaled(a) ? 7 : 0;
  }
  unsigned divide(Node n) const {
    const Node a = g.source(n, 0), b = g.source(n, 1);
    if (!is_constant(b)) return 0;
    if (value(b) == 1) return 12;
    const Op op = g.op(a);
    if (op != Op::floordiv && op != Op::mul) return 0;
    const Node inner = g.source(a, 1);
    if (!is_constant(inner)) return 0;
    if (op == Op::floordiv) return value(inner) > 0 && value(b) > 0 ? 14 : 0;
    return divides(b, inner) ? 16 : 0;
  }
  unsigned remainder(Node n) const {
    const Node a = g.source(n, 0), b = g.source(n, 1);
    if (!is_constant(b)) return 0;
    if (value(b) == 1) return 13;
    switch (g.op(a)) {
    case Op::floormod: {
      const Node inner = g.source(a, 1);
      return is_constant(inner) && value(inner) > 0 && divides(b, inner) ? 15 : 0;
    }
    case Op::mul: return is_constant(g.source(a, 1)) && divides(b, g.source(a, 1)) ? 17 : 0;
    case Op::add:
      for (const Node p : {g.source(a, 0), g.source(a, 1)})
        if (is_scaled(p) && divides(b, g.source(p, 1))) return 18;
      return 0;
    default: return 0;
    }
  }
  unsigned less(Node n) const {
    const Node a = g.source(n, 0), b = g.source(n, 1);
    if (g.dtype(a) != DType::index) return 0;
    if (a == b) return 20;
    const Op op = g.op(a);
    if (!is_constant(b) || (op != Op::add && op != Op::mul) || !is_constant(g.source(a, 1))) return 0;
    if (op == Op::add) return 21;
    return value(g.source(a, 1)) > 0 ? 22 : 0;
  }
  unsigned where(Node n) const {
    const Node condition = g.source(n, 0), a = g.source(n, 1), b = g.source(n, 2);
    if (a == b) return 23;
    if (is_constant(condition)) return value(condition) != 0 ? 24 : 25;
    return g.op(a) == Op::where && g.source(a, 0) == condition ? 26 : 0;
  }
  unsigned min(Node n) const {
    const Node a = g.source(n, 0), b = g.source(n, 1);
    if (a == b) return 27;
    return is_constant(b) && g.op(a) == Op::min && is_constant(g.source(a, 1)) ? 29 : 0;
  }
  unsigned max(Node n) const {
    const Node a = g.source(n, 0), b = g.source(n, 1);
    if (a == b) return 28;
    const auto is_min_with = [&](Node p, Node q) {
      return g.op(p) == Op::min && (g.source(p, 0) == q || g.source(p, 1) == q);
    };
    return is_min_with(a, b) || is_min_with(b, a) ? 30 : 0;
  }

  unsigned match(Node n) const {
    const DType dtype = g.dtype(n);
    switch (g.op(n)) {
    case Op::add: return dtype == DType::index ? add(n) : 0;
    case Op::sub: return dtype == DType::index ? sub(n) : 0;
    case Op::mul: return dtype == DType::index ? mul(n) : 0;
    case Op::floordiv: return dtype == DType::index ? divide(n) : 0;
    case Op::floormod: return dtype == DType::index ? remainder(n) : 0;
    case Op::less: return less(n);
    case Op::where: return dtype == DType::index ? where(n) : 0;
    case Op::min: return dtype == DType::index ? min(n) : 0;
    case Op::max: return dtype == DType::index ? max(n) : 0;
    default: return 0;
    }
  }
};

bool has_rules(const Graph& g, Node n) { return engines_of_30().front().has_rules(g, n); }

[[gnu::noinline]] std::size_t measured_attempts(Graph& g, std::span<const Node> nodes) {
  std::size_t found = 0;
  for (Node n : nodes)
    if (Hand{g}.match(n) != 0) [[unlikely]]
      found = count_match(found);
  return found;
}

}  // namespace

constinit const Engine hand_written{"rules_30", "by hand", has_rules, measured_attempts, nullptr};

}  // namespace matcher_bench
