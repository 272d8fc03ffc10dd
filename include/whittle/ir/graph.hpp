// The one graph: immutable, hash-consed nodes of 32 bytes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include <whittle/core/fixed_vector.hpp>
#include <whittle/core/growing_array.hpp>
#include <whittle/core/hash.hpp>
#include <whittle/core/inline.hpp>
#include <whittle/core/large_allocator.hpp>
#include <whittle/core/scalar.hpp>
#include <whittle/ir/node.hpp>
#include <whittle/ir/node_key.hpp>
#include <whittle/ir/node_table.hpp>
#include <whittle/ir/shared_node.hpp>

namespace whittle {
inline namespace v0 {

/// Bounds of an integer or bool, both included; the ends of int64 stand for "no bound known".
struct Interval {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

/// An integer node's values are residue + k * modulus for whole numbers k. Modulus 1: nothing is known; modulus 0: it
/// is that number. 0 <= residue < modulus otherwise.
struct Congruence {
  std::int64_t modulus = 1, residue = 0;
  constexpr bool is_point() const { return modulus == 0; }
  /// Every value is a multiple of `divisor`, which is positive.
  constexpr bool is_multiple_of(std::int64_t divisor) const { return modulus % divisor == 0 && residue % divisor == 0; }
  friend constexpr bool operator==(const Congruence&, const Congruence&) = default;
};

/// Dimensions, outermost first: each a constant or a bounded variable of dtype index.
inline constexpr std::size_t max_rank = 16;
using Shape = FixedVector<Node, max_rank>;

/// The line of the user's program that made a node.
struct Origin {
  const char* file = nullptr;
  std::uint32_t line = 0;
};

struct UserOperator;  // ir/user_operator.hpp

/// Storage of vectors, large ones in huge pages: works in constant expressions.
struct VectorStorage {
  template <class T>
  using sequence = std::vector<T, LargeAllocator<T>>;
};

/// A graph of hash-consed nodes: `make` of an equal node returns the node that is there. Nodes are never
/// removed. One thread at a time; different graphs are independent.
template <class Storage>
class BasicGraph {
 public:
  constexpr BasicGraph() {
    records_.reserve(first_room);
    records_.append();
  }
  BasicGraph(const BasicGraph&) = delete;
  BasicGraph& operator=(const BasicGraph&) = delete;
  constexpr BasicGraph(BasicGraph&&) = default;
  constexpr BasicGraph& operator=(BasicGraph&&) = default;

  /// Of the nodes and of the table that finds them, as far as it is in use.
  constexpr std::size_t bytes() const { return size() * sizeof(Record) + table_.bytes(); }

  /// One more than the greatest node number; node 0 is `Node::none`.
  constexpr std::uint32_t size() const { return static_cast<std::uint32_t>(records_.size()); }

  constexpr Op op(Node n) const { return record(n).op; }
  constexpr DType dtype(Node n) const { return record(n).dtype; }
  constexpr std::uint64_t argument(Node n) const { return record(n).argument; }
  /// A 64-bit structural key: equal in every process, free of node numbers and addresses.
  constexpr std::uint64_t key(Node n) const { return record(n).key; }
  constexpr std::uint32_t arity(Node n) const {
    const Record& r = record(n);
    return r.arity <= inline_sources ? r.arity : number_of(r.sources[1]);
  }
  constexpr std::span<const Node> sources(Node n) const {
    const Record& r = record(n);
    if (r.arity <= inline_sources) return {r.sources, r.arity};
    return {more_sources_.data() + number_of(r.sources[0]), arity(n)};
  }
  // Used nearly everywhere, and shorter than a call of it.
  WHITTLE_INLINE constexpr Node source(Node n, std::uint32_t i) const {
    const Record& r = record(n);
    return r.arity <= inline_sources ? r.sources[i] : more_sources_[number_of(r.sources[0]) + i];
  }

  /// The same of a node that has no more than three.
  WHITTLE_INLINE constexpr Node source_of_few(Node n, std::uint32_t i) const { return record(n).sources[i]; }
  /// What it is as an operand, whatever it is over.
  constexpr std::uint32_t operand_code(Node n) const { return detail::NodeKey::op_code(record(n).key); }
  /// Of the sources of a node that has no more than two.
  constexpr OperandCodes operand_codes(Node n) const { return {number_of(record(n).sources[2])}; }

  constexpr bool is_constant(Node n) const { return op(n) == Op::constant; }
  /// Whether it is a built-in operator over a second source that is a constant: one comparison.
  constexpr bool is_over_constant(Node n, Op op) const {
    return detail::NodeKey::code(record(n).key) == (OperandCode::of(op) | OperandCode::over_constant);
  }
  constexpr Scalar scalar(Node n) const { return {dtype(n), argument(n)}; }
  constexpr bool is_constant(Node n, std::int64_t value) const {
    return is_constant(n) && argument(n) == number(dtype(n), value).bits;
  }

  /// The node of that description. Commutative operands are put in structural order, constants last.
  constexpr Node make(Op op, DType dtype, std::span<const Node> sources, std::uint64_t argument = 0) {
    if (sources.size() == 2) return make(op, dtype, sources[0], sources[1], argument);
    if (sources.size() > inline_sources) [[unlikely]]
      return make_of_many(op, dtype, sources, argument);
    const auto arity = static_cast<std::uint8_t>(sources.size());
    std::uint32_t greatest = 0;
    Node of[inline_sources] = {};
    for (std::uint8_t k = 0; k < arity; ++k) {
      of[k] = sources[k];
      greatest = greater(greatest, number_of(of[k]));
    }
    if (arity == 1) of[2] = codes_of(record(of[0]).key, 0, false, false);
    return find_or_insert(op, dtype, arity, of[0], of[1], of[2], greatest, argument,
                          key_of_many(op, dtype, sources, argument));
  }
  /// The same of two sources, which most nodes have. Without branches that could not be foreseen.
  constexpr Node make(Op op, DType dtype, Node first, Node second, std::uint64_t argument = 0) {
    const Record &of_first = record(first), &of_second = record(second);
    const std::uint64_t key_of_first = of_first.key, key_of_second = of_second.key;
    const unsigned is_wrong_order = unsigned{is_commutative(op)} & unsigned{key_of_second < key_of_first};
    const std::uint64_t swaps = 0 - std::uint64_t{is_wrong_order}, other_key = (key_of_first ^ key_of_second) & swaps;
    const std::uint64_t key_of_a = key_of_first ^ other_key, key_of_b = key_of_second ^ other_key;
    const std::uint32_t other = (number_of(first) ^ number_of(second)) & static_cast<std::uint32_t>(swaps);
    const bool is_shared = detail::share_a_node(first, of_first.sources, second, of_second.sources);
    const std::uint64_t named = op == Op::variable ? argument_of_key(op, argument) : argument;
    const std::uint64_t key = detail::NodeKey::of_two(op, dtype, named, key_of_a, key_of_b);
    return find_or_insert(op, dtype, 2, Node{number_of(first) ^ other}, Node{number_of(second) ^ other},
                          codes_of(key_of_a, key_of_b, first == second, is_shared),
                          greater(number_of(first), number_of(second)), argument, key);
  }
  constexpr Node make(Op op, DType dtype, std::initializer_list<Node> sources, std::uint64_t argument = 0) {
    return make(op, dtype, std::span<const Node>(sources.begin(), sources.size()), argument);
  }

  constexpr Node constant(Scalar value) {
    if (value.dtype != DType::index || value.bits >= small_constants)
      return make(Op::constant, value.dtype, {}, value.bits);
    Node& known = small_constants_[value.bits];
    if (known == Node::none) known = make(Op::constant, value.dtype, {}, value.bits);
    return known;
  }
  constexpr Node constant(DType dtype, std::int64_t value) { return constant(number(dtype, value)); }
  constexpr Node invalid(DType dtype) { return make(Op::invalid, dtype, {}); }
  /// An integer named `name`, at least `low` and at most `high`.
  constexpr Node variable(std::string_view name, std::int64_t low, std::int64_t high, DType dtype = DType::index) {
    return make(Op::variable, dtype, {constant(dtype, low), constant(dtype, high)}, text(name));
  }
  constexpr Node range(Node extent, std::uint32_t id, RangeKind kind = RangeKind::loop) {
    return make(Op::range, DType::index, {extent}, pack(RangeArgument{id, kind, {}}));
  }
  /// The same operator and argument over other sources.
  constexpr Node with_sources(Node n, std::span<const Node> sources) {
    return make(op(n), dtype(n), sources, argument(n));
  }

  /// Before so many nodes of another graph are copied: what is empty knows the same operators, and gives no id that is
  /// in use.
  constexpr void begin_copies(const BasicGraph& from, std::size_t nodes) {
    if (size() == 1) {
      operators_ = from.operators_;
      last_id_ = from.last_id_;
      reserve(nodes);
    }
  }
  /// A node of another graph over what `copy_of` gives for its sources, and for none. Structural keys stay the same.
  template <class CopyOf>
  constexpr Node copy(const BasicGraph& from, Node n, const CopyOf& copy_of) {
    const Record& r = from.record(n);
    if (r.arity > inline_sources) [[unlikely]]
      return copy_of_many(from, n, copy_of);
    const std::uint64_t argument = from.has_text(n) ? text(from.text_at(r.argument)) : r.argument;
    const bool has_third = r.arity == inline_sources;
    const Node a = copy_of(r.sources[0]), b = copy_of(r.sources[1]), c = has_third ? copy_of(r.sources[2]) : Node::none;
    return find_or_insert(r.op, r.dtype, r.arity, a, b, has_third ? c : r.sources[2],
                          greater(greater(number_of(a), number_of(b)), number_of(c)), argument, r.key);
  }

  /// Texts (names of variables) are interned: equal texts have equal numbers.
  constexpr std::uint64_t text(std::string_view content) {
    if (2 * texts_.size() >= text_slots_.size()) rehash_texts();
    const std::uint64_t hash = hash_text(content);
    const std::size_t at = text_slot(hash, [&](std::uint64_t number) { return text_at(number) == content; });
    if (text_slots_[at] != 0) return text_slots_[at] - 1;
    texts_.push_back({text_bytes_.size(), content.size(), hash});
    text_bytes_.insert(text_bytes_.end(), content.begin(), content.end());
    text_slots_[at] = static_cast<std::uint32_t>(texts_.size());
    return texts_.size() - 1;
  }
  constexpr std::string_view text_at(std::uint64_t number) const {
    const Text& t = texts_[static_cast<std::size_t>(number)];
    return {text_bytes_.data() + t.begin, t.size};
  }
  constexpr std::size_t text_count() const { return texts_.size(); }
  constexpr bool has_text(Node n) const { return op(n) == Op::variable || op(n) == Op::special; }

  /// Bounds of a node, kept once computed (ir/interval.hpp).
  constexpr bool knows_interval(Node n) const {
    return number_of(n) < intervals_.size() && intervals_[number_of(n)] != no_interval;
  }
  constexpr Interval known_interval(Node n) const { return intervals_[number_of(n)]; }
  /// The bounds that are kept; null if there are none.
  constexpr const Interval* find_interval(Node n) const {
    return knows_interval(n) ? &intervals_[number_of(n)] : nullptr;
  }
  /// From now on every node that is there has bounds: if none are kept, `no_interval`.
  WHITTLE_INLINE constexpr void reserve_intervals() {
    if (intervals_.size() < size()) [[unlikely]]
      make_room_for_intervals();
  }
  WHITTLE_INLINE constexpr void keep_interval(Node n, Interval bounds) {
    reserve_intervals();
    intervals_[number_of(n)] = bounds != no_interval ? bounds : Interval{};
  }
  static constexpr Interval no_interval{std::numeric_limits<std::int64_t>::max(),
                                        std::numeric_limits<std::int64_t>::min()};

  /// What an integer is modulo something, kept once computed (ir/divisibility.hpp); null if nothing is kept.
  constexpr const Congruence* find_congruence(Node n) const {
    const std::uint32_t entry = number_of(n) < congruence_entries_.size() ? congruence_entries_[number_of(n)] : 0;
    return entry != 0 ? &congruences_[entry - 1] : nullptr;
  }
  constexpr void keep_congruence(Node n, Congruence known) {
    if (number_of(n) >= congruence_entries_.size()) congruence_entries_.resize_ahead(room_for_facts());
    congruences_.push_back(known);
    congruence_entries_[number_of(n)] = static_cast<std::uint32_t>(congruences_.size());
  }

  /// Dimensions of a tensor, kept once computed (ir/shape.hpp).
  constexpr bool knows_shape(Node n) const { return number_of(n) < shapes_.size() && shapes_[number_of(n)].known; }
  constexpr Shape known_shape(Node n) const {
    const ShapeEntry& entry = shapes_[number_of(n)];
    return Shape(std::span<const Node>(shape_dims_.data() + entry.begin, entry.rank));
  }
  constexpr void keep_shape(Node n, const Shape& shape) {
    if (number_of(n) >= shapes_.size()) shapes_.resize(size());
    shapes_[number_of(n)] = {static_cast<std::uint32_t>(shape_dims_.size()), static_cast<std::uint8_t>(shape.size()),
                             true};
    shape_dims_.insert(shape_dims_.end(), shape.begin(), shape.end());
  }

  /// Marks nodes, for one walk at a time: begin_walk() takes away the marks of the last one.
  constexpr void begin_walk() {
    if (marks_.size() < size()) marks_.resize_ahead(room_for_facts());
    if (++walk_ != 0) return;
    for (std::size_t i = 0; i < marks_.size(); ++i) marks_[i] = 0;
    walk_ = 1;
  }
  /// Marks a node that was there when the walk began; true the first time.
  constexpr bool visit(Node n) {
    std::uint32_t& mark = marks_[number_of(n)];
    const bool is_new = mark != walk_;
    mark = walk_;
    return is_new;
  }
  constexpr bool is_visited(Node n) const { return number_of(n) < marks_.size() && marks_[number_of(n)] == walk_; }

  /// The first origin that was given for a node stays.
  void set_origin(Node n, Origin origin) {
    if (number_of(n) >= origins_.size()) origins_.resize(size());
    if (origins_[number_of(n)].file == nullptr) origins_[number_of(n)] = origin;
  }
  Origin origin(Node n) const { return number_of(n) < origins_.size() ? origins_[number_of(n)] : Origin{}; }

  /// The users' operators that this graph knows (ir/user_operator.hpp).
  constexpr std::vector<const UserOperator*>& operators() { return operators_; }
  constexpr const std::vector<const UserOperator*>& operators() const { return operators_; }

  /// A number that no other buffer or range of this graph has.
  constexpr std::uint32_t fresh_id() { return ++last_id_; }
  /// `id` is in use, by a node that was read from text: fresh_id will not give it.
  constexpr void take_id(std::uint32_t id) {
    if (id > last_id_) last_id_ = id;
  }
  constexpr std::uint32_t last_id() const { return last_id_; }

  constexpr void reserve(std::size_t nodes) {
    records_.reserve(nodes + 1);
    table_.reserve(nodes + 1);
  }

 private:
  static constexpr std::uint8_t inline_sources = 3;
  static constexpr std::uint64_t small_constants = 64;  ///< of dtype index: most of those that rules fold to
  static constexpr std::size_t first_room = 64;         ///< nodes: as many as an index expression has
  static constexpr std::uint8_t long_list = 255;

  /// Elements of an array that has one for each node: a few for nodes to come, so that what is set is still in the
  /// cache when it is written to.
  constexpr std::size_t room_for_facts() const { return size() + size() / 8 + first_room; }

  [[gnu::noinline]] constexpr void make_room_for_intervals() { intervals_.resize_ahead(room_for_facts(), no_interval); }

  struct Record {
    Op op = Op::none;
    DType dtype = DType::none;
    std::uint8_t arity = 0;
    // Of more than three: {offset in more_sources_, count}. Of fewer the last is codes_of.
    Node sources[inline_sources] = {};
    std::uint64_t argument = 0;
    std::uint64_t key = 0;

    constexpr Record() = default;
    constexpr Record(Op op_, DType dtype_, std::uint8_t arity_, Node a, Node b, Node c, std::uint64_t argument_,
                     std::uint64_t key_)
        : op(op_),
          dtype(dtype_),
          arity(arity_),
          sources{a, b, c},
          argument(argument_),
          key(key_) {
      detail::store_pair(sources, a, b);  // a user that is made next reads both at once
    }

    /// Sources apart.
    constexpr bool is(Op op_, DType dtype_, std::uint8_t arity_, std::uint64_t argument_, std::uint64_t key_) const {
      return key == key_ && op == op_ && dtype == dtype_ && arity == arity_ && argument == argument_;
    }
  };
  static_assert(sizeof(Record) == 32);

  struct ShapeEntry {
    std::uint32_t begin = 0;
    std::uint8_t rank = 0;
    bool known = false;
  };
  struct Text {
    std::size_t begin, size;
    std::uint64_t hash;
  };

  constexpr const Record& record(Node n) const { return records_[number_of(n)]; }
  /// The codes of the one or two sources of a node, in the room of a third.
  static constexpr Node codes_of(std::uint64_t key_of_a, std::uint64_t key_of_b, bool are_same, bool is_shared) {
    const std::uint32_t a = detail::NodeKey::code(key_of_a), b = detail::NodeKey::code(key_of_b);
    return Node{OperandCodes::of(a, b, are_same, is_shared).bits};
  }
  /// Names by what they are, not by their numbers.
  constexpr std::uint64_t argument_of_key(Op op, std::uint64_t argument) const {
    const bool named = op == Op::variable || op == Op::special;
    return named ? texts_[static_cast<std::size_t>(argument)].hash : argument;
  }
  constexpr std::uint64_t key_of_many(Op op, DType dtype, std::span<const Node> sources, std::uint64_t argument) const {
    return detail::NodeKey::of_many(op, dtype, sources.size(), argument_of_key(op, argument),
                                    [&](std::size_t k) { return record(sources[k]).key; });
  }

  [[gnu::noinline]] constexpr Node make_of_many(Op op, DType dtype, std::span<const Node> sources,
                                                std::uint64_t argument) {
    const auto arity = static_cast<std::uint8_t>(sources.size() < long_list ? sources.size() : long_list);
    const std::uint64_t key = key_of_many(op, dtype, sources, argument);
    std::uint32_t greatest = 0;
    for (Node s : sources) greatest = greater(greatest, number_of(s));
    const auto place = table_.find(key, greatest, [&](Node n) {
      return record(n).is(op, dtype, arity, argument, key) && are_sources(record(n), sources);
    });
    if (place.node != Node::none) return place.node;
    const Node first{static_cast<std::uint32_t>(more_sources_.size())};
    const std::vector<Node> copy(sources.begin(), sources.end());  // `sources` may lie in more_sources_
    more_sources_.insert(more_sources_.end(), copy.begin(), copy.end());
    return insert(place, op, dtype, arity, first, Node{static_cast<std::uint32_t>(sources.size())}, Node::none,
                  argument, key);
  }
  constexpr bool are_sources(const Record& r, std::span<const Node> sources) const {
    if (number_of(r.sources[1]) != sources.size()) return false;
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (more_sources_[number_of(r.sources[0]) + i] != sources[i]) return false;
    return true;
  }

  template <class CopyOf>
  constexpr Node copy_of_many(const BasicGraph& from, Node n, const CopyOf& copy_of) {
    std::vector<Node> sources;
    for (Node source : from.sources(n)) sources.push_back(copy_of(source));
    return make_of_many(from.op(n), from.dtype(n), sources, from.argument(n));
  }

  static constexpr std::uint32_t greater(std::uint32_t a, std::uint32_t b) { return a < b ? b : a; }

  WHITTLE_INLINE constexpr Node find_or_insert(Op op, DType dtype, std::uint8_t arity, Node a, Node b, Node c,
                                               std::uint32_t greatest, std::uint64_t argument, std::uint64_t key) {
    const auto place = table_.find(key, greatest, [=, this](Node n) {
      const Record& r = record(n);
      return r.is(op, dtype, arity, argument, key) && r.sources[0] == a && r.sources[1] == b && r.sources[2] == c;
    });
    return place.node != Node::none ? place.node : insert(place, op, dtype, arity, a, b, c, argument, key);
  }
  WHITTLE_INLINE constexpr Node insert(const typename NodeTable<Storage>::Place& place, Op op, DType dtype,
                                       std::uint8_t arity, Node a, Node b, Node c, std::uint64_t argument,
                                       std::uint64_t key) {
    const Node fresh{size()};
    records_.append(op, dtype, arity, a, b, c, argument, key);
    table_.insert(place, key, fresh, records_.size());
    return fresh;
  }

  /// The slot of the text with that hash that is the one looked for, or the free one where it would be.
  template <class IsIt>
  constexpr std::size_t text_slot(std::uint64_t hash, IsIt is_it) const {
    std::size_t at = hash & (text_slots_.size() - 1);
    while (text_slots_[at] != 0 && !is_it(text_slots_[at] - 1)) at = (at + 1) & (text_slots_.size() - 1);
    return at;
  }
  constexpr void rehash_texts() {
    text_slots_.assign(text_slots_.empty() ? 8 : 4 * text_slots_.size(), 0);
    for (std::size_t i = 0; i < texts_.size(); ++i)
      text_slots_[text_slot(texts_[i].hash, [](std::uint64_t) { return false; })] = static_cast<std::uint32_t>(i + 1);
  }

  GrowingArray<Record> records_;
  NodeTable<Storage> table_{first_room};
  Node small_constants_[small_constants] = {};
  typename Storage::template sequence<Node> more_sources_;
  std::vector<char> text_bytes_;
  std::vector<Text> texts_;
  std::vector<std::uint32_t> text_slots_;  ///< by hash: the number of a text, counted from 1
  GrowingArray<Interval> intervals_;
  std::vector<Congruence> congruences_;             ///< few nodes are asked for them
  GrowingArray<std::uint32_t> congruence_entries_;  ///< of a node, counted from 1
  std::vector<ShapeEntry> shapes_;
  std::vector<Node> shape_dims_;
  std::vector<Origin> origins_;
  std::vector<const UserOperator*> operators_;
  GrowingArray<std::uint32_t> marks_;  ///< the last walk that visited a node
  std::uint32_t walk_ = 0;
  std::uint32_t last_id_ = 0;
};

using Graph = BasicGraph<VectorStorage>;

}  // namespace v0
}  // namespace whittle
