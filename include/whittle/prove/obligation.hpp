// What has to be proved of a rule: its cases, made from the same records that are matched.
#pragma once

#include <utility>
#include <vector>

#include <whittle/match/pattern_tree.hpp>
#include <whittle/prove/operator_types.hpp>
#include <whittle/prove/term.hpp>

namespace whittle {
inline namespace v0 {
namespace prove {
namespace detail {

/// Larger patterns are not stated.
inline constexpr std::size_t most_parts = 128;
using PatternTree = v0::detail::PatternTree;
using DTypeRoles = v0::detail::DTypeRoles<most_parts>;

constexpr bool is_too_large(const RuleSetView& set, const RuleInfo& rule) {
  bool is_large = rule.left.size > most_parts;
  for (std::uint32_t i = 0; i < rule.replacement_count; ++i) {
    const ReplacementInfo& replacement = set.replacements[rule.replacements + i];
    is_large = is_large || replacement.right.size > most_parts || replacement.guard.size > most_parts;
  }
  return is_large;
}

/// A walk over choices: each combination once, whatever the later choices of the earlier ones are.
class Choices {
 public:
  constexpr std::uint32_t choose(std::uint32_t count) {
    if (depth_ == chosen_.size()) {
      chosen_.push_back(0);
      counts_.push_back(count);
    }
    return chosen_[depth_++];
  }
  constexpr void restart() { depth_ = 0; }
  /// Moves on to the next combination; false after the last.
  constexpr bool advance() {
    while (!chosen_.empty()) {
      if (++chosen_.back() < counts_.back()) return true;
      chosen_.pop_back();
      counts_.pop_back();
    }
    return false;
  }

 private:
  std::vector<std::uint32_t> chosen_ = {}, counts_ = {};
  std::size_t depth_ = 0;
};

using Names = std::vector<std::pair<VariableName, std::uint16_t>>;

/// Terms, and which of them the names of a rule are bound to.
struct TermMaker {
  std::vector<Term> terms = {};
  Names names = {};
  bool fits = true;  ///< false: the choices contradict each other

  constexpr std::uint16_t add(const Term& term) {
    terms.push_back(term);
    return static_cast<std::uint16_t>(terms.size() - 1);
  }
  constexpr std::uint16_t fail() {
    fits = false;
    return 0;
  }
  constexpr const std::uint16_t* bound(VariableName name) const {
    for (const auto& [other, term] : names)
      if (other == name) return &term;
    return nullptr;
  }
  constexpr std::uint16_t literal(const PatternRecord& record, DType dtype, bool is_exact) {
    Term term;
    term.kind = record.kind == RecordKind::truth  ? TermKind::truth
                : record.kind == RecordKind::real ? TermKind::real
                                                  : TermKind::integer;
    if (term.kind == TermKind::integer && is_float(dtype)) {
      term.kind = TermKind::real;
      term.bits = std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<std::int64_t>(record.bits)));
    } else {
      term.bits = record.bits;
    }
    if ((term.kind == TermKind::truth) != (dtype == DType::boolean)) return fail();
    if ((term.kind == TermKind::real) != is_float(dtype)) return fail();
    term.dtype = dtype;
    term.is_constant = true;
    term.is_exact = is_exact;
    return add(term);
  }
  constexpr std::uint16_t operation(Op op, DType dtype, const std::vector<std::uint16_t>& sources, bool is_exact) {
    Term term;
    term.kind = TermKind::operation;
    term.op = op;
    term.dtype = dtype;
    term.arity = static_cast<std::uint8_t>(sources.size());
    term.is_exact = is_exact;
    term.is_constant = true;
    for (std::size_t k = 0; k < sources.size(); ++k) {
      term.sources[k] = sources[k];
      term.is_constant = term.is_constant && terms[sources[k]].is_constant;
    }
    return add(term);
  }
};

/// The left side, by the choices made.
class LeftMaker {
 public:
  constexpr LeftMaker(const PatternRecord* left, const DTypeRoles& roles, const PatternTree& tree, Choices& choices)
      : left_(left),
        roles_(roles),
        tree_(tree),
        choices_(choices) {}

  TermMaker made = {};
  const char* problem = nullptr;

  constexpr std::uint16_t visit(std::uint32_t i, DType want) {
    if (!made.fits) return 0;
    const PatternRecord& record = left_[i];
    if (want == DType::none) want = choose_dtype(roles_[i]);
    if (!admits(roles_[i], want)) return made.fail();
    switch (record.kind) {
    case RecordKind::alternatives: return bind(record.name, visit(tree_.child(i, choices_.choose(record.arity)), want));
    case RecordKind::optional: return visit(tree_.child(i, 0), want);
    case RecordKind::integer:
    case RecordKind::real:
    case RecordKind::truth: return made.literal(record, want, false);
    case RecordKind::operation: return bind(record.name, operation(i, record.op, want));
    case RecordKind::any_operator: return any_operator(i, want);
    default: return leaf(record, want);
    }
  }

 private:
  constexpr DType choose_dtype(DTypes dtypes) {
    std::vector<DType> fitting;
    for (DType dtype : readings)
      if (admits(dtypes, dtype)) fitting.push_back(dtype);
    if (!fitting.empty()) return fitting[choices_.choose(static_cast<std::uint32_t>(fitting.size()))];
    made.fits = false;
    return DType::none;
  }

  constexpr std::uint16_t bind(VariableName name, std::uint16_t term) {
    if (!name.empty() && made.fits) made.names.push_back({name, term});
    return term;
  }

  constexpr std::uint16_t leaf(const PatternRecord& record, DType want) {
    if (const std::uint16_t* known = record.name.empty() ? nullptr : made.bound(record.name))
      return made.terms[*known].dtype == want ? *known : made.fail();
    Term term;
    term.kind = record.kind == RecordKind::constant ? TermKind::constant : TermKind::variable;
    term.dtype = want;
    term.is_constant = record.kind == RecordKind::constant;
    term.name = record.name;
    return bind(record.name, made.add(term));
  }

  constexpr std::uint16_t any_operator(std::uint32_t i, DType want) {
    std::vector<Op> ops;
    for (std::size_t op = 1; op < op_count; ++op)
      if (in_class(static_cast<Op>(op), static_cast<OpClass>(left_[i].op)) &&
          info(static_cast<Op>(op)).arity == left_[i].arity)
        ops.push_back(static_cast<Op>(op));
    if (ops.empty()) return made.fail();
    const Op op = ops[choices_.choose(static_cast<std::uint32_t>(ops.size()))];
    return bind(left_[i].name, operation(i, op, want));
  }

  constexpr std::uint16_t state_problem(const char* why) {
    if (problem == nullptr) problem = why;
    return made.fail();
  }

  constexpr std::uint16_t operation(std::uint32_t i, Op op, DType want) {
    const PatternRecord& record = left_[i];
    if (record.sources != Sources::exact || record.has_argument)
      return state_problem("it has any number of sources, or an argument");
    if (op == Op::invalid || op == Op::range) return special(i, op, want);
    if (!is_elementwise(op)) return state_problem("it has an operator that is not elementwise");
    for (std::uint32_t k = 0; k < record.arity; ++k)
      if (left_[tree_.child(i, k)].kind == RecordKind::optional && choices_.choose(2) == 1) return without(i, k, want);
    const bool changes_dtype = is_comparison(op) || op == Op::cast || op == Op::bitcast;
    DType operand = want;
    if (changes_dtype) {
      DTypes below = roles_[tree_.child(i, 0)];
      if (record.arity == 2) below = below & roles_[tree_.child(i, 1)];
      operand = choose_dtype(below);
    }
    if (!made.fits || !accepts(op, operand, want)) return made.fail();
    std::vector<std::uint16_t> sources;
    for (std::uint32_t k = 0; k < record.arity && made.fits; ++k) {
      const std::uint16_t source = visit(tree_.child(i, k), op == Op::where && k == 0 ? DType::boolean : operand);
      // where gates stand outside, only the last branch of a gate can be invalid
      if (op == Op::where && k == 2 && made.fits && made.terms[source].kind == TermKind::variable)
        made.terms[source].may_be_invalid = true;
      sources.push_back(source);
    }
    return made.fits ? made.operation(op, want, sources, false) : 0;
  }

  constexpr std::uint16_t special(std::uint32_t i, Op op, DType want) {
    Term term;
    term.dtype = want;
    term.kind = op == Op::range ? TermKind::range : TermKind::invalid;
    if (op == Op::range && want != DType::index) return made.fail();
    if (op == Op::range) {
      term.arity = 1;
      term.sources[0] = visit(tree_.child(i, 0), want);
    }
    return made.fits ? made.add(term) : 0;
  }

  /// Record i with its optional operand k missing.
  constexpr std::uint16_t without(std::uint32_t i, std::uint32_t k, DType want) {
    PatternRecord standard = left_[tree_.child(i, k)];
    standard.kind = standard.op == Op::fdiv ? RecordKind::real : RecordKind::integer;
    bind(standard.name, made.literal(standard, want, false));
    return visit(tree_.child(i, 1 - k), want);
  }

  const PatternRecord* left_;
  const DTypeRoles& roles_;
  const PatternTree& tree_;
  Choices& choices_;
};

/// A right side or a guard over the terms of the left side; dtypes go from variables to operations to literals.
class RightMaker {
 public:
  constexpr RightMaker(TermMaker& terms, const PatternRecord* records, std::uint32_t count, DType root, bool is_exact)
      : made_(terms),
        records_(records),
        tree_(records, count),
        root_(root),
        is_exact_(is_exact) {}

  constexpr std::uint16_t build(std::uint32_t i, DType want) {
    const PatternRecord& record = records_[i];
    if (!made_.fits) return 0;
    if (record.kind == RecordKind::integer || record.kind == RecordKind::real || record.kind == RecordKind::truth)
      return literal(record, want);
    if (record.kind == RecordKind::operation && record.op == Op::invalid) return invalid(want);
    if (record.kind != RecordKind::operation && record.kind != RecordKind::any_operator) {
      const std::uint16_t* term = made_.bound(record.name);
      return term != nullptr ? *term : made_.fail();
    }
    const std::uint16_t* known = record.kind == RecordKind::any_operator ? made_.bound(record.name) : nullptr;
    const Op op = known != nullptr ? made_.terms[*known].op : record.op;
    if (!is_elementwise(op) || record.arity == 0) return made_.fail();
    std::vector<std::uint16_t> sources;
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      sources.push_back(build(tree_.child(i, k), want_below(i, op, k, want)));
      if (!made_.fits) return 0;
    }
    const DType operand = made_.terms[sources.back()].dtype;
    DType result = operand;
    if (is_comparison(op) || op == Op::logical_not) result = DType::boolean;
    if (op == Op::cast || op == Op::bitcast) result = known != nullptr ? made_.terms[*known].dtype : cast_to(record);
    if (!accepts(op, operand, result)) return made_.fail();
    for (std::size_t k = op == Op::where ? 1 : 0; k < sources.size(); ++k)
      if (made_.terms[sources[k]].dtype != operand) return made_.fail();
    return made_.operation(op, result, sources, is_exact_);
  }

 private:
  constexpr std::uint16_t literal(PatternRecord record, DType want) {
    if (record.kind == RecordKind::integer && want == DType::boolean) {  // built as a bool
      record.kind = RecordKind::truth;
      record.bits = record.bits != 0 ? 1 : 0;
    }
    return made_.literal(record, record.kind == RecordKind::truth ? DType::boolean : want, is_exact_);
  }
  constexpr std::uint16_t invalid(DType dtype) {
    Term term;
    term.kind = TermKind::invalid;
    term.dtype = dtype;
    return made_.add(term);
  }
  constexpr DType cast_to(const PatternRecord& record) const {
    for (unsigned t = 1; t < dtype_count; ++t)
      if (record.dtypes == only(static_cast<DType>(t))) return reading_of(static_cast<DType>(t));
    return root_;
  }
  constexpr DType want_below(std::uint32_t i, Op op, std::uint32_t k, DType want) const {
    if (op == Op::where && k == 0) return DType::boolean;
    for (std::uint32_t sibling = op == Op::where ? 1 : 0; sibling < records_[i].arity; ++sibling)
      if (const DType dtype = known_dtype(tree_.child(i, sibling)); dtype != DType::none) return dtype;
    return is_comparison(op) ? DType::index : want;  // literals alone
  }
  /// The dtype of a sub-pattern by itself; none of a bare literal.
  constexpr DType known_dtype(std::uint32_t i) const {
    const PatternRecord& record = records_[i];
    if (record.kind == RecordKind::truth) return DType::boolean;
    if (record.kind == RecordKind::any_operator) return DType::none;
    if (record.kind != RecordKind::operation) {
      const std::uint16_t* term = record.name.empty() ? nullptr : made_.bound(record.name);
      return term != nullptr ? made_.terms[*term].dtype : DType::none;
    }
    if (is_comparison(record.op) || record.op == Op::logical_not) return DType::boolean;
    if (record.op == Op::cast || record.op == Op::bitcast) return cast_to(record);
    for (std::uint32_t k = record.op == Op::where ? 1 : 0; k < record.arity; ++k)
      if (const DType below = known_dtype(tree_.child(i, k)); below != DType::none) return below;
    return DType::none;
  }

  TermMaker& made_;
  const PatternRecord* records_;
  PatternTree tree_;
  DType root_;
  bool is_exact_;
};

/// Completes the obligation of one replacement; false where its dtypes contradict each other.
constexpr bool add_replacement(Obligation& made, TermMaker terms, const RuleSetView& set,
                               const ReplacementInfo& replacement) {
  const DType root = terms.terms[made.left].dtype;
  made.guard_begin = static_cast<std::uint16_t>(terms.terms.size());
  made.has_guard = replacement.guard.size != 0;
  if (made.has_guard) {
    RightMaker guard(terms, set.records + replacement.guard.begin, replacement.guard.size, root, true);
    made.guard = guard.build(replacement.guard.size - 1, DType::boolean);
  }
  made.right_begin = static_cast<std::uint16_t>(terms.terms.size());
  RightMaker right(terms, set.records + replacement.right.begin, replacement.right.size, root, false);
  made.right = right.build(replacement.right.size - 1, root);
  if (!terms.fits)
    made.problem = "its right side or guard has no dtypes that fit";
  else if (terms.terms[made.right].dtype != root)
    made.problem = "its right side is of another dtype";
  made.terms = terms.terms;
  return made.problem == nullptr;
}

}  // namespace detail

/// The obligations of an expression rule, in the arithmetic of its set or in another one. None for a lambda rule.
/// Commutative operands keep their order: exchanging them changes no value.
constexpr std::vector<Obligation> obligations_of(const RuleSetView& set, std::size_t rule, Arithmetic arithmetic) {
  const RuleInfo& rule_info = set.rules[rule];
  std::vector<Obligation> all;
  if (rule_info.is_lambda) return all;
  const PatternRecord* left = set.records + rule_info.left.begin;
  if (detail::is_too_large(set, rule_info)) {
    all.emplace_back().problem = "its patterns have more than 128 parts";
    return all;
  }
  const detail::PatternTree tree(left, rule_info.left.size);
  const detail::DTypeRoles roles(tree, arithmetic);
  detail::Choices choices;
  do {
    choices.restart();
    detail::LeftMaker maker(left, roles, tree, choices);
    const std::uint16_t root = maker.visit(rule_info.left.size - 1, DType::none);
    if (!maker.made.fits && maker.problem == nullptr) continue;
    for (std::uint32_t i = 0; i < rule_info.replacement_count; ++i) {
      Obligation made;
      made.arithmetic = arithmetic;
      made.left = root;
      made.replacement = i;
      made.problem = maker.problem;
      if (made.problem == nullptr)
        detail::add_replacement(made, maker.made, set, set.replacements[rule_info.replacements + i]);
      if (arithmetic != structural)
        for (Term& term : made.terms) term.may_be_invalid = false;
      all.push_back(std::move(made));
    }
  } while (choices.advance());
  return all;
}
constexpr std::vector<Obligation> obligations_of(const RuleSetView& set, std::size_t rule) {
  return obligations_of(set, rule, set.rules[rule].arithmetic);
}

}  // namespace prove
}  // namespace v0
}  // namespace whittle
