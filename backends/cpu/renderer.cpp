#include "backends/cpu/renderer.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <whittle/core/error.hpp>

#include "backends/cpu/elementwise.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

/// Where an `index` node points: one address, a run of addresses, or a vector of them.
struct Address {
  Node buffer = Node::none;
  Value base;
  DType dtype = DType::none;
  Value offset;  ///< none: an accumulator
  bool run = false;
  std::uint32_t lanes = 1;  ///< of an accumulator
};

struct Loop {
  Value index, next;
  std::string body, latch, exit;
  Value bound;
};

class Renderer {
 public:
  Renderer(const Program& program, const RenderOptions& options)
      : program_(program),
        graph_(*program.graph),
        options_(options) {
    w_.has_fma = options.has_fma;
    w_.has_f16c = options.has_f16c;
  }
  std::string render();

 private:
  void instruction(const Instruction& instruction);
  void open_loop(Node range);
  void close_loop(Node range);
  void accumulator(const Instruction& instruction);
  void address(Node node);
  void load(const Instruction& instruction);
  void store(Node node);
  Value load_lanes(const Address& from, const Value* gate, std::uint32_t lanes);
  Value masked_run(const Value& at, DType dtype, const Value& mask);
  Value hidden(const Value& mask, DType dtype);
  void store_lanes(const Address& to, const Value& value, const Value* gate, std::uint32_t lanes);
  void check_bounds(const Address& at, const Value* gate, std::uint32_t lanes);

  const Address& address_of(Node access) const;
  Value pointer(const Address& at, bool touched);
  Value pointers(const Address& at);
  Value padded_gate(const Value* gate, std::uint32_t lanes, std::uint32_t padded);
  Value value(Node node, std::uint32_t lanes = 1);
  void mark_data();
  const Value* wide(Node node) const;
  bool wide_arithmetic(const Instruction& instruction);
  Value scalar_expression(Node node);
  Node resolve(Node node) const;
  std::string argument_list(bool types_only) const;

  const Program& program_;
  const Graph& graph_;
  RenderOptions options_;
  IrWriter w_;
  std::unordered_map<std::uint32_t, Value> values_;
  /// Index arithmetic in 64 bits, of int32 scalars: lowering has proved that it fits in 32, and in 64 it becomes
  /// part of the addresses without sign extensions.
  std::unordered_map<std::uint32_t, Value> wide_;
  std::unordered_set<std::uint32_t> data_;  ///< what stored values are made of: no index arithmetic
  std::unordered_map<std::uint32_t, Address> addresses_;
  std::unordered_map<std::uint32_t, Loop> loops_;
  std::unordered_map<std::uint32_t, std::uint32_t> accumulator_lanes_;
};

std::uint32_t power_of_two_above(std::uint32_t lanes) {
  std::uint32_t power = 1;
  while (power < lanes) power *= 2;
  return power;
}

/// `after` orders and is otherwise its first source.
Node Renderer::resolve(Node node) const {
  while (graph_.op(node) == Op::after) node = graph_.source(node, 0);
  return node;
}

Value Renderer::value(Node node, std::uint32_t lanes) {
  node = resolve(node);
  if (graph_.is_constant(node)) {
    const Scalar scalar = graph_.scalar(node);
    const Type type{register_kind(scalar.dtype), lanes};
    return is_float(type.kind) ? w_.real(type, scalar.as_double()) : w_.integer(type, scalar.as_int());
  }
  auto found = values_.find(number_of(node));
  if (found == values_.end() && wide(node) != nullptr)
    return w_.widen(w_.convert("trunc", *wide(node), register_kind(graph_.dtype(node))), lanes);
  if (found == values_.end()) {
    throw DeviceError("cpu: kernel " + program_.name + ": " + std::string(name(graph_.op(node))) +
                      " is used before it is computed");
  }
  if (found->second.type.lanes != 1 && lanes == 1)
    throw DeviceError("cpu: kernel " + program_.name + ": a vector stands where a scalar is expected");
  return w_.widen(found->second, lanes);
}

/// A load ends the search: its address is no data.
void Renderer::mark_data() {
  std::vector<Node> open;
  for (const Instruction& each : program_.instructions) {
    const Op op = graph_.op(each.node);
    if (op == Op::store) open.push_back(graph_.source(each.node, 1));
    if (op == Op::load && graph_.arity(each.node) == 3) open.push_back(graph_.source(each.node, 1));
  }
  while (!open.empty()) {
    const Node node = resolve(open.back());
    open.pop_back();
    if (!data_.insert(number_of(node)).second) continue;
    if (is_elementwise(graph_.op(node)) || graph_.op(node) == Op::reduce)
      for (Node source : graph_.sources(node)) open.push_back(source);
  }
}

const Value* Renderer::wide(Node node) const {
  const auto found = wide_.find(number_of(resolve(node)));
  return found != wide_.end() ? &found->second : nullptr;
}

/// Computes an operator on index scalars in 64 bits, if it is one.
bool Renderer::wide_arithmetic(const Instruction& instruction) {
  const Node node = instruction.node;
  const Op op = graph_.op(node);
  const DType dtype = graph_.dtype(node);
  const bool simple = op == Op::add || op == Op::sub || op == Op::mul || op == Op::floordiv || op == Op::floormod ||
                      op == Op::cdiv || op == Op::cmod || op == Op::max || op == Op::min || is_comparison(op);
  if (instruction.lanes != 1 || !simple || data_.count(number_of(node)) != 0) return false;
  std::vector<Operand> sources;
  for (Node source : graph_.sources(node)) {
    source = resolve(source);
    if (graph_.dtype(source) != DType::int32) return false;
    if (graph_.is_constant(source)) {
      sources.push_back({w_.integer({Kind::i64, 1}, graph_.scalar(source).as_int()), DType::int64});
    } else if (const Value* known = wide(source)) {
      sources.push_back({*known, DType::int64});
    } else {
      return false;
    }
  }
  if (is_comparison(op)) {
    values_[number_of(node)] = elementwise(w_, op, dtype, sources);
  } else if (op == Op::add || op == Op::sub || op == Op::mul) {
    wide_[number_of(node)] = w_.binary(std::string(name(op)) + " nsw", sources[0].value, sources[1].value);
  } else {
    wide_[number_of(node)] = elementwise(w_, op, DType::int64, sources);
  }
  return true;
}

/// A size over constants and variables, as i64, whether or not it is among the instructions.
Value Renderer::scalar_expression(Node node) {
  node = resolve(node);
  if (graph_.is_constant(node)) return w_.integer({Kind::i64, 1}, graph_.scalar(node).as_int());
  if (const Value* known = wide(node)) return *known;
  if (const auto found = values_.find(number_of(node)); found != values_.end())
    return w_.convert("sext", found->second, Kind::i64);
  if (!is_elementwise(graph_.op(node)))
    throw DeviceError("cpu: kernel " + program_.name + ": a size is no expression of the variables");
  std::vector<Operand> sources;
  for (Node source : graph_.sources(node)) sources.push_back({scalar_expression(source), DType::int64});
  return elementwise(w_, graph_.op(node), DType::int64, sources);
}

void Renderer::open_loop(Node range) {
  const auto argument = unpack<RangeArgument>(graph_.argument(range));
  const Type type{register_kind(graph_.dtype(range)), 1};
  if (argument.kind == RangeKind::vector) {
    const Node size = graph_.source(range, 0);
    const auto lanes = static_cast<std::uint32_t>(graph_.scalar(size).as_int());
    std::string text;
    for (std::uint32_t i = 0; i < lanes; ++i)
      text += (i == 0 ? "" : ", ") + std::string(name(type.kind)) + " " + std::to_string(i);
    const Type vector{type.kind, lanes};
    values_[number_of(range)] = lanes == 1 ? w_.integer(type, 0) : Value{"<" + text + ">", vector};
    return;
  }
  const bool parallel = range == program_.parallel;
  const Type wide_type{Kind::i64, 1};
  const Value first = parallel ? Value{"%begin", wide_type} : w_.integer(wide_type, 0);
  const Value bound = parallel ? Value{"%end", wide_type} : scalar_expression(graph_.source(range, 0));
  Loop loop;
  const std::string number = std::to_string(number_of(range)), index = "%i" + number;
  loop.index = {index, wide_type};
  loop.next = {index + ".next", wide_type};
  loop.body = "loop" + number;
  loop.latch = "latch" + number;
  loop.exit = "exit" + number;
  loop.bound = bound;
  const std::string before = w_.current_block();
  if (bound.is_constant && bound.integer > 0) {
    w_.branch(loop.body);
  } else {
    w_.branch(w_.compare("icmp slt", first, bound), loop.body, loop.exit);
  }
  w_.begin_block(loop.body);
  w_.effect(index + " = phi i64 [ " + first.text + ", %" + before + " ], [ " + loop.next.text + ", %" + loop.latch +
            " ]");
  (type.kind == Kind::i64 ? values_ : wide_)[number_of(range)] = loop.index;
  loops_.emplace(number_of(range), std::move(loop));
}

void Renderer::close_loop(Node range) {
  const auto found = loops_.find(number_of(range));
  if (found == loops_.end()) return;  // lanes, not a loop
  const Loop& loop = found->second;
  w_.begin_block(loop.latch);
  w_.effect(loop.next.text + " = add nuw nsw " + name(loop.index.type) + " " + loop.index.text + ", 1");
  w_.branch(w_.compare("icmp slt", loop.next, loop.bound), loop.body, loop.exit);
  w_.begin_block(loop.exit);
}

void Renderer::accumulator(const Instruction& instruction) {
  const Node node = instruction.node;
  const AddressSpace space = unpack<BufferArgument>(graph_.argument(node)).space;
  const Node size = graph_.source(node, 0);
  if (space == AddressSpace::registers) {
    const std::string element = name(Type{register_kind(graph_.dtype(node)), instruction.lanes});
    const std::int64_t count = graph_.is_constant(size) ? graph_.scalar(size).as_int() : 0;
    if (count < 1) throw DeviceError("cpu: kernel " + program_.name + ": an accumulator has no constant size");
    values_[number_of(node)] =
        w_.stack_slot(count == 1 ? element : "[" + std::to_string(count) + " x " + element + "]");
    accumulator_lanes_[number_of(node)] = instruction.lanes;
    return;
  }
  if (space != AddressSpace::local || !graph_.is_constant(size))
    throw DeviceError("cpu: kernel " + program_.name + ": a global buffer must be a parameter");
  values_[number_of(node)] = w_.stack_slot("[" + std::to_string(graph_.scalar(size).as_int()) + " x " +
                                           std::string(name(memory_kind(graph_.dtype(node)))) + "], align 64");
}

void Renderer::address(Node node) {
  Address at;
  at.buffer = resolve(graph_.source(node, 0));
  at.dtype = graph_.dtype(at.buffer);
  at.base = value(at.buffer);
  const auto accumulated = accumulator_lanes_.find(number_of(at.buffer));
  if (accumulated != accumulator_lanes_.end()) {
    at.lanes = accumulated->second;
    const Value offset = value(graph_.source(node, 1));
    const Type element{register_kind(at.dtype), at.lanes};
    if (!graph_.is_constant(graph_.source(at.buffer, 0), 1))
      at.base = w_.assign(at.base.type, "getelementptr " + name(element) + ", ptr " + at.base.text + ", " +
                                            name(offset.type) + " " + offset.text);
  } else {
    const Node offset = resolve(graph_.source(node, 1));
    const auto found = values_.find(number_of(offset));
    at.offset =
        wide(offset) != nullptr ? *wide(offset) : value(offset, found == values_.end() ? 1 : found->second.type.lanes);
    at.run = graph_.arity(node) == 3;
    if (at.run && at.offset.type.lanes != 1)
      throw DeviceError("cpu: kernel " + program_.name + ": a run of addresses starts at a vector of offsets");
  }
  addresses_[number_of(node)] = std::move(at);
}

const Address& Renderer::address_of(Node access) const {
  const auto found = addresses_.find(number_of(resolve(graph_.source(access, 0))));
  if (found != addresses_.end()) return found->second;
  throw DeviceError("cpu: kernel " + program_.name + ": a " + std::string(name(graph_.op(access))) +
                    " without an index");
}

/// `touched`: the element is accessed for certain; the start of a masked run need not lie in the buffer.
Value Renderer::pointer(const Address& at, bool touched) {
  return w_.assign({Kind::pointer, 1}, std::string("getelementptr ") + (touched ? "inbounds " : "") +
                                           std::string(name(memory_kind(at.dtype))) + ", ptr " + at.base.text + ", " +
                                           name(at.offset.type) + " " + at.offset.text);
}

/// A vector of addresses, in a power of two of lanes: other widths of gathers are not safe to lower.
Value Renderer::pointers(const Address& at) {
  const std::uint32_t lanes = at.offset.type.lanes, padded = power_of_two_above(lanes);
  Value offset = at.offset;
  if (padded != lanes) {
    const Value zero = w_.zero(offset.type);
    offset = w_.lanes(offset, 0, padded, &zero);
  }
  return w_.assign({Kind::pointer, padded}, "getelementptr " + std::string(name(memory_kind(at.dtype))) + ", ptr " +
                                                at.base.text + ", " + name(offset.type) + " " + offset.text);
}

/// The gate in `padded` lanes, false beyond `lanes`.
Value Renderer::padded_gate(const Value* gate, std::uint32_t lanes, std::uint32_t padded) {
  const Type type{Kind::i1, lanes};
  const Value given = gate != nullptr ? w_.widen(*gate, lanes) : w_.integer(type, 1);
  if (padded == lanes) return given;
  const Value closed = w_.integer(type, 0);
  return w_.lanes(given, 0, padded, &closed);
}

void Renderer::check_bounds(const Address& at, const Value* gate, std::uint32_t lanes) {
  if (!options_.bounds_checks || graph_.op(at.buffer) != Op::parameter) return;
  const Value size = scalar_expression(graph_.source(at.buffer, 0));
  Address wide = at;
  Value offset = w_.convert("sext", at.offset, Kind::i64);
  if (at.run && lanes > 1) {
    std::string text;
    for (std::uint32_t i = 0; i < lanes; ++i) text += (i == 0 ? "i64 " : ", i64 ") + std::to_string(i);
    offset = w_.binary("add", w_.widen(offset, lanes), Value{"<" + text + ">", {Kind::i64, lanes}});
  }
  // One address may be read in lanes that a vector of gates chooses.
  const std::uint32_t count = std::max(offset.type.lanes, gate != nullptr ? gate->type.lanes : 1u);
  offset = w_.widen(offset, count);
  Value outside = w_.compare("icmp uge", offset, w_.widen(size, count));
  if (gate != nullptr) outside = w_.binary("and", outside, w_.widen(*gate, count));
  Value any = outside;
  if (count > 1) {
    any = w_.call({Kind::i1, 1}, "llvm.vector.reduce.or." + suffix(outside.type), {outside});
    const Value guilty = w_.select(outside, offset, w_.integer(offset.type, 0));
    // Read as unsigned, a negative offset is the greatest.
    offset = w_.call({Kind::i64, 1}, "llvm.vector.reduce.umax." + suffix(guilty.type), {guilty});
  }
  const std::string fault = w_.new_label("fault"), inside = w_.new_label("inside");
  w_.branch(any, fault, inside);
  w_.begin_block(fault);
  w_.effect("store i64 " + offset.text + ", ptr %fault.offset");
  w_.effect("store i64 " + std::to_string(static_cast<std::int64_t>(graph_.argument(at.buffer))) + ", ptr %fault");
  w_.return_void();
  w_.begin_block(inside);
}

std::string alignment(DType dtype) { return ", align " + std::to_string(size_of(dtype)); }
/// The same as an argument.
Value alignment_of(DType dtype) { return {std::to_string(size_of(dtype)), {Kind::i32, 1}, true}; }

Value Renderer::load_lanes(const Address& from, const Value* gate, std::uint32_t lanes) {
  const Kind kind = memory_kind(from.dtype);
  if (from.offset.type.lanes == 1 && (lanes == 1 || from.run) && (gate == nullptr || gate->type.lanes == 1)) {
    const Type type{kind, lanes};
    return w_.assign(type, "load " + name(type) + ", ptr " + pointer(from, true).text + alignment(from.dtype));
  }
  const std::uint32_t padded = power_of_two_above(lanes);
  const Type type{kind, padded};
  const bool gather = !from.run;
  const Value mask = padded_gate(gate, lanes, padded);
  const Value at = gather ? pointers(from) : pointer(from, false);
  const Value wide = gather ? w_.call(type, "llvm.masked.gather." + suffix(type) + "." + suffix(at.type),
                                      {at, alignment_of(from.dtype), mask, w_.zero(type)})
                            : masked_run(at, from.dtype, mask);
  return padded == lanes ? wide : w_.lanes(wide, 0, lanes);
}

/// A run of memory under a mask, a register at a time.
Value Renderer::masked_run(const Value& at, DType dtype, const Value& mask) {
  const Type type{memory_kind(dtype), mask.type.lanes};
  if (type.lanes * 8 * size_of(dtype) <= options_.vector_bits)
    return w_.call(type, "llvm.masked.load." + suffix(type) + ".p0",
                   {at, alignment_of(dtype), hidden(mask, dtype), w_.zero(type)});
  const std::uint32_t half = type.lanes / 2;
  const Value next = w_.assign({Kind::pointer, 1}, "getelementptr " + std::string(name(type.kind)) + ", ptr " +
                                                       at.text + ", i64 " + std::to_string(half));
  const Value low = masked_run(at, dtype, w_.lanes(mask, 0, half));
  const Value high = masked_run(next, dtype, w_.lanes(mask, half, half));
  return w_.lanes(low, 0, type.lanes, &high);
}

/// A mask of which code generation knows no lane. For processors whose masks are vectors LLVM 19 turns a masked load
/// into a plain one where it finds in the end that no lane is loaded.
Value Renderer::hidden(const Value& mask, DType dtype) {
  const std::size_t bits = 8 * size_of(dtype);
  const bool is_register = mask.type.lanes * bits == 128 || mask.type.lanes * bits == 256;
  if (options_.vector_bits >= 512 || bits < 32 || !is_register) return mask;
  const Value wide = w_.convert("sext", mask, bits == 32 ? Kind::i32 : Kind::i64);
  const std::string type = name(wide.type);
  const Value same = w_.assign(wide.type, "call " + type + " asm \"\", \"=x,0\"(" + type + " " + wide.text + ")");
  return w_.compare("icmp slt", same, w_.zero(wide.type));
}

void Renderer::load(const Instruction& instruction) {
  const Node node = instruction.node;
  const Address from = address_of(node);
  const DType dtype = from.dtype;
  const bool gated = graph_.arity(node) == 3;
  if (from.offset.type.kind == Kind::none) {
    const Type type{register_kind(dtype), from.lanes};
    values_[number_of(node)] = w_.assign(type, "load " + name(type) + ", ptr " + from.base.text);
    return;
  }
  const std::uint32_t lanes = from.run ? instruction.lanes : from.offset.type.lanes;
  if (!gated) {
    check_bounds(from, nullptr, lanes);
    values_[number_of(node)] = from_memory(w_, load_lanes(from, nullptr, lanes), dtype);
    return;
  }
  const Node gate_node = resolve(graph_.source(node, 2)), other = graph_.source(node, 1);
  const auto known = values_.find(number_of(gate_node));
  const std::uint32_t gate_lanes = known == values_.end() ? 1 : known->second.type.lanes;
  const Value gate = value(gate_node, gate_lanes);
  const std::uint32_t result_lanes = std::max(lanes, std::max(gate_lanes, instruction.lanes));
  const Value alternative = value(other, result_lanes);
  check_bounds(from, &gate, lanes);
  if (gate_lanes > 1) {
    Address wide = from;
    if (!from.run) wide.offset = w_.widen(from.offset, result_lanes);
    const Value loaded = from_memory(w_, load_lanes(wide, &gate, result_lanes), dtype);
    const bool is_zero = graph_.is_constant(other) && graph_.scalar(other).bits == 0;  // as masked lanes are
    values_[number_of(node)] = is_zero ? loaded : w_.select(gate, loaded, alternative);
    return;
  }
  const std::string open = w_.new_label("open"), join = w_.new_label("join"), before = w_.current_block();
  w_.branch(gate, open, join);
  w_.begin_block(open);
  const Value loaded = w_.widen(from_memory(w_, load_lanes(from, nullptr, lanes), dtype), result_lanes);
  w_.begin_block(join);
  values_[number_of(node)] = w_.assign(loaded.type, "phi " + name(loaded.type) + " [ " + loaded.text + ", %" + open +
                                                        " ], [ " + alternative.text + ", %" + before + " ]");
}

void Renderer::store_lanes(const Address& to, const Value& value, const Value* gate, std::uint32_t lanes) {
  if (to.offset.type.lanes == 1 && gate == nullptr) {
    w_.effect("store " + name(value.type) + " " + value.text + ", ptr " + pointer(to, true).text + alignment(to.dtype));
    return;
  }
  const std::uint32_t padded = power_of_two_above(lanes);
  const bool scatter = !to.run;
  const Value at = scatter ? pointers(to) : pointer(to, false);
  const Value wide = padded == lanes ? value : w_.lanes(value, 0, padded, nullptr);
  w_.call({},
          scatter ? "llvm.masked.scatter." + suffix(wide.type) + "." + suffix(at.type)
                  : "llvm.masked.store." + suffix(wide.type) + ".p0",
          {wide, at, alignment_of(to.dtype), padded_gate(gate, lanes, padded)});
}

void Renderer::store(Node node) {
  const Address to = address_of(node);
  const Node stored = resolve(graph_.source(node, 1));
  const auto known = values_.find(number_of(stored));
  const std::uint32_t own_lanes = known == values_.end() ? 1 : known->second.type.lanes;
  if (to.offset.type.kind == Kind::none) {
    const Value wide = value(stored, to.lanes);
    w_.effect("store " + name(wide.type) + " " + wide.text + ", ptr " + to.base.text);
    return;
  }
  const Node index = resolve(graph_.source(node, 0));
  const std::uint32_t lanes =
      to.run ? static_cast<std::uint32_t>(graph_.scalar(graph_.source(graph_.source(index, 2), 0)).as_int())
             : std::max(own_lanes, to.offset.type.lanes);
  const Value data = to_memory(w_, value(stored, lanes), to.dtype);
  Address target = to;
  if (!to.run) target.offset = w_.widen(to.offset, lanes);
  if (graph_.arity(node) == 2) {
    check_bounds(target, nullptr, lanes);
    store_lanes(target, data, nullptr, lanes);
    return;
  }
  const Node gate_node = resolve(graph_.source(node, 2));
  const auto gate_known = values_.find(number_of(gate_node));
  const std::uint32_t gate_lanes = gate_known == values_.end() ? 1 : gate_known->second.type.lanes;
  const Value gate = value(gate_node, gate_lanes);
  check_bounds(target, &gate, lanes);
  if (gate_lanes > 1) {
    store_lanes(target, data, &gate, lanes);
    return;
  }
  const std::string open = w_.new_label("open"), join = w_.new_label("join");
  w_.branch(gate, open, join);
  w_.begin_block(open);
  store_lanes(target, data, nullptr, lanes);
  w_.begin_block(join);
}

void Renderer::instruction(const Instruction& instruction) {
  const Node node = instruction.node;
  const Op op = graph_.op(node);
  switch (op) {
  case Op::range: return open_loop(node);
  case Op::end:
    for (std::uint32_t i = graph_.arity(node); i-- > 1;) close_loop(graph_.source(node, i));
    return;
  case Op::buffer: return accumulator(instruction);
  case Op::index: return address(node);
  case Op::load: return load(instruction);
  case Op::store: return store(node);
  case Op::reduce: {
    const Node source = graph_.source(node, 0);
    const Op fold = unpack<ReduceArgument>(graph_.argument(node)).op;
    const auto lanes = static_cast<std::uint32_t>(graph_.scalar(graph_.source(graph_.source(node, 1), 0)).as_int());
    values_[number_of(node)] = fold_lanes(w_, fold, graph_.dtype(node), value(source, lanes));
    return;
  }
  default: break;
  }
  if (is_elementwise(op) && wide_arithmetic(instruction)) return;
  if (!is_elementwise(op)) return;  // constants, parameters and variables are there; the rest only orders
  std::vector<Operand> sources;
  for (Node source : graph_.sources(node)) {
    const auto known = values_.find(number_of(resolve(source)));
    const bool condition = op == Op::where && sources.empty();
    const bool scalar = condition && (known == values_.end() || known->second.type.lanes == 1);
    sources.push_back({value(source, scalar ? 1 : instruction.lanes), graph_.dtype(source)});
  }
  values_[number_of(node)] = elementwise(w_, op, graph_.dtype(node), sources);
}

/// The parameters of the kernel's body, or the arguments that the entry point gives it.
std::string Renderer::argument_list(bool definition) const {
  std::string text;
  const std::string pointer = definition ? "ptr noalias noundef %b" : "ptr %b";
  for (std::size_t i = 0; i < program_.parameters.size(); ++i) text += pointer + std::to_string(i) + ", ";
  for (std::size_t i = 0; i < program_.variables.size(); ++i) text += "i64 %v" + std::to_string(i) + ", ";
  if (options_.bounds_checks) text += (definition ? "ptr noalias" : "ptr") + std::string(" %fault, ");
  return text + "i64 %begin, i64 %end";
}

std::string Renderer::render() {
  for (std::size_t i = 0; i < program_.parameters.size(); ++i)
    if (program_.parameters[i].node != Node::none)
      values_[number_of(program_.parameters[i].node)] = {"%b" + std::to_string(i), {Kind::pointer, 1}};
  if (options_.bounds_checks) w_.effect("%fault.offset = getelementptr i64, ptr %fault, i64 1");
  for (std::size_t i = 0; i < program_.variables.size(); ++i) {
    const Node variable = program_.variables[i];
    const Value given{"%v" + std::to_string(i), {Kind::i64, 1}};
    const Kind kind = register_kind(graph_.dtype(variable));
    if (kind == Kind::i32)
      wide_[number_of(variable)] = given;
    else
      values_[number_of(variable)] = w_.convert("trunc", given, kind);
  }
  mark_data();
  for (const Instruction& each : program_.instructions) instruction(each);
  w_.return_void();

  const std::string function = symbol(program_);
  std::string entry = "define void @" + function + "(ptr %buffers, ptr %variables, i64 %begin, i64 %end) {\n";
  const auto fetch = [&](const std::string& into, const char* type, const char* from, std::size_t i) {
    const std::string at = into + ".at";
    entry += "  " + at + " = getelementptr " + type + ", ptr " + from + ", i64 " + std::to_string(i) + "\n";
    entry += "  " + into + " = load " + type + ", ptr " + at + "\n";
  };
  for (std::size_t i = 0; i < program_.parameters.size(); ++i) fetch("%b" + std::to_string(i), "ptr", "%buffers", i);
  for (std::size_t i = 0; i < program_.variables.size(); ++i) fetch("%v" + std::to_string(i), "i64", "%variables", i);
  if (options_.bounds_checks) fetch("%fault", "ptr", "%buffers", program_.parameters.size());
  // Only a function's arguments can be said not to alias, hence a function for the body.
  entry += "  call void @" + function + ".body(" + argument_list(false) + ")\n  ret void\n}\n\n";
  return entry + "define internal void @" + function + ".body(" + argument_list(true) + ") noinline {\nentry:\n" +
         w_.entry() + "  br label %start\nstart:\n" + w_.body() + "}\n\n" + w_.helpers();
}

}  // namespace

std::string symbol(const Program& program) {
  std::string name = program.name.empty() ? "kernel" : program.name;
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain) c = '_';
  }
  return "whittle_" + name;
}

std::string render(const Program& program, const RenderOptions& options) {
  check(program);
  return Renderer(program, options).render();
}

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
