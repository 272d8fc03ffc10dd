#!/usr/bin/env bash
# What rules cost the compiler: user seconds over a file without them, the best of three.
#
#   compile_time.sh [--json] [--once]     CXX_LIST="g++ clang++-19" and INCLUDE=DIRECTORY say with what
#   compile_time.sh --print COUNT         the file with so many rules
set -euo pipefail
export LC_ALL=C.UTF-8
include=${INCLUDE:-$(dirname "$(readlink -f "$0")")/../include}
json=
print=
repeats=3
while (($# > 0)); do
    case $1 in
    --json) json=1 ;;
    --once) repeats=1 ;;
    --print) print=${2:?how many rules?}; shift ;;
    *) echo "compile_time.sh knows no '$1'" >&2; exit 2 ;;
    esac
    shift
done

# What rules work on: a tree of the file's own, as a user of <whittle/match.hpp> has, or whittle's graph.
own_tree() {
    cat <<'END'
#include <whittle/match.hpp>
struct Tree {
  struct Vertex { whittle::Op op; long value; int sources[3]; };
  Vertex vertices[1000];
  int count = 0;
  int add(Vertex v) { return vertices[count] = v, count++; }
};
template <>
struct whittle::graph_traits<Tree> {
  using node = int;
  static node none() { return -1; }
  static Op op(const Tree& t, node n) { return t.vertices[n].op; }
  static std::uint32_t arity(const Tree& t, node n) { return info(op(t, n)).arity; }
  static node source(const Tree& t, node n, std::uint32_t k) { return t.vertices[n].sources[k]; }
  static bool is_constant(const Tree& t, node n) { return op(t, n) == Op::constant; }
  static Scalar constant(const Tree& t, node n) { return number(DType::int64, t.vertices[n].value); }
  static node make_constant(Tree& t, Scalar s) { return t.add({Op::constant, s.as_int(), {}}); }
  static node make(Tree& t, Op op, DType, std::span<const node> sources, std::uint64_t) {
    Tree::Vertex v{op, 0, {}};
    for (std::size_t k = 0; k < sources.size(); ++k) v.sources[k] = sources[k];
    return t.add(v);
  }
};
END
}
whittle_graph() { printf '#include <whittle/ir/traits.hpp>\n#include <whittle/match.hpp>\n'; }

# The end of a file: the matcher of the set at work, or without one the graph alone.
main_on() { # GRAPH [SET]
    case $1 in
    tree) printf 'int main() {\n  Tree g;\n  const int n = g.add({whittle::Op::variable, 0, {}});\n' ;;
    graph) printf 'int main() {\n  whittle::Graph g;\n  const whittle::Node n = g.variable("n", 0, 9);\n' ;;
    esac
    local type=whittle::Graph
    [[ $1 == tree ]] && type=Tree
    if [[ ${2-} ]]; then
        printf '  whittle::NoContext context;\n  return whittle::matcher<%s, %s>::match(g, n, context).found() ? 1 : 0;\n}\n' "$2" $type
    else
        printf '  using T = whittle::graph_traits<whittle::Graph>;\n  return T::interval(g, n).low == 3;\n}\n'
    fi
}

# A set of so many rules, of ten kinds.
rules_file() {
    cat <<'END'
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
        9) printf '    x - y >>= with(x, y)([](auto&, auto p, auto q) { return p == q ? p : q; }) |= when(x > %d)' "$i" ;;
        esac
        ((i + 1 < $1)) && echo ,
    done
    cat <<'END'
);
END
}

# So many assertions about the built-in rules, each on an expression of 30 nodes.
assertions() {
    cat <<'END'
#include <whittle/ir/uop.hpp>
#include <whittle/simplify.hpp>
constexpr bool holds(int k) {
  whittle::Graph g;
  const auto a = variable(g, "a", 0, 95), b = variable(g, "b", 0, 783 + k), flat = a * 784 + b;
  const auto index = ((flat / 25088 % 3 * 32 + flat / 784 % 32) * 28 + flat / 28 % 28) * 28 + flat % 28;
  return simplify(index + min(a + k, b) * 3).node != whittle::Node::none;
}
END
    local i
    for ((i = 0; i < $1; ++i)); do echo "static_assert(holds($i));"; done
    echo 'int main() {}'
}

rules_on_graph() { whittle_graph; rules_file "$1"; main_on graph set; }

if [[ $print ]]; then
    rules_on_graph "$print"
    exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 'int main() {}' >"$work/empty.cpp"
{ own_tree; rules_file 20; main_on tree set; } >"$work/tree_20.cpp"
{ whittle_graph; main_on graph; } >"$work/graph.cpp"
for count in 20 100 300; do
    rules_on_graph $count >"$work/rules_$count.cpp"
done
{ rules_on_graph 300; echo 'static_assert(whittle::well_formed<set>());'; } >"$work/checked_300.cpp"
printf '#include <whittle/whittle.hpp>\nint main() {}\n' >"$work/whittle.cpp"
assertions 1 >"$work/assert_1.cpp"
assertions 11 >"$work/assert_11.cpp"

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

# name, file, file it is compared with, goal
rows=("match.hpp, 20 rules, a tree of one's own|tree_20|empty|1.0"
      "whittle::Graph, no rules|graph|empty|"
      "20 rules on whittle::Graph|rules_20|graph|"
      "100 rules on whittle::Graph|rules_100|graph|1.5"
      "300 rules on whittle::Graph|rules_300|graph|8"
      "static checks of 300 rules|checked_300|rules_300|3"
      "ten static_asserts of 30 nodes|assert_11|assert_1|3"
      "whittle.hpp|whittle|empty|1.5")
[[ $json ]] && echo "[" || printf '%-44s %-8s %-12s %-4s %8s %6s\n' "seconds over" file compiler "" more goal
separator=
for compiler in ${CXX_LIST:-g++ clang++-19}; do
    command -v "$compiler" >/dev/null || continue
    for level in -O0 -O2; do
        declare -A seconds=()
        for file in empty graph tree_20 rules_20 rules_100 rules_300 checked_300 assert_1 assert_11 whittle; do
            seconds[$file]=$(user_seconds "$compiler" "$level" "$file") || seconds[$file]=nan
        done
        for row in "${rows[@]}"; do
            IFS='|' read -r name file over goal <<<"$row"
            more=$(awk "BEGIN { printf \"%.2f\", ${seconds[$file]} - ${seconds[$over]} }")
            if [[ $json ]]; then
                printf '%s  {"name": "%s", "over": "%s", "compiler": "%s", "level": "%s", "seconds": %s, "goal": %s}' \
                    "$separator" "$name" "$over" "$compiler" "$level" "$more" "${goal:-null}"
                separator=$',\n'
            else
                printf '%-44s %-8s %-12s %-4s %8s %6s\n' "$name" "$over" "$compiler" "$level" "$more" "$goal"
            fi
        done
    done
done
[[ $json ]] && printf '\n]\n' || true
