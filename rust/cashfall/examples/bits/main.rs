//! Hashes over the bits of everything that can be computed for some deals, for every CPU path of this machine.
//!
//! `cargo run --release --example bits -- python/cashfall/deals/*.toml`. Apart from the first word of a line, the path, the lines are
//! the same for every path and on every machine. `tests/arm/run.sh` compares two machines; `tests/golden/data/bits.txt` has the lines
//! to expect, which `cargo test --test bits` compares.

mod hashes;

use cashfall::lanes::Cpu;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for cpu in Cpu::available() {
        println!("{} {}", cpu.name(), hashes::arithmetic(cpu));
        for path in std::env::args().skip(1) {
            for line in hashes::deal(cpu, &path)? {
                println!("{} {line}", cpu.name());
            }
        }
    }
    Ok(())
}
