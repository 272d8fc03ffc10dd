#!/usr/bin/env python3
"""`whittle simplify` from outside: answers, exit statuses, and what it says of input that makes no sense.

    simplify_command.py WHITTLE
"""

import json
import subprocess
import sys
import time
import unittest

WHITTLE = sys.argv.pop(1)


def run(*arguments, given=None):
    return subprocess.run([WHITTLE, "simplify", *arguments], input=given, capture_output=True, text=True)


def answer(*arguments):
    done = run("--json", *arguments)
    return done.returncode, json.loads(done.stdout)


def batch(*requests):
    done = run("--batch", "-", given="".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in requests))
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


class Answers(unittest.TestCase):
    def test_text(self):
        done = run("(x*12 + y) // 4", "--var", "x=0..9", "--var", "y=0..3")
        self.assertEqual((done.returncode, done.stdout.split()), (0, "x * 3 # 0..27".split()))

    def test_json(self):
        status, found = answer("(x*12 + y) // 4 % 3", "--var", "x=0..9", "--var", "y=0..3")
        self.assertEqual(status, 0)
        self.assertEqual((found["output"], found["min"], found["max"]), ("0", 0, 0))
        self.assertEqual((found["nodes_before"], found["nodes_after"]), (9, 1))
        self.assertGreater(found["rewrites"], 0)

    def test_explained(self):
        status, found = answer("(x*12 + y) // 4", "--var", "x=0..9", "--var", "y=0..3", "--explain")
        self.assertEqual(status, 0)
        for step in found["steps"]:
            self.assertTrue(step["rule"] and step["place"])
            self.assertNotEqual(step["before"], step["after"])
        self.assertEqual(found["steps"][-1]["after"], found["output"])
        self.assertIn("divmod.hpp:", " ".join(step["place"] for step in found["steps"]))

    def test_dtypes(self):
        _, found = answer("x * 0 + y", "--var", "x=-3..3:int32", "--var", "y=0..3:int32")
        self.assertEqual(found["output"], "y")
        self.assertEqual(answer("b and not b", "--var", "b=0..1:bool")[1]["output"], "False")

    def test_assumptions(self):
        bounds = ["--var", "x=0..99", "--var", "y=0..99"]
        self.assertEqual(answer("x % 8", *bounds, "--assume", "x < 8")[1]["output"], "x")
        found = answer("(x + y) // 8", *bounds, "--assume", "x + y < 16", "--assume", "7 < x + y", "--explain")[1]
        self.assertEqual((found["output"], found["min"], found["max"]), ("1", 1, 1))
        self.assertIn("under the assumptions", [step["rule"] for step in found["steps"]])
        self.assertRegex(found["steps"][-1]["place"], r"assume\.hpp:[0-9]+")
        self.assertEqual(answer("x < 9 and y < 3", *bounds, "--assume", "x < 5")[1]["output"], "y < 3")

    def test_cheaper_forms_are_explained_with_their_lines(self):
        found = answer("i % 14 * q + i // 14", "--var", "q=0..9", "--var", "i=0..99", "--explain")[1]
        cheaper = [step for step in found["steps"] if step["place"].endswith(")") and "economy.hpp:" in step["place"]]
        self.assertEqual([step["rule"] for step in cheaper], ["remainder by a shared quotient"])
        self.assertGreater(cheaper[0]["line"], 0)
        self.assertEqual(cheaper[0]["after"], found["output"])

    def test_batch(self):
        status, found = batch({"expr": "a // 8", "vars": {"a": [0, 7]}},
                              {"expr": "a % 8", "vars": {"a": [0, 99]}, "assume": "a < 8"},
                              {"expr": "a * 2 < b", "vars": {"a": [5, 7, "int32"], "b": [0, 9, "int32"]}})
        self.assertEqual(status, 0)
        self.assertEqual([line["output"] for line in found], ["0", "a", "False"])


class BadInput(unittest.TestCase):
    def fails(self, text, column, *words, options=("--var", "a=0..8")):
        status, found = answer(text, *options)
        self.assertEqual(status, 2, found)
        self.assertEqual(found.get("column"), column, found)
        for word in words:
            self.assertIn(word, found["error"])
        self.assertIn(f"column {column}: ", run(text, *options).stderr)

    def test_division_by_zero(self):
        self.fails("a // 0", 3, "zero")
        self.fails("3 + a % 0", 7, "zero")
        self.fails("a // (4 - 4)", 3, "zero")

    def test_literals(self):
        self.fails("a + 9223372036854775808", 5, "64 bits")
        self.fails("a + 3b", 6)
        self.assertEqual(answer("a + 9223372036854775807", "--var", "a=0..8")[0], 0)

    def test_names(self):
        self.fails("a + bee", 5, "bee", "--var")
        self.fails("sqrt(a)", 1, "sqrt")

    def test_parentheses(self):
        self.fails("(a + 1", 1, "not closed")
        self.fails("a + 1)", 6, "closes nothing")
        self.fails("max(a, 2", 1, "not closed")
        self.fails("", 1, options=())
        self.fails("(" * 100_000, 251, "deep")

    def test_dtypes(self):
        self.fails("a and 1", 1, "condition")
        self.fails("a + b", 3, "dtypes", options=("--var", "a=0..8", "--var", "b=0..8:int32"))

    def test_assumptions(self):
        self.fails("a", 5, "assumption", options=("--var", "a=0..8", "--assume", "a < b"))
        self.fails("a", 1, "assumption", options=("--var", "a=0..8", "--assume", "a + 1"))

    def test_variables(self):
        for text, column in (("a=9..0", 3), ("a", 1), ("a=0..x", 6), ("a=0..8:float32", 8), ("3=0..8", 1),
                             ("a=0..99999999999999999999", 6), ("a=0..300:int8", 3)):
            status, found = answer("1", "--var", text)
            self.assertEqual((status, found.get("column")), (2, column), (text, found))
        self.assertEqual(run("a", "--var", "a=0..8", "--var", "a=0..8").returncode, 2)

    def test_long_lines(self):
        start = time.monotonic()
        status, found = batch({"expr": "a + " * 2_500_000 + "a", "vars": {"a": [0, 8]}}, "x" * 10_000_000,
                              {"expr": "a", "vars": {"a": [0, 8]}})
        self.assertEqual(status, 2)
        self.assertEqual((found[0]["column"], "error" in found[1], found[2]["output"]), (1_048_577, True, "a"))
        self.assertLess(time.monotonic() - start, 20)

    def test_batches(self):
        good = {"expr": "a", "vars": {"a": [0, 8]}}
        bad = ["{", "[]", "{}", {"expr": 3}, {"expr": "a"}, {"expr": "a", "vars": {"a": [8, 0]}},
               {"expr": "a", "vars": {"a": [0]}}, {"expr": "a", "vars": {"a": [0, 8, "text"]}}, {"expr": "a", "vars": 3},
               {"expr": "a", "vars": {"a": [0, 2 ** 70]}}, {"expr": "a", "vars": {"a": [0, 8]}, "assume": 3},
               {"expr": "a // 0", "vars": {"a": [0, 8]}}]
        for request in bad:
            status, found = batch(good, request, good)
            self.assertEqual((status, len(found)), (2, 3), request)
            self.assertEqual([found[0]["output"], "error" in found[1], found[2]["output"]], ["a", True, "a"], request)
        self.assertEqual(run("--batch", "/no/such/file").returncode, 2)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("a", "--nonsense").returncode, 2)


if __name__ == "__main__":
    unittest.main()
