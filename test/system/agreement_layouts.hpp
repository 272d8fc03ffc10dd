// Movement, creation, products and layers, for agreement_cases.hpp.
#pragma once

#include "agreement_cases.hpp"

namespace system_test {

inline std::vector<Operation> moving_operations() {
  return {
      {"reshape", every,
       [](Draw& d) -> Tensors {
         const Sizes s = d.shape(3, 3);
         const Tensor x = d.tensor(s, Values::wild);
         return {x.reshape({s[0] * s[1], s[2]}), x.reshape({s[2], -1}), x.flatten(), x.flatten(1)};
       }},
      {"permute", every,
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor(d.shape(3, 3), Values::wild);
         return {x.permute({2, 0, 1}), x.transpose(), x.transpose(0, 2).reshape({-1}), x.flip(), x.flip(1)};
       }},
      {"expand", every,
       [](Draw& d) -> Tensors {
         const Sizes s = d.shape(2, 2);
         return {d.tensor({s[0], 1}, Values::wild).expand({3, s[0], s[1]}),
                 d.tensor({}, Values::wild).expand({s[0], s[1]})};
       }},
      {"pad", every,
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor(d.shape(2, 2), Values::wild);
         const std::vector<w::Padding> around{{d.whole(0, 3), d.whole(0, 3)}, {d.whole(0, 20), d.whole(0, 3)}};
         return {x.pad(around), x.pad(around, 1.0), x.pad(around) + x.pad(around, 1.0)};
       }},
      {"shrink", every,
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor({d.whole(4, 9), d.whole(4, 40)}, Values::wild);
         const std::int64_t begin = d.whole(0, 2);
         return {x.shrink({{begin, 4}, {1, 3}}), x.slice({{0, 4, 2}, {begin, 4, 1}}), x.select(0, begin),
                 x.select(-1, 3), x.shrink({{2, 2}, {0, 1}})};
       }},
      {"squeeze, unsqueeze", every,
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor({d.whole(1, 5), 1, d.whole(1, 5)}, Values::wild);
         return {x.squeeze(1), x.unsqueeze(0), x.unsqueeze(-1)};
       }},
      {"split", every, [](Draw& d) -> Tensors { return d.tensor({7, d.whole(1, 9)}, Values::wild).split({2, 4, 1}); }},
      {"cat, stack", every,
       [](Draw& d) -> Tensors {
         const std::int64_t n = d.whole(1, 6);
         const Tensor a = d.tensor({2, n}, Values::tame), b = d.tensor({2, n}, Values::tame),
                      c = d.tensor({5, n}, Values::tame);
         return {w::cat({a, b, c}), w::cat({a, b}, 1), w::stack({a, b}), w::stack({a, b}, -1)};
       }},
      {"movement upon movement", every,
       [](Draw& d) -> Tensors {
         const std::int64_t a = d.whole(2, 4), b = d.whole(2, 5), c = d.whole(2, 6);
         const Tensor x = d.tensor({a, b, c}, Values::tame).pad({{1, 0}, {0, 2}, {3, 1}}).permute({1, 2, 0});
         return {x.flip(0).reshape({-1, a + 1}).shrink({{1, b * (c + 4)}, {1, a + 1}}) + 1};
       }},
      {"assign to a part", every,
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor({d.whole(4, 6), d.whole(4, 30)}, Values::tame).realize();
         const Tensor before = x + x;
         x.shrink({{1, 3}, {0, 4}}).assign(d.tensor({2, 4}, Values::tame));
         x.assign(x.flip(0));
         return {x, before};
       }},
  };
}

inline std::vector<Operation> creating_operations() {
  return {
      {"full, zeros, ones", every,
       [](Draw& d) -> Tensors {
         const w::Dims dims(d.any_shape());
         return {w::full(dims, 1, d.dtype, d.context), w::zeros(dims, d.dtype, d.context),
                 w::ones(dims, d.dtype, d.context)};
       }},
      {"arange", numbers,
       [](Draw& d) -> Tensors {
         return {w::arange(d.whole(0, 60), d.dtype, d.context), w::arange(0.5, 9.0, 0.25, d.context).cast(d.dtype)};
       }},
      {"eye, tril, triu", every,
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor({d.whole(1, 6), d.whole(1, 6)}, Values::tame);
         return {w::eye(d.whole(1, 9), d.dtype, d.context), w::tril(x), w::triu(x, 1), w::tril(x, -1)};
       }},
      {"rand, uniform", w::any_float,
       [](Draw& d) -> Tensors {
         const w::Dims dims(d.any_shape());
         return {w::rand(dims, d.dtype, d.context), w::uniform(dims, -2, 3, d.dtype, d.context)};
       }},
      {"randn", w::any_float,
       [](Draw& d) -> Tensors { return {w::randn(w::Dims(d.any_shape()), d.dtype, d.context)}; }},
      {"dropout", w::any_float,
       [](Draw& d) -> Tensors {
         w::Generator generator(5, d.context);
         return {w::dropout(d.any(), 0.3, generator)};
       }},
      {"threefry", w::only(DType::uint32),
       [](Draw& d) -> Tensors {
         const Sizes s = d.shape(1, 1, 40);
         const auto words = [&] { return d.tensor(s, Values::wild); };
         const auto [a, b] = w::threefry2x32({words(), words()}, {words(), words()});
         return {a, b};
       }},
  };
}

inline std::vector<Operation> layout_operations() {
  std::vector<Operation> all = moving_operations();
  for (Operation& each : creating_operations()) all.push_back(std::move(each));
  return all;
}

inline std::vector<Operation> product_operations() {
  return {
      {"matmul", numbers,
       [](Draw& d) -> Tensors {
         const std::int64_t m = d.whole(1, 9), k = d.whole(1, 9), n = d.whole(1, 40);
         return {w::matmul(d.tensor({m, k}), d.tensor({k, n})), w::matmul(d.tensor({2, m, k}), d.tensor({k, n})),
                 w::matmul(d.tensor({k}), d.tensor({k, n}))};
       }},
      {"Linear", w::only(DType::float32),
       [](Draw& d) -> Tensors { return {w::Linear(5, 7, true, d.context)(d.tensor({d.whole(1, 6), 5}))}; }},
      {"softmax", w::any_float,
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor({d.whole(1, 6), d.whole(1, 20)});
         return {w::softmax(x), w::softmax(x, 0), w::log_softmax(x)};
       }},
      {"cross_entropy", w::any_float,
       [](Draw& d) -> Tensors {
         const std::int64_t rows = d.whole(1, 9), classes = d.whole(2, 12);
         return {w::cross_entropy(d.tensor({rows, classes}), d.tensor({rows}, DType::uint8, Values::tame) % classes)};
       }},
      {"one_hot, take", numbers,
       [](Draw& d) -> Tensors {
         const Tensor indices = d.tensor({3, d.whole(1, 5)}, DType::int32, Values::tame);
         return {indices.one_hot(6), w::take(d.tensor({6, d.whole(1, 5)}), indices),
                 w::take(d.tensor({2, 6}), indices, 1)};
       }},
  };
}

inline std::vector<Operation> window_operations() {
  return {
      {"conv2d", w::any_float | w::only(DType::int32),
       [](Draw& d) -> Tensors {
         const std::int64_t groups = d.whole(1, 2), inputs = groups * d.whole(1, 2), outputs = groups * d.whole(1, 3);
         const w::Conv2dOptions options{.stride = {d.whole(1, 2), d.whole(1, 2)},
                                        .padding = {d.whole(0, 2), d.whole(0, 2)},
                                        .dilation = {d.whole(1, 2), d.whole(1, 2)},
                                        .groups = groups};
         const Tensor x = d.tensor({2, inputs, d.whole(5, 9), d.whole(5, 19)});
         const Tensor k = d.tensor({outputs, inputs / groups, d.whole(1, 3), d.whole(1, 3)}), b = d.tensor({outputs});
         return {w::conv2d(x, k, options), w::relu(w::conv2d(x, k, b, options))};
       }},
      {"max_pool2d, avg_pool2d", w::any_float,
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor({2, 2, d.whole(4, 9), d.whole(4, 18)});
         const w::Pool2dOptions options{.stride = w::Pair(d.whole(1, 3)), .padding = {d.whole(0, 1), d.whole(0, 1)}};
         return {w::max_pool2d(x, 2), w::avg_pool2d(x, 2), w::max_pool2d(x, 3, options),
                 w::avg_pool2d(x, {2, 3}, options)};
       }},
      {"batch norm", w::only(DType::float32),
       [](Draw& d) -> Tensors {
         const std::int64_t channels = d.whole(1, 4);
         w::BatchNorm2d norm(channels, d.context);
         const Tensor y = norm(d.tensor({3, channels, d.whole(2, 5), d.whole(2, 5)}));
         return {y, norm.running_mean, norm.running_variance};
       }},
      {"gradients", w::only(DType::float32) | w::only(DType::float64),
       [](Draw& d) -> Tensors {
         const Tensor x = d.tensor({2, 2, d.whole(4, 7), d.whole(4, 7)}), k = d.tensor({3, 2, 3, 3}), b = d.tensor({3});
         const Tensor y = w::tanh(w::conv2d(x, k, b, {.padding = 1}) * 0.1);
         return w::gradient(w::max_pool2d(y, 2).square().sum() + w::log_softmax(y).mean(), {x, k, b});
       }},
  };
}

inline std::vector<Operation> network_operations() {
  std::vector<Operation> all = product_operations();
  for (Operation& each : window_operations()) all.push_back(std::move(each));
  return all;
}

}  // namespace system_test
