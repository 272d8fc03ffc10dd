// Rows of a table by number: with the sum over the one-hot mask as a formula, and as the loop that it says.
//
//   gather [--json]
#include <whittle/pipeline.hpp>
#include <whittle/whittle.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

using namespace whittle;

constexpr std::int64_t rows = 50'000, columns = 64, wanted = 1'000;

/// The best of five runs, after one that compiles, in milliseconds.
double gather_time(const Tensor& table, const Tensor& numbers) {
  double best = 1e30;
  for (int run = 0; run < 6; ++run) {
    const auto start = std::chrono::steady_clock::now();
    take(table, numbers).to_vector<float>();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    if (run > 0) best = std::min(best, time.count());
  }
  return best;
}

}  // namespace

int main(int count, char** values) {
  const bool json = count > 1 && std::strcmp(values[1], "--json") == 0;
  std::vector<std::int32_t> numbers(wanted);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int32_t>(i * 7919 % rows);
  const Tensor table = rand({rows, columns}).realize(), chosen = Tensor::from(numbers, {wanted}).realize();
  const double formula = gather_time(table, chosen);

  Pipeline loops = default_pipeline();
  std::erase_if(loops.passes, [](const Pass& pass) { return pass.name == "close reductions"; });
  set_pipeline(loops);
  const double loop = gather_time(table, chosen);
  std::printf(json ? "[{\"name\": \"take\", \"formula_ms\": %.3f, \"loop_ms\": %.3f}]\n"
                   : "take, 1,000 of 50,000 rows of 64 floats: %.3f ms as a formula, %.3f ms as a loop\n",
              formula, loop);
}
