// Dense numbers for nodes, so that the driver's memory is plain arrays.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <whittle/core/growing_array.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Numbers nodes. Dense: by the graph's own numbers, where it has them, so that memory grows with the graph.
/// Otherwise in the order the nodes are met, so that memory grows with what is looked at.
template <class G, bool Dense = HasIndex<G>>
class Numbering {
 public:
  constexpr std::uint32_t operator()(const G& g, node_of<G> n) {
    if constexpr (Dense) {
      return graph_traits<G>::index(g, n);
    } else {
      if (2 * (nodes_.size() + 1) > slots_.size()) grow();
      std::size_t at = slot_of(n);
      while (slots_[at] != 0 && !(nodes_[slots_[at] - 1] == n)) at = (at + 1) & (slots_.size() - 1);
      if (slots_[at] == 0) {
        nodes_.append(n);
        slots_[at] = static_cast<std::uint32_t>(nodes_.size());
      }
      return slots_[at] - 1;
    }
  }

 private:
  using node = node_of<G>;
  /// One product spreads numbers and addresses well enough for a table that is at most half full.
  constexpr std::size_t slot_of(node n) const {
    static_assert(sizeof(node) == 4 || sizeof(node) == 8, "nodes without traits::index are of 4 or 8 bytes");
    using Bits = std::conditional_t<sizeof(node) == 4, std::uint32_t, std::uint64_t>;
    return std::uint64_t{std::bit_cast<Bits>(n)} * 0x9e3779b97f4a7c15u >> 32 & (slots_.size() - 1);
  }
  constexpr void grow() {
    const std::size_t size = slots_.empty() ? 64 : 2 * slots_.size();
    GrowingArray<std::uint32_t> fresh;
    fresh.reserve(size);
    fresh.resize_ahead(size);
    slots_ = std::move(fresh);
    nodes_.reserve(size / 2);
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      std::size_t at = slot_of(nodes_[i]);
      while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = i + 1;
    }
  }
  GrowingArray<node> nodes_;
  GrowingArray<std::uint32_t> slots_;
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
