// Owners: what is owned goes with its last owner, and not before.
#include <catch2/catch.hpp>

#include <memory>
#include <utility>

#include <whittle/core/owner.hpp>

using namespace whittle;

namespace {

struct Living {
  virtual ~Living() { --*count; }
  explicit Living(int& living) : count(&living) { ++living; }
  Living(const Living&) = delete;
  Living& operator=(const Living&) = delete;
  int* count;
};
struct Derived final : Living {
  using Living::Living;
};

}  // namespace

TEST_CASE("owner: one owner", "[core]") {
  int living = 0;
  {
    Owner<Living> first = std::make_unique<Derived>(living);
    CHECK(living == 1);
    Owner<Living> second = std::move(first);
    CHECK((!first && second && second->count == &living));
    second = std::make_unique<Derived>(living);
    CHECK(living == 1);
    second = {};
    CHECK((living == 0 && second.get() == nullptr));
    second = std::make_unique<Derived>(living);
  }
  CHECK(living == 0);
  STATIC_REQUIRE(!std::is_constructible_v<Owner<Living>, std::unique_ptr<Derived>&>);
  STATIC_REQUIRE(!std::is_copy_constructible_v<Owner<Living>>);
}

TEST_CASE("owner: several owners", "[core]") {
  int living = 0;
  SharedOwner<Living> none;
  CHECK((!none && none.get() == nullptr));
  {
    SharedOwner<Living> first(std::in_place, living);
    const SharedOwner<Living> second = first;
    CHECK((living == 1 && first.get() == second.get()));
    first = first.get() == nullptr ? none : second;
    CHECK((living == 1 && &*first == &*second));
    none = std::move(first);
    CHECK((!first && none.get() == second.get()));
  }
  CHECK(living == 1);
  none = {};
  CHECK(living == 0);
}
