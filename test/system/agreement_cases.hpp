// Every operation of tensors as a function of random operands: run once on a device and once by the plain evaluator.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <whittle/ir/array.hpp>
#include <whittle/whittle.hpp>

namespace system_test {

namespace w = whittle;
using w::DType;
using w::Tensor;
using Tensors = std::vector<Tensor>;
using Sizes = std::vector<std::int64_t>;

/// Which numbers an operand has.
enum class Values {
  wild,      ///< also NaN, infinities, the least and the greatest integers
  tame,      ///< small, of both signs, zero
  positive,  ///< small, above zero
};

/// Random operands in one context; the same seed draws the same in another.
class Draw {
 public:
  Draw(w::Context& owner, DType type, std::uint64_t seed) : context(owner), dtype(type), engine_(seed) {}

  w::Context& context;
  const DType dtype;

  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  Sizes shape(std::int64_t least, std::int64_t most, std::int64_t largest = 7) {
    Sizes sizes(static_cast<std::size_t>(whole(least, most)));
    for (std::int64_t& size : sizes) size = whole(1, largest);
    return sizes;
  }
  /// Now and then without elements, or so long that vectors and a rest are needed.
  Sizes any_shape() {
    Sizes sizes = shape(0, 4);
    if (!sizes.empty() && whole(0, 11) == 0) sizes[0] = 0;
    if (sizes.size() == 1 && whole(0, 1) == 0) sizes[0] = whole(30, 150);
    return sizes;
  }
  /// A shape that broadcasts to the given one.
  Sizes broadcastable(Sizes sizes) {
    for (std::int64_t& size : sizes)
      if (whole(0, 2) == 0) size = 1;
    if (!sizes.empty() && whole(0, 2) == 0) sizes.erase(sizes.begin());
    return sizes;
  }

  Tensor tensor(const Sizes& sizes, DType type, Values values) {
    w::Array content{type, {}, {}};
    std::int64_t count = 1;
    for (std::int64_t size : sizes) count *= size;
    for (std::int64_t i = 0; i < count; ++i) content.elements.push_back(number(type, values));
    return Tensor::from_bytes(w::bytes_of_array(content), content.elements.size(), type, w::Dims(sizes), context,
                              std::source_location::current());
  }
  Tensor tensor(const Sizes& sizes, Values values = Values::tame) { return tensor(sizes, dtype, values); }
  Tensor any(Values values = Values::tame) { return tensor(any_shape(), values); }
  /// Of rank `least` to 4 and not empty.
  Tensor some(std::int64_t least = 1, Values values = Values::tame) { return tensor(shape(least, 4), values); }

 private:
  w::Scalar number(DType type, Values values) {
    if (type == DType::boolean) return w::number(type, values == Values::positive ? 1 : whole(0, 1));
    const bool extreme = values == Values::wild && whole(0, 7) == 0;
    if (w::is_float(type)) {
      constexpr double infinity = std::numeric_limits<double>::infinity();
      constexpr double extremes[] = {infinity, -infinity, std::numeric_limits<double>::quiet_NaN(), -0.0};
      if (extreme) return w::float_scalar(type, extremes[whole(0, 3)]);
      const std::int64_t quarters = values == Values::positive ? whole(1, 16) : whole(-16, 16);
      return w::float_scalar(type, static_cast<double>(quarters) / 4);
    }
    const unsigned top = w::bits(type) - 1;
    if (extreme) {
      const std::uint64_t bits = whole(0, 1) == 0 ? std::uint64_t{1} << top : (std::uint64_t{1} << top) - 1;
      return w::int_scalar(type, static_cast<std::int64_t>(bits));
    }
    const bool negative = values != Values::positive && w::is_signed_int(type);
    return w::number(type, whole(negative ? -9 : values == Values::positive ? 1 : 0, 9));
  }
  std::mt19937_64 engine_;
};

struct Operation {
  std::string name;
  w::DTypes dtypes;
  std::function<Tensors(Draw&)> make;
};

inline constexpr w::DTypes every = w::any_float | w::any_fixed_int | w::only(DType::boolean);
inline constexpr w::DTypes numbers = w::any_float | w::any_fixed_int;
inline constexpr w::DTypes integers = w::any_fixed_int;
inline constexpr w::DTypes bit_patterns = w::any_fixed_int | w::only(DType::boolean);

inline constexpr DType all_dtypes[] = {DType::boolean,  DType::int8,    DType::int16,  DType::int32,  DType::int64,
                                       DType::uint8,    DType::uint16,  DType::uint32, DType::uint64, DType::float16,
                                       DType::bfloat16, DType::float32, DType::float64};

inline std::vector<Operation> unary_operations() {
  std::vector<Operation> list;
  const auto add = [&](const char* name, w::DTypes dtypes, Values values, Tensor (*f)(const Tensor&)) {
    list.push_back({name, dtypes, [f, values](Draw& d) -> Tensors { return {f(d.any(values))}; }});
  };
  add("exp", every, Values::tame, [](const Tensor& x) { return w::exp(x); });
  add("exp2", every, Values::tame, [](const Tensor& x) { return w::exp2(x); });
  add("log", every, Values::positive, [](const Tensor& x) { return w::log(x); });
  add("log2", every, Values::positive, [](const Tensor& x) { return w::log2(x); });
  add("log of anything", w::any_float, Values::wild, [](const Tensor& x) { return w::log(x); });
  add("sin", every, Values::tame, [](const Tensor& x) { return w::sin(x); });
  add("cos", every, Values::tame, [](const Tensor& x) { return w::cos(x); });
  add("sqrt", every, Values::positive, [](const Tensor& x) { return w::sqrt(x); });
  add("rsqrt", every, Values::positive, [](const Tensor& x) { return w::rsqrt(x); });
  add("reciprocal", every, Values::wild, [](const Tensor& x) { return w::reciprocal(x); });
  add("sigmoid", every, Values::tame, [](const Tensor& x) { return w::sigmoid(x); });
  add("tanh", every, Values::tame, [](const Tensor& x) { return w::tanh(x); });
  add("gelu", every, Values::tame, [](const Tensor& x) { return w::gelu(x); });
  add("abs", every, Values::wild, [](const Tensor& x) { return w::abs(x); });
  add("square", every, Values::wild, [](const Tensor& x) { return w::square(x); });
  add("relu", every, Values::wild, [](const Tensor& x) { return w::relu(x); });
  add("negation", every, Values::wild, [](const Tensor& x) { return -x; });
  add("not", every, Values::wild, [](const Tensor& x) { return !x; });
  add("complement", bit_patterns, Values::wild, [](const Tensor& x) { return ~x; });
  add("cube", every, Values::tame, [](const Tensor& x) { return w::pow(x, 3); });
  add("contiguous", every, Values::wild, [](const Tensor& x) { return (x + x).contiguous() + x; });
  add("detach", every, Values::wild, [](const Tensor& x) { return x.detach() + x; });
  for (DType to : all_dtypes)
    list.push_back({"cast to " + std::string(w::name(to)), every,
                    [to](Draw& d) -> Tensors { return {d.any(Values::tame).cast(to), d.any(Values::wild).cast(to)}; }});
  return list;
}

inline std::vector<Operation> binary_operations() {
  std::vector<Operation> list;
  const auto add = [&](const char* name, w::DTypes dtypes, Values left, Values right,
                       Tensor (*f)(const Tensor&, const Tensor&)) {
    list.push_back({name, dtypes, [f, left, right](Draw& d) -> Tensors {
                      const Sizes whole = d.any_shape();
                      return {f(d.tensor(whole, left), d.tensor(whole, right)),
                              f(d.tensor(d.broadcastable(whole), left), d.tensor(d.broadcastable(whole), right))};
                    }});
  };
  const auto wild = Values::wild, positive = Values::positive, tame = Values::tame;
  add("+", every, wild, wild, [](const Tensor& a, const Tensor& b) { return a + b; });
  add("-", every, wild, wild, [](const Tensor& a, const Tensor& b) { return a - b; });
  add("*", every, wild, wild, [](const Tensor& a, const Tensor& b) { return a * b; });
  add("/", every, wild, positive, [](const Tensor& a, const Tensor& b) { return a / b; });
  add("%", bit_patterns, tame, positive, [](const Tensor& a, const Tensor& b) { return a % b; });
  add("% of extremes", integers, wild, wild, [](const Tensor& a, const Tensor& b) { return a % b; });
  add("floor_divide", integers, wild, wild, [](const Tensor& a, const Tensor& b) { return w::floor_divide(a, b); });
  add("maximum", every, wild, wild, [](const Tensor& a, const Tensor& b) { return w::maximum(a, b); });
  add("minimum", every, wild, wild, [](const Tensor& a, const Tensor& b) { return w::minimum(a, b); });
  add("pow", every, positive, tame, [](const Tensor& a, const Tensor& b) { return w::pow(a, b); });
  add("&", bit_patterns, wild, wild, [](const Tensor& a, const Tensor& b) { return a & b; });
  add("|", bit_patterns, wild, wild, [](const Tensor& a, const Tensor& b) { return a | b; });
  add("^", bit_patterns, wild, wild, [](const Tensor& a, const Tensor& b) { return a ^ b; });
  add("<<", integers, wild, positive, [](const Tensor& a, const Tensor& b) { return a << (b & 7); });
  add(">>", integers, wild, positive, [](const Tensor& a, const Tensor& b) { return a >> (b & 7); });
  add("<", every, wild, wild, [](const Tensor& a, const Tensor& b) { return a < b; });
  add("<=", every, wild, wild, [](const Tensor& a, const Tensor& b) { return a <= b; });
  add(">", every, wild, wild, [](const Tensor& a, const Tensor& b) { return a > b; });
  add(">=", every, wild, wild, [](const Tensor& a, const Tensor& b) { return a >= b; });
  add("==", every, tame, tame, [](const Tensor& a, const Tensor& b) { return a == b; });
  add("!=", every, wild, wild, [](const Tensor& a, const Tensor& b) { return a != b; });
  add("where", every, wild, wild, [](const Tensor& a, const Tensor& b) { return w::where(a < b, a, b); });
  list.push_back({"two dtypes", every, [](Draw& d) -> Tensors {
                    const Sizes sizes = d.any_shape();
                    const DType other = all_dtypes[d.whole(0, 12)];
                    return {d.tensor(sizes) + d.tensor(sizes, other, Values::tame),
                            w::maximum(d.tensor(sizes), d.tensor(sizes, other, Values::tame))};
                  }});
  return list;
}

inline std::vector<Operation> reductions() {
  std::vector<Operation> list;
  const auto add = [&](const char* name, w::DTypes dtypes, Values values,
                       Tensor (*f)(const Tensor&, const w::Axes&, bool)) {
    list.push_back({name, dtypes, [f, values](Draw& d) -> Tensors {
                      const Tensor x = d.some(1, values);
                      const int axis = static_cast<int>(d.whole(0, static_cast<std::int64_t>(x.rank()) - 1));
                      return {f(x, {axis}, true), f(x, {axis}, false), f(x, {}, false),
                              f(d.tensor({d.whole(40, 200)}, values), {}, false)};
                    }});
  };
  add("sum", every, Values::tame, [](const Tensor& x, const w::Axes& a, bool k) { return w::sum(x, a, k); });
  add("prod", every, Values::positive,
      [](const Tensor& x, const w::Axes& a, bool k) { return w::prod(w::minimum(x, 2), a, k); });
  add("max", every, Values::wild, [](const Tensor& x, const w::Axes& a, bool k) { return w::max(x, a, k); });
  add("min", every, Values::wild, [](const Tensor& x, const w::Axes& a, bool k) { return w::min(x, a, k); });
  add("mean", every, Values::tame, [](const Tensor& x, const w::Axes& a, bool k) { return w::mean(x, a, k); });
  add("var", every, Values::tame, [](const Tensor& x, const w::Axes& a, bool k) { return w::var(x, a, 0, k); });
  add("std", every, Values::tame, [](const Tensor& x, const w::Axes& a, bool k) { return x.std(a, 0, k); });
  add("any", every, Values::tame, [](const Tensor& x, const w::Axes& a, bool k) { return w::any(x, a, k); });
  add("all", every, Values::tame, [](const Tensor& x, const w::Axes& a, bool k) { return w::all(x, a, k); });
  list.push_back({"sum of nothing", every, [](Draw& d) -> Tensors {
                    const Tensor none = d.tensor({0, 3});
                    return {none.sum(), none.sum(0), none.prod(0), none.sum(1)};
                  }});
  for (const bool greatest : {true, false})
    list.push_back({greatest ? "argmax" : "argmin", every, [greatest](Draw& d) -> Tensors {
                      const Tensor x = d.some(1, Values::wild);
                      const int axis = static_cast<int>(d.whole(0, static_cast<std::int64_t>(x.rank()) - 1));
                      return {greatest ? x.argmax(axis) : x.argmin(axis, true)};
                    }});
  return list;
}

/// Defined in agreement_layouts.hpp.
inline std::vector<Operation> layout_operations();
inline std::vector<Operation> network_operations();

inline std::vector<Operation> operations() {
  std::vector<Operation> all;
  for (const auto& part :
       {unary_operations(), binary_operations(), reductions(), layout_operations(), network_operations()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace system_test
