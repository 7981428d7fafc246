//! Loads that depend on the one before, scattered over 16 MiB, each followed by a store: the
//! TLB and the host's caches.
#![no_std]
#![cfg_attr(target_os = "none", no_main)]

use bench_guest::hal::Own;
use bench_guest::program;

program!(main);

const CELLS: usize = 2 << 20;
static CELL: Own<[u64; CELLS]> = Own::new([0; CELLS]);

fn main(rounds: u64) -> u64 {
    CELL.with(|cells| {
        let mut at = 1u64;
        for _ in 0..rounds * 1_000 {
            let cell = &mut cells[at as usize % CELLS];
            // A congruence that visits all, and by the cell a different order each time.
            *cell += 1;
            at = at
                .wrapping_mul(2_862_933_555_777_941_757)
                .wrapping_add(3_037_000_493 + *cell * 2);
            at ^= at >> 29;
        }
        at
    })
}
