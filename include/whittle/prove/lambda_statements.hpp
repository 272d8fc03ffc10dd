// What lambda rules of the built-in sets state: relations between a node and its replacement that can be proved.
#pragma once

#include <string_view>

#include <whittle/simplify/names.hpp>

namespace whittle {
inline namespace v0 {
namespace builtin {

// An expression rule for each, of the same name: where the lambda replaces a node, it is by one of these right sides,
// and the guard is true there. Cases whose right side is of another dtype are those in which the lambda declines.
// clang-format off
inline constexpr auto lambda_statements = concatenate("lambda statements",
    rules<structural>("any dtype",
        named("cast to its own dtype", cast(x)                          >>= x),
        named("where(!b, x, y) >>= where(b, y, x)", where(!b, x, y)     >>= where(b, y, x))),
    rules<boolean>("truth values",  // never invalid: there the lambdas decline
        named("where(b, true, x) >>= b || x", where(b, true, x)         >>= b || x),
        named("where(b, false, x) >>= !b && x", where(b, false, x)      >>= !b && x)),
    rules<unbounded>("index",
        named("decided min", min(x, y)                                  >>= first(x |= when(x <= y), y |= when(y <= x))),
        named("decided max", max(x, y)                                  >>= first(x |= when(x >= y), y |= when(y >= x)))),
    rules<unbounded | wrapping | boolean>("bounds",
        // f, whose bounds leave c alone; a right side can't have a constant that the left side does not bind
        named("one value", where(true, f, c)                            >>= c |= when(f == c))));
// clang-format on

/// What depends on dtypes alone is beyond readings of them: a test tries it on all numbers of all dtypes of up to 16
/// bits (test/prove/lambdas.cpp), and on those near powers of two of wider ones.
inline constexpr std::string_view tested_lambda = "cast of a cast";

}  // namespace builtin

namespace prove {

/// The number of the statement for a lambda rule of that name, or the count of statements if it states nothing.
constexpr std::size_t statement_named(std::string_view name) {
  std::size_t rule = 0;
  while (rule < builtin::lambda_statements.rule_count && name != builtin::lambda_statements.rules[rule].name) ++rule;
  return rule;
}

}  // namespace prove
}  // namespace v0
}  // namespace whittle
