// What the patterns that mlir_patterns.py writes are made of.
#pragma once

#include <algorithm>
#include <cstdint>

#include <mlir/IR/PatternMatch.h>

#include "mlir_dialect.hpp"

namespace rival {

void add_rules_30(mlir::RewritePatternSet& patterns);
void add_rules_100(mlir::RewritePatternSet& patterns);
void add_rules_300(mlir::RewritePatternSet& patterns);

__extension__ using Wide = __int128;

template <class Number>
Number floor_quotient(Number a, Number b) {
  const Number quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
template <class Number>
Number floor_remainder(Number a, Number b) {
  const Number remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

inline bool is_number(mlir::Value value, std::int64_t& number) {
  auto constant = value.getDefiningOp<ConstOp>();
  if (!constant) return false;
  number = constant.number();
  return true;
}
inline bool equals(mlir::Value value, std::int64_t number) {
  std::int64_t known = 0;
  return is_number(value, known) && known == number;
}
inline bool is_truth(mlir::Value value, bool truth) {
  std::int64_t known = 0;
  return is_number(value, known) && (known != 0) == truth;
}
inline bool same(mlir::Value a, mlir::Value b) {
  if (a == b) return true;
  std::int64_t number = 0;
  return is_number(a, number) && equals(b, number);
}

/// `op` of numbers; false where the result does not fit or has no meaning.
template <class OpType>
bool fold_numbers(std::int64_t a, std::int64_t b, std::int64_t& result) {
  using std::is_same_v;
  if constexpr (is_same_v<OpType, AddOp>) return !__builtin_add_overflow(a, b, &result);
  if constexpr (is_same_v<OpType, SubOp>) return !__builtin_sub_overflow(a, b, &result);
  if constexpr (is_same_v<OpType, MulOp>) return !__builtin_mul_overflow(a, b, &result);
  if constexpr (is_same_v<OpType, FloorDivOp> || is_same_v<OpType, FloorModOp>) {
    if (b == 0 || (b == -1 && a == INT64_MIN)) return false;
    result = is_same_v<OpType, FloorDivOp> ? floor_quotient(a, b) : floor_remainder(a, b);
  }
  if constexpr (is_same_v<OpType, MinOp>) result = std::min(a, b);
  if constexpr (is_same_v<OpType, MaxOp>) result = std::max(a, b);
  if constexpr (is_same_v<OpType, LtOp>) result = a < b;
  if constexpr (is_same_v<OpType, LeOp>) result = a <= b;
  if constexpr (is_same_v<OpType, EqOp>) result = a == b;
  if constexpr (is_same_v<OpType, NeOp>) result = a != b;
  return true;
}

/// A part of a right side: a value, a number that is no value yet, or both.
struct Term {
  mlir::Value value = {};
  std::int64_t number = 0;
  bool is_number = false, is_truth = false;

  Term() = default;
  Term(mlir::Value v) : value(v), is_number(rival::is_number(v, number)) {
    is_truth = is_number && v.getType().isInteger(1);
    if (is_truth) number = number != 0;
  }
  Term(std::int64_t known, bool truth = false) : number(known), is_number(true), is_truth(truth) {}
};

/// Builds a right side: what is of numbers alone is a number, and numbers stand last for commutative operators.
class Build {
 public:
  Build(mlir::PatternRewriter& rewriter, mlir::Operation* root) : rewriter_(rewriter), root_(root) {}

  /// Whether all numbers could be computed.
  bool ok() const { return ok_; }

  template <class OpType>
  Term make(Term a, Term b) {
    if (a.is_number && b.is_number) {
      std::int64_t result = 0;
      ok_ = ok_ && fold_numbers<OpType>(a.number, b.number, result);
      return {result, OpType::is_truth};
    }
    if (OpType::template hasTrait<mlir::OpTrait::IsCommutative>() && a.is_number) std::swap(a, b);
    const mlir::Value left = value_of(a), right = value_of(b);
    return value_term(rewriter_.create<OpType>(root_->getLoc(), left, right));
  }

  Term where(Term condition, Term a, Term b) {
    if (condition.is_number && a.is_number && b.is_number) return condition.number != 0 ? a : b;
    const mlir::Value first = value_of(condition), left = value_of(a), right = value_of(b);
    return value_term(rewriter_.create<WhereOp>(root_->getLoc(), first, left, right));
  }

  llvm::LogicalResult replace_by(Term result) {
    if (!ok_) return llvm::failure();
    rewriter_.replaceOp(root_, value_of(result));
    return llvm::success();
  }

 private:
  static Term value_term(mlir::Value value) {
    Term made;
    made.value = value;
    return made;
  }
  mlir::Value value_of(const Term& term) {
    if (term.value) return term.value;
    const mlir::Type type = term.is_truth ? rewriter_.getI1Type() : rewriter_.getI64Type();
    return rewriter_.create<ConstOp>(root_->getLoc(), rewriter_.getIntegerAttr(type, term.number));
  }

  mlir::PatternRewriter& rewriter_;
  mlir::Operation* root_;
  bool ok_ = true;
};

}  // namespace rival
