#!/usr/bin/env bash
# What rules cost the compiler: user seconds over an empty file, the best of three.
#
#   compile_time.sh [--json] [--once]     CXX_LIST="g++ clang++-19" and INCLUDE=DIRECTORY say with what
set -euo pipefail
export LC_ALL=C.UTF-8
include=${INCLUDE:-$(dirname "$(readlink -f "$0")")/../include}
json=
repeats=3
for argument in "$@"; do
    case $argument in
    --json) json=1 ;;
    --once) repeats=1 ;;
    *) echo "compile_time.sh knows no '$argument'" >&2; exit 2 ;;
    esac
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The file with a set of so many rules, of ten kinds, and their matcher at work on one graph.
rules_file() {
    cat <<'END'
#include <whittle/ir/traits.hpp>
#include <whittle/match.hpp>
using namespace whittle::dsl;
inline constexpr auto x = var<"x">, y = var<"y">;
inline constexpr auto c = cst<"c">, c1 = cst<"c1">, c2 = cst<"c2">, c3 = cst<"c3">;
inline constexpr auto set = rules<whittle::unbounded>("set",
END
    local i
    for ((i = 0; i < $1; ++i)); do
        case $((i % 10)) in
        0) printf '    x + %d >>= x + 0' "$((i + 1))" ;;
        1) printf '    (x + c1) + c2 >>= x + (c1 + c2) |= when(c2 > %d)' "$i" ;;
        2) printf '    (x * c1 + y) / c2 >>= first(x * (c1 / c2) + y / c2 |= when(c2 > %d && c1 %% c2 == 0), x / (c2 / c1) |= when(c1 > 0 && c2 %% c1 == 0 && y >= 0 && y < c1))' "$i" ;;
        3) printf '    x * c1 + x * maybe<1>(c2) >>= x * (c1 + c2) |= when(c1 > %d)' "$i" ;;
        4) printf '    min(max(x, c1), c2) >>= c2 |= when(c2 <= c1 && c1 < %d)' "$i" ;;
        5) printf '    (x %% c1) %% c2 >>= x %% c2 |= when(c1 > %d && c2 > 0 && c1 %% c2 == 0)' "$i" ;;
        6) printf '    where(x < y, x, y) >>= min(x, y) |= when(x > %d)' "$i" ;;
        7) printf '    x * c1 < c2 >>= x < (c2 + c1 - 1) / c1 |= when(c1 > %d)' "$i" ;;
        8) printf '    ((x / c) %% c1) * c2 + (x %% c) * c3 >>= (x %% (c * c1)) * c3 |= when(c > %d && c1 > 0 && c2 == c * c3)' "$i" ;;
        9) printf '    x - y >>= with(x, y)([](auto& g, auto p, auto q) { return p == q ? g.constant(whittle::DType::index, %d) : whittle::Node::none; })' "$i" ;;
        esac
        ((i + 1 < $1)) && echo ,
    done
    cat <<'END'
);
END
    cat <<'END'
int main() {
  whittle::Graph g;
  whittle::NoContext context;
  const whittle::Node n = g.variable("n", 0, 9);
  return whittle::matcher<set, whittle::Graph>::match(g, n, context).found() ? 1 : 0;
}
END
}

echo 'int main() {}' >"$work/empty.cpp"
rules_file 20 >"$work/rules_20.cpp"
rules_file 100 >"$work/rules_100.cpp"
printf '#include <whittle/whittle.hpp>\nint main() {}\n' >"$work/whittle.cpp"

user_seconds() { # COMPILER LEVEL FILE
    local best= i time
    for ((i = 0; i < repeats; ++i)); do
        time=$( { TIMEFORMAT=%U; time "$1" -std=c++20 "$2" -I"$include" -c "$work/$3.cpp" -o "$work/out.o" >&2; } 2>&1 ) ||
            { echo "$time" >&2; return 1; }
        time=${time##*$'\n'}
        if [[ -z $best ]] || awk "BEGIN { exit !($time < $best) }"; then best=$time; fi
    done
    echo "$best"
}

declare -A goals=([rules_20]=1.0 [rules_100]=1.5 [whittle]=1.5)
declare -A names=([rules_20]="match.hpp, 20 rules, one matcher" [rules_100]="match.hpp, 100 rules, one matcher" [whittle]="whittle.hpp")
[[ $json ]] && echo "[" || printf '%-36s %-12s %-4s %10s %8s\n' "seconds over an empty file" compiler "" more goal
separator=
for compiler in ${CXX_LIST:-g++ clang++-19}; do
    command -v "$compiler" >/dev/null || continue
    for level in -O0 -O2; do
        empty=$(user_seconds "$compiler" "$level" empty)
        for file in rules_20 rules_100 whittle; do
            seconds=$(user_seconds "$compiler" "$level" "$file") || seconds=nan
            more=$(awk "BEGIN { printf \"%.2f\", $seconds - $empty }")
            if [[ $json ]]; then
                printf '%s  {"name": "%s", "compiler": "%s", "level": "%s", "seconds": %s, "goal": %s}' \
                    "$separator" "${names[$file]}" "$compiler" "$level" "$more" "${goals[$file]}"
                separator=$',\n'
            else
                printf '%-36s %-12s %-4s %10s %8s\n' "${names[$file]}" "$compiler" "$level" "$more" "${goals[$file]}"
            fi
        done
    done
done
[[ $json ]] && printf '\n]\n' || true
