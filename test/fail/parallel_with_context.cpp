// expect: rules on several threads cannot have a context
#include <whittle/ir/traits.hpp>
#include <whittle/match.hpp>
#include <whittle/rewrite/parallel.hpp>

using namespace whittle::dsl;
inline constexpr auto x = var<"x">;

struct Count {
  int lambdas = 0;
};
inline constexpr auto set = whittle::rules<whittle::unbounded>("set", x + 0 >>= x);

auto parallel(whittle::Graph& g, whittle::Node root) {
  return whittle::rewrite_parallel<whittle::matcher<set, whittle::Graph, Count>>(g, root);
}
