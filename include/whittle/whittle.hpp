// Tensors that compile themselves: declarations and thin inline code; the heavy parts are in the library.
#pragma once

#include <whittle/tensor/apply.hpp>
#include <whittle/tensor/capture.hpp>
#include <whittle/tensor/functions.hpp>
#include <whittle/tensor/gradient.hpp>
#include <whittle/tensor/nn.hpp>
#include <whittle/tensor/optimizer.hpp>
#include <whittle/tensor/random.hpp>
#include <whittle/tensor/windows.hpp>
#include <whittle/version.hpp>
