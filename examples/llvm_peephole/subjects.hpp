// Functions to try a peephole pass on: written ones with branches and a loop, and random ones.
#pragma once

#include <memory>

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

namespace peephole {

/// A module of functions i64 (i64, i64, i64, i64) that neither trap nor touch memory that is not theirs.
std::unique_ptr<llvm::Module> make_subjects(llvm::LLVMContext& context, unsigned random_functions, unsigned seed);

}  // namespace peephole
