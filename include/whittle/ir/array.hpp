// A dense array of numbers, as the plain evaluator computes with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <whittle/core/scalar.hpp>
#include <whittle/ir/scalar_operation.hpp>

namespace whittle {
inline namespace v0 {

/// Elements in row-major order. An element that is invalid has the dtype `none` while it is computed with, and
/// is 0 in results.
struct Array {
  DType dtype = DType::none;
  std::vector<std::int64_t> shape;
  std::vector<Scalar> elements;

  static Array of(Scalar value) { return {value.dtype, {}, {value}}; }
  static Array filled(std::vector<std::int64_t> shape, Scalar value) {
    Array array{value.dtype, {}, {}};
    std::size_t size = 1;
    for (std::int64_t dim : shape) size *= static_cast<std::size_t>(dim);
    array.shape = std::move(shape);
    array.elements.assign(size, value);
    return array;
  }
  friend bool operator==(const Array&, const Array&) = default;
};

/// The number at position `i` of memory that holds elements of `dtype`.
inline Scalar read_element(DType dtype, const std::byte* memory, std::size_t i) {
  const std::size_t width = size_of(dtype);
  std::uint64_t stored = 0;
  for (std::size_t k = 0; k < width; ++k) stored |= std::to_integer<std::uint64_t>(memory[i * width + k]) << (8 * k);
  return from_stored_bits(dtype, stored);
}
inline void write_element(Scalar value, std::byte* memory, std::size_t i) {
  const std::size_t width = size_of(value.dtype);
  const std::uint64_t stored = stored_bits(value);
  for (std::size_t k = 0; k < width; ++k) memory[i * width + k] = static_cast<std::byte>(stored >> (8 * k));
}

/// Memory as an array of rank 1; bytes after the last whole element are left out.
inline Array array_of_bytes(DType dtype, std::span<const std::byte> memory) {
  const std::size_t size = size_of(dtype) == 0 ? 0 : memory.size() / size_of(dtype);
  Array array{dtype, {static_cast<std::int64_t>(size)}, {}};
  for (std::size_t i = 0; i < size; ++i) array.elements.push_back(read_element(dtype, memory.data(), i));
  return array;
}
inline std::vector<std::byte> bytes_of_array(const Array& array) {
  std::vector<std::byte> memory(array.elements.size() * size_of(array.dtype));
  for (std::size_t i = 0; i < array.elements.size(); ++i) write_element(array.elements[i], memory.data(), i);
  return memory;
}

}  // namespace v0
}  // namespace whittle
