// Layers of neural networks: plain structures of tensors, called like functions.
#pragma once

#include <string>
#include <vector>

#include <whittle/tensor/random.hpp>
#include <whittle/tensor/windows.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// A realised parameter, uniform in [-1, 1] / sqrt(inputs) (LeCun et al., Efficient BackProp, 1998).
inline Tensor initial_parameter(const Dims& dims, std::int64_t inputs, Context& context) {
  const double bound = 1.0 / __builtin_sqrt(static_cast<double>(inputs));
  return uniform(dims, -bound, bound, DType::float32, context).realize();
}

inline std::vector<Tensor> without_empty(std::initializer_list<Tensor> tensors) {
  std::vector<Tensor> kept;
  for (const Tensor& tensor : tensors)
    if (!tensor.empty()) kept.push_back(tensor);
  return kept;
}

inline Tensor maybe_empty(bool wanted, const Dims& dims, std::int64_t inputs, Context& context) {
  return wanted ? initial_parameter(dims, inputs, context) : Tensor();
}

}  // namespace detail

/// x times the transposed weight (outputs, inputs), plus a bias: (..., inputs) becomes (..., outputs).
struct Linear {
  Tensor weight, bias;

  Linear(std::int64_t inputs, std::int64_t outputs, bool with_bias = true, Context& context = default_context())
      : weight(detail::initial_parameter({outputs, inputs}, inputs, context)),
        bias(detail::maybe_empty(with_bias, {outputs}, inputs, context)) {}

  Tensor operator()(const Tensor& x, const std::source_location& where = std::source_location::current()) const {
    const Located at(x.context(), where);
    const Tensor product = x.matmul(weight.transpose());
    return bias.empty() ? product : product + bias;
  }
  std::vector<Tensor> parameters() const { return detail::without_empty({weight, bias}); }
};

/// A convolution with weights (outputs, inputs / groups, kernel height, kernel width).
struct Conv2d {
  Tensor weight, bias;
  Conv2dOptions options;

  Conv2d(std::int64_t inputs, std::int64_t outputs, Pair kernel, const Conv2dOptions& how = {}, bool with_bias = true,
         Context& context = default_context())
      : weight(detail::initial_parameter({outputs, inputs / how.groups, kernel.height, kernel.width},
                                         inputs / how.groups * kernel.height * kernel.width, context)),
        bias(detail::maybe_empty(with_bias, {outputs}, inputs / how.groups * kernel.height * kernel.width, context)),
        options(how) {}

  Tensor operator()(const Tensor& x, const std::source_location& where = std::source_location::current()) const {
    return bias.empty() ? conv2d(x, weight, options, where) : conv2d(x, weight, bias, options, where);
  }
  std::vector<Tensor> parameters() const { return detail::without_empty({weight, bias}); }
};

/// (x - mean) / sqrt(variance + epsilon) * weight + bias, for each channel of (n, channels, ...); the other
/// four have a number for each channel.
inline Tensor batch_norm(const Tensor& x, const Tensor& mean, const Tensor& variance, const Tensor& weight,
                         const Tensor& bias, double epsilon = 1e-5,
                         const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  if (x.rank() < 2) at.fail("batch_norm: given shape " + detail::shape_text(x) + ", expected (n, channels, ...)");
  Dims channels;
  for (std::size_t k = 1; k < x.rank(); ++k) channels.append(k == 1 ? x.shape()[1] : Dim(1));
  const auto spread = [&](const Tensor& numbers) { return numbers.reshape(channels); };
  const Tensor scale = (variance + epsilon).rsqrt() * weight;
  return (x - spread(mean)) * spread(scale) + spread(bias);
}

/// Batch normalisation (S. Ioffe, C. Szegedy, 2015, arXiv:1502.03167). While `training`, statistics are the
/// batch's, and the running ones move towards them by `momentum`; afterwards the running ones are used.
struct BatchNorm2d {
  Tensor weight, bias, running_mean, running_variance;
  double epsilon = 1e-5, momentum = 0.1;
  bool training = true;

  explicit BatchNorm2d(std::int64_t channels, Context& context = default_context())
      : weight(ones({channels}, DType::float32, context)),
        bias(zeros({channels}, DType::float32, context)),
        running_mean(zeros({channels}, DType::float32, context)),
        running_variance(ones({channels}, DType::float32, context)) {
    realize({weight, bias, running_mean, running_variance});
  }

  Tensor operator()(const Tensor& x, const std::source_location& where = std::source_location::current()) const {
    const Located at(x.context(), where);
    if (x.rank() != 4 || !(x.shape()[1] == weight.shape()[0]))
      at.fail("BatchNorm2d: given shape " + detail::shape_text(x) + ", expected (n, " +
              std::to_string(weight.shape()[0].value()) + ", height, width)");
    if (!training) return batch_norm(x, running_mean, running_variance, weight, bias, epsilon);
    const Tensor mean = x.mean({0, 2, 3}), variance = x.var({0, 2, 3}, 0);
    const double count = static_cast<double>(x.numel() / weight.numel()), others = count > 1 ? count - 1 : 1;
    running_mean.assign(running_mean * (1 - momentum) + mean * momentum);
    running_variance.assign(running_variance * (1 - momentum) + variance * (momentum * count / others));
    return batch_norm(x, mean, variance, weight, bias, epsilon);
  }
  std::vector<Tensor> parameters() const { return {weight, bias}; }
};

/// Zero for a part `rate` of the elements, chosen anew each time, the others scaled so that the mean stays
/// (N. Srivastava et al., 2014).
inline Tensor dropout(const Tensor& x, double rate, Generator& generator,
                      const std::source_location& where = std::source_location::current()) {
  const Located at(x.context(), where);
  if (!(rate >= 0 && rate < 1)) at.fail<Error>("dropout: rate " + std::to_string(rate) + ", expected 0 <= rate < 1");
  return whittle::where(rand(x.shape(), generator) >= rate, x * (1 / (1 - rate)), 0);
}

/// The parameters of several layers, in order.
template <class... Layers>
std::vector<Tensor> parameters_of(const Layers&... layers) {
  std::vector<Tensor> all;
  const auto add = [&](const std::vector<Tensor>& own) { all.insert(all.end(), own.begin(), own.end()); };
  (add(layers.parameters()), ...);
  return all;
}

}  // namespace v0
}  // namespace whittle
