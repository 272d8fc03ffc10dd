// The built-in rules on several threads.
#include <catch2/catch.hpp>

#include <whittle/ir/text.hpp>
#include <whittle/rewrite/parallel.hpp>
#include <whittle/simplify.hpp>

#include "expressions.hpp"

namespace simplify_in_parts {

using namespace brute_force;

TEST_CASE("simplify in parts: random expressions become what they become on one thread") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::string expected;
    for (unsigned threads = 0; threads <= 3; ++threads) {
      Random random(seed);
      Graph g;
      std::vector<Node> roots;
      for (int k = 0; k < 150; ++k) {
        Domain domain;
        Expressions expressions(g, random);
        expressions.make_variables(domain);
        roots.push_back(k % 3 == 0 ? expressions.condition(4) : expressions.index(5));
      }
      const Node given = sink(g, roots);
      REQUIRE(detail::parts_of(detail::weights_of_sources(g, given), 200).size() > 1);
      using Rules = matcher<simplify_rules, Graph>;
      const auto result =
          threads == 0 ? rewrite<Rules>(g, given) : rewrite_parallel<Rules>(g, given, {}, {threads, 200});
      REQUIRE(result.ok());
      if (threads == 0) expected = print(g, result.node);
      REQUIRE(print(g, result.node) == expected);
    }
  }
}

}  // namespace simplify_in_parts
