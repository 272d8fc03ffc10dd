#!/usr/bin/env python3
"""tinygrad's simplifier over a corpus: its index rules and what it knows of gated indices (`sym`)."""

import time

import exchange
import rival
from tinygrad.uop.ops import Ops, UOp, graph_rewrite
from tinygrad.uop.symbolic import sym

MAKE = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "neg": lambda a: -a,
        "floordiv": lambda a, b: a // b, "floormod": lambda a, b: a % b, "and": lambda a, b: a & b,
        "or": lambda a, b: a | b, "not": lambda a: a.logical_not(), "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
        "eq": lambda a, b: a.eq(b), "ne": lambda a, b: a != b, "min": lambda a, b: a.minimum(b),
        "max": lambda a, b: a.maximum(b), "where": lambda c, a, b: c.where(a, b), "invalid": UOp.invalid}
OPERATORS = {Ops.ADD: "add", Ops.SUB: "sub", Ops.MUL: "mul", Ops.FLOORDIV: "floordiv", Ops.FLOORMOD: "floormod",
             Ops.AND: "and", Ops.OR: "or", Ops.XOR: "xor", Ops.CMPLT: "lt", Ops.CMPNE: "ne", Ops.CMPEQ: "eq",
             Ops.MAX: "max", Ops.WHERE: "where", Ops.NEG: "neg"}


def text(u):
    if u.op is Ops.CONST:
        return "invalid" if u.is_invalid else exchange.written("const", [u.val])
    if u.op is Ops.PARAM:
        return u.arg.name
    return exchange.written(OPERATORS[u.op], [text(source) for source in u.src])


def simplify(case):
    def make(operator, operands):
        if operator == "var":
            return UOp.variable(operands[0], *case["vars"][operands[0]], param=True)
        return UOp.const(operands[0]) if operator == "const" else MAKE[operator](*operands)
    given = exchange.fold(case["expr"], make)
    start = time.perf_counter()
    result = graph_rewrite(given, sym)
    return text(result), time.perf_counter() - start


if __name__ == "__main__":
    rival.answer(simplify)
