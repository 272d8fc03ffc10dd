// Every elementwise operator on every dtype, over numbers where something could go wrong.
#pragma once

#include <cmath>
#include <limits>

#include "backends/program_builder.hpp"

namespace test {

inline std::vector<w::Scalar> edge_values(DType type) {
  constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<w::Scalar> values;
  if (type == DType::boolean) return {w::bool_scalar(false), w::bool_scalar(true)};
  if (w::is_float(type)) {
    for (double x : {0.0,     -0.0,  1.0,    -1.0, 0.5,    -0.5,   2.0,   3.0,      -3.0,      1.5,
                     7.25,    -7.75, 0.1,    1e-3, 100.25, -127.5, 126.7, 255.0,    256.5,     1e5,
                     -1e5,    3e9,   -3e9,   1e-6, 6e-8,   1e-38,  1e-40, -1e-42,   1.4e-45,   65504.0,
                     65520.0, 1e10,  1.8e19, 1e30, -1e30,  3.4e38, 1e300, infinity, -infinity, nan})
      values.push_back(w::float_scalar(type, x));
    return values;
  }
  for (std::int64_t x : {0, 1, -1, 2, 3, -3, 5, 7, -7, 8, 15, 16, 31, 32, 33, 63, 64, 100, -100, 127, 128})
    values.push_back(w::int_scalar(type, x));
  const unsigned width = w::bits(type);
  const std::uint64_t top = std::uint64_t{1} << (width - 1);
  for (std::uint64_t x : {top, top - 1, top + 1, (top - 1) + top, top / 2})
    values.push_back(w::int_scalar(type, static_cast<std::int64_t>(x)));
  return values;
}

struct ElementwiseCase {
  Op op = Op::none;
  DType result = DType::none;
  std::vector<DType> sources;
};

inline std::string name_of(const ElementwiseCase& each) {
  std::string text = std::string(w::name(each.op));
  for (DType source : each.sources) text += "_" + std::string(w::name(source));
  return text + "_to_" + std::string(w::name(each.result));
}

/// All combinations that the evaluator gives a meaning to.
inline std::vector<ElementwiseCase> elementwise_cases() {
  std::vector<ElementwiseCase> cases;
  for (std::size_t t = 1; t + 1 < w::dtype_count; ++t) {
    const DType type = static_cast<DType>(t);
    for (std::size_t o = 1; o < w::op_count; ++o) {
      const Op op = static_cast<Op>(o);
      if (!w::is_elementwise(op) || w::is_decomposed(op)) continue;
      std::vector<DType> sources(w::info(op).arity, type);
      if (op == Op::where) sources[0] = DType::boolean;
      if (op == Op::cast || op == Op::bitcast) {
        for (std::size_t r = 1; r + 1 < w::dtype_count; ++r) {
          const DType result = static_cast<DType>(r);
          if (op == Op::cast || w::bits(result) == w::bits(type)) cases.push_back({op, result, sources});
        }
        continue;
      }
      const bool integral = w::is_int(type);
      const DType result = w::is_comparison(op) ? DType::boolean : type;
      // Arithmetic on bool is rewritten to logic before it gets to a back end.
      if (type == DType::boolean &&
          !(w::is_comparison(op) || op == Op::where || op == Op::logical_not || op == Op::bit_and || op == Op::bit_or ||
            op == Op::bit_xor || op == Op::max || op == Op::min || op == Op::add || op == Op::mul))
        continue;
      (void)integral;
      const std::vector<w::Scalar> probe = [&] {
        std::vector<w::Scalar> one;
        for (DType source : sources) one.push_back(w::number(source, 1));
        return one;
      }();
      if (w::operate(op, result, probe)) cases.push_back({op, result, sources});
    }
  }
  return cases;
}

/// Operands of a case: every pair of edge values, as often as needed to fill a multiple of `unit`.
inline std::vector<std::vector<w::Scalar>> operands(const ElementwiseCase& each, std::size_t unit) {
  std::vector<std::vector<w::Scalar>> columns(each.sources.size());
  const auto last = edge_values(each.sources.back()), first = edge_values(each.sources.front());
  std::size_t count = each.sources.size() == 1 ? last.size() : first.size() * last.size();
  count = (count + unit - 1) / unit * unit;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const auto values = edge_values(each.sources[k]);
      const std::size_t at = k == 0 ? i : k == 1 ? i / first.size() : i * 7 + 3;
      columns[k].push_back(values[at % values.size()]);
    }
  }
  return columns;
}

/// out[i] = op(in0[i], in1[i], ...), `lanes` at a time. The result is the last buffer.
inline void build(ProgramBuilder& b, const ElementwiseCase& each, std::size_t count, std::uint32_t lanes) {
  std::vector<Node> inputs, loaded;
  for (DType source : each.sources) inputs.push_back(b.parameter(source, static_cast<std::int64_t>(count)));
  const Node out = b.parameter(each.result, static_cast<std::int64_t>(count), true);
  const Node loop = b.range(static_cast<std::int64_t>(count / lanes), RangeKind::parallel);
  Node offset = loop, vector = Node::none;
  if (lanes > 1) {
    vector = b.range(lanes, RangeKind::vector);
    offset = b.make(Op::mul, DType::int32, {loop, b.number(lanes)});
  }
  const auto at = [&](Node buffer) { return lanes > 1 ? b.run(buffer, offset, vector) : b.index(buffer, offset); };
  for (Node input : inputs) loaded.push_back(b.load(at(input)));
  b.end(b.store(at(out), b.make(each.op, each.result, loaded)), loop);
  b.finish();
}

/// How far apart two numbers are, in units in the last place of `type`; NaNs are equal, and so are zeros.
inline double distance(DType type, const w::Scalar& a, const w::Scalar& b) {
  if (!w::is_float(type)) return a.bits == b.bits ? 0 : std::numeric_limits<double>::infinity();
  const double x = a.as_double(), y = b.as_double();
  if ((x != x && y != y) || x == y) return 0;
  if (!std::isfinite(x) || !std::isfinite(y)) {
    // One step beyond the greatest number is infinity.
    const w::Scalar finite = std::isfinite(x) ? a : b;
    const w::Scalar next = w::from_stored_bits(type, w::stored_bits(finite) + 1);
    return std::isinf(next.as_double()) && std::isinf(std::isfinite(x) ? y : x)
               ? 1
               : std::numeric_limits<double>::infinity();
  }
  const auto ordered = [&](const w::Scalar& value) {
    const std::uint64_t stored = w::stored_bits(value), sign = std::uint64_t{1} << (w::bits(type) - 1);
    return (stored & sign) != 0 ? -static_cast<double>(stored & (sign - 1)) : static_cast<double>(stored);
  };
  return std::fabs(ordered(a) - ordered(b));
}

inline double tolerance(const ElementwiseCase& each) {
  switch (each.op) {
  case Op::exp2:
  case Op::sin:
  case Op::log2:
  case Op::pow: return 2;
  default: return 0;
  }
}

}  // namespace test
