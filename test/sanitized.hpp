// Whether the tests run under a sanitizer, which makes them several times slower.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool is_sanitized = true;
#  else
inline constexpr bool is_sanitized = false;
#  endif
#else
inline constexpr bool is_sanitized = false;
#endif
