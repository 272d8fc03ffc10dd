// An array that only grows, at run time and in constant expressions.
#include <catch2/catch.hpp>

#include <cstdint>
#include <utility>

#include <whittle/core/growing_array.hpp>

using namespace whittle;

namespace {

struct Pair {
  std::uint32_t first = 1, second = 2;
};

constexpr bool keeps_what_it_has(std::uint32_t count) {
  GrowingArray<Pair> array;
  array.append();
  for (std::uint32_t i = 1; i < count; ++i) array.append(Pair{i, i + 1});
  GrowingArray<Pair> moved = std::move(array);
  moved.reserve(2 * count);
  bool same = moved.size() == count && array.size() == 0 && moved[0].first == 1;
  for (std::uint32_t i = 1; i < count; ++i) same = same && moved[i].first == i && moved[i].second == i + 1;
  return same;
}
static_assert(keeps_what_it_has(100));

constexpr bool grows_by_initial_values(std::uint32_t count) {
  GrowingArray<Pair> array;
  array.append(Pair{7, 8});
  array.resize_ahead(count);
  array.resize_ahead(count / 2);  // as large as it is
  array.resize_ahead(count + 2, Pair{3, 4});
  const bool is_given = array.size() == count + 2 && array[count].first == 3 && array[count + 1].second == 4;
  array.pop();
  array.pop();
  if (!is_given) return false;
  bool same = array.size() == count && array[0].first == 7;
  for (std::uint32_t i = 1; i < count; ++i) same = same && array[i].first == 1 && array[i].second == 2;
  return same;
}
static_assert(grows_by_initial_values(100));

}  // namespace

TEST_CASE("A growing array keeps what it has", "[core]") {
  CHECK(keeps_what_it_has(1));
  CHECK(keeps_what_it_has(1'000'000));  // beyond 4 MiB
  CHECK(grows_by_initial_values(1));
  CHECK(grows_by_initial_values(1'000'000));
}

TEST_CASE("Room is taken ahead of time, but not more than a system may have", "[core]") {
  CHECK(room_for_more<char>(1000) == 4000);
  CHECK(room_for_more<char>(1u << 20) == 2u << 20);
  CHECK(room_for_more<char>(8u << 20) == 64u << 20);
  CHECK(room_for_more<char>(std::size_t{1} << 30) == std::size_t{2} << 30);
}
