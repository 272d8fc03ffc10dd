# Global settings, for whittle built on its own. A project that includes whittle never sees this file.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)         # there are none, and newer CMake would scan every file
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# ccache where there is one. It refuses precompiled headers unless told that ours depend on no macro and no time.
find_program(WHITTLE_CCACHE ccache)
if(WHITTLE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${WHITTLE_CCACHE})
endif()

# What is compiled for the sanitizers alone is unoptimised where that saves the compiler more than it costs the tests.
set(WHITTLE_SANITIZED FALSE)
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" AND CMAKE_CXX_FLAGS_RELWITHDEBINFO MATCHES "-fsanitize=")
    set(WHITTLE_SANITIZED TRUE)
endif()
