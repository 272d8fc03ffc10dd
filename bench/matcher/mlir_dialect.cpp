#include "mlir_dialect.hpp"

#include <whittle/ir/graph.hpp>

MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::ConstOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::LeafOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::AddOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::SubOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::MulOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::FloorDivOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::FloorModOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::MinOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::MaxOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::LtOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::LeOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::EqOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::NeOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::NotOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::WhereOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::SinkOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(rival::RivalDialect)

namespace rival {

RivalDialect::RivalDialect(mlir::MLIRContext* in)
    : Dialect(getDialectNamespace(), in, mlir::TypeID::get<RivalDialect>()) {
  addOperations<ConstOp, LeafOp, AddOp, SubOp, MulOp, FloorDivOp, FloorModOp, MinOp, MaxOp, LtOp, LeOp, EqOp, NeOp,
                NotOp, WhereOp, SinkOp>();
}

bool is_behind(mlir::Attribute a, mlir::Attribute b) {
  static whittle::Graph graph;
  const auto key = [](mlir::Attribute number) {
    return graph.key(graph.constant(whittle::DType::index, llvm::cast<mlir::IntegerAttr>(number).getInt()));
  };
  return key(b) < key(a);
}

}  // namespace rival
