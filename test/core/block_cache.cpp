#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include <whittle/core/large_allocator.hpp>

namespace core_block_cache {

using namespace whittle;
using detail::BlockCache;

TEST_CASE("block cache: a freed block serves the next of its size, up to a few") {
  BlockCache cache{};
  void* const first = cache.take(40'000);
  void* const second = cache.take(40'000);
  cache.give(first, 40'000);
  cache.give(second, 40'000);
  CHECK(cache.take(BlockCache::smallest + 1) == second);
  CHECK(cache.take(BlockCache::smallest * 2) == first);
  void* const other_size = cache.take(BlockCache::smallest);
  CHECK(other_size != first);
  std::vector<void*> more{first, second};
  for (unsigned i = 0; i < BlockCache::most_of_a_size; ++i) more.push_back(cache.take(40'000));
  for (void* block : more) cache.give(block, 40'000);
  cache.give(other_size, BlockCache::smallest);
  CHECK(cache.count[BlockCache::size_of(40'000)] == BlockCache::most_of_a_size);
  cache.close();
  void* const late = cache.take(40'000);
  cache.give(late, 40'000);  // at once to the system: LeakSanitizer would tell
}

TEST_CASE("block cache: every size from the smallest to the largest has a block that holds it") {
  CHECK(BlockCache::size_of(BlockCache::smallest) == 0);
  for (std::size_t bytes = BlockCache::smallest; bytes <= BlockCache::largest; bytes += 4093) {
    const unsigned size = BlockCache::size_of(bytes);
    REQUIRE(size < BlockCache::sizes);
    REQUIRE((BlockCache::smallest << size) >= bytes);
    REQUIRE((size == 0 || (BlockCache::smallest << size) < 2 * bytes));
  }
  CHECK_FALSE(BlockCache::is_for(BlockCache::smallest - 1));
  CHECK_FALSE(BlockCache::is_for(BlockCache::largest + 1));
}

TEST_CASE("large allocator: arrays of all sizes, grown, moved between threads and freed") {
  std::vector<std::vector<int, LargeAllocator<int>>> arrays(22);
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      for (std::size_t k = arrays[i].size(); k < std::size_t{1} << i; ++k) arrays[i].push_back(static_cast<int>(i + k));
      REQUIRE(arrays[i].back() == static_cast<int>(i + arrays[i].size() - 1));
    }
    // Blocks that one thread took are freed by another, which ends.
    std::thread([taken = std::move(arrays)]() mutable { taken.clear(); }).join();
    arrays.assign(22, {});
  }
}

}  // namespace core_block_cache
