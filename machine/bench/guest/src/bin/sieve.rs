//! The primes below 64 Ki, and Collatz sequences: short loops, bytes, branches.
#![no_std]
#![cfg_attr(target_os = "none", no_main)]

use bench_guest::hal::Own;
use bench_guest::program;

program!(main);

static IS_COMPOSITE: Own<[bool; 65536]> = Own::new([false; 65536]);

fn main(rounds: u64) -> u64 {
    IS_COMPOSITE.with(|sieve| {
        (0..rounds)
            .map(|round| primes(sieve) + steps(round + 27))
            .sum()
    })
}

fn primes(is_composite: &mut [bool; 65536]) -> u64 {
    is_composite.fill(false);
    let mut count = 0;
    for n in 2..is_composite.len() {
        if !is_composite[n] {
            count += 1;
            is_composite
                .iter_mut()
                .skip(n * n)
                .step_by(n)
                .for_each(|is| *is = true);
        }
    }
    count
}

fn steps(from: u64) -> u64 {
    let mut all = 0;
    for start in from..from + 200 {
        let mut n = start;
        while n != 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            all += 1;
        }
    }
    all
}
