// The peephole pass, for LLVM's new pass manager.
#pragma once

#include <cstdint>
#include <string>

#include <llvm/IR/PassManager.h>

namespace peephole {

/// What the pass has done, over all functions.
struct Report {
  std::uint64_t rewrites = 0;
  std::string failure;  ///< of rules that do not end; empty if none
};

/// Rewrites a function by the rules of rules.hpp, in place.
class Pass : public llvm::PassInfoMixin<Pass> {
 public:
  explicit Pass(Report& report) : report_(report) {}
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);

 private:
  Report& report_;
};

}  // namespace peephole
