# The warnings our own targets are compiled with. Linked PRIVATE, never exported: a user's flags are the user's.
add_library(whittle_warnings INTERFACE)
target_compile_options(whittle_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wshadow>)
