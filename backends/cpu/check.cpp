// What LLVM cannot lower would end the process, so a program is checked before it gets there.
#include "backends/cpu/renderer.hpp"

#include <whittle/core/error.hpp>

#include "backends/cpu/elementwise.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

constexpr std::uint32_t most_lanes = 1024;

[[noreturn]] void refuse(const Program& program, Node node, const std::string& why) {
  throw DeviceError("cpu: kernel " + program.name + ": " + std::string(name(program.graph->op(node))) + " of " +
                    std::string(name(program.graph->dtype(node))) + ": " + why);
}

bool is_known(Op op) {
  switch (op) {
  case Op::constant:
  case Op::variable:
  case Op::range:
  case Op::buffer:
  case Op::parameter:
  case Op::index:
  case Op::load:
  case Op::store:
  case Op::after:
  case Op::end:
  case Op::group:
  case Op::sink:
  case Op::barrier:
  case Op::reduce: return true;
  default: return is_elementwise(op) && !is_decomposed(op);
  }
}

bool can_fold(Op op) {
  return op == Op::add || op == Op::mul || op == Op::max || op == Op::min || op == Op::bit_and || op == Op::bit_or ||
         op == Op::bit_xor;
}

void check_arity(const Program& program, Node node) {
  const Graph& graph = *program.graph;
  const std::uint32_t arity = graph.arity(node), expected = info(graph.op(node)).arity;
  const bool index = graph.op(node) == Op::index && (arity == 2 || arity == 3);
  if (expected != any_arity && arity != expected && !index)
    refuse(program, node, "it has " + std::to_string(arity) + " sources");
  if ((graph.op(node) == Op::load && arity != 1 && arity != 3) ||
      (graph.op(node) == Op::store && arity != 2 && arity != 3) || (graph.op(node) == Op::end && arity < 2) ||
      (graph.op(node) == Op::reduce && arity != 2) || (graph.op(node) == Op::after && arity < 1))
    refuse(program, node, "it has " + std::to_string(arity) + " sources");
}

}  // namespace

void check(const Program& program) {
  const Graph& graph = *program.graph;
  for (const Instruction& instruction : program.instructions) {
    const Node node = instruction.node;
    const Op op = graph.op(node);
    if (!is_known(op)) refuse(program, node, "the cpu back end does not know this operator");
    check_arity(program, node);
    if (instruction.lanes == 0 || instruction.lanes > most_lanes)
      refuse(program, node, std::to_string(instruction.lanes) + " lanes");
    if (op == Op::reduce && !can_fold(unpack<ReduceArgument>(graph.argument(node)).op))
      refuse(program, node, "lanes cannot be folded by this operator");
    if (!is_elementwise(op)) continue;
    const Node last = graph.source(node, graph.arity(node) - 1);
    if (op == Op::where && graph.dtype(graph.source(node, 0)) != DType::boolean)
      refuse(program, node, "its condition is no bool");
    if (!supports(op, graph.dtype(node), graph.dtype(last)))
      refuse(program, node, "not defined on " + std::string(name(graph.dtype(last))));
    for (std::uint32_t i = op == Op::where ? 1 : 0; i < graph.arity(node); ++i)
      if (graph.dtype(graph.source(node, i)) != graph.dtype(last))
        refuse(program, node, "its sources have several dtypes");
  }
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
