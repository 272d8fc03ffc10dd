// Pictures with captions, as a PNG file.
#pragma once

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <png.h>

#include <whittle/core/error.hpp>

namespace support {

struct Color {
  std::uint8_t red, green, blue;
};

/// An RGB picture to paint on.
class Canvas {
 public:
  Canvas(std::size_t width, std::size_t height, Color background) : width_(width), height_(height) {
    for (std::size_t i = 0; i < width * height; ++i)
      pixels_.insert(pixels_.end(), {background.red, background.green, background.blue});
  }
  void dot(std::size_t x, std::size_t y, Color c, std::size_t size = 1) {
    for (std::size_t row = y; row < y + size && row < height_; ++row)
      for (std::size_t column = x; column < x + size && column < width_; ++column) {
        std::uint8_t* const pixel = &pixels_[3 * (row * width_ + column)];
        pixel[0] = c.red, pixel[1] = c.green, pixel[2] = c.blue;
      }
  }
  /// Capital letters of 3 x 5 dots, two pixels each.
  void write(std::size_t x, std::size_t y, const std::string& text, Color color) {
    for (char letter : text) {
      for (unsigned i = 0; i < 15; ++i)
        if ((glyph(letter) >> (14 - i) & 1u) != 0) dot(x + i % 3 * 2, y + i / 3 * 2, color, 2);
      x += 8;
    }
  }
  /// Grey values of `size` x `size` pixels, each drawn `scale` times as large.
  void picture(std::size_t x, std::size_t y, std::span<const std::uint8_t> grey, std::size_t size, std::size_t scale) {
    for (std::size_t i = 0; i < size * size; ++i)
      dot(x + i % size * scale, y + i / size * scale, {grey[i], grey[i], grey[i]}, scale);
  }
  /// Throws whittle::FileError; a file that could not be written whole does not stay.
  void save(const std::string& path) const {
    const std::string draft = path + ".part";
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width_);
    image.height = static_cast<png_uint_32>(height_);
    image.format = PNG_FORMAT_RGB;
    const bool written = png_image_write_to_file(&image, draft.c_str(), 0, pixels_.data(), 0, nullptr) != 0;
    if (written && std::rename(draft.c_str(), path.c_str()) == 0) return;
    std::remove(draft.c_str());
    throw whittle::FileError(path + " cannot be written" + (written ? "" : std::string(": ") + image.message));
  }

 private:
  // An octal digit for each row.
  static unsigned glyph(char letter) {
    static constexpr unsigned letters[26] = {025755, 065656, 034443, 065556, 074647, 074644, 034553, 055755, 072227,
                                             011152, 055655, 044447, 057755, 065555, 025552, 065644, 025563, 065655,
                                             034216, 072222, 055557, 055552, 055775, 055255, 055222, 071247};
    if (letter == '-') return 0700;
    return letter >= 'A' && letter <= 'Z' ? letters[letter - 'A'] : 0;
  }

  std::size_t width_, height_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace support
