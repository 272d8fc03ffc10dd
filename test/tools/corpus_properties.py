#!/usr/bin/env python3
"""What `whittle simplify` promises, on a sample of the corpus: the same values, within the bounds it says; never costlier
than it was; simplified twice is simplified once; and the order in which sums and products are written does not matter.

    corpus_properties.py WHITTLE [--count N] [--seed S]
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench" / "corpus"))
import exchange     # noqa: E402
import generate     # noqa: E402

COMMUTATIVE = ("add", "mul", "and", "or", "eq", "ne", "min", "max")


def simplified(whittle, cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([whittle, "simplify", "--batch", "-"], input=lines, capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(cases):
        sys.exit(f"whittle simplify: {done.stderr or [a for a in answers if 'error' in a][:3]}")
    return answers


def shuffled(text, source):
    """The same expression with operands of commutative operators the other way round, now and then."""
    def make(operator, operands):
        swap = operator in COMMUTATIVE and source.random() < 0.5
        return exchange.written(operator, operands[::-1] if swap else operands)
    return exchange.fold(text, make)


def command_line(case):
    variables = " ".join(f"--var {name}={low}..{high}" for name, (low, high) in case["vars"].items())
    return f"whittle simplify '{case['expr']}' {variables}"


def value_problem(case, answer, source):
    given, result = exchange.Function(case["expr"]), exchange.Function(answer["output"])
    for _ in range(12):
        values = {name: source.randint(low, high) for name, (low, high) in case["vars"].items()}
        was, now = given(values), result(values)
        if not exchange.same(was, now):
            return f"at {values} {was} became {now}"
        if now == now and not isinstance(now, bool) and not answer["min"] <= now <= answer["max"]:
            return f"at {values} {now} is outside {answer['min']}..{answer['max']}"
    return None


def problem(case, answer, again, swapped, source):
    before, after = exchange.Cost(case["expr"]).total, exchange.Cost(answer["output"]).total
    if after > before:
        return f"costs {after}, and was {before}: {answer['output']}"
    if again["output"] != answer["output"]:
        return f"twice: {answer['output']} -> {again['output']}"
    if swapped["output"] != answer["output"]:
        return f"in another order: {swapped['output']}, not {answer['output']}"
    return value_problem(case, answer, source)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("whittle")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    source = random.Random(arguments.seed)
    cases = list(generate.corpus(arguments.count, arguments.seed))
    answers = simplified(arguments.whittle, cases)
    again = simplified(arguments.whittle, [{**case, "expr": a["output"]} for case, a in zip(cases, answers)])
    swapped = simplified(arguments.whittle, [{**case, "expr": shuffled(case["expr"], source)} for case in cases])
    failures = 0
    for case, *results in zip(cases, answers, again, swapped):
        wrong = problem(case, *results, source)
        failures += wrong is not None
        if wrong is not None and failures <= 5:
            print(f"{command_line(case)}\n  {wrong}")
    print(f"{arguments.count} expressions, {failures} failures")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
