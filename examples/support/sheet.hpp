// A sheet of test pictures with what the network sees in them and what they are.
#pragma once

#include <string>
#include <vector>

#include "fashion_mnist.hpp"
#include "png.hpp"

namespace support {

/// Twelve by eight pictures: green where the network is right; else red, with the true class below.
inline void write_sheet(const std::string& path, const Pictures& test, const std::vector<std::int32_t>& predicted) {
  constexpr std::size_t columns = 12, rows = 8, scale = 3, cell_width = 28 * scale + 8, cell_height = 28 * scale + 32;
  constexpr Color paper{24, 24, 28}, right{120, 220, 120}, wrong{255, 110, 100}, truth{230, 230, 230};
  Canvas canvas(columns * cell_width, rows * cell_height, paper);
  for (std::size_t i = 0; i < columns * rows && i < predicted.size(); ++i) {
    const std::size_t x = i % columns * cell_width + 4, y = i / columns * cell_height + 4;
    const bool hit = predicted[i] == test.label(i);
    canvas.picture(x, y, test.picture(i), 28, scale);
    canvas.write(x, y + 28 * scale + 3, class_names[predicted[i]], hit ? right : wrong);
    canvas.write(x, y + 28 * scale + 15, class_names[test.label(i)], truth);
  }
  canvas.save(path);
}

}  // namespace support
