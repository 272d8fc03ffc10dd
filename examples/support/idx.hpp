// Reads the IDX files of MNIST and Fashion-MNIST, packed with gzip.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <zlib.h>

#include <whittle/core/error.hpp>

namespace support {

/// Pictures of 28 x 28 bytes, or labels, one after another.
struct IdxData {
  std::size_t count = 0;
  std::vector<std::uint8_t> bytes;
};

namespace detail {

class GzipFile {
 public:
  explicit GzipFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr)
      throw whittle::FileError(path + " cannot be opened; expected Fashion-MNIST as Debian's package "
                                      "dataset-fashion-mnist installs it, or another folder as argument");
  }
  ~GzipFile() { gzclose(file_); }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  void read(std::uint8_t* out, std::size_t size, const char* what) {
    const int got = gzread(file_, out, static_cast<unsigned>(size));
    if (got == static_cast<int>(size)) return;
    int code = 0;
    const std::string reason = gzerror(file_, &code);
    throw whittle::FileError(
        path_ + " is " + (code == Z_OK || code == Z_BUF_ERROR ? "cut short" : "damaged (" + reason + ")") + ": " +
        std::to_string(got < 0 ? 0 : got) + " bytes of " + what + ", expected " + std::to_string(size));
  }
  std::uint32_t read_number(const char* what) {
    std::array<std::uint8_t, 4> b{};
    read(b.data(), b.size(), what);
    return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
  }

 private:
  std::string path_;
  gzFile file_;
};

}  // namespace detail

/// The file's elements. Throws whittle::FileError where it is missing, cut short or of another kind; `axes` are the
/// sizes after the first: {28, 28} for pictures, {} for labels.
inline IdxData read_idx(const std::string& path, const std::vector<std::uint32_t>& axes) {
  detail::GzipFile file(path);
  const std::uint32_t magic = file.read_number("the header"),
                      expected = 0x0801 + static_cast<std::uint32_t>(axes.size());
  if (magic != expected)
    throw whittle::FileError(path + " begins with the number " + std::to_string(magic) + ", expected " +
                             std::to_string(expected) + ": it is no IDX file of " +
                             (axes.empty() ? "labels" : "pictures"));
  IdxData data;
  data.count = file.read_number("the header");
  std::size_t size = data.count;
  for (std::uint32_t axis : axes) {
    const std::uint32_t given = file.read_number("the header");
    if (given != axis)
      throw whittle::FileError(path + " has pictures of size " + std::to_string(given) + ", expected " +
                               std::to_string(axis));
    size *= axis;
  }
  if (data.count == 0 || data.count > 1'000'000)
    throw whittle::FileError(path + " says that it has " + std::to_string(data.count) +
                             " entries, expected 1 to 1000000");
  data.bytes.resize(size);
  file.read(data.bytes.data(), size, "content");
  return data;
}

}  // namespace support
