// The exception of the tensor and jit surface.
#pragma once

#include <stdexcept>
#include <string>

#include <whittle/core/status.hpp>
#include <whittle/version.hpp>

namespace whittle {
inline namespace v0 {

/// Base of every exception that whittle throws; `what()` is a sentence a user can act on.
class WHITTLE_API Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Shapes, axes or dtypes that don't fit together.
class WHITTLE_API ShapeError : public Error {
 public:
  using Error::Error;
};

/// A device, compiler or driver that failed; the message names the kernel.
class WHITTLE_API DeviceError : public Error {
 public:
  using Error::Error;
};

/// A file that is missing, cut short or of another kind.
class WHITTLE_API FileError : public Error {
 public:
  using Error::Error;
};

/// A graph that is malformed, or rules that do not end on it.
class WHITTLE_API GraphError : public Error {
 public:
  using Error::Error;
};

#ifdef __cpp_exceptions
inline void throw_if_failed(const Status& status) {
  if (!status.ok()) throw GraphError(status.message());
}
#endif

}  // namespace v0
}  // namespace whittle
