// What is wrong with a rule, as a value and as a sentence that a compiler prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <whittle/match/infix.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {

enum class FaultKind : std::uint8_t {
  none,
  right_unbound,
  guard_unbound,
  lambda_unbound,
  right_bound_in_some,
  guard_bound_in_some,
  lambda_bound_in_some,
  too_many_names,
  too_many_variants,
  left_operands_differ,
  right_operands_differ,
  guard_operands_differ,
  sides_differ,
  sides_may_differ,
  guard_is_no_condition,
  duplicate,
  shadowed,
  shadowed_by_several,
  part_rewritten,
  not_decreasing,
  too_many_bounded,
};

/// The first fault of a rule set; none if `kind` is none.
struct RuleFault {
  FaultKind kind = FaultKind::none;
  std::uint32_t rule = 0;
  static constexpr std::uint32_t most_others = 4;
  std::uint32_t others[most_others] = {};  ///< rules that are to blame: of the earlier set, if there is one
  std::uint32_t other_count = 0;           ///< can be greater: the first ones are kept
  VariableName name = {};
  PatternSpan part = {};  ///< the sub-pattern at fault, if only one is
  constexpr bool found() const { return kind != FaultKind::none; }
};

namespace detail::checks {

/// Text in a buffer; what does not fit is cut off.
class TextWriter {
 public:
  static constexpr std::size_t most = 600;
  constexpr void add(char c) {
    if (size_ + 1 < most) text_[size_++] = c;
  }
  constexpr void add(std::string_view text) {
    for (char c : text) add(c);
  }
  constexpr void add(VariableName name) {
    for (unsigned i = 0; i < VariableName::most && name.at(i) != 0; ++i) add(name.at(i));
  }
  constexpr void add_number(std::int64_t value) {
    if (value < 0) add('-');
    std::uint64_t rest = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    char digits[20] = {};
    std::size_t count = 0;
    for (; count == 0 || rest != 0; rest /= 10) digits[count++] = static_cast<char>('0' + rest % 10);
    while (count > 0) add(digits[--count]);
  }
  constexpr std::size_t size() const { return size_; }
  constexpr char operator[](std::size_t i) const { return text_[i]; }
  constexpr std::string_view view() const { return {text_, size_}; }

 private:
  char text_[most] = {};
  std::size_t size_ = 0;
};

/// Writes patterns: a record's operands lie before it.
struct PatternWriter {
  const PatternRecord* records;
  TextWriter& out;

  /// The first record of the sub-pattern that ends with record i.
  constexpr std::uint32_t first_of(std::uint32_t i) const {
    std::uint32_t missing = 1;
    for (;; --i) {
      missing += records[i].arity - 1u;
      if (missing == 0) return i;
    }
  }
  /// The last records of the sub-patterns of record i, in order; their number is its arity.
  constexpr void operands(std::uint32_t i, std::uint32_t (&ends)[256]) const {
    std::uint32_t end = i;
    for (std::uint32_t k = records[i].arity; k-- > 0;) {
      ends[k] = end - 1;
      end = first_of(end - 1);
    }
  }

  constexpr void write(std::uint32_t i, bool inside) {
    const PatternRecord& record = records[i];
    if (record.arity == 0) return write_leaf(record);
    std::uint32_t ends[256] = {};
    operands(i, ends);
    const std::string_view sign =
        record.kind == RecordKind::operation && record.arity == 2 ? infix_sign(record.op) : std::string_view{};
    if (sign.empty()) return write_call(record, ends);
    if (inside) out.add('(');
    write(ends[0], true);
    const bool logical = record.dtypes == only(DType::boolean);
    out.add(logical && record.op == Op::bit_and ? " && " : logical && record.op == Op::bit_or ? " || " : sign);
    write(ends[1], true);
    if (inside) out.add(')');
  }

  constexpr void write_operator(const PatternRecord& record) {
    if (record.kind == RecordKind::alternatives)
      out.add("any_of");
    else if (record.kind == RecordKind::optional)
      out.add("maybe");
    else if (record.kind == RecordKind::any_operator)
      out.add(record.name);
    else if (static_cast<std::size_t>(record.op) < op_count)
      out.add(name(record.op));
    else
      out.add("op"), out.add_number(static_cast<std::int64_t>(record.op));
  }
  constexpr void write_call(const PatternRecord& record, const std::uint32_t (&ends)[256]) {
    write_operator(record);
    out.add('(');
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      if (k != 0) out.add(", ");
      write(ends[k], false);
    }
    if (record.sources != Sources::exact) out.add(record.sources == Sources::every ? "..." : ", ...");
    out.add(')');
  }
  constexpr void write_leaf(const PatternRecord& record) {
    switch (record.kind) {
    case RecordKind::integer: return out.add_number(static_cast<std::int64_t>(record.bits));
    case RecordKind::truth: return out.add(record.bits != 0 ? "true" : "false");
    case RecordKind::real: return write_real(std::bit_cast<double>(record.bits));
    case RecordKind::anything: return out.add('_');
    case RecordKind::operation: return write_operator(record);
    default: return out.add(record.name);
    }
  }
  /// Three decimals, which tell one literal from another well enough.
  constexpr void write_real(double value) {
    if (value < 0) out.add('-');
    const double size = value < 0 ? -value : value;
    if (!(size < 1e15)) return out.add("real");
    const auto whole = static_cast<std::int64_t>(size);
    out.add_number(whole);
    out.add('.');
    const auto thousandths = static_cast<std::int64_t>((size - static_cast<double>(whole)) * 1000);
    out.add_number(thousandths / 100);
    if (thousandths % 100 != 0) out.add_number(thousandths / 10 % 10), out.add_number(thousandths % 10);
  }
};

/// `x + c1` (algebra.hpp:12): the name given or the left side, and the place.
constexpr void write_rule(const RuleSetView& set, std::uint32_t rule, TextWriter& out) {
  const RuleInfo& info = set.rules[rule];
  out.add('`');
  if (info.name != nullptr)
    out.add(std::string_view(info.name));
  else
    PatternWriter{set.records, out}.write(info.left.begin + info.left.size - 1, false);
  out.add("` (");
  std::string_view file = info.file;
  if (const std::size_t slash = file.rfind('/'); slash != std::string_view::npos) file.remove_prefix(slash + 1);
  out.add(file);
  out.add(':');
  out.add_number(info.line);
  out.add(')');
}

constexpr std::string_view cause_of(FaultKind kind) {
  switch (kind) {
  case FaultKind::right_unbound: return "the left side does not bind what the right side uses:";
  case FaultKind::guard_unbound: return "the left side does not bind what the guard uses:";
  case FaultKind::lambda_unbound: return "the left side does not bind what the lambda takes:";
  case FaultKind::right_bound_in_some: return "not every alternative of the left side binds what the right side uses:";
  case FaultKind::guard_bound_in_some: return "not every alternative of the left side binds what the guard uses:";
  case FaultKind::lambda_bound_in_some: return "not every alternative of the left side binds what the lambda takes:";
  case FaultKind::too_many_names: return "has more than 16 names";
  case FaultKind::too_many_variants: return "has more than 64 variants";
  case FaultKind::left_operands_differ: return "on the left side, no dtype fits all of";
  case FaultKind::right_operands_differ: return "on the right side, no dtype fits all of";
  case FaultKind::guard_operands_differ: return "in the guard, no dtype fits all of";
  case FaultKind::sides_differ: return "the right side is of another dtype than the left side";
  case FaultKind::sides_may_differ: return "the right side can be of another dtype than the left side";
  case FaultKind::guard_is_no_condition: return "the guard is no condition:";
  case FaultKind::duplicate: return "repeats";
  case FaultKind::shadowed: return "is shadowed by";
  case FaultKind::shadowed_by_several: return "is shadowed by these together:";
  case FaultKind::part_rewritten: return "never fires, since its part";
  case FaultKind::not_decreasing: return "may not terminate: it does not decrease the measure";
  case FaultKind::too_many_bounded: return "is one rule too many with a bound of its own: at most 5 % may have one";
  default: return "";
  }
}

/// The sentence about a fault. `earlier`: the set whose rules are to blame.
constexpr TextWriter sentence_of(const RuleSetView& set, const RuleFault& fault, const RuleSetView& earlier) {
  TextWriter out;
  if (!fault.found()) return out;
  out.add("rule ");
  write_rule(set, fault.rule, out);
  out.add(fault.kind >= FaultKind::too_many_bounded || fault.kind == FaultKind::duplicate ||
                  fault.kind == FaultKind::shadowed || fault.kind == FaultKind::shadowed_by_several
              ? " "
              : ": ");
  out.add(cause_of(fault.kind));
  if (!fault.name.empty()) {
    out.add(' ');
    out.add(fault.name);
  }
  if (fault.part.size != 0) {
    out.add(" `");
    PatternWriter{set.records, out}.write(fault.part.begin + fault.part.size - 1, false);
    out.add('`');
  }
  if (fault.kind == FaultKind::part_rewritten) out.add(" is always rewritten by");
  for (std::uint32_t i = 0; i < fault.other_count && i < RuleFault::most_others; ++i) {
    out.add(i == 0 ? " " : ", ");
    write_rule(earlier, fault.others[i], out);
  }
  if (fault.other_count > RuleFault::most_others) out.add(" and others");
  return out;
}

}  // namespace detail::checks
}  // namespace v0
}  // namespace whittle
