// expect: a name; [with] "punctuation"
// expect: static assertion failed
// expect(GNU): error: static assertion failed: a name
// expect(Clang): error: static assertion failed due to requirement
// at most 8 lines
#include <boost/hana/core/is_a.hpp>
#include <cstdlib>
#include <whittle/version.hpp>

static_assert(sizeof(int) == 1, "a name; [with] \"punctuation\"");
