// expect: the name of a pattern variable has at most 15 characters
#include <whittle/match.hpp>

constexpr auto x = whittle::dsl::var<"sixteen_letters_">;
