// An Executor that computes with the plain evaluator: tensors are tested without any of the later layers.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <whittle/core/error.hpp>
#include <whittle/core/executor.hpp>
#include <whittle/ir/evaluate.hpp>
#include <whittle/tensor/context.hpp>

namespace tensor_test {

namespace w = whittle;

class EvaluatorExecutor : public w::Executor {
 public:
  int runs = 0, released = 0;  ///< calls of run, buffers given back
  bool fails = false;          ///< the next run throws
  std::size_t effects = 0;     ///< of the last run

  void run(w::Graph& graph, std::span<const w::Node> roots) override {
    if (fails) throw w::DeviceError("the evaluator was told to fail");
    ++runs;
    effects = roots.size();
    if (recording_ != nullptr) recording_->emplace_back(roots.begin(), roots.end());
    // Every effect reads the old contents; only then do the new ones take their places.
    std::vector<std::pair<w::Node, w::Array>> written;
    for (w::Node root : roots) {
      w::Array content;
      const w::Status status = w::evaluate(graph, root, bindings_, content);
      if (!status.ok()) throw w::DeviceError(status.message());
      written.emplace_back(graph.source(root, 0), std::move(content));
    }
    for (auto& [buffer, content] : written) put(buffer, std::move(content));
  }
  void write(w::Graph& graph, w::Node buffer, std::span<const std::byte> bytes) override {
    put(buffer, w::array_of_bytes(graph.dtype(buffer), bytes));
  }
  void read(w::Graph&, w::Node buffer, std::span<std::byte> bytes) override {
    const w::Array* const content = bindings_.content(buffer);
    if (content == nullptr) throw w::DeviceError("a buffer is read that was never written");
    const std::vector<std::byte> memory = w::bytes_of_array(*content);
    std::copy_n(memory.begin(), bytes.size(), bytes.begin());
  }
  void release(w::Graph&, w::Node buffer) override {
    ++released;
    std::erase_if(bindings_.buffers, [&](const auto& entry) { return entry.first == buffer; });
  }
  void forget(w::Graph&) override { bindings_.buffers.clear(); }
  void set_variable(w::Graph&, w::Node variable, std::int64_t value) override {
    for (auto& [node, number] : bindings_.variables)
      if (node == variable) {
        number = value;
        return;
      }
    bindings_.variables.emplace_back(variable, value);
  }
  void synchronize() override {}

  void begin_capture(w::Graph& graph, std::span<const w::Node> inputs) override {
    recording_ = std::make_unique<std::vector<std::vector<w::Node>>>();
    inputs_.assign(inputs.begin(), inputs.end());
    graph_ = &graph;
  }
  w::Owner<w::Replay> end_capture() override {
    return std::make_unique<Recorded>(*this, *graph_, std::move(*std::exchange(recording_, nullptr)), inputs_);
  }

 private:
  class Recorded : public w::Replay {
   public:
    Recorded(EvaluatorExecutor& owner, w::Graph& graph, std::vector<std::vector<w::Node>> launches,
             std::vector<w::Node> inputs)
        : owner_(owner),
          graph_(graph),
          launches_(std::move(launches)),
          inputs_(std::move(inputs)) {}
    void run(std::span<const w::Node> inputs) override {
      // The given buffers lend their contents to those that were recorded.
      std::vector<w::Array> given, own;
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        given.push_back(*owner_.bindings_.content(inputs[i]));
        const w::Array* const recorded = owner_.bindings_.content(inputs_[i]);
        own.push_back(recorded != nullptr ? *recorded : given.back());
      }
      for (std::size_t i = 0; i < inputs.size(); ++i) owner_.put(inputs_[i], given[i]);
      for (const std::vector<w::Node>& roots : launches_) owner_.run(graph_, roots);
      for (std::size_t i = 0; i < inputs.size(); ++i)
        if (inputs_[i] != inputs[i]) owner_.put(inputs_[i], own[i]);
    }

   private:
    EvaluatorExecutor& owner_;
    w::Graph& graph_;
    std::vector<std::vector<w::Node>> launches_;
    std::vector<w::Node> inputs_;
  };

  void put(w::Node buffer, w::Array content) {
    content.shape = {static_cast<std::int64_t>(content.elements.size())};
    for (auto& [node, array] : bindings_.buffers)
      if (node == buffer) {
        array = std::move(content);
        return;
      }
    bindings_.buffers.emplace_back(buffer, std::move(content));
  }

  w::Bindings bindings_;
  w::Graph* graph_ = nullptr;
  std::unique_ptr<std::vector<std::vector<w::Node>>> recording_;
  std::vector<w::Node> inputs_;
};

/// A context of its own for a test: on the plain evaluator, or, where WHITTLE_TEST_DEVICE names one, on a device, so
/// that the same tests compare every device with plain loops.
struct Fixture {
  EvaluatorExecutor executor;
  w::Context context{choose(executor)};

  static bool on_device() { return std::getenv("WHITTLE_TEST_DEVICE") != nullptr; }
  /// Whether the evaluator was called that often; on a device nobody counts.
  bool ran(int times) const { return on_device() || executor.runs == times; }
  static w::Executor& choose(w::Executor& evaluator) {
    return on_device() ? w::executor(std::getenv("WHITTLE_TEST_DEVICE")) : evaluator;
  }
};

}  // namespace tensor_test
