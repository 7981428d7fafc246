//! Fibonacci numbers the slow way: calls, returns, the stack.
#![no_std]
#![cfg_attr(target_os = "none", no_main)]

use bench_guest::program;

program!(main);

fn main(rounds: u64) -> u64 {
    (0..rounds)
        .map(|round| fibonacci(core::hint::black_box(18 + round % 2)))
        .sum()
}

#[inline(never)]
fn fibonacci(n: u64) -> u64 {
    if n < 2 {
        return core::hint::black_box(n);
    }
    fibonacci(n - 1) + fibonacci(core::hint::black_box(n - 2))
}
