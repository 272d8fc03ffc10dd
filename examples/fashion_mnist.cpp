// Trains a convolutional network on the 60,000 pictures of Fashion-MNIST and tests it on 10,000 others.
//
//   fashion_mnist [folder] [--epochs N] [--batch N] [--sheet FILE.png] [--smoke]
#include <whittle/pipeline.hpp>
#include <whittle/whittle.hpp>

#include <algorithm>
#include <cmath>
#include <exception>

#include "support/arguments.hpp"
#include "support/fashion_mnist.hpp"
#include "support/progress.hpp"
#include "support/sheet.hpp"
#include "support/table.hpp"

namespace w = whittle;

// A rule of our own: a division by a number becomes a multiplication.
namespace own {
using namespace w::dsl;
inline constexpr auto x = var<"x">;
inline constexpr auto c = cst<"c">;
// clang-format off
inline constexpr auto rules = w::rules<w::floating_no_nan>("divide by multiplying",
    x / c  >>= x * (1.0 / c)  |= when(c != 0));
// clang-format on
}  // namespace own

struct Network {
  w::Conv2d conv1{1, 16, 3, {.padding = 1}, false}, conv2{16, 32, 3, {.padding = 1}, false};
  w::BatchNorm2d norm1{16}, norm2{32};
  w::Linear linear{32 * 7 * 7, 10};

  w::Tensor operator()(const w::Tensor& pictures) const {
    w::Tensor x = pictures.cast(w::DType::float32) / 255;
    x = w::max_pool2d(w::relu(norm1(conv1(x))), 2);
    x = w::max_pool2d(w::relu(norm2(conv2(x))), 2);
    return linear(x.flatten(1));
  }
  std::vector<w::Tensor> parameters() const { return w::parameters_of(conv1, norm1, conv2, norm2, linear); }
  void train(bool on) { norm1.training = norm2.training = on; }
};

/// The learning rate: up in the first twentieth of the training, then down along a cosine.
float rate(double done) {
  return static_cast<float>(0.03 * std::min(1.0, 20 * done + 0.01) * 0.5 * (1 + std::cos(3.14159 * done)));
}

support::StepCost train(Network& network, const support::Pictures& pictures, const support::Arguments& arguments) {
  support::Batches batches(pictures, arguments.batch);
  const std::size_t steps = std::min(arguments.most_steps, arguments.epochs * batches.count());
  const auto size = static_cast<std::int64_t>(arguments.batch);
  const w::Tensor x = w::zeros({size, 1, 28, 28}, w::DType::uint8), y = w::zeros({size}, w::DType::uint8);

  w::Sgd optimizer(network.parameters(), 0.02, {.momentum = 0.9, .weight_decay = 5e-4});
  auto step = w::capture([&](const w::Tensor& inputs, const w::Tensor& labels) {
    const w::Tensor loss = w::cross_entropy(network(inputs), labels);
    optimizer.step(loss);
    return loss;
  });

  network.train(true);
  support::Progress progress(steps, arguments.batch);
  std::uint64_t launched = 0;
  for (std::size_t i = 0; i < steps; ++i) {
    launched = w::statistics().launches;
    if (i % batches.count() == 0) batches.shuffle(static_cast<unsigned>(i));
    batches.choose(i % batches.count());
    x.write(batches.pictures);
    y.write(batches.labels);
    optimizer.set_rate(rate(static_cast<double>(i) / static_cast<double>(steps)));
    progress.show(i + 1, step(x, y).item<float>());
  }
  return {progress.seconds() / static_cast<double>(steps), w::statistics().launches - launched};
}

/// The class that the network sees in each picture.
std::vector<std::int32_t> predict(Network& network, const support::Pictures& pictures, std::size_t batch) {
  support::Batches batches(pictures, batch);
  const w::Tensor x = w::zeros({static_cast<std::int64_t>(batch), 1, 28, 28}, w::DType::uint8);
  network.train(false);
  auto classes = w::capture([&](const w::Tensor& inputs) { return network(inputs).argmax(); });
  std::vector<std::int32_t> all;
  for (std::size_t i = 0; i < batches.count(); ++i) {
    batches.choose(i);
    x.write(batches.pictures);
    for (std::int32_t found : classes(x).to_vector<std::int32_t>()) all.push_back(found);
  }
  return all;
}

int main(int count, char** values) try {
  const support::Arguments arguments(count, values);
  const support::Pictures training = support::read_fashion_mnist(arguments.folder, "train");
  const support::Pictures test = support::read_fashion_mnist(arguments.folder, "t10k");

  w::Pipeline pipeline = w::default_pipeline();
  pipeline.before("simplify tensors", w::pass<own::rules>("divide by multiplying (ours)"));
  w::set_pipeline(pipeline);

  w::manual_seed(1);
  Network network;
  const support::StepCost cost = train(network, training, arguments);
  const std::vector<std::int32_t> predicted = predict(network, test, arguments.smoke ? 2000 : 500);

  std::size_t right = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == test.label(i);
  std::printf("accuracy on %zu test pictures: %.2f %%\n", predicted.size(),
              100.0 * static_cast<double>(right) / static_cast<double>(predicted.size()));
  support::write_sheet(arguments.sheet, test, predicted);
  std::printf("test pictures with their labels: %s\n\n", arguments.sheet.c_str());
  support::print_table(cost);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "fashion_mnist: %s\n", error.what());
  return 1;
}
