// The linear program: what lowering hands to a renderer (docs/architecture.md says what each node means).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <whittle/ir/graph.hpp>

namespace whittle {
inline namespace v0 {

/// What a device can do, as lowering needs to know it.
struct Target {
  std::string device = "cpu";
  unsigned vector_bits = 0;   ///< widest vector register; 0: scalars only
  bool has_fma = false;       ///< an instruction for x * y + z of floats, rounded once
  bool grid = false;          ///< a GPU: every global range becomes part of a grid
  unsigned block_size = 128;  ///< threads a block of the grid
  DTypes native = any_float | any_fixed_int | only(DType::boolean);  ///< dtypes that arithmetic can have
  bool bounds_checks = false;                                        ///< render a check on every load and store
};

struct Instruction {
  Node node = Node::none;
  std::uint32_t lanes = 1;
};

/// A buffer argument of a kernel.
struct Parameter {
  Node node = Node::none;
  bool written = false;
};

struct Program {
  const Graph* graph = nullptr;
  std::shared_ptr<const Graph> owned = {};  ///< the graph, where it is the program's own
  std::string name;
  std::vector<Instruction> instructions;
  std::vector<Parameter> parameters;  ///< by position
  std::vector<Node> variables;        ///< in the order of the kernel's `variables` argument
  Node parallel = Node::none;         ///< the range that a launch divides; none: launch [0, 1)
  Node grid = Node::none;             ///< the `special` node of a GPU kernel
};

}  // namespace v0
}  // namespace whittle
