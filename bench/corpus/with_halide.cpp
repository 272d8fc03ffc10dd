// Halide's simplifier over a corpus. A line in: a name with its bounds for each variable, a bar, the expression in
// postfix order; a line out: microseconds, and the result in postfix order (exchange.py writes and reads them).
#include <chrono>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <Halide.h>

namespace {

using namespace Halide::Internal;
using Halide::Expr;

/// The variables of a line, and what the simplifier is told of them.
struct Variables {
  std::map<std::string, Expr> by_name;
  Scope<Interval> bounds;
};

Expr make(const std::string& op, std::vector<Expr>& stack) {
  const auto pop = [&] {
    Expr top = stack.back();
    stack.pop_back();
    return top;
  };
  if (op == "neg") return Sub::make(0, pop());
  if (op == "not") return Not::make(pop());
  const Expr b = pop(), a = pop();
  if (op == "where") return Select::make(pop(), a, b);
  if (op == "add") return Add::make(a, b);
  if (op == "sub") return Sub::make(a, b);
  if (op == "mul") return Mul::make(a, b);
  if (op == "floordiv") return Div::make(a, b);
  if (op == "floormod") return Mod::make(a, b);
  if (op == "and") return And::make(a, b);
  if (op == "or") return Or::make(a, b);
  if (op == "lt") return LT::make(a, b);
  if (op == "le") return LE::make(a, b);
  if (op == "eq") return EQ::make(a, b);
  if (op == "ne") return NE::make(a, b);
  if (op == "min") return Min::make(a, b);
  return Max::make(a, b);
}

bool is_number(const std::string& word) { return word.find_first_not_of("-0123456789") == std::string::npos; }

Expr read(std::istream& words, const Variables& variables) {
  std::vector<Expr> stack;
  for (std::string word; words >> word;) {
    if (is_number(word))
      stack.push_back(IntImm::make(Halide::Int(32), std::stoll(word)));
    else if (word == "invalid")
      stack.push_back(Variable::make(Halide::Int(32), "invalid"));
    else if (const auto found = variables.by_name.find(word); found != variables.by_name.end())
      stack.push_back(found->second);
    else
      stack.push_back(make(word, stack));
  }
  return stack.back();
}

class Writer : public IRVisitor {
 public:
  using IRVisitor::visit;
  std::string text;

  void visit(const IntImm* n) override { text += std::to_string(n->value) + " "; }
  void visit(const UIntImm* n) override { text += n->value != 0 ? "True " : "False "; }
  void visit(const Variable* n) override { text += n->name + " "; }
  void visit(const Add* n) override { binary(n->a, n->b, "add"); }
  void visit(const Sub* n) override { binary(n->a, n->b, "sub"); }
  void visit(const Mul* n) override { binary(n->a, n->b, "mul"); }
  void visit(const Div* n) override { binary(n->a, n->b, "floordiv"); }
  void visit(const Mod* n) override { binary(n->a, n->b, "floormod"); }
  void visit(const Min* n) override { binary(n->a, n->b, "min"); }
  void visit(const Max* n) override { binary(n->a, n->b, "max"); }
  void visit(const And* n) override { binary(n->a, n->b, "and"); }
  void visit(const Or* n) override { binary(n->a, n->b, "or"); }
  void visit(const EQ* n) override { binary(n->a, n->b, "eq"); }
  void visit(const NE* n) override { binary(n->a, n->b, "ne"); }
  void visit(const LT* n) override { binary(n->a, n->b, "lt"); }
  void visit(const LE* n) override { binary(n->a, n->b, "le"); }
  void visit(const GT* n) override { binary(n->b, n->a, "lt"); }
  void visit(const GE* n) override { binary(n->b, n->a, "le"); }
  void visit(const Not* n) override {
    n->a.accept(this);
    text += "not ";
  }
  void visit(const Select* n) override {
    n->condition.accept(this);
    binary(n->true_value, n->false_value, "where");
  }

 private:
  void binary(const Expr& a, const Expr& b, const char* op) {
    a.accept(this);
    b.accept(this);
    text += std::string(op) + " ";
  }
};

std::string written(const Expr& e) {
  Writer writer;
  e.accept(&writer);
  return writer.text;
}

bool is_gated(const Expr& e) {
  const Select* choice = e.as<Select>();
  const Variable* other = choice != nullptr ? choice->false_value.as<Variable>() : nullptr;
  return other != nullptr && other->name == "invalid";
}

/// A gated access is a statement under a condition: there Halide uses what the condition says.
Halide::Internal::Stmt as_statement(const Expr& e) {
  const Select* choice = e.as<Select>();
  const Expr use = Call::make(Halide::Int(32), "use", {choice->true_value}, Call::Extern);
  return IfThenElse::make(choice->condition, Evaluate::make(use));
}

std::string written(const Halide::Internal::Stmt& s) {
  if (const auto* choice = s.as<IfThenElse>())
    return written(choice->condition) + written(choice->then_case) + "invalid where ";
  const auto* use = s.as<Evaluate>() != nullptr ? s.as<Evaluate>()->value.as<Call>() : nullptr;
  return use != nullptr ? written(use->args[0]) : "invalid ";
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    Variables variables;
    std::string name;
    while (words >> name && name != "|") {
      int low = 0, high = 0;
      words >> low >> high;
      variables.by_name[name] = Variable::make(Halide::Int(32), name);
      variables.bounds.push(name, Interval(low, high));
    }
    const Expr given = read(words, variables);
    std::string result;
    const auto start = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point end;
    if (is_gated(given)) {
      const auto simpler = simplify(as_statement(given), true, variables.bounds);
      end = std::chrono::steady_clock::now();
      result = written(simpler);
    } else {
      const Expr simpler = simplify(given, true, variables.bounds);
      end = std::chrono::steady_clock::now();
      result = written(simpler);
    }
    std::cout << std::chrono::duration<double, std::micro>(end - start).count() << " " << result << "\n";
  }
}
