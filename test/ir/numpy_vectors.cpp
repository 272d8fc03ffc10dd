// The plain evaluator against NumPy's results: numpy_vectors.txt, written by numpy_vectors.py.
#include <catch2/catch.hpp>

#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <whittle/ir/build.hpp>
#include <whittle/ir/evaluate.hpp>

namespace ir_numpy_vectors {

using namespace whittle;

namespace {

#ifdef WHITTLE_TEST_DATA
const std::string vectors_path = std::string(WHITTLE_TEST_DATA) + "/ir/numpy_vectors.txt";
#else
const std::string this_file = __FILE__;
const std::string vectors_path = this_file.substr(0, this_file.rfind('.')) + ".txt";
#endif

using Words = std::vector<std::string>;

/// A line's parts, which " : " separates, in words.
std::vector<Words> parts_of(const std::string& line) {
  std::vector<Words> parts(1);
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (word == ":")
      parts.emplace_back();
    else
      parts.back().push_back(word);
  }
  return parts;
}

std::uint64_t hexadecimal(const std::string& word) {
  std::uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value, 16);
  return value;
}
std::vector<Scalar> numbers(DType dtype, const Words& words) {
  std::vector<Scalar> result;
  for (const std::string& word : words) result.push_back(from_stored_bits(dtype, hexadecimal(word)));
  return result;
}
/// From the `begin`-th word to a slash or the end.
std::vector<std::int64_t> integers(const Words& words, std::size_t begin) {
  std::vector<std::int64_t> result;
  for (; begin < words.size() && words[begin] != "/"; ++begin) result.push_back(std::stoll(words[begin]));
  return result;
}
std::size_t after_slash(const Words& words) {
  std::size_t at = 0;
  while (words[at] != "/") ++at;
  return at + 1;
}

/// The distance in representable numbers; equal NaNs are at distance 0.
std::uint64_t distance(DType dtype, std::uint64_t a, std::uint64_t b) {
  const auto ordered = [&](std::uint64_t stored) {
    const std::uint64_t sign = std::uint64_t{1} << (bits(dtype) - 1), magnitude = stored & (sign - 1);
    return (stored & sign) != 0 ? sign - magnitude : sign + magnitude;
  };
  const std::uint64_t x = ordered(a), y = ordered(b);
  return x < y ? y - x : x - y;
}

struct Checker {
  std::vector<Scalar> values[dtype_count];
  std::size_t compared = 0;

  const std::vector<Scalar>& of(DType dtype) const { return values[static_cast<std::size_t>(dtype)]; }

  /// Evaluates what `build` makes of buffers with these contents and compares it with the words.
  template <class Build>
  void check(const std::string& line, const std::vector<std::vector<Scalar>>& operands, const Words& expected,
             std::uint64_t tolerance, Build build) {
    Graph g;
    Bindings bindings;
    std::vector<Node> sources;
    for (const auto& operand : operands) {
      const auto size = static_cast<std::int64_t>(operand.size());
      const DType dtype = operand.empty() ? DType::int32 : operand[0].dtype;
      sources.push_back(buffer(g, dtype, size));
      bindings.buffers.push_back({sources.back(), Array{dtype, {size}, operand}});
    }
    const Node root = build(g, sources);
    Array result;
    const Status status = evaluate(g, root, bindings, result);
    INFO(line.substr(0, 100) << "\n" << status.message());
    REQUIRE(status.ok());
    REQUIRE(result.elements.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (expected[i] == "-") continue;
      const std::uint64_t got = stored_bits(result.elements[i]), wanted = hexadecimal(expected[i]);
      if (got == wanted || (tolerance != 0 && distance(result.dtype, got, wanted) <= tolerance)) {
        ++compared;
        continue;
      }
      INFO("result " << i << ": " << std::hex << got << ", NumPy has " << wanted);
      CHECK(false);
    }
  }

  static std::uint64_t tolerance_of(Op op) {
    return op == Op::exp2 || op == Op::log2 || op == Op::sin || op == Op::pow ? 2 : 0;
  }

  void check_elementwise(const std::string& line, const Words& head, const Words& results) {
    const Op op = op_named(head[1]);
    const DType dtype = dtype_named(head.back());
    if (head[0] == "unary") {
      check(line, {of(dtype)}, results, tolerance_of(op), [&](Graph& g, auto& x) { return unary(g, op, x[0]); });
    } else if (head[0] == "binary") {
      std::vector<Scalar> a, b;
      for (const Scalar& x : of(dtype))
        for (const Scalar& y : of(dtype)) a.push_back(x), b.push_back(y);
      check(line, {a, b}, results, tolerance_of(op), [&](Graph& g, auto& x) { return binary(g, op, x[0], x[1]); });
    } else if (head[0] == "cast") {
      check(line, {of(dtype_named(head[1]))}, results, 0, [&](Graph& g, auto& x) { return cast(g, x[0], dtype); });
    } else if (head[0] == "where") {
      std::vector<Scalar> c, a, b;
      const std::size_t size = of(dtype).size();
      for (std::size_t i = 0; i < 2 * size; ++i) {
        c.push_back(bool_scalar(i >= size));
        a.push_back(of(dtype)[i % size]);
        b.push_back(of(dtype)[size - 1 - i % size]);
      }
      check(line, {c, a, b}, results, 0, [&](Graph& g, auto& x) { return where(g, x[0], x[1], x[2]); });
    } else {
      std::vector<std::vector<Scalar>> operands(3);
      Words expected;
      for (std::size_t i = 0; i < results.size(); ++i) {
        if (i % 4 == 3)
          expected.push_back(results[i]);
        else
          operands[i % 4].push_back(from_stored_bits(dtype, hexadecimal(results[i])));
      }
      check(line, operands, expected, 0, [&](Graph& g, auto& x) { return fma(g, x[0], x[1], x[2]); });
    }
  }

  static std::vector<Node> dims(Graph& g, const std::vector<std::int64_t>& numbers) {
    std::vector<Node> nodes;
    for (std::int64_t d : numbers) nodes.push_back(g.constant(DType::index, d));
    return nodes;
  }

  void check_reduce(const std::string& line, const std::vector<Words>& parts) {
    const DType dtype = dtype_named(parts[0][2]);
    const auto shape = integers(parts[0], 3), axes = integers(parts[0], after_slash(parts[0]));
    std::uint32_t mask = 0;
    for (std::int64_t axis : axes) mask |= 1u << axis;
    check(line, {numbers(dtype, parts[1])}, parts[2], 0, [&](Graph& g, std::vector<Node>& x) {
      // An empty buffer of operands has lost its dtype.
      const Node data = g.dtype(x[0]) == dtype ? x[0] : cast(g, x[0], dtype);
      return reduce(g, reshape(g, data, std::span<const Node>(dims(g, shape))), op_named(parts[0][1]), mask);
    });
  }

  void check_view(const std::string& line, const std::vector<Words>& parts) {
    const auto shape = integers(parts[0], 2), arguments = integers(parts[0], after_slash(parts[0]));
    const auto expected_shape = integers(parts[1], 0);
    std::int64_t size = 1;
    for (std::int64_t d : shape) size *= d;
    check(line, {}, parts[2], 0, [&](Graph& g, std::vector<Node>&) {
      const Node x = reshape(g, iota(g, size, DType::int32), std::span<const Node>(dims(g, shape)));
      const Op op = op_named(parts[0][1]);
      Node result = Node::none;
      if (op == Op::permute) {
        const std::vector<unsigned> axes(arguments.begin(), arguments.end());
        result = permute(g, x, std::span<const unsigned>(axes));
      } else if (op == Op::flip) {
        result = flip(g, x, static_cast<std::uint64_t>(arguments[0]));
      } else {
        std::vector<Node> sources{x};
        for (Node d : dims(g, arguments)) sources.push_back(d);
        result = g.make(op, DType::int32, sources);
      }
      Array value;
      CHECK(evaluate(g, result, {}, value).ok());
      CHECK(value.shape == expected_shape);
      return result;
    });
  }

  void check_line(const std::string& line) {
    std::vector<Words> parts = parts_of(line);
    const Words& head = parts[0];
    if (head[0] == "values") {
      const DType dtype = dtype_named(head[1]);
      values[static_cast<std::size_t>(dtype)] = numbers(dtype, parts[1]);
    } else if (head[0] == "reduce") {
      check_reduce(line, parts);
    } else if (head[0] == "view") {
      check_view(line, parts);
    } else {
      check_elementwise(line, head, parts[1]);
    }
  }
};

}  // namespace

TEST_CASE("numpy vectors: the plain evaluator gives NumPy's results") {
  std::ifstream file(vectors_path);
  REQUIRE(file.good());
  Checker checker;
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    checker.check_line(line);
    ++lines;
  }
  CHECK(lines > 900);
  CHECK(checker.compared > 40000);
}

TEST_CASE("numpy vectors: what NumPy leaves undefined") {
  const auto cast_to = [](DType to, double x) {
    const Scalar value{DType::float64, std::bit_cast<std::uint64_t>(x)};
    return operate(Op::cast, to, std::span<const Scalar>(&value, 1)).value_or(Scalar{});
  };
  CHECK(cast_to(DType::int8, 300) == int_scalar(DType::int8, 127));
  CHECK(cast_to(DType::int8, -1e300) == int_scalar(DType::int8, -128));
  CHECK(cast_to(DType::uint8, -0.5) == int_scalar(DType::uint8, 0));
  CHECK(cast_to(DType::uint8, -7) == int_scalar(DType::uint8, 0));
  CHECK(cast_to(DType::int64, 1e19) == int_scalar(DType::int64, INT64_MAX));
  CHECK(cast_to(DType::uint64, 1e20) == Scalar{DType::uint64, UINT64_MAX});
  CHECK(cast_to(DType::uint64, 1e19).as_wide() == int128{10000000000000000000u});
  CHECK(cast_to(DType::int32, NAN) == int_scalar(DType::int32, 0));
  CHECK(cast_to(DType::int32, INFINITY) == int_scalar(DType::int32, INT32_MAX));
  const Scalar zeros[2] = {float_scalar(DType::float32, 0.0), float_scalar(DType::float32, -0.0)};
  const Scalar swapped[2] = {zeros[1], zeros[0]};
  CHECK(operate(Op::max, DType::float32, zeros) == zeros[0]);
  CHECK(operate(Op::max, DType::float32, swapped) == zeros[0]);
  CHECK(operate(Op::min, DType::float32, zeros) == zeros[1]);
  CHECK(operate(Op::min, DType::float32, swapped) == zeros[1]);
  const Scalar end[2] = {{DType::index, static_cast<std::uint64_t>(INT64_MAX)}, {DType::index, 1}};
  CHECK(!operate(Op::add, DType::index, end));
  CHECK(!operate(Op::fdiv, DType::int32, end));
}

}  // namespace ir_numpy_vectors
