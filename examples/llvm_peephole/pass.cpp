#include "pass.hpp"

#include <llvm/IR/InstIterator.h>
#include <llvm/Transforms/Utils/Local.h>
#include <whittle/rewrite/report.hpp>

#include "rules.hpp"
#include "values.hpp"

namespace peephole {
namespace {

/// The instructions that rules do not look into: what they use is what has to be computed.
std::vector<llvm::Instruction*> roots_of(llvm::Function& function) {
  std::vector<llvm::Instruction*> roots;
  for (llvm::Instruction& instruction : llvm::instructions(function))
    if (op_of(&instruction) == Op::variable) roots.push_back(&instruction);
  return roots;
}

void erase_dead(llvm::Function& function) {
  llvm::SmallVector<llvm::WeakTrackingVH, 64> all;
  for (llvm::Instruction& instruction : llvm::instructions(function)) all.emplace_back(&instruction);
  llvm::RecursivelyDeleteTriviallyDeadInstructionsPermissive(all);
}

}  // namespace

llvm::PreservedAnalyses Pass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  {
    Values values(function);
    whittle::NoContext none;
    whittle::Rewriter<whittle::matcher<set, Values>> rewriter(values, none);
    for (llvm::Instruction* root : roots_of(function))
      for (llvm::Use& use : root->operands()) {
        const auto result = rewriter(use.get());
        report_.rewrites += result.rewrites;
        if (!result.ok()) report_.failure = status_of(result, set).message();
        values.place(result.node);
        use.set(result.node);
      }
  }
  erase_dead(function);
  return llvm::PreservedAnalyses::none();
}

}  // namespace peephole
