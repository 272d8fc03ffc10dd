#!/usr/bin/env bash
# ./x bench corpus [--count N] [--seed S] [--losses K]: whittle, tinygrad, TVM and Halide simplify the same index
# expressions (bench/corpus/generate.py); a table, and JSON behind it. The rivals are installed here, in build/rivals;
# one that cannot be had is named and left out.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
rivals=build/rivals
mkdir -p "$rivals"

# Python's rivals, each by itself: the lack of one is no reason to do without the other.
python=$rivals/venv/bin/python
[[ -x $python ]] || python3 -m venv "$rivals/venv" || echo "no virtual environment for tinygrad and TVM" >&2
for package in tinygrad==0.14.0 apache-tvm==0.27.0.post1; do
    [[ -x $python ]] || break
    "$python" -m pip install --quiet --disable-pip-version-check "$package" >&2 || echo "$package: not installed" >&2
done

# Halide 14 is Debian's.
halide=$rivals/with_halide
if [[ ! -e /usr/include/halide14/Halide.h && $EUID == 0 ]]; then
    apt-get install -y --no-install-recommends libhalide14-0-dev >&2 || echo "libhalide14-0-dev: not installed" >&2
fi
if [[ ! -x $halide || bench/corpus/with_halide.cpp -nt $halide ]]; then
    g++ -std=c++17 -O2 -isystem /usr/include/halide14 bench/corpus/with_halide.cpp -o "$halide" -lHalide14 >&2 ||
        echo "Halide: not built (apt-get install libhalide14-0-dev)" >&2
fi

{ cmake --preset release && cmake --build --preset release --target whittle_command; } >build/corpus.txt 2>&1 ||
    { tail -n 40 build/corpus.txt >&2; exit 1; }
exec python3 bench/corpus/compare.py --whittle build/release/tools/whittle --python "$python" --halide "$halide" "$@"
