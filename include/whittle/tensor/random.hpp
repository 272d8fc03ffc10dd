// Random numbers: a counter-based generator written with tensor operations.
#pragma once

#include <array>
#include <string>

#include <whittle/tensor/transfer.hpp>

namespace whittle {
inline namespace v0 {

/// The two words that Threefry-2x32 with 20 rounds makes of a key and a counter, all uint32 tensors that
/// broadcast. J. Salmon, M. Moraes, R. Dror, D. Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
inline std::array<Tensor, 2> threefry2x32(const std::array<Tensor, 2>& key, const std::array<Tensor, 2>& counter,
                                          const std::source_location& where = std::source_location::current()) {
  constexpr unsigned rotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  const Located at(counter[0].context(), where);
  for (const Tensor& word : {key[0], key[1], counter[0], counter[1]})
    if (word.dtype() != DType::uint32)
      at.fail<Error>("threefry2x32: given " + std::string(name(word.dtype())) + ", expected uint32");
  const Tensor keys[3] = {key[0], key[1], key[0] ^ key[1] ^ 0x1bd11bdau};
  Tensor x0 = counter[0] + keys[0], x1 = counter[1] + keys[1];
  for (unsigned round = 0; round < 20; ++round) {
    const unsigned left = rotations[round % 8];
    x0 = x0 + x1;
    x1 = ((x1 << left) | (x1 >> (32 - left))) ^ x0;
    if (round % 4 != 3) continue;
    const unsigned injection = round / 4 + 1;
    x0 = x0 + keys[injection % 3];
    x1 = x1 + keys[(injection + 1) % 3] + injection;
  }
  return {x0, x1};
}

/// A stream of random numbers whose counter lies in memory, so that a captured step gets new numbers each time.
class Generator {
 public:
  explicit Generator(std::uint64_t seed, Context& context = default_context())
      : seed_(seed),
        calls_(zeros({1}, DType::uint32, context)) {
    calls_.realize();
  }
  Context& context() const { return calls_.context(); }
  std::uint64_t seed() const { return seed_; }
  /// The number of this call, of shape (1); the next call has the next.
  Tensor next() {
    const Tensor now = calls_ + 0u;
    calls_.assign(calls_ + 1u);
    return now;
  }

 private:
  std::uint64_t seed_;
  Tensor calls_;
};

namespace detail {

struct RandomWords {
  std::array<Tensor, 2> words;  ///< each of one axis
  const Dims& dims;
};

/// Two random words for each element: the key is the seed, the counter the element's place and the call's number.
inline std::array<Tensor, 2> random_words(const Dims& dims, Context& context, std::uint64_t seed, const Tensor& call) {
  std::int64_t count = 1;
  for (const Dim& dim : dims) count *= dim.value();
  const auto word = [&](std::uint64_t bits) {
    return full({}, static_cast<std::uint32_t>(bits), DType::uint32, context);
  };
  const Tensor place = arange(count, DType::uint32, context);
  return threefry2x32({word(seed), word(seed >> 32)}, {place, call.expand({count})});
}

inline std::array<Tensor, 2> random_words(const Located& at, const Dims& dims, Context& context) {
  if (context.capturing())
    at.fail<Error>("random numbers in a captured step would be the same each time; give a Generator");
  check_dims(at, context.graph(), dims, "random numbers");
  return random_words(dims, context, context.seed(), full({1}, context.next_random_call(), DType::uint32, context));
}

/// In [0, 1), from as many of the high bits as the dtype has digits.
inline Tensor unit_interval(const Tensor& word, DType dtype) {
  const unsigned digits = dtype == DType::float16 ? 11 : dtype == DType::bfloat16 ? 8 : 24;
  return (word >> (32 - digits)).cast(DType::float32) * (1.0 / static_cast<double>(1u << digits));
}

/// In [0, 1) in dtype float64, from 53 bits of two words.
inline Tensor unit_interval(const std::array<Tensor, 2>& words) {
  const Tensor high = (words[0] >> 5).cast(DType::float64), low = (words[1] >> 6).cast(DType::float64);
  return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
}

inline Tensor uniform_of(const std::array<Tensor, 2>& words, const Dims& dims, DType dtype) {
  return (dtype == DType::float64 ? unit_interval(words) : unit_interval(words[0], dtype).cast(dtype)).reshape(dims);
}

/// Box and Muller: a radius and an angle (Annals of Mathematical Statistics 29, 1958).
inline Tensor normal_of(const std::array<Tensor, 2>& words, const Dims& dims, DType dtype) {
  const DType wide = dtype == DType::float64 ? dtype : DType::float32;
  const Tensor u = 1.0 - unit_interval(words[0], wide), v = unit_interval(words[1], wide);
  return ((u.cast(wide).log() * -2.0).sqrt() * (v.cast(wide) * (4 * half_pi)).cos()).cast(dtype).reshape(dims);
}

inline void check_float(const Located& at, DType dtype, const char* what) {
  if (!is_float(dtype))
    at.fail<Error>(std::string(what) + ": dtype " + std::string(name(dtype)) + ", expected a float");
}

}  // namespace detail

/// Numbers from [0, 1), all equally likely. They depend on the context's seed and on how many calls came before.
inline Tensor rand(const Dims& dims, DType dtype = DType::float32, Context& context = default_context(),
                   const std::source_location& where = std::source_location::current()) {
  const Located at(context, where);
  detail::check_float(at, dtype, "rand");
  return detail::uniform_of(detail::random_words(at, dims, context), dims, dtype);
}
inline Tensor rand(const Dims& dims, Generator& generator, DType dtype = DType::float32,
                   const std::source_location& where = std::source_location::current()) {
  const Located at(generator.context(), where);
  detail::check_float(at, dtype, "rand");
  return detail::uniform_of(detail::random_words(dims, generator.context(), generator.seed(), generator.next()), dims,
                            dtype);
}

/// Numbers of the normal distribution with mean 0 and variance 1.
inline Tensor randn(const Dims& dims, DType dtype = DType::float32, Context& context = default_context(),
                    const std::source_location& where = std::source_location::current()) {
  const Located at(context, where);
  detail::check_float(at, dtype, "randn");
  return detail::normal_of(detail::random_words(at, dims, context), dims, dtype);
}

/// Numbers from [low, high).
inline Tensor uniform(const Dims& dims, double low, double high, DType dtype = DType::float32,
                      Context& context = default_context(),
                      const std::source_location& where = std::source_location::current()) {
  const Located at(context, where);
  return rand(dims, dtype, context) * (high - low) + low;
}

}  // namespace v0
}  // namespace whittle
