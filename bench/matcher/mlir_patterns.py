#!/usr/bin/env python3
"""A rule set as patterns of MLIR, as one would write them by hand.

    mlir_patterns.py PROGRAM RULES FILE     PROGRAM is built from bench/matcher.cpp
"""
import json, pathlib, subprocess, sys

CLASSES = {"add": "AddOp", "sub": "SubOp", "mul": "MulOp", "floordiv": "FloorDivOp", "floormod": "FloorModOp",
           "min": "MinOp", "max": "MaxOp", "lt": "LtOp", "le": "LeOp", "eq": "EqOp", "ne": "NeOp", "not": "NotOp",
           "where": "WhereOp"}
COMMUTATIVE = {"add", "mul", "max", "min", "eq", "ne"}
SIGNS = {"add": "+", "sub": "-", "mul": "*", "floordiv": "/", "floormod": "%", "lt": "<", "le": "<=", "eq": "==",
         "ne": "!=", "and": "&&", "or": "||"}


class Node:
    def __init__(self, record, operands):
        self.kind, self.op, self.name, _, self.number, _ = record
        self.operands = operands
        self.of_numbers = self.is_constant() or bool(operands) and all(o.of_numbers for o in operands)

    def is_constant(self):
        return self.kind in ("constant", "integer", "truth")

    def key(self, renamed={}):
        """Equal for what is equal but for the order of commutative operands and these names."""
        operands = [operand.key(renamed) for operand in self.operands]
        if self.op in COMMUTATIVE: operands.sort()
        return f"{self.kind} {self.op} {renamed.get(self.name, self.name)} {self.number} ({', '.join(operands)})"

    def names(self):
        return [self.name] if self.name else [name for operand in self.operands for name in operand.names()]

    def __str__(self):
        if self.kind == "truth": return "true" if self.number else "false"
        if self.kind == "integer": return str(self.number)
        if self.kind != "operation": return self.name
        operands = [str(operand) for operand in self.operands]
        if self.op in SIGNS: return f"({operands[0]} {SIGNS[self.op]} {operands[1]})"
        return f"{self.op}({', '.join(operands)})"


def tree(records):
    stack = []
    for record in records:
        first = len(stack) - record[3]
        stack[first:] = [Node(record, stack[first:])]
    return stack[0] if stack else None


class Pattern:
    """The struct of one rule. Statements that find no match go on with the other order of operands, if there is one."""

    def __init__(self, rule, number, count):
        self.left, self.right, self.guard = (tree(rule[side]) for side in ("left", "right", "guard"))
        self.sides = [side for side in (self.left, self.right, self.guard) if side]
        self.number, self.benefit = number, count - number
        self.lines, self.indent, self.loops, self.made, self.bound = [], "    ", 0, 0, {}

    def say(self, text):
        self.lines.append(self.indent + text)

    def unless(self, condition):
        self.say(f"if (!{condition}) {'continue' if self.loops else 'return llvm::failure()'};")

    def fresh(self, name):
        self.made += 1
        return f"{name}{self.made}"

    def is_ambiguous(self, node):
        """Whether the operands match in either order, and not with the same outcome."""
        if node.op not in COMMUTATIVE: return False
        a, b = node.operands
        if a.is_constant() != b.is_constant() or a.kind == "variable" and a.key() == b.key(): return False
        names = dict(zip(a.names() + b.names(), b.names() + a.names()))
        return node is not self.left or any(side.key(names) != side.key() for side in self.sides)

    def match(self):
        """Operators and numbers are asked for as far as they stand in one place; then an order of operands is tried."""
        waiting, ambiguous = [(self.left, "root")], []
        while waiting or ambiguous:
            if not waiting: waiting = self.open_loop(*ambiguous.pop(0))
            node, value = waiting.pop(0)
            if node.kind != "operation":
                self.leaf(node, value)
                continue
            if node is not self.left: value = self.operation(node, value)
            if self.is_ambiguous(node): ambiguous.append((node, value))
            else: waiting += self.sources(node, value)

    def operation(self, node, value):
        name = self.fresh(f"{node.op}_")
        self.say(f"auto {name} = {value}.getDefiningOp<{CLASSES[node.op]}>();")
        self.unless(name)
        return name

    def open_loop(self, node, value):
        first = self.fresh("first")
        self.say(f"for (unsigned {first} : {{0u, 1u}}) {{")
        self.indent += "  "
        self.loops += 1
        return list(zip(node.operands, (f"{value}.getOperand({first})", f"{value}.getOperand(1 - {first})")))

    def sources(self, node, value):
        operands = node.operands
        if node.op in COMMUTATIVE and operands[0].is_constant() and not operands[1].is_constant():
            operands = operands[::-1]
        places = ["getOperand()"] if len(operands) == 1 else [f"getOperand({k})" for k in range(len(operands))]
        sources = [(operand, f"{value}.{place}") for operand, place in zip(operands, places)]
        return sorted(sources, key=lambda source: not source[0].is_constant())

    def leaf(self, node, value):
        if node.kind == "truth": self.unless(f"is_truth({value}, {node})")
        elif node.kind == "integer": self.unless(f"equals({value}, {node})")
        elif node.name in self.bound: self.unless(f"{self.bound[node.name]}({value}, {node.name})")
        elif node.kind == "constant":
            self.say(f"std::int64_t {node.name} = 0;")
            self.unless(f"is_number({value}, {node.name})")
            self.bound[node.name] = "equals"
        else:
            uses = [name for side in self.sides for name in side.names()]
            if uses.count(node.name) > 1: self.say(f"const mlir::Value {node.name} = {value};")
            self.bound[node.name] = "same"

    def condition(self, node):
        """A guard as C++; sums and products have room for their result."""
        if node.kind != "operation": return str(node)
        a, b = (self.condition(operand) for operand in node.operands)
        if node.op in ("add", "sub", "mul"): return f"(Wide({a}) {SIGNS[node.op]} {b})"
        if node.op == "floormod": return f"floor_remainder({a}, {b})"
        if node.op == "floordiv": return f"floor_quotient({a}, {b})"
        return f"({a} {SIGNS[node.op]} {b})"

    def build(self, node, numbers):
        """Makes the operators that are of numbers alone, or all others; the text of the term."""
        if node.kind != "operation":
            return f"Term({node}, true)" if node.kind == "truth" else f"Term({node})"
        if hasattr(node, "text"): return node.text
        operands = ", ".join([self.build(operand, numbers) for operand in node.operands])
        if numbers and not node.of_numbers: return ""
        node.text = self.fresh("term")
        maker = "where" if node.op == "where" else f"make<{CLASSES[node.op]}>"
        self.say(f"const Term {node.text} = build.{maker}({operands});")
        return node.text

    def replace(self):
        """Numbers come first: where one cannot be computed the rule declines before it has made anything."""
        self.say("Build build(rewriter, root);")
        before = len(self.lines)
        self.build(self.right, True)
        if len(self.lines) > before: self.unless("build.ok()")
        self.say(f"return build.replace_by({self.build(self.right, False)});")

    def __str__(self):
        guard = f" if {self.guard}" if self.guard else ""
        self.match()
        if self.guard: self.unless(self.condition(self.guard))
        self.replace()
        for _ in range(self.loops):
            self.indent = self.indent[2:]
            self.say("}")
        if self.loops: self.say("return llvm::failure();")
        root, name = CLASSES[self.left.op], f"Rule{self.number}"
        return "\n".join([
            f"// {self.left} -> {self.right}{guard}", f"struct {name} final : mlir::OpRewritePattern<{root}> {{",
            f"  explicit {name}(mlir::MLIRContext* context) : OpRewritePattern(context, {self.benefit}) {{}}",
            f"  llvm::LogicalResult matchAndRewrite({root} root, mlir::PatternRewriter& rewriter) const override {{",
            *self.lines, "  }", "};", ""])


def main():
    program, count, path = sys.argv[1:4]
    exported = subprocess.run([program, "--export-rules", count], check=True, capture_output=True, text=True).stdout
    rules = [json.loads(line) for line in exported.splitlines()]
    structs = [f"{Pattern(rule, number, len(rules))}\n" for number, rule in enumerate(rules)]
    added = [f"  patterns.add<Rule{number}>(patterns.getContext());\n" for number in range(len(rules))]
    text = "".join(['// Written by mlir_patterns.py.\n#include "mlir_patterns.hpp"\n\n', "namespace rival {\nnamespace {\n\n",
                    *structs, f"}}  // namespace\n\nvoid add_rules_{count}(mlir::RewritePatternSet& patterns) {{\n",
                    *added, "}\n\n}  // namespace rival\n"])
    # What is as it was is not compiled again.
    file = pathlib.Path(path)
    if not file.exists() or file.read_text() != text: file.write_text(text)


if __name__ == "__main__":
    main()
