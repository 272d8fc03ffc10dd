// What tensors share: a graph, a device, the list of living tensors, the state of the random numbers.
#pragma once

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include <whittle/core/error.hpp>
#include <whittle/core/executor.hpp>
#include <whittle/ir/graph.hpp>
#include <whittle/tensor/dims.hpp>
#include <whittle/version.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

/// What all copies of a tensor handle share.
struct TensorState {
  TensorState(Context& owner, Node value);
  ~TensorState();
  TensorState(const TensorState&) = delete;
  TensorState& operator=(const TensorState&) = delete;

  Context* context;          ///< null once the context is gone
  Node node;                 ///< the value
  Node home = Node::none;    ///< the value as it lies in the tensor's own memory; none before the first realisation
  Node buffer = Node::none;  ///< that memory
  Node effect = Node::none;  ///< after(buffer, store): an assignment that has not happened yet
  std::size_t position = 0;  ///< in the context's list of living tensors
  bool captured = false;     ///< made in a step that is being recorded

  bool realized() const { return home != Node::none && node == home; }
};

/// A place in the user's program for a message.
inline std::string place(const std::source_location& where) {
  return " (" + std::string(where.file_name()) + ":" + std::to_string(where.line()) + ")";
}

}  // namespace detail

/// Owns a graph, and names the device that computes. Tensors of two contexts cannot be mixed. One thread at a
/// time in a context; different contexts are independent.
class Context {
 public:
  /// A context for the device of that name; empty: WHITTLE_DEVICE, else cpu. The device is opened when the
  /// first value is asked for.
  explicit Context(std::string_view device = {}) : device_(device) {}
  /// A context for an executor of the user's own, which must outlive it.
  explicit Context(Executor& executor) : executor_(&executor) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  /// Tensors that are still there become empty: using one is an Error.
  ~Context() {
    for (detail::TensorState* state : living_) state->context = nullptr;
    if (executor_ != nullptr) executor_->forget(graph_);
  }

  Graph& graph() { return graph_; }
  const Graph& graph() const { return graph_; }
  Executor& executor() {
    if (executor_ == nullptr) executor_ = &whittle::executor(device_);
    return *executor_;
  }

  /// Random numbers made from now on depend on this seed alone.
  void seed(std::uint64_t value) {
    seed_ = value;
    random_calls_ = 0;
  }
  std::uint64_t seed() const { return seed_; }
  /// The number of this call for random numbers: every call has its own stream.
  std::uint32_t next_random_call() { return random_calls_++; }

  bool capturing() const { return capturing_; }

  /// The value that a variable has now.
  std::int64_t value_of(Node variable) const {
    for (const VariableValue& known : values_)
      if (known.variable == variable) return known.value;
    return graph_.scalar(graph_.source(variable, 1)).as_int();
  }
  void set_value(Node variable, std::int64_t value) {
    executor().set_variable(graph_, variable, value);
    for (VariableValue& known : values_)
      if (known.variable == variable) {
        known.value = value;
        return;
      }
    values_.push_back({variable, value});
  }

 private:
  friend struct detail::TensorState;
  friend class Located;
  friend class Memory;

  struct VariableValue {
    Node variable;
    std::int64_t value;
  };

  Graph graph_;
  std::string device_;
  Executor* executor_ = nullptr;
  std::vector<detail::TensorState*> living_;
  std::vector<Node> buffers_;  ///< the memory that tensors were given and that was not released
  std::vector<Node> pinned_;   ///< memory that a captured step uses
  std::vector<VariableValue> values_;
  const std::source_location* where_ = nullptr;
  std::uint64_t seed_ = 0;
  std::uint32_t random_calls_ = 0;
  bool capturing_ = false;
};

namespace detail {

inline TensorState::TensorState(Context& owner, Node value)
    : context(&owner),
      node(value),
      position(owner.living_.size()) {
  captured = owner.capturing();
  owner.living_.push_back(this);
}

inline TensorState::~TensorState() {
  if (context == nullptr) return;
  std::vector<TensorState*>& living = context->living_;
  living[position] = living.back();
  living[position]->position = position;
  living.pop_back();
}

}  // namespace detail

/// While it lives, nodes of the context are made on behalf of one line of the user's program. The outermost
/// one counts, so that an operation made of others names its caller.
class Located {
 public:
  Located(Context& context, const std::source_location& where)
      : context_(context),
        outer_(context.where_),
        own_(where) {
    if (outer_ == nullptr) context.where_ = &own_;
  }
  ~Located() { context_.where_ = outer_; }
  Located(const Located&) = delete;
  Located& operator=(const Located&) = delete;

  const std::source_location& where() const { return *context_.where_; }
  /// The node, marked with the line.
  Node operator()(Node node) const {
    context_.graph().set_origin(node, {where().file_name(), where().line()});
    return node;
  }
  /// Throws: what was given, what was expected, and the line.
  template <class Exception = ShapeError>
  [[noreturn]] void fail(const std::string& sentence) const {
    throw Exception(sentence + detail::place(where()));
  }

 private:
  Context& context_;
  const std::source_location* outer_;
  const std::source_location own_;  // a copy: the line may be given as a temporary
};

/// The context of tensors that are made without one. It lives until the program ends.
WHITTLE_API inline Context& default_context() {
  static Context* const context = new Context;  // never destroyed: tensors of static storage may outlive main
  return *context;
}

/// An integer between `low` and `high` that can stand for a dimension: a kernel compiled once runs for all
/// its values. Throws Error unless 0 <= low <= high.
inline Variable variable(std::string_view name, std::int64_t low, std::int64_t high,
                         Context& context = default_context(),
                         const std::source_location& where = std::source_location::current()) {
  if (low < 0 || high < low)
    throw Error("variable " + std::string(name) + ": bounds " + std::to_string(low) + " and " + std::to_string(high) +
                ", expected 0 <= low <= high" + detail::place(where));
  return {context, context.graph().variable(name, low, high)};
}

inline void Variable::set(std::int64_t value) {
  const Graph& graph = context_->graph();
  const std::int64_t low = graph.scalar(graph.source(node_, 0)).as_int();
  const std::int64_t high = graph.scalar(graph.source(node_, 1)).as_int();
  if (value < low || value > high)
    throw Error("variable " + std::string(graph.text_at(graph.argument(node_))) + ": given " + std::to_string(value) +
                ", expected " + std::to_string(low) + " to " + std::to_string(high));
  context_->set_value(node_, value);
}

inline std::int64_t Variable::value() const { return context_->value_of(node_); }

/// Random numbers of the default context made from now on depend on this seed alone.
inline void manual_seed(std::uint64_t seed) { default_context().seed(seed); }

}  // namespace v0
}  // namespace whittle
