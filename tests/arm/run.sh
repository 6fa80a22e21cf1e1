#!/usr/bin/env bash
# Whether ARM gives the same bits: builds for this machine and for aarch64, runs both, the second under an emulator, and compares.
#
#   tests/arm/run.sh           the hashes of examples/bits
#   tests/arm/run.sh --tests   also the tests of the crate that compute most, under the emulator
#   tests/arm/run.sh --write   only makes tests/golden/data/bits.txt anew, on this machine
#
# It ends with another status than 0 on any difference. See README.md for what is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=aarch64-unknown-linux-gnu
golden=tests/golden/data/bits.txt
export CARGO_TARGET_DIR
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$CARGO_TARGET_DIR/arm
# Not datacenter-abs: what is recorded of its movements where a scenario does not come to a step depends on the block.
deals=()
for deal in python/cashfall/deals/*.toml rust/cashfall/tests/deals/two_notes.toml; do
    [ "$(basename "$deal")" = datacenter-abs.toml ] || deals+=("$deal")
done
mkdir -p "$work"

# The lines of all paths of one machine without the paths' names: one of each if the paths agree.
lines() { cut -d ' ' -f 2- "$1" | LC_ALL=C sort -u; }

run_here() {
    cargo build --quiet --release --locked -p cashfall --example bits
    "$CARGO_TARGET_DIR/release/examples/bits" "${deals[@]}" >"$work/here.txt"
}

write_golden() {
    grep '^#' "$golden" >"$work/golden.txt"
    grep '^baseline ' "$work/here.txt" | cut -d ' ' -f 2- >>"$work/golden.txt"
    cp "$work/golden.txt" "$golden"
    git --no-pager diff --stat -- "$golden"
}

# Debian's compiler and both of its standard libraries are unpacked, not installed: as packages they conflict with rustup.
install_toolchain() {
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" dpkg --add-architecture arm64
    "${as_root[@]}" apt-get -qq update
    local library llvm
    library=$(apt-cache depends libstd-rust-web-dev | sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p')
    llvm=$(apt-cache depends "$library" | sed -n 's/.*Depends: \(libllvm.*\)$/\1/p')
    "${as_root[@]}" apt-get -qq install -y --no-install-recommends \
        gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user "$llvm" >/dev/null
    mkdir -p "$work/packages"
    rm -rf "$work/toolchain" "$work"/packages/*.deb
    (cd "$work/packages" && apt-get -qq download rustc-web "$library" libstd-rust-web-dev libstd-rust-web-dev:arm64)
    for package in "$work"/packages/*.deb; do
        dpkg -x "$package" "$work/toolchain"
    done
    cat >"$work/rustc" <<WRAPPER
#!/bin/sh
LD_LIBRARY_PATH='$work/toolchain/usr/lib/x86_64-linux-gnu' exec '$work/toolchain/usr/bin/rustc' "\$@"
WRAPPER
    chmod +x "$work/rustc"
}

arm_cargo() {
    RUSTC=$work/rustc RUSTC_WRAPPER='' \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER='qemu-aarch64 -L /usr/aarch64-linux-gnu' \
        cargo "$1" --quiet --locked --target "$target" -p cashfall "${@:2}"
}

run_on_arm() {
    arm_cargo build --release --example bits
    qemu-aarch64 -L /usr/aarch64-linux-gnu "$CARGO_TARGET_DIR/$target/release/examples/bits" "${deals[@]}" >"$work/arm.txt"
}

case "${1:-}" in "" | --tests | --write) ;; *) echo "expected --tests, --write or nothing, found $1" >&2 && exit 2 ;; esac
run_here
if [ "${1:-}" = --write ]; then
    write_golden
    exit
fi
[ "$(uname -m)" = x86_64 ] || { echo "expected an x86-64 machine, found $(uname -m)" >&2 && exit 2; }
install_toolchain
run_on_arm
echo "here: $(rustc --version), $(cut -d ' ' -f 1 "$work/here.txt" | sort -u | paste -sd ' ')"
echo "arm:  $("$work/rustc" --version), $(qemu-aarch64 --version | head -n 1)"
diff <(lines "$work/here.txt") <(lines "$work/arm.txt")
diff <(grep -v '^#' "$golden" | LC_ALL=C sort -u) <(lines "$work/arm.txt")
echo "the same bits: $(lines "$work/arm.txt" | wc -l) lines, also those on file"
if [ "${1:-}" = --tests ]; then
    arm_cargo test --test bits --test lanes --test basics --test analytics
fi
