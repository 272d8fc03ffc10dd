// expect: graph_traits of the graph lack node_at, begin_copies, copy or has_only_copied_ids
#include <vector>

#include <whittle/match.hpp>
#include <whittle/rewrite/parallel.hpp>

struct Mine {
  std::vector<whittle::Op> nodes;
};
template <>
struct whittle::graph_traits<Mine> {
  using node = unsigned;
  static node none() { return ~0u; }
  static Op op(const Mine& g, node n) { return g.nodes[n]; }
  static std::uint32_t arity(const Mine&, node) { return 0; }
  static node source(const Mine&, node, std::uint32_t) { return 0; }
  static node make(Mine& g, Op op, DType, std::span<const node>, std::uint64_t) {
    g.nodes.push_back(op);
    return static_cast<node>(g.nodes.size() - 1);
  }
  static std::uint32_t index(const Mine&, node n) { return n; }
  static node node_at(const Mine&, std::uint32_t index) { return index; }
};

using namespace whittle::dsl;
inline constexpr auto x = var<"x">;
inline constexpr auto set = whittle::rules<whittle::structural>("set", min(x, x) >>= x);

auto parallel(Mine& g) { return whittle::rewrite_parallel<whittle::matcher<set, Mine>>(g, 0u); }
