// Runs a linear program instruction by instruction: what docs/architecture.md says, and nothing clever. Every load
// and store is checked, so that a back end can be compared with it and a lowering fault has a name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <whittle/core/status.hpp>
#include <whittle/ir/array.hpp>
#include <whittle/ir/text.hpp>
#include <whittle/lower/program.hpp>

namespace whittle {
inline namespace v0 {

/// A program made ready to run, again and again. The program and its graph must outlive it.
class Interpreter {
 public:
  explicit Interpreter(const Program& program) : program_(program), g_(*program.graph) { prepare(); }

  /// Runs the part [begin, end) of the launch. `buffers` are the parameters' memory by position, `variables` the
  /// values of the program's variables in its order. The first fault ends the run; what was stored stays.
  Status run(std::span<const std::span<std::byte>> buffers, std::span<const std::int64_t> variables, std::int64_t begin,
             std::int64_t end) {
    if (!prepared_.ok()) return prepared_;
    fault_ = {};
    buffers_ = buffers;
    begin_ = begin;
    end_ = end;
    if (variables.size() < program_.variables.size())
      return Status::failure("kernel " + program_.name + ": a variable has no value");
    for (std::size_t i = 0; i < program_.variables.size(); ++i) {
      const Node v = program_.variables[i];
      if (has_slot(v)) values_[slot_[number_of(v)]] = {g_.dtype(v), static_cast<std::uint64_t>(variables[i])};
    }
    for (Cells& cells : cells_) cells.elements.assign(cells.elements.size(), Scalar{});
    if (program_.grid == Node::none) {
      execute();
      return fault_;
    }
    for (std::int64_t thread = begin; thread < end && fault_.ok(); ++thread) {
      values_[slot_[number_of(program_.grid)]] = {g_.dtype(program_.grid), static_cast<std::uint64_t>(thread)};
      execute();
    }
    return fault_;
  }

 private:
  static constexpr std::uint32_t nowhere = 0xffffffffu;

  /// Registers and local memory; an element that was never stored has the dtype none.
  struct Cells {
    Node buffer = Node::none;
    std::uint32_t width = 1;  ///< lanes of an element
    std::vector<Scalar> elements;
  };
  struct Loop {
    std::size_t begin = 0, end = 0;  ///< instructions
    std::uint32_t place = 0;         ///< among the sources of `end`
    std::int64_t limit = 0;
  };

  // Preparation

  bool has_slot(Node n) const { return slot_[number_of(n)] != nowhere; }
  void give_slot(Node n, std::uint32_t lanes) {
    slot_[number_of(n)] = static_cast<std::uint32_t>(values_.size());
    lanes_[number_of(n)] = lanes;
    values_.resize(values_.size() + lanes);
  }

  void prepare() {
    slot_.assign(g_.size(), nowhere);
    lanes_.assign(g_.size(), 1);
    loop_of_.assign(g_.size(), nowhere);
    cells_of_.assign(g_.size(), nowhere);
    for (std::size_t at = 0; at < program_.instructions.size(); ++at) {
      const Instruction& instruction = program_.instructions[at];
      const Node n = instruction.node;
      if (g_.op(n) == Op::buffer) prepare_cells(n, instruction.lanes);
      if (!has_slot(n)) give_slot(n, instruction.lanes);
      for (Node source : g_.sources(n)) prepare_source(n, source);
      if (g_.op(n) == Op::range && unpack<RangeArgument>(g_.argument(n)).kind != RangeKind::vector) {
        loop_of_[number_of(n)] = static_cast<std::uint32_t>(loops_.size());
        loops_.push_back({at, nowhere, 0, 0});
      }
      if (g_.op(n) == Op::end) prepare_end(n, at);
    }
    for (const Loop& loop : loops_)
      if (loop.end == nowhere) prepared_ = fault_at(program_.instructions[loop.begin].node, "is a loop without end");
    if (program_.grid != Node::none && !has_slot(program_.grid)) give_slot(program_.grid, 1);
  }

  /// Constants and variables need no instruction of their own; everything else stands above its users.
  void prepare_source(Node user, Node n) {
    if (has_slot(n)) return;
    const Op op = g_.op(n);
    if (op == Op::constant) {
      give_slot(n, 1);
      values_[slot_[number_of(n)]] = g_.scalar(n);
    } else if (op == Op::variable || op == Op::parameter || op == Op::special) {
      give_slot(n, 1);
    } else if (op == Op::buffer) {
      prepare_cells(n, 1);
      give_slot(n, 1);
    } else if (prepared_.ok()) {
      prepared_ =
          fault_at(user, "uses node " + detail::number_text(number_of(n)) + ", which is not computed before it");
    }
  }

  void prepare_cells(Node n, std::uint32_t width) {
    const Node size = g_.source(n, 0);
    if (!g_.is_constant(size) || g_.scalar(size).as_int() < 0 || g_.scalar(size).as_int() > (1 << 28)) {
      prepared_ = fault_at(n, "has no constant size");
      return;
    }
    const auto elements = static_cast<std::size_t>(g_.scalar(size).as_int()) * width;
    cells_of_[number_of(n)] = static_cast<std::uint32_t>(cells_.size());
    cells_.push_back({n, width, std::vector<Scalar>(elements)});
  }

  void prepare_end(Node n, std::size_t at) {
    for (std::uint32_t i = 1; i < g_.arity(n); ++i) {
      const std::uint32_t loop = loop_of_[number_of(g_.source(n, i))];
      if (loop == nowhere) continue;  // the lanes of a vector
      loops_[loop].end = at;
      loops_[loop].place = i;
    }
  }

  // Execution

  void execute() {
    for (std::size_t at = 0; at < program_.instructions.size() && fault_.ok();) {
      const Node n = program_.instructions[at].node;
      const Op op = g_.op(n);
      if (op == Op::range) {
        at = open(n, at);
      } else if (op == Op::end) {
        at = close(n, at, g_.arity(n) - 1);
      } else {
        step(n, op, program_.instructions[at].lanes);
        ++at;
      }
    }
  }

  Scalar& result(Node n, std::uint32_t lane) { return values_[slot_[number_of(n)] + lane]; }
  Scalar lane_of(Node n, std::uint32_t lane) const {
    return values_[slot_[number_of(n)] + (lanes_[number_of(n)] == 1 ? 0 : lane)];
  }

  std::size_t open(Node n, std::size_t at) {
    const std::uint32_t number = loop_of_[number_of(n)];
    if (number == nowhere) {
      for (std::uint32_t lane = 0; lane < lanes_[number_of(n)]; ++lane) result(n, lane) = {g_.dtype(n), lane};
      return at + 1;
    }
    Loop& loop = loops_[number];
    loop.limit = lane_of(g_.source(n, 0), 0).as_int();
    std::int64_t first = 0;
    if (n == program_.parallel) {
      if (begin_ < 0 || end_ > loop.limit) fail_at(n, "is launched beyond its size");
      first = begin_;
      loop.limit = end_;
    }
    result(n, 0) = {g_.dtype(n), static_cast<std::uint64_t>(first)};
    if (first < loop.limit) return at + 1;
    return close(program_.instructions[loop.end].node, loop.end, loop.place - 1);
  }

  /// Counts the loops of an `end` on, from the one at `place` outwards; the first that is not done goes on.
  std::size_t close(Node n, std::size_t at, std::uint32_t place) {
    for (; place > 0; --place) {
      const Node range = g_.source(n, place);
      const std::uint32_t number = loop_of_[number_of(range)];
      if (number == nowhere) continue;
      const std::int64_t next = result(range, 0).as_int() + 1;
      result(range, 0).bits = static_cast<std::uint64_t>(next);
      if (next < loops_[number].limit) return loops_[number].begin + 1;
    }
    return at + 1;
  }

  void step(Node n, Op op, std::uint32_t lanes) {
    switch (op) {
    case Op::constant: result(n, 0) = g_.scalar(n); return;
    case Op::variable:
    case Op::special:
    case Op::parameter:
    case Op::buffer:
    case Op::index:
    case Op::group:
    case Op::sink:
    case Op::barrier: return;
    case Op::after:
      for (std::uint32_t lane = 0; lane < lanes; ++lane) result(n, lane) = lane_of(g_.source(n, 0), lane);
      return;
    case Op::load: return load(n, lanes);
    case Op::store: return store(n);
    case Op::reduce: return reduce(n);
    default: break;
    }
    const std::uint32_t arity = g_.arity(n);
    if (!is_elementwise(op) || arity > 3) return fail_at(n, "is no instruction of a linear program");
    for (std::uint32_t lane = 0; lane < lanes && fault_.ok(); ++lane) {
      Scalar x[3];
      for (std::uint32_t i = 0; i < arity; ++i) x[i] = lane_of(g_.source(n, i), lane);
      const auto value = operate(op, g_.dtype(n), std::span<const Scalar>(x, arity));
      if (!value) fail_at(n, "cannot be computed in " + std::string(name(g_.dtype(n))));
      result(n, lane) = value.value_or(Scalar{});
    }
  }

  void reduce(Node n) {
    const Node x = g_.source(n, 0);
    Scalar sum = lane_of(x, 0);
    for (std::uint32_t lane = 1; lane < lanes_[number_of(x)] && fault_.ok(); ++lane) {
      const Scalar pair[2] = {sum, lane_of(x, lane)};
      const auto next = operate(unpack<ReduceArgument>(g_.argument(n)).op, g_.dtype(n), pair);
      if (!next) fail_at(n, "cannot be computed in " + std::string(name(g_.dtype(n))));
      sum = next.value_or(Scalar{});
    }
    for (std::uint32_t lane = 0; lane < lanes_[number_of(n)]; ++lane) result(n, lane) = sum;
  }

  // Memory

  /// The buffer behind an address; `after` is an alias.
  Node base_of(Node n) const {
    while (g_.op(n) == Op::after || g_.op(n) == Op::index) n = g_.source(n, 0);
    return n;
  }
  /// The offset of a lane of an address: of a run of addresses, the lane's own.
  std::int64_t offset_of(Node address, std::uint32_t lane) const {
    while (g_.op(address) == Op::after) address = g_.source(address, 0);
    if (g_.op(address) != Op::index) return 0;
    const Node offset = g_.source(address, 1);
    return g_.arity(address) > 2 ? lane_of(offset, 0).as_int() + lane : lane_of(offset, lane).as_int();
  }

  bool in_bounds(Node n, Node base, std::int64_t offset, std::size_t size) {
    if (offset >= 0 && static_cast<std::uint64_t>(offset) < size) return true;
    const bool is_parameter = g_.op(base) == Op::parameter;
    fail_at(n, "touches element " + detail::number_text(offset) + " of " +
                   (is_parameter ? "parameter " + detail::number_text(g_.argument(base))
                                 : "buffer " + detail::number_text(unpack<BufferArgument>(g_.argument(base)).id)) +
                   ", which has " + detail::number_text(size));
    return false;
  }

  /// Where a lane of a load or store finds its element: in memory, or in cells.
  struct Place {
    std::byte* memory = nullptr;
    Scalar* cell = nullptr;
    std::size_t offset = 0;
  };
  Place place_of(Node n, std::uint32_t lane) {
    const Node address = g_.source(n, 0), base = base_of(address);
    const std::int64_t offset = offset_of(address, lane);
    if (g_.op(base) == Op::parameter) {
      const std::uint64_t position = g_.argument(base);
      if (position >= buffers_.size()) return fail_at(base, "has no memory"), Place{};
      const std::span<std::byte> memory = buffers_[static_cast<std::size_t>(position)];
      if (!in_bounds(n, base, offset, memory.size() / size_of(g_.dtype(base)))) return {};
      return {memory.data(), nullptr, static_cast<std::size_t>(offset)};
    }
    const std::uint32_t number = cells_of_[number_of(base)];
    if (number == nowhere) return fail_at(n, "has no buffer"), Place{};
    Cells& cells = cells_[number];
    if (!in_bounds(n, base, offset, cells.elements.size() / cells.width)) return {};
    const std::size_t at = static_cast<std::size_t>(offset) * cells.width + (cells.width == 1 ? 0 : lane);
    if (at >= cells.elements.size()) return fail_at(n, "has more lanes than its buffer"), Place{};
    return {nullptr, &cells.elements[at], 0};
  }

  void load(Node n, std::uint32_t lanes) {
    const bool gated = g_.arity(n) >= 3;
    for (std::uint32_t lane = 0; lane < lanes && fault_.ok(); ++lane) {
      if (gated && !lane_of(g_.source(n, 2), lane).as_bool()) {
        result(n, lane) = lane_of(g_.source(n, 1), lane);
        continue;
      }
      const Place place = place_of(n, lane);
      if (!fault_.ok()) return;
      if (place.memory != nullptr)
        result(n, lane) = read_element(g_.dtype(n), place.memory, place.offset);
      else if (place.cell->dtype == DType::none)
        fail_at(n, "reads an element that nothing was stored to");
      else
        result(n, lane) = *place.cell;
    }
  }

  void store(Node n) {
    const Node address = g_.source(n, 0), value = g_.source(n, 1), base = base_of(address);
    const bool gated = g_.arity(n) >= 3;
    for (std::uint32_t lane = 0; lane < store_lanes(n) && fault_.ok(); ++lane) {
      if (gated && !lane_of(g_.source(n, 2), lane).as_bool()) continue;
      const Place place = place_of(n, lane);
      if (!fault_.ok()) return;
      const Scalar x{g_.dtype(base), lane_of(value, lane).bits};
      if (place.memory != nullptr)
        write_element(x, place.memory, place.offset);
      else
        *place.cell = x;
    }
  }
  /// A store has as many lanes as the widest of its parts, whatever its instruction says.
  std::uint32_t store_lanes(Node n) const {
    std::uint32_t lanes = lanes_[number_of(n)];
    for (Node source : g_.sources(n)) lanes = lanes_[number_of(source)] > lanes ? lanes_[number_of(source)] : lanes;
    return lanes;
  }

  Status fault_at(Node n, const std::string& what) const {
    return Status::failure("kernel " + program_.name + ": " + detail::op_text(g_, g_.op(n)) + " (node " +
                           detail::number_text(number_of(n)) + ") " + what);
  }
  void fail_at(Node n, const std::string& what) {
    if (fault_.ok()) fault_ = fault_at(n, what);
  }

  const Program& program_;
  const Graph& g_;
  std::vector<std::uint32_t> slot_, lanes_, loop_of_, cells_of_;  // by node
  std::vector<Scalar> values_;
  std::vector<Loop> loops_;
  std::vector<Cells> cells_;
  std::span<const std::span<std::byte>> buffers_;
  std::int64_t begin_ = 0, end_ = 0;
  Status prepared_, fault_;
};

/// Runs a program once.
inline Status interpret(const Program& program, std::span<const std::span<std::byte>> buffers,
                        std::span<const std::int64_t> variables, std::int64_t begin, std::int64_t end) {
  return Interpreter(program).run(buffers, variables, begin, end);
}

}  // namespace v0
}  // namespace whittle
