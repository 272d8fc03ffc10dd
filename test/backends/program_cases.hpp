// Whole programs by hand, with the contents of their buffers; the last buffer is the result.
#pragma once

#include "backends/elementwise_cases.hpp"

namespace test {

struct ProgramCase {
  std::unique_ptr<ProgramBuilder> builder;
  std::vector<std::vector<std::byte>> contents;
  std::vector<std::int64_t> variables;
  double tolerance = 0;
};

/// Small whole numbers: sums of them are exact in any order.
inline std::vector<std::byte> small_numbers(DType type, std::size_t count, std::uint64_t seed) {
  std::vector<w::Scalar> values;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    const auto value = static_cast<std::int64_t>(seed >> 61);
    values.push_back(type == DType::boolean ? w::bool_scalar(value % 2 != 0) : w::number(type, value - 3));
  }
  return encode(values);
}

inline ProgramCase make_case(std::string name) {
  ProgramCase made;
  made.builder = std::make_unique<ProgramBuilder>(std::move(name));
  return made;
}

inline ProgramCase dot_product() {
  ProgramCase made = make_case("dot_product");
  ProgramBuilder& b = *made.builder;
  const Node x = b.parameter(DType::float32, 100), y = b.parameter(DType::float32, 100),
             out = b.parameter(DType::float32, 1, true);
  const Node sum = b.accumulator(DType::float32), zero = b.number(0), at = b.index(sum, zero);
  const Node start = b.store(at, b.constant(DType::float32, 0));
  const Node loop = b.range(100, RangeKind::reduce);
  const Node inside = b.index(b.after(sum, start), zero);
  const Node product = b.make(Op::mul, DType::float32, {b.load(b.index(x, loop)), b.load(b.index(y, loop))});
  const Node next = b.store(inside, b.make(Op::add, DType::float32, {b.load(inside), product}));
  const Node done = b.index(b.after(sum, b.end(next, loop)), zero);
  b.store(b.index(out, zero), b.load(done));
  b.finish();
  made.contents = {small_numbers(DType::float32, 100, 1), small_numbers(DType::float32, 100, 2),
                   std::vector<std::byte>(4)};
  return made;
}

/// [12, 20] x [20, 2 * lanes], two rows of accumulators at a time.
inline ProgramCase matrix_product(std::uint32_t lanes) {
  constexpr std::int64_t rows = 12, inner = 20;
  const std::int64_t columns = 2 * std::int64_t{lanes};
  ProgramCase made = make_case("matrix_product_x" + std::to_string(lanes));
  ProgramBuilder& b = *made.builder;
  const DType f = DType::float32, i = DType::int32;
  const Node x = b.parameter(f, rows * inner), y = b.parameter(f, inner * columns),
             out = b.parameter(f, rows * columns, true);
  const Node row = b.range(rows / 2, RangeKind::parallel), column = b.range(2);
  const Node vector = b.range(lanes, RangeKind::vector), zero = b.number(0);
  Node sums[2], effects[2];
  for (int r = 0; r < 2; ++r) {
    sums[r] = b.accumulator(f, lanes);
    effects[r] = b.store(b.index(sums[r], zero), b.constant(f, 0));
  }
  const Node start = b.make(Op::mul, i, {column, b.number(lanes)}), first = b.make(Op::mul, i, {row, b.number(2)});
  const Node row_numbers[2] = {first, b.make(Op::add, i, {first, b.number(1)})};
  const Node k = b.range(inner, RangeKind::reduce);
  const Node right = b.load(b.run(y, b.make(Op::add, i, {b.make(Op::mul, i, {k, b.number(columns)}), start}), vector));
  for (int r = 0; r < 2; ++r) {
    const Node at = b.index(b.after(sums[r], effects[r]), zero);
    const Node left =
        b.load(b.index(x, b.make(Op::add, i, {b.make(Op::mul, i, {row_numbers[r], b.number(inner)}), k})));
    effects[r] = b.store(at, b.make(Op::fma, f, {left, right, b.load(at)}));
  }
  const Node done = b.end(effects[1], k);
  Node last = done;
  for (int r = 0; r < 2; ++r) {
    const Node to = b.make(Op::add, i, {b.make(Op::mul, i, {row_numbers[r], b.number(columns)}), start});
    last = b.store(b.run(out, to, vector), b.load(b.index(b.after(sums[r], done), zero)));
  }
  b.end(b.end(last, column), row);
  b.finish();
  made.contents = {small_numbers(f, rows * inner, 3), small_numbers(f, static_cast<std::size_t>(inner * columns), 4),
                   std::vector<std::byte>(static_cast<std::size_t>(rows * columns) * 4)};
  return made;
}

/// out[r] = sum of row r, out[8 + r] = its maximum; a row is three vectors.
inline ProgramCase row_folds(std::uint32_t lanes, DType type) {
  ProgramCase made = make_case("row_folds_x" + std::to_string(lanes) + "_" + std::string(w::name(type)));
  ProgramBuilder& b = *made.builder;
  const std::int64_t width = 3 * std::int64_t{lanes};
  const DType i = DType::int32;
  const Node x = b.parameter(type, 8 * width), out = b.parameter(type, 16, true);
  const Node row = b.range(8, RangeKind::parallel), vector = b.range(lanes, RangeKind::vector), zero = b.number(0);
  const Node base = b.make(Op::mul, i, {row, b.number(width)});
  Node last = Node::none;
  for (const Op op : {Op::add, Op::max}) {
    const Node sums = b.accumulator(type, lanes);
    const Node start =
        b.store(b.index(sums, zero), b.constant(w::fold_start(op, type)->dtype, op == Op::add ? 0 : -100));
    const Node k = b.range(3, RangeKind::reduce), at = b.index(b.after(sums, start), zero);
    const Node offset = b.make(Op::add, i, {base, b.make(Op::mul, i, {k, b.number(lanes)})});
    const Node next = b.store(at, b.make(op, type, {b.load(at), b.load(b.run(x, offset, vector))}));
    const Node value = b.load(b.index(b.after(sums, b.end(next, k)), zero));
    const Node folded = b.fold(op, value, vector);
    last = b.store(b.index(out, b.make(Op::add, i, {row, b.number(op == Op::add ? 0 : 8)})), folded);
  }
  b.end(last, row);
  b.finish();
  made.contents = {small_numbers(type, static_cast<std::size_t>(8 * width), 5),
                   std::vector<std::byte>(16 * w::size_of(type))};
  return made;
}

/// out[i] = 2 <= i < 40 ? in[i - 2] : 1 where i < 41, by gated vectors that hang over both ends.
inline ProgramCase gated_shift(std::uint32_t lanes, DType type) {
  ProgramCase made = make_case("gated_shift_x" + std::to_string(lanes) + "_" + std::string(w::name(type)));
  ProgramBuilder& b = *made.builder;
  const DType i = DType::int32, p = DType::boolean;
  const Node in = b.parameter(type, 38), out = b.parameter(type, 41, true);
  const Node loop = b.range((41 + lanes - 1) / lanes, RangeKind::parallel), vector = b.range(lanes, RangeKind::vector);
  const Node offset = b.make(Op::mul, i, {loop, b.number(lanes)}), lane = b.make(Op::add, i, {offset, vector});
  const Node valid = b.make(
      Op::bit_and, p, {b.make(Op::less_equal, p, {b.number(2), lane}), b.make(Op::less, p, {lane, b.number(40)})});
  const Node from = b.run(in, b.make(Op::sub, i, {offset, b.number(2)}), vector);
  const Node value = b.load(from, b.constant(type, 1), valid);
  b.end(b.store(b.run(out, offset, vector), value, b.make(Op::less, p, {lane, b.number(41)})), loop);
  b.finish();
  made.contents = {small_numbers(type, 38, 6), std::vector<std::byte>(41 * w::size_of(type))};
  return made;
}

/// out[2 i] = in[n - 1 - i], the offsets as vectors; gated: only where i is no multiple of 3.
inline ProgramCase gather_reversed(std::uint32_t lanes, DType type, bool gated) {
  ProgramCase made =
      make_case("gather_x" + std::to_string(lanes) + "_" + std::string(w::name(type)) + (gated ? "_gated" : ""));
  ProgramBuilder& b = *made.builder;
  const std::int64_t count = 5 * std::int64_t{lanes};
  const DType i = DType::int32, p = DType::boolean;
  const Node in = b.parameter(type, count), out = b.parameter(type, 2 * count, true);
  const Node loop = b.range(5, RangeKind::parallel), vector = b.range(lanes, RangeKind::vector);
  const Node lane = b.make(Op::add, i, {b.make(Op::mul, i, {loop, b.number(lanes)}), vector});
  const Node from = b.index(in, b.make(Op::sub, i, {b.number(count - 1), lane}));
  const Node to = b.index(out, b.make(Op::mul, i, {lane, b.number(2)}));
  if (gated) {
    const Node gate = b.make(Op::not_equal, p, {b.make(Op::floormod, i, {lane, b.number(3)}), b.number(0)});
    b.end(b.store(to, b.load(from, b.constant(type, 1), gate), gate), loop);
  } else {
    b.end(b.store(to, b.load(from)), loop);
  }
  b.finish();
  made.contents = {small_numbers(type, static_cast<std::size_t>(count), 7),
                   std::vector<std::byte>(static_cast<std::size_t>(2 * count) * w::size_of(type))};
  return made;
}

/// out[i] = sum over k < i of in[k], for i < n + 1 with a variable n.
inline ProgramCase variable_sizes(std::int64_t n) {
  ProgramCase made = make_case("variable_sizes");
  ProgramBuilder& b = *made.builder;
  const DType i = DType::int32;
  const Node size = b.variable("n", 0, 9), more = b.make(Op::add, i, {size, b.number(1)});
  const Node in = b.parameter(i, size), out = b.parameter(i, more, true);
  const Node row = b.range(more, RangeKind::parallel), zero = b.number(0), sum = b.accumulator(i);
  const Node start = b.store(b.index(sum, zero), b.number(0));
  const Node k = b.range(row, RangeKind::reduce), at = b.index(b.after(sum, start), zero);
  const Node next = b.store(at, b.make(Op::add, i, {b.load(at), b.load(b.index(in, k))}));
  const Node done = b.load(b.index(b.after(sum, b.end(next, k)), zero));
  b.end(b.store(b.index(out, row), done), row);
  b.finish();
  made.contents = {small_numbers(i, 9, 8), std::vector<std::byte>(40)};
  made.variables = {n};
  return made;
}

/// Loads and stores of vectors behind a scalar gate.
inline ProgramCase scalar_gate(std::uint32_t lanes) {
  ProgramCase made = make_case("scalar_gate_x" + std::to_string(lanes));
  ProgramBuilder& b = *made.builder;
  const DType f = DType::float32, i = DType::int32;
  const std::int64_t count = 4 * std::int64_t{lanes};
  const Node in = b.parameter(f, count), out = b.parameter(f, 6 * std::int64_t{lanes}, true);
  const Node loop = b.range(7, RangeKind::parallel), vector = b.range(lanes, RangeKind::vector);
  const Node offset = b.make(Op::mul, i, {loop, b.number(lanes)});
  const Node value =
      b.load(b.run(in, offset, vector), b.constant(f, 2), b.make(Op::less, DType::boolean, {loop, b.number(4)}));
  b.end(b.store(b.run(out, offset, vector), value, b.make(Op::less, DType::boolean, {loop, b.number(6)})), loop);
  b.finish();
  made.contents = {small_numbers(f, static_cast<std::size_t>(count), 9), std::vector<std::byte>(6 * lanes * 4)};
  return made;
}

/// Four sums in one register buffer, stored by their numbers.
inline ProgramCase accumulator_array() {
  ProgramCase made = make_case("accumulator_array");
  ProgramBuilder& b = *made.builder;
  const DType i = DType::int32;
  const Node in = b.parameter(i, 40), out = b.parameter(i, 4, true);
  const w::BufferArgument argument{b.graph.fresh_id(), w::AddressSpace::registers, {}};
  const Node sums = b.graph.make(Op::buffer, i, {b.number(4)}, w::pack(argument));
  b.program.instructions.push_back({sums, 1});
  const Node clear = b.range(4), cleared = b.end(b.store(b.index(sums, clear), b.number(0)), clear);
  const Node loop = b.range(40, RangeKind::reduce);
  const Node at = b.index(b.after(sums, cleared), b.make(Op::floormod, i, {loop, b.number(4)}));
  const Node added = b.end(b.store(at, b.make(Op::add, i, {b.load(at), b.load(b.index(in, loop))})), loop);
  const Node copy = b.range(4);
  b.end(b.store(b.index(out, copy), b.load(b.index(b.after(sums, added), copy))), copy);
  b.finish();
  made.contents = {small_numbers(i, 40, 10), std::vector<std::byte>(16)};
  return made;
}

/// out[r][c] = exp2(in[r][c]) / sum over c of exp2(in[r][c]): enough work that threads share it.
inline ProgramCase row_exponentials() {
  constexpr std::int64_t rows = 301, columns = 7, lanes = 14;
  ProgramCase made = make_case("row_exponentials");
  ProgramBuilder& b = *made.builder;
  const DType f = DType::float32, i = DType::int32;
  const Node in = b.parameter(f, rows * columns * lanes), out = b.parameter(f, rows * columns * lanes, true);
  const Node row = b.range(rows, RangeKind::parallel), vector = b.range(lanes, RangeKind::vector), zero = b.number(0);
  const Node base = b.make(Op::mul, i, {row, b.number(columns * lanes)}), sums = b.accumulator(f, lanes);
  const auto exponential = [&](Node column) {
    const Node offset = b.make(Op::add, i, {base, b.make(Op::mul, i, {column, b.number(lanes)})});
    return std::pair(offset, b.make(Op::exp2, f, {b.load(b.run(in, offset, vector))}));
  };
  const Node start = b.store(b.index(sums, zero), b.constant(f, 0));
  const Node k = b.range(columns, RangeKind::reduce), at = b.index(b.after(sums, start), zero);
  const Node next = b.store(at, b.make(Op::add, f, {b.load(at), exponential(k).second}));
  const Node total = b.fold(Op::add, b.load(b.index(b.after(sums, b.end(next, k)), zero)), vector);
  const Node column = b.range(columns);
  const auto [offset, value] = exponential(column);
  b.end(b.end(b.store(b.run(out, offset, vector), b.make(Op::fdiv, f, {value, total})), column), row);
  b.finish();
  std::vector<float> values;
  for (int n = 0; n < rows * columns * lanes; ++n) values.push_back(static_cast<float>(n % 97) * 0.11f - 5.0f);
  made.contents = {bytes_of(values), std::vector<std::byte>(values.size() * 4)};
  return made;
}

}  // namespace test
