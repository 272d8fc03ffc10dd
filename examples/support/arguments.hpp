// The command line of fashion_mnist.
#pragma once

#include <charconv>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include <whittle/core/error.hpp>

namespace support {

struct Arguments {
  std::string folder = "/usr/share/datasets/fashion-mnist", sheet = "fashion_mnist.png";
  std::size_t epochs = 2, batch = 100, most_steps = std::numeric_limits<std::size_t>::max();
  bool smoke = false;

  /// Throws whittle::Error for an option that is not known or a number that is none.
  Arguments(int count, char** values) {
    for (int i = 1; i < count; ++i) {
      const std::string_view option = values[i];
      const auto value = [&] {
        if (i + 1 == count) throw whittle::Error(std::string(option) + " expects a value after it");
        return std::string_view(values[++i]);
      };
      if (option == "--epochs")
        epochs = number(option, value());
      else if (option == "--batch")
        batch = number(option, value());
      else if (option == "--sheet")
        sheet = value();
      else if (option == "--smoke")
        smoke = true;
      else if (option.starts_with("-"))
        throw whittle::Error("unknown option " + std::string(option) +
                             "; there are --epochs N, --batch N, --sheet FILE and --smoke");
      else
        folder = option;
    }
    if (smoke) most_steps = 5;
  }

 private:
  static std::size_t number(std::string_view option, std::string_view text) {
    std::size_t result = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (fault != std::errc{} || end != text.data() + text.size() || result < 1 || result > 10'000)
      throw whittle::Error(std::string(option) + " " + std::string(text) + ": expected a number from 1 to 10000");
    return result;
  }
};

}  // namespace support
