# What bench/matcher.cpp is made of: each rule set in a file of its own.
target_sources(${bench} PRIVATE
    matcher/engine_30.cpp matcher/engine_100.cpp matcher/engine_300.cpp matcher/engine_builtin.cpp
    matcher/exporting.cpp matcher/hand_written.cpp matcher/workload.cpp)
set_source_files_properties(matcher/workload.cpp PROPERTIES
    COMPILE_DEFINITIONS "WHITTLE_BENCH_DIRECTORY=\"${CMAKE_CURRENT_SOURCE_DIR}\"")
