// The 60,000 + 10,000 pictures of Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, 2017, arXiv:1708.07747), in batches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "idx.hpp"

namespace support {

inline constexpr std::size_t picture_size = 28 * 28;
inline constexpr const char* class_names[10] = {"T-SHIRT", "TROUSERS", "PULLOVER", "DRESS", "COAT",
                                                "SANDAL",  "SHIRT",    "SNEAKER",  "BAG",   "ANKLE BOOT"};

/// Pictures, and the number of each one's class.
struct Pictures {
  IdxData pictures, labels;

  std::size_t count() const { return pictures.count; }
  std::span<const std::uint8_t> picture(std::size_t i) const {
    return std::span(pictures.bytes).subspan(i * picture_size, picture_size);
  }
  int label(std::size_t i) const { return labels.bytes[i]; }
};

/// `part` is "train" or "t10k". Throws whittle::FileError.
inline Pictures read_fashion_mnist(const std::string& folder, const std::string& part) {
  const std::string begin = folder + "/" + part;
  Pictures all{read_idx(begin + "-images-idx3-ubyte.gz", {28, 28}), read_idx(begin + "-labels-idx1-ubyte.gz", {})};
  if (all.pictures.count != all.labels.count)
    throw whittle::FileError(begin + ": " + std::to_string(all.pictures.count) + " pictures and " +
                             std::to_string(all.labels.count) + " labels, expected equally many");
  const auto highest = *std::max_element(all.labels.bytes.begin(), all.labels.bytes.end());
  if (highest > 9)
    throw whittle::FileError(begin + "-labels-idx1-ubyte.gz has the label " + std::to_string(highest) +
                             ", expected 0 to 9");
  return all;
}

/// Copies pictures into buffers of one batch's size, which it keeps.
class Batches {
 public:
  Batches(const Pictures& all, std::size_t size)
      : pictures(size * picture_size),
        labels(size),
        all_(all),
        order_(all.count()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
  }
  std::vector<std::uint8_t> pictures, labels;  ///< of the batch chosen last

  std::size_t count() const { return all_.count() / labels.size(); }
  void shuffle(unsigned seed) {
    std::mt19937 engine(seed);
    for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[engine() % i]);
  }
  void choose(std::size_t number) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const std::size_t from = order_[number * labels.size() + i];
      std::ranges::copy(all_.picture(from), pictures.begin() + static_cast<std::ptrdiff_t>(i * picture_size));
      labels[i] = all_.labels.bytes[from];
    }
  }

 private:
  const Pictures& all_;
  std::vector<std::size_t> order_;
};

}  // namespace support
