# whittle_xtensor: xtensor for our own tests, examples and benchmarks; empty where xtensor is not installed.
# xtensor 0.24 relies on the older matching of template template arguments, which clang 19 gives up by default.
include_guard(DIRECTORY)
find_package(xtensor QUIET)
if(NOT TARGET whittle_xtensor)
    add_library(whittle_xtensor INTERFACE)
    if(xtensor_FOUND)
        target_link_libraries(whittle_xtensor INTERFACE xtensor)
        target_compile_definitions(whittle_xtensor INTERFACE WHITTLE_TEST_XTENSOR=1)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19)
            target_compile_options(whittle_xtensor INTERFACE
                -fno-relaxed-template-template-args -Wno-deprecated-no-relaxed-template-template-args)
        endif()
    endif()
endif()
