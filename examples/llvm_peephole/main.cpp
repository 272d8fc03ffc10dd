// LLVM's own values as a graph that rules rewrite: a peephole pass, beside LLVM's own instsimplify and
// instcombine, on the same functions. All must compute the same; how many instructions each leaves is printed.
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DCE.h>
#include <llvm/Transforms/Scalar/InstSimplifyPass.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "pass.hpp"
#include "subjects.hpp"

namespace {

constexpr unsigned random_functions = 200, inputs = 50;

/// A pass, and what it makes of the subjects.
struct Contender {
  const char* name;
  std::function<void(llvm::FunctionPassManager&)> add;
  std::unique_ptr<llvm::Module> module = {};
  std::vector<std::size_t> left = {};  ///< instructions, by function
  double seconds = 0;

  std::string symbol(llvm::StringRef function) const { return std::string(name) + "." + function.str(); }
};

std::size_t total(const std::vector<std::size_t>& counts) {
  std::size_t sum = 0;
  for (std::size_t count : counts) sum += count;
  return sum;
}

/// False, and says why, if the pass breaks a function.
bool run(Contender& contender, const llvm::Module& subjects) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::FunctionPassManager passes;
  contender.add(passes);
  passes.addPass(llvm::DCEPass());

  contender.module = llvm::CloneModule(subjects);
  const auto begin = std::chrono::steady_clock::now();
  for (llvm::Function& function : *contender.module)
    if (!function.isDeclaration()) passes.run(function, functions);
  contender.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  for (llvm::Function& function : *contender.module) {
    if (function.isDeclaration()) continue;  // an intrinsic
    contender.left.push_back(function.getInstructionCount());
    if (llvm::verifyFunction(function, &llvm::errs())) return false;
  }
  return true;
}

using Function = std::int64_t (*)(std::int64_t, std::int64_t, std::int64_t, std::int64_t);

/// The compiled functions of all contenders, each under its name and that of its contender.
llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> compile(std::vector<Contender>& contenders,
                                                          llvm::orc::ThreadSafeContext context) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit) return jit;
  for (Contender& contender : contenders) {
    for (llvm::Function& function : *contender.module)
      if (!function.isDeclaration()) function.setName(contender.symbol(function.getName()));
    contender.module->setDataLayout((*jit)->getDataLayout());
    if (auto error = (*jit)->addIRModule({std::move(contender.module), context})) return error;
  }
  return jit;
}

/// How many results differ from those of the first contender, on random numbers.
llvm::Expected<std::size_t> differences(llvm::orc::LLJIT& jit, const std::vector<Contender>& contenders,
                                        const std::vector<std::string>& names) {
  std::mt19937_64 random(7);
  const auto number = [&] {
    constexpr std::int64_t edges[] = {0, 1, -1, 127, -128, 0x7fffffff, INT64_MAX, INT64_MIN};
    return random() % 4 == 0 ? edges[random() % std::size(edges)] : static_cast<std::int64_t>(random());
  };
  std::size_t count = 0;
  for (const std::string& name : names) {
    std::vector<Function> functions;
    for (const Contender& contender : contenders) {
      auto address = jit.lookup(contender.symbol(name));
      if (!address) return address.takeError();
      functions.push_back(address->toPtr<Function>());
    }
    for (unsigned i = 0; i < inputs; ++i) {
      const std::int64_t a = number(), b = number(), c = number(), d = number(), expected = functions[0](a, b, c, d);
      for (std::size_t k = 1; k < functions.size(); ++k) {
        if (functions[k](a, b, c, d) == expected) continue;
        std::printf("%s differs in %s\n", contenders[k].name, name.c_str());
        ++count;
      }
    }
  }
  return count;
}

void print(const std::vector<Contender>& contenders) {
  std::printf("%-14s %12s %10s\n", "", "instructions", "ms");
  for (const Contender& contender : contenders)
    std::printf("%-14s %12zu %10.2f\n", contender.name, total(contender.left), contender.seconds * 1000);
  const std::vector<std::size_t>&ours = contenders[1].left, &theirs = contenders[3].left;
  std::size_t fewer = 0, equal = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) fewer += ours[i] < theirs[i], equal += ours[i] == theirs[i];
  std::printf("whittle leaves fewer instructions than instcombine in %zu functions, as many in %zu, more in %zu\n",
              fewer, equal, ours.size() - fewer - equal);
}

}  // namespace

int main() {
  llvm::orc::ThreadSafeContext context(std::make_unique<llvm::LLVMContext>());
  const auto subjects = peephole::make_subjects(*context.getContext(), random_functions, 1);
  if (subjects == nullptr) return std::puts("the functions cannot be read"), 1;

  peephole::Report report;
  std::vector<Contender> contenders;
  contenders.push_back({"as written", [](llvm::FunctionPassManager&) {}});
  contenders.push_back({"whittle", [&](auto& passes) { passes.addPass(peephole::Pass(report)); }});
  contenders.push_back({"instsimplify", [](auto& passes) { passes.addPass(llvm::InstSimplifyPass()); }});
  contenders.push_back({"instcombine", [](auto& passes) { passes.addPass(llvm::InstCombinePass()); }});
  for (Contender& contender : contenders)
    if (!run(contender, *subjects)) return std::printf("%s made an ill-formed function\n", contender.name), 1;
  if (!report.failure.empty()) return std::puts(report.failure.c_str()), 1;
  print(contenders);

  std::vector<std::string> names;
  for (const llvm::Function& function : *subjects) names.push_back(function.getName().str());
  auto jit = compile(contenders, context);
  if (!jit) return std::puts(llvm::toString(jit.takeError()).c_str()), 1;
  auto wrong = differences(**jit, contenders, names);
  if (!wrong) return std::puts(llvm::toString(wrong.takeError()).c_str()), 1;
  std::printf("%zu functions, %u inputs each: %zu results differ; %llu rewrites\n", names.size(), inputs, *wrong,
              static_cast<unsigned long long>(report.rewrites));
  const bool helps = total(contenders[1].left) < total(contenders[0].left);
  return *wrong == 0 && report.rewrites > 0 && helps ? 0 : 1;
}
