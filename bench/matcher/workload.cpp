#include "workload.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>

#include <whittle/ir/build.hpp>
#include <whittle/ir/import.hpp>
#include <whittle/ir/parse.hpp>
#include <whittle/ir/traits.hpp>

#include "rules_300.hpp"

namespace matcher_bench {
namespace {

using namespace whittle;

template <const auto& Set>
bool matches(Graph& g, Node n) {
  NoContext context;
  return matcher<Set, Graph, NoContext, Strategy::tables>::match(g, n, context).found();
}

/// Makes expressions in a graph of its own, where trying rules leaves nodes behind; `finish` copies what is used.
class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {
    for (std::uint32_t r = 0; r < 64; ++r) leaves_.push_back(g_.range(g_.constant(DType::index, 1000 + r), r));
    for (std::uint32_t k = 0; k < 4; ++k) {
      const std::string name = "b" + std::to_string(k);
      truths_.push_back(g_.variable(name, 0, 1, DType::boolean));
    }
  }

  void random_expressions(std::size_t nodes, bool nothing_matches);
  void instances(std::size_t nodes, bool near_miss);
  Workload finish() {
    Workload made;
    GraphImport copy(made.graph, g_);
    std::vector<Node> roots;
    for (Node root : roots_) roots.push_back(copy(root));
    made.root = sink(made.graph, roots);
    made.order = topological_order(made.graph, made.root);
    return made;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  Node pick(const std::vector<Node>& from) { return from[below(from.size())]; }
  Node number(std::int64_t value) { return g_.constant(DType::index, value); }
  Node random_expression(const std::vector<Node>& pool);
  Node atom();
  Node leaf_of(const PatternRecord& record);
  Node operation_of(Op op, std::span<const Node> sources);
  Node instance(const RuleSetView& set, const RuleInfo& rule, bool mutate);
  bool clean();

  std::mt19937 random_;
  Graph g_;
  std::vector<Node> leaves_, truths_, roots_;
  std::vector<std::pair<VariableName, Node>> names_;
  std::vector<Node> made_;  ///< the nodes of the last instance, but for literals
};

Node Maker::random_expression(const std::vector<Node>& pool) {
  const auto recent = [&] { return pool[pool.size() - 1 - below(std::min<std::size_t>(pool.size(), 64))]; };
  const Node a = recent(), b = recent();
  const auto constant = static_cast<std::int64_t>(1 + below(12));
  switch (below(12)) {
  case 0:
  case 1: return mul(g_, a, constant);
  case 2: return floordiv(g_, a, constant);
  case 3: return floormod(g_, a, constant);
  case 4: return where(g_, less(g_, a, b), a, recent());
  case 5:
  case 6: return add(g_, a, constant);
  case 7: return min(g_, a, b);
  case 8: return max(g_, a, constant);
  case 9: return sub(g_, a, b);
  default: return add(g_, a, b);
  }
}

void Maker::random_expressions(std::size_t nodes, bool nothing_matches) {
  std::vector<Node> pool;
  std::size_t made = 0;
  const auto accept = [&](Node n) {
    if (!nothing_matches) return true;
    if (g_.op(n) == Op::where && matches<rules_300>(g_, g_.source(n, 0))) return false;
    return !matches<rules_300>(g_, n);
  };
  while (made < nodes) {
    if (pool.empty())
      for (std::size_t k = 0; k < 16; ++k) pool.push_back(pick(leaves_));
    const std::uint32_t before = g_.size();
    const Node n = random_expression(pool);
    if (number_of(n) < before || !accept(n)) continue;
    made += g_.op(n) == Op::where ? 2 : 1;
    pool.push_back(n);
    roots_.push_back(n);
    // Start afresh now and then, as an index expression is small.
    if (pool.size() > 400) pool.clear();
  }
}

/// Something for a variable to stand for: a range, or a small expression that no rule rewrites.
Node Maker::atom() {
  const Node a = pick(leaves_), b = pick(leaves_);
  switch (below(4)) {
  case 0: return a;
  case 1: return a != b ? mul(g_, a, b) : a;
  case 2: return floordiv(g_, a, static_cast<std::int64_t>(2 + below(30)));
  default: return floormod(g_, a, static_cast<std::int64_t>(2 + below(30)));
  }
}

Node Maker::leaf_of(const PatternRecord& record) {
  constexpr std::int64_t constants[] = {1, 2, 3, 4, 6, 8, 12, 24};
  if (record.kind == RecordKind::integer) return number(static_cast<std::int64_t>(record.bits));
  if (record.kind == RecordKind::truth) return g_.constant(bool_scalar(record.bits != 0));
  for (const auto& [name, node] : names_)
    if (name == record.name) return node;
  Node made = Node::none;
  if (record.kind == RecordKind::constant)
    made = number(constants[below(std::size(constants))]);
  else if (record.dtypes == only(DType::boolean))
    made = below(2) != 0 ? pick(truths_) : less(g_, pick(leaves_), pick(leaves_));
  else
    made = atom();
  made_.push_back(made);
  names_.emplace_back(record.name, made);
  return made;
}

Node Maker::operation_of(Op op, std::span<const Node> sources) {
  const bool truth = is_comparison(op) || op == Op::logical_not;
  return g_.make(op, truth ? DType::boolean : DType::index, sources);
}

/// A left side with random leaves; mutated in one place, if wanted: another operator, operand or number.
Node Maker::instance(const RuleSetView& set, const RuleInfo& rule, bool mutate) {
  constexpr Op others[] = {Op::add, Op::sub, Op::mul, Op::floordiv, Op::floormod, Op::min, Op::max};
  const std::uint32_t changed = mutate ? static_cast<std::uint32_t>(below(rule.left.size)) : rule.left.size;
  std::vector<Node> stack;
  names_.clear();
  made_.clear();
  for (std::uint32_t i = 0; i < rule.left.size; ++i) {
    const PatternRecord& record = set.records[rule.left.begin + i];
    if (record.arity == 0) {
      const Node leaf = leaf_of(record);
      const bool is_truth = g_.dtype(leaf) == DType::boolean;
      stack.push_back(i != changed ? leaf : is_truth ? pick(truths_) : atom());
      continue;
    }
    Op op = record.op;
    if (i == changed && record.arity == 2 && !is_comparison(op)) op = others[below(std::size(others))];
    if (i == changed && is_comparison(op)) op = op == Op::less ? Op::less_equal : Op::less;
    const std::span<const Node> sources(stack.data() + stack.size() - record.arity, record.arity);
    const Node made = operation_of(op, sources);
    stack.resize(stack.size() - record.arity);
    stack.push_back(made);
    made_.push_back(made);
  }
  return stack.back();
}

/// Whether no rule matches a node of the last instance.
bool Maker::clean() {
  return std::none_of(made_.begin(), made_.end(), [&](Node n) { return matches<rules_300>(g_, n); });
}

void Maker::instances(std::size_t nodes, bool near_miss) {
  const RuleSetView set(rules_100);
  std::vector<bool> is_used, is_root;
  std::size_t count = 0;
  while (count < nodes) {
    const Node n = instance(set, set.rules[below(set.rule_count)], near_miss);
    if (is_used.size() <= g_.size()) is_used.resize(2 * g_.size());
    is_root.resize(is_used.size());
    if (is_root[number_of(n)] || (near_miss ? !clean() : !matches<rules_100>(g_, n))) continue;
    is_root[number_of(n)] = true;
    roots_.push_back(n);
    for (Node part : made_) {
      count += is_used[number_of(part)] ? 0u : 1u;
      is_used[number_of(part)] = true;
    }
  }
}

Workload recorded_kernels() {
  Workload made;
  std::ifstream file(WHITTLE_BENCH_DIRECTORY "/matcher/fashion_mnist_kernels.txt");
  std::string line, text;
  std::vector<Node> roots;
  const auto end_of_kernel = [&] {
    Node root = Node::none;
    if (!text.empty() && parse(made.graph, text, root).ok()) roots.push_back(root);
    text.clear();
  };
  while (std::getline(file, line)) {
    if (line.empty())
      end_of_kernel();
    else
      text += line + "\n";
  }
  end_of_kernel();
  made.root = sink(made.graph, roots);
  made.order = topological_order(made.graph, made.root);
  return made;
}

}  // namespace

const char* name_of(Kind kind) {
  switch (kind) {
  case Kind::random: return "random";
  case Kind::nothing: return "nothing-matches";
  case Kind::rewrites: return "all-rewrite";
  case Kind::near_miss: return "near-miss";
  default: return "recorded";
  }
}

Kind kind_named(std::string_view name) {
  for (Kind each : synthetic)
    if (name == name_of(each)) return each;
  return Kind::recorded;
}

Workload make_workload(Kind kind, std::size_t nodes) {
  if (kind == Kind::recorded) return recorded_kernels();
  Maker maker(7);
  if (kind == Kind::random || kind == Kind::nothing)
    maker.random_expressions(nodes, kind == Kind::nothing);
  else
    maker.instances(nodes, kind == Kind::near_miss);
  return maker.finish();
}

}  // namespace matcher_bench
