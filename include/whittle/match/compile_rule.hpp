// Compiles one rule: the rows of its left side, and the steps that build its right side.
#pragma once

#include <vector>

#include <whittle/match/table.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

void ERROR_a_rule_has_more_than_64_variants();
void ERROR_a_rule_has_more_than_16_names();
void ERROR_a_left_side_looks_at_more_than_48_nodes();

/// The dtypes each record of a left side may have, from the rule's arithmetic and the operators above it.
struct DTypeRoles {
  const PatternRecord* left;
  DTypes values;
  std::vector<DTypes> masks;
  std::vector<std::uint32_t> sizes;  ///< of the sub-pattern that ends at each record

  constexpr DTypeRoles(const PatternRecord* records, std::uint32_t count, Arithmetic arithmetic)
      : left(records),
        values(dtypes_of(arithmetic)),
        masks(count, any_dtype),
        sizes(count, 1) {
    for (std::uint32_t i = 0; i < count; ++i)
      for (std::uint32_t k = 0, at = i; k < left[i].arity; ++k) {
        at -= k == 0 ? 1 : sizes[at];
        sizes[i] += sizes[at];
      }
    assign(count - 1, any_dtype, true);
  }

  /// The record of the k-th sub-pattern of record i.
  constexpr std::uint32_t child(std::uint32_t i, std::uint32_t k) const {
    std::uint32_t at = i - 1;
    for (std::uint32_t skip = left[i].arity - 1u; skip > k; --skip) at -= sizes[at];
    return at;
  }

  constexpr void assign(std::uint32_t i, DTypes role, bool is_value) {
    const PatternRecord& record = left[i];
    const DTypes boolean_only = only(DType::boolean);
    DTypes own = role & record.dtypes, below = any_dtype;
    bool below_is_value = true;
    if (record.kind == RecordKind::alternatives || record.kind == RecordKind::optional) {
      below = own;
      below_is_value = is_value;
    } else if (record.kind == RecordKind::any_operator) {
      const bool compares = record.op == static_cast<Op>(OpClass::comparison);
      own = compares ? boolean_only : own & values;
      below = compares ? values : any_dtype;
    } else if (record.kind != RecordKind::operation) {
      if (is_value) own = own & values;
    } else if (is_comparison(record.op)) {
      own = boolean_only;
      below = values;
    } else if (record.op == Op::logical_not) {
      own = below = boolean_only;
      below_is_value = false;
    } else if (record.op == Op::cast || record.op == Op::bitcast) {
      own = own & values;
      below_is_value = false;
    } else if (is_elementwise(record.op)) {
      if (!(record.dtypes == boolean_only)) own = own & values;
      below = own;
      below_is_value = false;  // the operator's own dtype says it all
    } else {
      below_is_value = false;
    }
    masks[i] = own;
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      const bool condition = record.kind == RecordKind::operation && record.op == Op::where && k == 0;
      assign(child(i, k), condition ? boolean_only : below, below_is_value && !condition);
    }
  }
};

/// Makes the rows of one rule: a walk over the left side for each combination of choices.
struct RowMaker {
  const PatternRecord* left;
  const DTypeRoles& roles;
  const std::vector<VariableName>& names;
  bool constants_last;

  std::vector<Step> structure = {}, rest = {};
  Row row = {};
  Op root = Op::none;
  RecordKind root_kind = RecordKind::operation;
  std::uint8_t next_register = 1;
  std::uint8_t choices[most_variants] = {}, radices[most_variants] = {};
  std::size_t depth = 0, known = 0;

  constexpr std::uint8_t choose(std::uint8_t radix) {
    if (depth == known) {
      if (known == most_variants) ERROR_a_rule_has_more_than_64_variants();
      choices[known] = 0;
      radices[known++] = radix;
    }
    return choices[depth++];
  }
  /// Moves on to the next combination; false after the last.
  constexpr bool advance() {
    while (known > 0) {
      if (++choices[known - 1] < radices[known - 1]) return true;
      --known;
    }
    return false;
  }

  constexpr void walk(std::uint32_t i) {
    structure.clear();
    rest.clear();
    row = {};
    for (std::uint8_t& slot : row.slots) slot = unbound;
    next_register = 1;
    depth = 0;
    visit(i, 0, any_dtype, true);
  }

  constexpr std::uint8_t fresh_register() {
    if (next_register == most_registers) ERROR_a_left_side_looks_at_more_than_48_nodes();
    return next_register++;
  }

  constexpr void bind(VariableName name, std::uint8_t reg) {
    if (name.empty()) return;
    std::size_t slot = 0;
    while (!(names[slot] == name)) ++slot;
    if (row.slots[slot] == unbound)
      row.slots[slot] = reg;
    else
      rest.push_back({StepKind::same, reg, row.slots[slot]});
  }

  constexpr bool is_constant_pattern(std::uint32_t i) const {
    const RecordKind kind = left[i].kind;
    return kind == RecordKind::constant || kind == RecordKind::integer || kind == RecordKind::real ||
           kind == RecordKind::truth;
  }

  constexpr bool order_matters(std::uint32_t a, std::uint32_t b) const {
    if (constants_last && (is_constant_pattern(a) != is_constant_pattern(b))) {
      const RecordKind other = left[is_constant_pattern(a) ? b : a].kind;
      return other == RecordKind::alternatives || other == RecordKind::optional;
    }
    if (left[a].kind == RecordKind::anything && left[b].kind == RecordKind::anything) return false;
    return !(left[a].kind == RecordKind::variable && left[b].kind == RecordKind::variable &&
             left[a].name == left[b].name);
  }

  constexpr void visit(std::uint32_t i, std::uint8_t reg, DTypes implied, bool is_root) {
    const PatternRecord& record = left[i];
    if (record.kind == RecordKind::alternatives)
      return visit(roles.child(i, choose(record.arity)), reg, implied, is_root);
    if (record.kind == RecordKind::optional) return visit(roles.child(i, 0), reg, implied, is_root);
    if (is_root) {
      root = record.op;
      root_kind = record.kind;
    }
    if (record.kind == RecordKind::operation || record.kind == RecordKind::any_operator)
      return visit_operation(i, reg, implied, is_root);
    test_dtype(i, reg, implied);
    switch (record.kind) {
    case RecordKind::constant: rest.push_back({StepKind::constant, reg}); break;
    case RecordKind::variable:
      if (record.bits != 0) rest.push_back({StepKind::nonconstant, reg});
      break;
    case RecordKind::integer: rest.push_back({StepKind::integer, reg, 0, 0, {}, Op::none, {}, record.bits}); break;
    case RecordKind::real: rest.push_back({StepKind::real, reg, 0, 0, {}, Op::none, {}, record.bits}); break;
    case RecordKind::truth: rest.push_back({StepKind::truth, reg, 0, 0, {}, Op::none, {}, record.bits}); break;
    default: break;
    }
    bind(record.name, reg);
  }

  constexpr void test_dtype(std::uint32_t i, std::uint8_t reg, DTypes implied) {
    if ((implied.mask & ~roles.masks[i].mask) == 0) return;
    rest.push_back({StepKind::dtype, reg, 0, 0, {}, Op::none, roles.masks[i]});
  }

  constexpr void visit_operation(std::uint32_t i, std::uint8_t reg, DTypes implied, bool is_root) {
    const PatternRecord& record = left[i];
    for (std::uint32_t k = 0; k < record.arity && !is_root; ++k) {
      const std::uint32_t operand = roles.child(i, k);
      if (left[operand].kind == RecordKind::optional && choose(2) == 1) return visit_without(i, k, reg, implied);
    }
    const bool one_op = record.kind == RecordKind::operation;
    const std::uint8_t arity = record.sources == Sources::every ? 0 : record.arity;
    const bool fixed_arity = one_op && record.sources == Sources::exact && info(record.op).arity == record.arity;
    if (!is_root || !fixed_arity)
      structure.push_back({one_op ? StepKind::op : StepKind::op_class, reg, 0, arity, record.sources, record.op});
    if (record.has_argument) rest.push_back({StepKind::argument, reg, 0, 0, {}, Op::none, {}, record.bits});
    const bool tells_dtype = one_op && (is_comparison(record.op) || record.op == Op::logical_not);
    if (!tells_dtype) test_dtype(i, reg, implied);
    bind(record.name, reg);
    if (record.sources == Sources::every) return visit_every(i, reg);
    visit_sources(i, reg);
  }

  constexpr void visit_every(std::uint32_t i, std::uint8_t reg) {
    const std::uint32_t leaf = roles.child(i, 0);
    rest.push_back({StepKind::every,
                    reg,
                    0,
                    static_cast<std::uint8_t>(left[leaf].kind == RecordKind::constant),
                    {},
                    Op::none,
                    roles.masks[leaf]});
  }

  constexpr void visit_sources(std::uint32_t i, std::uint8_t reg) {
    const PatternRecord& record = left[i];
    bool swapped = false;
    if (record.kind == RecordKind::operation && is_commutative(record.op) && record.arity == 2) {
      const std::uint32_t a = roles.child(i, 0), b = roles.child(i, 1);
      if (order_matters(a, b))
        swapped = choose(2) == 1;
      else
        swapped = constants_last && is_constant_pattern(a) && !is_constant_pattern(b);
    }
    DTypes implied = implied_below(i);
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      const std::uint32_t operand = roles.child(i, swapped ? 1 - k : k);
      const bool condition = record.op == Op::where && record.kind == RecordKind::operation && k == 0;
      if (left[operand].kind == RecordKind::anything && roles.masks[operand] == any_dtype) continue;
      const std::uint8_t to = fresh_register();
      structure.push_back({StepKind::source, reg, to, static_cast<std::uint8_t>(k)});
      visit(operand, to, condition ? only(DType::boolean) : implied, false);
      if (record.kind == RecordKind::operation && is_comparison(record.op)) implied = implied & roles.masks[operand];
    }
  }

  /// What a well-typed graph guarantees of the sources of record i.
  constexpr DTypes implied_below(std::uint32_t i) const {
    const PatternRecord& record = left[i];
    if (record.kind != RecordKind::operation || !is_elementwise(record.op)) return any_dtype;
    if (record.op == Op::cast || record.op == Op::bitcast || is_comparison(record.op)) return any_dtype;
    return record.op == Op::logical_not ? only(DType::boolean) : roles.masks[i];
  }

  /// Record i with its optional operand k missing: its other operand, and the default.
  constexpr void visit_without(std::uint32_t i, std::uint32_t k, std::uint8_t reg, DTypes implied) {
    const PatternRecord& missing = left[roles.child(i, k)];
    const std::uint8_t to = fresh_register();
    rest.push_back({missing.op == Op::fdiv ? StepKind::fill_real : StepKind::fill_integer,
                    reg,
                    to,
                    0,
                    {},
                    Op::none,
                    {},
                    missing.bits});
    bind(missing.name, to);
    visit(roles.child(i, 1 - k), reg, implied, false);
  }
};

/// Turns a right side or a guard into build steps.
struct BuildMaker {
  const PatternRecord* records;
  std::uint32_t count;
  const std::vector<VariableName>& names;

  constexpr std::uint8_t slot_of(VariableName name) const {
    std::size_t slot = 0;
    while (slot < names.size() && !(names[slot] == name)) ++slot;
    return static_cast<std::uint8_t>(slot);
  }

  struct TypeOf {
    DTypeFrom from = DTypeFrom::root;
    std::uint8_t slot = 0;
    DType dtype = DType::none;
    bool known = false;
  };

  constexpr DType fixed_dtype(const PatternRecord& record) const {
    for (unsigned t = 1; t < dtype_count; ++t)
      if (record.dtypes == only(static_cast<DType>(t))) return static_cast<DType>(t);
    return DType::none;
  }

  /// Where a sub-pattern's dtype can be read off; unknown for bare literals.
  constexpr TypeOf type_of(std::uint32_t i, const DTypeRoles& tree) const {
    const PatternRecord& record = records[i];
    const DType fixed = fixed_dtype(record);
    switch (record.kind) {
    case RecordKind::variable:
    case RecordKind::constant: return {DTypeFrom::slot, slot_of(record.name), DType::none, true};
    case RecordKind::truth: return {DTypeFrom::fixed, 0, DType::boolean, true};
    case RecordKind::operation: break;
    default: return {};
    }
    if (is_comparison(record.op) || record.op == Op::logical_not) return {DTypeFrom::fixed, 0, DType::boolean, true};
    if (fixed != DType::none) return {DTypeFrom::fixed, 0, fixed, true};
    if (record.op == Op::cast || record.op == Op::bitcast) return {DTypeFrom::root, 0, DType::none, true};
    for (std::uint32_t k = record.op == Op::where ? 1 : 0; k < record.arity; ++k)
      if (const TypeOf below = type_of(tree.child(i, k), tree); below.known) return below;
    return {};
  }

  constexpr void make(std::vector<BuildStep>& out) const {
    const DTypeRoles tree(records, count, structural);
    std::vector<TypeOf> types(count);
    types[count - 1] = type_of(count - 1, tree);
    for (std::uint32_t i = count; i-- > 0;)
      for (std::uint32_t k = 0; k < records[i].arity; ++k) types[tree.child(i, k)] = type_below(i, k, types[i], tree);
    for (std::uint32_t i = 0; i < count; ++i) out.push_back(step(records[i], types[i]));
  }

  /// The type of operand k of record i: its own, else that of a sibling, else that of the parent.
  constexpr TypeOf type_below(std::uint32_t i, std::uint32_t k, TypeOf parent, const DTypeRoles& tree) const {
    const PatternRecord& record = records[i];
    const TypeOf own = type_of(tree.child(i, k), tree);
    if (own.known || record.kind != RecordKind::operation) return own;
    if (record.op == Op::where && k == 0) return {DTypeFrom::fixed, 0, DType::boolean, true};
    for (std::uint32_t sibling = record.op == Op::where ? 1 : 0; sibling < record.arity; ++sibling)
      if (const TypeOf type = type_of(tree.child(i, sibling), tree); sibling != k && type.known) return type;
    return is_comparison(record.op) ? TypeOf{} : parent;
  }

  constexpr BuildStep step(const PatternRecord& record, TypeOf type) const {
    BuildStep made;
    made.arity = record.arity;
    made.op = record.op;
    made.bits = record.bits;
    made.has_argument = record.has_argument;
    made.dtype_from = type.from;
    made.dtype_at = type.slot;
    made.dtype = type.dtype;
    switch (record.kind) {
    case RecordKind::integer: made.kind = BuildKind::integer; break;
    case RecordKind::real: made.kind = BuildKind::real; break;
    case RecordKind::truth: made.kind = BuildKind::truth; break;
    case RecordKind::operation: made.kind = BuildKind::operation; break;
    case RecordKind::any_operator: made.kind = BuildKind::any_operator; break;
    default: made.kind = BuildKind::slot;
    }
    if (!record.name.empty()) made.slot = slot_of(record.name);
    if (made.kind != BuildKind::operation) return made;
    return with_result_dtype(made, fixed_dtype(record));
  }

  constexpr BuildStep with_result_dtype(BuildStep made, DType fixed) const {
    const auto set = [&](DTypeFrom from, DType dtype, std::uint8_t operand) {
      made.dtype_from = from;
      made.dtype = dtype;
      made.dtype_at = operand;
    };
    if (is_comparison(made.op) || made.op == Op::logical_not)
      set(DTypeFrom::fixed, DType::boolean, 0);
    else if (fixed != DType::none)
      set(DTypeFrom::fixed, fixed, 0);
    else if (made.op == Op::cast || made.op == Op::bitcast || made.arity == 0)
      set(DTypeFrom::root, DType::none, 0);
    else if (made.op == Op::store || made.op == Op::end || made.op == Op::sink || made.op == Op::group ||
             made.op == Op::barrier)
      set(DTypeFrom::fixed, DType::none, 0);
    else
      set(DTypeFrom::operand, DType::none, made.op == Op::where ? 1 : 0);
    return made;
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
