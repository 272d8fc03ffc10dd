// What every device can do: hold memory, compile linear programs, run them on a queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <whittle/lower/program.hpp>

#include "jit/cost.hpp"
#include "jit/extent.hpp"

namespace whittle {
inline namespace v0 {

class Device;

/// Memory of a device. What the handle means only the device knows: it need not be an address here.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, std::uintptr_t handle, std::size_t bytes) : device_(&device), handle_(handle), bytes_(bytes) {}
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer(std::move(other)).swap(*this);
    return *this;
  }
  ~Buffer();

  std::uintptr_t handle() const { return handle_; }
  std::size_t bytes() const { return bytes_; }
  explicit operator bool() const { return device_ != nullptr; }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(handle_, other.handle_);
    std::swap(bytes_, other.bytes_);
  }
  Device* device_ = nullptr;
  std::uintptr_t handle_ = 0;
  std::size_t bytes_ = 0;
};

/// What a launch must know of a kernel; copied out of the program, so that no graph is needed any more.
struct KernelInterface {
  std::string name;
  std::vector<std::string> variables;  ///< names, in the order of the launch's values
  std::vector<DType> parameters;       ///< dtypes by position; none: not used
  std::vector<Extent> sizes;           ///< elements by position
  Extent parallel;                     ///< how many iterations a launch may divide
  Cost cost;                           ///< of one iteration

  explicit KernelInterface(const Program& program);
};

/// A compiled program of some device.
class Kernel {
 public:
  explicit Kernel(const Program& program) : interface_(program) {}
  virtual ~Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  const KernelInterface& interface() const { return interface_; }
  const std::string& name() const { return interface_.name; }
  /// The text that was compiled, and machine code as text where it was asked for (WHITTLE_DEBUG); may be empty.
  virtual std::string_view source() const { return {}; }
  virtual std::string_view assembly() const { return {}; }

 private:
  KernelInterface interface_;
};

/// A place that computes. Copies and launches are queued in order and may be done later; what they name must
/// live until then. Once a kernel has failed, every call throws a DeviceError that names it.
class Device {
 public:
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  virtual std::string_view name() const = 0;
  /// What lowering may use.
  virtual Target target() const = 0;
  /// Every choice that a compiled kernel depends on besides the program: processor, versions, options.
  virtual std::uint64_t fingerprint() const = 0;

  /// Uninitialised memory of at least one byte. Throws DeviceError where there is none left.
  Buffer allocate(std::size_t bytes);
  void copy_in(Buffer& to, std::span<const std::byte> from);
  void copy_out(std::span<std::byte> to, const Buffer& from);
  void copy_in_sync(Buffer& to, std::span<const std::byte> from);
  void copy_out_sync(std::span<std::byte> to, const Buffer& from);

  /// Throws DeviceError, which names the kernel, where the program cannot be compiled.
  std::shared_ptr<Kernel> compile(const Program& program);
  /// Buffers by position (null where the kernel has no such parameter), values of the kernel's variables. Makes
  /// no heap allocation on a device whose queue needs none.
  void launch(Kernel& kernel, std::span<Buffer* const> buffers, std::span<const std::int64_t> variables);
  /// Waits for everything queued. Throws DeviceError if a kernel failed.
  void synchronize();

  /// Seconds that the last launch took; waits for it. Launches are timed only while this is on.
  void set_profiling(bool on) { profiling_ = on; }
  double elapsed();

  /// Declares the device failed, as a kernel that faults does.
  void fail(std::string_view kernel, std::string_view why);

 protected:
  Device() = default;
  virtual std::uintptr_t do_allocate(std::size_t bytes) = 0;  ///< 0: no memory left
  virtual void do_free(std::uintptr_t handle, std::size_t bytes) noexcept = 0;
  virtual void do_copy_in(std::uintptr_t to, std::span<const std::byte> from) = 0;
  virtual void do_copy_out(std::span<std::byte> to, std::uintptr_t from) = 0;
  virtual std::shared_ptr<Kernel> do_compile(const Program& program) = 0;
  virtual void do_launch(Kernel& kernel, std::span<Buffer* const> buffers, std::span<const std::int64_t> variables) = 0;
  virtual void do_synchronize() = 0;
  virtual double do_elapsed() = 0;

  bool profiling() const { return profiling_; }
  /// Throws if a kernel has failed.
  void check() const;

 private:
  friend class Buffer;
  void check_launch(const Kernel& kernel, std::span<Buffer* const> buffers,
                    std::span<const std::int64_t> variables) const;

  mutable std::mutex failure_lock_;
  std::string failure_;
  bool profiling_ = false;
};

inline Buffer::~Buffer() {
  if (device_ != nullptr) device_->do_free(handle_, bytes_);
}

/// How a device is made; the defaults are what the environment says.
struct DeviceOptions {
  bool bounds_checks = false;  ///< WHITTLE_BOUNDS=1: kernels check every address
  bool guard_pages = false;    ///< WHITTLE_GUARD=1: each buffer ends where unmapped memory begins
  unsigned threads = 0;        ///< WHITTLE_THREADS; 0: as many as the hardware has
  bool keep_source = false;    ///< WHITTLE_DEBUG >= 4
  bool keep_assembly = false;  ///< WHITTLE_DEBUG >= 6

  static DeviceOptions from_environment();
};

/// The device of that name, made on first use; lives as long as the process. Throws DeviceError that says what
/// is missing, or which names there are.
Device& device(std::string_view name);
/// Another one, of one's own.
std::unique_ptr<Device> make_device(std::string_view name, const DeviceOptions& options);

/// A device of the registry, and why it is missing here (empty: it is there).
struct DeviceEntry {
  std::string_view name;
  std::string missing;
};
std::vector<DeviceEntry> devices();

}  // namespace v0
}  // namespace whittle
