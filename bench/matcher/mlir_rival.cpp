// MLIR's greedy driver over a workload and with the rules that bench/matcher.cpp exports.
//
//   mlir_rival RULES FILE [REPEATS] [ORDER]     the best of some rewrites, a line of JSON
//   mlir_rival RULES FILE --roots [ORDER]       a number a root, the same as `matcher --roots` prints for equal results
//
// RULES is 30, 100 or 300; ORDER top-down, which is the default, or bottom-up.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <mlir/Transforms/GreedyPatternRewriteDriver.h>

#include "exported.hpp"
#include "mlir_patterns.hpp"
#include "structural_hash.hpp"

namespace {

using namespace rival;
using matcher_bench::ExportedNode;

/// So many roots a sink: a sink is visited again whenever one of its operands changes.
constexpr std::size_t roots_a_sink = 16;

/// Builds the operators of a workload in the block of a module.
class Builder {
 public:
  explicit Builder(mlir::MLIRContext& context)
      : builder_(&context),
        location_(builder_.getUnknownLoc()),
        module_(mlir::ModuleOp::create(location_)) {
    builder_.setInsertionPointToEnd(module_->getBody());
  }

  mlir::OwningOpRef<mlir::ModuleOp> operator()(const std::vector<ExportedNode>& nodes) {
    values_.reserve(nodes.size());
    for (const ExportedNode& node : nodes) {
      sources_.clear();
      for (std::size_t source : node.sources)
        if (!node.is_leaf()) sources_.push_back(values_[source]);
      if (node.op == "sink") break;
      values_.push_back(value_of(node));
    }
    const mlir::ValueRange roots(sources_);
    for (std::size_t first = 0; first < roots.size(); first += roots_a_sink)
      builder_.create<SinkOp>(location_, roots.slice(first, std::min(roots_a_sink, roots.size() - first)));
    return std::move(module_);
  }

 private:
  mlir::Value value_of(const ExportedNode& node) {
    const mlir::IntegerType type = node.is_truth ? builder_.getI1Type() : builder_.getI64Type();
    if (node.op == "const") return builder_.create<ConstOp>(location_, builder_.getIntegerAttr(type, node.number));
    if (node.is_leaf()) return builder_.create<LeafOp>(location_, builder_.getI64IntegerAttr(node.number), type);
    mlir::OperationState state(location_, "rival." + node.op);
    state.addOperands(sources_);
    state.addTypes(type);
    return builder_.create(state)->getResult(0);
  }

  mlir::OpBuilder builder_;
  mlir::Location location_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  std::vector<mlir::Value> values_, sources_;
};

mlir::FrozenRewritePatternSet patterns_of(mlir::MLIRContext& context, int rules) {
  mlir::RewritePatternSet patterns(&context);
  (rules == 30 ? add_rules_30 : rules == 100 ? add_rules_100 : add_rules_300)(patterns);
  return mlir::FrozenRewritePatternSet(std::move(patterns));
}

// callgrind counts what happens in the function of this name.
[[gnu::noinline]] bool measured_greedy(mlir::ModuleOp module, const mlir::FrozenRewritePatternSet& patterns,
                                       bool top_down) {
  mlir::GreedyRewriteConfig config;
  config.useTopDownTraversal = top_down;
  config.enableRegionSimplification = mlir::GreedySimplifyRegionLevel::Disabled;
  config.maxIterations = mlir::GreedyRewriteConfig::kNoLimit;
  return mlir::succeeded(mlir::applyPatternsAndFoldGreedily(module->getRegion(0), patterns, config));
}

/// The hashes of all values, and then of the roots. Operators stand after their operands in a block.
std::vector<std::uint64_t> hashes_of_roots(mlir::ModuleOp module) {
  llvm::DenseMap<mlir::Value, std::uint64_t> known;
  std::vector<std::uint64_t> roots, sources;
  for (mlir::Operation& operation : *module.getBody()) {
    sources.clear();
    for (mlir::Value operand : operation.getOperands()) sources.push_back(known.at(operand));
    if (llvm::isa<SinkOp>(operation)) {
      roots.insert(roots.end(), sources.begin(), sources.end());
      continue;
    }
    const bool is_truth = operation.getResult(0).getType().isInteger(1);
    std::int64_t number = 0;
    if (auto constant = llvm::dyn_cast<ConstOp>(operation))
      number = is_truth ? constant.number() != 0 : constant.number();
    if (auto leaf = llvm::dyn_cast<LeafOp>(operation)) number = leaf.number();
    const llvm::StringRef name = operation.getName().stripDialect();
    known[operation.getResult(0)] =
        matcher_bench::structural_hash({name.data(), name.size()}, is_truth, number, sources);
  }
  return roots;
}

int print_roots(mlir::MLIRContext& context, const std::vector<ExportedNode>& nodes, int rules, bool top_down) {
  auto module = Builder(context)(nodes);
  if (!measured_greedy(*module, patterns_of(context, rules), top_down)) return 1;
  for (std::uint64_t hash : hashes_of_roots(*module)) std::printf("%016llx\n", static_cast<unsigned long long>(hash));
  return 0;
}

int print_time(mlir::MLIRContext& context, const std::vector<ExportedNode>& nodes, int rules, bool top_down,
               int repeats) {
  const mlir::FrozenRewritePatternSet patterns = patterns_of(context, rules);
  double best = 1e30;
  bool converged = true;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    auto module = Builder(context)(nodes);
    const auto start = std::chrono::steady_clock::now();
    converged = measured_greedy(*module, patterns, top_down) && converged;
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    best = std::min(best, time.count() / static_cast<double>(nodes.size()));
  }
  std::printf("{\"what\": \"rival\", \"engine\": \"MLIR 19, %d rules\", \"nodes\": %zu, \"ns_per_node\": %.2f, "
              "\"note\": \"%s%s\"}\n",
              rules, nodes.size(), best, top_down ? "top-down" : "bottom-up", converged ? "" : ", NO FIXED POINT");
  return converged ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  if (count < 3) return 2;
  const int rules = std::atoi(values[1]);
  const std::vector<ExportedNode> nodes = matcher_bench::read_exported(values[2]);
  const bool top_down = count < 5 || std::strcmp(values[4], "bottom-up") != 0;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<RivalDialect>();
  if (count > 3 && std::strcmp(values[3], "--roots") == 0) return print_roots(context, nodes, rules, top_down);
  return print_time(context, nodes, rules, top_down, count > 3 ? std::atoi(values[3]) : 5);
}
