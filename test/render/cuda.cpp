// The CUDA text of every operator and of whole programs, as clang compiles it for a GPU.
#include <catch2/catch.hpp>

#include <whittle/render/cuda.hpp>

#include "backends/program_cases.hpp"
#include "render/cuda_compiler.hpp"

namespace render_cuda {

using namespace test;
using cuda_test::compile, cuda_test::has_clang;

namespace {

/// One element a thread.
Program& on_grid(ProgramBuilder& b, const ElementwiseCase& each) {
  std::vector<Node> inputs, loaded;
  for (DType source : each.sources) inputs.push_back(b.parameter(source, 1000));
  const Node out = b.parameter(each.result, 1000, true);
  const Node thread = b.graph.make(Op::special, DType::int32, {b.number(1000)}, b.graph.text("global"));
  b.program.instructions.push_back({thread, 1});
  b.program.grid = thread;
  for (Node input : inputs) loaded.push_back(b.load(b.index(input, thread)));
  b.store(b.index(out, thread), b.make(each.op, each.result, loaded));
  return b.finish();
}

}  // namespace

TEST_CASE("cuda: every operator and whole programs compile for sm_80", "[cuda]") {
  if (!has_clang()) {
    WARN("clang++-19 is not installed: the CUDA text is not compiled");
    return;
  }
  std::string source(w::cuda_prelude);
  for (const ElementwiseCase& each : elementwise_cases()) {
    ProgramBuilder b(name_of(each));
    source += w::render_cuda_kernel(on_grid(b, each));
  }
  std::vector<ProgramCase> programs;
  programs.push_back(dot_product());
  programs.push_back(matrix_product(1));
  programs.push_back(gated_shift(1, DType::bfloat16));
  programs.push_back(gather_reversed(1, DType::float16, true));
  programs.push_back(variable_sizes(3));
  programs.push_back(scalar_gate(1));
  programs.push_back(accumulator_array());
  for (const ProgramCase& each : programs) source += w::render_cuda_kernel(each.builder->program);
  INFO(source.substr(w::cuda_prelude.size()).substr(0, 2000));
  CHECK(compile(source) == "");
}

TEST_CASE("cuda: a kernel reads like one written by hand", "[cuda]") {
  const ProgramCase dot = dot_product();
  CHECK(w::render_cuda_kernel(dot.builder->program) ==
        "extern \"C\" __global__ void __launch_bounds__(128) dot_product(const float* __restrict__ data0, "
        "const float* __restrict__ data1, float* __restrict__ data2) {\n"
        "  float sum0;\n"
        "  sum0 = 0.0f;\n"
        "  for (int i0 = 0; i0 < 100; ++i0) {\n"
        "    sum0 = ((data0[i0] * data1[i0]) + sum0);\n"
        "  }\n"
        "  data2[0] = sum0;\n"
        "}\n");
}

TEST_CASE("cuda: a value that memory would change is named before the store", "[cuda]") {
  ProgramBuilder b("swap");
  const Node x = b.parameter(DType::int32, 2, true);
  const Node first = b.index(x, b.number(0)), second = b.index(x, b.number(1));
  const Node a = b.load(first), c = b.load(second);
  b.store(first, c);
  b.store(second, a);
  CHECK(w::render_cuda_kernel(b.finish()) ==
        "extern \"C\" __global__ void __launch_bounds__(128) swap(int* __restrict__ data0) {\n"
        "  const int value0 = data0[0];\n"
        "  data0[0] = data0[1];\n"
        "  data0[1] = value0;\n"
        "}\n");
}

TEST_CASE("cuda: index arithmetic is plain, data wraps by name", "[cuda]") {
  ProgramBuilder b("wrapping");
  const DType i = DType::int32;
  const Node x = b.parameter(i, 20), out = b.parameter(i, 10, true), loop = b.range(10);
  const Node at = b.make(Op::mul, i, {loop, b.number(2)});
  const Node value = b.load(b.index(x, at));
  b.end(b.store(b.index(out, loop), b.make(Op::mul, i, {value, b.number(3)})), loop);
  const std::string text = w::render_cuda_kernel(b.finish());
  CHECK(text.find("data1[i0] = w_mul<int>(data0[i0 * 2], 3);") != std::string::npos);
}

TEST_CASE("cuda: vectors are refused", "[cuda]") {
  const ProgramCase vectors = matrix_product(8);
  CHECK_THROWS_AS(w::render_cuda_kernel(vectors.builder->program), w::DeviceError);
}

}  // namespace render_cuda
