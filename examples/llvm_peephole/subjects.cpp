#include "subjects.hpp"

#include <random>
#include <string>
#include <vector>

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/NoFolder.h>
#include <llvm/Support/SourceMgr.h>

namespace peephole {
namespace {

constexpr const char* written = R"(
define i64 @branches(i64 %a, i64 %b, i64 %c, i64 %d) {
  %x = add nsw i64 %a, 3
  %y = add nsw i64 %x, 4
  %larger = icmp sgt i64 %y, %b
  %not = xor i1 %larger, true
  br i1 %not, label %left, label %right
left:
  %back = sub i64 %y, %a
  %masked = and i64 %c, 255
  %again = and i64 %masked, 15
  br label %end
right:
  %both = and i64 %a, %b
  %one = xor i64 %a, %b
  %sum = add i64 %both, %one
  br label %end
end:
  %first = phi i64 [ %back, %left ], [ %sum, %right ]
  %second = phi i64 [ %again, %left ], [ %y, %right ]
  %twice = shl i64 %second, 1
  %four = shl i64 %twice, 1
  %result = add i64 %first, %four
  ret i64 %result
}
define i64 @loop(i64 %a, i64 %b, i64 %c, i64 %d) {
start:
  %count = and i64 %d, 15
  br label %next
next:
  %i = phi i64 [ 0, %start ], [ %i.next, %next ]
  %sum = phi i64 [ %a, %start ], [ %sum.next, %next ]
  %scaled = mul i64 %sum, 3
  %more = add i64 %scaled, %sum
  %changed = xor i64 %more, %b
  %sum.next = xor i64 %changed, %b
  %step = add i64 %i, 3
  %i.next = sub i64 %step, 2
  %last = icmp sge i64 %i, %count
  %goes_on = xor i1 %last, true
  %other = select i1 %goes_on, i1 true, i1 false
  br i1 %other, label %next, label %end
end:
  %result = sub i64 %sum.next, %c
  ret i64 %result
}
define i64 @guarded_division(i64 %a, i64 %b, i64 %c, i64 %d) {
  %zero = icmp eq i64 %b, 0
  br i1 %zero, label %end, label %divide
divide:
  %same = add i64 %a, 0
  %half = sdiv i64 %same, %b
  %positive = lshr i64 %half, 1
  br label %end
end:
  %quotient = phi i64 [ %positive, %divide ], [ %c, %0 ]
  ret i64 %quotient
}
define i64 @memory(i64 %a, i64 %b, i64 %c, i64 %d) {
  %slot = alloca i64
  %x = mul i64 %a, 4
  %y = mul i64 %a, 5
  %nine = add i64 %x, %y
  store i64 %nine, ptr %slot
  %loaded = load i64, ptr %slot
  %none = sub i64 %loaded, %loaded
  %result = or i64 %none, %b
  ret i64 %result
}
)";

/// Draws one function of a single block. Values are drawn from the last ones, so that rules meet what they look for.
class RandomFunction {
 public:
  RandomFunction(llvm::Module& module, const std::string& name, std::mt19937& random)
      : builder_(module.getContext()),
        random_(random) {
    auto* const word = builder_.getInt64Ty();
    auto* const signature = llvm::FunctionType::get(word, {word, word, word, word}, false);
    auto* const function = llvm::Function::Create(signature, llvm::Function::ExternalLinkage, name, module);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "", function));
    type_ = builder_.getIntNTy(8u << below(4));
    for (llvm::Argument& argument : function->args()) values_.push_back(builder_.CreateTrunc(&argument, type_));
    bools_.push_back(builder_.CreateICmpSLT(values_[0], values_[1]));
    for (unsigned i = 0; i < 24; ++i) add();
    llvm::Value* result = values_.back();
    for (unsigned i = 0; i < 4; ++i) result = builder_.CreateXor(builder_.CreateMul(result, small(5)), recent());
    builder_.CreateRet(builder_.CreateSExt(result, word));
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  llvm::Value* small(std::int64_t value) {
    return llvm::ConstantInt::get(type_, static_cast<std::uint64_t>(value), true);
  }
  llvm::Value* number() {
    constexpr std::int64_t numbers[] = {-128, -5, -2, -1, 0, 0, 1, 1, 2, 3, 4, 7, 15, 100};
    return small(numbers[below(std::size(numbers))]);
  }
  llvm::Value* recent() {
    const std::size_t window = values_.size() < 5 ? values_.size() : 5;
    return values_[values_.size() - 1 - below(static_cast<unsigned>(window))];
  }
  llvm::Value* operand() { return below(3) == 0 ? number() : recent(); }
  llvm::Value* condition() { return bools_[bools_.size() - 1 - below(bools_.size() < 3 ? 1 : 3)]; }

  void add() {
    using Instruction = llvm::Instruction;
    constexpr Instruction::BinaryOps any[] = {Instruction::Add, Instruction::Add, Instruction::Sub, Instruction::Sub,
                                              Instruction::Mul, Instruction::And, Instruction::Or,  Instruction::Xor};
    constexpr Instruction::BinaryOps by_number[] = {Instruction::Shl, Instruction::AShr, Instruction::LShr,
                                                    Instruction::SDiv, Instruction::SRem};
    constexpr llvm::ICmpInst::Predicate predicates[] = {llvm::ICmpInst::ICMP_EQ,  llvm::ICmpInst::ICMP_NE,
                                                        llvm::ICmpInst::ICMP_SLT, llvm::ICmpInst::ICMP_SGE,
                                                        llvm::ICmpInst::ICMP_SGT, llvm::ICmpInst::ICMP_ULT};
    const unsigned kind = below(16);
    if (kind < 10)
      values_.push_back(builder_.CreateBinOp(any[below(std::size(any))], recent(), operand()));
    else if (kind < 12)
      values_.push_back(builder_.CreateBinOp(by_number[below(std::size(by_number))], recent(), small(1 + below(3))));
    else if (kind < 13)
      values_.push_back(builder_.CreateSelect(condition(), recent(), operand()));
    else if (kind < 15)
      bools_.push_back(builder_.CreateICmp(predicates[below(std::size(predicates))], recent(), operand()));
    else
      bools_.push_back(builder_.CreateXor(condition(), builder_.getTrue()));
  }

  llvm::IRBuilder<llvm::NoFolder> builder_;
  std::mt19937& random_;
  llvm::Type* type_ = nullptr;
  std::vector<llvm::Value*> values_, bools_;
};

}  // namespace

std::unique_ptr<llvm::Module> make_subjects(llvm::LLVMContext& context, unsigned random_functions, unsigned seed) {
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(written, diagnostic, context);
  if (module == nullptr) return module;
  std::mt19937 random(seed);
  for (unsigned i = 0; i < random_functions; ++i) RandomFunction(*module, "random" + std::to_string(i), random);
  return module;
}

}  // namespace peephole
