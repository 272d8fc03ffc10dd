// Linear programs by hand, as lowering would make them.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <whittle/ir/graph.hpp>
#include <whittle/ir/scalar_operation.hpp>
#include <whittle/lower/program.hpp>

#include "jit/device.hpp"

namespace test {

namespace w = whittle;
using w::DType;
using w::Graph;
using w::Node;
using w::Op;
using w::Program;
using w::RangeKind;

/// Appends each node that is made to a program; lanes follow from the sources.
class ProgramBuilder {
 public:
  explicit ProgramBuilder(std::string name) { program.name = std::move(name); }

  Graph graph;
  Program program;

  Node constant(DType type, std::int64_t value) { return graph.constant(type, value); }
  Node number(std::int64_t value) { return graph.constant(DType::int32, value); }
  Node variable(std::string_view name, std::int64_t low, std::int64_t high, DType type = DType::int32) {
    const Node node = graph.variable(name, low, high, type);
    program.variables.push_back(node);
    return append(node, 1);
  }
  Node parameter(DType type, Node size, bool written = false) {
    const Node node = graph.make(Op::parameter, type, {size}, program.parameters.size());
    program.parameters.push_back({node, written});
    return append(node, 1);
  }
  Node parameter(DType type, std::int64_t size, bool written = false) { return parameter(type, number(size), written); }

  Node range(Node size, RangeKind kind = RangeKind::loop, DType type = DType::int32) {
    const Node node = graph.make(Op::range, type, {size}, w::pack(w::RangeArgument{graph.fresh_id(), kind, {}}));
    if (kind == RangeKind::parallel) program.parallel = node;
    return append(node, kind == RangeKind::vector ? static_cast<std::uint32_t>(graph.scalar(size).as_int()) : 1u);
  }
  Node range(std::int64_t size, RangeKind kind = RangeKind::loop) { return range(number(size), kind); }
  Node end(Node effect, Node loop) { return append(graph.make(Op::end, DType::none, {effect, loop}), 1); }

  Node accumulator(DType type, std::uint32_t lanes = 1) {
    const w::BufferArgument argument{graph.fresh_id(), w::AddressSpace::registers, {}};
    return append(graph.make(Op::buffer, type, {number(1)}, w::pack(argument)), lanes);
  }
  Node after(Node value, Node effect) {
    return append(graph.make(Op::after, graph.dtype(value), {value, effect}), lanes(value));
  }
  Node index(Node buffer, Node offset) {
    return append(graph.make(Op::index, graph.dtype(buffer), {buffer, offset}), std::max(lanes(offset), lanes(buffer)));
  }
  Node run(Node buffer, Node offset, Node vector) {
    return append(graph.make(Op::index, graph.dtype(buffer), {buffer, offset, vector}), lanes(vector));
  }
  Node load(Node at) { return append(graph.make(Op::load, graph.dtype(at), {at}), lanes(at)); }
  Node load(Node at, Node alternative, Node gate) {
    return append(graph.make(Op::load, graph.dtype(at), {at, alternative, gate}), std::max(lanes(at), lanes(gate)));
  }
  Node store(Node at, Node value) { return append(graph.make(Op::store, DType::none, {at, value}), 1); }
  Node store(Node at, Node value, Node gate) {
    return append(graph.make(Op::store, DType::none, {at, value, gate}), 1);
  }
  Node fold(Op op, Node value, Node vector) {
    return append(graph.make(Op::reduce, graph.dtype(value), {value, vector}, w::pack(w::ReduceArgument{op, 0, 0})), 1);
  }
  Node make(Op op, DType type, std::vector<Node> sources) {
    std::uint32_t most = 1;
    for (Node source : sources) most = std::max(most, lanes(source));
    return append(graph.make(op, type, sources), most);
  }

  Program& finish() {
    program.graph = &graph;
    return program;
  }
  std::uint32_t lanes(Node node) const {
    const auto found = lanes_.find(w::number_of(node));
    return found == lanes_.end() ? 1 : found->second;
  }

 private:
  Node append(Node node, std::uint32_t lanes) {
    if (lanes_.emplace(w::number_of(node), lanes).second) program.instructions.push_back({node, lanes});
    return node;
  }
  std::map<std::uint32_t, std::uint32_t> lanes_;
};

/// Numbers as memory holds them, and back.
inline std::vector<std::byte> encode(std::span<const w::Scalar> numbers) {
  std::vector<std::byte> bytes;
  for (const w::Scalar& each : numbers) {
    const std::uint64_t stored = w::stored_bits(each);
    const auto* raw = reinterpret_cast<const std::byte*>(&stored);
    bytes.insert(bytes.end(), raw, raw + w::size_of(each.dtype));
  }
  return bytes;
}
inline std::vector<w::Scalar> decode(DType type, std::span<const std::byte> bytes) {
  std::vector<w::Scalar> numbers;
  for (std::size_t at = 0; at < bytes.size(); at += w::size_of(type)) {
    std::uint64_t stored = 0;
    std::memcpy(&stored, bytes.data() + at, w::size_of(type));
    numbers.push_back(w::from_stored_bits(type, stored));
  }
  return numbers;
}
template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// Runs a program over the contents of its buffers, which are changed in place.
inline void run(w::Device& device, const Program& program, std::vector<std::vector<std::byte>>& contents,
                std::vector<std::int64_t> variables = {}) {
  const std::shared_ptr<w::Kernel> kernel = device.compile(program);
  std::vector<w::Buffer> buffers;
  for (const auto& content : contents) {
    buffers.push_back(device.allocate(content.size()));
    device.copy_in(buffers.back(), content);
  }
  std::vector<w::Buffer*> pointers;
  for (w::Buffer& buffer : buffers) pointers.push_back(&buffer);
  device.launch(*kernel, pointers, variables);
  for (std::size_t i = 0; i < contents.size(); ++i) device.copy_out(contents[i], buffers[i]);
  device.synchronize();
}

template <class T>
std::vector<T> values_of(const std::vector<std::byte>& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace test
