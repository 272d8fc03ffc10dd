// The table that finds the node of a description among those that are there.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <whittle/core/growing_array.hpp>
#include <whittle/core/inline.hpp>
#include <whittle/ir/node.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Slots for the users of a few nodes that follow one another, in a line of the cache. Each has a byte of its node's
/// key, all of which are compared at once: a loop over the slots would end where no processor can foresee.
struct alignas(64) NodeLine {
  static constexpr unsigned capacity = 12;

  std::uint8_t tags[capacity];
  std::uint8_t unused[3];
  std::uint8_t size;
  Node nodes[capacity];

  constexpr bool is_full() const { return size == capacity; }
  constexpr void add(std::uint8_t tag, Node node) {
    tags[size] = tag;
    nodes[size++] = node;
  }
  /// The node for which `is_same` holds, of those with that tag; none if there is none.
  template <class IsSame>
  WHITTLE_INLINE constexpr Node find(std::uint8_t tag, const IsSame& is_same) const {
    for (std::uint32_t slots = slots_with(tag); slots != 0; slots &= slots - 1)
      if (const Node node = nodes[std::countr_zero(slots)]; is_same(node)) return node;
    return Node::none;
  }

 private:
  /// A bit each; among them may be some that are not in use, whose node is none.
  WHITTLE_INLINE constexpr std::uint32_t slots_with(std::uint8_t tag) const {
#ifdef __SSE2__
    if (!std::is_constant_evaluated()) {
      using Bytes [[gnu::vector_size(16)]] = char;
      using Words [[gnu::vector_size(16)]] = long long;
      Bytes own;
      __builtin_memcpy(&own, this, sizeof(own));
      const auto each = static_cast<long long>(tag * 0x0101010101010101u);
      const Words wanted{each, each};
      const auto equal = reinterpret_cast<Bytes>(own == reinterpret_cast<Bytes>(wanted));
      return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb128(equal)) & ((1u << capacity) - 1);
    }
#endif
    std::uint32_t slots = 0;
    for (unsigned k = 0; k < size; ++k) slots |= std::uint32_t{tags[k] == tag} << k;
    return slots;
  }
};
static_assert(sizeof(NodeLine) == 64);

}  // namespace detail

/// Nodes by their keys.
///
/// A node is looked for near its greatest source: what is made together lies together, so that a graph larger than the
/// caches is made at nearly the speed of a small one, and a table that grows stays as it is. What finds its line full
/// (one node may have any number of users), and nodes without sources, are in a second table, by their keys alone.
template <class Storage>
class NodeTable {
  using Line = detail::NodeLine;
  struct Slot {
    std::uint32_t tag = 0;  // bits of the key: most misses end here
    Node node = Node::none;
  };

 public:
  /// The node that was found, or none and where it is to be.
  struct Place {
    Node node;
    Line* line;  ///< null: in the table by keys
    Slot* slot;
  };

  constexpr explicit NodeTable(std::size_t nodes) : room_(nodes) {
    lines_.reserve(lines_for(nodes));
    lines_.resize_ahead(lines_for(nodes));
    slots_.resize(nodes / 2);
  }

  constexpr std::size_t bytes() const { return lines_.size() * sizeof(Line) + slots_.size() * sizeof(Slot); }

  /// `greatest`: the number of its greatest source; 0 without sources. `is_same` tells whether a node is it.
  template <class IsSame>
  WHITTLE_INLINE constexpr Place find(std::uint64_t key, std::uint32_t greatest, const IsSame& is_same) {
    if (greatest - 1 < most_found_near_) {  // not 0: there is a source
      Line& line = lines_[greatest / nodes_a_line];
      if (const Node node = line.find(line_tag(key), is_same); node != Node::none) return {node, nullptr, nullptr};
      if (!line.is_full()) return {Node::none, &line, nullptr};
    }
    // By a copy: what is handed on lies in memory, and of most nodes nothing has to.
    Slot* const slot = slot_of(slot_tag(key), IsSame(is_same));
    return {slot->node, nullptr, slot};
  }
  /// A new node where it was looked for. `nodes`: how many there are now.
  WHITTLE_INLINE constexpr void insert(Place place, std::uint64_t key, Node node, std::size_t nodes) {
    if (place.line != nullptr)
      place.line->add(line_tag(key), node);
    else
      add_by_key(*place.slot, key, node);
    if (nodes >= room_) [[unlikely]]
      make_room(nodes);
  }
  constexpr void reserve(std::size_t nodes) {
    if (nodes > room_) grow(nodes);
  }

 private:
  // Bits of keys that are a hash: neither the first nor the last few.
  static constexpr std::uint8_t line_tag(std::uint64_t key) { return static_cast<std::uint8_t>(key >> 48); }
  static constexpr std::uint32_t slot_tag(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 16); }

  static constexpr std::size_t nodes_a_line = 8;
  static constexpr std::size_t lines_for(std::size_t nodes) { return nodes / nodes_a_line + 1; }

  /// The slot of a node of that key, or the free one where it belongs. They are in the order of their tags, but for
  /// collisions.
  constexpr Slot* slot_of(std::uint32_t tag, const auto& is_same) {
    std::size_t at = home_of(tag, slots_.size());
    while (slots_[at].node != Node::none && !(slots_[at].tag == tag && is_same(slots_[at].node)))
      at = at + 1 != slots_.size() ? at + 1 : 0;
    return &slots_[at];
  }
  static constexpr std::size_t home_of(std::uint32_t tag, std::size_t slots) {
    return static_cast<std::size_t>(std::uint64_t{tag} * slots >> 32);
  }
  constexpr void add_by_key(Slot& slot, std::uint64_t key, Node node) {
    slot = {slot_tag(key), node};
    if (++slots_in_use_ * 4 >= slots_.size() * 3) rehash();
  }
  [[gnu::noinline]] constexpr void rehash() {
    const std::size_t size = slots_.size();
    typename Storage::template sequence<Slot> fresh(size < 4096 ? 4 * size : size + size / 2);
    for (const Slot& slot : slots_) {
      if (slot.node == Node::none) continue;
      std::size_t at = home_of(slot.tag, fresh.size());
      while (fresh[at].node != Node::none) at = at + 1 != fresh.size() ? at + 1 : 0;
      fresh[at] = slot;
    }
    slots_ = static_cast<decltype(slots_)&&>(fresh);
  }

  /// Lines grow with the graph, unless most nodes are found by their keys: then the users of all that comes are. So in
  /// a large graph a node and its slots never take more than 56 bytes.
  [[gnu::noinline]] constexpr void make_room(std::size_t nodes) {
    if (nodes < 4096 || 2 * slots_in_use_ < nodes) return grow(room_ + room_ / (4 * slots_in_use_ < nodes ? 2 : 4));
    most_found_near_ = static_cast<std::uint32_t>(room_) - 1;
    room_ = static_cast<std::size_t>(-1);
  }
  /// Room for so many nodes. Lines stay where they are.
  constexpr void grow(std::size_t nodes) {
    lines_.resize_ahead(lines_for(nodes));
    room_ = nodes;
  }

  GrowingArray<Line> lines_;                         ///< by greatest source
  typename Storage::template sequence<Slot> slots_;  ///< by key
  std::size_t slots_in_use_ = 0;
  std::size_t room_;                                                    ///< nodes, before there have to be more lines
  std::uint32_t most_found_near_ = static_cast<std::uint32_t>(-1) - 1;  ///< the users of later nodes are found by key
};

}  // namespace v0
}  // namespace whittle
