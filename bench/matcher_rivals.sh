#!/usr/bin/env bash
# ./x bench matcher-rivals [--json] [--quick] [--rounds N]: whittle, MLIR 19, Halide 14 and tinygrad on the workloads of
# bench/matcher.cpp, by turns (bench/matcher/rivals.py). A rival that cannot be had is named and left out.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
mkdir -p build

for package in libmlir-19-dev mlir-19-tools libhalide14-0-dev; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' && continue
    if [[ $EUID != 0 ]] || ! apt-get install -y --no-install-recommends "$package" >&2; then
        echo "$package: not installed" >&2
    fi
done

log=build/matcher_rivals.txt
{ cmake --preset release && cmake --build --preset release --target bench_matcher_rivals; } >"$log" 2>&1 ||
    { tail -n 40 "$log" >&2; exit 1; }
exec python3 bench/matcher/rivals.py build/release/bench "$@"
