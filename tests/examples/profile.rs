//! Where the kernel's instructions go: runs a command on one hart, looks every so often at which
//! function it is in, and lists those it was in most. With `lines`, the lines instead.
//!
//! `cargo run --release -p tests --example profile -- COMMAND [BOOTARGS [lines]]`

use std::collections::BTreeMap;

use inspect::symbols::Symbols;
use machine::{Mode, Stop};
use tests::Guest;
use tests::boot::{config, native_at_prompt, or_fail, symbols};

/// From one look to the next: a prime, so that no loop keeps its pace.
const STRIDE: u64 = 97;
/// The register that holds where to return to.
const RA: usize = 1;
/// Functions that are listed.
const MOST: usize = 40;

fn main() {
    let mut words = std::env::args().skip(1);
    let command = words.next().expect("a COMMAND");
    let bootargs = words.next().unwrap_or_default();
    let by_line = words.next().is_some_and(|word| word == "lines");
    let symbols = symbols();
    let mut guest = native_at_prompt(&config(1, 0, &bootargs));
    or_fail(guest.send(format!("{command}\n").as_bytes()));
    let begin = guest.machine.instret();
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    let mut shown = Vec::new();
    while !shown.ends_with(b"\n$ ") {
        match guest.machine.run(guest.machine.t() + STRIDE) {
            Stop::Idle { next: Some(next) } => {
                guest.machine.skip(next);
                continue;
            }
            Stop::Reached | Stop::Event => {}
            stop => panic!("{stop:?}"),
        }
        shown.extend(guest.machine.take_output());
        let hart = guest.machine.hart(0).expect("it has one");
        let place = match hart.mode {
            Mode::User => "(program)".into(),
            _ if by_line => line(&symbols, hart.pc),
            _ => function(&symbols, hart.pc, hart.x[RA]),
        };
        *found.entry(place).or_default() += 1;
    }
    let instructions = guest.machine.instret() - begin;
    let n_looks: u64 = found.values().sum();
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
    print!("{}", String::from_utf8_lossy(&shown));
    println!("\n{instructions} instructions");
    for (place, n) in found.iter().take(MOST) {
        let percent = 100.0 * *n as f64 / n_looks as f64;
        println!("{percent:6.2} %  {place}");
    }
}

/// The function at `pc`; of what the compiler calls to copy and fill memory, for whom, too.
fn function(symbols: &Symbols, pc: u64, ra: u64) -> String {
    let name = |pc| {
        let function = symbols.kernel.function_at(pc);
        function.map_or("(assembly)", |function| symbols.name(function.name))
    };
    match name(pc) {
        leaf @ ("memcpy" | "memset") => format!("{leaf} for {}", name(ra)),
        name => name.into(),
    }
}

fn line(symbols: &Symbols, pc: u64) -> String {
    let line = symbols.kernel.line_at(pc);
    line.map_or("(assembly)".into(), |line| {
        format!("{}:{}", symbols.path(line.file), line.line)
    })
}
