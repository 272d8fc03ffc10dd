// Left sides without alternatives, as terms that can be compared: whether one matches all that another matches.
#pragma once

#include <bit>

#include <whittle/match/pattern_tree.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail::checks {

static_assert(op_count <= 64);

/// A part of a left side. An operator of a class is one of `ops`, a bit each.
struct TermNode {
  RecordKind kind;
  std::uint8_t arity, first;
  Sources sources;
  bool has_argument;
  Op op;
  DTypes dtypes;
  std::uint32_t record;
  VariableName name;
  std::uint64_t ops, bits;
};

/// The operators that a part can be, a bit each; users' operators share the first.
constexpr std::uint64_t root_ops_of(const TermNode& node) {
  if (node.kind == RecordKind::any_operator) return node.ops;
  const auto op = static_cast<unsigned>(node.op);
  return node.kind == RecordKind::operation ? std::uint64_t{1} << (op < op_count ? op : 0) : 0;
}

constexpr std::uint64_t ops_of_class(std::uint16_t classes, std::uint8_t arity, Sources sources) {
  std::uint64_t ops = 0;
  for (std::size_t op = 0; op < op_count; ++op) {
    const OpInfo& known = info(static_cast<Op>(op));
    const bool fits = sources != Sources::exact || known.arity == arity || known.arity == any_arity;
    if (fits && (known.classes & classes) != 0) ops |= std::uint64_t{1} << op;
  }
  return ops;
}

/// A term of at most `Room` parts: parts below come first.
template <std::size_t Room>
struct Term {
  TermNode nodes[Room] = {};
  std::uint8_t children[Room] = {};
  std::uint8_t count = 0, child_count = 0;
  // Operators and numbers, a bit each: what a node has to have below it, and what it can have.
  std::uint64_t needed_ops = 0, needed_numbers = 0, possible_ops = 0;
  bool binds_default_twice = false;  ///< a name that stands for a missing operand is used elsewhere, too

  constexpr std::uint32_t child(std::uint32_t i, std::uint32_t k) const { return children[nodes[i].first + k]; }

  constexpr const TermNode& root() const { return nodes[count - 1]; }

  /// Notes what it needs and can have.
  constexpr void summarize() {
    for (std::uint32_t i = 0; i < count; ++i) {
      const TermNode& node = nodes[i];
      const auto op = static_cast<unsigned>(node.op);
      const bool is_operation = node.kind == RecordKind::operation && op < op_count;
      if (is_operation) needed_ops |= std::uint64_t{1} << op;
      possible_ops |= is_operation ? std::uint64_t{1} << op : node.ops;
      if (node.kind == RecordKind::integer || node.kind == RecordKind::real)
        needed_numbers |= std::uint64_t{1} << ((node.bits * 0x9e3779b97f4a7c15u) >> 58);
    }
  }
  /// A quick look whether all parts of another term can be among those of this one.
  constexpr bool can_have(const Term& other) const {
    return ((other.needed_ops & ~possible_ops) | (other.needed_numbers & ~needed_numbers)) == 0;
  }

  /// Leaves to each part the dtypes that it can have in a well-typed graph; false if one can have none.
  constexpr bool narrow() {
    for (int round = 0; round < 2; ++round) {
      for (std::uint32_t i = 0; i < count; ++i) share(i);
      for (std::uint32_t i = count; i-- > 0;) share(i);
    }
    for (std::uint32_t i = 0; i < count; ++i)
      if (nodes[i].dtypes.mask == 0) return false;
    return true;
  }

 private:
  constexpr void share(std::uint32_t i) {
    const TermNode& node = nodes[i];
    if (!node.name.empty() && node.kind != RecordKind::any_operator) {
      for (std::uint32_t k = 0; k < i; ++k)
        if (nodes[k].name == node.name) nodes[i].dtypes = nodes[k].dtypes = nodes[k].dtypes & nodes[i].dtypes;
    }
    if (node.kind != RecordKind::operation || !is_elementwise(node.op) || node.op == Op::cast ||
        node.op == Op::bitcast || node.sources != Sources::exact)
      return;
    const std::uint32_t first = node.op == Op::where ? 1 : 0;
    DTypes all = is_comparison(node.op) ? any_dtype : node.dtypes;
    for (std::uint32_t k = first; k < node.arity; ++k) all = all & nodes[child(i, k)].dtypes;
    for (std::uint32_t k = first; k < node.arity; ++k) nodes[child(i, k)].dtypes = all;
    if (!is_comparison(node.op)) nodes[i].dtypes = all;
  }
};

/// Goes through all combinations of choices, first choice first.
class Choices {
 public:
  static constexpr std::size_t most = 16;  ///< of later ones only the first way is tried
  constexpr void restart() { depth_ = 0; }
  constexpr std::uint8_t choose(std::uint8_t radix) {
    if (depth_ == most) return 0;
    if (depth_ == known_) {
      choices_[known_] = 0;
      radices_[known_++] = radix;
    }
    return choices_[depth_++];
  }
  /// What was not chosen in the last walk counts no more.
  constexpr bool advance() {
    known_ = depth_;
    for (; known_ > 0; --known_)
      if (++choices_[known_ - 1] < radices_[known_ - 1]) return true;
    return false;
  }

 private:
  std::uint8_t choices_[most] = {}, radices_[most] = {};
  std::size_t depth_ = 0, known_ = 0;
};

/// Makes the terms of a left side.
template <std::size_t Room>
class TermMaker {
 public:
  constexpr TermMaker(const RuleSetView& set, std::uint32_t rule)
      : left_(set.records + set.rules[rule].left.begin, set.rules[rule].left.size),
        roles_(left_, set.rules[rule].arithmetic),
        first_record_(set.rules[rule].left.begin) {}

  /// The term of the present choices.
  constexpr Term<Room> make() {
    Term<Room> term;
    choices_.restart();
    add(term, left_.count - 1, true);
    term.summarize();
    return term;
  }
  constexpr bool advance() { return choices_.advance(); }

 private:
  constexpr std::uint8_t add(Term<Room>& term, std::uint32_t i, bool is_root) {
    const PatternRecord& record = left_.records[i];
    if (record.kind == RecordKind::alternatives) {
      const std::uint8_t chosen = add(term, left_.child(i, choices_.choose(record.arity)), is_root);
      if (term.nodes[chosen].name.empty()) term.nodes[chosen].name = record.name;
      return chosen;
    }
    if (record.kind == RecordKind::optional) return add(term, left_.child(i, 0), is_root);
    for (std::uint32_t k = 0; k < record.arity && !is_root; ++k)
      if (left_.records[left_.child(i, k)].kind == RecordKind::optional && choices_.choose(2) == 1) {
        note_default(term, left_.child(i, k));
        return add(term, left_.child(i, 1 - k), false);
      }
    std::uint8_t parts[Room] = {};
    for (std::uint32_t k = 0; k < record.arity; ++k) parts[k] = add(term, left_.child(i, k), false);
    TermNode node{record.kind, record.arity, term.child_count,  record.sources, record.has_argument,
                  record.op,   roles_[i],    first_record_ + i, record.name,    0,
                  record.bits};
    if (record.kind == RecordKind::any_operator)
      node.ops = ops_of_class(static_cast<std::uint16_t>(record.op), record.arity, record.sources);
    for (std::uint32_t k = 0; k < record.arity; ++k) term.children[term.child_count++] = parts[k];
    term.nodes[term.count] = node;
    return term.count++;
  }
  constexpr void note_default(Term<Room>& term, std::uint32_t optional) const {
    std::uint32_t uses = 0;
    for (std::uint32_t i = 0; i < left_.count; ++i)
      if (left_.records[i].name == left_.records[optional].name) ++uses;
    if (uses > 2) term.binds_default_twice = true;  // the record of maybe and that below it
  }

  PatternTree left_;
  DTypeRoles<Room> roles_;
  std::uint32_t first_record_;
  Choices choices_;
};

/// How a term could be split in two so that another term matches at least one half.
struct Split {
  enum class Kind : std::uint8_t { none, constant, truth, dtypes, op } kind = Kind::none;
  std::uint8_t at = 0;
  DTypes dtypes = {};
  Op op = Op::none;
};

enum class Covers : std::uint8_t { no, partly, fully };

/// Matches a general term against a part of a special one, in which variables stand for any node.
template <std::size_t Room>
class TermMatch {
 public:
  constexpr TermMatch(const Term<Room>& general, const Term<Room>& special) : general_(general), special_(special) {}

  constexpr Covers run(std::uint32_t at) {
    Covers best = Covers::no;
    const std::uint32_t root = general_.count - 1u;
    do {
      choices_.restart();
      bound_count_ = 0;
      split_ = {};
      if (!visit(root, at)) continue;
      if (split_.kind == Split::Kind::none) return Covers::fully;
      if (best == Covers::no) best_split_ = split_;
      best = Covers::partly;
    } while (choices_.advance());
    return best;
  }
  constexpr const Split& split() const { return best_split_; }
  /// Goes on to another full match; for comparing what the names are bound to.
  constexpr bool advance() { return choices_.advance(); }
  constexpr bool matches(std::uint32_t at) {
    choices_.restart();
    bound_count_ = 0;
    split_ = {};
    return visit(general_.count - 1u, at) && split_.kind == Split::Kind::none;
  }
  /// The part that a name of the general term is bound to, or their number.
  constexpr std::uint32_t bound(VariableName name) const {
    for (std::uint32_t i = 0; i < bound_count_; ++i)
      if (general_.nodes[bound_[i].general].name == name) return bound_[i].special;
    return special_.count;
  }

 private:
  struct Binding {
    std::uint8_t general, special;
  };

  constexpr bool demand(Split::Kind kind, std::uint32_t at, DTypes dtypes = {}, Op op = Op::none) {
    if (split_.kind == Split::Kind::none) split_ = {kind, static_cast<std::uint8_t>(at), dtypes, op};
    return true;
  }
  constexpr bool is_same(std::uint32_t a, std::uint32_t b) const {
    return a == b || (!special_.nodes[a].name.empty() && special_.nodes[a].name == special_.nodes[b].name);
  }
  constexpr bool bind(std::uint32_t g, std::uint32_t s) {
    const VariableName name = general_.nodes[g].name;
    if (name.empty()) return true;
    if (const std::uint32_t before = bound(name); before != special_.count) return is_same(before, s);
    bound_[bound_count_++] = {static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(s)};
    return true;
  }

  constexpr bool visit(std::uint32_t g, std::uint32_t s) {
    const TermNode &general = general_.nodes[g], &special = special_.nodes[s];
    if ((special.dtypes.mask & ~general.dtypes.mask) != 0) {
      if ((special.dtypes & general.dtypes).mask == 0) return false;
      demand(Split::Kind::dtypes, s, general.dtypes);
    }
    return visit_kind(general, s) && bind(g, s) && visit_sources(g, s);
  }

  constexpr bool visit_kind(const TermNode& general, std::uint32_t s) {
    const TermNode& special = special_.nodes[s];
    const bool is_any =
        (special.kind == RecordKind::variable && special.bits == 0) || special.kind == RecordKind::anything;
    const bool is_number =
        special.kind == RecordKind::integer || special.kind == RecordKind::real || special.kind == RecordKind::truth;
    switch (general.kind) {
    case RecordKind::anything: return true;
    case RecordKind::variable:
      if (general.bits == 0) return true;
      if (is_any) return demand(Split::Kind::constant, s);
      return !is_number && special.kind != RecordKind::constant && special.op != Op::constant &&
             (special.kind != RecordKind::any_operator || (special.ops & bit_of(Op::constant)) == 0);
    case RecordKind::constant:
      return special.kind == RecordKind::constant || is_number || (is_any && demand(Split::Kind::constant, s));
    case RecordKind::truth:
      if (special.dtypes == only(DType::boolean) && is_any) return demand(Split::Kind::constant, s);
      if (special.dtypes == only(DType::boolean) && special.kind == RecordKind::constant)
        return demand(Split::Kind::truth, s);
      return special.kind == RecordKind::truth && special.bits == general.bits;
    case RecordKind::integer:
    case RecordKind::real: return special.kind == general.kind && special.bits == general.bits;
    case RecordKind::operation: return visit_operation(general, s);
    case RecordKind::any_operator: return visit_any_operator(general, s);
    default: return false;
    }
  }
  static constexpr std::uint64_t bit_of(Op op) {
    return static_cast<std::size_t>(op) < op_count ? std::uint64_t{1} << static_cast<unsigned>(op) : 0;
  }
  constexpr bool visit_operation(const TermNode& general, std::uint32_t s) {
    const TermNode& special = special_.nodes[s];
    if (general.has_argument && !(special.has_argument && special.bits == general.bits)) return false;
    if (special.kind == RecordKind::operation) return special.op == general.op && fits(general, special);
    if (special.kind != RecordKind::any_operator || (special.ops & bit_of(general.op)) == 0) return false;
    return fits(general, special) && demand(Split::Kind::op, s, {}, general.op);
  }
  constexpr bool visit_any_operator(const TermNode& general, std::uint32_t s) {
    const TermNode& special = special_.nodes[s];
    if (!fits(general, special)) return false;
    if (special.kind == RecordKind::operation) return (general.ops & bit_of(special.op)) != 0;
    if (special.kind != RecordKind::any_operator || (special.ops & general.ops) == 0) return false;
    const std::uint64_t others = special.ops & ~general.ops;
    return others == 0 || demand(Split::Kind::op, s, {}, static_cast<Op>(std::countr_zero(others)));
  }
  static constexpr bool fits(const TermNode& general, const TermNode& special) {
    switch (general.sources) {
    case Sources::exact: return special.sources == Sources::exact && special.arity == general.arity;
    case Sources::prefix: return special.sources != Sources::every && special.arity >= general.arity;
    default: return special.sources != Sources::prefix;
    }
  }

  constexpr bool visit_sources(std::uint32_t g, std::uint32_t s) {
    const TermNode &general = general_.nodes[g], &special = special_.nodes[s];
    if (general.kind != RecordKind::operation && general.kind != RecordKind::any_operator) return true;
    if (general.sources == Sources::every) {
      for (std::uint32_t k = 0; k < special.arity; ++k)
        if (!visit_alike(general_.child(g, 0), special_.child(s, k))) return false;
      return true;
    }
    const bool swapped = general.kind == RecordKind::operation && general.arity == 2 && is_commutative(general.op) &&
                         choices_.choose(2) == 1;
    for (std::uint32_t k = 0; k < general.arity; ++k)
      if (!visit(general_.child(g, k), special_.child(s, swapped ? 1 - k : k))) return false;
    return true;
  }
  /// The leaf of `every`, whose name binds nothing.
  constexpr bool visit_alike(std::uint32_t g, std::uint32_t s) {
    const TermNode& general = general_.nodes[g];
    return (special_.nodes[s].dtypes.mask & ~general.dtypes.mask) == 0 && visit_kind(general, s);
  }

  const Term<Room>& general_;
  const Term<Room>& special_;
  Choices choices_;
  Binding bound_[Room] = {};
  std::uint32_t bound_count_ = 0;
  Split split_, best_split_;
};

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
