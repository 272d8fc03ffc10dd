// Reads the text form of a graph that text.hpp writes.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <whittle/core/status.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/text.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// A reader of one text; the first fault stays, with its line and column.
template <class G>
class TextReader {
 public:
  TextReader(G& graph, std::string_view text) : g_(graph), text_(text) {}

  Status read(Node& root) {
    Node last = Node::none;
    while (fault_.empty() && at_ < text_.size()) {
      skip_blanks();
      if (!at_line_end()) last = read_line();
      if (!fault_.empty()) break;
      skip_blanks();
      if (!at_line_end()) fail(at_, "expected the end of the line");
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;  // a comment
      if (at_ < text_.size()) ++at_;
    }
    if (fault_.empty() && last == Node::none) fail(at_, "expected a node");
    if (!fault_.empty()) return Status::failure(place_text() + fault_);
    root = last;
    return {};
  }

 protected:
  Node read_line() {
    const std::size_t start = at_;
    std::uint64_t label = 0;
    if (!read_label(label)) return Node::none;
    if (labels_.contains(label)) return fail(start, "the label %" + number_text(label) + " is taken");
    skip_blanks();
    if (!take('=')) return fail(at_, "expected '='");
    const std::size_t op_at = (skip_blanks(), at_);
    const Op op = read_op();
    const DType dtype = fault_.empty() ? read_dtype() : DType::none;
    std::vector<Node> sources;
    for (skip_blanks(); fault_.empty() && at_ < text_.size() && text_[at_] == '%'; skip_blanks())
      sources.push_back(read_source());
    if (!fault_.empty()) return Node::none;
    const std::uint64_t argument = read_argument(op, dtype);
    if (!fault_.empty()) return Node::none;
    if (!fits_arity(op, sources.size()))
      return fail(op_at, "'" + op_text(g_, op) + "' with " + number_text(sources.size()) + " sources");
    const Node n = g_.make(op, dtype, sources, argument);
    labels_.emplace(label, n);
    return n;
  }

  /// An address can have a third source, the range of a run of addresses.
  bool fits_arity(Op op, std::size_t count) const {
    if (is_user_op(op)) {
      const UserOperator* const known = find_operator(g_, op);
      return known == nullptr || known->arity == count;
    }
    const std::size_t arity = info(op).arity;
    return arity == any_arity || arity == count || (op == Op::index && count == 3);
  }

  bool read_label(std::uint64_t& label) {
    if (!take('%')) return fail(at_, "expected a label: % and a number"), false;
    return read_number(label);
  }
  Node read_source() {
    const std::size_t start = at_;
    std::uint64_t label = 0;
    if (!read_label(label)) return Node::none;
    const auto found = labels_.find(label);
    if (found == labels_.end()) return fail(start, "no node has the label %" + number_text(label) + " yet");
    return found->second;
  }
  Op read_op() {
    const std::size_t start = at_;
    const std::string_view word = read_word();
    const Op op = op_named(word);
    if (op != Op::none) return op;
    if (const UserOperator* const known = find_operator(g_, word); known != nullptr) return known->op;
    unsigned number = 0;
    const char* const end = word.data() + word.size();
    if (word.starts_with("op") && word.size() > 2) {
      const auto parsed = std::from_chars(word.data() + 2, end, number);
      if (parsed.ec == std::errc{} && parsed.ptr == end && number >= static_cast<unsigned>(first_user_op) &&
          number < 0x10000)
        return static_cast<Op>(number);
    }
    fail(start, "expected an operator, found '" + std::string(word) + "'");
    return Op::none;
  }
  DType read_dtype() {
    skip_blanks();
    const std::size_t start = at_;
    const std::string_view word = read_word();
    const DType dtype = dtype_named(word);
    if (dtype == DType::none && word != name(DType::none))
      fail(start, "expected a dtype, found '" + std::string(word) + "'");
    return dtype;
  }

  std::uint64_t read_argument(Op op, DType dtype) {
    if (op == Op::constant) return read_constant(dtype);
    std::uint64_t argument = 0;
    BufferArgument buffer;
    RangeArgument range;
    ReduceArgument reduce{Op::none, 0, 0};
    bool spelt = false;
    for (skip_blanks(); fault_.empty() && !at_line_end(); skip_blanks()) {
      const std::size_t start = at_;
      const std::string_view key = read_word();
      if (!take('=')) return fail(start, "expected an attribute, as in id=3"), 0;
      if (key == "arg")
        argument = read_hex();
      else if (key == "name" && (op == Op::variable || op == Op::special))
        argument = g_.text(read_quoted());
      else if (key == "position" && op == Op::parameter)
        read_number(argument);
      else if (key == "axes" && op == Op::permute)
        argument = read_permutation();
      else if (key == "axes" && op == Op::flip)
        argument = read_axes(64);
      else if (key == "axes" && op == Op::reduce)
        reduce.axes = static_cast<std::uint32_t>(read_axes(32));
      else if (key == "op" && op == Op::reduce)
        spelt = true, reduce.op = read_op();
      else if (key == "id" && op == Op::buffer)
        spelt = true, buffer.id = read_id();
      else if (key == "id" && op == Op::range)
        spelt = true, range.id = read_id();
      else if (key == "space" && op == Op::buffer)
        buffer.space = static_cast<AddressSpace>(read_choice(address_space_names));
      else if (key == "kind" && op == Op::range)
        range.kind = static_cast<RangeKind>(read_choice(range_kind_names));
      else
        return fail(start, "'" + op_text(g_, op) + "' has no attribute '" + std::string(key) + "'"), 0;
    }
    if ((op == Op::variable || op == Op::special) && g_.text_count() <= argument)
      return fail(at_, "expected name=\"...\""), 0;
    if (!spelt) return argument;
    return op == Op::buffer ? pack(buffer) : op == Op::range ? pack(range) : pack(reduce);
  }

  std::uint64_t read_constant(DType dtype) {
    skip_blanks();
    const std::size_t start = at_;
    const std::string_view word = read_word();
    if (word == "bits" && take('=')) return read_hex();
    const char *const begin = word.data(), *const end = begin + word.size();
    std::from_chars_result parsed{begin, std::errc::invalid_argument};
    Scalar value{dtype, 0};
    if (dtype == DType::boolean && (word == "true" || word == "false")) return word == "true" ? 1 : 0;
    if (dtype == DType::uint64) {
      parsed = std::from_chars(begin, end, value.bits);
    } else if (is_int(dtype)) {
      std::int64_t number = 0;
      parsed = std::from_chars(begin, end, number);
      value = int_scalar(dtype, number);
      if (value.as_int() != number) parsed.ec = std::errc::result_out_of_range;
    } else if (dtype == DType::float64) {
      double number = 0;
      parsed = std::from_chars(begin, end, number);
      value = float_scalar(dtype, number);
    } else if (is_float(dtype)) {  // through float: rounding to a double first would round twice
      float number = 0;
      parsed = std::from_chars(begin, end, number);
      value = float_scalar(dtype, static_cast<double>(number));
    }
    if (parsed.ec != std::errc{} || parsed.ptr != end)
      fail(start, "expected a constant of dtype " + std::string(name(dtype)) + ", found '" + std::string(word) + "'");
    return value.bits;
  }

  std::uint32_t read_id() {
    const std::size_t start = at_;
    std::uint64_t id = 0;
    if (read_number(id) && id > 0xffffffffu) fail(start, "an id is below 2^32");
    if (fault_.empty()) g_.take_id(static_cast<std::uint32_t>(id));
    return static_cast<std::uint32_t>(id);
  }
  std::uint64_t read_axes(std::uint64_t limit) {
    std::uint64_t axes = 0;
    do {
      const std::size_t start = at_;
      std::uint64_t axis = 0;
      if (!read_number(axis)) break;
      if (axis >= limit)
        fail(start, "an axis is below " + number_text(limit));
      else
        axes |= std::uint64_t{1} << axis;
    } while (fault_.empty() && take(','));
    return axes;
  }
  std::uint64_t read_permutation() {
    std::uint64_t argument = 0;
    unsigned k = 0;
    do {
      const std::size_t start = at_;
      std::uint64_t axis = 0;
      if (!read_number(axis)) break;
      if (axis >= 16 || k >= 16)
        fail(start, "a permutation has at most 16 axes");
      else
        argument |= axis << (4 * k++);
    } while (fault_.empty() && take(','));
    return argument;
  }
  template <std::size_t N>
  std::size_t read_choice(const std::string_view (&names)[N]) {
    const std::size_t start = at_;
    const std::string_view word = read_word();
    for (std::size_t i = 0; i < N; ++i)
      if (names[i] == word) return i;
    std::string expected;
    for (std::string_view known : names) expected += (expected.empty() ? "" : ", ") + std::string(known);
    fail(start, "expected one of " + expected);
    return 0;
  }
  std::string read_quoted() {
    const std::size_t start = at_;
    std::string result;
    if (!take('"')) return fail(at_, "expected a text in quotation marks"), result;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      char c = text_[at_++];
      if (c == '\\') {
        unsigned byte = 0;
        const std::string_view digits = text_.substr(at_, 3);
        const auto parsed = digits.size() == 3 && digits[0] == 'x'
                                ? std::from_chars(digits.data() + 1, digits.data() + 3, byte, 16)
                                : std::from_chars_result{digits.data(), std::errc::invalid_argument};
        if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + 3)
          return fail(at_ - 1, "expected \\x and two hexadecimal digits"), result;
        at_ += 3;
        c = static_cast<char>(static_cast<unsigned char>(byte));
      }
      result += c;
    }
    if (!take('"')) fail(start, "the text has no end");
    return result;
  }
  std::uint64_t read_hex() {
    const std::size_t start = at_;
    const std::string_view word = read_word();
    std::uint64_t value = 0;
    const char* const end = word.data() + word.size();
    const bool prefixed = word.starts_with("0x") && word.size() > 2;
    if (prefixed) {
      const auto parsed = std::from_chars(word.data() + 2, end, value, 16);
      if (parsed.ec == std::errc{} && parsed.ptr == end) return value;
    }
    fail(start, "expected a hexadecimal number, as in 0x1f");
    return 0;
  }
  bool read_number(std::uint64_t& value) {
    const char *const begin = text_.data() + at_, *const end = text_.data() + text_.size();
    const auto parsed = std::from_chars(begin, end, value);
    if (parsed.ec != std::errc{}) return fail(at_, "expected a number"), false;
    at_ += static_cast<std::size_t>(parsed.ptr - begin);
    return true;
  }
  std::string_view read_word() {
    const std::size_t start = at_;
    constexpr std::string_view ends = " \t\r\n=#,\"%";
    while (at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos) ++at_;
    return text_.substr(start, at_ - start);
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  bool at_line_end() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '#'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  Node fail(std::size_t where, const std::string& what) {
    if (!fault_.empty()) return Node::none;
    fault_ = what;
    fault_at_ = where;
    return Node::none;
  }
  std::string place_text() const {
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i < fault_at_; ++i) {
      column = text_[i] == '\n' ? 1 : column + 1;
      line += text_[i] == '\n' ? 1 : 0;
    }
    return "line " + number_text(line) + ", column " + number_text(column) + ": ";
  }

  G& g_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::string fault_;
  std::size_t fault_at_ = 0;
  std::unordered_map<std::uint64_t, Node> labels_;
};

}  // namespace detail

/// Makes the nodes of `text` in `graph`; `root` is that of the last line. Empty lines are skipped, and so is
/// what follows a `#`. A fault names its line and column; nodes of earlier lines stay, `root` is untouched.
template <class G>
Status parse(G& graph, std::string_view text, Node& root) {
  return detail::TextReader<G>(graph, text).read(root);
}

}  // namespace v0
}  // namespace whittle
