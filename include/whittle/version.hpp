// The version, and how names leave the shared library.
#pragma once

#define WHITTLE_VERSION_MAJOR 0
#define WHITTLE_VERSION_MINOR 1
#define WHITTLE_VERSION_PATCH 0
#define WHITTLE_VERSION_STRING WHITTLE_DOTTED(WHITTLE_VERSION_MAJOR, WHITTLE_VERSION_MINOR, WHITTLE_VERSION_PATCH)
#define WHITTLE_VERSION (WHITTLE_VERSION_MAJOR * 10000 + WHITTLE_VERSION_MINOR * 100 + WHITTLE_VERSION_PATCH)

#define WHITTLE_DOTTED(a, b, c) WHITTLE_DOTTED_TEXT(a, b, c)  // expands the arguments first
#define WHITTLE_DOTTED_TEXT(a, b, c) #a "." #b "." #c

// The library is built with hidden visibility. What a user calls, throws (whittle::Error) or shares with the
// library as an inline variable (the current executor) is marked with WHITTLE_API; without the mark a shared
// library and its user would each have a copy of that variable.
#if defined(__GNUC__)
#  define WHITTLE_API __attribute__((visibility("default")))
#else
#  define WHITTLE_API
#endif

// Everything stands in `inline namespace v0`: users write whittle::Tensor, the linker sees
// whittle::v0::Tensor, and two incompatible versions in one program stay apart. The number changes when
// binary compatibility does.
namespace whittle::inline v0 {

inline constexpr const char* version_string = WHITTLE_VERSION_STRING;

}  // namespace whittle::inline v0
