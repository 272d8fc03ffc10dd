// Traces: written, read back, replayed; files that are cut short or changed.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <whittle/ir/trace.hpp>
#include <whittle/ir/uop.hpp>
#include <whittle/match.hpp>

namespace ir_trace {

namespace {

using namespace whittle;
using namespace whittle::dsl;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

inline constexpr auto x = var<"x">;
inline constexpr auto c1 = cst<"c1">, c2 = cst<"c2">;

// clang-format off
inline constexpr auto sums = rules<unbounded>("sums",
    x + 0               >>= x,
    (x + c1) + c2       >>= x + (c1 + c2)   |= when(c1 > 0),
    named("a \"quoted\"\nname", x * 1 >>= with(x)([](auto&, Node a) { return a; })));
inline constexpr auto other_sums = rules<unbounded>("other sums",
    x + 0               >>= x);
// clang-format on

struct Context {
  RewriteRecorder<Graph>* recorder = nullptr;
  void begin(Graph& graph, const BasicPass<Graph, Context>& pass) {
    if (recorder != nullptr) recorder->begin(graph, {pass.name, *pass.rules, "subject", "some settings"});
  }
  void record(const RewriteStep<Graph>& step) {
    if (recorder != nullptr) recorder->record(step);
  }
};

const auto pass = rule_pass<sums, Graph, Context>("first");

UOp some_expression(Graph& g, int n) {
  const UOp a = variable(g, "a", 0, 9), b = variable(g, "b \"\n", -3, 9);
  return ((a * 1 + 1) + n) + ((b + 2) + 3) * ((a + 1) + 0);
}

/// Two runs over two graphs.
void record(RewriteRecorder<Graph>& recorder) {
  Context context{&recorder};
  PassStatistics statistics;
  for (int n = 2; n < 4; ++n) {
    Graph g;
    const auto second = rule_pass<other_sums, Graph, Context>("second");
    Node root = some_expression(g, n).node;
    REQUIRE(pass.run(g, root, context, statistics).ok());
    REQUIRE(second.run(g, root, context, statistics).ok());
  }
}

std::string recorded() {
  TraceWriter writer;
  record(writer);
  REQUIRE(writer.finish().ok());
  return writer.text();
}

}  // namespace

TEST_CASE("trace: what is written is read back") {
  Trace trace;
  const std::string text = recorded();
  const Status status = read_trace(text, trace);
  INFO(status.message());
  INFO(text);
  REQUIRE(status.ok());
  REQUIRE(trace.passes.size() == 2);
  CHECK(trace.passes[0].name == "first");
  CHECK(trace.passes[0].set == "sums");
  CHECK(trace.passes[1].name == "second");
  REQUIRE(trace.runs.size() == 4);
  CHECK(trace.runs[2].pass == 0);
  CHECK(trace.runs[2].subject == "subject");
  CHECK(trace.runs[2].settings == "some settings");
  StepList<Graph> list;
  Graph g;
  Context context{&list};
  PassStatistics statistics;
  Node root = some_expression(g, 2).node;
  REQUIRE(pass.run(g, root, context, statistics).ok());
  REQUIRE(list.steps.size() == 4);
  REQUIRE(trace.steps.size() == 8);
  for (std::size_t i = 0; i < list.steps.size(); ++i) {
    CHECK(trace.steps[i].run == 0);
    CHECK(trace.steps[i].rule == list.steps[i].rule);
    CHECK(print(trace.graph, trace.steps[i].before) == print(g, list.steps[i].before));
    CHECK(print(trace.graph, trace.steps[i].after) == print(g, list.steps[i].after));
  }
  const TracedRule* rule = trace.passes[0].find(2);
  REQUIRE(rule != nullptr);
  CHECK(rule->name == "a \"quoted\"\nname");
  CHECK(rule->file == "trace.cpp");
  CHECK(rule->line == sums.rules[2].line);
}

TEST_CASE("trace: the same run has the same bytes, and shared nodes are written once") {
  const std::string text = recorded();
  CHECK(text == recorded());
  std::size_t variables = 0;
  for (std::size_t at = 0; (at = text.find(" = variable ", at)) != text.npos; ++at) ++variables;
  CHECK(variables == 2);
}

TEST_CASE("trace: each step can be replayed") {
  Trace trace;
  REQUIRE(read_trace(recorded(), trace).ok());
  Context context;
  const auto second = rule_pass<other_sums, Graph, Context>("second");
  for (const TracedStep<Node>& step : trace.steps)
    CHECK(replay(trace, step, trace.runs[step.run].pass == 0 ? pass : second, context).message().empty());
  const auto of_first =
      std::find_if(trace.steps.begin(), trace.steps.end(), [](const auto& step) { return step.rule == 1; });
  REQUIRE(of_first != trace.steps.end());
  CHECK_THAT(replay(trace, *of_first, second, context).message(), Contains("has no such rule at its place"));
  TracedStep<Node> wrong = trace.steps[0];
  std::swap(wrong.before, wrong.after);
  CHECK_FALSE(replay(trace, wrong, pass, context).ok());
  wrong = trace.steps[0];
  wrong.after = wrong.before;
  CHECK_THAT(replay(trace, wrong, pass, context).message(), Contains("it gives another node"));
}

TEST_CASE("trace: a file that is cut short anywhere is an error that names the byte") {
  const std::string text = recorded();
  for (std::size_t size = 0; size < text.size(); ++size) {
    Trace trace;
    const std::string message = read_trace(std::string_view(text).substr(0, size), trace).message();
    INFO(size);
    CHECK(message ==
          "trace, byte " + std::to_string(size) + ": the file is cut short: its last line, 'end', is missing");
  }
}

TEST_CASE("trace: a file with a changed, missing or added byte is an error that names one") {
  const std::string text = recorded();
  const std::size_t end = text.rfind("end ");  // blanks and zeros can be added to the last line
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const char put : {'%', '0', '9', ' ', '\n', '"', 'z', '\0', '\xff'}) {
      std::string changed = text;
      changed[at] = put;
      Trace trace;
      if (put != text[at]) CHECK_THAT(read_trace(changed, trace).message(), StartsWith("trace, byte "));
      changed = text;
      changed.insert(at, 1, put);
      Trace longer;
      if (at <= end) CHECK_THAT(read_trace(changed, longer).message(), StartsWith("trace, byte "));
    }
  for (std::size_t at = 0; at < text.size(); ++at) {
    Trace shorter;
    CHECK_THAT(read_trace(std::string(text).erase(at, 1), shorter).message(), StartsWith("trace, byte "));
  }
}

TEST_CASE("trace: faults") {
  const auto fault = [](const std::string& lines) {
    Trace trace;
    return read_trace("whittle trace 1\n" + lines, trace).message();
  };
  CHECK(fault("step 0 %1 %2\n") == "trace, byte 23: no node has the label %1 yet");
  CHECK(fault("%1 = const index 1\nstep 0 %1 %1\n") == "trace, byte 35: a step before the first run");
  CHECK(fault("run 0 \"\" \"\"\n") == "trace, byte 16: there is no pass 0");
  CHECK(fault("pass 1 \"\" \"\" 0x0\n") == "trace, byte 16: expected pass 0");
  CHECK(fault("pass 0 \"\" \"\" 0x0\nrun 0 \"\" \"\"\n%1 = const index 1\nstep 3 %1 %1\n") ==
        "trace, byte 64: rule 3 of this pass is not described above");
  CHECK(fault("%1 = const index\n") == "trace, byte 32: expected a constant of dtype index, found ''");
  CHECK(fault("walk 3\n") == "trace, byte 16: expected step, rule, run, pass, end or a node, found 'walk'");
  CHECK(fault("end 7 0x1\n") == "trace, byte 16: expected 7 lines above, there are 1");
  Trace trace;
  CHECK(read_trace("whittle trace 2\n", trace).message() == "trace, byte 0: expected 'whittle trace 1': no trace");
}

TEST_CASE("trace: into a file, or nowhere") {
  const std::string path = (std::filesystem::temp_directory_path() / "whittle_trace_test.txt").string();
  {
    TraceWriter writer;
    REQUIRE(writer.open(path).ok());
    record(writer);
    CHECK(writer.steps() == 8);
    REQUIRE(writer.finish().ok());
  }
  std::ifstream file(path);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == recorded());
  std::filesystem::remove(path);
  TraceWriter nowhere;
  CHECK(nowhere.open("/no such directory/trace").message() == "trace: cannot write '/no such directory/trace'");
  TraceWriter full;
  if (full.open("/dev/full").ok()) {
    record(full);
    CHECK(full.finish().message() == "trace: cannot write all of '/dev/full'");
  }
}

TEST_CASE("trace: nothing is recorded when off") {
  Graph g;
  Context context;
  PassStatistics statistics;
  Node root = some_expression(g, 2).node;
  REQUIRE(pass.run(g, root, context, statistics).ok());
  CHECK(statistics.rewrites() == 4);
  // without a `record` the driver has no call at all; with one and no recorder nothing is written
  TraceWriter writer;
  const std::string before = writer.text();
  REQUIRE(pass.run(g, root, context, statistics).ok());
  CHECK(writer.text() == before);
  CHECK(writer.steps() == 0);
}

}  // namespace ir_trace
