// Steps that are repeated: recorded once, then replayed without touching the graph.
#pragma once

#include <array>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <whittle/tensor/transfer.hpp>

namespace whittle {
inline namespace v0 {

/// A function of tensors whose work is recorded at the first call and repeated at each later one, with other
/// inputs of the same shapes and dtypes. A repeated call makes no node, rewrites nothing and allocates nothing.
///
/// What the body returns (a Tensor, a vector of them, or nothing) and everything it assigns is computed; the
/// returned tensors are the same at every call, and their values are overwritten. Host code in the body runs at
/// the first call only. Inputs that are not realised are realised first. Throws ShapeError for inputs that are
/// not like the first call's.
template <class Body>
class Capture {
 public:
  explicit Capture(Body body) : body_(std::move(body)) {}
  Capture(Capture&&) noexcept = default;
  Capture& operator=(Capture&&) = delete;
  ~Capture() { reset(); }

  template <class... Inputs>
    requires(sizeof...(Inputs) > 0 && (std::is_convertible_v<const Inputs&, const Tensor&> && ...))
  std::invoke_result_t<Body&, const Inputs&...> operator()(const Inputs&... inputs) {
    using Result = std::invoke_result_t<Body&, const Inputs&...>;
    static_assert(std::is_void_v<Result> || std::is_same_v<Result, Tensor> ||
                      std::is_same_v<Result, std::vector<Tensor>>,
                  "capture: a captured step returns a Tensor, a std::vector<Tensor> or nothing");
    const std::array<const Tensor*, sizeof...(Inputs)> list{&static_cast<const Tensor&>(inputs)...};
    if (replay_)
      repeat(list);
    else
      record(list, [&] {
        if constexpr (std::is_void_v<Result>)
          body_(inputs...);
        else if constexpr (std::is_same_v<Result, Tensor>)
          results_ = {body_(inputs...)};
        else
          results_ = body_(inputs...);
      });
    if constexpr (std::is_same_v<Result, Tensor>)
      return results_[0];
    else if constexpr (!std::is_void_v<Result>)
      return results_;
  }

  /// Forgets what was recorded: the next call records anew.
  void reset() {
    if (replay_ && Memory::has_context(inputs_[0].sample)) Memory::unpin(inputs_[0].sample.context(), buffers_);
    replay_ = {};
    results_.clear();
  }

 private:
  struct Input {
    Tensor sample;  ///< an empty part of the context, to know whether it is still there
    Dims shape;
    DType dtype;
  };

  template <std::size_t Count>
  static std::array<Node, Count> buffers_of(const std::array<const Tensor*, Count>& inputs) {
    std::array<Node, Count> buffers{};
    for (std::size_t i = 0; i < Count; ++i) {
      if (!inputs[i]->is_realized()) inputs[i]->realize();
      buffers[i] = Memory::buffer_of(*inputs[i]);
    }
    return buffers;
  }

  template <std::size_t Count, class Run>
  void record(const std::array<const Tensor*, Count>& list, Run run) {
    Context& context = list[0]->context();
    if (context.capturing()) throw Error("capture: a captured step is called inside another");
    Memory::Recording recording(context, buffers_of(list));
    run();
    Memory::realize_with_assignments(context, results_);
    replay_ = recording.finish(buffers_);
    inputs_.clear();
    for (const Tensor* input : list)
      inputs_.push_back({Tensor(context, context.graph().constant(DType::index, 0)), input->shape(), input->dtype()});
  }

  template <std::size_t Count>
  void repeat(const std::array<const Tensor*, Count>& list) {
    if (Count != inputs_.size())
      throw ShapeError("capture: called with " + std::to_string(Count) + " tensors, recorded with " +
                       std::to_string(inputs_.size()));
    for (std::size_t i = 0; i < Count; ++i) {
      if (&list[i]->context() != &inputs_[i].sample.context())
        throw Error("capture: called with a tensor of another context than it was recorded with");
      if (list[i]->shape() == inputs_[i].shape && list[i]->dtype() == inputs_[i].dtype) continue;
      throw ShapeError("capture: input " + std::to_string(i) + " is " + std::string(name(list[i]->dtype())) + " " +
                       detail::shape_text(*list[i]) + ", expected " + std::string(name(inputs_[i].dtype)) + " " +
                       detail::dims_text(&list[i]->graph(), inputs_[i].shape) +
                       " as at the first call; reset() records anew");
    }
    const std::array<Node, Count> buffers = buffers_of(list);
    Memory::before_replay(list[0]->context(), buffers_);
    replay_->run(buffers);
  }

  Body body_;
  Owner<Replay> replay_;
  std::vector<Node> buffers_;  ///< memory that the recorded launches use, pinned
  std::vector<Input> inputs_;
  std::vector<Tensor> results_;
};

/// `auto step = w::capture([&](w::Tensor x, w::Tensor y) { ...; return loss; });` — see Capture.
template <class Body>
Capture<Body> capture(Body body) {
  return Capture<Body>(std::move(body));
}

}  // namespace v0
}  // namespace whittle
