// WHITTLE_INLINE: for functions of a line or two that make up larger ones. WHITTLE_APART: for those that would take
// registers from the function that ends with a call of them.
#pragma once

// Without optimisation a forced inline function costs the compiler more than a call of it is worth.
#ifdef __OPTIMIZE__
#  define WHITTLE_INLINE [[gnu::always_inline]]
#else
#  define WHITTLE_INLINE
#endif

// g++ makes clones that take fewer parameters, and then each call has to move those that are left.
#ifdef __clang__
#  define WHITTLE_APART [[gnu::noinline]]
#else
#  define WHITTLE_APART [[gnu::noinline, gnu::noclone]]
#endif
