#!/usr/bin/env bash
# Fuzz the deal document and the formula parser for a number of seconds each, with libFuzzer, on the stable compiler:
#   fuzz/run.sh 30          both targets, 30 seconds each
#   fuzz/run.sh 600 formula one target
# With cargo-fuzz installed, `cargo fuzz run document` does the same with more comfort. What is found goes to fuzz/artifacts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

seconds=${1:-30}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(document formula)

host=$(rustc -vV | sed -n 's/^host: //p')
# The coverage that libFuzzer steers by; `--target` keeps it out of build scripts.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1"
cargo build --locked --quiet --release --target "$host" --bins

mkdir -p corpus/document corpus/formula artifacts
# The dictionary: the words of the declarations, and what formulas add.
{
    grep -ohE '\b[a-z][a-z0-9_/]{2,}\b' ../rust/cashfall/src/deal/model.rs
    printf '%s\n' 'forward_sum(' 'trailing_sum(' 'lag(' 'divide(' 'clip(' 'if(' 'opening.' 'inputs.' 'tests.' 'period.index' ' and ' ' or ' 'not '
} | sort -u | sed 's/.*/"&"/' > corpus/words
cp ../python/cashfall/deals/*.toml formula.toml corpus/document/
grep -rhoE '(formula|cash_flow|numerator|quantity|when|cap) = "[^"]+"' ../python/cashfall/deals formula.toml | sed -E 's/^[a-z_]+ = "(.*)"$/\1/' | sort -u |
    while IFS= read -r formula; do printf '%s' "$formula" > "corpus/formula/$(printf '%s' "$formula" | cksum | cut -d' ' -f1)"; done

for target in "${targets[@]}"; do
    echo "fuzzing $target for $seconds s"
    "target/$host/release/$target" "corpus/$target" -artifact_prefix="artifacts/$target-" -dict=corpus/words \
        -max_len=6000 -timeout=20 -rss_limit_mb=4096 -max_total_time="$seconds" -print_final_stats=1 -verbosity=1 2>&1 | grep -v '# Uses\|dictionary' | tail -12
done
