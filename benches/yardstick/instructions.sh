#!/usr/bin/env bash
# Instructions of the yardstick, counted by callgrind: of a commit, of the working tree, and their ratio.
#
#   benches/yardstick/instructions.sh b8f2f6e
#
# Timings on a busy machine say little; instructions are the same in every run. Needs valgrind. Twenty thousand scenarios
# on the AVX2 path, a hundred times over.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

base=${1:?the commit to compare with}
command -v valgrind >/dev/null || { echo "valgrind: not found, but needed" >&2; exit 1; }
at=$(mktemp -d)
trap 'git worktree remove --force "$at" 2>/dev/null; rm -rf "$at"' EXIT
git worktree add --quiet --detach "$at" "$base"

count() { # the tree
    (cd "$1" && CARGO_TARGET_DIR="$2" cargo build --quiet --release --locked -p cashfall --example speed)
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$2/release/examples/speed" \
        "$1/python/cashfall/deals/yardstick.toml" 20000 avx2 2>&1 | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

before=$(count "$at" "$at/target")
now=$(count "$PWD" "$PWD/target")
awk -v base="$base" -v before="$before" -v now="$now" 'BEGIN {
    printf "%-12s %15d instructions\n%-12s %15d instructions, %.4f of it\n", base, before, "working tree", now, now / before
}'
