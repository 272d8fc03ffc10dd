// The set is one object, of one shape, in a program whose files were compiled with different options.
#include "common.hpp"

int main() { return odr::plain() == odr::optimised() && odr::plain() == odr::view() ? 0 : 1; }
