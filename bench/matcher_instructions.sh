#!/usr/bin/env bash
# Instructions, counted by callgrind, of the matcher's attempts and of whole rewrites, a node: what does not depend on
# the load of the machine.
#
#   matcher_instructions.sh PROGRAM...     programs built from matcher.cpp, one for each compiler
set -euo pipefail
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# instructions FUNCTION PROGRAM ARGUMENTS...: instructions a node in the functions of that name
instructions() {
    local function=$1 nodes
    shift
    nodes=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect="*$function*" "$@" 2>"$work/log")
    awk -v nodes="${nodes%% *}" '/Collected/ { printf "%.1f", $NF / nodes }' "$work/log"
}

printf '%-10s %-10s %-10s %-16s %9s' what set strategy workload nodes
for program in "$@"; do printf ' %14s' "$(basename "$program")"; done
printf '\n'
row() { # WHAT FUNCTION SET STRATEGY WORKLOAD NODES
    printf '%-10s %-10s %-10s %-16s %9s' "$1" "$3" "$4" "$5" "$6"
    local program
    for program in "${programs[@]}"; do printf ' %14s' "$(instructions "$2" "$program" --one "${@:3:4}" "$1")"; done
    printf '\n'
}
programs=("$@")
for workload in nothing-matches near-miss; do
    row attempts measured_attempts rules_30 "by hand" $workload 10000
    for set in rules_30 rules_100 rules_300; do
        for strategy in code tables linear; do row attempts measured_attempts $set $strategy $workload 10000; done
    done
done
for workload in random nothing-matches all-rewrite; do
    for set in rules_30 rules_100 rules_300; do
        for strategy in code tables; do row rewrite measured_rewrite $set $strategy $workload 10000; done
    done
done
row rewrite measured_rewrite simplify tables recorded 0
