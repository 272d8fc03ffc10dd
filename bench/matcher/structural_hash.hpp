// A number for an expression that is the same for structurally equal ones, whoever keeps them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace matcher_bench {

/// Of an operator over operands with these hashes; `number` is that of a constant or leaf. Sorts the operands of
/// commutative operators.
inline std::uint64_t structural_hash(std::string_view op, bool is_truth, std::int64_t number,
                                     std::vector<std::uint64_t>& operands) {
  if (op == "range" || op == "variable") op = "leaf";
  for (std::string_view commutative : {"add", "mul", "min", "max", "eq", "ne"})
    if (op == commutative) std::sort(operands.begin(), operands.end());
  std::uint64_t hash = is_truth ? 3 : 5;
  const auto mix = [&hash](std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  };
  for (char letter : op) mix(static_cast<std::uint64_t>(letter));
  mix(static_cast<std::uint64_t>(number));
  for (std::uint64_t operand : operands) mix(operand);
  return hash;
}

}  // namespace matcher_bench
