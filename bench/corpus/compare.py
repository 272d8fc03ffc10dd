#!/usr/bin/env python3
"""whittle and its rivals over the same corpus in one run: what their results cost, how long they took, how many still
divide. Every result is checked against its expression on random points. Prints a table, and JSON behind it.

    bench/corpus/compare.py --whittle PROGRAM [--python PYTHON] [--halide PROGRAM] [--count N] [--seed S] [--losses K]
"""

import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import time

import exchange
import generate

HERE = pathlib.Path(__file__).resolve().parent
POINTS = 24


def run(command, lines):
    """The lines that a program answers, or why there are none."""
    try:
        done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True)
    except OSError as error:
        return None, str(error)
    answers = done.stdout.splitlines()
    if len(answers) != len(lines):
        return None, (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    return answers, None


def with_json(command, cases):
    answers, missing = run(command, [json.dumps(case) for case in cases])
    return (answers and [json.loads(answer) for answer in answers]), missing


def with_halide(program, cases):
    lines = []
    for case in cases:
        bounds = [f"{name} {low} {high}" for name, (low, high) in case["vars"].items()]
        lines.append(" ".join(bounds) + " | " + exchange.postfix(case["expr"]))
    answers, missing = run([program], lines)
    if answers is None:
        return None, missing
    split = [answer.split(" ", 1) for answer in answers]
    return [{"output": exchange.from_postfix(text), "microseconds": float(time)} for time, text in split], None


def points_of(case, number):
    """Corners and random points of the variables' bounds: the same for every simplifier."""
    source = random.Random(number)
    bounds = case["vars"].items()
    yield {name: low for name, (low, _) in bounds}
    yield {name: high for name, (_, high) in bounds}
    for _ in range(POINTS - 2):
        yield {name: source.randint(low, high) for name, (low, high) in bounds}


def check(case, number, given, text):
    """What is wrong with a result; None if it has the expression's values."""
    result = exchange.Function(text)
    for values in points_of(case, number):
        was, now = given(values), result(values)
        if not exchange.same(was, now):
            return f"{case['expr']} -> {text}: at {values} {was} became {now}"
    return None


class Outcome:
    """One simplifier's results."""

    def __init__(self, name, answers, cases, givens):
        self.name, self.costs, self.wrong, self.failed = name, [], [], 0
        self.times = [answer["microseconds"] for answer in answers if "microseconds" in answer]
        self.texts = []
        for number, (case, answer) in enumerate(zip(cases, answers)):
            text = answer.get("output")
            if text is None:
                self.failed += 1
                text = case["expr"]     # what it could not do stays as it was
                if self.failed == 1:
                    print(f"{name}: {answer.get('error')}: {case['expr']}", file=sys.stderr)
            elif (wrong := check(case, number, givens[number], text)) is not None:
                self.wrong.append(wrong)
            self.texts.append(text)
            self.costs.append(exchange.Cost(text))

    def summary(self):
        return {"cost": sum(cost.total for cost in self.costs),
                "expressions that divide": sum(cost.divisions > 0 for cost in self.costs),
                "divisions": sum(cost.divisions for cost in self.costs),
                "microseconds": {"median": statistics.median(self.times), "mean": statistics.mean(self.times)},
                "wrong": len(self.wrong), "failed": self.failed}


def against(ours, theirs, cases):
    """How whittle's results compare with the cheapest of the rivals' ones, by kind of expression and in all; and how many
    have more divisions than tinygrad's."""
    kinds = {}
    tinygrad = next((rival for rival in theirs if rival.name == "tinygrad"), None)
    for number, case in enumerate(cases):
        best = min(rival.costs[number].total for rival in theirs)
        cost = ours.costs[number].total
        for kind in (case["kind"], "all"):
            row = kinds.setdefault(kind, {"expressions": 0, "cheaper": 0, "costlier": 0, "more divisions": 0})
            row["expressions"] += 1
            row["cheaper"] += cost < best
            row["costlier"] += cost > best
            row["more divisions"] += tinygrad is not None and ours.costs[number].divisions > tinygrad.costs[number].divisions
    return {**{kind: row for kind, row in kinds.items() if kind != "all"}, "all": kinds["all"]}


def print_table(outcomes, comparison):
    print(f"{'':14}{'cost':>10}{'divide':>8}{'divisions':>11}{'median us':>11}{'mean us':>9}{'wrong':>7}{'failed':>8}")
    for name, row in outcomes.items():
        time = row["microseconds"]
        print(f"{name:14}{row['cost']:10}{row['expressions that divide']:8}{row['divisions']:11}"
              f"{time['median']:11.1f}{time['mean']:9.1f}{row['wrong']:7}{row['failed']:8}")
    print(f"\n{'against the best rival':24}{'expressions':>12}{'cheaper':>10}{'costlier':>10}{'divides more than tinygrad':>28}")
    for kind, row in comparison.items():
        count = row["expressions"]
        print(f"{kind:24}{count:12}{row['cheaper'] / count:10.1%}{row['costlier'] / count:10.2%}{row['more divisions']:28}")


def print_losses(ours, theirs, cases, most):
    """Expressions where a rival's result is cheaper, or has fewer divisions, the worst first."""
    def distance(number):
        costs = [rival.costs[number] for rival in theirs]
        divisions = ours.costs[number].divisions - min(cost.divisions for cost in costs)
        return max(16 * divisions, ours.costs[number].total - min(cost.total for cost in costs))
    worst = sorted((n for n in range(len(cases)) if distance(n) > 0), key=distance, reverse=True)
    for number in worst[:most]:
        best = min(theirs, key=lambda rival: rival.costs[number].total)
        case = cases[number]
        variables = " ".join(f"--var {name}={low}..{high}" for name, (low, high) in case["vars"].items())
        print(f"\n{case['kind']}: whittle simplify '{case['expr']}' {variables}\n"
              f"  whittle {ours.costs[number].total}: {ours.texts[number]}\n"
              f"  {best.name} {best.costs[number].total}: {best.texts[number]}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--whittle", required=True)
    parser.add_argument("--python", default=sys.executable, help="the Python that has tinygrad and TVM")
    parser.add_argument("--halide", help="bench/corpus/with_halide.cpp, compiled")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--losses", type=int, default=0, help="show so many expressions that a rival makes cheaper")
    arguments = parser.parse_args()

    cases = list(generate.corpus(arguments.count, arguments.seed))
    givens = [exchange.Function(case["expr"]) for case in cases]
    runs = {"whittle": lambda: with_json([arguments.whittle, "simplify", "--time", "--batch", "-"], cases),
            "tinygrad": lambda: with_json([arguments.python, str(HERE / "with_tinygrad.py")], cases),
            "TVM": lambda: with_json([arguments.python, str(HERE / "with_tvm.py")], cases),
            "Halide": lambda: with_halide(arguments.halide, cases) if arguments.halide else (None, "not built")}
    outcomes = []
    for name, simplify in runs.items():
        start = time.perf_counter()
        answers, missing = simplify()
        print(f"{name}: {missing or f'{time.perf_counter() - start:.1f} s'}", file=sys.stderr)
        if answers is not None:
            outcomes.append(Outcome(name, answers, cases, givens))
    if not outcomes or outcomes[0].name != "whittle":
        sys.exit(1)
    ours, theirs = outcomes[0], outcomes[1:]
    summary = {outcome.name: outcome.summary() for outcome in outcomes}
    summary = {"given": {**summary["whittle"], "cost": sum(exchange.Cost(case["expr"]).total for case in cases),
                         "expressions that divide": sum(exchange.Cost(case["expr"]).divisions > 0 for case in cases),
                         "divisions": sum(exchange.Cost(case["expr"]).divisions for case in cases),
                         "microseconds": {"median": 0, "mean": 0}, "wrong": 0, "failed": 0}, **summary}
    comparison = against(ours, theirs, cases) if theirs else {}
    print_table(summary, comparison)
    for outcome in outcomes:
        for wrong in outcome.wrong[:3]:
            print(f"wrong, {outcome.name}: {wrong}", file=sys.stderr)
    if theirs:
        print_losses(ours, theirs, cases, arguments.losses)
    print("\n" + json.dumps({"count": arguments.count, "seed": arguments.seed, "simplifiers": summary,
                             "against the best rival": comparison}))
    sys.exit(bool(ours.wrong or ours.failed))


if __name__ == "__main__":
    main()
