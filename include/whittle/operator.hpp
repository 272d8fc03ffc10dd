// Operators of one's own, on graphs: the language, what graphs know of them, and their lowering. Tensors
// (whittle.hpp) take them with `whittle::apply`.
#pragma once

#include <whittle/ir/lower_operators.hpp>
#include <whittle/ir/operator.hpp>
#include <whittle/match.hpp>
