// The text form of a graph, one node a line; `parse` (parse.hpp) reads it back byte for byte.
//
//   %1 = const index 64
//   %2 = buffer float32 %1 id=1 space=global
//   %3 = reduce float32 %2 op=add axes=0
//
// A line is a label, an operator, a dtype, the sources' labels and what the operator's argument says. Sources
// stand above; the last line is the root. A user's operator has its name where the graph knows it, else its number:
// op4711.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whittle/ir/graph.hpp>
#include <whittle/ir/user_operator.hpp>
#include <whittle/ir/walk.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

inline constexpr std::string_view range_kind_names[] = {"loop", "parallel", "reduce", "vector", "unroll"};
inline constexpr std::string_view address_space_names[] = {"global", "local", "registers"};

template <class Number>
std::string number_text(Number value) {
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  return std::string(digits, end.ptr);
}
inline std::string hex_text(std::uint64_t value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, 16);
  return "0x" + std::string(digits, end.ptr);
}

/// In quotation marks; what could end the line or the text is written \xHH.
inline std::string quoted_text(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 32 && byte != 127 && c != '"' && c != '\\') {
      result += c;
    } else {
      result += "\\x";
      result += digits[byte >> 4];
      result += digits[byte & 15];
    }
  }
  return result + "\"";
}

/// A constant that is not as its dtype holds it is given by its bits, so that no constant is misread.
inline std::string constant_text(Scalar value) {
  if (value.dtype == DType::boolean && value.bits <= 1) return value.bits != 0 ? "true" : "false";
  if (is_float(value.dtype) && float_scalar(value.dtype, value.as_double()) == value) {
    const double x = value.as_double();
    if (x != x) return "nan";
    return value.dtype == DType::float64 ? number_text(x) : number_text(static_cast<float>(x));
  }
  if (value.dtype == DType::uint64) return number_text(value.bits);
  if (is_int(value.dtype) && int_scalar(value.dtype, value.as_int()) == value) return number_text(value.as_int());
  return "bits=" + hex_text(value.bits);
}

inline std::string axes_text(std::uint64_t axes) {
  std::string text;
  for (unsigned k = 0; k < 64; ++k) {
    if (((axes >> k) & 1u) == 0) continue;
    text += text.empty() ? "" : ",";  // in two steps: g++ 12 warns of "," + text
    text += number_text(k);
  }
  return text;
}

/// The axes of a permutation, or nothing where the argument is none: the rank is one more than the greatest
/// axis.
inline std::string permutation_text(std::uint64_t argument) {
  unsigned rank = 0, seen = 0;
  for (unsigned k = 0; k < 16; ++k)
    rank = permuted_axis(argument, k) + 1 > rank ? permuted_axis(argument, k) + 1 : rank;
  std::string text;
  for (unsigned k = 0; k < rank; ++k) {
    seen |= 1u << permuted_axis(argument, k);
    text += k == 0 ? "" : ",";
    text += number_text(permuted_axis(argument, k));
  }
  const bool whole = seen == (1u << rank) - 1 && (rank == 16 || (argument >> (4 * rank)) == 0);
  return whole ? text : "";
}

/// The argument spelt out, after a blank; nothing where there is none.
template <class G>
std::string argument_text(const G& g, Node n) {
  const std::uint64_t argument = g.argument(n);
  switch (g.op(n)) {
  case Op::constant: return " " + constant_text(g.scalar(n));
  case Op::variable:
  case Op::special: return " name=" + quoted_text(g.text_at(argument));
  case Op::parameter: return " position=" + number_text(argument);
  case Op::range: {
    const auto range = unpack<RangeArgument>(argument);
    if (static_cast<unsigned>(range.kind) > 4 || pack(RangeArgument{range.id, range.kind, {}}) != argument) break;
    return " id=" + number_text(range.id) + " kind=" + std::string(range_kind_names[static_cast<unsigned>(range.kind)]);
  }
  case Op::buffer: {
    const auto buffer = unpack<BufferArgument>(argument);
    if (static_cast<unsigned>(buffer.space) > 2 || pack(BufferArgument{buffer.id, buffer.space, {}}) != argument) break;
    return " id=" + number_text(buffer.id) +
           " space=" + std::string(address_space_names[static_cast<unsigned>(buffer.space)]);
  }
  case Op::reduce: {
    const auto reduce = unpack<ReduceArgument>(argument);
    const std::string_view op = info(reduce.op).name;
    if (reduce.op == Op::none || op_named(op) != reduce.op ||
        pack(ReduceArgument{reduce.op, 0, reduce.axes}) != argument)
      break;
    return " op=" + std::string(op) + (reduce.axes == 0 ? "" : " axes=" + axes_text(reduce.axes));
  }
  case Op::permute: {
    const std::string axes = permutation_text(argument);
    if (axes.empty()) break;
    return " axes=" + axes;
  }
  case Op::flip:
    if (argument == 0) break;
    return " axes=" + axes_text(argument);
  default: break;
  }
  return argument == 0 ? "" : " arg=" + hex_text(argument);
}

inline std::string op_text(Op op) {
  const std::string_view known = info(op).name;
  return op_named(known) == op ? std::string(known) : "op" + number_text(static_cast<unsigned>(op));
}
/// The name of the operator; of a user's that the graph does not know, its number.
template <class G>
std::string op_text(const G& g, Op op) {
  const UserOperator* const known = is_user_op(op) ? find_operator(g, op) : nullptr;
  return known != nullptr ? std::string(known->name) : op_text(op);
}

/// The line of a node; `label(n)` gives the labels of it and of its sources.
template <class G>
std::string line_text(const G& g, Node n, const auto& label) {
  std::string text = "%" + number_text(label(n)) + " = " + op_text(g, g.op(n)) + " ";
  text += name(g.dtype(n));
  for (Node source : g.sources(n)) text += std::string(" %") + number_text(label(source));
  return text + argument_text(g, n) + "\n";
}

}  // namespace detail

/// The nodes below `roots`, a line each. The same graph has the same text in every process; labels count from
/// 1 and are not node numbers.
template <class G>
std::string print(const G& g, std::span<const Node> roots) {
  std::vector<std::uint32_t> label(g.size());
  std::string text;
  std::uint32_t last = 0;
  for (Node n : topological_order(g, roots)) {
    label[number_of(n)] = ++last;
    text += detail::line_text(g, n, [&](Node each) { return label[number_of(each)]; });
  }
  return text;
}
template <class G>
std::string print(const G& g, Node root) {
  return print(g, std::span<const Node>(&root, 1));
}

/// Prints to standard error: to be called from a debugger.
template <class G>
void dump(const G& g, Node root) {
  std::fputs(print(g, root).c_str(), stderr);
}

}  // namespace v0
}  // namespace whittle
