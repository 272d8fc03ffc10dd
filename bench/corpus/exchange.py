"""The common form of expressions: Python's own, over integers, where // and % are floor.

    where(c, a, b)  min(a, b)  max(a, b)  and  or  not  invalid

Every simplifier's result is brought into it, evaluated in it, and costed in it.
"""

import ast

BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.FloorDiv: "floordiv", ast.Mod: "floormod",
          ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor"}
UNARY = {ast.USub: "neg", ast.Not: "not"}
COMPARISONS = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}
SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "floordiv": "//", "floormod": "%", "and": "and", "or": "or",
           "xor": "^", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}


def fold(text, make):
    """make(operator, operands) from the leaves upwards; of leaves, make("var" | "const" | "invalid", [value])."""
    def visit(n):
        if isinstance(n, ast.Constant):
            return make("const", [n.value])
        if isinstance(n, ast.Name):
            return make("invalid", []) if n.id == "invalid" else make("var", [n.id])
        if isinstance(n, ast.UnaryOp):
            if isinstance(n.op, ast.USub) and isinstance(n.operand, ast.Constant):
                return make("const", [-n.operand.value])
            return make(UNARY[type(n.op)], [visit(n.operand)])
        if isinstance(n, ast.BinOp):
            return make(BINARY[type(n.op)], [visit(n.left), visit(n.right)])
        if isinstance(n, ast.BoolOp):
            name, values = "and" if isinstance(n.op, ast.And) else "or", [visit(value) for value in n.values]
            whole = values[0]
            for value in values[1:]:
                whole = make(name, [whole, value])
            return whole
        if isinstance(n, ast.Compare):
            if len(n.ops) != 1:
                raise ValueError("chained comparison")
            name, a, b = COMPARISONS[type(n.ops[0])], visit(n.left), visit(n.comparators[0])
            return make({"gt": "lt", "ge": "le"}.get(name, name), [b, a] if name in ("gt", "ge") else [a, b])
        if isinstance(n, ast.Call):
            return make(n.func.id, [visit(argument) for argument in n.args])
        raise ValueError(ast.dump(n))
    return visit(ast.parse(text, mode="eval").body)


def written(operator, operands):
    """The text of an operator over texts: a `make` for fold, and for whoever walks a tree of their own."""
    if operator == "var":
        return operands[0]
    if operator == "const":
        return f"({operands[0]})" if not isinstance(operands[0], bool) and operands[0] < 0 else str(operands[0])
    if operator == "invalid":
        return "invalid"
    if operator == "neg":
        return f"(-{operands[0]})"
    if operator == "not":
        return f"(not {operands[0]})"
    if operator in SYMBOLS:
        return f"({operands[0]} {SYMBOLS[operator]} {operands[1]})"
    return f"{operator}({', '.join(operands)})"


class Graph:
    """Distinct nodes of an expression, numbered. What a code generator writes without an operation of its own has one
    form here, whoever it comes from: a + b * -1 is a - b, not a < b is b <= a, a < b + 1 is a <= b, and bounds by numbers
    are written as ranges are, 1 <= a and a < 9, not 0 < a and a <= 8."""

    def __init__(self):
        self.nodes, self.numbers = [], {}

    def node(self, operator, *operands):
        key = (operator, *operands)
        if key not in self.numbers:
            self.numbers[key] = len(self.nodes)
            self.nodes.append(key)
        return self.numbers[key]

    def constant(self, n):
        operator, *operands = self.nodes[n]
        return operands[0] if operator == "const" else None

    def negated(self, n):
        """x where n is -x; None for any other n."""
        operator, *operands = self.nodes[n]
        return operands[0] if operator == "neg" else None

    def negative(self, n):
        operator, *operands = self.nodes[n]
        if operator == "const":
            return self.node("const", -operands[0])
        if operator == "neg":
            return operands[0]
        if operator == "sub":
            return self.node("sub", operands[1], operands[0])
        return self.node("neg", n)

    def make(self, operator, operands):
        known = getattr(self, "make_" + operator, None)
        return known(*operands) if known else self.node(operator, *operands)

    def make_neg(self, a):
        return self.negative(a)

    def make_sub(self, a, b):
        return self.make_add(a, self.negative(b))

    def make_add(self, a, b):
        if self.constant(a) is not None:
            a, b = b, a
        minus_a, minus_b = self.negated(a), self.negated(b)
        if minus_a is not None and minus_b is not None:
            return self.negative(self.make_add(minus_a, minus_b))
        if minus_b is not None:
            return self.node("sub", a, minus_b)
        if minus_a is not None:
            return self.node("sub", b, minus_a)
        return self.node("add", *sorted((a, b)))

    def make_mul(self, a, b):
        if self.constant(a) is not None:
            a, b = b, a
        if self.constant(b) == -1:
            return self.negative(a)
        if self.constant(b) is not None and self.negated(a) is not None:
            a, b = self.negated(a), self.negative(b)
        return self.node("mul", *sorted((a, b)))

    def make_not(self, a):
        operator, *operands = self.nodes[a]
        if operator == "not":
            return operands[0]
        opposite = {"lt": "le", "le": "lt", "eq": "ne", "ne": "eq"}.get(operator)
        return self.make(opposite, operands[::-1]) if opposite else self.node("not", a)

    def plus_one(self, n):
        """x where n is x + 1; None for any other n."""
        operator, *operands = self.nodes[n]
        if operator != "add":
            return None
        for one, x in (operands, operands[::-1]):
            if self.constant(one) == 1:
                return x
        return None

    def make_lt(self, a, b):
        if self.negated(a) is not None and self.negated(b) is not None:
            a, b = self.negated(b), self.negated(a)
        if self.negated(a) is not None and self.constant(b) is not None:
            a, b = self.negative(b), self.negated(a)
        elif self.negated(b) is not None and self.constant(a) is not None:
            a, b = self.negated(b), self.negative(a)
        if self.plus_one(b) is not None:
            return self.node("le", a, self.plus_one(b))
        if self.constant(a) is not None:
            return self.node("le", self.node("const", self.constant(a) + 1), b)
        return self.node("lt", a, b)

    def make_le(self, a, b):
        if self.constant(b) is not None:
            return self.node("lt", a, self.node("const", self.constant(b) + 1))
        if self.plus_one(a) is not None:
            return self.make_lt(self.plus_one(a), b)
        return self.node("le", a, b)

    def make_ne(self, a, b):
        if self.constant(b) is True:
            return self.make_not(a)
        return a if self.constant(b) is False else self.node("ne", *sorted((a, b)))

    def make_eq(self, a, b):
        if self.constant(b) is False:
            return self.make_not(a)
        return a if self.constant(b) is True else self.node("eq", *sorted((a, b)))


class Cost:
    """What an expression costs: over its distinct nodes, 16 for a division or remainder, 3 for a product, and 1 for
    anything else, leaves included."""

    def __init__(self, text):
        graph = Graph()
        root = fold(text, graph.make)
        stack, seen = [root], {root}
        self.total = self.divisions = 0
        while stack:
            operator, *operands = graph.nodes[stack.pop()]
            divides = operator in ("floordiv", "floormod")
            self.divisions += divides
            self.total += 16 if divides else 3 if operator == "mul" else 1
            if operator in ("var", "const"):
                continue
            for operand in operands:
                if operand not in seen:
                    seen.add(operand)
                    stack.append(operand)


class Function:
    """The expression, to be called with the values of its variables; what is invalid is not equal to itself."""

    def __init__(self, text):
        self.code = compile(text, "expression", "eval")

    def __call__(self, values):
        return eval(self.code, NAMES, values)


NAMES = {"where": lambda condition, a, b: a if condition else b, "min": min, "max": max, "invalid": float("nan"),
         "__builtins__": {}}


def same(a, b):
    return a == b or (a != a and b != b)


def postfix(text):
    """Operands before their operators, as bench/corpus/with_halide.cpp reads them."""
    def make(operator, operands):
        if operator in ("var", "const"):
            return str(operands[0])
        return " ".join([*operands, operator])
    return fold(text, make)


def from_postfix(words):
    stack = []
    arity = {"neg": 1, "not": 1, "where": 3, "invalid": 0}
    for word in words.split():
        if word.lstrip("-").isdigit():
            stack.append(written("const", [int(word)]))
        elif word in ("True", "False"):
            stack.append(word)
        elif word in SYMBOLS or word in arity or word in ("min", "max"):
            count = arity.get(word, 2)
            operands = stack[len(stack) - count:]
            del stack[len(stack) - count:]
            stack.append(written(word, operands))
        else:
            stack.append(word)
    return stack.pop()
