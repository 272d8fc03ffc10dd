#!/bin/bash
# determinism.sh <whittle_kernel_dump>
#
# Graphs, kernel sources and results are byte-identical in two processes: with other addresses, another environment,
# and one thread or two.
set -euo pipefail
dump=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

keep=(PATH="$PATH" ASAN_OPTIONS="${ASAN_OPTIONS-}" UBSAN_OPTIONS="${UBSAN_OPTIONS-}" LSAN_OPTIONS="${LSAN_OPTIONS-}")
env -i "${keep[@]}" WHITTLE_THREADS=1 "$dump" > "$folder/one"
filler=$(printf 'x%.0s' $(seq 5000))        # moves the stack and what the loader puts behind it
env -i "${keep[@]}" WHITTLE_THREADS=2 FILLER="$filler" LANG=C TZ=Asia/Tokyo "$dump" > "$folder/two"

# That there is something to compare.
for part in '^kernel ' '__global__' '^define ' '^loss: ' '^state: '; do
    count=$(grep -c "$part" "$folder/one" || true)
    echo "lines with $part: $count"
    [ "$count" -ge 3 ] || { echo "the dump has no lines with $part" >&2; exit 1; }
done
[ "$(grep '^loss: ' "$folder/one" | sort -u | wc -l)" -eq 3 ] || { echo "the steps do not differ" >&2; exit 1; }

if ! cmp "$folder/one" "$folder/two"; then
    diff "$folder/one" "$folder/two" | head -20 >&2
    exit 1
fi
