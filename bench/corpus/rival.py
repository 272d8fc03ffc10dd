"""What every rival written in Python does: cases from standard input, an answer a line."""

import json
import sys


def answer(simplify):
    """simplify(case) gives the text of the result and the seconds that it took."""
    for line in sys.stdin:
        try:
            output, seconds = simplify(json.loads(line))
            print(json.dumps({"output": output, "microseconds": 1e6 * seconds}))
        except Exception as error:      # one failure is one answer
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
