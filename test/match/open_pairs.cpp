// Which pairs of operands a rule set leaves open.
#include <catch2/catch.hpp>

#include <whittle/ir/traits.hpp>
#include <whittle/match.hpp>

namespace match_open_pairs {

using namespace whittle::dsl;
using whittle::Op;
using whittle::OperandCode;
using whittle::OperandCodes;

inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">;
// clang-format off
inline constexpr auto set = rules<whittle::unbounded>("set",
    x + 0               >>= x,
    (x * c) + (y * c)   >>= (x + y) * c,
    x - x               >>= 0,
    (x + y) - y         >>= x,
    nonconstant<"n"> / 1 >>= 1,
    min(node<Op::group>(x, y), x) >>= x,
    max(min(x, y), y)   >>= y,
    where(true, x, y)   >>= x);
// clang-format on

template <const auto& Set>
constexpr whittle::detail::OpenPairs pairs_of(Op op) {
  constexpr auto& groups = whittle::detail::groups_of<Set, true>;
  const std::size_t group = groups.of_op[static_cast<std::size_t>(op)];
  return whittle::detail::open_pairs(whittle::table_of<Set, true>, groups.members + groups.begin[group],
                                     groups.size(group), groups.root_arity[group]);
}
constexpr bool is_open(Op op, std::uint32_t first, std::uint32_t second, bool are_same = false, bool is_shared = true) {
  return pairs_of<set>(op).contains(OperandCodes::of(first, second, are_same, is_shared));
}
constexpr std::uint32_t mul = OperandCode::of(Op::mul), add = OperandCode::of(Op::add), number = OperandCode::constant,
                        range = OperandCode::of(Op::range), scaled = mul | OperandCode::over_constant,
                        shifted = add | OperandCode::over_constant;

TEST_CASE("Open pairs are what some left side leaves open", "[match]") {
  STATIC_REQUIRE(is_open(Op::add, range, OperandCode::zero));
  STATIC_REQUIRE(!is_open(Op::add, range, OperandCode::one));
  STATIC_REQUIRE(!is_open(Op::add, range, number));
  STATIC_REQUIRE(is_open(Op::add, scaled, scaled));
  STATIC_REQUIRE(is_open(Op::add, scaled, scaled, true));
  STATIC_REQUIRE(!is_open(Op::add, mul, scaled));  // its second operand is no constant
  STATIC_REQUIRE(!is_open(Op::add, mul, range));
  STATIC_REQUIRE(!is_open(Op::add, scaled, range));
  STATIC_REQUIRE(!is_open(Op::add, range, range, true));
  STATIC_REQUIRE(is_open(Op::sub, range, range, true));
  STATIC_REQUIRE(!is_open(Op::sub, range, range));
  STATIC_REQUIRE(is_open(Op::sub, add, range));
  STATIC_REQUIRE(is_open(Op::sub, shifted, range));
  STATIC_REQUIRE(is_open(Op::floordiv, 0, OperandCode::one));  // 0: a user's operator, which is no constant
  STATIC_REQUIRE(!is_open(Op::floordiv, number, OperandCode::one));
}

TEST_CASE("Where a left side has a name on both sides, its operands share a node", "[match]") {
  constexpr bool shared = true, two = false;
  constexpr std::uint32_t min = OperandCode::of(Op::min), group = OperandCode::of(Op::group);
  STATIC_REQUIRE(is_open(Op::add, scaled, scaled, two, shared));
  STATIC_REQUIRE(!is_open(Op::add, scaled, scaled, two, !shared));
  STATIC_REQUIRE(is_open(Op::add, range, OperandCode::zero, two, !shared));
  STATIC_REQUIRE(is_open(Op::sub, range, range, !two, !shared));  // nodes without sources share none
  STATIC_REQUIRE(is_open(Op::sub, add, range, two, shared));
  STATIC_REQUIRE(!is_open(Op::sub, add, range, two, !shared));
  STATIC_REQUIRE(is_open(Op::max, min, range, two, shared));
  STATIC_REQUIRE(!is_open(Op::max, min, range, two, !shared));
  STATIC_REQUIRE(is_open(Op::min, group, range, two, !shared));  // it may have any number of sources
}

TEST_CASE("Nodes of more than two operands are all left open, whatever they have in place of codes", "[match]") {
  for (std::uint32_t bits : {0u, 0x1234u, 0xffff'ffffu, 77'000u}) CHECK(pairs_of<set>(Op::where).contains({bits}));
}

}  // namespace match_open_pairs
