// Compiles a rule set into tables, in constant expressions.
#pragma once

#include <iterator>
#include <utility>
#include <vector>

#include <whittle/match/compile_rule.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// What the rules from `first` to `end` of a set come to, while it grows. A set is compiled in parts, each a
/// constant expression of its own: clang allows about a million steps for one.
struct Compiler {
  RuleSetView set;
  bool constants_last;
  std::size_t first, end;
  std::vector<Row> rows = {};
  std::vector<Op> roots = {};
  std::vector<RecordKind> root_kinds = {};
  std::vector<Step> steps = {};
  std::vector<CompiledRule> rules = {};
  std::vector<CompiledReplacement> replacements = {};
  std::vector<BuildStep> builds = {};

  constexpr void compile() {
    std::uint16_t lambdas = 0;
    for (std::size_t r = first; r < end; ++r) {
      const RuleInfo& rule = set.rules[r];
      const std::vector<VariableName> names = names_of(rule.left);
      compile_right(rule, names);
      rules.back().lambda = rule.is_lambda ? lambdas++ : std::uint16_t{0};
      compile_left(static_cast<std::uint16_t>(r), rule, names);
    }
  }

  constexpr std::vector<VariableName> names_of(PatternSpan left) const {
    std::vector<VariableName> names;
    for (std::uint32_t i = left.begin; i < left.begin + left.size; ++i) {
      const VariableName name = set.records[i].name;
      bool seen = name.empty();
      for (const VariableName& other : names) seen = seen || other == name;
      if (!seen) names.push_back(name);
    }
    if (names.size() > most_slots) ERROR_a_rule_has_more_than_16_names();
    return names;
  }

  constexpr void compile_right(const RuleInfo& rule, const std::vector<VariableName>& names) {
    CompiledRule compiled;
    compiled.is_lambda = rule.is_lambda;
    compiled.first_replacement = static_cast<std::uint16_t>(replacements.size());
    compiled.replacement_count = static_cast<std::uint16_t>(rule.replacement_count);
    for (std::uint32_t i = 0; i < rule.replacement_count; ++i) {
      const ReplacementInfo& info = set.replacements[rule.replacements + i];
      CompiledReplacement made;
      made.first_build = static_cast<std::uint32_t>(builds.size());
      if (info.right.size != 0) BuildMaker{set.records + info.right.begin, info.right.size, names}.make(builds);
      made.build_count = static_cast<std::uint32_t>(builds.size()) - made.first_build;
      made.first_guard = static_cast<std::uint32_t>(builds.size());
      if (info.guard.size != 0) BuildMaker{set.records + info.guard.begin, info.guard.size, names}.make(builds);
      made.guard_count = static_cast<std::uint32_t>(builds.size()) - made.first_guard;
      replacements.push_back(made);
    }
    compiled.argument_count = static_cast<std::uint8_t>(rule.arguments.size);
    const BuildMaker maker{set.records, 0, names};
    for (std::uint32_t i = 0; i < rule.arguments.size; ++i)
      compiled.arguments[i] = maker.slot_of(set.records[rule.arguments.begin + i].name);
    rules.push_back(compiled);
  }

  constexpr void compile_left(std::uint16_t number, const RuleInfo& rule, const std::vector<VariableName>& names) {
    const PatternRecord* left = set.records + rule.left.begin;
    const DTypeRoles roles(left, rule.left.size, rule.arithmetic);
    RowMaker maker{left, roles, names, constants_last};
    std::size_t variants = 0;
    do {
      maker.walk(rule.left.size - 1);
      check_bound(maker.row);
      maker.row.rule = number;
      maker.row.first_step = static_cast<std::uint32_t>(steps.size());
      for (const Step& step : maker.structure) steps.push_back(step);
      for (const Step& step : maker.rest) steps.push_back(step);
      maker.row.step_count = static_cast<std::uint32_t>(steps.size()) - maker.row.first_step;
      note_sources(maker.row);
      rows.push_back(maker.row);
      roots.push_back(maker.root);
      root_kinds.push_back(maker.root_kind);
      if (++variants > most_variants) ERROR_a_rule_has_more_than_64_variants();
    } while (maker.advance());
  }

  /// What the steps ask of the first two sources.
  constexpr void note_sources(Row& row) const {
    std::uint8_t registers[2] = {};
    for (std::uint32_t i = row.first_step; i < row.first_step + row.step_count; ++i) {
      const Step& step = steps[i];
      if (step.kind == StepKind::source && step.from == 0 && step.index < 2) registers[step.index] = step.target;
      for (std::size_t k = 0; k < 2; ++k) {
        if (step.from == 0 || step.from != registers[k]) continue;
        if (step.kind == StepKind::op) row.source_ops[k] = step.op;
        if (step.kind == StepKind::constant || step.kind == StepKind::integer || step.kind == StepKind::real ||
            step.kind == StepKind::truth)
          row.constants[k] = true;
      }
    }
  }

  constexpr void check_bound(const Row& row) const {
    const CompiledRule& rule = rules.back();
    for (std::uint32_t r = 0; r < rule.replacement_count; ++r) {
      const CompiledReplacement& made = replacements[rule.first_replacement + r];
      for (std::uint32_t b = made.first_build; b < made.first_guard + made.guard_count; ++b)
        if ((builds[b].kind == BuildKind::slot || builds[b].kind == BuildKind::any_operator) &&
            row.slots[builds[b].slot] == unbound)
          ERROR_a_name_used_on_the_right_is_not_bound_in_every_alternative_of_the_left();
    }
    for (std::uint8_t a = 0; a < rule.argument_count; ++a)
      if (row.slots[rule.arguments[a]] == unbound)
        ERROR_a_name_used_on_the_right_is_not_bound_in_every_alternative_of_the_left();
  }
};

/// Sorts rows into buckets by root operator.
struct Buckets {
  const Row* rows;
  const Op* roots;
  const RecordKind* root_kinds;
  std::size_t row_count;
  std::vector<std::uint32_t> begin = {};
  std::vector<std::uint16_t> members = {};
  std::vector<Op> user_ops = {};

  constexpr bool belongs(std::size_t row, Op op) const {
    if (root_kinds[row] == RecordKind::operation) return roots[row] == op;
    if (root_kinds[row] == RecordKind::any_operator)
      return in_class(op, static_cast<OpClass>(static_cast<std::uint16_t>(roots[row])));
    return true;
  }

  constexpr void fill() {
    bool used[op_count] = {};
    bool any_root = false;
    for (std::size_t r = 0; r < row_count; ++r) {
      if (root_kinds[r] != RecordKind::operation) {
        any_root = true;
      } else if (static_cast<std::size_t>(roots[r]) < op_count) {
        used[static_cast<std::size_t>(roots[r])] = true;
      } else {
        bool known = false;
        for (Op op : user_ops) known = known || op == roots[r];
        if (!known) user_ops.push_back(roots[r]);
      }
    }
    for (std::size_t op = 0; op < op_count; ++op) fill(static_cast<Op>(op), any_root || used[op]);
    for (Op op : user_ops) fill(op, true);
    fill(Op::none, any_root);
    begin.push_back(static_cast<std::uint32_t>(members.size()));
  }
  constexpr void fill(Op op, bool used) {
    begin.push_back(static_cast<std::uint32_t>(members.size()));
    for (std::size_t r = 0; used && r < row_count; ++r)
      if (belongs(r, op)) members.push_back(static_cast<std::uint16_t>(r));
  }
};

struct PartSizes {
  std::size_t rows = 0, steps = 0, rules = 0, replacements = 0, builds = 0;
  friend constexpr PartSizes operator+(PartSizes a, PartSizes b) {
    return {a.rows + b.rows, a.steps + b.steps, a.rules + b.rules, a.replacements + b.replacements, a.builds + b.builds};
  }
};

/// The rows of some rules, or of all; offsets count from the part's own begin.
template <PartSizes Sizes>
struct TablePart {
  Row rows[Sizes.rows + 1] = {};
  Op roots[Sizes.rows + 1] = {};
  RecordKind root_kinds[Sizes.rows + 1] = {};
  Step steps[Sizes.steps + 1] = {};
  CompiledRule rules[Sizes.rules + 1] = {};
  CompiledReplacement replacements[Sizes.replacements + 1] = {};
  BuildStep builds[Sizes.builds + 1] = {};
};

inline constexpr std::size_t rules_a_part = 16;

template <const auto& Set>
constexpr Compiler part_compiler(std::size_t part, bool constants_last) {
  const RuleSetView set(Set);
  const std::size_t first = part * rules_a_part, end = first + rules_a_part;
  return {set, constants_last, first, end < set.rule_count ? end : set.rule_count};
}

template <const auto& Set, bool ConstantsLast, std::size_t Part>
constexpr PartSizes part_sizes() {
  Compiler c = part_compiler<Set>(Part, ConstantsLast);
  c.compile();
  return {c.rows.size(), c.steps.size(), c.rules.size(), c.replacements.size(), c.builds.size()};
}
template <const auto& Set, bool ConstantsLast, std::size_t Part>
inline constexpr PartSizes part_sizes_of = part_sizes<Set, ConstantsLast, Part>();

template <class T, class U>
constexpr void copy_to(const T& from, U* to) {
  for (const auto& item : from) *to++ = item;
}

template <const auto& Set, bool ConstantsLast, std::size_t Part>
constexpr auto make_part() {
  Compiler c = part_compiler<Set>(Part, ConstantsLast);
  c.compile();
  TablePart<part_sizes_of<Set, ConstantsLast, Part>> part;
  copy_to(c.rows, part.rows);
  copy_to(c.roots, part.roots);
  copy_to(c.root_kinds, part.root_kinds);
  copy_to(c.steps, part.steps);
  copy_to(c.rules, part.rules);
  copy_to(c.replacements, part.replacements);
  copy_to(c.builds, part.builds);
  return part;
}
template <const auto& Set, bool ConstantsLast, std::size_t Part>
inline constexpr auto part_of = make_part<Set, ConstantsLast, Part>();

/// Appends a part to a table that has `at` of everything and `lambdas` lambda rules so far.
template <PartSizes All, PartSizes Sizes>
constexpr void append_part(TablePart<All>& all, PartSizes& at, std::uint16_t& lambdas, const TablePart<Sizes>& part) {
  for (std::size_t i = 0; i < Sizes.rows; ++i) {
    all.roots[at.rows + i] = part.roots[i];
    all.root_kinds[at.rows + i] = part.root_kinds[i];
    all.rows[at.rows + i] = part.rows[i];
    all.rows[at.rows + i].first_step += static_cast<std::uint32_t>(at.steps);
  }
  for (std::size_t i = 0; i < Sizes.steps; ++i) all.steps[at.steps + i] = part.steps[i];
  std::uint16_t more = 0;
  for (std::size_t i = 0; i < Sizes.rules; ++i) {
    CompiledRule& rule = all.rules[at.rules + i] = part.rules[i];
    rule.first_replacement = static_cast<std::uint16_t>(rule.first_replacement + at.replacements);
    rule.lambda = static_cast<std::uint16_t>(rule.lambda + lambdas);
    if (rule.is_lambda) ++more;
  }
  for (std::size_t i = 0; i < Sizes.replacements; ++i) {
    CompiledReplacement& replacement = all.replacements[at.replacements + i] = part.replacements[i];
    replacement.first_build += static_cast<std::uint32_t>(at.builds);
    replacement.first_guard += static_cast<std::uint32_t>(at.builds);
  }
  for (std::size_t i = 0; i < Sizes.builds; ++i) all.builds[at.builds + i] = part.builds[i];
  lambdas = static_cast<std::uint16_t>(lambdas + more);
  at = at + Sizes;
}

template <const auto& Set, bool ConstantsLast, std::size_t... Parts>
constexpr auto join_parts(std::index_sequence<Parts...>) {
  TablePart<(PartSizes{} + ... + part_sizes_of<Set, ConstantsLast, Parts>)> all;
  PartSizes at;
  std::uint16_t lambdas = 0;
  (append_part(all, at, lambdas, part_of<Set, ConstantsLast, Parts>), ...);
  return all;
}
template <const auto& Set>
using Parts = std::make_index_sequence<(std::remove_cvref_t<decltype(Set)>::rule_count + rules_a_part - 1) / rules_a_part>;
template <const auto& Set, bool ConstantsLast>
inline constexpr auto all_parts = join_parts<Set, ConstantsLast>(Parts<Set>{});

struct BucketSizes {
  std::size_t begin, members, user_ops;
};
template <BucketSizes Sizes>
struct BucketTable {
  std::uint32_t begin[Sizes.begin + 1] = {};
  std::uint16_t members[Sizes.members + 1] = {};
  Op user_ops[Sizes.user_ops + 1] = {};
};

template <const auto& Set, bool ConstantsLast>
constexpr Buckets fill_buckets() {
  const auto& all = all_parts<Set, ConstantsLast>;
  Buckets buckets{all.rows, all.roots, all.root_kinds, std::size(all.rows) - 1};
  buckets.fill();
  return buckets;
}
template <const auto& Set, bool ConstantsLast>
constexpr BucketSizes bucket_sizes() {
  const Buckets buckets = fill_buckets<Set, ConstantsLast>();
  return {buckets.begin.size(), buckets.members.size(), buckets.user_ops.size()};
}
template <const auto& Set, bool ConstantsLast>
constexpr auto make_buckets() {
  constexpr BucketSizes sizes = bucket_sizes<Set, ConstantsLast>();
  const Buckets buckets = fill_buckets<Set, ConstantsLast>();
  BucketTable<sizes> table;
  copy_to(buckets.begin, table.begin);
  copy_to(buckets.members, table.members);
  copy_to(buckets.user_ops, table.user_ops);
  return table;
}
template <const auto& Set, bool ConstantsLast>
inline constexpr auto buckets_of = make_buckets<Set, ConstantsLast>();

template <const auto& Set, bool ConstantsLast>
constexpr TableView view_of() {
  const auto& all = all_parts<Set, ConstantsLast>;
  const auto& buckets = buckets_of<Set, ConstantsLast>;
  return {all.rows,       all.steps,       all.rules,        all.replacements,
          all.builds,     buckets.begin,   buckets.members,  buckets.user_ops,
          std::size(buckets.user_ops) - 1, std::size(all.rules) - 1};
}

}  // namespace detail

/// The tables of a rule set, made in constant expressions. With `ConstantsLast`, the graph orders the operands
/// of commutative operators so that constants come last.
template <const auto& Set, bool ConstantsLast>
inline constexpr TableView table_of = detail::view_of<Set, ConstantsLast>();

}  // namespace v0
}  // namespace whittle
