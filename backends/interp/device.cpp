// The device "interp": runs linear programs by the interpreter. Its memory is reached by copies alone and its queue
// is a thread of its own, so that whatever works here makes no assumption that a GPU would break.
#include "jit/device.hpp"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <functional>
#include <thread>

#include <whittle/core/error.hpp>
#include <whittle/core/hash.hpp>
#include <whittle/lower/interpret.hpp>

namespace whittle {
inline namespace v0 {
namespace interp {
namespace {

/// A program in a graph of its own: the user's graph goes on changing while the queue runs.
class OwnProgram {
 public:
  explicit OwnProgram(const Program& from) : from_(*from.graph), numbers_(from.graph->size(), Node::none) {
    program_.name = from.name;
    for (const Instruction& each : from.instructions) program_.instructions.push_back({copy(each.node), each.lanes});
    for (const Parameter& each : from.parameters) program_.parameters.push_back({copy(each.node), each.written});
    for (Node each : from.variables) program_.variables.push_back(copy(each));
    program_.parallel = copy(from.parallel);
    program_.grid = copy(from.grid);
    program_.graph = &graph_;
    numbers_.clear();
  }
  OwnProgram(const OwnProgram&) = delete;
  const Program& get() const { return program_; }

 private:
  Node copy(Node root) {
    std::vector<Node> open{root};
    while (!open.empty()) {
      const Node node = open.back();
      if (node == Node::none || numbers_[number_of(node)] != Node::none) {
        open.pop_back();
        continue;
      }
      std::vector<Node> sources;
      for (Node source : from_.sources(node)) {
        if (numbers_[number_of(source)] == Node::none) open.push_back(source);
        sources.push_back(numbers_[number_of(source)]);
      }
      if (open.back() != node) continue;
      open.pop_back();
      const std::uint64_t argument = from_.argument(node);
      numbers_[number_of(node)] = graph_.make(from_.op(node), from_.dtype(node), sources,
                                              from_.has_text(node) ? graph_.text(from_.text_at(argument)) : argument);
    }
    return root == Node::none ? root : numbers_[number_of(root)];
  }

  const Graph& from_;
  std::vector<Node> numbers_;
  Graph graph_;
  Program program_;
};

class InterpKernel final : public Kernel {
 public:
  explicit InterpKernel(const Program& program) : Kernel(program), own_(program), interpreter_(own_.get()) {}
  Interpreter& interpreter() { return interpreter_; }

 private:
  OwnProgram own_;
  Interpreter interpreter_;
};

/// Tasks in order, on a thread of its own.
class Queue {
 public:
  Queue() : thread_([this] { work(); }) {}
  ~Queue() {
    put(nullptr);
    thread_.join();
  }
  /// An empty task ends the thread.
  void put(std::function<void()> task) {
    {
      const std::lock_guard lock(lock_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(lock_);
    changed_.wait(lock, [this] { return tasks_.empty(); });
  }

 private:
  void work() {
    std::unique_lock lock(lock_);
    for (;;) {
      changed_.wait(lock, [this] { return !tasks_.empty(); });
      if (tasks_.front() == nullptr) return;
      lock.unlock();
      tasks_.front()();  // only this thread takes from the front, and a deque's elements stay where they are
      lock.lock();
      tasks_.pop_front();
      changed_.notify_all();
    }
  }
  std::mutex lock_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  std::thread thread_;
};

struct Block {
  std::vector<std::byte> bytes;
};

Block* block_of(std::uintptr_t handle) { return reinterpret_cast<Block*>(handle); }

class InterpDevice final : public Device {
 public:
  std::string_view name() const override { return "interp"; }
  Target target() const override {
    Target target;
    target.device = "interp";
    return target;
  }
  std::uint64_t fingerprint() const override { return hash_text("interp"); }

 protected:
  std::uintptr_t do_allocate(std::size_t bytes) override {
    try {
      auto block = std::make_unique<Block>();
      block->bytes.resize(bytes);
      return reinterpret_cast<std::uintptr_t>(block.release());
    } catch (const std::exception&) {
      return 0;
    }
  }
  void do_free(std::uintptr_t handle, std::size_t) noexcept override {
    queue_.put([block = block_of(handle)] { delete block; });
  }
  void do_copy_in(std::uintptr_t to, std::span<const std::byte> from) override {
    queue_.put([to, from] { std::memcpy(block_of(to)->bytes.data(), from.data(), from.size()); });
  }
  void do_copy_out(std::span<std::byte> to, std::uintptr_t from) override {
    queue_.put([to, from] { std::memcpy(to.data(), block_of(from)->bytes.data(), to.size()); });
  }
  std::shared_ptr<Kernel> do_compile(const Program& program) override {
    return std::make_shared<InterpKernel>(program);
  }

  void do_launch(Kernel& kernel, std::span<Buffer* const> buffers, std::span<const std::int64_t> variables) override {
    std::vector<Block*> blocks;
    for (const Buffer* buffer : buffers) blocks.push_back(buffer != nullptr ? block_of(buffer->handle()) : nullptr);
    std::vector<std::int64_t> values(variables.begin(), variables.end());
    auto& own = static_cast<InterpKernel&>(kernel);
    queue_.put([this, &own, blocks = std::move(blocks), values = std::move(values)] { execute(own, blocks, values); });
  }
  void do_synchronize() override { queue_.wait(); }
  double do_elapsed() override { return elapsed_; }

 private:
  void execute(InterpKernel& kernel, const std::vector<Block*>& blocks, std::span<const std::int64_t> variables) {
    if (failed_) return;  // what comes after a fault would run on what the kernel left unfinished
    const auto begin = std::chrono::steady_clock::now();
    const KernelInterface& about = kernel.interface();
    std::vector<std::span<std::byte>> memory(blocks.size());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (blocks[i] == nullptr || about.parameters[i] == DType::none) continue;
      const auto elements = static_cast<std::size_t>(about.sizes[i].evaluate(variables));
      memory[i] = std::span(blocks[i]->bytes).first(elements * size_of(about.parameters[i]));
    }
    const Status status = kernel.interpreter().run(memory, variables, 0, about.parallel.evaluate(variables));
    elapsed_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (status.ok()) return;
    failed_ = true;
    fail(kernel.name(), status.message());
  }

  double elapsed_ = 0;   // written by the queue, read after it is empty
  bool failed_ = false;  // the queue's alone
  Queue queue_;          // last: its thread uses the others
};

}  // namespace
}  // namespace interp

std::unique_ptr<Device> make_interp_device(const DeviceOptions& options);
std::unique_ptr<Device> make_interp_device(const DeviceOptions&) { return std::make_unique<interp::InterpDevice>(); }

}  // namespace v0
}  // namespace whittle
