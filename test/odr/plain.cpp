#include "common.hpp"

odr::View odr::plain() { return view(); }
