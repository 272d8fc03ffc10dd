// Makes small expressions that a rule's left side may match, from the rule object itself.
#pragma once

#include <cstring>
#include <optional>
#include <vector>

#include <whittle/match/compile.hpp>
#include <whittle/match/matcher.hpp>

#include "expressions.hpp"

namespace brute_force {

/// One random instance of a left side, with the domain of its variables.
class Instance {
 public:
  Instance(Graph& graph, Random& random, const RuleSetView& set, std::size_t rule)
      : g_(graph),
        random_(random),
        rule_(set.rules[rule]),
        left_(set.records + rule_.left.begin),
        tree_(left_, rule_.left.size),
        roles_(tree_, rule_.arithmetic),
        expressions_(graph, random, false) {  // where other rules fire, gates stand outside
    if (rule_.is_lambda || pick(4) == 0) {
      expressions_.make_variables(domain);
      has_expressions_ = true;
    }
    root = build(rule_.left.size - 1, DType::none, false);
  }

  Domain domain;
  Node root = Node::none;  ///< none if the choices did not fit together

 private:
  using Names = std::vector<std::pair<VariableName, Node>>;

  int pick(int count) { return brute_force::pick(random_, count); }
  template <class T>
  T one_of(std::initializer_list<T> list) {
    return list.begin()[pick(static_cast<int>(list.size()))];
  }

  /// A dtype of the mask, of those that brute force can handle.
  DType some_dtype(DTypes mask) {
    std::vector<DType> fitting;
    for (DType dtype : {DType::index, DType::int8, DType::uint8, DType::boolean, DType::float32})
      if (mask.contains(dtype)) fitting.push_back(dtype);
    return fitting.empty() ? DType::none : fitting[static_cast<std::size_t>(pick(static_cast<int>(fitting.size())))];
  }

  Node build(std::uint32_t i, DType want, bool may_be_invalid) {
    const PatternRecord& record = left_[i];
    if (want == DType::none) want = some_dtype(roles_[i]);
    if (want == DType::none || !roles_[i].contains(want)) return Node::none;
    switch (record.kind) {
    case RecordKind::variable: return bound(record.name, want, [&] { return leaf(want, may_be_invalid); });
    case RecordKind::anything: return leaf(want, may_be_invalid);
    case RecordKind::constant: return bound(record.name, want, [&] { return constant(want); });
    case RecordKind::integer:
      return want == DType::boolean ? Node::none : g_.constant(want, static_cast<std::int64_t>(record.bits));
    case RecordKind::real: return g_.constant(float_scalar(want, std::bit_cast<double>(record.bits)));
    case RecordKind::truth: return want == DType::boolean ? g_.constant(bool_scalar(record.bits != 0)) : Node::none;
    case RecordKind::alternatives:
      return build(tree_.child(i, static_cast<std::uint32_t>(pick(record.arity))), want, may_be_invalid);
    case RecordKind::optional: return build(tree_.child(i, 0), want, false);
    case RecordKind::any_operator: return build_any(i, want);
    case RecordKind::operation: return build_operation(i, record.op, want);
    }
    return Node::none;
  }

  template <class Make>
  Node bound(VariableName name, DType want, Make make) {
    for (const auto& [other, node] : names_)
      if (other == name) return g_.dtype(node) == want ? node : Node::none;
    const Node made = make();
    if (!name.empty()) names_.push_back({name, made});
    return made;
  }

  Node build_any(std::uint32_t i, DType want) {
    const std::uint8_t arity = left_[i].arity;
    Op op = Op::where;
    if (arity == 1) op = want == DType::boolean ? one_of({Op::logical_not, Op::cast}) : one_of({Op::neg, Op::cast});
    if (arity == 2 && want == DType::boolean)
      op = one_of({Op::less, Op::less_equal, Op::equal, Op::not_equal, Op::bit_and, Op::bit_or});
    if (arity == 2 && is_float(want)) op = one_of({Op::add, Op::mul, Op::sub, Op::min, Op::max, Op::fdiv});
    if (arity == 2 && is_int(want))
      op = one_of({Op::add, Op::sub, Op::mul, Op::min, Op::max, Op::bit_and, Op::bit_xor});
    if (arity == 2 && want == DType::index && pick(3) == 0) op = one_of({Op::floordiv, Op::floormod});
    const Node made = build_operation(i, op, want);
    return bound(left_[i].name, want, [&] { return made; });
  }

  static bool makes_sense(Op op, DType dtype) {
    if (op == Op::fdiv || op == Op::trunc || op == Op::pow) return is_float(dtype);
    if (op == Op::add || op == Op::sub || op == Op::neg) return dtype != DType::boolean;
    if (op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor) return !is_float(dtype);
    if (op == Op::floordiv || op == Op::floormod) return dtype == DType::index;
    if (op == Op::cdiv || op == Op::cmod) return is_fixed_int(dtype);
    if (op == Op::shl || op == Op::shr) return is_int(dtype);
    if (op == Op::bitcast) return false;
    return true;
  }

  Node build_operation(std::uint32_t i, Op op, DType want) {
    const PatternRecord& record = left_[i];
    if (!makes_sense(op, want)) return Node::none;
    if (op == Op::invalid) return g_.invalid(want);
    for (std::uint32_t k = 0; k < record.arity; ++k)
      if (left_[tree_.child(i, k)].kind == RecordKind::optional && pick(2) == 0)
        return build(tree_.child(i, 1 - k), want, false);
    DType operand = want;
    if (is_comparison(op)) operand = some_dtype(roles_[tree_.child(i, 0)] & roles_[tree_.child(i, 1)]);
    if (op == Op::cast) operand = some_dtype(roles_[tree_.child(i, 0)]);
    if (operand == DType::none || (is_comparison(op) && want != DType::boolean)) return Node::none;
    std::vector<Node> sources;
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      const bool condition = op == Op::where && k == 0;
      sources.push_back(build(tree_.child(i, k), condition ? DType::boolean : operand, op == Op::where && k == 2));
      if (sources.back() == Node::none) return Node::none;
    }
    const Node made = op == Op::range ? range(sources[0]) : g_.make(op, want, sources);
    return record.kind == RecordKind::operation ? bound(record.name, want, [&] { return made; }) : made;
  }

  Node range(Node extent) {
    const std::int64_t high = interval_of(g_, extent).high;
    const Node made = g_.range(extent, g_.fresh_id());
    if (high > 40) return Node::none;
    domain.add_range(made, 0, high > 0 ? high - 1 : 0);
    return made;
  }

  Node constant(DType dtype) {
    if (dtype == DType::boolean) return g_.constant(bool_scalar(pick(2) == 0));
    if (is_float(dtype)) return g_.constant(float_scalar(dtype, one_of({0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 1e38, -3.0})));
    if (dtype == DType::index) return g_.constant(dtype, pick(3) != 0 ? 1 + pick(6) : pick(30) - 12);
    const std::int64_t edge = dtype == DType::int8 ? 127 : 255;
    return g_.constant(dtype, pick(3) == 0 ? edge - pick(3) : pick(4) == 0 ? edge / 2 + pick(3) : pick(9) - 3);
  }

  Node leaf(DType dtype, bool may_be_invalid) {
    if (may_be_invalid && rule_.arithmetic == structural && pick(5) == 0) return g_.invalid(dtype);
    if (pick(6) == 0) return constant(dtype);
    if (has_expressions_ && dtype == DType::index && pick(4) != 0)
      return pick(4) == 0 ? expressions_.reshaped() : expressions_.index(1 + pick(3));
    if (has_expressions_ && dtype == DType::boolean && pick(4) != 0) return expressions_.condition(1 + pick(2));
    return variable(dtype);
  }

  Node variable(DType dtype) {
    const std::string name = "v" + std::to_string(domain.variables.size());
    if (is_float(dtype)) {
      const double infinity = std::numeric_limits<double>::infinity();
      std::vector<Value> all;
      for (double x : {0.0, -0.0, 1.0, -1.5, 3.0, 3e38, -3e38, 1e-45, infinity, -infinity, std::nan("")})
        all.push_back(Value::of_real(kept_real(dtype, x)));
      domain.add(g_.variable(name, 0, 0, dtype), std::move(all));
      return domain.variables.back();
    }
    std::int64_t low = one_of<std::int64_t>({0, 0, 0, 1, -3, -1, 2, -8, 5}), high = low + pick(7);
    if (dtype == DType::boolean) low = 0, high = 1;
    if (dtype == DType::uint8 && low < 0) low += 200, high = low + pick(7);
    if (dtype == DType::int8 && pick(2) == 0) low = one_of<std::int64_t>({-128, 120, 60, -70}), high = low + 7;
    const Node made = g_.variable(name, low, high, dtype);
    domain.add_range(made, low, high);
    return made;
  }

  Graph& g_;
  Random& random_;
  const RuleInfo& rule_;
  const PatternRecord* left_;
  detail::PatternTree tree_;
  detail::DTypeRoles<64> roles_;
  Expressions expressions_;
  bool has_expressions_ = false;
  Names names_;
};

/// What one rule alone, of a compiled set, makes of a node; none if it does not match or declines.
template <class Matcher>
Node apply_rule(Graph& g, Node n, std::size_t rule) {
  typename Matcher::context_type context{};
  return match_rule<Graph>(Matcher::table, Matcher::lambdas.of, g, n, context, rule).node;
}

}  // namespace brute_force
