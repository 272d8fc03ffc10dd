// Compiles a rule set into tables, in constant expressions.
#pragma once

#include <iterator>
#include <utility>
#include <vector>

#include <whittle/match/compile_rule.hpp>
#include <whittle/match/filter.hpp>

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
  std::vector<RowDemand> demands = {};
  std::vector<Step> rest = {};
  std::vector<std::uint8_t> is_implied = {};

  constexpr void compile() {
    std::uint16_t lambdas = 0;
    rows.reserve(64);
    steps.reserve(512);
    rest.reserve(512);
    builds.reserve(256);
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
      mark_conditions(made.first_guard);
      made.guard_count = static_cast<std::uint32_t>(builds.size()) - made.first_guard;
      replacements.push_back(made);
    }
    compiled.argument_count = static_cast<std::uint8_t>(rule.arguments.size);
    const BuildMaker maker{set.records, 0, names};
    for (std::uint32_t i = 0; i < rule.arguments.size; ++i)
      compiled.arguments[i] = maker.slot_of(set.records[rule.arguments.begin + i].name);
    rules.push_back(compiled);
  }

  /// Marks the operands of the conjunction that a guard is; builds from `begin` on are the guard.
  constexpr void mark_conditions(std::size_t begin) {
    const auto is_bool = [&](const BuildStep& step) {
      return step.kind == BuildKind::operation && (is_comparison(step.op) || step.op == Op::logical_not);
    };
    std::vector<std::uint8_t> conditions;  // of each sub-guard on the stack: whether it is a conjunction of conditions
    for (std::size_t i = begin; i < builds.size(); ++i) {
      const BuildStep& step = builds[i];
      bool all = is_bool(step);
      if (step.kind == BuildKind::operation && step.op == Op::bit_and && step.arity == 2)
        all = conditions[conditions.size() - 1] != 0 && conditions[conditions.size() - 2] != 0;
      for (std::uint8_t k = 0; k < step.arity; ++k) conditions.pop_back();
      conditions.push_back(all ? 1 : 0);
    }
    if (conditions.empty() || conditions.back() == 0) return;
    // From the end: operands of the topmost conjunctions are conditions, what is below them is skipped.
    std::size_t wanted = 1;
    for (std::size_t i = builds.size(); i > begin && wanted > 0;) {
      BuildStep& step = builds[--i];
      if (is_bool(step)) {
        step.must_hold = true;
        --wanted;
        for (std::size_t open = step.arity; open > 0;) open += builds[--i].arity - std::size_t{1};
      } else {
        ++wanted;
      }
    }
  }

  /// The steps that the filter leaves, each check as soon as it can be made: a row that fails has loaded little.
  constexpr void compile_filter(Row& row) {
    demands.push_back(demand_of(row, steps.data(), is_implied));
    row.first_rest = static_cast<std::uint32_t>(rest.size());
    for (std::uint32_t i = 0; i < row.step_count; ++i) {
      const Step& step = steps[row.first_step + i];
      if (is_implied[i] != 0 || step.kind == StepKind::source) continue;
      load(row, step.from);
      if (step.kind == StepKind::same) load(row, step.target);
      rest.push_back(step);
      const bool is_fixed = step.sources == Sources::exact && info(step.op).arity == step.index;
      if (step.kind == StepKind::op && is_fixed) rest.back().sources = Sources::every;
    }
    for (std::uint32_t i = 0; i < row.step_count; ++i)
      if (is_implied[i] == 0 && steps[row.first_step + i].kind == StepKind::source)
        load(row, steps[row.first_step + i].target);
    row.rest_count = static_cast<std::uint32_t>(rest.size()) - row.first_rest;
  }
  /// Loads a register, and before that those it is loaded from, unless that has been done.
  constexpr void load(const Row& row, std::uint8_t target) {
    for (std::uint32_t i = 0; i < row.step_count; ++i) {
      const Step& step = steps[row.first_step + i];
      if (step.kind != StepKind::source || step.target != target || is_implied[i] != 0) continue;
      is_implied[i] = 1;
      load(row, step.from);
      rest.push_back(step);
    }
  }

  constexpr void compile_left(std::uint16_t number, const RuleInfo& rule, const std::vector<VariableName>& names) {
    const PatternRecord* left = set.records + rule.left.begin;
    const DTypeRoles roles(left, rule.left.size, rule.arithmetic);
    RowMaker maker{left, roles, names, constants_last};
    std::size_t variants = 0;
    do {
      maker.walk(rule.left.size - 1);
      maker.row.rule = number;
      for (const Step& step : maker.structure)
        if (step.kind == StepKind::op_class && step.from == 0 && step.sources == Sources::exact)
          maker.row.root_arity = step.index;
      maker.row.first_step = static_cast<std::uint32_t>(steps.size());
      for (const Step& step : maker.structure) steps.push_back(step);
      for (const Step& step : maker.rest) steps.push_back(step);
      maker.row.step_count = static_cast<std::uint32_t>(steps.size()) - maker.row.first_step;
      compile_filter(maker.row);
      rows.push_back(maker.row);
      roots.push_back(maker.root);
      root_kinds.push_back(maker.root_kind);
      if (++variants > most_variants) ERROR_a_rule_has_more_than_64_variants();
    } while (maker.advance());
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
    if (root_kinds[row] == RecordKind::any_operator) {
      const std::uint8_t arity = rows[row].root_arity, fixed = info(op).arity;
      if (arity != any_arity && fixed != any_arity && arity != fixed) return false;
      return in_class(op, static_cast<OpClass>(static_cast<std::uint16_t>(roots[row])));
    }
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
  std::size_t rows = 0, steps = 0, rules = 0, replacements = 0, builds = 0, rest = 0;
  friend constexpr PartSizes operator+(PartSizes a, PartSizes b) {
    return {a.rows + b.rows,     a.steps + b.steps, a.rules + b.rules, a.replacements + b.replacements,
            a.builds + b.builds, a.rest + b.rest};
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
  RowDemand demands[Sizes.rows + 1] = {};
  Step rest[Sizes.rest + 1] = {};
};

inline constexpr std::size_t rules_a_part = 16;

template <const auto& Set>
constexpr Compiler part_compiler(std::size_t part, bool constants_last) {
  const RuleSetView set(Set);
  const std::size_t first = part * rules_a_part, end = first + rules_a_part;
  return {set, constants_last, first, end < set.rule_count ? end : set.rule_count};
}

template <class T, class U>
constexpr void copy_to(const T& from, U* to) {
  for (const auto& item : from) *to++ = item;
}

/// A part with room to spare, so that it is compiled once only; most parts fit.
inline constexpr PartSizes part_room{96, 768, rules_a_part, 48, 384, 768};
struct RoomyPart {
  PartSizes sizes;
  bool fits = false;
  TablePart<part_room> part;
};

template <PartSizes Sizes>
constexpr void fill_part(const Compiler& c, TablePart<Sizes>& part) {
  copy_to(c.rows, part.rows);
  copy_to(c.roots, part.roots);
  copy_to(c.root_kinds, part.root_kinds);
  copy_to(c.steps, part.steps);
  copy_to(c.rules, part.rules);
  copy_to(c.replacements, part.replacements);
  copy_to(c.builds, part.builds);
  copy_to(c.demands, part.demands);
  copy_to(c.rest, part.rest);
}

template <const auto& Set, bool ConstantsLast, std::size_t Part>
constexpr RoomyPart make_roomy_part() {
  Compiler c = part_compiler<Set>(Part, ConstantsLast);
  c.compile();
  RoomyPart made;
  made.sizes = {c.rows.size(), c.steps.size(), c.rules.size(), c.replacements.size(), c.builds.size(), c.rest.size()};
  made.fits = made.sizes.rows <= part_room.rows && made.sizes.steps <= part_room.steps &&
              made.sizes.replacements <= part_room.replacements && made.sizes.builds <= part_room.builds &&
              made.sizes.rest <= part_room.rest;
  if (made.fits) fill_part(c, made.part);
  return made;
}
template <const auto& Set, bool ConstantsLast, std::size_t Part>
inline constexpr RoomyPart roomy_part_of = make_roomy_part<Set, ConstantsLast, Part>();
template <const auto& Set, bool ConstantsLast, std::size_t Part>
inline constexpr PartSizes part_sizes_of = roomy_part_of<Set, ConstantsLast, Part>.sizes;

template <const auto& Set, bool ConstantsLast, std::size_t Part>
constexpr auto make_part() {
  Compiler c = part_compiler<Set>(Part, ConstantsLast);
  c.compile();
  TablePart<part_sizes_of<Set, ConstantsLast, Part>> part;
  fill_part(c, part);
  return part;
}
/// A part that did not fit.
template <const auto& Set, bool ConstantsLast, std::size_t Part>
inline constexpr auto part_of = make_part<Set, ConstantsLast, Part>();

/// Appends a part to a table that has `at` of everything and `lambdas` lambda rules so far.
template <PartSizes All, PartSizes Room>
constexpr void append_part(TablePart<All>& all, PartSizes& at, std::uint16_t& lambdas, const TablePart<Room>& part,
                           const PartSizes& sizes) {
  for (std::size_t i = 0; i < sizes.rows; ++i) {
    all.roots[at.rows + i] = part.roots[i];
    all.root_kinds[at.rows + i] = part.root_kinds[i];
    all.rows[at.rows + i] = part.rows[i];
    all.rows[at.rows + i].first_step += static_cast<std::uint32_t>(at.steps);
    all.rows[at.rows + i].first_rest += static_cast<std::uint32_t>(at.rest);
    all.demands[at.rows + i] = part.demands[i];
  }
  for (std::size_t i = 0; i < sizes.rest; ++i) all.rest[at.rest + i] = part.rest[i];
  for (std::size_t i = 0; i < sizes.steps; ++i) all.steps[at.steps + i] = part.steps[i];
  std::uint16_t more = 0;
  for (std::size_t i = 0; i < sizes.rules; ++i) {
    CompiledRule& rule = all.rules[at.rules + i] = part.rules[i];
    rule.first_replacement = static_cast<std::uint16_t>(rule.first_replacement + at.replacements);
    rule.lambda = static_cast<std::uint16_t>(rule.lambda + lambdas);
    if (rule.is_lambda) ++more;
  }
  for (std::size_t i = 0; i < sizes.replacements; ++i) {
    CompiledReplacement& replacement = all.replacements[at.replacements + i] = part.replacements[i];
    replacement.first_build += static_cast<std::uint32_t>(at.builds);
    replacement.first_guard += static_cast<std::uint32_t>(at.builds);
  }
  for (std::size_t i = 0; i < sizes.builds; ++i) all.builds[at.builds + i] = part.builds[i];
  lambdas = static_cast<std::uint16_t>(lambdas + more);
  at = at + sizes;
}

template <const auto& Set, bool ConstantsLast, std::size_t... Parts>
constexpr auto join_parts(std::index_sequence<Parts...>) {
  TablePart<(PartSizes{} + ... + part_sizes_of<Set, ConstantsLast, Parts>)> all;
  PartSizes at;
  std::uint16_t lambdas = 0;
  const auto append = [&]<std::size_t Part>() {
    constexpr PartSizes sizes = part_sizes_of<Set, ConstantsLast, Part>;
    if constexpr (roomy_part_of<Set, ConstantsLast, Part>.fits)
      append_part(all, at, lambdas, roomy_part_of<Set, ConstantsLast, Part>.part, sizes);
    else
      append_part(all, at, lambdas, part_of<Set, ConstantsLast, Part>, sizes);
  };
  (append.template operator()<Parts>(), ...);
  return all;
}
template <const auto& Set>
using Parts =
    std::make_index_sequence<(std::remove_cvref_t<decltype(Set)>::rule_count + rules_a_part - 1) / rules_a_part>;
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

struct FilterSizes {
  std::size_t buckets, words;
};
template <FilterSizes Sizes>
struct FilterTable {
  std::uint8_t columns[op_count + 1] = {};
  std::size_t column_count = 0;
  FilterBucket buckets[Sizes.buckets + 1] = {};
  std::uint64_t words[Sizes.words + 1] = {};
};

template <const auto& Set, bool ConstantsLast>
constexpr FilterMaker start_filter() {
  const auto& all = all_parts<Set, ConstantsLast>;
  const auto& buckets = buckets_of<Set, ConstantsLast>;
  FilterMaker maker;
  maker.number_columns(all.demands, std::size(all.demands) - 1);
  for (std::size_t b = 0; b + 2 < std::size(buckets.begin); ++b)
    maker.add_bucket(buckets.begin[b + 1] - buckets.begin[b]);
  return maker;
}
template <const auto& Set, bool ConstantsLast>
constexpr FilterSizes filter_sizes() {
  const FilterMaker maker = start_filter<Set, ConstantsLast>();
  return {maker.buckets.size(), maker.word_count};
}
template <const auto& Set, bool ConstantsLast>
constexpr auto make_filter() {
  constexpr FilterSizes sizes = filter_sizes<Set, ConstantsLast>();
  const auto& all = all_parts<Set, ConstantsLast>;
  const auto& buckets = buckets_of<Set, ConstantsLast>;
  const FilterMaker maker = start_filter<Set, ConstantsLast>();
  FilterTable<sizes> table;
  copy_to(maker.columns, table.columns);
  table.column_count = maker.column_count;
  copy_to(maker.buckets, table.buckets);
  for (std::size_t b = 0; b < sizes.buckets; ++b)
    maker.fill(b, all.demands, buckets.members + buckets.begin[b], buckets.begin[b + 1] - buckets.begin[b],
               table.words);
  return table;
}
template <const auto& Set, bool ConstantsLast>
inline constexpr auto filter_of = make_filter<Set, ConstantsLast>();

template <const auto& Set, bool ConstantsLast>
constexpr TableView view_of() {
  const auto& all = all_parts<Set, ConstantsLast>;
  const auto& buckets = buckets_of<Set, ConstantsLast>;
  const auto& filter = filter_of<Set, ConstantsLast>;
  return {all.rows,
          all.steps,
          all.rules,
          all.replacements,
          all.builds,
          buckets.begin,
          buckets.members,
          buckets.user_ops,
          std::size(buckets.user_ops) - 1,
          std::size(all.rules) - 1,
          {filter.columns, filter.column_count, filter.buckets, filter.words, all.rest}};
}

}  // namespace detail

/// The tables of a rule set, made in constant expressions. With `ConstantsLast`, the graph orders the operands
/// of commutative operators so that constants come last.
template <const auto& Set, bool ConstantsLast>
inline constexpr TableView table_of = detail::view_of<Set, ConstantsLast>();

}  // namespace v0
}  // namespace whittle
