// LLVM's integers as a graph that whittle rewrites: the values of one function.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>

#include <whittle/match/traits.hpp>

namespace peephole {

using whittle::DType;
using whittle::Op;

/// A function and the instructions that rewriting makes. Those stand in no block until `place` puts them where their
/// operands are known; what is never placed goes with this object.
class Values {
 public:
  explicit Values(llvm::Function& function) : function_(function), dominators_(function) {}
  ~Values();
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  llvm::Type* type(DType dtype) const;
  llvm::Value* constant(whittle::Scalar value) const;
  /// A new instruction, or one that was made before of the same operands.
  llvm::Value* make(Op op, DType dtype, std::span<llvm::Value* const> operands);
  /// Puts a new instruction, and the new ones that it needs, into the function.
  void place(llvm::Value* value);

 private:
  using Key = std::tuple<Op, DType, llvm::Value*, llvm::Value*, llvm::Value*>;

  llvm::Instruction* create(Op op, std::span<llvm::Value* const> operands) const;
  llvm::BasicBlock::iterator place_for(const llvm::Instruction& instruction);

  llvm::Function& function_;
  llvm::DominatorTree dominators_;
  std::map<Key, llvm::Instruction*> made_;
};

/// The dtype of integers of 1, 8, 16, 32 and 64 bits; none of all other types.
DType dtype_of(const llvm::Type* type);

/// What rules see of a value: an operator, or `variable` for what they must not look into. That is a value of another
/// type, an argument, a phi, and an instruction with an effect: a quotient by what may be 0 traps, so that it must stay
/// where it is.
Op op_of(const llvm::Value* value);

/// Whether the operands are in the other order: LLVM has x > y, rules have y < x.
bool is_swapped(const llvm::Value* value);

}  // namespace peephole

template <>
struct whittle::graph_traits<peephole::Values> {
  using G = peephole::Values;
  using node = llvm::Value*;

  static node none() { return nullptr; }
  static Op op(const G&, node n) { return peephole::op_of(n); }
  static DType dtype(const G&, node n) { return peephole::dtype_of(n->getType()); }
  static std::uint32_t arity(const G& g, node n) {
    const Op op = graph_traits::op(g, n);
    return op == Op::variable || op == Op::constant ? 0 : llvm::cast<llvm::User>(n)->getNumOperands();
  }
  static node source(const G&, node n, std::uint32_t k) {
    return llvm::cast<llvm::User>(n)->getOperand(peephole::is_swapped(n) ? 1 - k : k);
  }
  static bool is_constant(const G& g, node n) { return op(g, n) == Op::constant; }
  static Scalar constant(const G& g, node n) {
    const llvm::APInt& value = llvm::cast<llvm::ConstantInt>(n)->getValue();
    return int_scalar(dtype(g, n), value.getSExtValue());  // a bool wraps to 0 or 1
  }
  static node make_constant(G& g, Scalar value) { return g.constant(value); }
  static node make(G& g, Op op, DType dtype, std::span<const node> sources, std::uint64_t) {
    return g.make(op, dtype, sources);
  }
};
