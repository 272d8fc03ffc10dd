// The lambdas of a rule set, for one graph type and context.
#pragma once

#include <type_traits>
#include <utility>

#include <whittle/match/rule_set.hpp>
#include <whittle/match/traits.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

template <class G, class Context>
using LambdaCall = node_of<G> (*)(G&, Context&, const node_of<G>*);

template <class G, class Context, class Function, std::size_t... I>
constexpr node_of<G> call_lambda(G& g, Context& context, const node_of<G>* arguments, std::index_sequence<I...>) {
  if constexpr (requires { Function{}(g, context, arguments[I]...); })
    return Function{}(g, context, arguments[I]...);
  else
    return Function{}(g, arguments[I]...);
}
template <class G, class Context, class Function, std::size_t Count>
constexpr node_of<G> call_lambda_of(G& g, Context& context, const node_of<G>* arguments) {
  return call_lambda<G, Context, Function>(g, context, arguments, std::make_index_sequence<Count>{});
}

/// The functions of the lambda rules of a set, in order.
template <const auto& Set, class G, class Context, class... Functions>
constexpr auto lambda_calls(FunctionList<Functions...>) {
  struct Calls {
    LambdaCall<G, Context> of[sizeof...(Functions) + 1] = {};
  } calls;
  std::size_t next = 0;
  const auto add = [&]<class Function, std::size_t Rule>() {
    if constexpr (!std::is_void_v<Function>)
      calls.of[next++] = &call_lambda_of<G, Context, Function, Set.rules[Rule].arguments.size>;
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] const bool added[] = {(add.template operator()<Functions, I>(), true)..., true };
  }(std::index_sequence_for<Functions...>{});
  return calls;
}

template <const auto& Set, class G, class Context>
inline constexpr auto lambdas_of =
    lambda_calls<Set, G, Context>(typename std::remove_cvref_t<decltype(Set)>::functions{});

}  // namespace detail
}  // namespace v0
}  // namespace whittle
