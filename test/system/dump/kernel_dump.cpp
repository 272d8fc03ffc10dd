// Prints every kernel of a training step (its graph, LLVM IR and CUDA text), then the losses and the network after a
// few steps, bit for bit. Two runs must print the same: determinism.sh compares them.
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <exception>

#include <whittle/ir/text.hpp>
#include <whittle/lower/pipeline.hpp>
#include <whittle/render/cuda.hpp>

#include "backends/cpu/renderer.hpp"
#include "jit/executor.hpp"
#include "system/fashion_network.hpp"

namespace w = whittle;

namespace {

/// The library's planner, which prints what it plans and lowers.
class PrintingPlanner final : public w::Planner {
 public:
  std::uint64_t fingerprint() const override { return inner_->fingerprint(); }
  w::Plan plan(w::Graph& graph, std::span<const w::Node> effects) override {
    const w::Plan made = inner_->plan(graph, effects);
    for (const w::PlannedCall& call : made.calls) {
      std::printf("kernel %s of %zu buffers\n%s\n", call.name.c_str(), call.buffers.size(),
                  print(graph, call.sink).c_str());
      w::Target grid;
      grid.device = "cuda";
      grid.grid = true;
      std::printf("%s\n", w::render_cuda_kernel(w::lower(graph, call.sink, call.name, grid)).c_str());
    }
    for (const w::PlannedTemporary& each : made.temporaries)
      std::printf("temporary for calls %zu to %zu\n", each.first, each.last);
    return made;
  }
  w::Program lower(w::Graph& graph, const w::PlannedCall& call, const w::Target& target) override {
    w::Program made = inner_->lower(graph, call, target);
    std::printf("%s\n", w::cpu::render(made, {}).c_str());
    return made;
  }

 private:
  std::unique_ptr<w::Planner> inner_ = w::make_planner();
};

void print_bits(const char* what, const w::Tensor& tensor) {
  std::printf("%s:", what);
  for (float number : tensor.to_vector<float>()) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    std::printf(" %08" PRIx32, bits);
  }
  std::printf("\n");
}

}  // namespace

int main() try {
  const auto device = w::make_device("cpu", w::DeviceOptions::from_environment());
  w::DeviceExecutor executor(*device, std::make_unique<PrintingPlanner>());
  w::Context context(executor);
  context.seed(11);
  system_test::FashionTraining training(context, 16);  // large enough for kernels to be divided among threads
  auto step = w::capture([&](const w::Tensor& x, const w::Tensor& y) { return training.loss_and_step(x, y); });
  for (int i = 0; i < 3; ++i) {
    training.next();
    print_bits("loss", step(training.pictures, training.labels));
  }
  for (const w::Tensor& each : training.state()) print_bits("state", each);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "kernel_dump: %s\n", error.what());
  return 1;
}
