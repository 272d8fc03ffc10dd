// Whether two nodes and their sources have a node in common.
#pragma once

#include <cstdint>
#include <type_traits>

#include <whittle/ir/node.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// Writes two nodes by one store: a read of both that follows need not wait until two stores have reached the cache.
constexpr void store_pair(Node* to, Node a, Node b) {
#ifdef __SSE2__
  if (!std::is_constant_evaluated()) {
    const std::uint64_t both = number_of(a) | std::uint64_t{number_of(b)} << 32;
    __builtin_memcpy(to, &both, sizeof(both));
    return;
  }
#endif
  to[0] = a;
  to[1] = b;
}

/// Whether one of the first two sources of `a` (`of_a`) is `b` or one of its sources (`of_b`), or one of these is `a`.
/// Where a source is missing there is `Node::none`, which counts as one. All are compared at once: one by one, no
/// processor could foresee where that ends.
constexpr bool share_a_node(Node a, const Node* of_a, Node b, const Node* of_b) {
#ifdef __SSE2__
  if (!std::is_constant_evaluated()) {
    using Two [[gnu::vector_size(16)]] = unsigned long long;
    using Four [[gnu::vector_size(16)]] = std::uint32_t;
    using Bytes [[gnu::vector_size(16)]] = char;
    unsigned long long x, y;
    __builtin_memcpy(&x, of_a, sizeof(x));
    __builtin_memcpy(&y, of_b, sizeof(y));
    const Four xx = reinterpret_cast<Four>(Two{x, x}), yy = reinterpret_cast<Four>(Two{y, y});
    const Four yx = reinterpret_cast<Four>(Two{y, x}), ab{number_of(a), number_of(b), 0, 0};
    const auto equal =
        (xx == __builtin_shufflevector(yy, yy, 0, 1, 3, 2)) | (yx == __builtin_shufflevector(ab, ab, 0, 0, 1, 1));
    return __builtin_ia32_pmovmskb128(reinterpret_cast<Bytes>(equal)) != 0;
  }
#endif
  return a == of_b[0] || a == of_b[1] || b == of_a[0] || b == of_a[1] || of_a[0] == of_b[0] || of_a[0] == of_b[1] ||
         of_a[1] == of_b[0] || of_a[1] == of_b[1];
}

}  // namespace detail
}  // namespace v0
}  // namespace whittle
