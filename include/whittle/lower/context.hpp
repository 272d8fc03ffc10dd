// What passes over a kernel see beside the graph.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include <whittle/ir/shape.hpp>
#include <whittle/ir/traits.hpp>
#include <whittle/lower/program.hpp>
#include <whittle/rewrite/pass.hpp>

namespace whittle {
inline namespace v0 {

/// What passes see beside the graph: over kernels, the target; over tensors, that nodes have shapes.
struct PassContext {
  Target target;
  bool tensors = false;
  RewriteRecorder<Graph>* recorder = nullptr;  ///< of rewrites; null: none
  std::string subject = {};                    ///< for the recorder: the name of a kernel

  /// A run of a pass begins.
  void begin(Graph& graph, const BasicPass<Graph, PassContext>& pass);
  void record(const RewriteStep<Graph>& step) const {
    if (recorder != nullptr) recorder->record(step);
  }

  /// A literal on a right side takes the shape of the node replaced.
  Node conform(Graph& graph, Node made, Node replaced) const {
    if (!tensors || !is_value(graph, replaced)) return made;
    const Shape wanted = shape_of(graph, replaced);
    if (wanted.empty() || !shape_of(graph, made).empty()) return made;
    Shape ones;
    while (ones.size() < wanted.size()) ones.push_back(graph.constant(DType::index, 1));
    return expand(graph, reshape(graph, made, ones), wanted);
  }

 private:
  static bool is_value(const Graph& graph, Node n) { return is_elementwise(graph.op(n)) || graph.op(n) == Op::reduce; }
};

using Pass = BasicPass<Graph, PassContext>;
using Pipeline = BasicPipeline<Graph, PassContext>;

/// What rules see of a context, as a text that `read_settings` reads back: for traces.
inline std::string settings_text(const PassContext& context) {
  const Target& target = context.target;
  const auto flag = [](const char* name, bool value) { return std::string(value ? " " : "") + (value ? name : ""); };
  return target.device + " vector_bits=" + std::to_string(target.vector_bits) +
         " block_size=" + std::to_string(target.block_size) + " native=" + std::to_string(target.native.mask) +
         flag("grid", target.grid) + flag("has_fma", target.has_fma) + flag("bounds_checks", target.bounds_checks) +
         flag("tensors", context.tensors);
}
PassContext read_settings(std::string_view text);

inline void PassContext::begin(Graph& graph, const Pass& pass) {
  if (recorder != nullptr) recorder->begin(graph, {pass.name, *pass.rules, subject, settings_text(*this)});
}

/// Words that are not known, and those that are missing, leave things as they are by default.
inline PassContext read_settings(std::string_view text) {
  PassContext context;
  for (std::size_t number = 0; !text.empty(); ++number) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size() < text.size() ? word.size() + 1 : text.size());
    const std::size_t equals = word.find('=');
    std::uint32_t value = 0;
    if (equals != word.npos) std::from_chars(word.data() + equals + 1, word.data() + word.size(), value);
    const std::string_view name = word.substr(0, equals);
    if (number == 0) context.target.device = std::string(name);
    if (name == "vector_bits") context.target.vector_bits = value;
    if (name == "block_size") context.target.block_size = value;
    if (name == "native") context.target.native.mask = static_cast<decltype(DTypes::mask)>(value);
    if (name == "grid") context.target.grid = true;
    if (name == "has_fma") context.target.has_fma = true;
    if (name == "bounds_checks") context.target.bounds_checks = true;
    if (name == "tensors") context.tensors = true;
  }
  return context;
}

}  // namespace v0
}  // namespace whittle
