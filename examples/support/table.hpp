// What whittle did, as one table.
#pragma once

#include <cstdio>
#include <cstdint>

#include <whittle/lower/pipeline.hpp>
#include <whittle/tensor/context.hpp>

namespace support {

inline void print_table(double step_seconds) {
    namespace w = whittle;
    std::printf("%-30s %12s %12s %12s %10s\n", "pass", "runs", "by rules", "by lambdas", "ms");
    std::uint64_t rules = 0, lambdas = 0;
    double seconds = 0;
    for (const w::PassStatistics& pass : w::pass_statistics()) {
        std::printf("%-30s %12llu %12llu %12llu %10.1f\n", pass.name.c_str(), static_cast<unsigned long long>(pass.runs),
                    static_cast<unsigned long long>(pass.expression_rewrites),
                    static_cast<unsigned long long>(pass.lambda_rewrites), 1e3 * pass.seconds);
        rules += pass.expression_rewrites;
        lambdas += pass.lambda_rewrites;
        seconds += pass.seconds;
    }
    std::printf("%-30s %12s %12llu %12llu %10.1f\n", "all passes", "", static_cast<unsigned long long>(rules),
                static_cast<unsigned long long>(lambdas), 1e3 * seconds);
    std::printf("graph nodes %u, %.1f ms a step\n", w::default_context().graph().size(), 1e3 * step_seconds);
}

}  // namespace support
