// expect: first
// at most 3 lines
static_assert(sizeof(int) == 1, "first");
static_assert(sizeof(int) == 2, "second");
