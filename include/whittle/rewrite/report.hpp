// Rules and failures in words.
#pragma once

#include <string>

#include <whittle/core/status.hpp>
#include <whittle/match/rule_text.hpp>
#include <whittle/rewrite/rewrite.hpp>

namespace whittle {
inline namespace v0 {

/// A failed rewrite as a sentence that names the rules; ok for one that went well.
template <class G>
Status status_of(const RewriteResult<G>& result, const RuleSetView& set) {
  if (result.ok()) return {};
  if (result.failure == RewriteFailure::graph_is_cyclic)
    return Status::failure("rewriting with '" + std::string(set.name) + "': the graph has a cycle");
  std::string names;
  for (std::uint32_t i = 0; i < result.recent_count; ++i)
    names += (i == 0 ? "" : ", ") + place_of(set, result.recent[i]);
  const bool loop = result.failure == RewriteFailure::rules_loop;
  return Status::failure("rewriting with '" + std::string(set.name) + "' does not end: " +
                         (loop ? "rules lead back to a node they came from"
                               : "its budget is spent after " + std::to_string(result.rewrites) + " rewrites") +
                         "; last fired: " + names);
}

}  // namespace v0
}  // namespace whittle
