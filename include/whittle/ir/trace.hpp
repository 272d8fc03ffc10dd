// Traces: every rewrite of a run as text, written and read back.
//
//   whittle trace 1
//   pass 0 "simplify kernel" "simplify" 0x5d1f0c36a2b7e914       number, name, set, hash of its rules
//   run 0 "r_64_32" "cpu vector_bits=256"                        pass, what is rewritten, settings
//   %1 = variable index ...                                      nodes as in text.hpp, each once in a file
//   rule 0 12 "x + 0 >>= x" "algebra.hpp" 33                     pass, number in its set, name, file, line
//   step 12 %7 %3                                                rule, before, after; of the last run
//   end 6 0x8f1b2c7d00a91e55                                     lines above, and a hash of their bytes
//
// A file without its last line is cut short: reading it says at which byte.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <whittle/core/status.hpp>
#include <whittle/ir/parse.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/rewrite/pass.hpp>
#include <whittle/rewrite/trace.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

inline constexpr std::string_view trace_head = "whittle trace 1\n";

/// A hash of bytes that come in parts.
struct RunningHash {
  std::uint64_t state = 0xcbf29ce484222325u;
  void add(std::string_view bytes) {
    for (const char c : bytes) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
};

}  // namespace detail

/// Writes a trace. Its steps may lie in several graphs, one after another: their nodes are copied into one of its own,
/// so that what they share is written once.
class TraceWriter final : public RewriteRecorder<Graph> {
 public:
  /// Keeps the text, for `text()`.
  TraceWriter() { add(std::string(detail::trace_head)); }
  ~TraceWriter() override {
    if (file_ != nullptr) std::fclose(file_);
  }

  /// From now on the text goes into a file.
  Status open(const std::string& path) {
    path_ = path;
    file_ = std::fopen(path.c_str(), "wb");
    return file_ != nullptr ? Status() : Status::failure("trace: cannot write '" + path + "'");
  }

  void begin(Graph& graph, const RunDescription& run) override {
    from_ = &graph;
    copies_.assign(graph.size(), Node::none);
    pass_ = pass_of(run);
    add("run " + detail::number_text(pass_) + " " + detail::quoted_text(run.subject) + " " +
        detail::quoted_text(run.settings) + "\n");
  }

  void record(const RewriteStep<Graph>& step) override {
    Known& pass = passes_[pass_];
    if (!pass.rules[step.rule]) write_rule(pass, step.rule);
    const Node before = copy(step.before), after = copy(step.after);
    add("step " + detail::number_text(step.rule) + " %" + detail::number_text(number_of(before)) + " %" +
        detail::number_text(number_of(after)) + "\n");
    ++steps_;
  }

  /// Writes the last line; nothing can be recorded afterwards.
  Status finish() {
    add("end " + detail::number_text(lines_) + " " + detail::hex_text(hash_.state) + "\n");
    if (file_ == nullptr) return {};
    flush();
    const bool closed = std::fclose(file_) == 0;
    file_ = nullptr;
    return closed && !failed_ ? Status() : Status::failure("trace: cannot write all of '" + path_ + "'");
  }

  const std::string& text() const { return text_; }
  std::uint64_t steps() const { return steps_; }

 private:
  struct Known {
    std::string name;
    RuleSetView set;
    std::vector<bool> rules;  ///< those that are written
  };

  std::uint32_t pass_of(const RunDescription& run) {
    for (std::uint32_t i = 0; i < passes_.size(); ++i)
      if (passes_[i].name == run.pass && passes_[i].set.rules == run.rules.rules) return i;
    const auto number = static_cast<std::uint32_t>(passes_.size());
    passes_.push_back({std::string(run.pass), run.rules, std::vector<bool>(run.rules.rule_count)});
    add("pass " + detail::number_text(number) + " " + detail::quoted_text(run.pass) + " " +
        detail::quoted_text(run.rules.name) + " " + detail::hex_text(detail::hash_rules(run.rules)) + "\n");
    return number;
  }

  void write_rule(Known& pass, std::uint32_t rule) {
    pass.rules[rule] = true;
    const std::string file = pass.set.rules[rule].file;
    add("rule " + detail::number_text(pass_) + " " + detail::number_text(rule) + " " +
        detail::quoted_text(name_of(pass.set, rule)) + " " +
        detail::quoted_text(std::string_view(file).substr(file.rfind('/') + 1)) + " " +
        detail::number_text(pass.set.rules[rule].line) + "\n");
  }

  Node& copy_of(Node n) {
    if (number_of(n) >= copies_.size()) copies_.resize(from_->size(), Node::none);
    return copies_[number_of(n)];
  }

  /// The copy of a node, whose line is written if it is new.
  Node copy(Node root) {
    stack_.assign(1, root);
    while (!stack_.empty()) {
      const Node n = stack_.back();
      const std::size_t before = stack_.size();
      if (copy_of(n) == Node::none)
        for (Node source : from_->sources(n))
          if (copy_of(source) == Node::none) stack_.push_back(source);
      if (stack_.size() != before) continue;
      stack_.pop_back();
      if (copy_of(n) == Node::none) copy_of(n) = copy_over_copies(n);
    }
    return copy_of(root);
  }

  Node copy_over_copies(Node n) {
    sources_.clear();
    for (Node source : from_->sources(n)) sources_.push_back(copy_of(source));
    const std::uint64_t argument =
        from_->has_text(n) ? all_.text(from_->text_at(from_->argument(n))) : from_->argument(n);
    const std::uint32_t known = all_.size();
    const Node made = all_.make(from_->op(n), from_->dtype(n), sources_, argument);
    if (number_of(made) == known) add(detail::line_text(all_, made, [](Node each) { return number_of(each); }));
    return made;
  }

  void add(const std::string& line) {
    hash_.add(line);
    ++lines_;
    text_ += line;
    if (file_ != nullptr && text_.size() > flush_size) flush();
  }
  void flush() {
    failed_ = std::fwrite(text_.data(), 1, text_.size(), file_) != text_.size() || failed_;
    text_.clear();
  }

  static constexpr std::size_t flush_size = std::size_t{1} << 16;
  std::string path_, text_;
  std::FILE* file_ = nullptr;
  bool failed_ = false;
  detail::RunningHash hash_;
  std::uint64_t lines_ = 0, steps_ = 0;
  std::vector<Known> passes_;
  std::uint32_t pass_ = 0;
  Graph all_;
  const Graph* from_ = nullptr;
  std::vector<Node> copies_, stack_, sources_;
};

/// A trace that was read. The nodes of all steps lie in one graph.
struct Trace {
  Graph graph;
  std::vector<TracedPass> passes;
  std::vector<TracedRun> runs;
  std::vector<TracedStep<Node>> steps;

  const TracedPass& pass_of(const TracedStep<Node>& step) const { return passes[runs[step.run].pass]; }
  const TracedRule& rule_of(const TracedStep<Node>& step) const { return *pass_of(step).find(step.rule); }
};

namespace detail {

class TraceReader : private TextReader<Graph> {
 public:
  TraceReader(Trace& trace, std::string_view text) : TextReader<Graph>(trace.graph, text), trace_(trace) {}

  Status read() {
    while (fault_.empty() && !ended_) {
      begin_ = at_;
      if (text_.find('\n', at_) == std::string_view::npos) return cut_short();
      read_any_line();
      skip_blanks();
      if (fault_.empty() && (at_ == text_.size() || text_[at_] != '\n')) fail(at_, "expected the end of the line");
      if (!fault_.empty()) break;
      ++at_;
      ++lines_;
      hash_.add(text_.substr(begin_, at_ - begin_));
    }
    if (fault_.empty() && at_ != text_.size()) fail(at_, "expected nothing after the last line");
    return fault_.empty() ? Status() : Status::failure("trace, byte " + number_text(fault_at_) + ": " + fault_);
  }

 private:
  Status cut_short() const {
    return Status::failure("trace, byte " + number_text(text_.size()) +
                           ": the file is cut short: its last line, 'end', is missing");
  }

  void read_any_line() {
    if (lines_ == 0) return read_head();
    if (text_[at_] == '%') return void(read_line());
    const std::string_view word = read_word();
    if (word == "step") return read_step();
    if (word == "rule") return read_rule();
    if (word == "run") return read_run();
    if (word == "pass") return read_pass();
    if (word == "end") return read_end();
    fail(begin_, "expected step, rule, run, pass, end or a node, found '" + std::string(word.substr(0, 40)) + "'");
  }

  void read_head() {
    const std::string_view head = trace_head.substr(0, trace_head.size() - 1);
    if (!text_.starts_with(trace_head)) return void(fail(0, "expected '" + std::string(head) + "': no trace"));
    at_ = head.size();
  }
  void read_step() {
    TracedStep<Node> step;
    step.rule = small_number();
    step.before = labelled();
    step.after = labelled();
    if (!fault_.empty()) return;
    if (trace_.runs.empty()) return void(fail(begin_, "a step before the first run"));
    step.run = static_cast<std::uint32_t>(trace_.runs.size() - 1);
    if (trace_.pass_of(step).find(step.rule) == nullptr)
      return void(fail(begin_, "rule " + number_text(step.rule) + " of this pass is not described above"));
    trace_.steps.push_back(step);
  }
  void read_rule() {
    const std::uint32_t pass = known_pass();
    TracedRule rule;
    rule.number = small_number();
    rule.name = quoted();
    rule.file = quoted();
    rule.line = small_number();
    if (!fault_.empty()) return;
    if (trace_.passes[pass].find(rule.number) != nullptr) return void(fail(begin_, "this rule is described above"));
    trace_.passes[pass].rules.push_back(std::move(rule));
  }
  void read_run() {
    TracedRun run;
    run.pass = known_pass();
    run.subject = quoted();
    run.settings = quoted();
    if (fault_.empty()) trace_.runs.push_back(std::move(run));
  }
  void read_pass() {
    TracedPass pass;
    const std::uint32_t number = small_number();
    pass.name = quoted();
    pass.set = quoted();
    pass.hash = hex();
    if (fault_.empty() && number != trace_.passes.size())
      fail(begin_, "expected pass " + number_text(trace_.passes.size()));
    if (fault_.empty()) trace_.passes.push_back(std::move(pass));
  }
  void read_end() {
    skip_blanks();
    std::uint64_t lines = 0;
    read_number(lines);
    const std::uint64_t sum = hex();
    if (!fault_.empty()) return;
    if (lines != lines_)
      fail(begin_, "expected " + number_text(lines) + " lines above, there are " + number_text(lines_));
    else if (sum != hash_.state)
      fail(begin_, "what stands above was changed: its hash is " + hex_text(hash_.state) + ", not " + hex_text(sum));
    ended_ = true;
  }

  std::uint32_t small_number() {
    skip_blanks();
    const std::size_t start = at_;
    std::uint64_t number = 0;
    if (fault_.empty() && read_number(number) && number > 0xffffffffu) fail(start, "expected a number below 2^32");
    return static_cast<std::uint32_t>(number);
  }
  std::uint32_t known_pass() {
    const std::uint32_t number = small_number();
    if (number >= trace_.passes.size()) fail(begin_, "there is no pass " + number_text(number));
    return number;
  }
  Node labelled() {
    skip_blanks();
    return fault_.empty() ? read_source() : Node::none;
  }
  std::string quoted() {
    skip_blanks();
    return fault_.empty() ? read_quoted() : std::string();
  }
  std::uint64_t hex() {
    skip_blanks();
    return fault_.empty() ? read_hex() : 0;
  }

  Trace& trace_;
  std::size_t begin_ = 0;  ///< of the line
  std::uint64_t lines_ = 0;
  RunningHash hash_;
  bool ended_ = false;
};

}  // namespace detail

/// Reads a trace. A fault names its byte, counted from 0; steps before it stay in `trace`, which has to be new.
inline Status read_trace(std::string_view text, Trace& trace) { return detail::TraceReader(trace, text).read(); }

/// Applies the rule of a step to what it was applied to; the pass has to be of the same rules.
template <class Context>
Status replay(Trace& trace, const TracedStep<Node>& step, const BasicPass<Graph, Context>& pass, Context& context) {
  const TracedRule& rule = trace.rule_of(step);
  const std::string what = "replaying '" + rule.name + "' (" + rule.file + ":" + detail::number_text(rule.line) + "): ";
  if (pass.rules == nullptr || step.rule >= pass.rules->rule_count || name_of(*pass.rules, step.rule) != rule.name)
    return Status::failure(what + "the pass '" + pass.name + "' has no such rule at its place");
  const Match<Graph> match = pass.apply(trace.graph, step.before, context, step.rule);
  if (!match.found()) return Status::failure(what + "it does not match any more");
  return match.node == step.after ? Status() : Status::failure(what + "it gives another node");
}

}  // namespace v0
}  // namespace whittle
