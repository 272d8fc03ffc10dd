// The operators of whittle's index expressions as a dialect of MLIR 19, written without its table generator.
#pragma once

#include <mlir/IR/Builders.h>
#include <mlir/IR/BuiltinAttributes.h>
#include <mlir/IR/BuiltinOps.h>
#include <mlir/IR/BuiltinTypes.h>
#include <mlir/IR/Dialect.h>
#include <mlir/IR/OpDefinition.h>
#include <mlir/IR/OpImplementation.h>
#include <mlir/Interfaces/SideEffectInterfaces.h>

namespace rival {

/// An operator without memory, as the table generator would declare it.
template <class Self, template <class> class... Traits>
class PureOp
    : public mlir::Op<Self, mlir::OpTrait::ZeroRegions, mlir::OpTrait::OneResult,
                      mlir::OpTrait::OneTypedResult<mlir::IntegerType>::template Impl, mlir::OpTrait::ZeroSuccessors,
                      mlir::ConditionallySpeculatable::Trait, mlir::OpTrait::AlwaysSpeculatableImplTrait,
                      mlir::MemoryEffectOpInterface::Trait, Traits...> {
 public:
  using PureOp::Op::Op;
  static llvm::ArrayRef<llvm::StringRef> getAttributeNames() { return {}; }
  void getEffects(llvm::SmallVectorImpl<mlir::SideEffects::EffectInstance<mlir::MemoryEffects::Effect>>& /*effects*/) {}
};

/// The number that constants and leaves carry.
struct NumberProperties {
  mlir::IntegerAttr value;
  friend bool operator==(const NumberProperties& a, const NumberProperties& b) { return a.value == b.value; }
};

/// What the table generator would make of one attribute that is kept as a property.
template <class Self, template <class> class... Traits>
class NumberOp : public PureOp<Self, mlir::OpTrait::ZeroOperands, Traits...> {
 public:
  using Base = PureOp<Self, mlir::OpTrait::ZeroOperands, Traits...>;
  using Base::Base;
  using Properties = NumberProperties;

  static llvm::ArrayRef<llvm::StringRef> getAttributeNames() {
    static const llvm::StringRef names[] = {"value"};
    return names;
  }
  static std::optional<mlir::Attribute> getInherentAttr(mlir::MLIRContext* /*context*/, const Properties& properties,
                                                        llvm::StringRef name) {
    if (name == "value") return properties.value;
    return std::nullopt;
  }
  static void setInherentAttr(Properties& properties, llvm::StringRef name, mlir::Attribute value) {
    if (name == "value") properties.value = llvm::dyn_cast_or_null<mlir::IntegerAttr>(value);
  }
  static void populateInherentAttrs(mlir::MLIRContext* /*context*/, const Properties& properties,
                                    mlir::NamedAttrList& attributes) {
    if (properties.value) attributes.append("value", properties.value);
  }
  static llvm::LogicalResult verifyInherentAttrs(mlir::OperationName /*name*/, mlir::NamedAttrList& /*attributes*/,
                                                 llvm::function_ref<mlir::InFlightDiagnostic()> /*emit*/) {
    return llvm::success();
  }
  static llvm::LogicalResult setPropertiesFromAttr(Properties& properties, mlir::Attribute attribute,
                                                   llvm::function_ref<mlir::InFlightDiagnostic()> /*emit*/) {
    properties.value = llvm::dyn_cast_or_null<mlir::IntegerAttr>(attribute);
    return llvm::success(static_cast<bool>(properties.value));
  }
  static mlir::Attribute getPropertiesAsAttr(mlir::MLIRContext* /*context*/, const Properties& properties) {
    return properties.value;
  }
  static llvm::hash_code computePropertiesHash(const Properties& properties) {
    return llvm::hash_value(properties.value.getAsOpaquePointer());
  }
  static void build(mlir::OpBuilder& /*builder*/, mlir::OperationState& state, mlir::IntegerAttr value,
                    mlir::Type type = {}) {
    state.getOrAddProperties<Properties>().value = value;
    state.addTypes(type ? type : value.getType());
  }

  mlir::IntegerAttr attribute() { return this->getProperties().value; }
  std::int64_t number() { return attribute().getInt(); }
};

class ConstOp : public NumberOp<ConstOp, mlir::OpTrait::ConstantLike> {
 public:
  using NumberOp::NumberOp;
  static llvm::StringRef getOperationName() { return "rival.const"; }
  mlir::OpFoldResult fold(llvm::ArrayRef<mlir::Attribute> /*operands*/) { return attribute(); }
};

/// A range or a variable.
class LeafOp : public NumberOp<LeafOp> {
 public:
  using NumberOp::NumberOp;
  static llvm::StringRef getOperationName() { return "rival.leaf"; }
};

/// Two operands; the result is a number, or the truth about these.
template <class Self, bool Truth, template <class> class... Traits>
class BinaryOp : public PureOp<Self, mlir::OpTrait::NOperands<2>::Impl, Traits...> {
 public:
  using Base = PureOp<Self, mlir::OpTrait::NOperands<2>::Impl, Traits...>;
  using Base::Base;
  static constexpr bool is_truth = Truth;
  static void build(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Value a, mlir::Value b) {
    state.addOperands({a, b});
    state.addTypes(Truth ? mlir::Type(builder.getI1Type()) : a.getType());
  }
};

/// Whether whittle puts number `a` behind number `b`: without the same order of two numbers 8 % of the results of
/// random expressions would differ, as rules ask for numbers in the last place.
bool is_behind(mlir::Attribute a, mlir::Attribute b);

/// MLIR's own trait puts constants last.
template <class Self, bool Truth = false>
class CommutativeOp : public BinaryOp<Self, Truth, mlir::OpTrait::IsCommutative> {
 public:
  using Base = BinaryOp<Self, Truth, mlir::OpTrait::IsCommutative>;
  using Base::Base;
  mlir::OpFoldResult fold(llvm::ArrayRef<mlir::Attribute> operands) {
    if (!operands[0] || !operands[1] || !is_behind(operands[0], operands[1])) return {};
    mlir::Operation* operation = this->getOperation();
    operation->setOperands({operation->getOperand(1), operation->getOperand(0)});
    return operation->getResult(0);
  }
};

#define RIVAL_OPERATOR(CLASS, NAME, ...)                                \
  class CLASS : public __VA_ARGS__ {                                    \
   public:                                                              \
    using Kind = __VA_ARGS__;                                           \
    using Kind::Kind;                                                   \
    static llvm::StringRef getOperationName() { return "rival." NAME; } \
  };
RIVAL_OPERATOR(AddOp, "add", CommutativeOp<AddOp>)
RIVAL_OPERATOR(SubOp, "sub", BinaryOp<SubOp, false>)
RIVAL_OPERATOR(MulOp, "mul", CommutativeOp<MulOp>)
RIVAL_OPERATOR(FloorDivOp, "floordiv", BinaryOp<FloorDivOp, false>)
RIVAL_OPERATOR(FloorModOp, "floormod", BinaryOp<FloorModOp, false>)
RIVAL_OPERATOR(MinOp, "min", CommutativeOp<MinOp>)
RIVAL_OPERATOR(MaxOp, "max", CommutativeOp<MaxOp>)
RIVAL_OPERATOR(LtOp, "lt", BinaryOp<LtOp, true>)
RIVAL_OPERATOR(LeOp, "le", BinaryOp<LeOp, true>)
RIVAL_OPERATOR(EqOp, "eq", CommutativeOp<EqOp, true>)
RIVAL_OPERATOR(NeOp, "ne", CommutativeOp<NeOp, true>)
#undef RIVAL_OPERATOR

class NotOp : public PureOp<NotOp, mlir::OpTrait::OneOperand> {
 public:
  using PureOp::PureOp;
  static llvm::StringRef getOperationName() { return "rival.not"; }
  static void build(mlir::OpBuilder& /*builder*/, mlir::OperationState& state, mlir::Value a) {
    state.addOperands(a);
    state.addTypes(a.getType());
  }
};

class WhereOp : public PureOp<WhereOp, mlir::OpTrait::NOperands<3>::Impl> {
 public:
  using PureOp::PureOp;
  static llvm::StringRef getOperationName() { return "rival.where"; }
  static void build(mlir::OpBuilder& /*builder*/, mlir::OperationState& state, mlir::Value condition, mlir::Value a,
                    mlir::Value b) {
    state.addOperands({condition, a, b});
    state.addTypes(a.getType());
  }
};

/// Keeps roots alive: the only operator that is not pure.
class SinkOp : public mlir::Op<SinkOp, mlir::OpTrait::ZeroRegions, mlir::OpTrait::ZeroResults,
                               mlir::OpTrait::ZeroSuccessors, mlir::OpTrait::VariadicOperands> {
 public:
  using Op::Op;
  static llvm::StringRef getOperationName() { return "rival.sink"; }
  static llvm::ArrayRef<llvm::StringRef> getAttributeNames() { return {}; }
  static void build(mlir::OpBuilder& /*builder*/, mlir::OperationState& state, mlir::ValueRange roots) {
    state.addOperands(roots);
  }
};

class RivalDialect : public mlir::Dialect {
 public:
  explicit RivalDialect(mlir::MLIRContext* in);
  static constexpr llvm::StringLiteral getDialectNamespace() { return llvm::StringLiteral("rival"); }
};

}  // namespace rival

MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::ConstOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::LeafOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::AddOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::SubOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::MulOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::FloorDivOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::FloorModOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::MinOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::MaxOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::LtOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::LeOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::EqOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::NeOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::NotOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::WhereOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::SinkOp)
MLIR_DECLARE_EXPLICIT_TYPE_ID(rival::RivalDialect)
