#!/usr/bin/env bash
# What rules cost the compiler, counted and not timed: template instantiations, and the steps of the longest constant
# expression. Fails where a file of rules costs a fifth more than its budget here.
#
#   check.sh CLANG INCLUDE COMPILE_TIME_SH
#
# A change that makes rules cheaper should lower the budgets to what `check.sh` then prints.
set -euo pipefail
clang=$1 include=$2 rules=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# RULES INSTANTIATIONS STEPS
while read -r count instantiations steps; do
    bash "$rules" --print "$count" >"$work/rules.cpp"
    if ! "$clang" -std=c++20 -O0 -I"$include" -ftime-trace -ftime-trace-granularity=0 \
        -fconstexpr-steps=$((steps * 6 / 5)) -c "$work/rules.cpp" -o "$work/rules.o" 2>"$work/errors"; then
        printf '%s rules: a constant expression takes a fifth more than %s steps\n' "$count" "$steps"
        head -n 12 "$work/errors"
        status=1
        continue
    fi
    printf '%s rules: no constant expression takes a fifth more than %s steps\n' "$count" "$steps"
    used=$(grep -oE '"name":"Instantiate(Function|Class)"' "$work/rules.json" | wc -l)
    printf '%s rules: %s instantiations, budget %s\n' "$count" "$used" "$instantiations"
    ((used * 5 <= instantiations * 6)) || { echo "  more than a fifth over"; status=1; }
done <<'END'
20 6180 37000
100 6450 73000
300 7080 218000
END
exit $status
