// Copies between tensors and the host.
#pragma once

#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <whittle/tensor/memory.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

// Without <cmath>, here and in other headers: its special functions take a twentieth of <whittle/whittle.hpp>.
inline double half_to_double(std::uint16_t stored) {
  const auto power_of_two = [](int n) { return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52); };
  const int exponent = (stored >> 10) & 31, fraction = stored & 1023;
  const double size = exponent == 31  ? (fraction != 0 ? std::numeric_limits<double>::quiet_NaN()
                                                       : std::numeric_limits<double>::infinity())
                      : exponent == 0 ? fraction * power_of_two(-24)
                                      : (fraction + 1024) * power_of_two(exponent - 25);
  return (stored >> 15) != 0 ? -size : size;
}

/// A float as another type: towards zero, at most the greatest integer there is; NaN is 0.
template <class T>
T converted(double value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value != 0;
  } else if constexpr (std::is_integral_v<T>) {
    if (!(value == value)) return 0;
    if (value <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
    if (value >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
    return static_cast<T>(value);
  } else {
    return static_cast<T>(value);
  }
}

template <class Stored>
Stored stored_at(const std::byte* memory) {
  Stored value;
  std::memcpy(&value, memory, sizeof value);
  return value;
}

/// An element of that dtype in memory, converted to T.
template <class T>
T element_as(DType dtype, const std::byte* memory) {
  switch (dtype) {
  case DType::boolean: return static_cast<T>(stored_at<std::uint8_t>(memory) != 0);
  case DType::int8: return static_cast<T>(stored_at<std::int8_t>(memory));
  case DType::int16: return static_cast<T>(stored_at<std::int16_t>(memory));
  case DType::int32: return static_cast<T>(stored_at<std::int32_t>(memory));
  case DType::int64: return static_cast<T>(stored_at<std::int64_t>(memory));
  case DType::uint8: return static_cast<T>(stored_at<std::uint8_t>(memory));
  case DType::uint16: return static_cast<T>(stored_at<std::uint16_t>(memory));
  case DType::uint32: return static_cast<T>(stored_at<std::uint32_t>(memory));
  case DType::uint64: return static_cast<T>(stored_at<std::uint64_t>(memory));
  case DType::float16: return converted<T>(half_to_double(stored_at<std::uint16_t>(memory)));
  case DType::bfloat16:
    return converted<T>(std::bit_cast<float>(std::uint32_t{stored_at<std::uint16_t>(memory)} << 16));
  case DType::float32: return converted<T>(stored_at<float>(memory));
  case DType::float64: return converted<T>(stored_at<double>(memory));
  default: return T{};
  }
}

/// The place in memory, where variables have their upper bounds, of the element of that number.
inline std::size_t place_in_room(std::size_t number, const Dims& room, const Dims& used) {
  std::size_t place = 0, stride = 1;
  for (std::size_t k = used.size(); k-- > 0;) {
    const auto size = static_cast<std::size_t>(used[k].value());
    place += number % size * stride;
    number /= size;
    stride *= static_cast<std::size_t>(room[k].value());
  }
  return place;
}

}  // namespace detail

inline Tensor Tensor::from_bytes(std::span<const std::byte> bytes, std::size_t count, DType dtype, const Dims& shape,
                                 Context& context, const Where& where) {
  const Located at(context, where);
  detail::check_dims(at, context.graph(), shape, "from");
  std::int64_t wanted = 1;
  for (const Dim& dim : shape) wanted *= dim.value();
  if (wanted != static_cast<std::int64_t>(count))
    at.fail("from: " + std::to_string(count) + " elements for shape " + detail::dims_text(&context.graph(), shape) +
            ", expected " + std::to_string(wanted));
  const Tensor made = zeros(shape, dtype, context);
  Memory::write(made, bytes);
  return made;
}

inline void Tensor::write_bytes(std::span<const std::byte> bytes, std::size_t count, DType type,
                                const Where& where) const {
  const Located at(context(), where);
  if (type != dtype())
    at.fail<Error>("write: given " + std::string(name(type)) + ", expected " + std::string(name(dtype())));
  std::int64_t wanted = 1;
  for (Node dim : shape_of(graph(), node())) wanted *= detail::limit_of(context(), detail::dim_of(context(), dim));
  if (wanted != static_cast<std::int64_t>(count))
    at.fail("write: " + std::to_string(count) + " elements for shape " + detail::shape_text(*this) + ", expected " +
            std::to_string(wanted));
  Memory::write(*this, bytes);
}

inline void Tensor::read_bytes(std::span<std::byte> bytes, std::size_t count, DType type, const Where& where) const {
  const Located at(context(), where);
  if (type != dtype())
    at.fail<Error>("read: into " + std::string(name(type)) + ", expected " + std::string(name(dtype())));
  std::int64_t wanted = 1;
  for (Node dim : shape_of(graph(), node())) wanted *= detail::limit_of(context(), detail::dim_of(context(), dim));
  if (wanted != static_cast<std::int64_t>(count))
    at.fail("read: into " + std::to_string(count) + " elements, expected " + std::to_string(wanted));
  Memory::read(*this, bytes);
}

template <class T>
std::vector<T> Tensor::to_vector(const Where& where) const {
  static_assert(dtype_of<T> != DType::none, "to_vector: no dtype for this C++ type");
  const Located at(context(), where);
  Dims room, used;
  std::size_t count = 1, reserved = 1;
  for (const Dim& dim : shape()) {
    used.append(detail::value_of(context(), dim));
    room.append(detail::limit_of(context(), dim));
    count *= static_cast<std::size_t>(used.back().value());
    reserved *= static_cast<std::size_t>(room.back().value());
  }
  std::vector<T> values(count);
  if constexpr (!std::is_same_v<T, bool>) {
    if (dtype() == dtype_of<T> && room == used) {
      Memory::read(*this, std::as_writable_bytes(std::span<T>(values)));
      return values;
    }
  }
  const DType type = dtype();
  std::vector<std::byte> memory(reserved * size_of(type));
  Memory::read(*this, memory);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = detail::element_as<T>(type, memory.data() + size_of(type) * detail::place_in_room(i, room, used));
  return values;
}

template <class T>
T Tensor::item(const Where& where) const {
  static_assert(dtype_of<T> != DType::none, "item: no dtype for this C++ type");
  const Located at(context(), where);
  if (constant_size(graph(), shape_of(graph(), node())) != 1)
    at.fail("item: given shape " + detail::shape_text(*this) + ", expected one element");
  std::byte memory[8];
  Memory::read(*this, std::span<std::byte>(memory, size_of(dtype())));
  return detail::element_as<T>(dtype(), memory);
}

}  // namespace v0
}  // namespace whittle
