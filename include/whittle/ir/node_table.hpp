// The table that finds the node of a description among those that are there.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

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
  static constexpr std::uint64_t each_byte = 0x0101010101010101u;

  std::uint64_t tags[2];  ///< of twelve slots; the last byte counts those in use
  Node nodes[capacity];

  constexpr bool is_full() const { return tags[1] >> 56 == capacity; }
  constexpr void add(std::uint64_t tag, Node node) {
    const auto at = static_cast<unsigned>(tags[1] >> 56);
    nodes[at] = node;
    tags[at / 8] |= tag << at % 8 * 8;
    tags[1] += std::uint64_t{1} << 56;
  }
  /// The node for which `is_same` holds, of those with that tag; none if there is none.
  template <class IsSame>
  WHITTLE_INLINE constexpr Node find(std::uint64_t tag, const IsSame& is_same) const {
    const std::uint64_t first = zero_bytes(tags[0] ^ tag * each_byte),
                        last = zero_bytes(tags[1] ^ tag * each_byte) & 0xffffffffu;
    if ((first | last) == 0) return Node::none;
    for (std::uint64_t rest = first; rest != 0; rest &= rest - 1)
      if (const Node node = nodes[std::countr_zero(rest) / 8]; is_same(node)) return node;
    for (std::uint64_t rest = last; rest != 0; rest &= rest - 1)
      if (const Node node = nodes[8 + std::countr_zero(rest) / 8]; is_same(node)) return node;
    return Node::none;
  }

 private:
  /// The highest bit of each byte that is zero, and perhaps of some above the lowest such byte.
  static constexpr std::uint64_t zero_bytes(std::uint64_t x) { return (x - each_byte) & ~x & (each_byte << 7); }
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
    std::uint32_t tag = 0;  // upper half of the key: most misses end here
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
      if (const Node node = line.find(key >> 56, is_same); node != Node::none) return {node, nullptr, nullptr};
      if (!line.is_full()) return {Node::none, &line, nullptr};
    }
    Slot* const slot = slot_of(static_cast<std::uint32_t>(key >> 32), is_same);
    return {slot->node, nullptr, slot};
  }
  /// A new node where it was looked for. `nodes`: how many there are now.
  WHITTLE_INLINE constexpr void insert(Place place, std::uint64_t key, Node node, std::size_t nodes) {
    if (place.line != nullptr)
      place.line->add(key >> 56, node);
    else
      add_by_key(*place.slot, key, node);
    if (nodes >= room_) [[unlikely]]
      make_room(nodes);
  }
  constexpr void reserve(std::size_t nodes) {
    if (nodes > room_) grow(nodes);
  }

 private:
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
    slot = {static_cast<std::uint32_t>(key >> 32), node};
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
