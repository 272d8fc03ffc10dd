// How often each rule fires in a process, appended to a file: for `whittle rules --unfired FILE`.
//
// The library counts the rules of its passes. A program that is compiled with WHITTLE_COUNT_RULES, all of it, counts
// those that its own rewriters fire, too; whittle's unit tests are. Both write where the environment has
// WHITTLE_RULE_HITS=FILE; lines of several processes add up.
#pragma once

#ifdef WHITTLE_COUNT_RULES
#  include <atomic>
#endif
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <whittle/match/rule_text.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// A rule as such a file names it: its file as it is included, its line and its name.
inline std::string hits_key(const RuleSetView& set, std::size_t rule) {
  const std::string path = set.rules[rule].file;
  const std::size_t include = path.rfind("include/"), slash = path.rfind('/');
  const std::size_t begin = include != path.npos ? include + 8 : slash != path.npos ? slash + 1 : 0;
  std::string key = path.substr(begin) + ":" + std::to_string(set.rules[rule].line) + "\t" + name_of(set, rule);
  for (char& c : key)
    if (c == '\n') c = ' ';  // a line is a rule
  return key;
}

inline std::string hits_text(const RuleSetView& set, const std::uint64_t* hits) {
  std::string text;
  for (std::size_t i = 0; i < set.rule_count; ++i)
    if (hits[i] != 0) text += std::to_string(hits[i]) + "\t" + hits_key(set, i) + "\n";
  return text;
}

/// Appends lines in one piece, since other processes may do so, too.
inline void append_hits(const std::string& text) {
  const char* path = std::getenv("WHITTLE_RULE_HITS");
  if (path == nullptr || *path == 0 || text.empty()) return;
  std::FILE* file = std::fopen(path, "ab");
  if (file == nullptr) return;
  std::setvbuf(file, nullptr, _IOFBF, text.size() + 1);
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
}

#ifdef WHITTLE_COUNT_RULES
/// The counters of one set, written when the process ends.
class RuleCounters {
 public:
  explicit RuleCounters(const RuleSetView& set) : set_(set), hits_(set.rule_count) {}
  RuleCounters(const RuleCounters&) = delete;
  RuleCounters& operator=(const RuleCounters&) = delete;
  ~RuleCounters() { append_hits(hits_text(set_, hits_.data())); }
  void count(std::uint32_t rule) { std::atomic_ref(hits_[rule]).fetch_add(1, std::memory_order_relaxed); }

 private:
  RuleSetView set_;
  std::vector<std::uint64_t> hits_;
};

template <class Matcher>
void count_rule(std::uint32_t rule) {
  static RuleCounters counters(Matcher::rules());
  counters.count(rule);
}
#endif

}  // namespace detail
}  // namespace v0
}  // namespace whittle
