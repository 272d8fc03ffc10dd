#include "jit/cost.hpp"

#include <algorithm>

#include "jit/extent.hpp"

namespace whittle {
inline namespace v0 {
namespace {

constexpr double register_bytes = 32;  // a middling machine's vector

double weight(Op op, DType dtype) {
  switch (op) {
  case Op::exp:
  case Op::log:
  case Op::exp2:
  case Op::log2:
  case Op::sin: return dtype == DType::float64 ? 60 : 20;
  case Op::pow: return 100;
  case Op::fdiv:
  case Op::reciprocal:
  case Op::sqrt: return 6;
  case Op::floordiv:
  case Op::floormod:
  case Op::cdiv:
  case Op::cmod: return 8;
  case Op::load:
  case Op::store: return 2;
  case Op::constant:
  case Op::parameter:
  case Op::variable:
  case Op::after:
  case Op::end:
  case Op::buffer:
  case Op::sink:
  case Op::group: return 0;
  default: return 1;
  }
}

}  // namespace

Cost cost(const Program& program) {
  const Graph& graph = *program.graph;
  std::vector<double> trips{1.0};
  Cost total;
  for (const Instruction& each : program.instructions) {
    const Op op = graph.op(each.node);
    if (op == Op::range && each.node != program.parallel) {
      const RangeKind kind = unpack<RangeArgument>(graph.argument(each.node)).kind;
      if (kind != RangeKind::vector) {
        const double trip = static_cast<double>(std::max<std::int64_t>(1, greatest(graph, graph.source(each.node, 0))));
        trips.push_back(trips.back() * trip);
        total.operations += trips.back();
      }
      continue;
    }
    if (op == Op::end) {
      for (std::uint32_t i = 1; i < graph.arity(each.node); ++i) {
        const Node range = graph.source(each.node, i);
        const bool loop = unpack<RangeArgument>(graph.argument(range)).kind != RangeKind::vector;
        if (loop && range != program.parallel && trips.size() > 1) trips.pop_back();
      }
      continue;
    }
    const DType dtype = graph.dtype(each.node);
    const double bytes =
        static_cast<double>(each.lanes) * static_cast<double>(std::max<std::size_t>(1, size_of(dtype)));
    total.operations += trips.back() * weight(op, dtype) * std::max(1.0, bytes / register_bytes);
    if (is_elementwise(op) && is_float(dtype) && op != Op::cast && op != Op::bitcast && op != Op::where)
      total.flops += trips.back() * each.lanes * (op == Op::fma ? 2 : 1);
  }
  return total;
}

}  // namespace v0
}  // namespace whittle
