// What renderers to C-like languages share: statements in order, expressions that are used once written in place.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <whittle/core/error.hpp>
#include <whittle/lower/program.hpp>

namespace whittle {
inline namespace v0 {

/// How a language spells things. Operands come with parentheses where they need them.
class CLikeDialect {
 public:
  virtual ~CLikeDialect() = default;
  virtual std::string type(DType dtype) const = 0;
  virtual std::string constant(Scalar value) const = 0;
  /// `only_index`: the result is used in addresses and loop bounds alone, which lowering has proved to fit.
  virtual std::string operation(Op op, DType result, std::span<const DType> types,
                                std::span<const std::string> operands, bool only_index) const = 0;
  virtual std::string load(DType dtype, const std::string& buffer, const std::string& offset) const = 0;
  virtual std::string gated_load(const std::string& gate, const std::string& load, const std::string& other) const {
    return "(" + gate + " ? " + load + " : " + other + ")";
  }
  /// Statements, without indentation.
  virtual std::string store(DType dtype, const std::string& buffer, const std::string& offset,
                            const std::string& value) const = 0;
  virtual std::string declare(DType dtype, const std::string& name, const std::string& value) const = 0;
  virtual std::string accumulator(DType dtype, const std::string& name, std::int64_t size) const = 0;
  virtual std::string local_buffer(DType dtype, const std::string& name, std::int64_t size) const = 0;
  virtual std::string loop(DType dtype, const std::string& name, const std::string& size) const = 0;
  virtual std::string grid_index(DType dtype, const std::string& name, const std::string& size) const = 0;
  virtual std::string barrier() const = 0;
};

/// The statements of a program's body.
class CLikeRenderer {
 public:
  CLikeRenderer(const Program& program, const CLikeDialect& dialect)
      : program_(program),
        g_(*program.graph),
        d_(dialect) {}

  std::string body() {
    analyse();
    for (std::size_t i = 0; i < program_.parameters.size(); ++i)
      if (program_.parameters[i].node != Node::none)
        names_[number_of(program_.parameters[i].node)] = "data" + std::to_string(i);
    for (Node variable : program_.variables)
      names_[number_of(variable)] = "variable_" + std::string(g_.text_at(g_.argument(variable)));
    for (const Instruction& each : program_.instructions) instruction(each.node);
    return text_;
  }

 private:
  static constexpr std::size_t longest_inline = 100;

  struct Use {
    std::size_t defined = 0, user = 0;  // positions
    std::uint32_t count = 0;
    std::uint32_t loop = 0, user_loop = 0;
    bool changes = false;  // reads memory that the program writes, here or in what it is made of
    bool data = false;     // used otherwise than in addresses and bounds
  };

  Node resolve(Node node) const {
    while (g_.op(node) == Op::after) node = g_.source(node, 0);
    return node;
  }
  Node buffer_of(Node index) const { return resolve(g_.source(resolve(index), 0)); }

  [[noreturn]] void refuse(Node node, const std::string& why) const {
    throw DeviceError("kernel " + program_.name + ": " + std::string(name(g_.op(node))) + ": " + why);
  }

  /// A range that is not the (single) lane of a vector.
  bool is_loop(Node node) const {
    return g_.op(node) == Op::range && unpack<RangeArgument>(g_.argument(node)).kind != RangeKind::vector;
  }

  bool is_value(Op op) const { return is_elementwise(op) || op == Op::load; }

  /// Whether the memory behind a load may change while the program runs.
  bool may_change(Node index) const {
    const Node buffer = buffer_of(index);
    if (g_.op(buffer) != Op::parameter) return true;
    return std::any_of(program_.parameters.begin(), program_.parameters.end(),
                       [&](const Parameter& p) { return p.node == buffer && p.written; });
  }

  void analyse() {
    std::vector<std::uint32_t> loops{0};
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < program_.instructions.size(); ++i) {
      const Node node = program_.instructions[i].node;
      if (program_.instructions[i].lanes != 1) refuse(node, "this target has no vectors");
      const Op op = g_.op(node);
      if (is_loop(node)) loops.push_back(++last);
      if (is_value(op)) {
        Use& use = uses_[number_of(node)];
        use.defined = i;
        use.loop = loops.back();
        use.changes = op == Op::load && may_change(g_.source(node, 0));
      }
      if (op == Op::range || op == Op::end || op == Op::store || op == Op::barrier) effects_.push_back(i);
      count_uses(node, i, loops.back());
      if (op == Op::end)
        for (std::uint32_t k = 1; k < g_.arity(node); ++k)
          if (is_loop(g_.source(node, k)) && loops.size() > 1) loops.pop_back();
    }
    mark_data();
  }

  /// An address stands for its offset: what uses it uses the offset.
  void count_uses(Node node, std::size_t position, std::uint32_t loop) {
    if (g_.op(node) == Op::index || g_.op(node) == Op::end || g_.op(node) == Op::after) return;
    for (Node source : g_.sources(node)) {
      source = resolve(source);
      if (g_.op(source) == Op::index) source = resolve(g_.source(source, 1));
      const auto found = uses_.find(number_of(source));
      if (found == uses_.end()) continue;
      ++found->second.count;
      found->second.user = position;
      found->second.user_loop = loop;
      if (found->second.changes && is_elementwise(g_.op(node))) uses_[number_of(node)].changes = true;
    }
  }

  /// What stored values are made of; a load ends the search, since its address is none of them.
  void mark_data() {
    std::vector<Node> open;
    for (const Instruction& each : program_.instructions) {
      if (g_.op(each.node) == Op::store) open.push_back(resolve(g_.source(each.node, 1)));
      if (g_.op(each.node) == Op::load && g_.arity(each.node) == 3) open.push_back(resolve(g_.source(each.node, 1)));
    }
    while (!open.empty()) {
      const Node node = open.back();
      open.pop_back();
      const auto found = uses_.find(number_of(node));
      if (found == uses_.end() || found->second.data) continue;
      found->second.data = true;
      if (g_.op(node) == Op::load) continue;
      for (Node source : g_.sources(node)) open.push_back(resolve(source));
    }
  }

  bool effect_between(std::size_t after, std::size_t before) const {
    const auto next = std::upper_bound(effects_.begin(), effects_.end(), after);
    return next != effects_.end() && *next < before;
  }

  void line(const std::string& statement) { text_ += std::string(2 * depth_, ' ') + statement + "\n"; }

  std::string value(Node node) const {
    node = resolve(node);
    if (g_.is_constant(node)) return d_.constant(g_.scalar(node));
    const auto found = names_.find(number_of(node));
    if (found == names_.end()) refuse(node, "used before it is computed");
    return found->second;
  }
  std::string offset(Node index) const {
    std::string text = value(g_.source(resolve(index), 1));
    return text.size() > 2 && text.front() == '(' && closes_last(text) ? text.substr(1, text.size() - 2) : text;
  }
  /// Whether the first parenthesis is closed by the last character.
  static bool closes_last(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
      if (depth == 0) return i + 1 == text.size();
    }
    return false;
  }

  void define(Node node, std::string expression) {
    const Use& use = uses_.at(number_of(node));
    const bool in_place = use.count == 1 && use.loop == use.user_loop && expression.size() <= longest_inline &&
                          !(use.changes && effect_between(use.defined, use.user));
    if (!in_place) {
      const std::string name = "value" + std::to_string(values_++);
      line(d_.declare(g_.dtype(node), name, expression));
      expression = name;
    }
    names_[number_of(node)] = std::move(expression);
  }

  void instruction(Node node) {
    const Op op = g_.op(node);
    if (op == Op::range) return open_loop(node);
    if (op == Op::special) {
      const std::string name = "global" + std::to_string(number_of(node) == number_of(program_.grid) ? 0 : 1);
      line(d_.grid_index(g_.dtype(node), name, value(g_.source(node, 0))));
      names_[number_of(node)] = name;
      return;
    }
    if (op == Op::end) {
      for (std::uint32_t k = 1; k < g_.arity(node); ++k) {
        if (!is_loop(g_.source(node, k))) continue;
        if (depth_ > 1) --depth_;
        line("}");
      }
      return;
    }
    if (op == Op::buffer) return make_buffer(node);
    if (op == Op::barrier) return line(d_.barrier());
    if (op == Op::store) return store(node);
    if (op == Op::load) return load(node);
    if (op == Op::reduce) refuse(node, "this target has no vectors");
    if (is_elementwise(op)) elementwise(node);
  }

  void open_loop(Node range) {
    if (!is_loop(range)) {
      names_[number_of(range)] = d_.constant(number(g_.dtype(range), 0));
      return;
    }
    const std::string name = "i" + std::to_string(loops_++);
    line(d_.loop(g_.dtype(range), name, value(g_.source(range, 0))));
    names_[number_of(range)] = name;
    ++depth_;
  }

  void make_buffer(Node node) {
    const AddressSpace space = unpack<BufferArgument>(g_.argument(node)).space;
    const Node size = g_.source(node, 0);
    if (space == AddressSpace::global || !g_.is_constant(size)) refuse(node, "only parameters are global memory");
    const std::int64_t count = g_.scalar(size).as_int();
    const bool local = space == AddressSpace::local;
    const std::string name = (local ? "local" : "sum") + std::to_string(local ? locals_++ : accumulators_++);
    line(local ? d_.local_buffer(g_.dtype(node), name, count) : d_.accumulator(g_.dtype(node), name, count));
    names_[number_of(node)] = name;
    if (!local) accumulator_size_[number_of(node)] = count;
  }

  /// The element of an accumulator, or nothing if the address is another's.
  std::string accumulator_element(Node index) const {
    const Node buffer = buffer_of(index);
    const auto found = accumulator_size_.find(number_of(buffer));
    if (found == accumulator_size_.end()) return {};
    return found->second == 1 ? value(buffer) : value(buffer) + "[" + offset(index) + "]";
  }

  void load(Node node) {
    const Node index = g_.source(node, 0), buffer = buffer_of(index);
    std::string text = accumulator_element(index);
    if (text.empty()) text = d_.load(g_.dtype(buffer), value(buffer), offset(index));
    if (g_.arity(node) == 3) text = d_.gated_load(value(g_.source(node, 2)), text, value(g_.source(node, 1)));
    define(node, std::move(text));
  }

  void store(Node node) {
    const Node index = g_.source(node, 0), buffer = buffer_of(index);
    const std::string stored = value(g_.source(node, 1)), element = accumulator_element(index);
    const std::string statement = element.empty() ? d_.store(g_.dtype(buffer), value(buffer), offset(index), stored)
                                                  : element + " = " + stored + ";";
    line(g_.arity(node) == 3 ? "if (" + value(g_.source(node, 2)) + ") { " + statement + " }" : statement);
  }

  void elementwise(Node node) {
    std::vector<std::string> operands;
    std::vector<DType> types;
    for (Node source : g_.sources(node)) {
      operands.push_back(value(source));
      types.push_back(g_.dtype(source));
    }
    define(node, d_.operation(g_.op(node), g_.dtype(node), types, operands, !uses_.at(number_of(node)).data));
  }

  const Program& program_;
  const Graph& g_;
  const CLikeDialect& d_;
  std::unordered_map<std::uint32_t, Use> uses_;
  std::unordered_map<std::uint32_t, std::string> names_;
  std::unordered_map<std::uint32_t, std::int64_t> accumulator_size_;
  std::vector<std::size_t> effects_;
  std::size_t depth_ = 1;
  unsigned values_ = 0, loops_ = 0, accumulators_ = 0, locals_ = 0;
  std::string text_;
};

}  // namespace v0
}  // namespace whittle
