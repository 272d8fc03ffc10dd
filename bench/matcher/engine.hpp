// A rule set under one strategy, behind functions: each set is compiled in a file of its own.
#pragma once

#include <cstddef>
#include <span>

#include <whittle/ir/traits.hpp>
#include <whittle/rewrite/rewrite.hpp>

namespace matcher_bench {

struct Engine {
  const char* set;
  const char* strategy;
  bool (*has_rules)(const whittle::Graph&, whittle::Node);  ///< for the node's operator
  /// Tries the rules once on each node; how many matched.
  std::size_t (*attempts)(whittle::Graph&, std::span<const whittle::Node>);
  whittle::RewriteResult<whittle::Graph> (*rewrite)(whittle::Graph&, whittle::Node);
};

/// Goes on from a match, apart as in the driver, so that attempts in vain are counted by themselves.
[[gnu::noinline]] inline std::size_t count_match(std::size_t found) { return found + 1; }

template <const auto& Set, whittle::Strategy How>
struct EngineOf {
  using Matcher = whittle::matcher<Set, whittle::Graph, whittle::NoContext, How>;

  static bool has_rules(const whittle::Graph& g, whittle::Node n) { return Matcher::table.groups.of(g.op(n)) != 0; }
  // callgrind counts what happens in the functions of these names.
  [[gnu::noinline]] static std::size_t measured_attempts(whittle::Graph& g, std::span<const whittle::Node> nodes) {
    whittle::NoContext context;
    std::size_t found = 0;
    for (whittle::Node n : nodes)
      if (Matcher::match(g, n, context).found()) [[unlikely]]
        found = count_match(found);
    return found;
  }
  [[gnu::noinline]] static whittle::RewriteResult<whittle::Graph> measured_rewrite(whittle::Graph& g,
                                                                                   whittle::Node root) {
    return whittle::rewrite<Matcher>(g, root);
  }
  static constexpr Engine engine(const char* strategy) {
    return {whittle::RuleSetView(Set).name, strategy, has_rules, measured_attempts, measured_rewrite};
  }
};

/// Code, tables and the linear scan; for the built-in rules what they are compiled to.
std::span<const Engine> engines_of_30();
std::span<const Engine> engines_of_100();
std::span<const Engine> engines_of_300();
std::span<const Engine> engines_of_builtin();

/// The left sides of the thirty rules as one would write them by hand; no rewrite.
extern const Engine hand_written;

}  // namespace matcher_bench
