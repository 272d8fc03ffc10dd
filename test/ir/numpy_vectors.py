#!/usr/bin/env python3
"""Writes numpy_vectors.txt: what NumPy gives for each operator, dtype and odd number, for numpy_vectors.cpp.

Run it only to change the vectors: `python3 numpy_vectors.py` (needs NumPy). Numbers are the bits of memory in
hexadecimal; a dash is a result that NumPy leaves undefined. NaNs are written as one NaN. bfloat16, which NumPy
lacks, is computed in float32 and rounded here; the transcendental functions of the narrow floats are NumPy's
float64 results, rounded.

    values DTYPE : numbers...               the operands of the lines that follow
    unary OP DTYPE : results...             one for each value
    binary OP DTYPE : results...            one for each pair, the first operand outermost
    cast FROM TO : results...
    where DTYPE : results...                false and true, with the values and the values reversed
    fma DTYPE : a b c result ...
    reduce OP DTYPE shape... / axes... : numbers... : results...
    view OP shape... / arguments... : shape... : results...      of 0, 1, 2, ... in int32
"""
import os
import warnings
from fractions import Fraction

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")

INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]
FORMATS = {"float16": (10, -14, 15), "bfloat16": (7, -126, 127), "float32": (23, -126, 127), "float64": (52, -1022, 1023)}
out = []


def numpy_type(dtype):
    return np.dtype({"bool": "bool", "bfloat16": "float32"}.get(dtype, dtype))


def round_exactly(x, dtype):
    """A Fraction as the nearest number of a float dtype, ties to even, as float64 (which holds it)."""
    fraction, least, greatest = FORMATS[dtype]
    if x == 0:
        return 0.0
    magnitude, exponent = abs(x), 0
    while magnitude / Fraction(2) ** exponent >= 2:
        exponent += 1
    while magnitude / Fraction(2) ** exponent < 1:
        exponent -= 1
    step = Fraction(2) ** (max(exponent, least) - fraction)
    rounded = round(magnitude / step) * step
    result = float("inf") if rounded >= Fraction(2) ** (greatest + 1) else float(rounded)
    return -result if x < 0 else result


def to_bfloat16(array):
    """Each number rounded once to bfloat16, kept in float32."""
    flat = [x if not np.isfinite(x) or x == 0 else round_exactly(Fraction(float(x)), "bfloat16")
            for x in np.asarray(array).ravel()]
    return np.array(flat, "float64").astype("float32").reshape(np.shape(array))


def rounded(array, dtype):
    return to_bfloat16(array) if dtype == "bfloat16" else np.asarray(array).astype(numpy_type(dtype))


def hexadecimal(array, dtype):
    array = np.ascontiguousarray(array)
    if dtype == "bool":
        return ["%x" % int(x) for x in array.ravel()]
    if dtype == "bfloat16":
        assert array.dtype == np.float32
        return ["7fc0" if np.isnan(x) else "%x" % (int(x.view(np.uint32)) >> 16) for x in array.ravel()]
    assert array.dtype == numpy_type(dtype), (array.dtype, dtype)
    nan = {"float16": "7e00", "float32": "7fc00000", "float64": "7ff8000000000000"}.get(dtype)
    unsigned = np.dtype("uint%d" % (array.dtype.itemsize * 8))
    return [nan if nan and np.isnan(x) else "%x" % int(x.view(unsigned)) for x in array.ravel()]


def line(head, dtype, array, keep=None):
    numbers = hexadecimal(array, dtype)
    if keep is not None:
        numbers = [n if k else "-" for n, k in zip(numbers, np.asarray(keep).ravel())]
    out.append(head + " : " + " ".join(numbers))


def values_of(dtype):
    if dtype == "bool":
        return np.array([False, True])
    if dtype in INTS:
        info = np.iinfo(dtype)
        chosen = {0, 1, 2, 3, 7, 8, 31, 100, info.max, info.max - 1, info.max // 2 + 1, info.min, info.min + 1, -1, -2, -3, -7, -8}
        return np.array(sorted(v for v in chosen if info.min <= v <= info.max), dtype)
    _, least, greatest = FORMATS[dtype]
    fraction = FORMATS[dtype][0]
    top = float((2 - Fraction(1, 2 ** fraction)) * Fraction(2) ** greatest)
    small = float(Fraction(2) ** (least - fraction))
    numbers = [float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, -2.5, 3, 1 / 3, -0.1, 10.7, 100.3,
               -127.5, 1000.1, top, -top, small, -small, float(Fraction(2) ** least), 1 + 2.0 ** -fraction]
    return rounded(np.array(numbers, "float64"), dtype)


def truncated_quotient(a, b):
    bits, signed = a.dtype.itemsize * 8, a.dtype.kind == "i"
    def one(x, y):
        x, y = int(x), int(y)
        q = 0 if y == 0 else abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        q %= 2 ** bits
        return q - 2 ** bits if signed and q >= 2 ** (bits - 1) else q
    return np.array([one(x, y) for x, y in zip(a.ravel(), b.ravel())], a.dtype).reshape(a.shape)


COMPARISONS = {"lt": np.less, "le": np.less_equal, "eq": np.equal, "ne": np.not_equal}
INT_BINARY = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "floordiv": np.floor_divide, "floormod": np.remainder,
              "cdiv": truncated_quotient, "cmod": np.fmod, "max": np.maximum, "min": np.minimum, "and": np.bitwise_and,
              "or": np.bitwise_or, "xor": np.bitwise_xor, "shl": np.left_shift, "shr": np.right_shift}
BOOL_BINARY = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum, "and": np.bitwise_and,
               "or": np.bitwise_or, "xor": np.bitwise_xor}
FLOAT_BINARY = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "fdiv": np.divide, "max": np.maximum, "min": np.minimum}
FLOAT_UNARY = {"neg": np.negative, "reciprocal": np.reciprocal, "sqrt": np.sqrt, "trunc": np.trunc}
TRANSCENDENTAL = {"exp2": np.exp2, "log2": np.log2, "sin": np.sin}


def elementwise(dtype):
    v = values_of(dtype)
    line("values " + dtype, dtype, v)
    a, b = np.meshgrid(v, v, indexing="ij")
    for op, function in COMPARISONS.items():
        line(f"binary {op} {dtype}", "bool", function(a, b))
    for op, function in (INT_BINARY if dtype in INTS else BOOL_BINARY if dtype == "bool" else {}).items():
        line(f"binary {op} {dtype}", dtype, function(a, b))
    if dtype in INTS:
        line(f"unary neg {dtype}", dtype, np.negative(v))
    if dtype == "bool":
        line("unary not bool", "bool", np.logical_not(v))
    if dtype in FLOATS:
        for op, function in FLOAT_BINARY.items():
            # Of zeros of both signs NumPy gives whichever comes first, or second.
            keep = ~((a == 0) & (b == 0)) if op in ("max", "min") else None
            line(f"binary {op} {dtype}", dtype, rounded(function(a, b), dtype), keep)
        wide = v.astype("float64")
        line(f"binary pow {dtype}", dtype, rounded(np.power(*np.meshgrid(wide, wide, indexing="ij")), dtype))
        for op, function in FLOAT_UNARY.items():
            line(f"unary {op} {dtype}", dtype, rounded(function(v), dtype))
        for op, function in TRANSCENDENTAL.items():
            line(f"unary {op} {dtype}", dtype, rounded(function(wide), dtype))
        fused(dtype, v)
    line("where " + dtype, dtype, np.concatenate([np.where(c, v, v[::-1]) for c in (False, True)]))


def fused(dtype, v):
    """In float32 for the short floats, then rounded, as all their arithmetic."""
    finite = [float(x) for x in v if np.isfinite(x) and x != 0][::2]
    held = "float64" if dtype == "float64" else "float32"
    text = []
    for a in finite:
        for b in finite[::2]:
            for c in finite[::3]:
                exact = round_exactly(Fraction(a) * Fraction(b) + Fraction(c), held)
                numbers = rounded(rounded(np.array([a, b, c, exact]), held), dtype)
                text += hexadecimal(numbers, dtype)
    out.append(f"fma {dtype} : " + " ".join(text))


def casts(source, target):
    v = values_of(source)
    keep = None
    if source in FLOATS and target in INTS:
        info = np.iinfo(target)
        keep = [bool(np.isfinite(x)) and info.min <= int(float(x)) <= info.max for x in v]
        result = np.array([int(float(x)) if k else 0 for x, k in zip(v, keep)], target)
        assert all(r == w for r, w, k in zip(result, v.astype(target), keep) if k)  # NumPy says so, too
    elif target == "bfloat16" and source in INTS + ["bool"]:
        result = to_bfloat16(v.astype("float32"))
    else:
        result = rounded(v, target) if target in FLOATS else v.astype(numpy_type(target))
    line(f"cast {source} {target}", target, result, keep)


def reduces(random):
    functions = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum, "and": np.bitwise_and,
                 "or": np.bitwise_or, "xor": np.bitwise_xor}
    cases = [((7,), (0,)), ((3, 4), (1,)), ((3, 4), (0,)), ((2, 3, 4), (0, 2)), ((2, 3, 4), (0, 1, 2)), ((), ()),
             ((0,), (0,)), ((2, 0, 3), (1,)), ((0, 3), (1,)), ((2, 3), ())]
    for dtype in ["bool"] + INTS + FLOATS:
        for op, function in functions.items():
            if dtype in FLOATS and op in ("and", "or", "xor"):
                continue
            for shape, axes in cases:
                # Numbers whose sums and products are exact, so that the order does not matter.
                if dtype in FLOATS:
                    data = random.choice([0.5, 1, 2, -1, -2] if op == "mul" else [-3, -1.5, 0.5, 1, 2, 40], shape)
                    if random.integers(4) == 0 and data.size:
                        data.ravel()[random.integers(data.size)] = random.choice([np.nan, np.inf])
                    data = rounded(data, dtype)
                elif dtype == "bool":
                    data = random.integers(0, 2, shape).astype(bool)
                else:
                    info = np.iinfo(dtype)
                    data = random.integers(info.min, info.max, shape, dtype, endpoint=True)
                data = np.asarray(data)
                if op in ("max", "min") and 0 in [shape[k] for k in axes]:
                    continue  # NumPy has no result
                result = function.reduce(data, axis=axes, keepdims=True, dtype=data.dtype)
                text = hexadecimal(rounded(result, dtype) if dtype in FLOATS else result, dtype)
                out.append(f"reduce {op} {dtype} {' '.join(map(str, shape))} / {' '.join(map(str, axes))} : "
                           f"{' '.join(hexadecimal(data, dtype))} : {' '.join(text)}")


def view(op, shape, arguments, result):
    out.append(f"view {op} {' '.join(map(str, shape))} / {' '.join(map(str, arguments))} : "
               f"{' '.join(map(str, result.shape))} : {' '.join(hexadecimal(np.ascontiguousarray(result), 'int32'))}")


def views():
    for shape in [(), (1,), (6,), (0,), (2, 3), (1, 4), (3, 1, 2), (2, 0, 3), (2, 3, 2, 2)]:
        x = np.arange(int(np.prod(shape)), dtype="int32").reshape(shape)
        rank = len(shape)
        for to in [(x.size,), (1, x.size, 1), shape[::-1]]:
            view("reshape", shape, to, x.reshape(to))
        for axes in {tuple(range(rank))[::-1], tuple(range(1, rank)) + (0,) * (rank > 0)}:
            view("permute", shape, axes, x.transpose(axes))
        for mask in {0, 2 ** rank - 1, 1 % (2 ** rank)}:
            view("flip", shape, [mask], np.flip(x, [k for k in range(rank) if mask >> k & 1]))
        to = tuple(3 if d == 1 else d for d in shape)
        view("expand", shape, to, np.broadcast_to(x, to))
        pairs = [(k % 2, 2 - k % 3) for k in range(rank)]
        view("pad", shape, [b for p in pairs for b in p], np.pad(x, pairs) if rank else x)
        bounds = [(min(1, d), max(min(1, d), d - k % 2)) for k, d in enumerate(shape)]
        view("shrink", shape, [b for p in bounds for b in p], x[tuple(slice(*p) for p in bounds)])


for dtype in ["bool"] + INTS + FLOATS:
    elementwise(dtype)
for source in ["bool"] + INTS + FLOATS:
    for target in ["bool"] + INTS + FLOATS:
        if source != target:
            casts(source, target)
reduces(np.random.default_rng(1))
views()
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy_vectors.txt")
with open(path, "w", encoding="ascii") as file:
    file.write("# Written by numpy_vectors.py with NumPy " + np.__version__ + "; not to be edited.\n")
    file.write("\n".join(out) + "\n")
