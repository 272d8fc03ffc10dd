#include "mine.hpp"

mine::View mine::view_of_other_file() { return view(); }
