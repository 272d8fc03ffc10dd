// expect: anything
static_assert(sizeof(int) > 1);
