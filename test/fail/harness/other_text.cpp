// expect: a text that no compiler writes
static_assert(sizeof(int) == 1, "another text");  // the compiler shows this line, but not the one above
