# What bench/matcher.cpp is made of: each rule set in a file of its own.
target_sources(${bench} PRIVATE
    matcher/engine_30.cpp matcher/engine_100.cpp matcher/engine_300.cpp matcher/engine_builtin.cpp
    matcher/exporting.cpp matcher/hand_written.cpp matcher/importing.cpp matcher/workload.cpp)
set_source_files_properties(matcher/workload.cpp PROPERTIES
    COMPILE_DEFINITIONS "WHITTLE_BENCH_DIRECTORY=\"${CMAKE_CURRENT_SOURCE_DIR}\"")

# The rivals of bench/matcher/rivals.py: MLIR 19 with the same rules (apt-get install libmlir-19-dev mlir-19-tools), and
# Halide 14 (libhalide14-0-dev). What is not installed has no program, and the script says so.
add_custom_target(bench_matcher_rivals DEPENDS ${bench})
# MLIR's package ends the configuration where its tools are not installed.
find_program(MLIR_19_TABLE_GENERATOR mlir-tblgen HINTS /usr/lib/llvm-19/bin)
mark_as_advanced(MLIR_19_TABLE_GENERATOR)
if(MLIR_19_TABLE_GENERATOR)
    find_package(MLIR 19.1 QUIET CONFIG HINTS /usr/lib/llvm-19/lib/cmake/mlir)
endif()
find_package(Python3 QUIET COMPONENTS Interpreter)
if(MLIR_FOUND AND Python3_FOUND)
    set(patterns)
    foreach(count IN ITEMS 30 100 300)
        set(file "${CMAKE_CURRENT_BINARY_DIR}/mlir_rules_${count}.cpp")
        add_custom_command(OUTPUT "${file}"
            COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/matcher/mlir_patterns.py"
                "$<TARGET_FILE:${bench}>" ${count} "${file}"
            DEPENDS ${bench} matcher/mlir_patterns.py
            VERBATIM)
        list(APPEND patterns "${file}")
    endforeach()
    add_executable(bench_matcher_mlir EXCLUDE_FROM_ALL matcher/mlir_rival.cpp matcher/mlir_dialect.cpp ${patterns})
    set_target_properties(bench_matcher_mlir PROPERTIES OUTPUT_NAME matcher_mlir)
    target_include_directories(bench_matcher_mlir PRIVATE matcher "${PROJECT_SOURCE_DIR}/include")
    target_include_directories(bench_matcher_mlir SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
    target_compile_features(bench_matcher_mlir PRIVATE cxx_std_20)
    target_compile_options(bench_matcher_mlir PRIVATE -fno-rtti)
    # The static libraries: with the shared one it takes 8 % longer.
    target_link_libraries(bench_matcher_mlir PRIVATE MLIRTransformUtils whittle_warnings)
    add_dependencies(bench_matcher_rivals bench_matcher_mlir)
endif()

find_path(HALIDE_14_INCLUDE Halide.h PATH_SUFFIXES halide14)
find_library(HALIDE_14_LIBRARY Halide14)
mark_as_advanced(HALIDE_14_INCLUDE HALIDE_14_LIBRARY)
if(HALIDE_14_INCLUDE AND HALIDE_14_LIBRARY)
    add_executable(bench_matcher_halide EXCLUDE_FROM_ALL matcher/halide_rival.cpp)
    set_target_properties(bench_matcher_halide PROPERTIES OUTPUT_NAME matcher_halide)
    target_include_directories(bench_matcher_halide SYSTEM PRIVATE "${HALIDE_14_INCLUDE}")
    target_link_libraries(bench_matcher_halide PRIVATE "${HALIDE_14_LIBRARY}" whittle_warnings)
    add_dependencies(bench_matcher_rivals bench_matcher_halide)
endif()
