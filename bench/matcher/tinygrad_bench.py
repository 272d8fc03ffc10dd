#!/usr/bin/env python3
"""The same rules and expressions in tinygrad: microseconds a distinct node, the first time and on repeated calls.

    tinygrad_bench.py PROGRAM [RULES [WORKLOAD [NODES]]]     PROGRAM is built from bench/matcher.cpp

Needs `pip install tinygrad`. Operators that tinygrad lacks are played by others it has no rules for here: a rewriter
only compares them.
"""
import json, subprocess, sys, time
from tinygrad.dtype import dtypes
from tinygrad.uop.ops import Ops, PatternMatcher, UOp, UPat, graph_rewrite

OPS = {"add": Ops.ADD, "sub": Ops.SUB, "mul": Ops.MUL, "floordiv": Ops.FLOORDIV, "floormod": Ops.FLOORMOD,
       "max": Ops.MAX, "min": Ops.POW, "lt": Ops.CMPLT, "le": Ops.SHL, "eq": Ops.CMPEQ, "ne": Ops.CMPNE,
       "where": Ops.WHERE, "not": Ops.NEG}
TRUTH = {"lt", "le", "eq", "ne", "not"}
COMMUTATIVE = {"add", "mul", "max", "min", "eq", "ne"}
PYTHON = {"add": "({} + {})", "sub": "({} - {})", "mul": "({} * {})", "floordiv": "({} // {})",
          "floormod": "({} % {})", "max": "max({}, {})", "min": "min({}, {})", "lt": "({} < {})", "le": "({} <= {})",
          "eq": "({} == {})", "ne": "({} != {})", "and": "({} and {})", "or": "({} or {})"}


def const(value, truth=False):
    return UOp(Ops.CONST, dtypes.bool if truth else dtypes.int, (), bool(value) if truth else value)


def make(name, *sources):
    """An operator over nodes; over constants it folds, as whittle's right sides do, and constants stand last."""
    if len(sources) == 2 and all(s.op is Ops.CONST for s in sources):
        return const(eval(PYTHON[name].format("a", "b"), {"a": sources[0].arg, "b": sources[1].arg}), name in TRUTH)
    if name in COMMUTATIVE and sources[0].op is Ops.CONST: sources = sources[::-1]
    return UOp(OPS[name], dtypes.bool if name in TRUTH else dtypes.int, tuple(sources))


def pattern(records):
    stack = []
    for kind, op, name, arity, bits, truth in records:
        if kind == "variable": stack.append(UPat(dtype=dtypes.bool if truth else dtypes.int, name=name))
        elif kind == "constant": stack.append(UPat(Ops.CONST, name=name))
        elif kind == "integer": stack.append(UPat(Ops.CONST, dtypes.int, arg=bits))
        elif kind == "truth": stack.append(UPat(Ops.CONST, dtypes.bool, arg=bool(bits)))
        else:
            sources = stack[len(stack) - arity:]
            del stack[len(stack) - arity:]
            ordered = op not in COMMUTATIVE or sources[0].op == (Ops.CONST,) or sources[1].op == (Ops.CONST,)
            if op in COMMUTATIVE and sources[0].op == (Ops.CONST,): sources.reverse()
            stack.append(UPat(OPS[op], src=tuple(sources) if ordered else sources))
    return stack[0]


def source(records, on_numbers):
    """A right side, or a guard on numbers, as Python text; what is of constants alone is computed on numbers."""
    stack = []
    for kind, op, name, arity, bits, truth in records:
        if kind == "integer": stack.append((str(bits), True))
        elif kind == "truth": stack.append((f"const({bits}, True)", False))
        elif kind == "constant": stack.append((f"{name}.arg", True))
        elif kind == "variable": stack.append((name, False))
        else:
            operands = stack[len(stack) - arity:]
            del stack[len(stack) - arity:]
            if all(number for _, number in operands) and op in PYTHON:
                stack.append((PYTHON[op].format(*(text for text, _ in operands)), True))
            else:
                stack.append((f"make('{op}', " + ", ".join(f"const({t})" if n else t for t, n in operands) + ")", False))
    text, number = stack[0]
    return text if on_numbers or not number else f"const({text})"


def rules(lines):
    made = []
    for line in lines:
        rule = json.loads(line)
        names = sorted({record[2] for record in rule["left"] if record[2]})
        guard = source(rule["guard"], True) if rule["guard"] else "True"
        text = f"lambda {', '.join(names)}: ({source(rule['right'], False)}) if {guard} else None"
        made.append((pattern(rule["left"]), eval(text, {"const": const, "make": make})))
    return PatternMatcher(made)


def expressions(lines):
    """A new graph: the number in the leaves' names keeps it apart from earlier ones, which tinygrad remembers."""
    expressions.count += 1
    made, roots = [], []
    for line in lines:
        op, dtype, value, *sources = json.loads(line)
        truth = dtype == "bool"
        if op == "const": made.append(const(value, truth))
        elif op in ("range", "variable"):
            name = f"v{expressions.count}_{len(made)}"
            made.append(UOp(Ops.NOOP, dtypes.bool if truth else dtypes.int, (), name))
        elif op == "sink": return UOp(Ops.SINK, dtypes.void, tuple(made[s] for s in sources)), made
        else: made.append(UOp(OPS[op], dtypes.bool if truth else dtypes.int, tuple(made[s] for s in sources)))


expressions.count = 0


def main():
    program, count, workload, nodes = (sys.argv[1:] + ["100", "random", "10000"][len(sys.argv) - 2:])[:4]
    run = lambda *arguments: subprocess.run([program, *arguments], check=True, capture_output=True,
                                            text=True).stdout.splitlines()
    matcher, lines = rules(run("--export-rules", count)), run("--export", workload, nodes)
    figures = {}
    for _ in range(3):
        sink, keep = expressions(lines)
        for when in ("first", "repeated"):
            start = time.perf_counter()
            graph_rewrite(sink, matcher)
            seconds = time.perf_counter() - start
            figures[when] = min(figures.get(when, 1e9), 1e9 * seconds / len(lines))
    for when, nanoseconds in figures.items():
        print(json.dumps({"what": "rival", "engine": f"tinygrad, {count} rules, {when}", "workload": workload,
                          "nodes": len(lines), "ns_per_node": round(nanoseconds, 1)}))


if __name__ == "__main__":
    main()
