// Rules as text: what a report, a trace or an error calls them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <whittle/match/infix.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

inline std::string name_text(VariableName name) {
  std::string text;
  for (unsigned i = 0; i < VariableName::most && name.at(i) != 0; ++i) text += name.at(i);
  return text;
}

inline std::string operation_text(const PatternRecord& record, const std::vector<std::string>& operands) {
  const std::string_view sign =
      record.kind == RecordKind::operation && operands.size() == 2 ? infix_sign(record.op) : std::string_view{};
  if (!sign.empty()) {
    const bool logical = record.dtypes == only(DType::boolean) && (record.op == Op::bit_and || record.op == Op::bit_or);
    const std::string_view shown = !logical ? sign : record.op == Op::bit_and ? " && " : " || ";
    return std::string("(").append(operands[0]).append(shown).append(operands[1]) + ")";
  }
  std::string text;
  if (record.kind == RecordKind::alternatives)
    text = "any_of";
  else if (record.kind == RecordKind::optional)
    text = "maybe";
  else if (record.kind == RecordKind::any_operator)
    text = name_text(record.name);
  else if (static_cast<std::size_t>(record.op) < op_count)
    text = std::string(name(record.op));
  else
    text = "op" + std::to_string(static_cast<unsigned>(record.op));
  text += "(";
  for (std::size_t i = 0; i < operands.size(); ++i) text += (i == 0 ? "" : ", ") + operands[i];
  if (record.sources != Sources::exact) text += record.sources == Sources::every ? "..." : ", ...";
  return text + ")";
}

inline std::string leaf_text(const PatternRecord& record) {
  switch (record.kind) {
  case RecordKind::integer: return std::to_string(static_cast<std::int64_t>(record.bits));
  case RecordKind::truth: return record.bits != 0 ? "true" : "false";
  case RecordKind::real: {
    std::string text = std::to_string(std::bit_cast<double>(record.bits));
    while (text.size() > 1 && text.back() == '0' && text[text.size() - 2] != '.') text.pop_back();
    return text;
  }
  case RecordKind::anything: return "_";
  case RecordKind::operation: return std::string(name(record.op));
  default: return name_text(record.name);
  }
}

inline std::string pattern_text(const PatternRecord* records, PatternSpan span) {
  std::vector<std::string> stack;
  for (std::uint32_t i = span.begin; i < span.begin + span.size; ++i) {
    const PatternRecord& record = records[i];
    if (record.arity == 0) {
      stack.push_back(leaf_text(record));
      continue;
    }
    const std::vector<std::string> operands(stack.end() - record.arity, stack.end());
    stack.resize(stack.size() - record.arity);
    stack.push_back(operation_text(record, operands));
  }
  if (stack.empty()) return "";
  std::string& whole = stack.back();  // outermost parentheses say nothing
  const bool wrapped =
      span.size > 1 && whole.front() == '(' && !infix_sign(records[span.begin + span.size - 1].op).empty();
  return wrapped ? whole.substr(1, whole.size() - 2) : whole;
}

}  // namespace detail

/// A rule as it would be written: `x * c1 / c2 >>= x * (c1 / c2) |= when(...)`.
inline std::string text_of(const RuleSetView& set, std::size_t rule) {
  const RuleInfo& info = set.rules[rule];
  std::string text = detail::pattern_text(set.records, info.left) + " >>= ";
  if (info.is_lambda) text += "lambda";
  for (std::uint32_t i = 0; i < info.replacement_count; ++i) {
    const ReplacementInfo& replacement = set.replacements[info.replacements + i];
    text += (i == 0 ? "" : ", ") + detail::pattern_text(set.records, replacement.right);
    if (replacement.guard.size != 0) text += " |= when(" + detail::pattern_text(set.records, replacement.guard) + ")";
  }
  return text;
}

/// A rule's name: the one given, or its text.
inline std::string name_of(const RuleSetView& set, std::size_t rule) {
  return set.rules[rule].name != nullptr ? set.rules[rule].name : text_of(set, rule);
}

/// 'name' (file.hpp:12)
inline std::string place_text(std::string_view name, std::string_view path, std::uint32_t line) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  return "'" + std::string(name) + "' (" + std::string(file) + ":" + std::to_string(line) + ")";
}

/// A rule's name with its file and line.
inline std::string place_of(const RuleSetView& set, std::size_t rule) {
  return place_text(name_of(set, rule), set.rules[rule].file, set.rules[rule].line);
}

}  // namespace v0
}  // namespace whittle
