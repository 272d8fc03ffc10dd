// A progress bar: step, loss, pictures a second, time left.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include <unistd.h>

namespace support {

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// On a terminal one line that moves; elsewhere a line now and then.
class Progress {
 public:
  Progress(std::size_t steps, std::size_t pictures_a_step) : steps_(steps), pictures_(pictures_a_step) {}

  void show(std::size_t step, float loss) {
    const double now = seconds_since(start_);
    const bool last = step == steps_;
    if (!last && now - shown_ < (terminal_ ? 0.1 : 10.0)) return;
    shown_ = now;
    const double done = static_cast<double>(step) / static_cast<double>(steps_);
    const double speed = static_cast<double>(step * pictures_) / now, left = now / done - now;
    std::string bar(30, '.');
    for (std::size_t i = 0; i < static_cast<std::size_t>(done * 30); ++i) bar[i] = '#';
    std::printf("%s[%s] step %zu/%zu  loss %.3f  %.0f pictures/s  %.0f s left %s", terminal_ ? "\r" : "", bar.c_str(),
                step, steps_, static_cast<double>(loss), speed, left, terminal_ && !last ? "  " : "\n");
    std::fflush(stdout);
  }
  double seconds() const { return seconds_since(start_); }

 private:
  std::size_t steps_, pictures_;
  bool terminal_ = isatty(STDOUT_FILENO) != 0;
  double shown_ = -100;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace support
