// Lambda rules: what they state is what they do, and the others are listed.
#include <catch2/catch.hpp>

#include <set>

#include <whittle/ir/scalar_operation.hpp>
#include <whittle/match/rule_text.hpp>
#include <whittle/prove/exhaustive.hpp>
#include <whittle/prove/lambda_statements.hpp>
#include <whittle/simplify.hpp>

#include "sanitized.hpp"
#include "simplify/instance.hpp"

namespace prove_lambdas {

namespace {

using namespace whittle;
using namespace brute_force;

const RuleSetView simplifier(simplify_rules);
const RuleSetView statements(builtin::lambda_statements);

/// Of what the built-in sets do, this is not proved. Ten at most.
const std::set<std::string> unproved = {"ordered sum",
                                        "collected sum",
                                        "canonical sum",
                                        "canonical <",
                                        "canonical equality",
                                        "canonical chain",
                                        "quotient of a sum",
                                        "remainder of a sum",
                                        "branch under its condition",
                                        "clauses under the others"};

/// On how many instances the lambda fired; calls check(graph, before, after, domain) for each.
template <class Check>
int for_instances(std::size_t rule, int tries, Check check) {
  int fired = 0;
  Random random(3 + static_cast<unsigned>(rule));
  for (int i = 0; i < (is_sanitized ? tries / 8 : tries); ++i) {
    Graph g;
    const Instance instance(g, random, simplifier, rule);
    if (instance.root == Node::none || instance.domain.points() > 500) continue;
    const Node after = apply_rule<matcher<simplify_rules, Graph>>(g, instance.root, rule);
    if (after == Node::none) continue;
    ++fired;
    check(g, instance.root, after, instance.domain);
  }
  return fired;
}

std::size_t rule_named(const std::string& name) {
  std::size_t rule = 0;
  while (rule < simplifier.rule_count && name_of(simplifier, rule) != name) ++rule;
  return rule;
}

/// The lambda's node is the statement's, but for constants, which statements fold.
void check_same(const std::string& name) {
  INFO(name);
  const std::size_t statement = prove::statement_named(name);
  REQUIRE(statement < statements.rule_count);
  int different = 0;
  const int fired = for_instances(rule_named(name), 3000, [&](Graph& g, Node before, Node after, const Domain& domain) {
    const Node stated = apply_rule<matcher<builtin::lambda_statements, Graph>>(g, before, statement);
    different += stated != after && (stated == Node::none || !difference(g, stated, after, domain).empty());
  });
  CHECK(fired > 10);
  CHECK(different == 0);
}

/// `before` is min or max: the lambda takes one of the operands, and on every point it is the lesser or greater one.
void check_decided(const std::string& name) {
  INFO(name);
  int wrong = 0;
  const int fired =
      for_instances(rule_named(name), 20'000, [&](Graph& g, Node before, Node after, const Domain& domain) {
        const bool is_operand = after == g.source(before, 0) || after == g.source(before, 1);
        wrong += !is_operand || !difference(g, before, after, domain).empty();
      });
  CHECK(fired > 10);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("lambdas: each states what is proved, or is listed") {
  std::set<std::string> missing;
  for (const RuleSetView& set : simplify_sets)
    for (std::size_t rule = 0; rule < set.rule_count; ++rule) {
      const std::string name = name_of(set, rule);
      if (!set.rules[rule].is_lambda || name == builtin::tested_lambda) continue;
      if (prove::statement_named(name) == statements.rule_count) missing.insert(name);
    }
  CHECK(missing == unproved);
  CHECK(unproved.size() <= 10);
}

TEST_CASE("lambdas: statements hold on every point of small numbers") {
  for (std::size_t rule = 0; rule < statements.rule_count; ++rule) {
    std::uint64_t decided = 0;
    INFO(place_of(statements, rule));
    CHECK(rule_named(statements.rules[rule].name) < simplifier.rule_count);
    for (const prove::Obligation& obligation : prove::obligations_of(statements, rule)) {
      if (obligation.problem != nullptr) continue;
      const prove::Verdict verdict = check_exhaustively(obligation, prove::scale_of_points(obligation, 100'000, 8));
      CHECK(verdict.holds);
      decided += verdict.decided;
    }
    CHECK(decided > 0);
  }
}

TEST_CASE("lambdas: what they do is what they state") {
  check_same("cast to its own dtype");
  check_same("where(!b, x, y) >>= where(b, y, x)");
  check_same("where(b, true, x) >>= b || x");
  check_same("where(b, false, x) >>= !b && x");
  check_decided("decided min");
  check_decided("decided max");
  for (std::size_t rule = 0; rule < simplifier.rule_count; ++rule) {
    if (name_of(simplifier, rule) != "one value") continue;
    int wrong = 0;
    const int fired = for_instances(rule, 20'000, [&](Graph& g, Node before, Node after, const Domain& domain) {
      wrong += !g.is_constant(after) || !difference(g, before, after, domain).empty();
    });
    INFO(place_of(simplifier, rule));
    CHECK(fired > 10);
    CHECK(wrong == 0);
  }
}

namespace {

/// Every number of a dtype of up to 16 bits; of a wider one those near powers of two, where casts change something.
std::vector<Scalar> numbers_of(DType dtype) {
  std::vector<Scalar> all;
  if (dtype == DType::boolean) return {bool_scalar(false), bool_scalar(true)};
  if (bits(dtype) == 8 || bits(dtype) == 16) {
    for (std::uint64_t stored = 0; stored < (std::uint64_t{1} << bits(dtype)); ++stored)
      all.push_back(from_stored_bits(dtype, stored));
    return all;
  }
  for (int power = 0; power < 64; ++power)
    for (int offset = -2; offset <= 2; ++offset)
      for (const bool is_negative : {false, true}) {
        const double real = std::ldexp(1.0, power) + offset + 0.5 * (power % 2);
        const auto whole = static_cast<std::int64_t>((std::uint64_t{1} << power) + static_cast<std::uint64_t>(offset));
        if (is_float(dtype))
          all.push_back(float_scalar(dtype, is_negative ? -real : real));
        else
          all.push_back(int_scalar(dtype, is_negative ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(whole))
                                                      : whole));
      }
  return all;
}

}  // namespace

TEST_CASE("lambdas: cast of a cast, on all numbers of all dtypes of up to 16 bits") {
  const std::size_t rule = rule_named("cast of a cast");
  int joined = 0, declined = 0;
  for (unsigned f = 1; f < dtype_count; ++f) {
    const DType from = static_cast<DType>(f);
    const std::vector<Scalar> numbers = numbers_of(from);
    for (unsigned k = 1; k < dtype_count * dtype_count; ++k) {
      const DType through = static_cast<DType>(k / dtype_count), to = static_cast<DType>(k % dtype_count);
      if (through == DType::none || to == DType::none) continue;
      Graph g;
      const Node x = g.variable("x", 0, 1, from);
      const Node both = g.make(Op::cast, to, {g.make(Op::cast, through, {x})});
      const Node after = apply_rule<matcher<simplify_rules, Graph>>(g, both, rule);
      ++(after == Node::none ? declined : joined);
      if (after == Node::none) continue;
      int wrong = 0;
      for (const Scalar& number : numbers) {
        const auto inner = operate(Op::cast, through, std::span(&number, 1));
        const auto outer = inner ? operate(Op::cast, to, std::span(&*inner, 1)) : std::nullopt;
        const auto direct = after == x ? std::optional(number) : operate(Op::cast, to, std::span(&number, 1));
        // NaNs are not told apart
        const bool nan = outer && is_float(to) && outer->as_double() != outer->as_double();
        if (outer && direct != outer && !(nan && direct && direct->as_double() != direct->as_double())) ++wrong;
      }
      INFO(name(from) << " -> " << name(through) << " -> " << name(to));
      CHECK(wrong == 0);
    }
  }
  CHECK(joined > 500);
  CHECK(declined > 500);
}

}  // namespace prove_lambdas
