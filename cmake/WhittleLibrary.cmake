# whittle::whittle: the compiled part (jit/) with the back ends this machine can build.

whittle_optional(LLVM LLVM_FOUND "the cpu back end" LLVM 19.1 CONFIG)
whittle_optional(SQLITE SQLite3_FOUND "the program cache on disk" SQLite3)
find_package(Threads REQUIRED)

file(GLOB whittle_sources CONFIGURE_DEPENDS
    "${PROJECT_SOURCE_DIR}/jit/*.cpp" "${PROJECT_SOURCE_DIR}/backends/interp/*.cpp")
if(WHITTLE_HAS_LLVM)
    file(GLOB whittle_cpu_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/backends/cpu/*.cpp")
endif()
if(NOT whittle_sources)
    message(STATUS "whittle: no sources in jit/ and backends/: whittle::match only")
    return()
endif()

add_library(whittle ${whittle_sources} ${whittle_cpu_sources})      # static, or shared with BUILD_SHARED_LIBS
add_library(whittle::whittle ALIAS whittle)

# Position-independent and without a whittle_EXPORTS macro in either form, so that ccache compiles a file once for
# the static and the shared library. Inside another project it is built only where something links it.
set_target_properties(whittle PROPERTIES
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON
    DEFINE_SYMBOL ""
    CXX_SCAN_FOR_MODULES OFF)
if(NOT WHITTLE_INSTALL)
    set_target_properties(whittle PROPERTIES EXCLUDE_FROM_ALL ON)
endif()
target_include_directories(whittle PRIVATE "${PROJECT_SOURCE_DIR}")     # "jit/device.hpp"
target_link_libraries(whittle PUBLIC whittle_match PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
# whittle_warnings is no part of the package, so it must not reach a static library's exported link line.
target_link_libraries(whittle PRIVATE $<BUILD_INTERFACE:whittle_warnings>)

if(WHITTLE_HAS_SQLITE)
    target_link_libraries(whittle PRIVATE SQLite::SQLite3)
    target_compile_definitions(whittle PRIVATE WHITTLE_HAS_SQLITE=1)
endif()

# LLVM's headers and macros go to backends/cpu/ and no further; the library is linked shared (a static one costs
# seconds and 56 MB a link).
if(WHITTLE_HAS_LLVM)
    target_link_libraries(whittle PRIVATE LLVM)
    target_compile_definitions(whittle PRIVATE WHITTLE_HAS_LLVM=1)
    separate_arguments(whittle_llvm_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
    list(TRANSFORM LLVM_INCLUDE_DIRS PREPEND "-isystem" OUTPUT_VARIABLE whittle_llvm_includes)
    set_source_files_properties(${whittle_cpu_sources} PROPERTIES
        COMPILE_OPTIONS "${whittle_llvm_includes};${whittle_llvm_definitions}")
endif()
