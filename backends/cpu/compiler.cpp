#include "backends/cpu/compiler.hpp"

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>

#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

#include <whittle/core/error.hpp>

#include "backends/cpu/runtime.hpp"

namespace whittle {
inline namespace v0 {
namespace cpu {
namespace {

std::string text_of(llvm::Error error) { return llvm::toString(std::move(error)); }

/// Sets one of LLVM's own switches, which belong to the process.
void switch_on(const char* name) {
  llvm::StringMap<llvm::cl::Option*>& options = llvm::cl::getRegisteredOptions();
  const auto found = options.find(name);
  if (found != options.end()) static_cast<llvm::cl::opt<bool>*>(found->second)->setValue(true);
}

void configure_code_generation() {
  // Loop strength reduction costs a quarter of code generation and causes spills.
  switch_on("disable-lsr");
  // Takes a masked load whose result is stored for a copy of memory, and copies all of it (LLVM 19, AVX2).
  switch_on("x86-disable-avoid-SFB");
}

/// Keeps LLVM from printing and exiting on an error; remembers it instead.
struct Diagnostics : llvm::DiagnosticHandler {
  explicit Diagnostics(std::string& message) : message_(message) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo& diagnostic) override {
    if (diagnostic.getSeverity() != llvm::DS_Error) return true;
    llvm::raw_string_ostream stream(message_);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    diagnostic.print(printer);
    return true;
  }
  std::string& message_;
};

}  // namespace

struct Compiler::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  llvm::orc::JITDylib* runtime = nullptr;
  const llvm::Target* target = nullptr;
  std::string triple, processor, features;
  std::map<std::string, bool> has;
  std::atomic<std::uint64_t> libraries{0};
  std::mutex unload, session_lock;
  std::string session_errors;  // what the session would print: the names of missing symbols

  State();
  std::unique_ptr<llvm::TargetMachine> machine() const;
  void optimise(llvm::Module& module, llvm::TargetMachine& machine, bool vectorise) const;
  std::unique_ptr<llvm::MemoryBuffer> object(llvm::Module& module, llvm::TargetMachine& machine) const;
};

Compiler::State::State() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  configure_code_generation();
  triple = llvm::sys::getProcessTriple();
  std::string message;
  target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (target == nullptr) throw DeviceError("cpu: LLVM has no target " + triple + ": " + message);

  const char* wanted = std::getenv("WHITTLE_CPU");
  processor = wanted != nullptr && *wanted != '\0' ? std::string(wanted) : llvm::sys::getHostCPUName().str();
  if (wanted == nullptr || *wanted == '\0') {
    for (const auto& feature : llvm::sys::getHostCPUFeatures()) has[feature.getKey().str()] = feature.getValue();
    for (const auto& [name, present] : has)
      features += (features.empty() ? "" : ",") + std::string(present ? "+" : "-") + name;
  } else {
    const auto named = machine();
    for (const char* name : {"fma", "f16c", "avx2", "avx512f", "avx512bw", "avx512vl"})
      has[name] = named->getMCSubtargetInfo()->checkFeatures(std::string("+") + name);
  }

  auto built = llvm::orc::LLJITBuilder()
                   .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                   .setLinkProcessSymbolsByDefault(false)
                   .create();
  if (!built) throw DeviceError("cpu: LLVM's JIT does not start: " + text_of(built.takeError()));
  jit = std::move(*built);
  jit->getExecutionSession().setErrorReporter([this](llvm::Error error) {
    const std::lock_guard lock(session_lock);
    session_errors = text_of(std::move(error));
  });
  auto library = jit->getExecutionSession().createJITDylib("runtime");
  if (!library) throw DeviceError("cpu: " + text_of(library.takeError()));
  runtime = &*library;
  llvm::orc::SymbolMap symbols;
  for (const RuntimeFunction& each : runtime_functions()) {
    symbols[jit->mangleAndIntern(each.name)] = {llvm::orc::ExecutorAddr::fromPtr(each.address),
                                                llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  }
  if (auto error = runtime->define(llvm::orc::absoluteSymbols(std::move(symbols))))
    throw DeviceError("cpu: " + text_of(std::move(error)));
}

std::unique_ptr<llvm::TargetMachine> Compiler::State::machine() const {
  llvm::TargetOptions options;
  options.TrapUnreachable = false;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(triple, processor, features, options,
                                                                          llvm::Reloc::PIC_, llvm::CodeModel::Small,
                                                                          llvm::CodeGenOptLevel::Less, true));
}

void Compiler::State::optimise(llvm::Module& module, llvm::TargetMachine& machine, bool vectorise) const {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = vectorise;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  if (vectorise) {
    passes = builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2);
  } else {
    llvm::cantFail(builder.parsePassPipeline(passes, "function(sroa,early-cse,loop-mssa(licm))"));
  }
  passes.run(module, modules);
}

std::unique_ptr<llvm::MemoryBuffer> Compiler::State::object(llvm::Module& module, llvm::TargetMachine& machine) const {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  llvm::MCContext* context = nullptr;
  if (machine.addPassesToEmitMC(passes, context, stream)) return nullptr;
  passes.run(module);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(bytes), "kernel", false);
}

namespace {

std::string assembly_of(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile)) return {};
  passes.run(module);
  return std::string(bytes.begin(), bytes.end());
}

/// A module from text, for that machine; an empty pointer and a message if the text is wrong.
std::unique_ptr<llvm::Module> parse(const std::string& text, llvm::LLVMContext& context, llvm::TargetMachine& machine,
                                    std::string& message) {
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, context);
  if (module == nullptr) {
    llvm::raw_string_ostream stream(message);
    diagnostic.print("", stream, false);
    return nullptr;
  }
  module->setTargetTriple(machine.getTargetTriple().str());
  module->setDataLayout(machine.createDataLayout());
  llvm::raw_string_ostream stream(message);
  if (llvm::verifyModule(*module, &stream)) return nullptr;
  for (llvm::Function& function : *module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("target-features", machine.getTargetFeatureString());
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  return module;
}

}  // namespace

Compiler::Compiler() : state_(std::make_shared<State>()) {}
Compiler::~Compiler() = default;

Code Compiler::compile(const std::string& kernel, const std::string& symbol, const std::string& text,
                       const CompileOptions& options) {
  const auto fail = [&](const std::string& why) {
    throw DeviceError("cpu: kernel " + kernel + " does not compile: " + why);
  };
  std::string message;
  llvm::LLVMContext context;
  context.setDiagnosticHandler(std::make_unique<Diagnostics>(message));
  const auto machine = state_->machine();
  auto module = parse(text, context, *machine, message);
  if (module == nullptr) fail(message);
  state_->optimise(*module, *machine, options.vectorise);

  Code code;
  if (options.assembly) {  // code generation changes the module: the text is made from another
    auto twin = parse(text, context, *machine, message);
    state_->optimise(*twin, *machine, options.vectorise);
    code.assembly = assembly_of(*twin, *machine);
  }
  auto object = state_->object(*module, *machine);
  if (object == nullptr || !message.empty()) fail(message.empty() ? "no object code" : message);

  llvm::orc::ExecutionSession& session = state_->jit->getExecutionSession();
  auto library = session.createJITDylib("kernel" + std::to_string(++state_->libraries));
  if (!library) fail(text_of(library.takeError()));
  library->addToLinkOrder(*state_->runtime);
  // From here on the library is taken away again, whatever happens.
  code.memory = std::shared_ptr<void>(&*library, [state = state_](void* which) {
    const std::lock_guard lock(state->unload);
    auto& gone = *static_cast<llvm::orc::JITDylib*>(which);
    llvm::consumeError(state->jit->getExecutionSession().removeJITDylib(gone));
  });
  if (auto error = state_->jit->addObjectFile(*library, std::move(object))) fail(text_of(std::move(error)));
  auto address = state_->jit->lookup(*library, symbol);
  if (!address) {
    const std::string what = text_of(address.takeError());
    const std::lock_guard lock(state_->session_lock);
    fail(what + " " + state_->session_errors);
  }
  code.entry = address->toPtr<Entry>();
  return code;
}

const std::string& Compiler::processor() const { return state_->processor; }

bool Compiler::has(const std::string& feature) const {
  const auto found = state_->has.find(feature);
  return found != state_->has.end() && found->second;
}

unsigned Compiler::vector_bits() const { return has("avx512f") ? 512 : has("avx2") ? 256 : 128; }

}  // namespace cpu
}  // namespace v0
}  // namespace whittle
