#!/usr/bin/env python3
"""The corpus: index expressions as tensor compilers make them, before anything has simplified them.

    bench/corpus/generate.py [--count N] [--seed S]

writes a JSON object a line, as `whittle simplify --batch` reads them: `kind`, `expr`, `vars`. The same count and seed
give the same lines everywhere: random numbers are the generator's own. Each kind below takes random shapes and writes
down what the textbook says, with all its quotients, remainders and bounds.
"""

import argparse
import json
import math

SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 20, 24, 28, 30, 32, 40, 48, 56, 64, 96, 112, 128, 224, 256)
SMALL = (1, 2, 3, 4, 5, 6, 7, 8)
LARGEST = 1 << 24       # elements of a tensor: every number on the way fits 32 bits


class Random:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) % (1 << 64)
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % (1 << 64)
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % (1 << 64)
        return (z ^ (z >> 31)) % n

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def one_of(self, items):
        return items[self.below(len(items))]

    def chance(self, percent):
        return self.below(100) < percent

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            k = self.below(i + 1)
            items[i], items[k] = items[k], items[i]
        return items


class Case:
    """One expression in the making: the random numbers and the variables."""

    def __init__(self, random):
        self.random = random
        self.vars = {}

    def axis(self, name, size):
        """A variable that takes 0 .. size-1."""
        self.vars[name] = [0, size - 1]
        return name

    def axes(self, shape, first="a"):
        return [self.axis(chr(ord(first) + k), size) for k, size in enumerate(shape)]

    def coordinates(self, shape, percent_flat):
        """An index for each axis: variables, or what they are in terms of one flat index."""
        if self.random.chance(percent_flat):
            return unflatten(self.axis("i", math.prod(shape)), shape)
        return self.axes(shape)

    def size(self):
        return self.random.one_of(SIZES) if self.random.chance(80) else self.random.between(2, 260)

    def shape(self, low, high):
        """A shape of low to high axes, most of them more than 1."""
        shape = []
        for _ in range(self.random.between(low, high)):
            size = self.size()
            shape.append(size if math.prod(shape) * size <= LARGEST else self.random.one_of(SMALL[1:3]))
        return shape


def flatten(indices, shape):
    """The row-major address of an element."""
    text = indices[0]
    for index, size in zip(indices[1:], shape[1:]):
        text = f"({text} * {size} + {index})"
    return text


def unflatten(flat, shape):
    """The coordinates of the element at a row-major address."""
    result, stride = [], math.prod(shape)
    for size in shape:
        stride //= size
        result.append(f"({flat} // {stride} % {size})" if stride > 1 else f"({flat} % {size})")
    return result


def strided(indices, strides, offset=0):
    terms = [f"{index} * {stride}" for index, stride in zip(indices, strides)]
    return "(" + " + ".join(terms + [str(offset)] * (offset != 0)) + ")"


def strides_of(shape):
    return [math.prod(shape[k + 1:]) for k in range(len(shape))]


def within(index, size):
    return f"0 <= {index} and {index} < {size}"


def gated(case, conditions, address):
    """A padded access: the gated address, or the gate alone."""
    gate = " and ".join(conditions)
    return gate if case.random.chance(15) else f"where({gate}, {address}, invalid)"


def regrouped(random, shape):
    """Another shape of as many elements, which keeps some borders of the old one."""
    factors = []
    for size in shape:
        while size > 1 and random.chance(70):
            divisors = [d for d in range(2, size + 1) if size % d == 0]
            divisor = random.one_of(divisors)
            factors.append(divisor)
            size //= divisor
        factors.append(size)
    if random.chance(25):
        factors = random.shuffled(factors)      # borders that do not meet
    merged = [factors[0]]
    for factor in factors[1:]:
        if random.chance(45):
            merged[-1] *= factor
        else:
            merged.append(factor)
    return merged


def reshape(case):
    """An element of a reshaped tensor: a coordinate in the source, or, where axes are swapped too, its address."""
    random = case.random
    source = case.shape(2, 4)
    target = regrouped(random, source)
    coordinates = unflatten(flatten(case.axes(target), target), source)
    kind = random.below(4)
    if kind == 0:
        return random.one_of(coordinates)
    if kind == 1:       # permuted: the address in a buffer of another order of axes
        order = random.shuffled(range(len(source)))
        strides = [0] * len(source)
        for position, axis in enumerate(order):
            strides[axis] = math.prod(source[k] for k in order[position + 1:])
        return strided(coordinates, strides)
    if kind == 2:       # rows with a pitch
        return flatten(coordinates, [size + random.below(3) for size in source])
    order = random.shuffled(range(len(source)))     # reshape, permute, reshape
    permuted = [source[k] for k in order]
    again = unflatten(flatten([coordinates[k] for k in order], permuted), regrouped(random, permuted))
    return random.one_of(again)


def pad(case):
    """An element of a padded tensor; sometimes of one that was flattened after it was padded, or padded twice."""
    random = case.random
    source = case.shape(1, 3)
    before = [random.below(4) for _ in source]
    padded = [size + low + random.below(4) for size, low in zip(source, before)]
    if random.chance(25):
        target = regrouped(random, padded)
        indices = unflatten(flatten(case.axes(target), target), padded)
    else:
        indices = case.coordinates(padded, percent_flat=33)
    inner = [f"({index} - {low})" for index, low in zip(indices, before)]
    conditions = [within(index, size) for index, size in zip(inner, source)]
    if random.chance(25):       # the source is padded itself
        more = [1 + random.below(2) for _ in source]
        core = [max(1, size - 2 * k) for size, k in zip(source, more)]
        inner = [f"({index} - {k})" for index, k in zip(inner, more)]
        conditions += [within(index, size) for index, size in zip(inner, core)]
        source = core
    return gated(case, conditions, flatten(inner, source))


class Convolution:
    """Sizes of a two-dimensional convolution."""

    def __init__(self, random):
        self.kernel = (random.one_of((1, 2, 3, 3, 3, 5, 7)), random.one_of((1, 2, 3, 3, 3, 5, 7)))
        self.stride = random.one_of((1, 1, 2, 2, 3, 4))
        self.dilation = random.one_of((1, 1, 1, 2, 3))
        self.padding = random.below(4)
        self.groups = random.one_of((1, 1, 2, 4, 8))
        self.channels = self.groups * random.one_of((1, 2, 3, 4, 8, 16, 32))
        self.batch = random.one_of((1, 2, 3, 8, 16))
        reach = [self.dilation * (k - 1) + 1 for k in self.kernel]
        self.image = [max(r, random.one_of((5, 7, 8, 14, 16, 28, 32, 56, 64))) for r in reach]
        self.out = [(size + 2 * self.padding - r) // self.stride + 1 for size, r in zip(self.image, reach)]

    def position(self, out, tap):
        return f"({out} * {self.stride} + {tap} * {self.dilation} - {self.padding})"


def convolution(case):
    """An input of a convolution, addressed by output and tap: as loops, or as a matrix of windows (im2col)."""
    random = case.random
    c = Convolution(random)
    per_group = c.channels // c.groups
    if random.chance(40):
        n, g, k, y, x, p, q = case.axes([c.batch, c.groups, per_group, *c.out, *c.kernel])
        channel = f"({g} * {per_group} + {k})"
    else:
        rows, columns = [c.batch, *c.out], [c.channels, *c.kernel]
        m, t = case.axis("m", math.prod(rows)), case.axis("t", math.prod(columns))
        n, y, x = unflatten(m, rows)
        channel, p, q = unflatten(t, columns)
    row, column = c.position(y, p), c.position(x, q)
    address = flatten([n, channel, row, column], [c.batch, c.channels, *c.image])
    conditions = [within(row, c.image[0]), within(column, c.image[1])]
    return gated(case, conditions, address) if c.padding > 0 else address


def adjoint(case):
    """The gradient of a convolution by its input: which output an input and a tap meet, if any."""
    random = case.random
    c = Convolution(random)
    p, q = case.axes(c.kernel, first="p")
    n, k, y, x = case.coordinates([c.batch, c.channels, *c.image], percent_flat=50)
    over = [f"({i} + {c.padding} - {tap} * {c.dilation})" for i, tap in ((y, p), (x, q))]
    conditions, meets = [], []
    for value, size in zip(over, c.out):
        if c.stride > 1:
            conditions.append(f"{value} % {c.stride} == 0")
            value = f"({value} // {c.stride})"
        conditions.append(within(value, size))
        meets.append(value)
    return gated(case, conditions, flatten([n, k, *meets], [c.batch, c.channels, *c.out]))


def windows(case):
    """Windows of an axis by way of repeat, shrink and reshape: no window is ever written as one."""
    random = case.random
    kernel, dilation = random.between(2, 5), random.between(1, 3)
    size = dilation * (kernel - 1) + random.between(1, 60)
    out = size - dilation * (kernel - 1)
    a, b = case.axis("a", kernel), case.axis("b", out)
    flat = f"({a} * {size + dilation} + {b})"
    index = f"({flat} % {size})"
    if random.chance(50):       # a second axis, and the address of both
        rows = case.axis("r", random.one_of(SIZES))
        return f"({rows} * {size} + {index})"
    if random.chance(30):       # with a stride
        stride = random.between(2, 3)
        case.vars["b"] = [0, (out - 1) // stride]
        return f"({a} * {size + dilation} + {b} * {stride}) % {size}"
    return index if random.chance(60) else f"({flat} // {size})"


def strided_access(case):
    """Slices with steps and flips of a flattened tensor, and what they look like after another reshape."""
    random = case.random
    source = case.shape(2, 3)
    indices, taken = [], []
    for size in source:
        step = random.one_of((1, 2, 2, 3, 4, 5))
        start = random.below(min(size, 4))
        taken.append((size - 1 - start) // step + 1)
        indices.append((step, start, random.chance(25)))
    if random.chance(50):
        target = regrouped(random, taken)
        axes = unflatten(flatten(case.axes(target), target), taken)
    else:
        axes = case.axes(taken)
    positions = []
    for axis, size, (step, start, flip) in zip(axes, taken, indices):
        axis = f"({size - 1} - {axis})" if flip else axis
        positions.append(f"({axis} * {step} + {start})")
    address = flatten(positions, source)
    if random.chance(50):
        return address
    return random.one_of(unflatten(address, regrouped(random, source)))


def grouped(case):
    """Channels in groups: group norm, grouped heads, shuffled channels, depth to space."""
    random = case.random
    groups, per_group = random.one_of((2, 3, 4, 8, 16, 32)), random.one_of((1, 2, 3, 4, 6, 8, 16))
    channels, height, width = groups * per_group, random.one_of(SMALL), random.one_of((4, 7, 8, 14, 28, 32))
    kind = random.below(4)
    if kind == 0:       # statistics of a group, from the flat index of an element
        i = case.axis("i", 4 * channels * height * width)
        n, c = f"({i} // {channels * height * width})", f"({i} // {height * width} % {channels})"
        return f"({n} * {groups} + {c} // {per_group})"
    if kind == 1:       # heads that share keys
        t, d, h = case.axis("t", random.one_of((16, 77, 128, 512))), random.one_of((32, 64, 80, 128)), channels
        i = case.axis("i", h * d)
        return f"(({i} // {d} // {per_group} * 512 + {t}) * {d} + {i} % {d})"
    if kind == 2:       # shuffled channels
        c, y, x = case.axis("c", channels), case.axis("y", height), case.axis("x", width)
        from_channel = f"({c} % {groups} * {per_group} + {c} // {groups})"
        address = flatten([from_channel, y, x], [channels, height, width])
        return address if random.chance(50) else random.one_of(unflatten(address, [groups, per_group * height, width]))
    r = random.one_of((2, 3, 4))    # depth to space
    c, y, x = case.coordinates([channels, height * r, width * r], percent_flat=50)
    depth = f"(({c} * {r} + {y} % {r}) * {r} + {x} % {r})"
    return flatten([depth, f"({y} // {r})", f"({x} // {r})"], [channels * r * r, height, width])


def tiled(case):
    """A matrix in tiles: threads of a block load a tile; channels in blocks; accesses near the edge are guarded."""
    random = case.random
    kind = random.below(4)
    if kind == 0:       # a block's threads load a tile of rows x columns, some elements each
        rows, columns = random.one_of((8, 16, 32, 64, 128)), random.one_of((8, 16, 32, 64))
        threads, vector = random.one_of((32, 64, 128, 256)), random.one_of((1, 2, 4))
        loads = max(1, rows * columns // (threads * vector))
        height, width = rows * random.between(1, 20), columns * random.between(1, 20) + random.one_of((0, 0, 4, 7))
        t, i, v = case.axis("t", threads), case.axis("i", loads), case.axis("v", vector)
        block, k = case.axis("b", height // rows), case.axis("k", max(1, width // columns))
        flat = f"(({i} * {threads} + {t}) * {vector} + {v})"
        row, column = f"({block} * {rows} + {flat} // {columns})", f"({k} * {columns} + {flat} % {columns})"
        address = f"({row} * {width} + {column})"
        return gated(case, [f"{row} < {height}", f"{column} < {width}"], address) if random.chance(50) else address
    if kind == 1:       # loops in tiles over a size that they do not divide
        sizes = [random.between(3, 300), random.between(3, 300)]
        tiles = [random.one_of((2, 4, 8, 16, 32)) for _ in sizes]
        indices = []
        for name, size, tile in zip("xy", sizes, tiles):
            outer, inner = case.axis(name, -(-size // tile)), case.axis(name + "i", tile)
            indices.append(f"({outer} * {tile} + {inner})")
        conditions = [f"{index} < {size}" for index, size in zip(indices, sizes)]
        return gated(case, conditions, flatten(indices, sizes))
    if kind == 2:       # channels in blocks, addressed by plain coordinates: NCHW -> NCHWc
        block, channels = random.one_of((4, 8, 16)), random.between(2, 70)
        height, width = random.one_of((7, 14, 28)), random.one_of((7, 14, 28))
        blocks = -(-channels // block)
        i = case.axis("i", blocks * block * height * width)
        outer, y, x, inner = unflatten(i, [blocks, height, width, block])
        channel = f"({outer} * {block} + {inner})"
        address = flatten([channel, y, x], [channels, height, width])
        return gated(case, [f"{channel} < {channels}"], address)
    # one index over a grid of tiles of a tensor: tile, then element
    tiles, inner = [random.between(1, 12), random.between(1, 12)], [random.one_of((2, 4, 8, 16)) for _ in range(2)]
    i = case.axis("i", math.prod(tiles) * math.prod(inner))
    p, q, a, b = unflatten(i, tiles + inner)
    return flatten([f"({p} * {inner[0]} + {a})", f"({q} * {inner[1]} + {b})"],
                   [tiles[0] * inner[0], tiles[1] * inner[1]])


def joined(case):
    """Concatenation, rotation, interleaving: an element of the result, found in its sources."""
    random = case.random
    size, width = random.between(2, 200), random.one_of(SIZES)
    kind = random.below(3)
    if kind == 0:       # the second of two tensors, from a flat index over both
        other = random.between(1, 100)
        i = case.axis("i", (size + other) * width)
        row, column = f"({i} // {width})", f"({i} % {width})"
        return gated(case, [within(f"({row} - {size})", other)], f"(({row} - {size}) * {width} + {column})")
    if kind == 1:       # rotated rows
        row, column, shift = case.axis("r", size), case.axis("c", width), random.between(1, max(1, width))
        return f"({row} * {width} + ({column} + {shift}) % {width})"
    parts = random.one_of((2, 3, 4))    # element k of part k' goes to k * parts + k'
    i = case.axis("i", size * parts * width)
    row, column = f"({i} // {width})", f"({i} % {width})"
    return f"(({row} % {parts} * {size} + {row} // {parts}) * {width} + {column})"


KINDS = (reshape, reshape, pad, convolution, convolution, adjoint, windows, strided_access, grouped, tiled, tiled, joined)


def corpus(count, seed):
    random = Random(seed)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        case = Case(random)
        text = kind(case)
        yield {"kind": kind.__name__, "expr": text, "vars": case.vars}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    for line in corpus(arguments.count, arguments.seed):
        print(json.dumps(line))


if __name__ == "__main__":
    main()
