// Data files that are missing, cut short or of another kind, and pictures that cannot be written: an error that names
// the file and says what was expected, and nothing half-written.
#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include <unistd.h>

#include "examples/support/arguments.hpp"
#include "examples/support/fashion_mnist.hpp"
#include "examples/support/png.hpp"
#include "examples/support/sheet.hpp"

namespace system_bad_files {

using Catch::Matchers::Contains;
namespace files = std::filesystem;

namespace {

/// A folder of its own, gone at the end.
struct Folder {
  files::path path = files::temp_directory_path() / ("whittle_bad_files_" + std::to_string(::getpid()));
  Folder() { files::create_directories(path); }
  ~Folder() { files::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
};

std::vector<std::uint8_t> idx(std::uint32_t magic, std::uint32_t count, std::vector<std::uint32_t> axes,
                              std::size_t content) {
  std::vector<std::uint8_t> bytes;
  const auto put = [&](std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  };
  put(magic);
  put(count);
  for (std::uint32_t axis : axes) put(axis);
  bytes.resize(bytes.size() + content, 1);
  return bytes;
}

void write_packed(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  const gzFile file = ::gzopen(path.c_str(), "wb");
  REQUIRE(file != nullptr);
  REQUIRE(::gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) == static_cast<int>(bytes.size()));
  REQUIRE(::gzclose(file) == Z_OK);
}

constexpr std::uint32_t pictures_magic = 0x803, labels_magic = 0x801;

void check_refused(const std::string& path, const std::vector<std::uint8_t>& bytes, const char* why) {
  INFO(why);
  write_packed(path, bytes);
  CHECK_THROWS_WITH(support::read_idx(path, {28, 28}), Contains(path) && Contains(why));
  CHECK_THROWS_AS(support::read_idx(path, {28, 28}), whittle::FileError);
}

}  // namespace

TEST_CASE("system: data files that are missing, cut short or of another kind") {
  const Folder folder;
  const std::string path = folder / "pictures.gz";
  CHECK_THROWS_WITH(support::read_idx(path, {28, 28}), Contains(path) && Contains("cannot be opened"));
  write_packed(path, idx(pictures_magic, 3, {28, 28}, 3 * 784));
  CHECK(support::read_idx(path, {28, 28}).count == 3);

  check_refused(path, {}, "cut short");
  check_refused(path, idx(pictures_magic, 3, {28}, 0), "cut short");
  check_refused(path, idx(pictures_magic, 3, {28, 28}, 3 * 784 - 1), "cut short");
  check_refused(path, idx(labels_magic, 3, {}, 3), "no IDX file of pictures");
  check_refused(path, idx(pictures_magic, 3, {32, 32}, 3 * 1024), "pictures of size 32");
  check_refused(path, idx(pictures_magic, 0, {28, 28}, 0), "has 0 entries");
  check_refused(path, idx(pictures_magic, 0xffffffff, {28, 28}, 100), "has 4294967295 entries");

  // The packed file itself cut off, damaged, or no file at all.
  write_packed(path, idx(pictures_magic, 30, {28, 28}, 30 * 784));
  files::resize_file(path, files::file_size(path) / 2);
  CHECK_THROWS_WITH(support::read_idx(path, {28, 28}), Contains(path));
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(20) << "damage";
  CHECK_THROWS_AS(support::read_idx(path, {28, 28}), whittle::FileError);
  CHECK_THROWS_AS(support::read_idx(folder / "", {28, 28}), whittle::FileError);
}

TEST_CASE("system: data files that do not belong together") {
  const Folder folder;
  const std::string pictures = folder / "train-images-idx3-ubyte.gz", labels = folder / "train-labels-idx1-ubyte.gz";
  write_packed(pictures, idx(pictures_magic, 3, {28, 28}, 3 * 784));
  CHECK_THROWS_WITH(support::read_fashion_mnist(folder.path.string(), "train"), Contains(labels));
  write_packed(labels, idx(labels_magic, 2, {}, 2));
  CHECK_THROWS_WITH(support::read_fashion_mnist(folder.path.string(), "train"), Contains("3 pictures and 2 labels"));
  std::vector<std::uint8_t> wrong = idx(labels_magic, 3, {}, 3);
  wrong.back() = 10;
  write_packed(labels, wrong);
  CHECK_THROWS_WITH(support::read_fashion_mnist(folder.path.string(), "train"), Contains("label 10"));
  write_packed(labels, idx(labels_magic, 3, {}, 3));
  CHECK(support::read_fashion_mnist(folder.path.string(), "train").count() == 3);
}

TEST_CASE("system: a picture that cannot be written leaves nothing behind") {
  const Folder folder;
  const support::Canvas canvas(20, 10, {1, 2, 3});
  CHECK_THROWS_AS(canvas.save(folder / "no such folder/a.png"), whittle::FileError);
  // The draft can be written, but its place is taken by a folder.
  files::create_directories(folder.path / "taken.png" / "inside");
  CHECK_THROWS_WITH(canvas.save(folder / "taken.png"), Contains("taken.png"));
  // The disk is full half-way.
  if (files::exists("/dev/full")) {
    files::create_symlink("/dev/full", folder / "full.png.part");
    CHECK_THROWS_WITH(canvas.save(folder / "full.png"), Contains("full.png"));
    CHECK_FALSE(files::exists(folder / "full.png"));
  }
  std::size_t left = 0;
  for (const auto& entry : files::directory_iterator(folder.path)) left += entry.is_regular_file();
  CHECK(left == 0);
  CHECK(files::is_directory(folder.path / "taken.png" / "inside"));
  canvas.save(folder / "good.png");
  CHECK(files::file_size(folder / "good.png") > 50);
  CHECK_FALSE(files::exists(folder / "good.png.part"));
}

TEST_CASE("system: a command line that makes no sense") {
  const auto parsed = [](std::vector<std::string> words) {
    words.insert(words.begin(), "fashion_mnist");
    std::vector<char*> values;
    for (std::string& word : words) values.push_back(word.data());
    return support::Arguments(static_cast<int>(values.size()), values.data());
  };
  CHECK(parsed({"--epochs", "3"}).epochs == 3);
  for (const char* number : {"0", "-1", "many", "3x", "99999999999999999999", ""})
    CHECK_THROWS_WITH(parsed({"--batch", number}), Contains("--batch") && Contains("expected a number"));
  CHECK_THROWS_WITH(parsed({"--sheet"}), Contains("--sheet expects a value"));
  CHECK_THROWS_WITH(parsed({"--speed", "9"}), Contains("unknown option --speed"));
}

}  // namespace system_bad_files
