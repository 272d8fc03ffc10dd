#!/usr/bin/env python3
"""TVM's simplifier over a corpus: arith's Analyzer, its rewriting and its canonical form in turn."""

import time

import exchange
import rival
import tvm
from tvm import tirx
try:
    from tvm.sym import Analyzer
except ImportError:
    from tvm.arith import Analyzer

MAKE = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "neg": lambda a: -a,
        "floordiv": tirx.floordiv, "floormod": tirx.floormod, "and": tirx.And, "or": tirx.Or, "not": tirx.Not,
        "lt": tirx.LT, "le": tirx.LE, "eq": tirx.EQ, "ne": tirx.NE, "min": tirx.Min, "max": tirx.Max,
        "where": tirx.if_then_else}
OPERATORS = {tirx.Add: "add", tirx.Sub: "sub", tirx.Mul: "mul", tirx.FloorDiv: "floordiv", tirx.FloorMod: "floormod",
             tirx.And: "and", tirx.Or: "or", tirx.LT: "lt", tirx.LE: "le", tirx.EQ: "eq", tirx.NE: "ne",
             tirx.Min: "min", tirx.Max: "max"}
INVALID = tirx.Var("invalid", "int32")


def text(n):
    if isinstance(n, tirx.IntImm):
        return exchange.written("const", [bool(n.value) if "bool" in str(n.ty) else int(n.value)])
    if isinstance(n, tirx.Var):
        return n.name
    if isinstance(n, tirx.Not):
        return exchange.written("not", [text(n.a)])
    if isinstance(n, (tirx.GT, tirx.GE)):
        return exchange.written("lt" if isinstance(n, tirx.GT) else "le", [text(n.b), text(n.a)])
    if isinstance(n, tirx.Select):
        return exchange.written("where", [text(n.condition), text(n.true_value), text(n.false_value)])
    if type(n) in OPERATORS:
        return exchange.written(OPERATORS[type(n)], [text(n.a), text(n.b)])
    if n.op.name.endswith("if_then_else"):
        return exchange.written("where", [text(argument) for argument in n.args])
    raise ValueError(f"{type(n)}: {n}")


def simplify(case):
    variables = {name: tirx.Var(name, "int32") for name in case["vars"]}
    analyzer = Analyzer()
    for name, (low, high) in case["vars"].items():
        analyzer.bind(variables[name], tvm.ir.Range.from_min_extent(low, high - low + 1))

    def make(operator, operands):
        if operator == "var":
            return variables[operands[0]]
        if operator == "const":
            return tirx.IntImm("int32", operands[0])
        return INVALID if operator == "invalid" else MAKE[operator](*operands)
    given = exchange.fold(case["expr"], make)
    start = time.perf_counter()
    result = analyzer.simplify(given, 4)
    return text(result), time.perf_counter() - start


if __name__ == "__main__":
    rival.answer(simplify)
