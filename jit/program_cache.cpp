#include "jit/program_cache.hpp"

#include <whittle/core/hash.hpp>
#include <whittle/version.hpp>

namespace whittle {
inline namespace v0 {

std::uint64_t program_key(const Graph& graph, Node sink, const Target& target, std::uint64_t fingerprint) {
  std::uint64_t key = combine(graph.key(sink), hash_text(target.device));
  for (std::uint64_t part :
       {std::uint64_t{target.vector_bits}, std::uint64_t{target.grid}, std::uint64_t{target.block_size},
        std::uint64_t{target.native.mask}, std::uint64_t{target.bounds_checks}, fingerprint})
    key = combine(key, part);
  return key;
}

std::shared_ptr<Kernel> ProgramCache::find(std::uint64_t key) const {
  const std::lock_guard guard(lock_);
  const auto found = kernels_.find(key);
  return found != kernels_.end() ? found->second : nullptr;
}

std::shared_ptr<Kernel> ProgramCache::insert(std::uint64_t key, std::shared_ptr<Kernel> kernel) {
  const std::lock_guard guard(lock_);
  return kernels_.emplace(key, std::move(kernel)).first->second;
}

std::size_t ProgramCache::size() const {
  const std::lock_guard guard(lock_);
  return kernels_.size();
}

void ProgramCache::clear() {
  const std::lock_guard guard(lock_);
  kernels_.clear();
}

}  // namespace v0
}  // namespace whittle
