// How the layers that compile without exceptions report failure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace whittle {
inline namespace v0 {

/// Empty when all went well; otherwise a sentence that says what was given, what was expected and where.
class [[nodiscard]] Status {
 public:
  Status() = default;
  static Status failure(std::string sentence) {
    Status status;
    status.sentence_ = std::move(sentence);
    return status;
  }
  bool ok() const { return sentence_.empty(); }
  const std::string& message() const { return sentence_; }

 private:
  std::string sentence_;
};

}  // namespace v0
}  // namespace whittle
