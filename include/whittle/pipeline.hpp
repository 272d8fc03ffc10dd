// The pipeline of passes, for programs that print or change it; with the language of rules to change it with.
#pragma once

#include <whittle/lower/pipeline.hpp>
#include <whittle/lower/statistics.hpp>
#include <whittle/match.hpp>
