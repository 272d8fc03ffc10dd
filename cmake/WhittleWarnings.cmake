# The warnings our own targets are compiled with. Linked PRIVATE, never exported: a user's flags are the user's.
add_library(whittle_warnings INTERFACE)
target_compile_options(whittle_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wshadow>
    # g++ 12 sees overlapping copies in "text" + std::string where there are none (GCC bugs 105329, 105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow>)
