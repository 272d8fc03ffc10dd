// Optimisers: they assign new values to parameters.
#pragma once

#include <string>
#include <vector>

#include <whittle/tensor/create.hpp>
#include <whittle/tensor/gradient.hpp>
#include <whittle/tensor/transfer.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// A realised number in memory: it can be written while a captured step uses it.
inline Tensor number_in_memory(double value, Context& context) {
  return full({}, value, DType::float32, context).realize();
}

inline std::vector<Tensor> zeros_for(const std::vector<Tensor>& parameters) {
  std::vector<Tensor> made;
  for (const Tensor& parameter : parameters) made.push_back(zeros_like(parameter));
  realize(made);
  return made;
}

inline const Tensor& first_of(const std::vector<Tensor>& parameters, const char* what) {
  if (parameters.empty()) throw Error(std::string(what) + ": no parameters, expected at least one");
  return parameters[0];
}

}  // namespace detail

struct SgdOptions {
  double momentum = 0, weight_decay = 0;
  bool nesterov = false;
};

/// Stochastic gradient descent: v = momentum v + g, p = p - rate v, where g is the gradient plus
/// weight_decay p; with `nesterov` p = p - rate (g + momentum v). (I. Sutskever et al., ICML 2013.)
class Sgd {
 public:
  Sgd(std::vector<Tensor> parameters, double rate, const SgdOptions& options = {})
      : parameters_(std::move(parameters)),
        options_(options),
        rate_(detail::number_in_memory(rate, detail::first_of(parameters_, "Sgd").context())) {
    realize(parameters_);
    if (options_.momentum != 0) velocities_ = detail::zeros_for(parameters_);
  }

  /// The learning rate from now on, also of steps that were captured.
  void set_rate(float rate) { rate_.write(std::span<const float>(&rate, 1)); }

  /// Assigns each parameter its next value; nothing runs before something is realised.
  void step(const Tensor& loss, const std::source_location& where = std::source_location::current()) {
    const Located at(loss.context(), where);
    const std::vector<Tensor> gradients = gradient(loss, parameters_);
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const Tensor& parameter = parameters_[i];
      Tensor change = gradients[i];
      if (options_.weight_decay != 0) change = change + parameter * options_.weight_decay;
      if (options_.momentum != 0) change = accelerated(i, change);
      parameter.assign(parameter - (change * rate_).cast(parameter.dtype()));
    }
  }

 private:
  Tensor accelerated(std::size_t i, const Tensor& change) {
    const Tensor velocity = velocities_[i] * options_.momentum + change;
    velocities_[i].assign(velocity);
    return options_.nesterov ? change + velocity * options_.momentum : velocity;
  }

  std::vector<Tensor> parameters_, velocities_;
  SgdOptions options_;
  Tensor rate_;
};

struct AdamOptions {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
};

/// Adam (D. Kingma, J. Ba, 2015, arXiv:1412.6980), with weight decay apart from the gradient (I. Loshchilov,
/// F. Hutter, 2019, arXiv:1711.05101).
class Adam {
 public:
  Adam(std::vector<Tensor> parameters, double rate, const AdamOptions& options = {})
      : parameters_(std::move(parameters)),
        options_(options),
        rate_(detail::number_in_memory(rate, detail::first_of(parameters_, "Adam").context())),
        power1_(detail::number_in_memory(1, parameters_[0].context())),
        power2_(detail::number_in_memory(1, parameters_[0].context())) {
    realize(parameters_);
    means_ = detail::zeros_for(parameters_);
    squares_ = detail::zeros_for(parameters_);
  }

  /// The learning rate from now on, also of steps that were captured.
  void set_rate(float rate) { rate_.write(std::span<const float>(&rate, 1)); }

  /// Assigns each parameter its next value; nothing runs before something is realised.
  void step(const Tensor& loss, const std::source_location& where = std::source_location::current()) {
    const Located at(loss.context(), where);
    const std::vector<Tensor> gradients = gradient(loss, parameters_);
    const Tensor power1 = power1_ * options_.beta1, power2 = power2_ * options_.beta2;
    power1_.assign(power1);
    power2_.assign(power2);
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const Tensor mean = means_[i] * options_.beta1 + gradients[i] * (1 - options_.beta1);
      const Tensor square = squares_[i] * options_.beta2 + gradients[i].square() * (1 - options_.beta2);
      means_[i].assign(mean);
      squares_[i].assign(square);
      const Tensor change = mean / (1.0 - power1) / ((square / (1.0 - power2)).sqrt() + options_.epsilon) +
                            parameters_[i] * options_.weight_decay;
      parameters_[i].assign(parameters_[i] - (change * rate_).cast(parameters_[i].dtype()));
    }
  }

 private:
  std::vector<Tensor> parameters_, means_, squares_;
  AdamOptions options_;
  Tensor rate_, power1_, power2_;
};

}  // namespace v0
}  // namespace whittle
