#!/usr/bin/env python3
"""whittle and its rivals on the same expressions in one run: nanoseconds a distinct node for the whole rewrite.

    rivals.py DIRECTORY [--json] [--quick] [--rounds N] [--instructions]

DIRECTORY has the programs of target bench_matcher_rivals.
MLIR 19 has the same rules, and its results are structurally equal: roots on which it differs from whittle are taken out
of the workload for both, and the note says how many. Halide 14 and tinygrad stand beside them: Halide with rules of its
own, tinygrad with the same ones. A rival that is not installed is named. --quick leaves out the sizes above 10^4;
--instructions has valgrind count those a node, of whittle and MLIR at 10^4.
"""
import argparse, json, pathlib, re, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent
WORKLOADS = ("random", "all-rewrite", "nothing-matches")
ORDERS = ("top-down", "bottom-up")
MISSING = {"matcher_mlir": "MLIR: not built (apt-get install libmlir-19-dev mlir-19-tools)",
           "matcher_halide": "Halide: not built (apt-get install libhalide14-0-dev)"}


def run(*command, errors=False):
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return done.stderr if errors else done.stdout


def instructions(function, nodes, *command):
    """Those in a function of a program, a node of the workload."""
    counted = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--toggle-collect=*{function}*",
                  *command, errors=True)
    return round(int(re.search(r"Collected : (\d+)", counted)[1]) / nodes)


def faster(row, other):
    return other if row is None or other["ns_per_node"] < row["ns_per_node"] else row


class Workload:
    """A file of nodes; the last one is the sink above the roots."""

    def __init__(self, path, lines):
        self.path, self.lines = path, lines
        self.roots = len(json.loads(lines[-1])) - 3
        path.write_text("\n".join(lines) + "\n")

    def with_roots(self, keep):
        """What lies below those roots for which `keep` says so."""
        nodes = [json.loads(line) for line in self.lines]
        nodes[-1][3:] = [root for root, kept in zip(nodes[-1][3:], keep) if kept]
        used = [False] * (len(nodes) - 1) + [True]
        for number in range(len(nodes) - 1, -1, -1):
            if used[number]:
                for source in nodes[number][3:]: used[source] = True
        numbers, lines = {}, []
        for number, (op, dtype, argument, *sources) in enumerate(nodes):
            if not used[number]: continue
            numbers[number] = len(lines)
            lines.append(json.dumps([op, dtype, argument, *(numbers[source] for source in sources)]))
        return Workload(self.path.with_suffix(".kept"), lines)


class Comparison:
    def __init__(self, directory, folder, rounds, counts=False):
        self.directory, self.folder, self.rounds, self.counts = directory, folder, rounds, counts
        self.has_mlir = (directory / "matcher_mlir").exists()

    def exported(self, kind, nodes):
        return Workload(self.folder / "workload", run(self.directory / "matcher", "--export", kind, nodes).splitlines())

    def whittle(self, on, rules, what, *more):
        return self.directory / "matcher", what, f"rules_{rules}", *more, on.path

    def mlir(self, on, rules, *more):
        return self.directory / "matcher_mlir", rules, on.path, *more

    def agreed(self, on, rules):
        """The roots on which both agree; how many were set aside; the orders in which MLIR agrees on all of them."""
        aside = 0
        while True:
            ours = run(*self.whittle(on, rules, "--roots")).split()
            theirs = {order: run(*self.mlir(on, rules, "--roots", order)).split() for order in ORDERS}
            equal = [a == b for a, b in zip(ours, theirs[ORDERS[0]], strict=True)]
            if all(equal): return on, aside, [order for order in ORDERS if theirs[order] == ours]
            aside += equal.count(False)
            on = on.with_roots(equal)

    def rows(self, kind, nodes, rules):
        """whittle's row and MLIR's, measured by turns."""
        on, aside, orders = self.exported(kind, nodes), 0, []
        roots = on.roots
        if self.has_mlir: on, aside, orders = self.agreed(on, rules)
        ours = theirs = None
        for _ in range(self.rounds):
            ours = faster(ours, json.loads(run(*self.whittle(on, rules, "--time", "code"))))
            for order in orders:
                theirs = faster(theirs, json.loads(run(*self.mlir(on, rules, 5 if nodes < 100_000 else 1, order))))
        ours["engine"] = f"whittle, {rules} rules"
        if theirs: theirs["note"] += f", {aside} of {roots} roots differed, set aside" if aside else ", all roots equal"
        if self.counts and nodes <= 10_000: self.count(on, rules, ours, theirs)
        return [dict(row, workload=kind) for row in (ours, theirs) if row]

    def count(self, on, rules, ours, theirs):
        count = lambda function, *command: instructions(function, len(on.lines), *command)
        ours["instructions"] = count("measured_rewrite", *self.whittle(on, rules, "--roots"))
        if theirs:
            order = theirs["note"].split(",")[0]
            theirs["instructions"] = count("measured_greedy", *self.mlir(on, rules, "--roots", order))

    def halide(self, kind):
        program = self.directory / "matcher_halide"
        if not program.exists(): return []
        row = json.loads(run(program, self.exported(kind, 10_000).path, self.rounds))
        row["note"] = f"{row['ns_per_tree_node']} ns a node of {row['note']}"
        return [dict(row, workload=kind)]

    def tinygrad(self, python, kind):
        if python is None: return []
        lines = run(python, HERE / "tinygrad_bench.py", self.directory / "matcher", 100, kind, 10_000)
        return [json.loads(line) for line in lines.splitlines()]


def python_with_tinygrad():
    """This Python or that of bench/corpus.sh."""
    for python in (sys.executable, HERE.parent.parent / "build/rivals/venv/bin/python"):
        try:
            run(python, "-c", "import tinygrad")
            return python
        except (OSError, subprocess.CalledProcessError): pass
    print("tinygrad: not installed (python3 -m pip install tinygrad)", file=sys.stderr)
    return None


def with_ratios(rows):
    for row in rows: row["ratio"] = round(row["ns_per_node"] / rows[0]["ns_per_node"], 1)
    return rows


def print_rows(rows):
    for row in rows:
        print(f"{row['workload']:16}{row['nodes']:9} {row['engine']:30}{row['ns_per_node']:12.1f}{row['ratio']:9.1f}"
              f"{row.get('instructions', ''):14}  {row.get('note', '')}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--instructions", action="store_true")
    arguments = parser.parse_args()
    for program, text in MISSING.items():
        if not (arguments.directory / program).exists(): print(text, file=sys.stderr)
    python = python_with_tinygrad()
    if not arguments.json:
        print(f"{'workload':16}{'nodes':>9} {'':30}{'ns a node':>12}{'ratio':>9}{'instructions':>14}")
    all_rows = []
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(arguments.directory, pathlib.Path(folder), arguments.rounds, arguments.instructions)
        for nodes, rules in ((10_000, 30), (10_000, 100), (10_000, 300), (1_000_000, 100)):
            if nodes > 10_000 and arguments.quick: continue
            for kind in WORKLOADS:
                rows = comparison.rows(kind, nodes, rules)
                if (nodes, rules) == (10_000, 100): rows += comparison.halide(kind) + comparison.tinygrad(python, kind)
                all_rows += with_ratios(rows)
                if not arguments.json: print_rows(rows)
    if arguments.json: print(json.dumps(all_rows, indent=1))


if __name__ == "__main__":
    main()
