// expect: the name of a pattern variable has at most 15 characters
// at most 24 lines
#include <whittle/match.hpp>

constexpr auto x = whittle::dsl::var<"sixteen_letters_">;
