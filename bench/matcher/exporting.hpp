// Workloads and rules as text for rivals in other languages.
#pragma once

#include <cstddef>

namespace matcher_bench {

/// The nodes of a workload, a JSON list each: [operator, constant or name, sources...].
void export_workload(const char* kind, std::size_t nodes);

/// A set of `count` rules as JSON: the records of left sides, right sides and guards.
void export_rules(unsigned count);

}  // namespace matcher_bench
