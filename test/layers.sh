#!/usr/bin/env bash
# A folder includes only what stands above it in this list, and LLVM's headers stay in backends/.
#
#   layers.sh ROOT          prints each include that breaks this; exit status 1 if there is one
#   layers.sh --selfcheck   plants each kind of violation and sees that it is found
set -euo pipefail

# `folder rank`. The umbrella headers rank with the last folder they may include; version.hpp may be had by all.
# jit/ does not include backends/: a back end registers itself.
ranks='version.hpp 0
core 1
match 2
rewrite 3
ir 4        match.hpp 4   operator.hpp 4
simplify 5  simplify.hpp 5
prove 6
tensor 7
schedule 8
lower 9
render 10   whittle.hpp 10   xtensor.hpp 10
jit 11
backends 12
tools 13'

layers() {
    cd "$1"
    local folders=()
    for folder in include/whittle jit backends tools; do
        if [[ -d $folder ]]; then folders+=("$folder"); fi
    done
    find "${folders[@]}" -type f \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.inc' \) | LC_ALL=C sort |
    awk -v ranks="$ranks" '
        # The part of the house that a path from the root stands in.
        function part(path,   steps) {
            sub("^include/whittle/", "", path)
            split(path, steps, "/")
            return steps[1]
        }
        # "a/./b/../c" is "a/c".
        function tidy(path,   steps, n, i, kept, k, text) {
            n = split(path, steps, "/")
            for (i = 1; i <= n; ++i)
                if (steps[i] == "..") --k
                else if (steps[i] != "." && steps[i] != "") kept[++k] = steps[i]
            for (i = 1; i <= k; ++i) text = text (i > 1 ? "/" : "") kept[i]
            return text
        }
        function exists(path,   line, status) {
            status = (getline line < path)
            close(path)
            return status >= 0
        }
        function complain(why) { printf "%s:%d: %s (%s)\n", file, number, name, why; bad = 1 }

        BEGIN {
            n = split(ranks, words)
            for (i = 1; i < n; i += 2) rank[words[i]] = words[i + 1]
        }
        {
            file = $0
            here = part(file)
            if (!(here in rank)) rank[here] = 10       # another umbrella header
            for (number = 1; (getline line < file) > 0; ++number) {
                if (line !~ /^[ \t]*#[ \t]*include[ \t]*["<]/) continue
                name = line
                sub(/^[^"<]*["<]/, "", name)
                sub(/[">].*$/, "", name)

                if (name ~ /^(llvm|llvm-c|lld|clang|clang-c)\//) {
                    if (here != "backends") complain("LLVM headers belong in backends/")
                    continue
                }
                # What the name means: whittle/..., a path from the root, or a path from this file.
                folder = file
                sub("/[^/]*$", "", folder)
                if (name ~ /^whittle\//) target = "include/" name
                else if (exists(tidy(folder "/" name))) target = tidy(folder "/" name)
                else if (name ~ /^(jit|backends|tools)\//) target = name
                else continue
                there = part(tidy(target))
                if (!(there in rank)) rank[there] = 10
                if (rank[there] > rank[here])
                    complain(here " stands above " there " and must not include it")
            }
            close(file)
        }
        END { exit bad }'
}

selfcheck() {
    local root
    root=$(mktemp -d)
    trap "rm -rf '$root'" EXIT
    mkdir -p "$root"/include/whittle/{core,match,ir,tensor} "$root"/{jit,backends/cpu,tools}

    # These are as they should be...
    echo '#include <whittle/version.hpp>' >"$root/include/whittle/core/dtype.hpp"
    echo '#include <whittle/core/dtype.hpp>' >"$root/include/whittle/match/rule.hpp"
    echo '#include "../match/rule.hpp"' >"$root/include/whittle/ir/graph.hpp"
    printf '%s\n' '#include <whittle/match.hpp>' '#include <vector>' >"$root/include/whittle/tensor/tensor.hpp"
    printf '%s\n' '#include "jit/device.hpp"' '#include "llvm/IR/Module.h"' >"$root/backends/cpu/cpu.cpp"
    layers "$root" || { echo "layers.sh: a right tree is refused"; exit 1; }

    # ... and each of these is a violation of its own.
    local file include
    while read -r file include; do
        echo "  # include $include" >"$root/$file"
        if layers "$root" >/dev/null; then
            echo "layers.sh: '#include $include' in $file goes unseen"
            exit 1
        fi
        rm "$root/$file"
    done <<'END'
include/whittle/core/bad.hpp    <whittle/ir/graph.hpp>
include/whittle/core/bad.hpp    <whittle/match.hpp>
include/whittle/core/bad.hpp    "../match/rule.hpp"
include/whittle/match.hpp       <whittle/tensor/tensor.hpp>
include/whittle/tensor/bad.hpp  <jit/device.hpp>
jit/bad.cpp                     "backends/cpu/cpu.hpp"
jit/bad.cpp                     <llvm/IR/Module.h>
tools/bad.cpp                   "llvm-c/Core.h"
END
    echo "layers.sh: every planted violation is found"
}

if [[ ${1-} == --selfcheck ]]; then selfcheck; else layers "${1:?usage: layers.sh ROOT | --selfcheck}"; fi
