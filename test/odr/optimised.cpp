#include "common.hpp"

odr::View odr::optimised() { return view(); }
