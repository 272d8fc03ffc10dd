// The verifier: rules whose left sides are ill-formed nodes and whose names say what is wrong. What a rule makes
// of a node is of no interest; a set that matches nothing below a root has verified it.
#pragma once

#include <string>
#include <vector>

#include <whittle/core/status.hpp>
#include <whittle/ir/expression.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/ir/scalar_operation.hpp>
#include <whittle/ir/shape.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/ir/walk.hpp>
#include <whittle/match/matcher.hpp>
#include <whittle/match/rule_set.hpp>

namespace whittle {
inline namespace v0 {

/// What a rule adds to its name when it finds a fault.
struct VerifierContext {
  std::string detail;
};

namespace detail::verifier {

constexpr DTypes without(DTypes dtypes) { return {any_dtype.mask & ~dtypes.mask}; }
inline constexpr DTypes not_bool = without(only(DType::boolean)), not_int = without(any_int),
                        not_float = without(any_float);
inline constexpr DTypes no_bits = without(any_int | only(DType::boolean)), a_value = without(only(DType::none));

/// What a lambda returns: some other node where there is a fault, none where there is none.
template <class G>
constexpr Node fault_if(G& g, bool fault) {
  return fault ? g.invalid(DType::none) : Node::none;
}

/// The least and the greatest number of sources.
struct ArityBounds {
  std::uint32_t least = 0, most = 0xffffffffu;
};
constexpr ArityBounds arity_bounds(Op op) {
  switch (op) {
  case Op::index: return {2, 3};  // the third is the range of a run of addresses
  case Op::load: return {1, 3};
  case Op::store: return {2, 3};
  case Op::after:
  case Op::end:
  case Op::reshape:
  case Op::expand:
  case Op::pad:
  case Op::shrink:
  case Op::reduce: return {1, 0xffffffffu};
  default: break;
  }
  const std::uint8_t arity = info(op).arity;
  if (arity == any_arity) return {};
  return {arity, arity};
}

template <class G>
constexpr bool has_wrong_arity(const G& g, Node n) {
  if (is_user_op(g.op(n))) {
    const UserOperator* const known = find_operator(g, g.op(n));
    return known != nullptr && known->arity != g.arity(n);
  }
  const ArityBounds bounds = arity_bounds(g.op(n));
  return g.arity(n) < bounds.least || g.arity(n) > bounds.most || (g.op(n) == Op::load && g.arity(n) == 2);
}

/// Whether a source is of another dtype than `dtype`; of where, the first is its condition.
template <class G>
constexpr bool has_source_unlike(const G& g, Node n, DType dtype) {
  for (std::uint32_t i = g.op(n) == Op::where ? 1 : 0; i < g.arity(n); ++i)
    if (g.dtype(g.source(n, i)) != dtype) return true;
  return false;
}

template <class G>
constexpr bool converts(const G& g, Node n) {
  return g.op(n) == Op::cast || g.op(n) == Op::bitcast || is_comparison(g.op(n));
}

/// Whether every source from `first` on is an integer: a dimension, a bound or a size.
template <class G>
constexpr bool has_no_integer_from(const G& g, Node n, std::uint32_t first) {
  for (std::uint32_t i = first; i < g.arity(n); ++i)
    if (!is_int(g.dtype(g.source(n, i)))) return true;
  return false;
}

template <class G>
constexpr Node memory_of(const G& g, Node n) {
  while ((is_movement(g.op(n)) || g.op(n) == Op::after || g.op(n) == Op::index) && g.arity(n) != 0) n = g.source(n, 0);
  return n;
}
template <class G>
constexpr bool is_memory(const G& g, Node n) {
  return g.op(n) == Op::buffer || g.op(n) == Op::parameter;
}

using namespace dsl;
using dsl::var;  // tensors have a function of that name
inline constexpr auto n = var<"n">, a = var<"a">, b = var<"b">, c = var<"c">, x = var<"x">;

/// The operator with any sources, as n.
template <Op Operator>
constexpr auto with_more() {
  return and_more(node<Operator>()).template as<"n">();
}

// clang-format off
/// What holds in every stage. The rules after the first may count on the number of sources. Patterns take the
/// dtypes of comparisons, conditions and `!` for granted, so those are asked for in lambdas.
inline constexpr auto node_rules = rules<structural>("verify nodes",
    named("has the wrong number of sources",
        n >>= with(n)([](auto& g, auto node) { return fault_if(g, has_wrong_arity(g, node)); })),
    named("has dtypes that it is not for",
        n >>= with(n)([](auto& g, VerifierContext& context, auto node) {
          const UserOperator* const known = is_user_op(g.op(node)) ? find_operator(g, g.op(node)) : nullptr;
          if (known != nullptr) context.detail = dtype_fault(g, *known, g.sources(node), g.dtype(node));
          return fault_if(g, !context.detail.empty());
        })),

    // Dtypes of elementwise operators
    named("is a comparison, but its dtype is not bool",
        any_of(with_more<Op::less>(), with_more<Op::less_equal>(), with_more<Op::equal>(), with_more<Op::not_equal>()) >>=
            with(n)([](auto& g, auto node) { return fault_if(g, g.dtype(node) != DType::boolean); })),
    named("has operands of different dtypes",
        any_op<OpClass::elementwise, "n">(a, b) >>=
            with(a, b)([](auto& g, auto p, auto q) { return fault_if(g, g.dtype(p) != g.dtype(q)); })),
    named("has a condition that is not bool",
        where(c, a, b) >>=
            with(c)([](auto& g, auto condition) { return fault_if(g, g.dtype(condition) != DType::boolean); })),
    named("has a source of another dtype than its own",
        and_more(any_op<OpClass::elementwise, "n">()) >>= with(n)([](auto& g, auto node) {
          return fault_if(g, !converts(g, node) && has_source_unlike(g, node, g.dtype(node)));
        })),
    named("has an operand without a value",
        and_more(any_op<OpClass::elementwise, "n">()) >>= with(n)([](auto& g, auto node) {
          bool fault = g.dtype(node) == DType::none;
          for (Node source : g.sources(node)) fault = fault || g.dtype(source) == DType::none;
          return fault_if(g, fault);
        })),
    named("is for floats", any_of(reciprocal(a.is(not_float)), exp(a.is(not_float)), log(a.is(not_float)), exp2(a.is(not_float)), log2(a.is(not_float)),
        sin(a.is(not_float)), sqrt(a.is(not_float)), trunc(a.is(not_float)), fdiv(a.is(not_float), b),
        pow(a.is(not_float), b)) >>= a),
    named("is for integers", any_of(floordiv(a.is(not_int), b), floormod(a.is(not_int), b), cdiv(a.is(not_int), b),
        cmod(a.is(not_int), b), a.is(not_int) << b, a.is(not_int) >> b) >>= a),
    named("is for integers and bools", any_of(a.is(no_bits) & b, a.is(no_bits) | b, a.is(no_bits) ^ b) >>= a),
    named("is for bools",
        !a >>= with(a)([](auto& g, auto operand) { return fault_if(g, g.dtype(operand) != DType::boolean); })),
    named("is a bitcast between different widths",
        node<Op::bitcast>(x).as<"n">() >>= with(n, x)([](auto& g, auto node, auto from) {
          return fault_if(g, bits(g.dtype(node)) != bits(g.dtype(from)) || bits(g.dtype(from)) == 0);
        })),

    // Leaves
    named("has bounds that are no constants of its dtype, or in the wrong order",
        node<Op::variable>(a, b).as<"n">() >>= with(n, a, b)([](auto& g, auto node, auto low, auto high) {
          return fault_if(g, !is_int(g.dtype(node)) || !g.is_constant(low) || !g.is_constant(high) ||
              g.dtype(low) != g.dtype(node) || g.dtype(high) != g.dtype(node) ||
              g.scalar(low).as_wide() > g.scalar(high).as_wide());
        })),
    named("has a size that is no integer", any_of(node<Op::range>(a.is(not_int)), node<Op::special>(a.is(not_int)),
        node<Op::buffer>(a.is(not_int)), node<Op::parameter>(a.is(not_int)), node<Op::iota>(a.is(not_int))) >>= a),
    named("is a loop index that is no integer",
        any_of(node<Op::range>(a).is(not_int), node<Op::special>(a).is(not_int)) >>= a),

    // Memory and order
    named("has an offset that is no integer", and_more(node<Op::index>(x, a.is(not_int))) >>= a),
    named("is no address in a buffer",
        and_more(node<Op::index>(x, a)) >>=
            with(x)([](auto& g, auto from) { return fault_if(g, !is_memory(g, memory_of(g, from))); })),
    named("has another dtype than its first source",
        any_of(with_more<Op::index>(), with_more<Op::load>(), with_more<Op::after>(), with_more<Op::reduce>())
            >>= with(n)([](auto& g, auto node) {
          return fault_if(g, g.dtype(node) != g.dtype(g.source(node, 0)));
        })),
    named("loads from what is no address",
        and_more(node<Op::load>(x)) >>= with(x)([](auto& g, auto from) {
          return fault_if(g, g.op(from) != Op::index && g.op(from) != Op::after && !is_memory(g, from));
        })),
    named("has a gate that is not bool",
        any_of(node<Op::load>(x, a, c.is(not_bool)), node<Op::store>(x, a, c.is(not_bool))) >>= c),
    named("has an alternative of another dtype",
        node<Op::load>(x, a, c) >>=
            with(x, a)([](auto& g, auto from, auto other) { return fault_if(g, g.dtype(from) != g.dtype(other)); })),
    named("stores to what is no view of a buffer",
        and_more(node<Op::store>(x, a)) >>=
            with(x)([](auto& g, auto to) { return fault_if(g, !is_memory(g, memory_of(g, to))); })),
    named("stores a value of another dtype",
        and_more(node<Op::store>(x, a)) >>=
            with(x, a)([](auto& g, auto to, auto value) { return fault_if(g, g.dtype(to) != g.dtype(value)); })),
    named("is an effect, but has a dtype",
        any_of(with_more<Op::store>().is(a_value), with_more<Op::end>().is(a_value), with_more<Op::group>().is(a_value),
            with_more<Op::sink>().is(a_value)) >>= with(n)([](auto& g, auto) { return fault_if(g, true); })),
    named("closes what is no range",
        and_more(node<Op::end>(x)).as<"n">() >>= with(n)([](auto& g, auto node) {
          bool fault = false;
          for (std::uint32_t i = 1; i < g.arity(node); ++i) fault = fault || g.op(g.source(node, i)) != Op::range;
          return fault_if(g, fault);
        })),
    named("folds with an operator that cannot fold its dtype",
        and_more(node<Op::reduce>(x)).as<"n">() >>= with(n)([](auto& g, auto node) {
          const Op op = unpack<ReduceArgument>(g.argument(node)).op;
          const bool is_bitwise = op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor;
          return fault_if(g, !fold_start(op, g.dtype(node)) || (is_bitwise && is_float(g.dtype(node))));
        })));

/// Tensor graphs: shapes fit, and nothing of a kernel is there.
inline constexpr auto tensor_rules = rules<structural>("verify tensors",
    named("has no place in a tensor graph",
        any_of(with_more<Op::range>(), with_more<Op::special>(), with_more<Op::end>(), with_more<Op::barrier>())
            >>= with(n)([](auto& g, auto) { return fault_if(g, true); })),
    named("has another dtype than its first source",
        and_more(any_op<OpClass::movement, "n">(x)) >>=
            with(n, x)([](auto& g, auto node, auto from) { return fault_if(g, g.dtype(node) != g.dtype(from)); })),
    named("has a dimension or bound that is no integer",
        and_more(any_op<OpClass::movement, "n">(x)) >>=
            with(n)([](auto& g, auto node) { return fault_if(g, has_no_integer_from(g, node, 1)); })),
    named("reduces over more than axes",
        and_more(node<Op::reduce>(x)).as<"n">() >>=
            with(n)([](auto& g, auto node) { return fault_if(g, g.arity(node) != 1); })),
    named("has sources that do not fit",
        n >>= with(n)([](auto& g, VerifierContext& context, auto node) {
          context.detail = check_shape(g, node).message();
          return fault_if(g, !context.detail.empty());
        })));

/// Kernel graphs: scalars that depend on ranges.
inline constexpr auto kernel_rules = rules<structural>("verify kernels",
    named("has no place in a kernel graph",
        any_of(with_more<Op::iota>(), with_more<Op::contiguous>(), with_more<Op::detach>(), with_more<Op::pullback>(),
            and_more(any_op<OpClass::movement, "n">())) >>= with(n)([](auto& g, auto) { return fault_if(g, true); })),
    named("reduces over what is no range",
        and_more(node<Op::reduce>(x)).as<"n">() >>= with(n)([](auto& g, auto node) {
          bool fault = false;
          for (std::uint32_t i = 1; i < g.arity(node); ++i) fault = fault || g.op(g.source(node, i)) != Op::range;
          return fault_if(g, fault);
        })));
// clang-format on

template <const auto& Set, class G>
Status verify_node(G& g, Node node) {
  VerifierContext context;
  const auto fault = matcher<Set, G, VerifierContext>::match(g, node, context);
  if (!fault.found()) return {};
  std::string message =
      op_text(g, g.op(node)) + " (node " + number_text(number_of(node)) + ") " + Set.rules[fault.rule].name;
  message += context.detail.empty() ? ": " + expression(g, node, 200) : ": " + context.detail;
  return Status::failure(message);
}

template <const auto& Set, class G>
Status verify_below(G& g, Node root) {
  for (Node node : topological_order(g, root)) {
    Status status = verify_node<node_rules>(g, node);
    if (status.ok()) status = verify_node<Set>(g, node);
    if (!status.ok()) return status;
  }
  return {};
}

}  // namespace detail::verifier

/// Whether `root` and everything below it is a tensor graph; a failure names the first node that is not well
/// formed, sources before users, and what is wrong with it.
template <class G>
Status verify_tensor(G& graph, Node root) {
  return detail::verifier::verify_below<detail::verifier::tensor_rules>(graph, root);
}

/// The same for a kernel graph.
template <class G>
Status verify_kernel(G& graph, Node root) {
  return detail::verifier::verify_below<detail::verifier::kernel_rules>(graph, root);
}

}  // namespace v0
}  // namespace whittle
