// One kernel out of a tensor graph: indices go from the stored values to what they are computed from.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <whittle/schedule/index_map.hpp>
#include <whittle/simplify/simplify.hpp>

namespace whittle {
inline namespace v0 {

using IndexMatcher = matcher<simplify_rules, Graph>;

/// A kernel and the buffers that its parameters stand for.
struct KernelCall {
  Node sink = Node::none;
  std::string name;
  std::vector<Node> buffers;    ///< by parameter position
  std::vector<Node> variables;  ///< `variable` nodes below the sink
};

/// Where values live that kernels exchange: filled by the scheduler.
struct StoragePlan {
  std::unordered_map<std::uint32_t, Node> buffer_of;  ///< stored node -> its buffer
  std::unordered_map<std::uint32_t, Node> inlined;    ///< after node -> the value to compute instead of loading
  std::unordered_map<std::uint32_t, Node> copy_of;    ///< buffer -> the copy of its old content
  Node stored_in(Node n) const { return find(buffer_of, n); }
  static Node find(const std::unordered_map<std::uint32_t, Node>& map, Node n) {
    const auto found = map.find(number_of(n));
    return found == map.end() ? Node::none : found->second;
  }
};

/// A value and the memory it goes to: a buffer, or movement operators over one.
struct KernelStore {
  Node value = Node::none, target = Node::none;
};

class KernelBuilder {
 public:
  KernelBuilder(Graph& graph, const StoragePlan& plan, Rewriter<IndexMatcher>& simplify_index)
      : graph_(graph),
        plan_(plan),
        simplify_index_(simplify_index) {}

  /// All stores must be of values of the same shape.
  KernelCall build(const std::vector<KernelStore>& stores) {
    const Shape shape = shape_of(graph_, stores.front().value);
    Element whole;
    std::vector<Node> ranges;
    for (Node dim : shape) {
      whole.indices.push_back(range_or_zero(dim));
      if (graph_.op(whole.indices.back()) == Op::range) ranges.push_back(whole.indices.back());
    }
    std::vector<Node> effects, addresses;
    for (const KernelStore& store : stores) addresses.push_back(address(target_place(store.target, whole)));
    for (std::size_t i = 0; i < stores.size(); ++i) {
      roots_.push_back(stores[i].value);
      effects.push_back(store(graph_, addresses[i], value_of(stores[i].value, whole)));
    }
    const Node effect = effects.size() == 1 ? effects[0] : group(graph_, effects);
    call_.sink = sink(graph_, {ranges.empty() ? effect : end(graph_, effect, ranges)});
    call_.name = kernel_name(shape);
    return call_;
  }

 private:
  /// A value at an element: what the memo is about. `key` names the element.
  struct Request {
    Node node, key;
  };
  struct Entry {
    Element element;
    std::vector<Node> ranges;  // of a reduction
    std::vector<std::uint64_t> needs;
    Node value = Node::none;
  };
  struct Place {
    Node buffer;
    Node offset;
    Node valid;
  };

  Node range_or_zero(Node dim) {
    if (graph_.is_constant(dim, 1)) return graph_.constant(DType::index, 0);
    return graph_.range(dim, next_range_++);
  }

  Node simplified(Node index) { return simplify_index_(index).node; }

  Place target_place(Node target, const Element& whole) {
    Element element = whole;
    while (is_movement(graph_.op(target))) {
      element = source_element(graph_, target, element);
      target = graph_.source(target, 0);
    }
    while (graph_.op(target) == Op::after) target = graph_.source(target, 0);
    return {target, element.indices[0], element.valid};
  }

  Node parameter_of(Node buffer) {
    std::size_t position = 0;
    while (position < call_.buffers.size() && call_.buffers[position] != buffer) ++position;
    if (position == call_.buffers.size()) call_.buffers.push_back(buffer);
    return parameter(graph_, graph_.dtype(buffer), graph_.source(buffer, 0), position);
  }

  Node address(const Place& place) {
    Node offset = place.offset;
    if (place.valid != Node::none) offset = where(graph_, place.valid, offset, graph_.invalid(DType::index));
    return index_of(graph_, parameter_of(place.buffer), simplified(offset));
  }

  Node load_from(Node buffer, Node offset, Node valid) { return load(graph_, address({buffer, offset, valid})); }

  /// The row-major offset of an element of a stored node.
  Node offset_of(Node n, const Element& element) {
    const Shape shape = shape_of(graph_, n);
    return detail::flatten(graph_, element.indices, shape, 0, shape.size());
  }

  static std::uint64_t id(Request r) { return (std::uint64_t{number_of(r.node)} << 32) | number_of(r.key); }

  Request request(Node n, const Element& element) {
    std::vector<Node> parts = element.indices;
    parts.push_back(element.valid == Node::none ? graph_.constant(DType::boolean, 1) : element.valid);
    const Request made{n, group(graph_, parts)};
    entries_.try_emplace(id(made), Entry{element, {}, {}, Node::none});
    return made;
  }

  /// Evaluates without recursion: requests wait on a stack for the requests they need.
  Node value_of(Node root, const Element& element) {
    const Request first = request(root, element);
    std::vector<Request> stack{first};
    while (!stack.empty()) {
      const Request at = stack.back();
      if (entries_[id(at)].value != Node::none) {
        stack.pop_back();
        continue;
      }
      std::vector<Request> missing = needs(at);
      if (missing.empty()) {
        entries_[id(at)].value = combine(at);
        stack.pop_back();
      }
      for (std::size_t k = missing.size(); k-- > 0;) stack.push_back(missing[k]);
    }
    return entries_[id(first)].value;
  }

  bool is_root(Node n) const {
    for (Node root : roots_)
      if (root == n) return true;
    return false;
  }
  bool is_loaded(Node n) const {
    return (plan_.stored_in(n) != Node::none && !is_root(n)) || graph_.op(n) == Op::buffer ||
           (graph_.op(n) == Op::after && StoragePlan::find(plan_.inlined, n) == Node::none);
  }

  /// The requests that have to be answered first.
  std::vector<Request> needs(Request at) {
    Entry& entry = entries_[id(at)];
    if (!entry.needs.empty()) return {};  // asked before: all answered by now
    std::vector<Request> needed;
    if (is_loaded(at.node)) return needed;
    const Element element = entry.element;
    if (graph_.op(at.node) == Op::after) {
      needed.push_back(inlined_request(at.node, element));
    } else if (is_movement(graph_.op(at.node))) {
      Element below = source_element(graph_, at.node, element);
      for (Node& index : below.indices) index = simplified(index);
      if (below.valid != Node::none) below.valid = simplified(below.valid);
      needed.push_back(request(graph_.source(at.node, 0), below));
    } else if (graph_.op(at.node) == Op::reduce) {
      needed.push_back(request(graph_.source(at.node, 0), reduced_element(at, element)));
    } else if (graph_.op(at.node) != Op::iota) {
      for (Node s : graph_.sources(at.node))
        if (graph_.op(s) != Op::constant && graph_.op(s) != Op::variable)
          needed.push_back(request(s, shape_of(graph_, s).empty() ? Element{{}, element.valid} : element));
    }
    Entry& kept = entries_[id(at)];
    for (Request r : needed) kept.needs.push_back(id(r));
    std::vector<Request> missing;
    for (Request r : needed)
      if (entries_[id(r)].value == Node::none) missing.push_back(r);
    return missing;
  }

  Element reduced_element(Request at, Element element) {
    const Shape from = shape_of(graph_, graph_.source(at.node, 0));
    const auto argument = unpack<ReduceArgument>(graph_.argument(at.node));
    std::vector<Node> ranges;
    for (std::uint32_t k = 0; k < from.size(); ++k) {
      if (((argument.axes >> k) & 1u) == 0) continue;
      element.indices[k] = graph_.is_constant(from[k], 1) ? graph_.constant(DType::index, 0)
                                                          : graph_.range(from[k], next_range_++, RangeKind::reduce);
      if (graph_.op(element.indices[k]) == Op::range) ranges.push_back(element.indices[k]);
    }
    entries_[id(at)].ranges = ranges;
    return element;
  }

  /// The value that was stored whole into `after`'s buffer, at the element's offset.
  Request inlined_request(Node after, const Element& element) {
    const Node value = StoragePlan::find(plan_.inlined, after);
    const Shape shape = shape_of(graph_, value);
    Element inside{std::vector<Node>(shape.size(), graph_.constant(DType::index, 0)), element.valid};
    if (shape.size() > 0) detail::unflatten(graph_, element.indices[0], shape, 0, shape.size(), inside.indices);
    for (Node& index : inside.indices) index = simplified(index);
    return request(value, inside);
  }

  /// The value of a request whose needs are answered.
  Node combine(Request at) {
    const Entry& entry = entries_[id(at)];
    const Node n = at.node;
    if (is_loaded(n)) return loaded(n, entry.element);
    switch (graph_.op(n)) {
    case Op::iota: return cast(graph_, entry.element.indices[0], graph_.dtype(n));
    case Op::pad: return padded(n, entry);
    case Op::reduce: return reduced(n, entry);
    case Op::after:
    case Op::contiguous:
    case Op::detach: return entries_[entry.needs[0]].value;
    default: break;
    }
    if (is_movement(graph_.op(n))) return entries_[entry.needs[0]].value;
    std::vector<Node> sources;
    std::size_t next = 0;
    for (Node s : graph_.sources(n)) {
      const bool is_leaf = graph_.op(s) == Op::constant || graph_.op(s) == Op::variable;
      sources.push_back(is_leaf ? s : entries_[entry.needs[next++]].value);
    }
    return graph_.with_sources(n, sources);
  }

  Node loaded(Node n, const Element& element) {
    const Node buffer = plan_.stored_in(n);
    if (buffer != Node::none && !is_root(n)) return load_from(buffer, offset_of(n, element), element.valid);
    Node base = n;
    const bool is_old = graph_.op(n) == Op::buffer;
    while (graph_.op(base) == Op::after) base = graph_.source(base, 0);
    if (const Node copy = StoragePlan::find(plan_.copy_of, base); is_old && copy != Node::none && !is_root(n))
      base = copy;
    return load_from(base, element.indices[0], element.valid);
  }

  Node padded(Node n, const Entry& entry) {
    const Element below =
        detail::pad_source(graph_, {entry.element.indices, Node::none}, n, shape_of(graph_, graph_.source(n, 0)));
    const Node value = entries_[entry.needs[0]].value;
    return below.valid == Node::none
               ? value
               : where(graph_, simplified(below.valid), value, graph_.constant(graph_.dtype(n), 0));
  }

  Node reduced(Node n, const Entry& entry) {
    const Node value = entries_[entry.needs[0]].value;
    const Op op = unpack<ReduceArgument>(graph_.argument(n)).op;
    return entry.ranges.empty() ? value : reduce(graph_, value, op, entry.ranges);
  }

  std::string kernel_name(const Shape& shape) const {
    bool reduces = false;
    for (const auto& item : entries_) reduces = reduces || !item.second.ranges.empty();
    std::string name = reduces ? "reduce" : "map";
    for (Node dim : shape)
      name += "_" + (graph_.is_constant(dim) ? std::to_string(graph_.scalar(dim).as_int()) : std::string("n"));
    return name;
  }

  Graph& graph_;
  const StoragePlan& plan_;
  Rewriter<IndexMatcher>& simplify_index_;
  KernelCall call_;
  std::vector<Node> roots_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::uint32_t next_range_ = 0;
};

}  // namespace v0
}  // namespace whittle
