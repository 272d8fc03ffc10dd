// What the matcher is measured on: graphs of index expressions below one sink.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <whittle/ir/graph.hpp>

namespace matcher_bench {

enum class Kind {
  random,     ///< w1: random index expressions
  nothing,    ///< w2: the same, but no rule matches any node
  rewrites,   ///< w3: nearly every root is an instance of some left side
  near_miss,  ///< each root one difference away from some left side; no rule matches any node
  recorded,   ///< the kernels of a training step, recorded
};
inline constexpr Kind synthetic[] = {Kind::random, Kind::nothing, Kind::rewrites, Kind::near_miss};

const char* name_of(Kind kind);
/// Of synthetic ones; `recorded` for any other name.
Kind kind_named(std::string_view name);

struct Workload {
  whittle::Graph graph;
  whittle::Node root = whittle::Node::none;  ///< the sink
  std::vector<whittle::Node> order;          ///< distinct nodes, sources first
};

/// About `nodes` distinct nodes; the same in every process.
Workload make_workload(Kind kind, std::size_t nodes);

}  // namespace matcher_bench
