// The built-in rule sets and simplify(): usable in constant expressions.
#pragma once

#include <whittle/match.hpp>
#include <whittle/simplify/simplify.hpp>
