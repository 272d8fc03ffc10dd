// Workloads that another program has chosen, and what is compared with others' results.
#pragma once

#include <cstdint>
#include <vector>

#include "workload.hpp"

namespace matcher_bench {

/// The workload in a file that export_workload wrote, or some of it.
Workload import_workload(const char* path);

/// structural_hash of each root below a sink.
std::vector<std::uint64_t> hashes_of_roots(const whittle::Graph& graph, whittle::Node sink);

}  // namespace matcher_bench
