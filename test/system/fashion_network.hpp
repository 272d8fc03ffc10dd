// The network of examples/fashion_mnist.cpp, in a context of the test's own and on made-up pictures.
#pragma once

#include <cmath>
#include <random>
#include <vector>

#include <whittle/whittle.hpp>

namespace system_test {

struct FashionNetwork {
  whittle::Conv2d conv1, conv2;
  whittle::BatchNorm2d norm1, norm2;
  whittle::Linear linear;

  explicit FashionNetwork(whittle::Context& context)
      : conv1(1, 16, 3, {.padding = 1}, false, context),
        conv2(16, 32, 3, {.padding = 1}, false, context),
        norm1(16, context),
        norm2(32, context),
        linear(32 * 7 * 7, 10, true, context) {}

  whittle::Tensor operator()(const whittle::Tensor& pictures) const {
    whittle::Tensor x = pictures.cast(whittle::DType::float32) / 255;
    x = whittle::max_pool2d(whittle::relu(norm1(conv1(x))), 2);
    x = whittle::max_pool2d(whittle::relu(norm2(conv2(x))), 2);
    return linear(x.flatten(1));
  }
  std::vector<whittle::Tensor> parameters() const { return whittle::parameters_of(conv1, norm1, conv2, norm2, linear); }
};

/// The network with its optimizer, and a batch that `next` fills anew.
class FashionTraining {
 public:
  FashionTraining(whittle::Context& context, std::int64_t batch)
      : network(context),
        pictures(whittle::zeros({batch, 1, 28, 28}, whittle::DType::uint8, context).realize()),
        labels(whittle::zeros({batch}, whittle::DType::uint8, context).realize()),
        optimizer(network.parameters(), 0.02, {.momentum = 0.9, .weight_decay = 5e-4}),
        bytes_(static_cast<std::size_t>(batch) * 28 * 28),
        classes_(static_cast<std::size_t>(batch)) {}

  void next() {
    for (std::uint8_t& byte : bytes_) byte = static_cast<std::uint8_t>(random_());
    for (std::uint8_t& label : classes_) label = static_cast<std::uint8_t>(random_() % 10);
    pictures.write(bytes_);
    labels.write(classes_);
  }
  whittle::Tensor loss_and_step(const whittle::Tensor& inputs, const whittle::Tensor& wanted) {
    const whittle::Tensor loss = whittle::cross_entropy(network(inputs), wanted);
    optimizer.step(loss);
    return loss;
  }
  /// Everything that a step changes.
  std::vector<whittle::Tensor> state() const {
    std::vector<whittle::Tensor> all = network.parameters();
    for (const whittle::BatchNorm2d* norm : {&network.norm1, &network.norm2}) {
      all.push_back(norm->running_mean);
      all.push_back(norm->running_variance);
    }
    return all;
  }

  FashionNetwork network;
  whittle::Tensor pictures, labels;
  whittle::Sgd optimizer;

 private:
  std::vector<std::uint8_t> bytes_, classes_;
  std::mt19937 random_{7};
};

}  // namespace system_test
