#include "values.hpp"

#include <cassert>

namespace peephole {
namespace {

struct Binary {
  Op op;
  llvm::Instruction::BinaryOps instruction;
  bool of_bools;  ///< the same on one bit as on more
};
constexpr Binary binaries[] = {
    {Op::add, llvm::Instruction::Add, false},   {Op::sub, llvm::Instruction::Sub, false},
    {Op::mul, llvm::Instruction::Mul, false},   {Op::cdiv, llvm::Instruction::SDiv, false},
    {Op::cmod, llvm::Instruction::SRem, false}, {Op::shl, llvm::Instruction::Shl, false},
    {Op::shr, llvm::Instruction::AShr, false},  {Op::bit_and, llvm::Instruction::And, true},
    {Op::bit_or, llvm::Instruction::Or, true},  {Op::bit_xor, llvm::Instruction::Xor, true},
};

Op op_of_comparison(const llvm::ICmpInst& comparison) {
  const bool of_bools = comparison.getOperand(0)->getType()->isIntegerTy(1);  // true is -1 there, and not 1
  switch (comparison.getPredicate()) {
  case llvm::ICmpInst::ICMP_EQ: return Op::equal;
  case llvm::ICmpInst::ICMP_NE: return Op::not_equal;
  case llvm::ICmpInst::ICMP_SLT:
  case llvm::ICmpInst::ICMP_SGT: return of_bools ? Op::variable : Op::less;
  case llvm::ICmpInst::ICMP_SLE:
  case llvm::ICmpInst::ICMP_SGE: return of_bools ? Op::variable : Op::less_equal;
  default: return Op::variable;
  }
}

llvm::ICmpInst::Predicate predicate_of(Op op) {
  switch (op) {
  case Op::less: return llvm::ICmpInst::ICMP_SLT;
  case Op::less_equal: return llvm::ICmpInst::ICMP_SLE;
  case Op::equal: return llvm::ICmpInst::ICMP_EQ;
  default: return llvm::ICmpInst::ICMP_NE;
  }
}

bool may_trap(const llvm::BinaryOperator& division) {
  const auto* divisor = llvm::dyn_cast<llvm::ConstantInt>(division.getOperand(1));
  return divisor == nullptr || divisor->isZero() || divisor->isMinusOne();
}

Op op_of_binary(const llvm::BinaryOperator& instruction, bool of_bools) {
  for (const Binary& each : binaries) {
    if (each.instruction != instruction.getOpcode()) continue;
    if (of_bools && !each.of_bools) return Op::variable;
    return (each.op == Op::cdiv || each.op == Op::cmod) && may_trap(instruction) ? Op::variable : each.op;
  }
  return Op::variable;
}

}  // namespace

DType dtype_of(const llvm::Type* type) {
  if (!type->isIntegerTy()) return DType::none;
  switch (type->getIntegerBitWidth()) {
  case 1: return DType::boolean;
  case 8: return DType::int8;
  case 16: return DType::int16;
  case 32: return DType::int32;
  case 64: return DType::int64;
  default: return DType::none;
  }
}

Op op_of(const llvm::Value* value) {
  const DType dtype = dtype_of(value->getType());
  if (dtype == DType::none) return Op::variable;
  if (llvm::isa<llvm::ConstantInt>(value)) return Op::constant;
  if (const auto* binary = llvm::dyn_cast<llvm::BinaryOperator>(value))
    return op_of_binary(*binary, dtype == DType::boolean);
  if (const auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(value))
    return dtype_of(comparison->getOperand(0)->getType()) == DType::none ? Op::variable : op_of_comparison(*comparison);
  if (const auto* select = llvm::dyn_cast<llvm::SelectInst>(value))
    return select->getCondition()->getType()->isIntegerTy(1) ? Op::where : Op::variable;
  return Op::variable;
}

bool is_swapped(const llvm::Value* value) {
  const auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(value);
  return comparison != nullptr && (comparison->getPredicate() == llvm::ICmpInst::ICMP_SGT ||
                                   comparison->getPredicate() == llvm::ICmpInst::ICMP_SGE);
}

Values::~Values() {
  for (auto& [key, instruction] : made_)
    if (instruction->getParent() == nullptr) instruction->dropAllReferences();
  for (auto& [key, instruction] : made_)
    if (instruction->getParent() == nullptr) instruction->deleteValue();
}

llvm::Type* Values::type(DType dtype) const {
  const unsigned width = dtype == DType::boolean ? 1 : whittle::bits(dtype);
  return llvm::Type::getIntNTy(function_.getContext(), width);
}

llvm::Value* Values::constant(whittle::Scalar value) const {
  return llvm::ConstantInt::get(type(value.dtype), value.bits, true);
}

llvm::Instruction* Values::create(Op op, std::span<llvm::Value* const> operands) const {
  for (const Binary& each : binaries)
    if (each.op == op) return llvm::BinaryOperator::Create(each.instruction, operands[0], operands[1]);
  if (op == Op::where) return llvm::SelectInst::Create(operands[0], operands[1], operands[2]);
  assert(whittle::is_comparison(op));
  return new llvm::ICmpInst(predicate_of(op), operands[0], operands[1]);
}

llvm::Value* Values::make(Op op, DType dtype, std::span<llvm::Value* const> operands) {
  llvm::Value* const third = operands.size() > 2 ? operands[2] : nullptr;
  llvm::Instruction*& made = made_[{op, dtype, operands[0], operands[1], third}];
  if (made == nullptr) made = create(op, operands);
  return made;
}

/// After the operand that is known last. All of them are known wherever the value is used, so that each pair of them
/// is ordered, and what stands there is known at all its uses.
llvm::BasicBlock::iterator Values::place_for(const llvm::Instruction& instruction) {
  llvm::Instruction* last = nullptr;
  for (llvm::Value* operand : instruction.operands())
    if (auto* known = llvm::dyn_cast<llvm::Instruction>(operand))
      if (last == nullptr || dominators_.dominates(last, known)) last = known;
  if (last == nullptr) return function_.getEntryBlock().getFirstInsertionPt();
  return *last->getInsertionPointAfterDef();
}

void Values::place(llvm::Value* value) {
  auto* const instruction = llvm::dyn_cast<llvm::Instruction>(value);
  if (instruction == nullptr || instruction->getParent() != nullptr) return;
  for (llvm::Value* operand : instruction->operands()) place(operand);
  instruction->insertBefore(place_for(*instruction));
}

}  // namespace peephole
