// When lazy values become numbers in memory, and when that memory is given back.
#pragma once

#include <string>
#include <vector>

#include <whittle/tensor/create.hpp>

namespace whittle {
inline namespace v0 {

namespace detail {

inline bool is_global_buffer(const Graph& graph, Node node) {
  return graph.op(node) == Op::buffer && unpack<BufferArgument>(graph.argument(node)).space == AddressSpace::global;
}

/// Calls `visit(node)` once for each node below the roots, users before sources; where it returns false the
/// node's sources are not entered from there.
template <class Visit>
void walk(const Graph& graph, std::vector<Node> pending, Visit visit) {
  std::vector<bool> seen(graph.size());
  while (!pending.empty()) {
    const Node node = pending.back();
    pending.pop_back();
    if (seen[number_of(node)]) continue;
    seen[number_of(node)] = true;
    if (visit(node))
      for (Node source : graph.sources(node))
        if (!seen[number_of(source)]) pending.push_back(source);
  }
}

/// What nodes become, by number; none where that is not known yet.
class Replacements {
 public:
  explicit Replacements(const Graph& graph) : of_(graph.size(), Node::none) {}
  Node& operator[](Node node) { return of_[number_of(node)]; }
  /// Of two replacements of one node the first stays.
  void add(Node from, Node to) {
    if (of_[number_of(from)] == Node::none) of_[number_of(from)] = to;
  }

 private:
  std::vector<Node> of_;
};

/// `root`, a node older than `done`, with nodes replaced below it, iteratively. `done` collects what was
/// replaced, for the next root. Lines of the user's program go over to the new nodes.
inline Node substitute(Graph& graph, Node root, Replacements& done) {
  std::vector<Node> pending{root}, sources;
  while (!pending.empty()) {
    const Node node = pending.back();
    const std::size_t before = pending.size();
    if (done[node] == Node::none)
      for (Node source : graph.sources(node))
        if (done[source] == Node::none) pending.push_back(source);
    if (pending.size() != before) continue;
    pending.pop_back();
    if (done[node] != Node::none) continue;
    sources.clear();
    bool changed = false;
    for (Node source : graph.sources(node)) {
      sources.push_back(done[source]);
      changed = changed || sources.back() != source;
    }
    done[node] = changed ? graph.with_sources(node, sources) : node;
    if (changed) graph.set_origin(done[node], graph.origin(node));
  }
  return done[root];
}

}  // namespace detail

/// The memory of a context's tensors.
class Memory {
 public:
  using States = std::vector<detail::TensorState*>;

  /// Gives each tensor a value in memory, in one run, together with all assignments of the context.
  static void realize(const std::vector<Tensor>& tensors) {
    if (tensors.empty()) return;
    Context& context = tensors[0].context();
    States wanted;
    for (const Tensor& tensor : tensors) {
      if (&tensor.context() != &context) throw Error("realize: tensors of two contexts are mixed");
      wanted.push_back(tensor.state_.get());
    }
    realize(context, wanted);
  }

  static void realize(Context& context, const States& wanted) {
    States states;
    for (detail::TensorState* state : context.living_)
      if (state->effect != Node::none) states.push_back(state);
    const bool assigns = !states.empty();
    for (detail::TensorState* state : wanted) add(states, state);
    if (states.empty()) return;
    if (assigns) add_readers_of_old_values(context, states);
    run(context, states);
    release_unreachable(context);
  }

  static void assign(const Tensor& target, const TensorArg& value) {
    Context& context = target.context();
    Graph& graph = context.graph();
    const Located at(context, value.where());
    const TensorArg here(target, value.where());
    if (&detail::context_of({&here, &value}) != &context) return;
    const Tensor fitting = fit(at, target, value);
    detail::TensorState* owner = owner_of(context, target);
    if (owner == nullptr && context.capturing() && !target.state_->captured)
      at.fail<Error>("assign: a captured step would start from the first value each time; expected a tensor that is "
                     "realised before the step");
    if (owner == nullptr || owner->effect != Node::none) {
      realize(context, {owner == nullptr ? target.state_.get() : owner});
      owner = owner_of(context, target);
    }
    const Node place = target.state_.get() == owner ? owner->home : target.node();
    const Node store = at(v0::store(graph, place, fitting.node()));
    owner->effect = at(v0::after(graph, owner->buffer, {store}));
    detail::Replacements written(graph);
    written.add(owner->buffer, owner->effect);
    owner->node = detail::substitute(graph, owner->home, written);
    if (target.state_.get() != owner) target.state_->node = detail::substitute(graph, place, written);
    context.graph().set_origin(owner->node, {at.where().file_name(), at.where().line()});
  }

  /// Allocates the tensor's memory without a value, for `from` and `write`.
  static void give_memory(Context& context, detail::TensorState& state) {
    const auto [buffer, home] = fresh_home(context, state.node);
    state.buffer = buffer;
    state.home = state.node = home;
    state.effect = Node::none;
    context.buffers_.push_back(buffer);
  }

  /// Puts bytes into the tensor's own memory; who was made from the old value gets it first.
  static void write(const Tensor& tensor, std::span<const std::byte> bytes) {
    Context& context = tensor.context();
    detail::TensorState& state = *tensor.state_;
    if (state.effect != Node::none) realize(context, {&state});
    if (state.home == Node::none)
      give_memory(context, state);
    else
      realize_readers_of(context, state);
    context.executor().write(context.graph(), state.buffer, bytes);
    state.node = state.home;
  }

  /// The bytes of the tensor's memory, in which variables have their upper bounds.
  static void read(const Tensor& tensor, std::span<std::byte> bytes) {
    detail::TensorState& state = *tensor.state_;
    if (!state.realized()) realize(tensor.context(), {&state});
    tensor.context().executor().read(tensor.graph(), state.buffer, bytes);
  }

  static Node buffer_of(const Tensor& tensor) { return tensor.context(), tensor.state_->buffer; }

  static bool has_context(const Tensor& tensor) { return tensor.state_->context != nullptr; }

  /// While it lives, launches are recorded and the memory they use stays.
  class Recording {
   public:
    Recording(Context& context, std::span<const Node> inputs) : context_(context), first_(context.pinned_.size()) {
      context.executor().begin_capture(context.graph(), inputs);
      context.capturing_ = true;
    }
    /// The end of a step that failed: what was recorded is dropped.
    ~Recording() {
      if (!context_.capturing_) return;
      context_.capturing_ = false;
      context_.pinned_.resize(first_);
      try {
        context_.executor().end_capture();
      } catch (const Error&) {  // the failure that ended the step is the one to report
      }
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    Owner<Replay> finish(std::vector<Node>& used) {
      used.assign(context_.pinned_.begin() + static_cast<std::ptrdiff_t>(first_), context_.pinned_.end());
      Owner<Replay> replay = context_.executor().end_capture();
      context_.capturing_ = false;
      return replay;
    }

   private:
    Context& context_;
    std::size_t first_;
  };

  /// Realises the tensors, and all assignments of the context even if there are no tensors.
  static void realize_with_assignments(Context& context, const std::vector<Tensor>& tensors) {
    States wanted;
    for (const Tensor& tensor : tensors) wanted.push_back(tensor.state_.get());
    realize(context, wanted);
  }

  /// A replay overwrites memory: what is still lazy and reads it must have its value first.
  static void before_replay(Context& context, std::span<const Node> buffers) {
    bool lazy = false;
    for (const detail::TensorState* state : context.living_) lazy = lazy || is_lazy(context.graph(), *state);
    if (!lazy) return;
    std::vector<bool> used(context.graph().size());
    for (Node buffer : buffers) used[number_of(buffer)] = true;
    States readers;
    for (detail::TensorState* state : context.living_)
      if (is_lazy(context.graph(), *state) &&
          (state->effect != Node::none || reads(context.graph(), state->node, used)))
        readers.push_back(state);
    if (!readers.empty()) realize(context, readers);
  }

  /// The memory is no longer needed by a captured step.
  static void unpin(Context& context, std::span<const Node> buffers) {
    for (Node buffer : buffers)
      for (std::size_t i = context.pinned_.size(); i-- > 0;)
        if (context.pinned_[i] == buffer) {
          context.pinned_.erase(context.pinned_.begin() + static_cast<std::ptrdiff_t>(i));
          break;
        }
  }
  /// How many buffers the context has.
  static std::size_t buffers(const Context& context) { return context.buffers_.size(); }

 private:
  struct Home {
    Node buffer, home;
  };

  /// Still to be computed from something that could change.
  static bool is_lazy(const Graph& graph, const detail::TensorState& state) {
    if (state.realized()) return false;
    Node node = state.node;
    while (is_movement(graph.op(node))) node = graph.source(node, 0);
    return !graph.is_constant(node);
  }

  static void add(States& states, detail::TensorState* state) {
    for (const detail::TensorState* known : states)
      if (known == state) return;
    if (!state->realized()) states.push_back(state);
  }

  /// Memory for a value of that shape. Where a dimension is a variable there is room for its upper bound,
  /// and the value is the part in use.
  static Home fresh_home(Context& context, Node value) {
    Graph& graph = context.graph();
    const Dims dims = detail::dims_of(context, value);
    Dims room;
    std::vector<Node> bounds;
    std::int64_t count = 1;
    bool part = false;
    for (const Dim& dim : dims) {
      room.append(detail::limit_of(context, dim));
      count *= room.back().value();
      part = part || !dim.is_constant();
      bounds.push_back(graph.constant(DType::index, 0));
      bounds.push_back(detail::dim_node(context, dim));
    }
    const Node buffer = v0::buffer(graph, graph.dtype(value), count);
    const Node all = v0::reshape(graph, buffer, detail::dim_nodes(context, room));
    return {buffer, part ? v0::shrink(graph, all, bounds) : all};
  }

  /// The value to assign, in the dtype and shape of the target.
  static Tensor fit(const Located& at, const Tensor& target, const TensorArg& value) {
    const Tensor own = value.is_number()
                           ? Tensor(target.context(), detail::operand_node(at, target.graph(), value, target.dtype()))
                           : value.tensor().cast(target.dtype());
    const Shape from = shape_of(target.graph(), own.node()), to = shape_of(target.graph(), target.node());
    const bool fits = from.size() <= to.size() && detail::broadcast_shape(at, target.graph(), from, to, "assign") == to;
    if (!fits)
      at.fail("assign: a value of shape " + detail::shape_text(own) + " for a tensor of shape " +
              detail::shape_text(target));
    return own.expand(target.shape());
  }

  /// The living tensor whose memory the value lies in; null where the value is no part of one.
  static detail::TensorState* owner_of(Context& context, const Tensor& target) {
    const Graph& graph = context.graph();
    if (target.state_->home != Node::none && target.state_->buffer != Node::none) return target.state_.get();
    Node node = target.node();
    while (graph.op(node) == Op::reshape || graph.op(node) == Op::permute || graph.op(node) == Op::shrink ||
           graph.op(node) == Op::flip)
      node = graph.source(node, 0);
    if (!is_memory(graph, node)) return nullptr;
    const Node buffer = graph.op(node) == Op::after ? graph.source(node, 0) : node;
    for (detail::TensorState* state : context.living_)
      if (state->buffer == buffer) return state;
    return nullptr;
  }
  static bool is_memory(const Graph& graph, Node node) {
    return detail::is_global_buffer(graph, graph.op(node) == Op::after ? graph.source(node, 0) : node);
  }

  /// Tensors that read a bare buffer into which something is stored must get the old value in the same run.
  static void add_readers_of_old_values(Context& context, States& states) {
    const Graph& graph = context.graph();
    std::vector<bool> written(graph.size());
    for (const detail::TensorState* state : states)
      if (state->effect != Node::none) written[number_of(state->buffer)] = true;
    for (detail::TensorState* state : context.living_)
      if (!state->realized() && state->effect == Node::none && reads(graph, state->node, written)) add(states, state);
  }

  static bool reads(const Graph& graph, Node root, const std::vector<bool>& buffers) {
    bool found = false;
    detail::walk(graph, {root}, [&](Node node) {
      found = found || (number_of(node) < buffers.size() && buffers[number_of(node)]);
      // Below after(buffer, store) lies what will have happened: it is the new value.
      return !found && !(graph.op(node) == Op::after && number_of(graph.source(node, 0)) < buffers.size() &&
                         buffers[number_of(graph.source(node, 0))]);
    });
    return found;
  }

  static void realize_readers_of(Context& context, const detail::TensorState& owner) {
    States readers;
    std::vector<bool> written;  // stays empty, off the heap, where nobody is lazy
    for (detail::TensorState* state : context.living_) {
      if (!is_lazy(context.graph(), *state)) continue;
      if (written.empty()) written.resize(context.graph().size());
      written[number_of(owner.buffer)] = true;
      if (reads(context.graph(), state->node, written)) readers.push_back(state);
    }
    if (!readers.empty()) realize(context, readers);
  }

  /// One call of the executor. When it throws, every tensor is as it was.
  static void run(Context& context, const States& states) {
    Graph& graph = context.graph();
    std::vector<Home> homes;
    std::vector<Node> effects;
    for (const detail::TensorState* state : states) {
      if (state->effect != Node::none) {
        homes.push_back({state->buffer, state->home});
        effects.push_back(state->effect);
        continue;
      }
      homes.push_back(fresh_home(context, state->node));
      const Node store = v0::store(graph, homes.back().home, state->node);
      graph.set_origin(store, graph.origin(state->node));
      effects.push_back(v0::after(graph, homes.back().buffer, {store}));
    }
    context.executor().run(graph, effects);
    detail::Replacements done(graph);
    for (std::size_t i = 0; i < states.size(); ++i) {
      detail::TensorState& state = *states[i];
      if (state.effect != Node::none)
        done.add(state.effect, state.buffer);
      else if (is_computed(graph, state.node))
        done.add(state.node, homes[i].home);
      if (state.effect == Node::none) context.buffers_.push_back(homes[i].buffer);
      state.effect = Node::none;
      state.buffer = homes[i].buffer;
      state.node = state.home = homes[i].home;
    }
    if (context.capturing_) pin(context, effects);
    // What was computed is read from memory by the tensors that are still lazy.
    for (detail::TensorState* state : context.living_)
      if (!state->realized()) state->node = detail::substitute(graph, state->node, done);
  }

  /// Not just a part of memory, a constant or a counter, which nobody needs to read from other memory.
  static bool is_computed(const Graph& graph, Node node) {
    while (is_movement(graph.op(node))) node = graph.source(node, 0);
    return !in_class(graph.op(node), OpClass::leaf) && graph.op(node) != Op::after;
  }

  static void pin(Context& context, const std::vector<Node>& effects) {
    const Graph& graph = context.graph();
    detail::walk(graph, effects, [&](Node node) {
      if (detail::is_global_buffer(graph, node)) context.pinned_.push_back(node);
      return true;
    });
  }

  static void release_unreachable(Context& context) {
    const Graph& graph = context.graph();
    std::vector<Node> roots = context.pinned_;
    for (const detail::TensorState* state : context.living_) {
      roots.push_back(state->node);
      if (state->home != Node::none) roots.push_back(state->home);
    }
    std::vector<bool> reached(graph.size());
    detail::walk(graph, roots, [&](Node node) { return reached[number_of(node)] = true; });
    std::size_t kept = 0;
    for (Node buffer : context.buffers_) {
      if (reached[number_of(buffer)])
        context.buffers_[kept++] = buffer;
      else
        context.executor().release(context.graph(), buffer);
    }
    context.buffers_.resize(kept);
  }
};

/// Computes several tensors in one run.
inline void realize(const std::vector<Tensor>& tensors) { Memory::realize(tensors); }

inline const Tensor& Tensor::realize(const Where& where) const {
  const Located at(context(), where);
  Memory::realize(context(), {state_.get()});
  return *this;
}

inline void Tensor::assign(const TensorArg& value) const { Memory::assign(*this, value); }

}  // namespace v0
}  // namespace whittle
