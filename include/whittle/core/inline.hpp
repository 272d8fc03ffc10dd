// WHITTLE_INLINE: for functions of a line or two that make up larger ones.
#pragma once

// Without optimisation a forced inline function costs the compiler more than a call of it is worth.
#ifdef __OPTIMIZE__
#  define WHITTLE_INLINE [[gnu::always_inline]]
#else
#  define WHITTLE_INLINE
#endif
